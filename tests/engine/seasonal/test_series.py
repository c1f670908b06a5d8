"""Series of weeks from the days themselves, against plain counting."""

from cmath import exp as turn, phase
from datetime import date, timedelta
from math import floor, log2, pi, sqrt

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.keys import Key
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.rollup import SUMMED, rollup
from custom_components.pattern_intelligence.engine.seasonal.axes import axis_of
from custom_components.pattern_intelligence.engine.seasonal.rates import (
    counts_of,
    lengths_of,
    periods_away,
)
from custom_components.pattern_intelligence.engine.seasonal.times import times_of
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import DatedTable, dated
from tests.engine.builders import BERLIN, Row, dated as union, raw_days

FIRST = date(2026, 2, 2)
"""A Monday, so that the clock changes in the eighth week."""

WEEKS = 12
LAST = FIRST + timedelta(days=7 * WEEKS - 1)

type Use = tuple[int, int, int, int]
"""Day, minute, minutes it lasts, and who caused it."""


def _uses(seed: int) -> dict[str, list[Use]]:
    """Return what two lamps did: one about once a day, the other often."""
    rng = np.random.default_rng(seed)
    uses: dict[str, list[Use]] = {"light.once": [], "light.often": []}
    for day in range(7 * WEEKS):
        if rng.random() < 0.9:
            minute = int(rng.normal(1200, 20))
            uses["light.once"].append((day, minute, int(rng.integers(2, 60)), 0))
        minute = 300
        while (minute := minute + int(rng.integers(40, 400))) < 1380:
            cause = int(AUTOMATION) if rng.random() < 0.2 else 0
            uses["light.often"].append((day, minute, int(rng.integers(1, 30)), cause))
    return uses


def _sums(uses: dict[str, list[Use]]) -> dict[str, DatedTable]:
    """Return the sums of the weeks, through days as a recorder has them."""
    rows = [
        Row(
            f"{FIRST + timedelta(days=day)}T{at // 60:02d}:{at % 60:02d}",
            entity,
            state,
            cause,
        )
        for entity, own in uses.items()
        for day, minute, lasts, cause in own
        for at, state in ((minute, "on"), (minute + lasts, "off"))
    ]
    days = [(raw.day, summarize(raw)) for raw in raw_days(FIRST, LAST, rows)]
    weeks = []
    for week in range(WEEKS):
        own_days = days[7 * week : 7 * week + 7]
        tables = rollup(BERLIN, {spec.name: union(own_days, spec) for spec in SUMMED})
        weeks.append((day_number(FIRST) + 7 * week, tables))
    return {
        spec.name: dated(spec, [(day, tables[spec.name]) for day, tables in weeks])
        for spec in SUM_TABLES
    }


