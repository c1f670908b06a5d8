"""What a recorded home would have been told on each of some days.

The life of its patterns is told Sunday by Sunday, as the integration does it: so what
is stated is corrected by how the home's own claims fared before.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from custom_components.pattern_intelligence.engine.analysis import (
    Detectors,
    advance,
    analyze,
    detect,
)
from custom_components.pattern_intelligence.engine.civil import last_sunday
from custom_components.pattern_intelligence.engine.detectors import LongDetector
from custom_components.pattern_intelligence.engine.life import Life
from custom_components.pattern_intelligence.engine.pattern import WEEKLY, Finding
from custom_components.pattern_intelligence.engine.window import WINDOW_DAYS, Window

from .claims import Json
from .home_days import HomeDays

_WEEK = timedelta(days=7)


def told_on(
    home: HomeDays, detectors: Detectors, days: Collection[date]
) -> Mapping[date, list[Json]]:
    """Return the contract's objects as published at the end of each of some days.

    What looks back on months is not asked.

    Args:
        home: its days.
        detectors: those that are asked.
        days: which days.
    """
    asked = {k: d for k, d in detectors.items() if not isinstance(d, LongDetector)}
    first = home.days[0][0]
    told: dict[date, list[Json]] = {}
    sunday, life = last_sunday(first - timedelta(days=1)), Life()
    standing: list[Finding] = []
    for day in sorted(days):
        while sunday + _WEEK <= day:
            sunday += _WEEK
            window = before(home, sunday)
            standing = [
                finding
                for kind, detector in asked.items()
                if kind in WEEKLY
                for finding in detector.detect(window, home.home)
            ]
            found = detect(window, home.home, asked, standing)
            life = advance(window, home.home, asked, life, found, sunday)
        window = before(home, day)
        found = detect(window, home.home, asked, standing)
        known = analyze(window, home.home, asked, life, found)
        told[day] = [pattern.as_json() for pattern in known.patterns]
    return told


def before(home: HomeDays, last: date) -> Window:
    """Return the window that detectors look at as of the end of a day."""
    return home.window(last - timedelta(days=WINDOW_DAYS - 1), last)
