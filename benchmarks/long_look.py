"""What the monthly detectors say of a home's days, from sums made in memory."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from custom_components.pattern_intelligence.chronicle import MONTHLY_DAYS, YOUNG_DAYS
from custom_components.pattern_intelligence.engine.analysis import Detectors
from custom_components.pattern_intelligence.engine.civil import (
    day_number,
    month_end,
    month_of,
    week_of,
)
from custom_components.pattern_intelligence.engine.detectors import LongDetector
from custom_components.pattern_intelligence.engine.history import History
from custom_components.pattern_intelligence.engine.pattern import MONTHLY, Finding
from custom_components.pattern_intelligence.engine.rollup import SUMMED, rollup
from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import (
    DatedTable,
    Table,
    dated,
)

from .home_days import HomeDays


def stands(first: date, last: date) -> date:
    """Return the day that monthly detectors looked at last.

    The last end of a month, or the last Sunday while a home is young.

    Args:
        first: The first day learned.
        last: The day that is asked about.
    """
    if (last - first).days + 1 < YOUNG_DAYS:
        return last - timedelta(days=(last.weekday() + 1) % 7)
    return month_of(last + timedelta(days=1)) - timedelta(days=1)


def looked_far(known: HomeDays, last: date, detectors: Detectors) -> list[Finding]:
    """Return what the monthly detectors found when they last looked.

    Args:
        known: The days of a home.
        last: The day that this is as of.
        detectors: Those that are asked.
    """
    day = stands(known.days[0][0], last)
    asked = [own for kind, own in detectors.items() if kind in MONTHLY]
    if not asked or day < known.days[0][0]:
        return []
    window = known.window(day - timedelta(days=MONTHLY_DAYS - 1), day)
    history = history_of(known, day)
    return [
        found
        for detector in asked
        if isinstance(detector, LongDetector)
        for found in detector.detect_long(window, history, known.home)
    ]


def history_of(known: HomeDays, last: date) -> History:
    """Return the sums of the weeks and months that are over at the end of a day.

    Args:
        known: The days of a home.
        last: The day.
    """
    weeks: dict[date, list[tuple[date, dict[str, Table]]]] = {}
    months: dict[date, list[tuple[date, dict[str, Table]]]] = {}
    for day, tables in known.days:
        if week_of(day) + timedelta(days=6) <= last:
            weeks.setdefault(week_of(day), []).append((day, tables))
        if month_end(day) <= last:
            months.setdefault(month_of(day), []).append((day, tables))
    return History(_sums(known, weeks), _sums(known, months))


def _sums(
    known: HomeDays,
    periods: Mapping[date, Sequence[tuple[date, dict[str, Table]]]],
) -> dict[str, DatedTable]:
    rows: dict[str, list[tuple[int, Table]]] = {spec.name: [] for spec in SUM_TABLES}
    for first, days in periods.items():
        own = {
            spec.name: dated(
                spec, [(day_number(day), tables[spec.name]) for day, tables in days]
            )
            for spec in SUMMED
        }
        summed = rollup(known.home.civil, own, known.home.position)
        for name, table in summed.items():
            rows[name].append((day_number(first), table))
    return {spec.name: dated(spec, rows[spec.name]) for spec in SUM_TABLES}
