"""The chains of made-up homes are those that the definition gives, number by number."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.co_occurrence.crossday import Days
from custom_components.pattern_intelligence.engine.co_occurrence.links import within_ms
from custom_components.pattern_intelligence.engine.co_occurrence.stream import Stream
from custom_components.pattern_intelligence.engine.detectors.sequence import Sequences
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.sequence import growth as growing
from custom_components.pattern_intelligence.engine.sequence.growth import Growth
from custom_components.pattern_intelligence.engine.sequence.sequences import (
    CHANGE_RATE,
    Routine,
    share_since_change,
    weakest_steps,
)
from custom_components.pattern_intelligence.engine.sequence.steps import Alphabet
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, window_of
from tests.engine.detectors.naive_sequences import NaiveSequences, since_change, tail

FIRST = date(2026, 3, 23)
"""Six days before the clock is put forward."""

HOME = Home(ZoneInfo("Europe/Berlin"))


def made_up(seed: int, days: int) -> Window:
    """Return a home of six things: a routine of up to four steps, and other use."""
    random = np.random.default_rng(seed)
    rows: list[Row] = []

    def add(moment: float, day: int, entity_id: str, cause: int = 0) -> None:
        midnight = np.datetime64((FIRST + timedelta(days=day)).isoformat(), "s")
        lasts = int(random.choice([60, 300, 1200, 4000]))
        for state, later in (("on", 0), ("off", lasts)):
            at = midnight + np.timedelta64(int(moment * 60) + later, "s")
            rows.append(Row(str(at), entity_id, state, cause))

    lag = float(random.choice([0.2, 0.8, 3.0, 10.0]))
    adherence = random.uniform(0.75, 1)
    swapped = random.random() < 0.3
    for day in range(days):
        if random.random() < 0.08:
            continue
        for _ in range(random.integers(1, 3)):
            moment = random.uniform(60, 1439)
            add(moment, day, "switch.a")
            steps = ["switch.b", "switch.c", "switch.d"]
            if swapped and random.random() < 0.5:
                steps[:2] = steps[1::-1]
            for step in steps:
                moment += lag * random.uniform(0.5, 1.2)
                if random.random() < adherence:
                    by = 2 if random.random() < 0.1 else 0
                    add(moment, day, step, by)
        for entity_id in ("switch.b", "switch.e", "lock.f"):
            for moment in random.uniform(300, 1430, random.integers(0, 3)):
                add(moment, day, entity_id)
    last = FIRST + timedelta(days=days - 1)
    rows = [row for row in rows if row.at[:10] <= last.isoformat()]
    return window_of(raw_days(FIRST, last, rows))


def grown(window: Window, crowded: float) -> tuple[Growth, list[Routine]]:
    """Return the chains of a home that counts as crowded from so many pairs on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "CROWDED", crowded)
        growth = Growth.of(Alphabet(Stream(Days.of(window)), HOME))
        return growth, [Routine(lead, chain) for lead, chain in growth.chains()]


def test_the_crowd_of_a_busy_home_is_told_at_a_glance() -> None:
    """What is done more often than a sample asks, too: the chains stay the same."""
    random = np.random.default_rng(5)
    rows = []
    for day in range(20):
        midnight = np.datetime64((FIRST + timedelta(days=day)).isoformat(), "s")
        for moment in np.sort(random.uniform(300, 1400, 18)):
            for place, step in enumerate("abc"):
                if random.random() < 0.8 or step == "a":
                    later = moment + 3 * place + random.uniform(0, 2)
                    for state, seconds in (("on", 0), ("off", 60)):
                        at = midnight + np.timedelta64(int(later * 60) + seconds, "s")
                        rows.append(Row(str(at), f"switch.{step}", state))
        for step in "defgh":
            for moment in random.uniform(300, 1430, 30):
                at = midnight + np.timedelta64(int(moment * 60), "s")
                rows.append(Row(str(at), f"select.{step}", random.choice(["x", "y"])))
    window = window_of(raw_days(FIRST, FIRST + timedelta(days=19), rows))
    plain, glance = (grown(window, crowded) for crowded in (np.inf, -1))
    assert glance[0].tested == plain[0].tested
    assert [r.chain.keys for r in glance[1]] == [r.chain.keys for r in plain[1]]
    assert len(glance[1]) > 0


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(8, 12), crowded=st.booleans())
def test_chains_are_what_the_definition_gives(
    seed: int, days: int, crowded: bool
) -> None:
    """Each has the steps, lags, episodes, days, chances and confidence it must have."""
    window = made_up(seed, days)
    naive = NaiveSequences(window)
    expected = naive.chains()
    growth, routines = grown(window, -1 if crowded else np.inf)

    assert [tuple(window.keys[k] for k in r.chain.keys) for r in routines] == [
        chain.keys for chain in expected
    ]
    assert growth.tested == naive.tested
    for routine, chain, weakest in zip(
        routines, expected, weakest_steps(routines), strict=True
    ):
        assert [routine.days.tolist(), routine.days[routine.matched].tolist()] == [
            list(chain.eligible),
            list(chain.matched),
        ]
        done = [e for e in chain.episodes if e[-1]]
        assert routine.instants.T.tolist() == [
            [s.instant for s in e if s] for e in done
        ]
        tests = [naive.trial(chain, step) for step in range(1, len(chain.keys))]
        for (trial, share), test in zip(routine.trials, tests, strict=True):
            assert trial.chance.tolist() == list(test.chances)
            assert share == test.share
        p_values = [tail(test.chances, len(chain.matched)) for test in tests]
        assert weakest.p_value == pytest.approx(max(p_values), rel=1e-9, abs=0)
        assert weakest.expected == pytest.approx(
            max(
                sum(test.chances)
                for test, p in zip(tests, p_values, strict=True)
                if p >= max(p_values) * (1 - 1e-9)
            )
        )
        kept: dict[int, list[bool]] = {}
        for episode in chain.episodes:
            assert episode[0]
            kept.setdefault(episode[0].day, []).append(
                naive.in_time(chain.keys, episode[0], within_ms(routine.lag))
            )
        assert routine.confidence == pytest.approx(
            since_change(
                [sum(own) / len(own) for own in kept.values()],
                [len(own) / (1 + (len(own) - 1) * 0.1) for own in kept.values()],
                max(test.share for test in tests),
                CHANGE_RATE,
            )
        )


@settings(max_examples=30, deadline=None)
@given(
    days=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=8),
    chance=st.floats(0, 1),
)
def test_belief_goes_through_all_ways_of_change(
    days: list[tuple[int, int]], chance: float
) -> None:
    """The one pass over the days gives what all histories of change together give."""
    shares = [min(hits, size) / size for hits, size in days]
    weights = [size / (1 + (size - 1) * 0.1) for _, size in days]
    assert share_since_change(
        np.array(shares), np.array(weights), chance
    ) == pytest.approx(since_change(shares, weights, chance, CHANGE_RATE))


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_detection_is_pure(seed: int) -> None:
    """The same window gives the same sequences, in the same order."""
    window = made_up(seed, 14)
    once, again = (Sequences().detect(window, HOME) for _ in range(2))
    assert [(f.entities, f.evidence, f.confidence, f.details) for f in once] == [
        (f.entities, f.evidence, f.confidence, f.details) for f in again
    ]
