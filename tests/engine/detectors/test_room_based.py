"""When rooms are in use, ways between them, and when nothing may be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.window_nulls import null_window
from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.detectors.room_based import RoomBased
from custom_components.pattern_intelligence.engine.home import (
    AreaInfo,
    EntityInfo,
    Home,
)
from custom_components.pattern_intelligence.engine.pattern import Finding
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, waits_for, window_of

ROOMS = ("bath", "bedroom", "garden", "hall", "kitchen", "office")
HOME = Home(
    ZoneInfo("Europe/Berlin"),
    entities={
        info.entity_id: info
        for info in (
            *(
                EntityInfo(f"binary_sensor.{room}", device_class="motion", area_id=room)
                for room in ROOMS
            ),
            EntityInfo("light.office", area_id="office", device_id="lamp"),
            EntityInfo("switch.office_printer", area_id="office", device_id="printer"),
            EntityInfo("switch.printer_led", area_id="office", device_id="printer"),
            EntityInfo("binary_sensor.door", device_class="door", area_id="office"),
            EntityInfo("vacuum.robot", area_id="office"),
            EntityInfo("binary_sensor.anywhere", device_class="motion"),
        )
    },
    areas={room: AreaInfo(room.capitalize(), f"{room} floor") for room in ROOMS[:4]},
)
FIRST = date(2026, 1, 5)
"""A Monday."""


def on(entity_id: str, day: int, minute: float, lasts: float = 1.0) -> list[Row]:
    """Return rows of something that is on for some minutes of a day."""
    begin = datetime.combine(FIRST, datetime.min.time()) + timedelta(
        days=day, minutes=minute
    )
    end = begin + timedelta(minutes=lasts)
    return [
        Row(begin.isoformat(), entity_id, "on"),
        Row(end.isoformat(), entity_id, "off"),
    ]


def seen(room: str, day: int, minute: float, lasts: float = 1.0) -> list[Row]:
    """Return rows of movement in a room."""
    return on(f"binary_sensor.{room}", day, minute, lasts)


def life(
    days: int, seed: int = 0, rooms: Sequence[str] = ROOMS[1:5], each: int = 4
) -> list[Row]:
    """Return rooms that are used at any time of the waking day."""
    random = np.random.default_rng(seed)
    return [
        row
        for day in range(days)
        for room in rooms
        for minute in random.uniform(300, 1430, each)
        for row in seen(room, day, minute)
    ]


def lived(rows: Iterable[Row], days: int, **given: object) -> Window:
    """Return the window over some days, without what lies beyond them."""
    last = FIRST + timedelta(days=days - 1)
    inside = [row for row in rows if FIRST.isoformat() <= row.at[:10]]
    inside = [row for row in inside if row.at[:10] <= last.isoformat()]
    return window_of(raw_days(FIRST, last, inside, **given))  # type: ignore[arg-type]


def found(window: Window, home: Home = HOME) -> list[Finding]:
    """Return what is found."""
    return list(RoomBased().detect(window, home))


def uses(window: Window, *area_ids: str) -> list[Finding]:
    """Return the uses of rooms."""
    return [f for f in found(window) if f.when and f.area_ids == area_ids]


def mornings(days: Iterable[int], room: str = "office", minute: int = 570) -> list[Row]:
    """Return a room in use from 9:30 (or another time) to forty minutes later."""
    return [
        row
        for number, day in enumerate(days)
        for row in seen(room, day, minute + number % 5, 40)
    ]


def test_a_room_in_use_at_its_time_is_told_with_its_window_and_weekdays() -> None:
    """Nine weeks of workdays, half past nine to a quarter past ten."""
    days = [day for day in range(63) if day % 7 < 5]
    (use,) = found(lived([*life(63), *mornings(days)], 63))
    assert use.entities == ()
    assert use.area_ids == ("office",)
    assert use.when is not None
    assert use.when.weekdays == (0, 1, 2, 3, 4)
    assert 570 <= use.when.earliest <= 571
    assert 570 <= use.when.time <= 574
    assert 605 <= use.when.latest <= 620
    assert use.evidence.days_matched == use.evidence.days_eligible
    # The first habit-day of a morning begins the evening before, and is not whole.
    assert use.evidence.days_eligible == len(days) - 1
    assert use.evidence.lift == pytest.approx(
        use.evidence.days_matched / use.evidence.expected
    )
    assert use.confidence > 0.9
    assert use.provenance.physical == 1.0


def test_a_room_of_workdays_rests_on_holidays() -> None:
    """Six public holidays within nine weeks of workdays: no office on those."""
    feasts = {1, 10, 22, 32, 45, 59}
    days = [day for day in range(63) if day % 7 < 5 and day not in feasts]
    window = replace(
        lived([*life(63), *mornings(days)], 63),
        calendar=Calendar(
            holidays=frozenset(day_number(FIRST) + day for day in feasts)
        ),
    )
    (use,) = found(window)
    assert use.when is not None
    assert (use.when.day_kind, use.when.weekdays) == ("workday", (0, 1, 2, 3, 4))
    assert use.evidence.days_matched == use.evidence.days_eligible == len(days) - 1
    tally = RoomBased().tally(use, window, HOME, day_number(FIRST) + 1)
    assert (tally.occasions, tally.happened) == (len(days) - 1, len(days) - 1)


def test_a_room_used_while_everything_is_used_says_nothing() -> None:
    """All rooms at half past nine: the home's time, not the room's."""
    rows = [row for room in ROOMS for row in mornings(range(40), room)]
    assert not found(lived([*life(40, rooms=ROOMS), *rows], 40))


def test_a_use_around_midnight_is_one_use() -> None:
    """Five to twelve to five past: no day on which it is missed, nor twice."""
    rows = [
        row
        for day in range(40)
        for row in seen("office", day, 1435 + (day * 3) % 11, 2)
    ]
    (use,) = uses(lived([*life(40), *rows], 40), "office")
    assert use.when is not None
    assert use.when.earliest > 1430 or use.when.earliest < 10
    assert use.when.latest < 20
    assert use.evidence.days_matched == use.evidence.days_eligible


def test_a_use_keeps_its_time_when_the_clock_changes() -> None:
    """Half past nine before and after the last Sunday of March."""
    first = (date(2026, 3, 9) - FIRST).days
    rows = [
        row
        for day in range(first, first + 40)
        for row in (*seen("office", day, 570 + day % 5, 40),)
    ]
    quiet = [
        replace(
            row, at=(datetime.fromisoformat(row.at) + timedelta(days=first)).isoformat()
        )
        for row in life(40)
    ]
    start = FIRST + timedelta(days=first)
    window = window_of(raw_days(start, start + timedelta(days=39), [*quiet, *rows]))
    (use,) = uses(window, "office")
    assert use.when is not None
    assert 570 <= use.when.time <= 574
    assert use.evidence.days_matched == use.evidence.days_eligible == 39


def test_days_away_do_not_count_against_a_use() -> None:
    """Nobody is home for a week, and nothing happens then."""
    away = range(14, 21)
    rows = [*life(42), *mornings(range(42))]
    here = [
        row
        for row in rows
        if (date.fromisoformat(row.at[:10]) - FIRST).days not in away
    ]
    (use,) = uses(lived(here, 42), "office")
    assert use.evidence.days_matched == use.evidence.days_eligible
    missing = {day_number(FIRST + timedelta(days=day)) for day in away}
    assert not missing & set(use.eligible.tolist())


def test_days_without_the_sensor_do_not_count_against_a_use() -> None:
    """The only sensor of the room is gone for a week."""
    rows = [*life(42), *mornings(d for d in range(42) if not 14 <= d < 21)]
    gone = (FIRST + timedelta(days=14)).isoformat()
    back = (FIRST + timedelta(days=21)).isoformat()
    rows.append(Row(f"{gone}T00:00:10", "binary_sensor.office", "unavailable"))
    rows.append(Row(f"{back}T00:00:10", "binary_sensor.office", "off"))
    (use,) = uses(lived(rows, 42), "office")
    assert use.evidence.days_matched == use.evidence.days_eligible
    assert use.evidence.days_eligible == 42 - 7 - 1


def test_what_automations_do_is_no_use_of_a_room() -> None:
    """A lamp that an automation lights every morning tells of nobody."""
    lit = [
        replace(row, cause=2)
        for day in range(40)
        for row in on("light.office", day, 570, 30)
    ]
    assert not found(lived([*life(40), *lit], 40))


@pytest.mark.parametrize("entity_id", ["vacuum.robot", "binary_sensor.anywhere"])
def test_what_tells_of_no_room_is_not_guessed(entity_id: str) -> None:
    """A vacuum drives by itself; a sensor without an area may be anywhere."""
    rows = [row for day in range(40) for row in on(entity_id, day, 570 + day % 5, 30)]
    if entity_id.startswith("vacuum"):
        words = {"on": "cleaning", "off": "docked"}
        rows = [replace(row, state=words[row.state]) for row in rows]
    assert not found(lived([*life(40), *rows], 40))


def test_a_door_left_open_is_not_somebody_in_the_room() -> None:
    """It opens at half past nine and shuts at three: two moments."""
    rows = [
        row
        for day in range(40)
        for row in on("binary_sensor.door", day, 570 + day % 5, 330)
    ]
    told = uses(lived([*life(40), *rows], 40), "office")
    assert [round(f.when.time / 60) for f in told if f.when] == [10, 15]
    assert all(f.when.latest - f.when.earliest < 30 for f in told if f.when)


def test_devices_that_are_used_with_the_room_belong_to_its_use() -> None:
    """The printer is used while somebody is there, the lamp at any time.

    What its light shows is the printer's.
    """
    random = np.random.default_rng(3)
    rows = []
    for day in range(42):
        begin = random.uniform(570, 660)
        rows += seen("office", day, begin, 20)
        rows += on("switch.office_printer", day, begin + 10)
        rows += on("switch.printer_led", day, begin + 10)
        rows += on("light.office", day, random.uniform(575, 675))
        rows += seen("office", day, random.uniform(800, 1400), 5)
    (use,) = uses(lived([*life(42), *rows], 42), "office")
    assert use.details["devices"] == [
        {"entity_id": "switch.office_printer", "state": "on"}
    ]


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([], False),
        # Without the printer it would not have been in use on 28 of forty days.
        ([("binary_sensor.office", 12, 572)], False),
        ([("binary_sensor.office", 13, 572)], True),
        ([("light.office", 12, 572)], False),
        ([("light.office", 13, 572)], True),
        # What its own light shows is the printer's.
        ([("switch.printer_led", 40, 572)], False),
        # Whoever comes in the evening has nothing to do with it.
        ([("binary_sensor.office", 40, 1200)], False),
    ],
)
def test_what_one_device_does_by_itself_is_no_use_of_a_room(
    others: list[tuple[str, int, int]], told: bool
) -> None:
    """The printer goes on at half past nine on forty days: who knows by whom."""
    rows = [
        row for day in range(41) for row in on("switch.office_printer", day, 570)
    ] + [
        row
        for entity_id, days, minute in others
        for day in range(1, days + 1)
        for row in on(entity_id, day, minute)
    ]
    mornings_told = [
        use.evidence.days_matched
        for use in uses(lived([*life(41), *rows], 41), "office")
        if use.when and use.when.time < 720
    ]
    assert mornings_told == ([40] if told else [])


def test_a_door_alone_tells_of_who_goes_through() -> None:
    """It does not open by itself, and no timer, or sun, opens it."""
    rows = [row for day in range(41) for row in on("binary_sensor.door", day, 570)]
    (use,) = uses(lived([*life(41), *rows], 41), "office")
    assert use.evidence.days_matched == 40


def walks(days: int, seed: int = 1, share: float = 0.9) -> list[Row]:
    """Return who is in the office, and then in the bath half a minute later."""
    random = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        for minute in random.uniform(300, 1420, 3):
            rows += seen("office", day, minute, 0.5)
            if random.random() < share:
                rows += seen("bath", day, minute + 1, 0.5)
    return rows


def test_a_room_that_is_next_after_another_is_told_in_order() -> None:
    """From the office to the bath, half a minute after it was last noticed."""
    window = lived([*life(42, each=2), *walks(42)], 42)
    (move,) = found(window)
    assert move.area_ids == ("office", "bath")
    assert move.entities == ()
    assert move.when is None
    assert move.lag_s is not None
    assert move.lag_s.median == pytest.approx(30, abs=1)
    assert move.confidence > 0.75
    assert move.details["floor_ids"] == [None, "bath floor"]
    assert move.evidence.lift is not None
    assert move.evidence.lift >= 2


def test_days_permuted_for_each_room_leave_no_moves() -> None:
    """Everything keeps its clock, and nobody walks."""
    window = lived([*life(42, each=2), *walks(42)], 42)
    for seed in range(3):
        random = np.random.default_rng(seed)
        assert not found(null_window(window, "permuted", random))


def test_a_hall_between_everything_is_next_to_nothing() -> None:
    """From every room people come through the hall: that is how the home is built."""
    random = np.random.default_rng(5)
    rows = []
    for day in range(42):
        for room in ("bath", "bedroom", "kitchen", "office"):
            for minute in random.uniform(300, 1420, 3):
                rows += seen(room, day, minute, 0.5)
                rows += seen("hall", day, minute + 1, 0.5)
    assert not found(lived(rows, 42))


def test_a_busy_room_is_next_by_mere_frequency() -> None:
    """Somebody moves in the kitchen every six minutes, whatever others do."""
    rows = [
        row
        for day in range(30)
        for at in range(360, 1380, 6)
        for row in seen("kitchen", day, at, 0.5)
    ]
    others = life(30, rooms=("bath", "bedroom", "garden", "office"))
    assert not found(lived([*rows, *others], 30))


def test_rooms_that_share_a_rhythm_are_not_linked() -> None:
    """All rooms are used in the same two hours, at times of their own."""
    random = np.random.default_rng(7)
    rows = []
    for day in range(42):
        for room in ROOMS:
            for minute in random.normal(1140, 60, 5).clip(10, 1430):
                rows += seen(room, day, minute, 0.5)
    assert not [f for f in found(lived(rows, 42)) if not f.when]


def test_rooms_used_by_two_at_once_are_not_linked() -> None:
    """One cooks while the other works; neither walks to the other's room."""
    random = np.random.default_rng(9)
    rows = life(42, rooms=("bath", "bedroom"))
    for day in range(42):
        for room in ("kitchen", "office"):
            for minute in 1080 + np.cumsum(random.exponential(7, 10)):
                rows += seen(room, day, minute, 0.5)
    assert not [f for f in found(lived(rows, 42)) if not f.when]


