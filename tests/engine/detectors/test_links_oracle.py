"""The links of made-up homes are those that the definition gives, number by number."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.co_occurrence.crossday import Days
from custom_components.pattern_intelligence.engine.co_occurrence.links import Cause
from custom_components.pattern_intelligence.engine.co_occurrence.stream import Stream
from custom_components.pattern_intelligence.engine.detectors.co_occurrence import (
    CoOccurrence,
    compared_pairs,
    count_of_pairs,
)
from custom_components.pattern_intelligence.engine.evidence import LISTED_FROM
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, window_of
from tests.engine.detectors.naive_links import NaiveLinks

FIRST = date(2026, 3, 23)
"""Six days before the clock is put forward."""

HOME = Home(ZoneInfo("Europe/Berlin"))


def made_up(seed: int, days: int) -> Window:
    """Return a home of five things, some of which follow others, some by themselves."""
    random = np.random.default_rng(seed)
    rows: list[Row] = []

    def add(moment: float, day: int, entity_id: str, cause: int = 0) -> None:
        midnight = np.datetime64((FIRST + timedelta(days=day)).isoformat(), "s")
        for state, later in (("on", 0), ("off", int(random.integers(1, 4)) * 300)):
            at = midnight + np.timedelta64(int(moment * 60) + later, "s")
            rows.append(Row(str(at), entity_id, state, cause))

    lag = float(random.choice([0.2, 0.8, 3.0, 30.0]))
    adherence = random.uniform(0.6, 1)
    busy = int(random.integers(1, 5))
    for day in range(days):
        if random.random() < 0.1:
            continue
        for _ in range(random.integers(1, 4)):
            moment = random.uniform(60, 1430)
            add(moment, day, "switch.a")
            if random.random() < adherence:
                add(moment + lag * random.uniform(0.8, 1.2), day, "switch.b")
            if random.random() < adherence:
                by = int(random.choice([0, 2, 3], p=[0.4, 0.2, 0.4]))
                add(moment + 2 * lag * random.uniform(0.5, 1.2), day, "switch.c", by)
        for entity_id in ("switch.b", "switch.d", "lock.e"):
            for moment in random.uniform(300, 1430, random.integers(0, busy)):
                add(moment, day, entity_id)
    last = FIRST + timedelta(days=days - 1)
    rows = [row for row in rows if row.at[:10] <= last.isoformat()]
    return window_of(raw_days(FIRST, last, rows, automations=("", "automation.c")))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(8, 16), automated=st.booleans())
def test_links_are_what_the_definition_gives(
    seed: int, days: int, automated: bool
) -> None:
    """Every pair has the manners, the days, the chance and the lags it must have."""
    window = made_up(seed, days)
    expected = NaiveLinks(window, automated=automated).pairs()
    stream = Stream(Days.of(window), automated=automated)
    first = int(window.days[0])
    best = compared_pairs(stream, HOME)

    assert [(window.keys[link.cause], window.keys[link.effect]) for link in best] == [
        *sorted(expected)
    ]
    for chosen in best:
        manners = expected[window.keys[chosen.cause], window.keys[chosen.effect]]
        links = list(Cause(stream, chosen.cause).links(chosen.effect))
        assert len(links) == len(manners)
        for link, naive in zip(links, manners.values(), strict=True):
            assert tuple(link.lags[link.followed].tolist()) == naive.lags
            assert tuple(link.trial.day + first) == naive.eligible
            assert tuple(link.trial.day[link.trial.matched] + first) == naive.matched
            assert link.trial.chance.tolist() == list(naive.chances)
        surest = min(
            (link.confidence < LISTED_FROM, naive.p_value)
            for link, naive in zip(links, manners.values(), strict=True)
        )
        assert chosen.confidence < LISTED_FROM or not surest[0]
        assert chosen.p_value == pytest.approx(surest[1], rel=1e-9, abs=0)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_detection_is_pure(seed: int) -> None:
    """The same window gives the same links, in the same order."""
    window = made_up(seed, 14)
    once, again = (CoOccurrence().detect(window, HOME) for _ in range(2))
    assert [(f.entities, f.evidence, f.confidence) for f in once] == [
        (f.entities, f.evidence, f.confidence) for f in again
    ]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_all_pairs_that_could_be_tested_are_counted(seed: int) -> None:
    """Each ordered pair of entities of which both happen on five days counts."""
    window = made_up(seed, 10)
    naive = NaiveLinks(window)
    expected = sum(
        naive.enough(a, b)
        for a in window.keys
        for b in window.keys
        if a.entity_id != b.entity_id
    )
    assert count_of_pairs(Stream(Days.of(window)), HOME) == expected
