"""Civil time of the simulator."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.simulator.calendar import easter, holidays
from benchmarks.simulator.clock import LocalClock

BERLIN = ZoneInfo("Europe/Berlin")


def _instant(text: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("day", "minute", "expected"),
    [
        (0, 0.0, "2025-03-29T00:00"),
        (0, 439.0, "2025-03-29T07:19"),
        (1, 119.0, "2025-03-30T01:59"),
        (1, 180.0, "2025-03-30T03:00"),
        (1, 439.0, "2025-03-30T07:19"),
        (2, -5.0, "2025-03-30T23:55"),
        (1, 1445.0, "2025-03-31T00:05"),
    ],
)
def test_wall_clock_to_instant(day: int, minute: float, expected: str) -> None:
    """A wall-clock minute is the instant that the zone gives it."""
    clock = LocalClock.of("Europe/Berlin", date(2025, 3, 29), 5)
    assert float(clock.utc(day, minute)) == _instant(expected)


def test_skipped_time_moves_forward() -> None:
    """02:30 does not exist on 30 March 2025: it is 03:30 then."""
    clock = LocalClock.of("Europe/Berlin", date(2025, 3, 29), 5)
    assert float(clock.utc(1, 150.0)) == _instant("2025-03-30T03:30")


def test_repeated_time_is_its_first_pass() -> None:
    """02:30 comes twice on 26 October 2025: the first is meant."""
    clock = LocalClock.of("Europe/Berlin", date(2025, 10, 25), 3)
    assert float(clock.utc(1, 150.0)) == _instant("2025-10-26T02:30", fold=0)
    day, minute = clock.local(np.array([_instant("2025-10-26T02:30", fold=1)]))
    assert (day.tolist(), minute.tolist()) == ([1], [150.0])


def test_days_have_their_length() -> None:
    """The day DST begins has 23 hours, the day it ends has 25."""
    for first, hours in ((date(2025, 3, 30), 23), (date(2025, 10, 26), 25)):
        clock = LocalClock.of("Europe/Berlin", first, 1)
        assert float(clock.utc(1, 0.0) - clock.utc(0, 0.0)) == hours * 3600


@pytest.mark.parametrize(
    "time_zone", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
)
def test_round_trip(time_zone: str) -> None:
    """Every instant of a year comes back from its day and minute."""
    clock = LocalClock.of(time_zone, date(2011, 1, 1), 365)
    steps = 1800.0 * np.arange(364 * 48)
    instants = np.asarray(float(clock.utc(0, 0.0)) + steps, np.float64)
    day, minute = clock.local(instants)
    back = clock.utc(day, minute)
    # Only the second pass of a repeated hour may come back as the first.
    off = instants - back
    assert set(off.tolist()) <= {0.0, 1800.0, 3600.0}
    assert int((off != 0).sum()) <= 2


def test_waking_day_begins_at_four() -> None:
    """03:59 belongs to the day before, as minute 1679; 04:00 is minute 240."""
    clock = LocalClock.of("UTC", date(2025, 1, 1), 3)
    day, minute = clock.waking(clock.utc(np.array([1, 1]), np.array([239.0, 240.0])))
    assert day.tolist() == [0, 1]
    assert minute.tolist() == [1679.0, 240.0]


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (1999, date(1999, 4, 4)),
        (2000, date(2000, 4, 23)),
        (2019, date(2019, 4, 21)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2076, date(2076, 4, 19)),
    ],
)
def test_easter(year: int, expected: date) -> None:
    """Easter falls where almanacs put it."""
    assert easter(year) == expected


def test_holidays_of_a_span() -> None:
    """The end of April and May 2025 has three holidays; a span ends before its end."""
    assert holidays(date(2025, 4, 21), 40) == {
        date(2025, 4, 21),
        date(2025, 5, 1),
        date(2025, 5, 29),
    }
    assert holidays(date(2025, 12, 24), 2) == {date(2025, 12, 25)}