def test_one_evening_is_no_habit() -> None:
    """Twenty walks on one day."""
    rows = [
        row
        for at in range(600, 1000, 20)
        for row in (*seen("office", 3, at, 0.5), *seen("bath", 3, at + 1, 0.5))
    ]
    assert not found(lived([*life(30), *rows], 30))


def test_a_use_is_checked_on_later_days_as_it_was_stated() -> None:
    """In use at any moment of the window, on its weekdays, on days that are over."""
    days = [day for day in range(63) if day % 7 < 5]
    (use,) = found(lived([*life(63), *mornings(days)], 63))
    later = [*life(77), *mornings([*days, 63, 64, 66, 67, 70])]
    window = lived(later, 77)
    since = day_number(FIRST) + 63
    claim = Claim.of(use, use.confidence)
    tally = RoomBased().tally(claim, window, HOME, since)
    assert (tally.occasions, tally.happened) == (10, 5)
    assert RoomBased().tally(use, window, HOME, since) == tally


def test_a_visit_that_goes_on_counts_as_use() -> None:
    """Who came before the window and is still there uses the room during it."""
    (use,) = found(lived([*life(42), *mornings(range(42))], 42))
    rows = [*life(44), *mornings(range(42)), *seen("office", 42, 300, 280)]
    tally = RoomBased().tally(use, lived(rows, 44), HOME, day_number(FIRST) + 42)
    assert (tally.occasions, tally.happened) == (2, 1)


