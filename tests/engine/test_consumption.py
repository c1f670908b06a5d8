"""What meters counted: days, and what weeks and months are of them."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, strategies as st
import numpy as np

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.civil import week_of
from custom_components.pattern_intelligence.engine.consumption import (
    summarize_consumption,
    thousandths,
)
from custom_components.pattern_intelligence.engine.day_sums import sum_consumption
from custom_components.pattern_intelligence.engine.past_consumption import sum_counts
from custom_components.pattern_intelligence.engine.rawday import Counts, RawDay
from custom_components.pattern_intelligence.engine.sums import CONSUMPTION_SUM
from custom_components.pattern_intelligence.engine.tables import (
    CONSUMPTION,
    Table,
    empty,
)

from .builders import BERLIN, dated, raw_day

DAY = date(2026, 3, 2)
HOUR = 3_600_000
METERS = (("sensor.a", "kWh"), ("sensor.a", "m³"), ("sensor.b", "kWh"))


def _counts(rows: list[tuple[int, int, int]]) -> Counts:
    """Return counts of rows: meter, instant, thousandths."""
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return Counts(METERS, columns[0].astype(np.int32), columns[1], columns[2])


def _day(day: date, rows: list[tuple[int, int, int]]) -> RawDay:
    """Return a day of rows: meter, hour since its first instant, thousandths."""
    start = BERLIN.start_of(day)
    rows = [(meter, start + hour * HOUR, amount) for meter, hour, amount in rows]
    return replace(raw_day(day, []), counts=_counts(rows))


def _rows(table: Table) -> list[tuple[object, ...]]:
    """Return rows with their vectors decoded."""
    return [
        (
            *(table.columns[name][row] for name in table.spec.keys),
            *(int(table.numbers(name)[row]) for name in table.spec.numbers),
            *(
                codec.decode([table.texts(name)[row]])[0].tolist()
                for name in table.spec.vectors
            ),
        )
        for row in range(len(table))
    ]


def test_a_day_by_hand() -> None:
    """Counted up and down apart, hour by hour."""
    raw = _day(DAY, [(2, 7, 500), (0, 7, 1500), (0, 23, -200), (0, 8, 0)])
    nothing: list[int] = []
    assert _rows(summarize_consumption(raw)) == [
        (
            "sensor.a",
            "kWh",
            3,
            1300,
            [*[0] * 7, 1500, *[0] * 16],
            [*[0] * 23, 200],
        ),
        ("sensor.b", "kWh", 1, 500, [*[0] * 7, 500, *[0] * 16], nothing),
    ]
    assert summarize_consumption(raw_day(DAY, [])) == empty(CONSUMPTION)


def test_hours_are_those_of_the_clock_once_they_are_summed() -> None:
    """The repeated hour of a night in autumn is one on the clock."""
    day = date(2026, 10, 25)
    raw = _day(day, [(0, 2, 1), (0, 3, 2), (0, 4, 4), (0, 24, 8)])
    table = sum_consumption(
        BERLIN, dated([(day, {"consumption": summarize_consumption(raw)})], CONSUMPTION)
    )
    assert table.spec == CONSUMPTION_SUM
    assert _rows(table) == [
        ("sensor.a", "kWh", 1, 4, 15, [0, 0, 3, 4, *[0] * 19, 8], [])
    ]


@given(st.lists(st.floats(-1e9, 1e9, width=32), min_size=1, max_size=9))
def test_what_is_counted_adds_up(totals: list[float]) -> None:
    """However often is read in between, nothing is lost by rounding."""
    whole = thousandths(np.array(totals))
    ends = thousandths(np.array([totals[0], totals[-1]]))
    assert np.diff(whole).sum() == ends[1] - ends[0]


def test_a_total_that_is_no_number_is_none() -> None:
    """What a broken meter reports does not raise."""
    told = thousandths(np.array([np.nan, np.inf, -np.inf, 1.2345]))
    assert told.tolist() == [0, 2**52, -(2**52), 1234]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.integers(0, 24 * 25),
            st.integers(-5000, 5000),
        ),
        max_size=40,
        unique_by=lambda row: row[:2],
    )
)
def test_the_past_is_summed_up_as_its_days(rows: list[tuple[int, int, int]]) -> None:
    """Weeks of which there are only statistics equal those of days, byte for byte.

    Over the night in spring whose clock skips an hour.
    """
    first = date(2026, 3, 16)
    start = BERLIN.start_of(first)
    found = _counts([(m, start + hour * HOUR, amount) for m, hour, amount in rows])
    starts = [first, first + timedelta(weeks=1), first + timedelta(weeks=2)]
    weeks = sum_counts(BERLIN, found, starts, first + timedelta(weeks=3))
    for monday, week in zip(starts, weeks, strict=True):
        days = []
        for day in (monday + timedelta(days=n) for n in range(7)):
            low, high = BERLIN.bounds(day)
            own = (found.instant >= low) & (found.instant < high)
            part = Counts(
                METERS, found.meter[own], found.instant[own], found.amount[own]
            )
            raw = replace(raw_day(day, []), counts=part)
            days.append((day, {"consumption": summarize_consumption(raw)}))
            assert week_of(day) == monday
        assert week == sum_consumption(BERLIN, dated(days, CONSUMPTION))
