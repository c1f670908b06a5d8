"""Confidence in what may have changed at any time."""

from __future__ import annotations

from itertools import product

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.evidence import (
    posterior_since_change,
    posteriors_since_change,
)


def _after_changes(happened: list[bool], expected: float, prior: float) -> float:
    """Return the chance of the next, summed over every possible last change."""
    hazard, total, result = 0.1, 0.0, 0.0
    for cuts in product([False, True], repeat=len(happened)):
        # cuts[i]: a change after occasion i, the one before the next included.
        weight, kept, missed = 1.0, expected * prior, (1 - expected) * prior
        for did, cut in zip(happened, cuts, strict=True):
            weight *= (kept if did else missed) / (kept + missed)
            kept, missed = kept + did, missed + (not did)
            weight *= hazard if cut else 1 - hazard
            if cut:
                kept, missed = expected * prior, (1 - expected) * prior
        total += weight
        result += weight * kept / (kept + missed)
    return result / total


@given(st.lists(st.booleans(), max_size=7), st.floats(0.1, 0.9), st.floats(1, 4))
def test_posterior_since_change_sums_over_all_changes(
    happened: list[bool], expected: float, prior: float
) -> None:
    """The recursion is the sum over all ways in which it may have changed."""
    assert posterior_since_change(
        np.array(happened, bool), expected, prior, 0.1
    ) == pytest.approx(_after_changes(happened, expected, prior))


def test_without_changes_it_is_a_beta_posterior() -> None:
    """Seven of nine, and two days at .4: (7 + .8) / (9 + 2)."""
    happened = np.array([True] * 7 + [False] * 2)
    assert posterior_since_change(happened, 0.4, 2, 0.0) == pytest.approx(7.8 / 11)


@given(
    st.lists(
        st.lists(st.tuples(st.booleans(), st.booleans()), min_size=5, max_size=5),
        min_size=1,
        max_size=4,
    ),
    st.floats(0.1, 0.9),
)
def test_many_at_once_are_each_by_itself(
    days: list[list[tuple[bool, bool]]], expected: float
) -> None:
    """Days on which nothing could be told are passed over."""
    happened, known = np.moveaxis(np.array(days), 2, 0)
    means = expected * np.linspace(0.5, 1, len(days))
    together = posteriors_since_change(happened, known, means, 2, 0.1)
    for row, mean in enumerate(means.tolist()):
        told = happened[row, known[row]].tolist()
        assert together[row] == pytest.approx(_after_changes(told, mean, 2))
