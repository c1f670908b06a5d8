"""The fast ways of counting sessions against slow and obvious ones."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    CivilTime,
    day_number,
)
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.session.pairs import (
    ALIKE,
    reaches_of,
    searched_pairs,
)
from custom_components.pattern_intelligence.engine.session.sittings import (
    DEALS,
    Group,
    chances_of_sittings,
    rows_of,
    sittings,
)
from custom_components.pattern_intelligence.engine.session.starts import Starts
from custom_components.pattern_intelligence.engine.window import Key, Window

from .naive_sessions import PARTS, NaiveRoom, tail, tail_of_all_outcomes

UTC = CivilTime(ZoneInfo("UTC"))
MONDAY = day_number(date(2026, 1, 5))
WAKING = 240
THINGS = ("light.a", "light.b", "switch.c", "switch.d")


def room_of(seed: int, days: int = 21) -> NaiveRoom:
    """Return a room whose things are begun together on most evenings, and at random."""
    rng = np.random.default_rng(seed)
    free = {day for day in range(days) if day % 7 >= 5}
    room = NaiveRoom(days, free, {thing: {} for thing in THINGS})
    for day in range(days):
        begin = rng.normal(960, 45)
        together = rng.random() < 0.8
        for thing in THINGS:
            at = rng.uniform(0, 1435, rng.poisson(1.0)).tolist()
            if together and thing != "switch.d" and rng.random() < 0.9:
                at.append(begin + rng.uniform(0, 15))
            if at:
                room.starts[thing][day] = [float(int(own * 60)) / 60 for own in at]
    return room


def starts_of(room: NaiveRoom) -> Starts:
    """Return the same room as the detector sees it."""
    happened = sorted(
        (thing, MONDAY + day, minute)
        for thing, own in room.starts.items()
        for day, minutes in own.items()
        for minute in minutes
    )
    # The last day's evening ends on a day that is there, too.
    days = np.arange(MONDAY, MONDAY + room.days)
    instant = np.array(
        [day * DAY_MS + round((WAKING + at) * MINUTE_MS) for _, day, at in happened],
        np.int64,
    )
    window = Window(
        civil=UTC,
        days=days,
        keys=tuple(Key(thing, "on") for thing in THINGS),
        key=np.array([THINGS.index(thing) for thing, _, _ in happened], np.int32),
        instant=instant,
        wall=instant,
        cause=np.zeros(instant.size, np.int16),
        automations=("",),
        entities=THINGS,
        available=np.ones((len(THINGS), room.days, 24), np.float32),
        recorded=np.ones((room.days, 24), np.float32),
        at_home=np.ones((room.days, 24), np.float32),
    )
    infos = {thing: EntityInfo(thing, area_id="den") for thing in THINGS}
    return Starts.of(window, Home(ZoneInfo("UTC"), entities=infos))


@pytest.mark.parametrize("seed", range(4))
def test_pairs_have_the_p_of_their_clearest_place(seed: int) -> None:
    """Every place by hand: days that match, what other days would give, the tail."""
    room = room_of(seed)
    # The last day's night is not over: its parts after midnight are another's.
    room.starts = {
        thing: {
            day: kept
            for day, minutes in own.items()
            if (kept := [at for at in minutes if day < room.days - 1 or at < 1200])
        }
        for thing, own in room.starts.items()
    }
    starts = starts_of(room)
    found = searched_pairs(starts)
    assert found
    for pair in found:
        first, second = (
            starts.name(thing).entity_id for thing in (pair.first, pair.second)
        )
        matched, chances = room.trial(
            first, second, pair.slot, pair.reach, only_free=pair.kind == 1
        )
        places = len(PARTS) * 2 * len(reaches_of(starts)) * 2
        p = min(1.0, tail(chances, matched) * places / ALIKE)
        assert pair.p_value == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("gap", "need"), [(1, 2), (3, 2), (3, 3), (6, 3)])
def test_sittings_are_stretches_without_a_gap(seed: int, gap: int, need: int) -> None:
    """The first of each day in which enough take part."""
    room, low, high = room_of(seed), 160, 230
    starts = starts_of(room)
    group = Group(tuple(range(4)), low, high, gap, need)
    rows, member = rows_of(starts, group)
    found = sittings(starts.day[rows], starts.bin[rows], member, group)
    naive = {}
    for day in range(room.days):
        stretches = room.sitting(dict.fromkeys(THINGS, day), low, high, gap)
        enough = [own for own in stretches if len(own[1]) >= need]
        if enough:
            naive[day] = (enough[0][0], max(enough[0][2].values()))
    bins = starts.bin[rows]
    told = zip(
        found.day.tolist(),
        bins[found.first].tolist(),
        bins[found.begun].tolist(),
        strict=True,
    )
    assert {day: (first, begun) for day, first, begun in told} == naive


@pytest.mark.parametrize("seed", range(3))
def test_chance_is_what_days_dealt_anew_give(seed: int) -> None:
    """Each thing moved on by another number of days among those of a kind."""
    room, low, high = room_of(seed), 160, 230
    group = Group((0, 1, 2), low, high, 3, 2)
    found = chances_of_sittings(starts_of(room), group, (3,))[3, 2]
    for free in (False, True):
        kind = [day for day in range(room.days) if (day in room.free) == free]
        deals = range(1, min(DEALS, len(kind) - 1) + 1)
        met = 0
        for deal in deals:
            for place in range(len(kind)):
                days = {
                    thing: kind[(place - deal * number) % len(kind)]
                    for number, thing in enumerate(THINGS[:3])
                }
                stretches = room.sitting(days, low, high, 3)
                met += any(len(own[1]) >= 2 for own in stretches)
        expected = (met + 1) / (len(deals) * len(kind) + 1)
        assert found[kind] == pytest.approx(expected, abs=1e-12)


def test_the_oracle_counts_outcomes() -> None:
    """Its own tail is that of listing all outcomes."""
    chances = [0.1, 0.5, 0.3, 0.9]
    assert tail(chances, 3) == pytest.approx(tail_of_all_outcomes(chances, 3))
