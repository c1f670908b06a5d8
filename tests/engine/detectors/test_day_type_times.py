"""Times that are found whatever days they are kept on, and the risk spent on them."""

from __future__ import annotations

from dataclasses import replace
from math import comb
from random import Random

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.day_type.counted import Counted
from custom_components.pattern_intelligence.engine.day_type.search import Suspects
from custom_components.pattern_intelligence.engine.day_type.split import Splits
from custom_components.pattern_intelligence.engine.day_type.times import kept_times
from custom_components.pattern_intelligence.engine.day_type.trial import KindTrials
from custom_components.pattern_intelligence.engine.detectors.day_type import DayType
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.time_of_day.spans import Spans
from custom_components.pattern_intelligence.engine.time_of_day.units import units_of
from custom_components.pattern_intelligence.engine.time_of_day.walls import Met, Walls
from custom_components.pattern_intelligence.engine.window import Key, Window

from .naive_times import UTC, window_of_times

HOME = Home(UTC.zone)
DAYS = 63

type Times = dict[Key, list[tuple[int, float]]]


def _home(chance: Random, things: int, share: float) -> Times:
    """Return things that keep a time on such a share of all days, and are used besides."""
    times: Times = {}
    for number in range(things):
        at = chance.uniform(420, 1260)
        own = [
            (day, at + chance.gauss(0, 6))
            for day in range(DAYS)
            if chance.random() < share
        ]
        own += [(day, chance.uniform(420, 1320)) for day in range(DAYS)]
        times[Key(f"light.l{number:02}", "on")] = own
    return times


def _dealt(window: Window, chance: Random) -> Window:
    """Return a window of whose days two in seven are free, whichever."""
    free = chance.sample(window.days.tolist(), 2 * DAYS // 7)
    return replace(window, calendar=Calendar(frozenset(), frozenset(free)))


def _times(window: Window) -> Suspects:
    _, _, units = units_of(window, 6)
    counted = Counted.of(units, window.calendar.free(window.days))
    return kept_times(units, counted, np.ones(units.size, bool))


@pytest.mark.parametrize("seed", range(3))
def test_which_times_are_asked_about_does_not_depend_on_kinds(seed: int) -> None:
    """Were other days the free ones, the same times would be asked about."""
    chance = Random(seed)
    window = window_of_times(_home(chance, 4, 0.3), DAYS)
    first, second = (_times(_dealt(window, chance)) for _ in range(2))
    assert first.unit.size
    assert first.unit.tolist() == second.unit.tolist()
    assert first.spans.low.tolist() == second.spans.low.tolist()
    assert first.spans.high.tolist() == second.spans.high.tolist()
    half = first.unit.size // 2
    assert first.free.tolist() == [False] * half + [True] * half


def test_a_time_is_asked_about_once() -> None:
    """Once a day at 19:00: each happening is the first and the last as well."""
    times = {Key("light.lamp", "on"): [(day, 1140.0) for day in range(0, DAYS, 3)]}
    found = _times(window_of_times(times, DAYS))
    assert found.unit.tolist() == [0, 0]
    assert (found.spans.low < 1140).all()
    assert (found.spans.high > 1140).all()


def test_a_time_among_many_things_is_told() -> None:
    """About 19:00 on 14 of 18 free days, in a home of 60 things, by what is used a lot.

    As one of all windows of all things it could be luck.
    """
    chance = Random(1)
    times = _home(chance, 60, 0.0)
    lamp = Key("light.lamp", "on")
    free = [day for day in range(DAYS) if day % 7 >= 5]
    times[lamp] = [(day, 1140 + chance.uniform(-5, 5)) for day in free[:14]]
    times[lamp] += [
        (day, chance.uniform(420, 1320)) for day in range(DAYS) for _ in range(5)
    ]
    (found,) = DayType().detect(window_of_times(times, DAYS), HOME)
    assert found.entities == (lamp,)
    assert found.context == {"kind": "day_type", "day_type": "free"}
    assert found.when is not None
    assert found.when.time == pytest.approx(1140, abs=5)


def test_where_kinds_do_not_matter_hardly_anything_is_told() -> None:
    """Ten homes of twenty things, each with a time kept on a third of any days."""
    told = 0
    for seed in range(10):
        chance = Random(seed)
        window = _dealt(window_of_times(_home(chance, 20, 0.33), DAYS), chance)
        told += len(DayType().detect(window, HOME))
    assert told <= 1


def test_what_chance_would_tell_by_hand() -> None:
    """Two times, of 21 days 7 are of the kind; met on 7 and 8 days, seen 7 and 6 times.

    The first is seen so often in one of C(21, 7) ways, the second in
    C(7, 6) C(14, 2) + C(7, 7) C(14, 1) of C(21, 8). Told at the level of the first is
    the first alone; at that of the second, both, the first with 6 of its days, too.
    """
    splits = Splits(
        *(np.array([[n], [m]]) for n, m in ((7, 7), (14, 14), (7, 6), (0, 2)))
    )
    spans = Spans(np.zeros(2, np.int64), np.zeros(2), np.full(2, 60.0))
    kinds = np.ones(2, bool)
    suspects = Suspects(np.arange(2), spans, kinds, kinds, np.ones(2), np.zeros(2))
    days = np.ones((2, 21), bool)
    walls = Walls(np.zeros(0, np.int64), np.zeros(0, np.int64))
    trials = KindTrials(
        suspects,
        days,
        days,
        days,
        Met(walls, np.arange(2), spans, np.arange(21)),
        splits,
        splits.tails(np.ones(2)),
        np.zeros((2, 22)),
    )
    seven = 1 / comb(21, 7)
    six = (comb(7, 6) * 14 + 1) / comb(21, 7)
    of_eight = (comb(7, 6) * comb(14, 2) + 14) / comb(21, 8)
    all_eight = 14 / comb(21, 8)
    assert seven < all_eight < six < of_eight
    assert trials.by_chance(1).tolist() == pytest.approx(
        [2 * seven, 2 * (six + of_eight)]
    )
