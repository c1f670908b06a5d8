"""Days as bits: the masks say on which days the clock is inside of an interval."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, strategies as st
import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    HOUR_MS,
    day_number,
)
from custom_components.pattern_intelligence.engine.co_occurrence.crossday import (
    ByDay,
    Days,
    offsets,
    tried,
)
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from tests.engine.builders import Row, raw_days, window_of

FIRST = date(2026, 1, 5)
COUNT = 9


def days_of_home(away: tuple[int, ...] = ()) -> Days:
    """Return nine days from a Monday; on those away nothing happens."""
    rows = [
        Row(f"{FIRST + timedelta(days=day)}T{hour:02d}:00:00", "switch.a", state)
        for day in range(COUNT)
        if day not in away
        for hour, state in ((9, "on"), (10, "off"))
    ]
    last = FIRST + timedelta(days=COUNT - 1)
    return Days.of(window_of(raw_days(FIRST, last, rows, tracked=["light.b"])))


def set_bits(bits: int) -> set[int]:
    """Return the days whose bits are set."""
    return {day for day in range(64) if bits >> day & 1}


spans = st.lists(
    st.tuples(
        st.integers(-DAY_MS, (COUNT + 1) * DAY_MS),
        st.integers(-HOUR_MS, DAY_MS),
    ),
    max_size=12,
)


@given(spans=spans, offset=st.integers(0, DAY_MS - 1))
def test_a_mask_is_membership(spans: list[tuple[int, int]], offset: int) -> None:
    """Bit i is set when 04:00 of day i plus the offset lies in an interval."""
    days = days_of_home()
    start = days.first * DAY_MS + 4 * HOUR_MS
    begins = np.array([start + begin for begin, _ in spans], np.int64)
    ends = np.array([start + begin + length for begin, length in spans], np.int64)

    bits = int(days.mask(begins, ends).at(np.array([offset]))[0])

    assert set_bits(bits) == {
        day
        for day in range(COUNT)
        if any(
            begin <= day * DAY_MS + offset < begin + length for begin, length in spans
        )
    }


def test_days_are_compared_with_their_kind() -> None:
    """Monday with the other workdays, Saturday with Sunday, nobody with an absence."""
    days = days_of_home(away=(2,))
    assert set_bits(int(days.alike[0])) == {1, 3, 4, 7, 8}
    assert set_bits(int(days.alike[5])) == {6}
    assert set_bits(int(days.alike[2])) == {0, 1, 3, 4, 7, 8}


def test_a_public_holiday_is_compared_with_the_free_days() -> None:
    """The second Tuesday is a holiday: like Saturday and Sunday, unlike the first."""
    window = days_of_home().window
    holiday = day_number(FIRST + timedelta(days=8))
    calendar = Calendar(holidays=frozenset({holiday}))
    days = Days.of(replace(window, calendar=calendar))
    assert set_bits(int(days.alike[1])) == {0, 2, 3, 4, 7}
    assert set_bits(int(days.alike[8])) == {5, 6}


def test_a_day_that_is_not_known_to_its_end_is_not_compared_there() -> None:
    """Of the last waking day the hours after midnight are still to come."""
    hours = days_of_home().available("light.b")
    assert set_bits(int(hours[0])) == set(range(COUNT))
    assert set_bits(int(hours[19])) == set(range(COUNT))
    assert set_bits(int(hours[20])) == set(range(COUNT - 1))


def test_offsets_count_from_four() -> None:
    """04:00 is 0, 03:59 the end of the waking day before."""
    wall = np.array([4 * HOUR_MS, 4 * HOUR_MS - 1], np.int64)
    assert offsets(wall).tolist() == [0, DAY_MS - 1]


def test_chance_is_the_share_of_days_alike_with_the_day_itself() -> None:
    """By hand: day 0 has two occasions, day 1 one; days 2 and 3 are compared."""
    by_day = ByDay.of(np.array([0, 0, 1], np.int64))
    compared = np.array([0b1110, 0b0110, 0b1100], np.uint64)
    would = np.array([0b0010, 0b0010, 0b1100], np.uint64)
    trial = tried(by_day, np.array([True, False, False]), would, compared)

    assert trial.day.tolist() == [0, 1]
    assert trial.matched.tolist() == [True, False]
    # Day 0: of days 1, 2, 3 only day 1 matches (2 of 2, 0 of 2, 0 of 1), and itself.
    # Day 1: days 2 and 3 match, itself does not.
    assert trial.chance.tolist() == [2 / 4, 2 / 3]


def test_a_day_may_have_more_occasions_than_a_byte_counts() -> None:
    """Of 300 on one day every third is on day 0, all are on day 63; the next has two."""
    by_day = ByDay.of(np.array([0] * 300 + [1] * 2, np.int64))
    bits = np.full(302, 1 << 63, np.uint64)
    bits[:300:3] |= np.uint64(1)
    counts = by_day.sums_of_bits(bits)

    assert counts[:, 0].tolist() == [100, 0]
    assert counts[:, 63].tolist() == [300, 2]
    assert not counts[:, 1:63].any()
