"""When habits are expected next, by the local clock."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.occurrences import (
    Routine,
    no_holidays,
    routines,
)

from .history import ZONE
from .patterns import anomaly, habit, when

MONDAY = date(2026, 3, 2)
NEW_YORK = ZoneInfo("America/New_York")


def _routine(time: Json | None, **more: Any) -> Routine:
    routine = Routine.of(habit("a", time, **more))
    assert routine is not None
    return routine


def _clocks(routine: Routine, day: date, zone: ZoneInfo = ZONE) -> list[str]:
    expected = routine.on(day, zone)
    return [
        one.strftime("%d %H:%M") for one in (expected.start, expected.at, expected.end)
    ]


@pytest.mark.parametrize(
    ("time", "clocks"),
    [
        (when("06:45", "06:31", "06:58"), ["02 06:31", "02 06:45", "02 06:58"]),
        # Centered before midnight, the habit is the evening's of the same date.
        (when("23:50", "23:30", "00:10"), ["02 23:30", "02 23:50", "03 00:10"]),
        # Centered behind it, it is of the date that has begun.
        (when("00:10", "23:50", "00:30"), ["01 23:50", "02 00:10", "02 00:30"]),
        # A last of the day at 00:40 ends the waking day that began the day before.
        (
            when("00:40", "23:40", "01:30", anchor="last"),
            ["02 23:40", "03 00:40", "03 01:30"],
        ),
        (
            when("06:10", "05:30", "07:00", anchor="first"),
            ["02 05:30", "02 06:10", "02 07:00"],
        ),
    ],
)
def test_times_of_a_habit_day(time: Json, clocks: list[str]) -> None:
    """Times lie around their own date, firsts and lasts in their waking day."""
    assert _clocks(_routine(time), MONDAY) == clocks


def test_a_time_without_width_is_a_minute() -> None:
    """Something can only be looked ahead to if it takes a while."""
    assert _clocks(_routine(when("06:45", "06:45", "06:45")), MONDAY) == [
        "02 06:45",
        "02 06:45",
        "02 06:46",
    ]


def test_in_an_hour_that_the_clock_skips() -> None:
    """On 8 March 2026 New York's clock goes from 02:00 to 03:00 at once."""
    habit_at_half_past_two = _routine(when("02:30", "02:10", "02:50"))
    clocks = _clocks(habit_at_half_past_two, date(2026, 3, 8), NEW_YORK)
    assert clocks == ["08 03:10", "08 03:30", "08 03:50"]
    from_within = _routine(when("02:40", "02:20", "03:10"))
    expected = from_within.on(date(2026, 3, 8), NEW_YORK)
    assert expected.start < expected.end


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        # 3 March is a Tuesday, and said to be a holiday here.
        ("any", [True, True, True, False]),
        ("workday", [True, False, True, False]),
        ("free", [True, True, True, False]),
    ],
)
def test_holidays(kind: str, holds: list[bool]) -> None:
    """What is done on workdays is not done on a holiday."""
    routine = _routine(
        when("06:45", "06:31", "06:58", day_kind=kind, weekdays=["mon", "tue", "wed"])
    )
    days = [date(2026, 3, day) for day in (2, 3, 4, 5)]
    assert [routine.holds_on(day, lambda d: d.day == 3) for day in days] == holds


def test_free_days_are_holidays_too() -> None:
    """A weekend's habit is expected on a holiday in the week."""
    routine = _routine(
        when("09:30", "09:00", "10:00", day_kind="free", weekdays=["sat", "sun"])
    )
    assert routine.holds_on(date(2026, 3, 3), lambda d: d.day == 3)
    assert not routine.holds_on(date(2026, 3, 4), lambda d: d.day == 3)


def test_the_kind_of_day_of_a_condition() -> None:
    """A habit of the workdays' kind keeps to workdays."""
    routine = _routine(
        when("06:45", "06:31", "06:58"),
        type="day_type",
        context={"kind": "day_type", "day_type": "workday"},
    )
    assert not routine.holds_on(MONDAY, lambda _: True)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-03-02 06:44:00", 2),
        ("2026-03-02 06:45:00", 4),
        ("2026-03-03 12:00:00", 4),
        ("2026-03-04 07:00:00", 9),
    ],
)
def test_the_following_day(now: str, day: int) -> None:
    """On Mondays and Wednesdays: the next one whose time lies ahead."""
    routine = _routine(when("06:45", "06:31", "06:58", weekdays=["mon", "wed"]))
    local = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    assert routine.following(local, no_holidays) == date(2026, 3, day)


def test_one_that_is_going_on() -> None:
    """By its end it counts until 06:58, also when it began the day before."""
    routine = _routine(when("06:45", "06:31", "06:58"))
    during = datetime(2026, 3, 2, 6, 50, tzinfo=ZONE)
    assert routine.following(during, no_holidays, by_end=True) == MONDAY
    night = _routine(when("23:50", "23:30", "00:10"))
    after_midnight = datetime(2026, 3, 3, 0, 5, tzinfo=ZONE)
    assert night.following(after_midnight, no_holidays, by_end=True) == MONDAY


def test_a_habit_of_no_day_to_come() -> None:
    """On workdays that are all holidays, nothing is expected."""
    routine = _routine(when("06:45", "06:31", "06:58", day_kind="workday"))
    now = datetime(2026, 3, 2, 6, 0, tzinfo=ZONE)
    assert routine.following(now, lambda _: True) is None


def test_what_nobody_can_look_ahead_to() -> None:
    """Anomalies, links, seasons, and habits of a weather that is still to come."""
    time = when("06:45", "06:31", "06:58")
    assert (
        routines(
            [
                anomaly("a", "2026-03-01"),
                habit("b", None, type="co_occurrence"),
                habit("c", time, type="seasonal"),
                habit("d", time, context={"kind": "numeric", "below": 5.0}),
                habit("e", time, context={"kind": "state", "entity_id": "person.a"}),
            ]
        )
        == []
    )
    sun = {"kind": "sun", "anchor": "sunset", "offset_min": 12}
    assert len(routines([habit("f", time, context=sun)])) == 1
