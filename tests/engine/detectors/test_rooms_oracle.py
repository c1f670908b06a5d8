"""The rooms of made-up homes are what the definition gives, number by number."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.detectors.room_based import (
    RoomBased,
    compared_moves,
    count_of_tests,
)
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.room_based.moves import Moves
from custom_components.pattern_intelligence.engine.room_based.rooms import Rooms
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, window_of
from tests.engine.detectors.naive_rooms import NaiveRooms, tail

FIRST = date(2026, 3, 23)
"""Six days before the clock is put forward."""

HOME = Home(
    ZoneInfo("Europe/Berlin"),
    entities={
        info.entity_id: info
        for info in (
            EntityInfo(
                "binary_sensor.bed", device_class="occupancy", area_id="bedroom"
            ),
            EntityInfo("light.bed", area_id="bedroom"),
            EntityInfo("binary_sensor.bath", device_class="motion", area_id="bathroom"),
            EntityInfo("binary_sensor.bath_door", area_id="bathroom"),
            EntityInfo("switch.kettle", area_id="kitchen", device_id="kettle"),
            EntityInfo("light.kettle", area_id="kitchen", device_id="kettle"),
            EntityInfo("binary_sensor.fridge", device_class="door", area_id="kitchen"),
            EntityInfo("light.hall", area_id="hall"),
            EntityInfo("vacuum.robot", area_id="hall"),
            EntityInfo("binary_sensor.leak", device_class="gas", area_id="hall"),
            EntityInfo("light.nowhere"),
        )
    },
)


def made_up(seed: int, days: int) -> Window:
    """Return a home of four rooms, through some of which people walk in order."""
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    last = FIRST + timedelta(days=days - 1)

    def add(moment: float, day: int, entity_id: str, lasts: float = 0.5) -> None:
        midnight = np.datetime64((FIRST + timedelta(days=day)).isoformat(), "s")
        cause = 2 if entity_id == "light.hall" and random.random() < 0.3 else 0
        on = "cleaning" if entity_id.startswith("vacuum") else "on"
        off = "docked" if entity_id.startswith("vacuum") else "off"
        for state, later in ((on, 0.0), (off, lasts)):
            at = midnight + np.timedelta64(int((moment + later) * 60), "s")
            rows.append(Row(str(at), entity_id, state, cause))

    adherence = random.uniform(0.6, 1)
    names = [*HOME.entities]
    for day in range(days):
        if random.random() < 0.1:
            continue
        for _ in range(int(random.integers(1, 4))):
            moment = random.uniform(10, 1400)
            add(moment, day, "binary_sensor.bed", random.choice([0.2, 40, 800]))
            if random.random() < adherence:
                add(moment + random.uniform(0.2, 5), day, "binary_sensor.bath", 3)
        for _ in range(int(random.integers(1, 4))):
            moment = random.uniform(10, 1380)
            add(moment, day, "switch.kettle", 90)
            add(moment + random.uniform(4, 7), day, "binary_sensor.fridge")
            if random.random() < adherence:
                add(moment + random.uniform(6, 14), day, "light.hall")
        for name in random.choice(names, int(random.integers(0, 5))):
            add(random.uniform(0, 1439), day, name, float(random.choice([0.3, 12, 60])))
    rows = [row for row in rows if row.at[:10] <= last.isoformat()]
    return window_of(raw_days(FIRST, last, rows))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(6, 14))
def test_visits_are_what_the_definition_gives(seed: int, days: int) -> None:
    """Every room has the visits it must have, each from its first sign to its last."""
    window = made_up(seed, days)
    naive, rooms = NaiveRooms(window, HOME), Rooms.of(window, HOME)
    assert list(rooms.area_ids) == naive.rooms
    for number, room in enumerate(rooms.area_ids):
        own = rooms.visits.of_key(number)
        assert [
            (visit.begin, visit.end, visit.wall) for visit in naive.visits(room)
        ] == list(
            zip(
                rooms.visits.instant[own].tolist(),
                rooms.end[own].tolist(),
                rooms.visits.wall[own].tolist(),
                strict=True,
            )
        )


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(12, 20))
def test_moves_are_what_the_definition_gives(seed: int, days: int) -> None:
    """Every move has the days, the chances, the lags and the p it must have."""
    window = made_up(seed, days)
    naive, rooms = NaiveRooms(window, HOME), Rooms.of(window, HOME)
    moves = Moves.of(rooms)
    for own in moves.occasions:
        for second, trial in moves.trials(own.room, 0.0, 1):
            expected = naive.move(rooms.area_ids[own.room], rooms.area_ids[second])
            days_of = trial.day + moves.days.first
            assert tuple(days_of.tolist()) == expected.eligible
            assert tuple(days_of[trial.matched].tolist()) == expected.matched
            assert tuple(own.lag[trial.followed].tolist()) == expected.lags
            assert trial.chance.tolist() == pytest.approx(expected.chances, rel=1e-9)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_move_that_could_be_told_is_left_out(seed: int) -> None:
    """What is compared are the moves on five days, on twice as many as by chance."""
    window = made_up(seed, 18)
    naive, rooms = NaiveRooms(window, HOME), Rooms.of(window, HOME)
    moves = Moves.of(rooms)
    found = {
        (rooms.area_ids[walk.own.room], rooms.area_ids[walk.second]): walk
        for walk in compared_moves(moves)
    }
    for first in naive.rooms:
        occasions = naive.occasions(first)
        for second in set(naive.rooms) - {first}:
            hits = sum(to == second for _, _, to, _ in occasions)
            if not hits or hits < 0.3 * len(occasions):
                assert (first, second) not in found
                continue
            expected = naive.move(first, second)
            matched = len(expected.matched)
            if matched >= 5 and matched >= 2 * sum(expected.chances):
                p_value = found[first, second].p_value
                wanted = tail(expected.chances, matched)
                assert p_value == pytest.approx(wanted, rel=1e-9, abs=0)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_all_that_could_be_tested_is_counted(seed: int) -> None:
    """Rooms in use on six days, and ordered pairs of those that were left on five."""
    window = made_up(seed, 10)
    naive, rooms = NaiveRooms(window, HOME), Rooms.of(window, HOME)
    used = sum(
        len({naive.waking(v.wall) for v in naive.visits(room)} & set(naive.counted))
        >= 6
        for room in naive.rooms
    )
    left = sum(
        len({naive.waking(sign.wall) for sign, *_ in naive.occasions(room)}) >= 5
        for room in naive.rooms
    )
    expected = (used if used >= 2 else 0) + left * (left - 1)
    assert count_of_tests(rooms, Moves.of(rooms)) == expected


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_detection_is_pure(seed: int) -> None:
    """The same window gives the same findings, in the same order."""
    window = made_up(seed, 14)
    once, again = (RoomBased().detect(window, HOME) for _ in range(2))
    assert [(f.key, f.when, f.evidence, f.confidence) for f in once] == [
        (f.key, f.when, f.evidence, f.confidence) for f in again
    ]