def test_a_move_is_checked_on_later_occasions_as_it_was_stated() -> None:
    """The next room within five minutes is the second one, or it is not."""
    rows = [*life(42, each=2), *walks(42)]
    (move,) = found(lived(rows, 42))
    later = [
        *seen("office", 43, 600, 0.5),
        *seen("bath", 43, 605, 0.5),  # 4:30 after the office was left
        *seen("office", 43, 700, 0.5),
        *seen("hall", 43, 701, 0.5),  # another room is next
        *seen("bath", 43, 702, 0.5),
        *seen("office", 43, 800, 0.5),
        *seen("bath", 43, 806, 0.5),  # too late
        *seen("office", 43, 1439, 0.5),  # its time is not over
    ]
    window = lived([*rows, *later], 44)
    tally = RoomBased().tally(move, window, HOME, day_number(FIRST) + 42)
    assert (tally.occasions, tally.happened) == (3, 1)


def test_what_is_claimed_of_a_room_that_is_gone_has_no_occasions() -> None:
    """Its devices were moved to another area."""
    (use,) = found(lived([*life(42), *mornings(range(42))], 42))
    bare = lived(life(10), 10)
    assert RoomBased().tally(use, bare, HOME, day_number(FIRST)).occasions == 0


def test_renamed_and_repeated_learning_change_nothing() -> None:
    """The same days give the same findings, in the same order."""
    window = lived([*life(42), *mornings(range(42)), *walks(42)], 42)
    once, again = found(window), found(window)
    assert [f.key for f in once] == [f.key for f in again]
    assert [f.confidence for f in once] == [f.confidence for f in again]
    assert once


@pytest.mark.parametrize(
    ("rows", "days", "home", "why"),
    [
        (life(10), 10, Home(HOME.zone), "two areas"),
        (life(10), 10, HOME, "14 days"),
        (life(30), 30, HOME, "no room has times of its own"),
        ([], 3, HOME, "two areas"),
    ],
)
def test_it_says_what_it_waits_for(
    rows: list[Row], days: int, home: Home, why: str
) -> None:
    """No areas, too few days, or nothing to say."""
    window = lived(rows, days)
    assert not RoomBased().detect(window, home)
    assert why in waits_for(RoomBased(), window, home)
