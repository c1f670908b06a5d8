"""How surely a habit of a kind of day is stated."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.day_type.claims import credible
from custom_components.pattern_intelligence.engine.detectors.day_type import DayType
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.pattern import Finding
from custom_components.pattern_intelligence.engine.window import Key

from .naive_times import UTC, window_of_times

LAMP = Key("light.lamp", "on")
DAYS = 63


@pytest.mark.parametrize(
    ("share", "occasions", "stated"),
    [
        # Eight days of which six are kept, as is usual of what is told from .5 to 1.
        (0.0, 0, 6 / 8),
        (1.0, 8, (8 + 6) / 16),
        (0.5, 8, (4 + 6) / 16),
        (0.75, 40, 0.75),
        (1.0, 40, 46 / 48),
        (0.0, 40, 6 / 48),
    ],
)
def test_few_days_tell_less_than_what_is_usual(
    share: float, occasions: int, stated: float
) -> None:
    """By hand; the more days there are the less it matters what is usual."""
    (found,) = credible(np.array([share]), np.array([occasions])).tolist()
    assert found == pytest.approx(stated)


def test_what_was_always_kept_is_not_told_to_be_certain() -> None:
    """On each free day: no more surely than so many days and 6 of them and 8."""
    (found,) = _found([day for day in range(DAYS) if day % 7 >= 5])
    days = found.evidence.days_eligible
    assert found.evidence.days_matched == days
    assert 0.85 < found.confidence < (days + 6) / (days + 8)


def test_what_has_stopped_is_not_told() -> None:
    """Each free day for six weeks, and on none of the three weeks since."""
    assert not _found([day for day in range(DAYS - 21) if day % 7 >= 5])


def _found(days: list[int]) -> list[Finding]:
    """Return what is told of a lamp at 10:00, in a home of things used at any time."""
    chance = Random(1)
    rest = {
        Key(f"switch.x{n}", "on"): [
            (day, chance.uniform(360, 1320)) for day in range(DAYS) for _ in range(2)
        ]
        for n in range(4)
    }
    window = window_of_times({LAMP: [(day, 600.0) for day in days], **rest}, DAYS)
    return list(DayType().detect(window, Home(UTC.zone)))