def _naive_median(minutes: list[int], center: float) -> float:
    """Return the median, counted in tens of minutes from opposite the middle on."""
    cut = floor(center + 72) % 144
    counts = [0] * 144
    for minute in minutes:
        counts[(minute // 10 - cut) % 144] += 1
    seen = 0
    for place, count in enumerate(counts):
        if seen + count >= len(minutes) / 2:
            inside = (len(minutes) / 2 - seen) / count
            return (place + cut + inside) * 10
        seen += count
    raise AssertionError


def _chosen(own: list[Use], anchor: str) -> list[tuple[int, int]]:
    """Return day and minute of what people did and an anchor means."""
    by_hand = sorted((day, minute) for day, minute, _, cause in own if not cause)
    if anchor == "each":
        return by_hand
    if anchor == "last":
        return list(dict(by_hand).items())
    first: dict[int, int] = {}
    for day, minute in by_hand:
        if minute >= 240:
            first.setdefault(day, minute)
    return list(first.items())


@pytest.mark.parametrize("seed", [1, 2])
def test_series_are_those_of_plain_counting(seed: int) -> None:
    """Medians of times, roots of daily numbers, mean logarithms of lengths."""
    uses = _uses(seed)
    tables = _sums(uses)
    axis = axis_of("week", tables, day_number(LAST))
    assert axis is not None
    times = times_of(tables, axis, str)
    counts = counts_of(tables, axis, str)
    lengths = lengths_of(tables, axis, str)
    anchors = {(s.key, s.anchor) for s in times.subjects if s.key.state == "on"}
    often = Key("light.often", "on")
    assert anchors >= {(Key("light.once", "on"), "each"), (often, "last")}
    for row, subject in enumerate(times.subjects):
        if subject.key.state != "on" or subject.anchor is None:
            continue
        chosen = _chosen(uses[subject.key.entity_id], subject.anchor)
        angles = [turn(2j * pi * (minute // 10 + 0.5) / 144) for _, minute in chosen]
        center = phase(sum(angles)) / (2 * pi) * 144
        for week in range(WEEKS):
            minutes = [minute for day, minute in chosen if day // 7 == week]
            expected = _naive_median(minutes, center)
            assert times.values[row, week] == pytest.approx(expected)
            assert times.days[row, week] == len(minutes)
    for row, subject in enumerate(counts.subjects):
        if subject.key.state != "on":
            continue
        own = uses[subject.key.entity_id]
        for week in range(WEEKS):
            number = sum(day // 7 == week and not cause for day, _, _, cause in own)
            watched = 7 - (1 / 24 if week == 7 else 0)
            assert counts.values[row, week] == pytest.approx(sqrt(number / watched))
    for row, subject in enumerate(lengths.subjects):
        if subject.key.state != "on":
            continue
        own = uses[subject.key.entity_id]
        for week in range(WEEKS):
            bins = [
                (floor(4 * log2(60 * lasts + 1)) + 0.5) / 4
                for day, _, lasts, _ in own
                if day // 7 == week
            ]
            expected = sum(bins) / len(bins)
            assert lengths.values[row, week] == pytest.approx(expected)


def test_a_week_away_is_known_by_most_things() -> None:
    """Of six lamps in twelve weeks, all but one rest in the fifth."""
    rng = np.random.default_rng(3)
    uses: dict[str, list[Use]] = {}
    for lamp in range(6):
        uses[f"light.lamp_{lamp}"] = [
            (day, int(minute), 1, 0)
            for day in range(7 * WEEKS)
            if day // 7 != 4 or lamp == 0
            for minute in sorted(rng.choice(range(400, 1300, 10), 4, replace=False))
        ]
    tables = _sums(uses)
    axis = axis_of("week", tables, day_number(LAST))
    assert axis is not None
    away = periods_away(counts_of(tables, axis, str))
    assert np.flatnonzero(away).tolist() == [4]


@pytest.mark.parametrize("first", [0, 5, WEEKS - 4])
def test_weeks_of_holidays_are_known_at_either_end(first: int) -> None:
    """Four weeks in a row of which five days are quiet, and eight as ever."""
    uses: dict[str, list[Use]] = {
        f"light.lamp_{lamp}": [
            (day, 600 + 10 * lamp + at, 1, 0)
            for day in range(7 * WEEKS)
            if day % 7 < 2 or not first <= day // 7 < first + 4
            for at in (0, 120, 240)
        ]
        for lamp in range(6)
    }
    tables = _sums(uses)
    axis = axis_of("week", tables, day_number(LAST))
    assert axis is not None
    away = periods_away(counts_of(tables, axis, str))
    assert np.flatnonzero(away).tolist() == list(range(first, first + 4))


def test_months_have_their_own_lengths() -> None:
    """January to March of a leap year, and the two months that follow."""
    table = _sums({"light.once": [(0, 600, 1, 0)]})
    months = {
        name: DatedTable(
            np.full(len(each.table), day_number(date(2028, 1, 1))), each.table
        )
        for name, each in table.items()
    }
    later = {
        name: DatedTable(
            np.full(len(each.table), day_number(date(2028, 3, 1))), each.table
        )
        for name, each in table.items()
    }
    both = {**months, **{f"{name}_later": each for name, each in later.items()}}
    axis = axis_of("month", both, day_number(date(2028, 3, 31)))
    assert axis is not None
    assert (axis.end - axis.start).tolist() == [31, 29, 31]
    coming = axis.ahead(2)
    assert (coming.end - coming.start).tolist() == [30, 31]
    # March is not over on its last day but one.
    early = axis_of("month", both, day_number(date(2028, 3, 30)))
    assert early is not None
    assert early.start.size == 2
