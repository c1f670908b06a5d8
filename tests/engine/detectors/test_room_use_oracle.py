"""The uses of made-up rooms are what the definition gives, number by number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import When
from custom_components.pattern_intelligence.engine.room_based.rhythm import RoomRhythms
from custom_components.pattern_intelligence.engine.room_based.rooms import Rooms
from custom_components.pattern_intelligence.engine.room_based.stays import in_use
from custom_components.pattern_intelligence.engine.room_based.use import searched_uses
from custom_components.pattern_intelligence.engine.time_of_day.weekday_mask import MASKS
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, window_of
from tests.engine.detectors import naive_room_use as slow
from tests.engine.detectors.naive_rooms import NaiveRooms

FIRST = date(2026, 3, 2)
"""A Monday four weeks before the clock is put forward."""

HOME = Home(
    ZoneInfo("Europe/Berlin"),
    entities={
        f"binary_sensor.{area}": EntityInfo(
            f"binary_sensor.{area}", device_class="motion", area_id=area
        )
        for area in ("attic", "bath", "cellar")
    },
)


def made_up(seed: int) -> Window:
    """Return a home of three rooms, two of which are used at about their times."""
    random = np.random.default_rng(seed)
    days = int(random.integers(12, 34))
    rows: list[Row] = []

    def add(moment: float, day: int, area: str, lasts: float) -> None:
        midnight = np.datetime64((FIRST + timedelta(days=day)).isoformat(), "s")
        for state, later in (("on", 0.0), ("off", lasts)):
            at = midnight + np.timedelta64(int((moment + later) * 60), "s")
            rows.append(Row(str(at), f"binary_sensor.{area}", state))

    times = {"attic": random.uniform(-30, 1440), "bath": random.uniform(-30, 1440)}
    weekends = random.random() < 0.3
    for day in range(days):
        if random.random() < 0.07:
            continue
        for area, time in times.items():
            free = day % 7 >= 5
            if random.random() < 0.85 and (area == "bath" or free or not weekends):
                add(random.normal(time, 8), day, area, random.uniform(1, 60))
            for moment in random.uniform(0, 1439, int(random.integers(0, 3))):
                add(moment, day, area, random.uniform(0.5, 4))
        for moment in random.uniform(0, 1439, int(random.integers(2, 6))):
            add(moment, day, "cellar", 2)
    last = FIRST + timedelta(days=days - 1)
    rows = [row for row in rows if FIRST.isoformat() <= row.at[:10] <= last.isoformat()]
    feasts = random.choice(days, int(random.integers(0, 5)), replace=False) * (
        random.random() < 0.5
    )
    number = day_number(FIRST)
    return replace(
        window_of(raw_days(FIRST, last, rows)),
        calendar=Calendar(holidays=frozenset((number + feasts).tolist())),
    )


def held(naive: NaiveRooms, day: int, mask: int) -> bool:
    """Tell whether a mask of weekdays, or of workdays or free days, has a day."""
    if mask < len(MASKS):
        return (day + 3) % 7 in MASKS[mask]
    return slow.free(naive, day) == (mask == len(MASKS) + 1)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_uses_are_what_the_definition_gives(seed: int) -> None:
    """Every use has the days, the matches and the chances it must have."""
    window = made_up(seed)
    rooms, naive = Rooms.of(window, HOME), NaiveRooms(window, HOME)
    rhythms = RoomRhythms.of(rooms)
    for use in searched_uses(rhythms):
        room = rooms.area_ids[use.room]
        visits = naive.visits(room)
        low, high = use.span.low, use.span.high
        days = [
            day
            for day in naive.days
            if held(naive, day, use.mask) and slow.known(naive, day, low, high)
        ]
        matched = [d for d in days if slow.on_habit_day(visits, d, low, high)[1]]
        assert use.eligible.tolist() == days
        assert use.matched.tolist() == matched
        own = slow.rhythm(rhythms.own.cdf[use.room].tolist())
        others = [
            slow.of_others(naive, room, on_free_days=kind) for kind in (False, True)
        ]
        expected = [
            max(
                slow.chance(visits, own, day, low, high),
                slow.chance(visits, others[slow.free(naive, day)], day, low, high),
            )
            for day in days
        ]
        assert use.chances.tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12)
        elsewhere = [naive.visits(other) for other in rooms.area_ids if other != room]
        shares = []
        for day in matched:
            told = [slow.on_habit_day(own, day, low, high) for own in elsewhere]
            used, then = (sum(bool(one[at]) for one in told) for at in (0, 1))
            shares.append(then / max(used, 1))
        assert rhythms.share_of_others(
            use.room, use.span, use.matched
        ) == pytest.approx(np.mean(shares), rel=1e-12)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    earliest=st.integers(0, 1439),
    length=st.integers(1, 600),
    weekdays=st.sampled_from(MASKS),
)
def test_claims_are_checked_as_they_read(
    seed: int, earliest: int, length: int, weekdays: tuple[int, ...]
) -> None:
    """The room was in use at any moment from the earliest to the latest, or not."""
    window = made_up(seed)
    rooms, naive = Rooms.of(window, HOME), NaiveRooms(window, HOME)
    latest = (earliest + length) % 1440
    when = When(float(earliest), float(earliest), float(latest), weekdays=weekdays)
    center = (earliest + length / 2) % 1440
    low, high = center - length / 2, center + length / 2
    for number, room in enumerate(rooms.area_ids):
        days, kept, _ = in_use(rooms, number, when)
        expected = [
            day
            for day in naive.days
            if (day + 3) % 7 in weekdays and slow.known(naive, day, low, high)
        ]
        assert days.tolist() == expected
        visits = naive.visits(room)
        assert kept.tolist() == [
            slow.in_use(visits, day, low, high) for day in expected
        ]
