"""Ties are found by groups and arrays; here the plain way, pair by pair.

In a home in which nothing else happens, so that there is no household to follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from hypothesis import given, strategies as st
import numpy as np

from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.pattern import (
    Anchor,
    Evidence,
    Finding,
    PatternType,
    Provenance,
    When,
)
from custom_components.pattern_intelligence.engine.tying import COVERED, tie
from custom_components.pattern_intelligence.engine.window import Key

from .builders import BERLIN, raw_day, window_of

WINDOW = window_of([raw_day(date(2026, 3, 2), [])])
HOME = Home(BERLIN.zone)


def _finding(
    names: Sequence[str],
    days: Sequence[int] | np.ndarray,
    times: Sequence[float] | np.ndarray = (),
    *,
    anchor: Anchor = "first",
    confidence: float = 0.8,
) -> Finding:
    matched = np.array(days, np.int64)
    when = When(
        time=float(np.median(times)) if len(times) else 0.0,
        earliest=0.0,
        latest=0.0,
        anchor=anchor,
    )
    return Finding(
        type=PatternType.TIME_OF_DAY if len(times) else PatternType.CO_OCCURRENCE,
        entities=tuple(Key(name, "on") for name in names),
        area_ids=(),
        confidence=confidence,
        evidence=Evidence(matched.size, matched.size, matched.size, 1.0, 1.0, 0.0, 0.0),
        provenance=Provenance(0.0, 1.0, 0.0),
        eligible=matched,
        matched=matched,
        times=np.array(times, np.float64),
        when=when if len(times) else None,
    )


TIMES = st.dictionaries(
    st.integers(0, 11), st.sampled_from([400.0, 402.5, 430.0, 500.0]), min_size=1
)
HABIT = st.tuples(
    st.sampled_from(["light.a", "light.b", "light.c"]),
    st.sampled_from(["each", "first", "last"]),
    st.sampled_from([0.6, 0.7, 0.8]),
    TIMES,
)
PAIR = st.tuples(
    st.permutations(["light.a", "light.b", "light.c"]),
    st.sampled_from([0.6, 0.7]),
    st.sets(st.integers(0, 11), min_size=1),
)


@given(st.lists(HABIT, max_size=8), st.lists(PAIR, max_size=6))
def test_ties_are_those_of_asking_everybody(
    habits: list[tuple[str, Anchor, float, dict[int, float]]],
    pairs: list[tuple[list[str], float, set[int]]],
) -> None:
    """One pattern after the other, each asking all before it, day by day."""
    findings = [
        _finding(
            [name],
            sorted(times),
            [times[day] for day in sorted(times)],
            anchor=anchor,
            confidence=confidence,
        )
        for name, anchor, confidence, times in habits
    ]
    findings += [
        _finding(names[:2], sorted(days), confidence=confidence)
        for names, confidence, days in pairs
    ]
    order = sorted(
        range(len(findings)),
        key=lambda at: (-findings[at].confidence, -findings[at].matched.size),
    )
    leaders: list[int] = []
    for at in order:
        if not any(_explains(findings[other], findings[at]) for other in leaders):
            leaders.append(at)
    assert [(f.entities, f.matched.tolist()) for f in tie(findings, WINDOW, HOME)] == [
        (findings[at].entities, findings[at].matched.tolist()) for at in sorted(leaders)
    ]


def _explains(leader: Finding, found: Finding) -> bool:
    common = [day for day in found.matched.tolist() if day in set(leader.matched)]
    if leader.type is not found.type or len(common) / found.matched.size < COVERED:
        return False
    if not (leader.when and found.when):
        return set(leader.entities) == set(found.entities)
    if leader.when.anchor != found.when.anchor:
        return False
    own, others = _by_day(found), _by_day(leader)
    between = [own[day] - others[day] for day in common]
    apart = abs(leader.when.time - found.when.time)
    middle = _median(between)
    in_step = sum(abs(minutes - middle) < 1 for minutes in between)
    if in_step / found.matched.size >= COVERED and apart < 2:
        return True
    return leader.entities == found.entities and _deviation(between) < 5 and apart < 10


def _by_day(found: Finding) -> dict[int, float]:
    return dict(zip(found.matched.tolist(), found.times.tolist(), strict=True))


def _deviation(minutes: list[float]) -> float:
    middle = _median(minutes)
    return 1.4826 * _median([abs(minute - middle) for minute in minutes])


def _median(minutes: list[float]) -> float:
    median: Callable[[list[float]], np.float64] = np.median
    return float(median(minutes))
