"""Contexts against the slow way, on windows that hypothesis makes."""

from __future__ import annotations

from math import comb
from random import Random

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import DAY_MS, MINUTE_MS
from custom_components.pattern_intelligence.engine.contextual.condition_search import (
    Question,
    Stretches,
    questions,
)
from custom_components.pattern_intelligence.engine.contextual.condition_trial import (
    BLOCK,
    ConditionTrials,
)
from custom_components.pattern_intelligence.engine.contextual.conditions import (
    Conditions,
)
from custom_components.pattern_intelligence.engine.contextual.sun_days import SunDays
from custom_components.pattern_intelligence.engine.contextual.sun_search import suspects
from custom_components.pattern_intelligence.engine.contextual.sun_trial import SunTrials
from custom_components.pattern_intelligence.engine.detectors.contextual import (
    units_by_hand,
)
from custom_components.pattern_intelligence.engine.sun import SunEvent
from custom_components.pattern_intelligence.engine.time_of_day.rhythm import fit_rhythms
from custom_components.pattern_intelligence.engine.window import Key, Window

from .naive_contextual import (
    DAYS,
    HOME,
    OUTDOOR,
    POSITION,
    Times,
    life,
    sun_days,
    sun_minutes,
    tail,
    window_with,
)
from .naive_day_type import Block, expected_and_tail
from .naive_times import passed_at

THINGS = [Key(f"light.{name}", "on") for name in "abc"]
KILN = "switch.kiln"


def _home(chance: Random) -> Window:
    """Return a home of three things that follow the sun, the cold, a kiln, or none."""
    sets = sun_minutes()
    cold = [chance.random() < 0.5 for _ in range(DAYS)]
    busy = [chance.random() < 0.5 for _ in range(DAYS)]
    times: dict[Key, Times] = {}
    for key, when in zip(THINGS, (None, cold, busy), strict=True):
        at, often = chance.uniform(1000, 1300), chance.choice([0.5, 0.9])
        offset = chance.uniform(-100, 100)
        own: Times = life(chance.randint(0, 999), chance.choice([1, 2]))
        for day in range(DAYS):
            if chance.random() < often and (when is None or when[day]):
                minute = sets[day] + offset if when is None else at
                own.append((day, minute + chance.gauss(0, 15)))
        times[key] = sorted(own)
    return window_with(
        times,
        outdoor=[chance.gauss(0 if own else 8, 3) for own in cold],
        on={KILN: [(day, 900, 1380) for day in range(DAYS) if busy[day]]},
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000_000))
def test_days_and_tails_by_the_sun_are_those_of_the_slow_way(seed: int) -> None:
    """Which days matched, what the rhythm expects, and p."""
    window = _home(Random(seed))
    numbers, units = units_by_hand(window)
    keys = [window.keys[number] for number in numbers.tolist()]
    rhythms = fit_rhythms(units.profile(), units.days)
    sun = SunDays.of(window, HOME, POSITION, SunEvent.SUNSET)
    found = suspects(units, rhythms, sun)
    trials = SunTrials.of(window, keys, units, rhythms, sun, found)
    lived = set(window.days[window.occupied].tolist())
    first, minutes = int(window.days[0]), sun_minutes()
    events = {
        first + day: (first + day) * DAY_MS + minute * MINUTE_MS
        for day, minute in enumerate(minutes)
    }
    for row, unit in enumerate(found.unit.tolist()):
        low, high = float(found.low[row]), float(found.high[row])
        walls = window.wall[window.of_key(int(numbers[unit]))].tolist()
        eligible = sorted(lived & set(events))
        assert window.days[trials.eligible[row]].tolist() == eligible
        matched = sun_days(walls, events, low, high) & set(eligible)
        assert set(window.days[trials.matched[row]].tolist()) == matched

        cdf = rhythms.cdf[unit].tolist()
        nearest = [_nearest(wall, events) for wall in walls]
        chances = []
        for day in eligible:
            minute = minutes[day - first]
            inside = passed_at(cdf, minute + high) - passed_at(cdf, minute + low)
            many = sum(
                own == day and abs(wall - events[day]) < DAY_MS / 2
                for own, wall in zip(nearest, walls, strict=True)
            )
            chances.append(1 - (1 - inside) ** many)
        assert trials.chances[row].sum() == pytest.approx(sum(chances), abs=0.02)
        own = trials.chances[row][trials.eligible[row]].tolist()
        expected = tail(own, len(matched))
        assert trials.p_values[row] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def _nearest(wall: int, events: dict[int, float]) -> int:
    return min(events, key=lambda day: abs(events[day] - wall))


