"""Times of day against the slow way, on windows that hypothesis makes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import DAY_MS, MINUTE_MS
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.eligibility import eligible_days
from custom_components.pattern_intelligence.engine.time_of_day.rhythm import fit_rhythms
from custom_components.pattern_intelligence.engine.time_of_day.search import search
from custom_components.pattern_intelligence.engine.time_of_day.trial import (
    Passed,
    Trials,
    chances_of,
    examine,
    p_values,
)
from custom_components.pattern_intelligence.engine.time_of_day.units import units_of
from custom_components.pattern_intelligence.engine.time_of_day.weekday_mask import (
    FREE_DAYS,
    MASKS,
    WORKDAYS,
)
from custom_components.pattern_intelligence.engine.window import Key, Window

from .naive_times import (
    chance_of_turns,
    matches,
    passed_at,
    smooth_mixture,
    tail,
    window_of_times,
)

LAMP = Key("light.lamp", "on")


def _home(chance: Random) -> Window:
    """Return a home with a lamp that keeps a time, and is used at others."""
    days = chance.randint(12, 30)
    at, spread = chance.uniform(0, 1440), chance.choice([0, 5, 40])
    times = [
        (day, at + chance.gauss(0, spread))
        for day in range(days)
        if chance.random() < 0.9
    ]
    rate = chance.choice([0, 1, 6])
    for day in range(days):
        for _ in range(chance.randint(0, 2 * rate)):
            minute = chance.uniform(0, 1440)
            times += [(day, minute + k) for k in range(chance.randint(1, 3))]
    window = window_of_times({LAMP: times}, days)
    numbers = window.days.tolist()
    feasts = frozenset(chance.sample(numbers, chance.choice([0, 0, 2, 4])))
    return replace(window, calendar=Calendar(holidays=feasts))


def _days_of(mask: int, window: Window) -> set[int]:
    """Return the days on which a mask holds, one by one."""
    found = set()
    for day in window.days.tolist():
        free = (day + 3) % 7 in {5, 6} or day in window.calendar.holidays
        if mask == WORKDAYS:
            holds = not free
        elif mask == FREE_DAYS:
            holds = free
        else:
            holds = (day + 3) % 7 in MASKS[mask]
        if holds:
            found.add(day)
    return found


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_counts_and_chances_are_those_of_the_slow_way(chance: Random) -> None:
    """Counts and chances are those of the slow way."""
    window = _home(chance)
    _, _, units = units_of(window, 6)
    rhythms = fit_rhythms(units.profile(), units.days)
    windows = search(units, rhythms)
    trials = Trials.of(window, [LAMP.entity_id], Passed.of(units, rhythms), windows)
    walls = window.wall.tolist()
    for row, found in enumerate(trials.windows):
        low, high = 5.0 * found.low, 5.0 * found.high
        middle = (low + high) / 2
        eligible = set(
            window.days[
                eligible_days(window, LAMP.entity_id, low, high, found.anchor, middle)
            ].tolist()
        )
        eligible &= _days_of(found.mask, window)
        expected = matches(walls, low, high, found.anchor, eligible)
        asked, matched = trials.eligible[row], trials.matched[row]
        assert window.days[asked].tolist() == sorted(eligible)
        assert window.days[matched].tolist() == list(expected)
        assert trials.times[row, matched].tolist() == list(expected.values())

        begin = middle - 720 if found.anchor == "each" else 240.0

        passed = partial(passed_at, rhythms.cdf[found.unit].tolist())
        chances = []
        for day in sorted(eligible):
            places = [
                passed((wall - day * DAY_MS) / MINUTE_MS) - passed(begin)
                for wall in walls
                if begin <= (wall - day * DAY_MS) / MINUTE_MS < begin + 1440
            ]
            chances.append(
                chance_of_turns(
                    places,
                    passed(low) - passed(begin),
                    passed(high) - passed(begin),
                    found.anchor,
                )
            )
        assert trials.chances[row, asked] == pytest.approx(chances, abs=1e-9)
        assert not trials.chances[row, ~asked].any()
        assert trials.p_values[row] == pytest.approx(
            tail(chances, len(expected)), abs=1e-9
        )
        raised = [min(chance + 0.15, 1.0) for chance in chances]
        assert trials.surely_more(0.15)[row] == pytest.approx(
            tail(raised, len(expected)), abs=1e-9
        )


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_one_window_is_what_it_is_among_all(chance: Random) -> None:
    """A window examined by itself, and a chance asked for by itself."""
    window = _home(chance)
    _, _, units = units_of(window, 6)
    rhythms = fit_rhythms(units.profile(), units.days)
    windows = search(units, rhythms)
    trials = Trials.of(window, [LAMP.entity_id], Passed.of(units, rhythms), windows)
    tested = [
        examine(window, LAMP.entity_id, units, rhythms, candidate)
        for candidate in windows
    ]
    assert p_values(tested).tolist() == pytest.approx(trials.p_values.tolist())
    for row, own in enumerate(tested):
        assert own.candidate == list(trials.windows)[row]
        assert own.matched.tolist() == window.days[trials.matched[row]].tolist()
        assert (
            own.chances.tolist() == trials.chances[row, trials.eligible[row]].tolist()
        )
        assert own.chances.tolist() == pytest.approx(
            chances_of(
                units,
                rhythms,
                own.candidate.unit,
                own.candidate.anchor,
                own.candidate.span,
                own.eligible,
            ).tolist()
        )


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, 287), min_size=1, max_size=60), st.integers(1, 63))
def test_rhythm_is_the_mixture_fitted_the_slow_way(bins: list[int], days: int) -> None:
    """Rhythm is the mixture fitted the slow way."""
    counts = np.bincount(bins, minlength=288).astype(float)
    cdf = fit_rhythms(counts[None], days).cdf[0]
    slow = smooth_mixture(counts.tolist(), 2 + days // 21)
    assert np.diff(cdf) == pytest.approx(slow, abs=1e-9)


def test_units_are_what_happens_on_enough_days() -> None:
    """Units are what happens on enough days."""
    window = window_of_times(
        {
            LAMP: [(day, 600.0) for day in range(6)],
            Key("light.other", "on"): [
                (day, 600.0 + k) for day in range(5) for k in (0, 9)
            ],
        },
        10,
    )
    keys, automated, units = units_of(window, 6)
    assert [window.keys[key] for key in keys.tolist()] == [LAMP]
    assert automated.tolist() == [False]
    assert units.size == 1
