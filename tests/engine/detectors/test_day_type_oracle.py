"""Kinds of days against the slow way, on windows that hypothesis makes."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.day_type.counted import (
    ASKED,
    Counted,
)
from custom_components.pattern_intelligence.engine.day_type.search import (
    Suspects,
    suspects,
)
from custom_components.pattern_intelligence.engine.day_type.split import Splits
from custom_components.pattern_intelligence.engine.day_type.times import kept_times
from custom_components.pattern_intelligence.engine.day_type.trial import KindTrials
from custom_components.pattern_intelligence.engine.eligibility import eligible_days
from custom_components.pattern_intelligence.engine.time_of_day.spans import ANCHORS
from custom_components.pattern_intelligence.engine.time_of_day.units import units_of
from custom_components.pattern_intelligence.engine.window import Key, Window

from .naive_day_type import (
    blocks_of,
    expected_and_tail,
    growth_of,
    odds_of,
    share_of_labelings,
)
from .naive_times import matches, window_of_times

THINGS = [Key(f"light.{name}", "on") for name in "abc"]


def _home(chance: Random) -> Window:
    """Return a home of three things, some of which depend on the kind of day."""
    days = chance.randint(21, 50)
    feasts = set(chance.sample(range(days), chance.choice([0, 2, 5])))
    times: dict[Key, list[tuple[int, float]]] = {}
    for key in THINGS:
        at, rate = chance.uniform(0, 1440), chance.choice([0, 0, 1, 5])
        often = [chance.choice([0.0, 0.2, 0.9]) for _ in range(2)]
        for day in range(days):
            free = day % 7 >= 5 or day in feasts
            own = times.setdefault(key, [])
            if chance.random() < often[free]:
                own.append((day, at + chance.gauss(0, 15)))
            own += [
                (day, chance.uniform(240, 1320)) for _ in range(chance.randint(0, rate))
            ]
    window = window_of_times(times, days)
    holidays = frozenset(int(window.days[day]) for day in feasts)
    return replace(window, calendar=Calendar(holidays=holidays))


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_counts_and_tails_are_those_of_the_slow_way(chance: Random) -> None:
    """Counts, what the home explains, and p are those of the slow way."""
    window = _home(chance)
    calendar = window.calendar
    days = window.days.tolist()
    free = {day for day in days if (day + 3) % 7 >= 5 or day in calendar.holidays}
    keys, _, units = units_of(window, 6)
    counted = Counted.of(units, calendar.free(window.days))
    searched, _ = suspects(counted)
    wanted = np.ones(units.size, bool)
    found = Suspects.join([searched, kept_times(units, counted, wanted)])
    names = [window.keys[keys[unit]].entity_id for unit in found.unit.tolist()]
    trials = KindTrials.of(window, units.walls, names, found)
    walls = [sorted(window.wall[window.of_key(at)].tolist()) for at in keys.tolist()]
    lived = set(window.days[window.occupied].tolist())

    for row, name in enumerate(names):
        spans = found.spans.take(np.array([row]))
        anchor = ANCHORS[spans.anchor[0]]
        low, high = float(spans.low[0]), float(spans.high[0])
        asked = window.days[eligible_days(window, name, low, high, anchor)].tolist()
        unit = int(found.unit[row])
        kept = set(matches(walls[unit], low, high, anchor, set(asked)))
        own = free if found.free[row] else set(days) - free
        assert window.days[trials.eligible[row]].tolist() == asked
        assert set(window.days[trials.kept[row]].tolist()) == kept
        assert set(window.days[trials.matched(row)].tolist()) == kept & own

        if row < searched.unit.size:
            span = anchor, low, high
            growth = growth_of(walls, unit, span, own & lived, lived - own)
            assert found.growth[row] == pytest.approx(growth, rel=1e-5)
        growth = float(found.growth[row])
        blocks = blocks_of(asked, kept, own)
        expected, p = expected_and_tail(blocks, odds_of(blocks, growth, 0.0))
        assert trials.expected[row] == pytest.approx(expected, rel=1e-9)
        assert trials.p_values[row] == pytest.approx(p, abs=1e-9)
        _, unsure = expected_and_tail(blocks, odds_of(blocks, growth, 0.15))
        seen = len(kept & own)
        assert trials.unsure[row, seen] == pytest.approx(unsure, abs=1e-9)


def test_risk_is_spent_on_what_could_be_told() -> None:
    """On questions that enough days, and not too many, have in common.

    Enough are six, and half the days of the kind; too many are all of them, and more
    than half of the others.
    """
    chance = Random(3)
    times = [(day, chance.uniform(420, 480)) for day in range(42) if day % 7 < 5]
    times += [(day, chance.uniform(240, 1320)) for day in range(42)]
    window = window_of_times({THINGS[0]: times}, 42)
    _, _, units = units_of(window, 6)
    found, asked = suspects(Counted.of(units, window.calendar.free(window.days)))
    assert asked[:, 0].tolist() == [True, True]
    assert found.unit.size
    walls = sorted(window.wall.tolist())
    lived = set(window.days[window.occupied].tolist())
    workdays = {day for day in lived if (day + 3) % 7 < 5}
    kept: list[int] = []
    for question in range(ASKED.anchor.size):
        spans = ASKED.spans(np.array([question]))
        anchor = ANCHORS[spans.anchor[0]]
        low, high = float(spans.low[0]), float(spans.high[0])
        kept.append(len(matches(walls, low, high, anchor, lived)))
    for row, free in enumerate(found.free.tolist()):
        own = len(lived - workdays if free else workdays)
        total = sum(
            ASKED.risk[question]
            for question, days in enumerate(kept)
            if max(6, own / 2) <= days <= own + (len(lived) - own) / 2
        )
        every = ASKED.spans(np.arange(ASKED.anchor.size - 1))
        (question,) = np.flatnonzero(
            (every.anchor == found.spans.anchor[row])
            & (every.low == found.spans.low[row])
            & (every.high == found.spans.high[row])
        )
        share = min(1.0, 9 * ASKED.risk[question] / total)
        assert found.risk[row] == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize(
    ("days", "could"),
    [
        (range(42), [False, False]),
        ([day for day in range(42) if day % 7 < 5], [True, False]),
        ([day for day in range(42) if day % 7 >= 5], [False, True]),
        (range(4, 42, 14), [False, False]),
    ],
)
def test_what_cannot_stand_out_is_not_asked(days: list[int], could: list[bool]) -> None:
    """Kept every day, or on four; or on too many days, or too few, of one kind.

    Six weeks have 30 workdays, of which half are 15, and 12 free days.
    """
    lived = [(day, 600.0) for day in range(42)]
    times = [(day, 720.0) for day in days]
    window = window_of_times({THINGS[0]: times, THINGS[1]: lived}, 42)
    _, _, units = units_of(window, 3)
    _, asked = suspects(Counted.of(units, window.calendar.free(window.days)))
    assert asked[:, 0].tolist() == could


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_without_growth_p_is_the_share_of_all_labelings(data: st.DataObject) -> None:
    """Every way to call five days of nine workdays is as likely, block by block."""
    days = np.concatenate([np.arange(4, 13), np.arange(25, 33)])
    flags = st.lists(st.booleans(), min_size=days.size, max_size=days.size)
    kept, own = (np.array([data.draw(flags)]) for _ in range(2))
    splits = Splits.of(days, np.ones_like(kept), kept, own)
    blocks = blocks_of(
        days.tolist(), set(days[kept[0]].tolist()), set(days[own[0]].tolist())
    )
    p = splits.tails(np.ones(1))[0, splits.own_kept.sum()]
    assert p == pytest.approx(share_of_labelings(blocks), abs=1e-9)


def test_what_only_lasted_some_weeks_is_no_kind_of_day() -> None:
    """Kept on every day of the second three weeks: all labelings say as much."""
    days = np.arange(18, 18 + 42)
    kept = (days >= 39)[None]
    splits = Splits.of(days, np.ones_like(kept), kept, ((days - 4) % 7 < 5)[None])
    (tails,) = splits.tails(np.ones(1))
    assert tails[15:17].tolist() == pytest.approx([1.0, 0.0])


def test_what_the_home_explains_by_hand() -> None:
    """Kept on 1 of 1 own and 0 of 1 other day: odds of 3 make it 3 in 4."""
    splits = Splits(*(np.array([[n]]) for n in (1, 1, 1, 0)))
    (tails,) = splits.tails(np.array([3.0]))
    assert tails[:3].tolist() == pytest.approx([1.0, 0.75, 0.0])
    # Of 2 days 1: a share of s, and 1 - (1 - s) ** 2 doubled in rate, are 1 together.
    share = (3 - 5**0.5) / 2
    larger = 1 - (1 - share) ** 2
    assert splits.odds(np.array([2.0]))[0] == pytest.approx(
        larger / (1 - larger) * (1 - share) / share
    )