def test_there_is_something_to_compare() -> None:
    """In such homes the searches find what follows the sun, the cold and the kiln."""
    window = _home(Random(4))
    numbers, units = units_by_hand(window)
    keys = [window.keys[number] for number in numbers.tolist()]
    sun = SunDays.of(window, HOME, POSITION, SunEvent.SUNSET)
    rhythms = fit_rhythms(units.profile(), units.days)
    assert THINGS[0] in {keys[unit] for unit in suspects(units, rhythms, sun).unit}
    conditions = Conditions(window)
    stretches = Stretches.of(window, keys, units, conditions)
    asked, _ = questions(HOME, conditions, keys, stretches)
    found = {(keys[stretches.unit[one.stretch]], one.entity_id) for one in asked}
    assert {(THINGS[1], OUTDOOR), (THINGS[2], KILN)} <= found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000_000))
def test_days_and_tails_of_conditions_are_those_of_the_slow_way(
    seed: int,
) -> None:
    """Which days could match, on which the condition held, and p."""
    window = _home(Random(seed))
    numbers, units = units_by_hand(window)
    keys = [window.keys[number] for number in numbers.tolist()]
    conditions = Conditions(window)
    stretches = Stretches.of(window, keys, units, conditions)
    asked, tested = questions(HOME, conditions, keys, stretches)
    assert len(asked) <= sum(tested.values())
    trials = ConditionTrials.of(window, stretches, asked)
    lived = set(window.days[window.occupied].tolist())
    days = window.days.tolist()
    warm = window.measured.mean[0, :, 0].tolist()
    runs = list(zip(window.runs.begin.tolist(), window.runs.end.tolist(), strict=True))
    for row, one in enumerate(asked):
        low, high = stretches.low[one.stretch], stretches.high[one.stretch]
        unit = int(stretches.unit[one.stretch])
        walls = window.wall[window.of_key(int(numbers[unit]))].tolist()
        # A habit-day that is centered in the afternoon ends with the next one's noon.
        eligible = {day for day in lived if day < days[-1]}
        kept = {
            day
            for day in eligible
            if any(low <= (wall - day * DAY_MS) / MINUTE_MS < high for wall in walls)
        }
        own = set()
        for place, day in enumerate(days):
            if one.state:
                at = day * DAY_MS + low * MINUTE_MS
                holds = any(begin <= at < end for begin, end in runs)
            elif one.below is not None:
                holds = warm[place] < one.below
            else:
                assert one.above is not None
                holds = warm[place] > one.above
            if holds and day in eligible:
                own.add(day)
        assert one.entity_id == (KILN if one.state else OUTDOOR)
        assert set(window.days[trials.eligible[row]].tolist()) == eligible
        assert set(window.days[trials.kept[row]].tolist()) == kept
        assert set(window.days[trials.own[row]].tolist()) == own
        blocks = _blocks(days[-1], eligible, kept, own)
        expected, p = expected_and_tail(blocks, 1.0)
        assert trials.expected[row] == pytest.approx(expected, rel=1e-9)
        assert trials.p_values[row] == pytest.approx(p, abs=1e-9)


def _blocks(
    last: int, eligible: set[int], kept: set[int], own: set[int]
) -> list[Block]:
    """Return the days by four weeks, back from the last, and by kind."""
    found: dict[tuple[int, bool], list[int]] = {}
    for day in sorted(eligible):
        key = (last - day) // BLOCK, (day + 3) % 7 >= 5
        block = found.setdefault(key, [0, 0, 0, 0])
        block[day not in own] += 1
        block[2 + (day not in own)] += day in kept
    return [(a, b, c, d) for a, b, c, d in found.values()]


def test_the_tail_by_hand() -> None:
    """Four cold workdays of eight on which alone it was done: one way of seventy."""
    window = window_with({THINGS[0]: [(0, 600.0)]}, days=10)
    eligible = np.zeros((1, 10), bool)
    # Monday to Friday, and Monday to Wednesday.
    eligible[0, [0, 1, 2, 3, 4, 7, 8, 9]] = True
    own = np.zeros_like(eligible)
    own[0, [0, 2, 4, 7]] = True
    stretches = Stretches(
        np.zeros(1, np.int64), np.array([600.0]), np.array([675.0]), eligible, own
    )
    asked = Question(0, OUTDOOR, "", 5.0, None, own[0], eligible[0], 1.0)
    trials = ConditionTrials.of(window, stretches, [asked])
    assert trials.p_values[0] == pytest.approx(1 / comb(8, 4))
    assert trials.expected[0] == pytest.approx(2.0)
    assert trials.surely_oftener.tolist() == [False]
