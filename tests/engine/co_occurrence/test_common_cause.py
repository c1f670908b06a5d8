"""Which of several links are told, by hand-made causes and effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.pattern_intelligence.engine.co_occurrence.common_cause import (
    hidden_by,
    shadows,
)
from custom_components.pattern_intelligence.engine.co_occurrence.edge import (
    Edge,
    leaning,
)

A, B, C, D = range(4)
SECOND = 1_000
HOUR = 3_600 * SECOND
TIMES = np.arange(30, dtype=np.int64) * 2 * HOUR
VARYING = (np.arange(30) * 7 % 30) * SECOND
"""Thirty different seconds, in no order."""


def edge(
    cause: int,
    effect: int,
    instant: NDArray[np.int64],
    lag: NDArray[np.int64],
    rank: int,
    followed: NDArray[np.bool_] | None = None,
) -> Edge:
    """Return a link whose effect comes some milliseconds after each cause."""
    if followed is None:
        followed = np.ones(instant.size, bool)
    return Edge(
        cause=cause,
        effect=effect,
        instant=instant,
        effect_at=instant + lag,
        followed=followed,
        chance=0.05,
        within_ms=120 * SECOND,
        rank=rank,
        listed=True,
    )


def hidden(edges: Sequence[Edge], begins: Sequence[bool] = (True,) * 4) -> set[int]:
    """Return the shadows, each key on a device of its own."""
    at = {e.effect: np.sort(e.effect_at) for e in edges}
    active = np.array(begins, bool)
    return shadows(edges, lambda key: at[key], range(4), active, np.zeros(4, np.bool_))


def test_an_effect_that_keeps_its_distance_from_the_later_cause() -> None:
    """B varies by 30 s after a, c comes 20 s after b: a to c is a shadow."""
    gap = 10 * SECOND + VARYING
    a_b = edge(A, B, TIMES, gap, 0)
    b_c = edge(B, C, TIMES + gap, np.full(30, 20 * SECOND), 1)
    a_c = edge(A, C, TIMES, gap + 20 * SECOND, 2)
    # The ranks agree throughout: a correlation of 1, times the root of 30 - 1.
    assert leaning(a_c, b_c, 120 * SECOND) == pytest.approx(29**0.5)
    assert hidden([a_b, b_c, a_c]) == {2}


def test_an_effect_that_keeps_its_distance_from_the_earlier_cause() -> None:
    """B varies by 30 s after a, c comes 60 s after a: b to c is a shadow."""
    gap = 10 * SECOND + VARYING
    a_b = edge(A, B, TIMES, gap, 0)
    b_c = edge(B, C, TIMES + gap, 60 * SECOND - gap, 1)
    a_c = edge(A, C, TIMES, np.full(30, 60 * SECOND), 2)
    assert leaning(a_c, b_c, 120 * SECOND) == pytest.approx(-(29**0.5))
    assert hidden([a_b, b_c, a_c]) == {1}


def test_two_causes_of_their_own_are_both_told() -> None:
    """C follows a without b, and b without a: neither explains the other."""
    own = np.full(30, 20 * SECOND)
    alone = TIMES + HOUR
    a_b = edge(A, B, TIMES, own, 0, np.arange(30) < 10)
    b_at = np.sort(np.concatenate([TIMES[:10] + 20 * SECOND, alone]))
    b_c = edge(B, C, b_at, np.full(40, 20 * SECOND), 1)
    a_c = edge(A, C, TIMES, np.full(30, 40 * SECOND), 2)
    assert hidden([a_b, b_c, a_c]) == set()


def test_opposite_links_of_the_same_happenings_are_one() -> None:
    """The weaker of a to b and b to a goes."""
    a_b = edge(A, B, TIMES, np.full(30, 20 * SECOND), 0)
    b_a = edge(B, A, TIMES + 20 * SECOND, np.full(30, 2 * HOUR - 20 * SECOND), 1)
    assert hidden([b_a, a_b]) == {0}


def test_of_a_ring_one_is_told() -> None:
    """Three links to one effect, each explained by the next: the strongest stays."""
    edges = [
        edge(key, D, TIMES, np.full(30, SECOND), rank=2 - key) for key in (A, B, C)
    ]
    ring = {0: {1}, 1: {2}, 2: {0}}
    assert hidden_by(edges, ring) == {0, 1}
