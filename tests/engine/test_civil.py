"""Days of the home's clock are half-open, and have the hours that there were."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    CivilTime,
    circular_minutes,
    clock,
    date_of,
    day_number,
    days_between,
    last_sunday,
    month_end,
    month_of,
    week_of,
)

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Pacific/Apia",
]


@pytest.mark.parametrize(
    ("zone", "day", "hours", "length"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23, 23 * HOUR_MS),
        ("Europe/Berlin", date(2026, 10, 25), 25, 25 * HOUR_MS),
        ("Europe/Berlin", date(2026, 7, 1), 24, 24 * HOUR_MS),
        # Half an hour is skipped and given back.
        ("Australia/Lord_Howe", date(2025, 10, 5), 24, 23 * HOUR_MS + 30 * MINUTE_MS),
        ("Australia/Lord_Howe", date(2026, 4, 5), 25, 24 * HOUR_MS + 30 * MINUTE_MS),
        # Midnight itself is skipped.
        ("America/Sao_Paulo", date(2018, 11, 4), 23, 23 * HOUR_MS),
    ],
)
def test_days_have_the_hours_there_were(
    zone: str, day: date, hours: int, length: int
) -> None:
    """A day is as long as the zone makes it."""
    civil = CivilTime(ZoneInfo(zone))
    start, end = civil.bounds(day)
    assert end - start == length
    assert civil.hours(day) == hours


def test_a_day_whose_midnight_is_skipped_begins_at_the_skip() -> None:
    """In Sao Paulo 2018-11-04 began at 01:00, which was 03:00 UTC."""
    start = CivilTime(ZoneInfo("America/Sao_Paulo")).start_of(date(2018, 11, 4))
    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC).timestamp() * 1000


@given(
    st.sampled_from(ZONES),
    st.dates(date(1990, 1, 1), date(2035, 12, 31)),
)
def test_days_follow_each_other_without_gap_or_overlap(zone: str, day: date) -> None:
    """Every instant lies in the day that the zone's clock shows for it."""
    civil = CivilTime(ZoneInfo(zone))
    start, end = civil.bounds(day)
    assert civil.bounds(day + timedelta(days=1))[0] == end
    if end > start:
        assert civil.day_of(start) == day
        assert civil.day_of(end - 1) == day
        assert civil.day_of(start - 1) < day


@given(
    st.sampled_from(ZONES),
    st.lists(st.integers(631_152_000_000, 2_082_758_399_000), min_size=1, max_size=20),
)
def test_wall_time_is_what_the_clock_shows(zone: str, instants: list[int]) -> None:
    """Wall milliseconds agree with the zone's own reading of each instant."""
    civil = CivilTime(ZoneInfo(zone))
    wall = civil.wall(np.array(instants, np.int64))
    for at, reading in zip(instants, wall.tolist(), strict=True):
        shown = datetime.fromtimestamp(at / 1000, tz=civil.zone)
        assert date_of(reading // DAY_MS) == shown.date()
        assert reading % DAY_MS // MINUTE_MS == shown.hour * 60 + shown.minute


def test_no_instants_have_no_wall_time() -> None:
    """Nothing in, nothing out."""
    assert CivilTime(ZoneInfo("UTC")).wall(np.zeros(0, np.int64)).size == 0


def test_weeks_begin_on_monday_and_end_on_sunday() -> None:
    """2026-11-22 was a Sunday."""
    sunday = date(2026, 11, 22)
    assert week_of(sunday) == date(2026, 11, 16)
    assert last_sunday(sunday) == sunday
    assert last_sunday(date(2026, 11, 21)) == date(2026, 11, 15)
    assert last_sunday(date(2026, 11, 23)) == sunday


def test_months_end_on_their_last_day() -> None:
    """February knows leap years."""
    assert month_end(date(2028, 2, 10)) == date(2028, 2, 29)
    assert month_end(date(2026, 2, 28)) == date(2026, 2, 28)
    assert month_end(date(2026, 12, 31)) == date(2026, 12, 31)
    assert month_of(date(2026, 12, 31)) == date(2026, 12, 1)


def test_days_between_has_both_ends() -> None:
    """One day is a range of one day, and an empty range is empty."""
    day = date(2026, 1, 1)
    assert list(days_between(day, day)) == [day]
    assert list(days_between(day, day - timedelta(days=1))) == []
    assert day_number(date(1970, 1, 2)) == 1


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, "00:00"), (405.4, "06:45"), (1439.6, "00:00"), (-5, "23:55")],
)
def test_a_clock_shows_minutes_of_any_day(minutes: float, shown: str) -> None:
    """Rounding may carry over midnight."""
    assert clock(minutes) == shown


@pytest.mark.parametrize(
    ("minutes", "brought"), [(0, 0), (719, 719), (720, -720), (-1430, 10), (1450, 10)]
)
def test_differences_of_times_are_circular(minutes: float, brought: float) -> None:
    """No two times of day are further apart than twelve hours."""
    assert circular_minutes(minutes) == brought
