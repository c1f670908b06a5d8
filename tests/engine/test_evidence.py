"""Tests against chance are exact, and confidence is a posterior."""

from itertools import product

from hypothesis import given, strategies as st
import numpy as np
import pytest
from scipy import stats

from custom_components.pattern_intelligence.engine.evidence import (
    decay,
    false_discovery_q,
    poisson_binomial_tail,
    posterior_mean,
    share_bounds,
)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.integers(0, 9))
def test_the_tail_is_the_sum_over_all_outcomes(
    chances: list[float], matched: int
) -> None:
    """Against every outcome of a few unequal coins."""
    expected = sum(
        float(
            np.prod([c if hit else 1 - c for c, hit in zip(chances, hits, strict=True)])
        )
        for hits in product([0, 1], repeat=len(chances))
        if sum(hits) >= min(matched, len(chances))
    )
    tail = poisson_binomial_tail(np.array([chances]), np.array([matched]))
    assert tail[0] == pytest.approx(expected, abs=1e-12)


def test_tiny_tails_keep_their_digits() -> None:
    """40 of 40 days at a chance of 1 %: 1e-80, not zero by rounding."""
    tail = poisson_binomial_tail(np.full((1, 40), 0.01), np.array([40]))
    assert tail[0] == pytest.approx(1e-80, rel=1e-9)


def test_equal_coins_are_binomial() -> None:
    """The known case, for several units at once."""
    chances = np.array([[0.3] * 20, [0.3] * 10 + [0.0] * 10])
    tail = poisson_binomial_tail(chances, np.array([9, 5]))
    assert tail == pytest.approx(
        [stats.binom.sf(8, 20, 0.3), stats.binom.sf(4, 10, 0.3)], rel=1e-12
    )


@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=20))
def test_q_values_are_benjamini_and_hochbergs(p_values: list[float]) -> None:
    """Against the oracle."""
    own = false_discovery_q(np.array(p_values), len(p_values))
    assert own == pytest.approx(stats.false_discovery_control(p_values), rel=1e-12)


def test_units_never_looked_at_count_as_tests() -> None:
    """One p of 0.001 among 100 that could have been tested: q is 0.1."""
    assert false_discovery_q(np.array([0.001]), 100) == pytest.approx([0.1])
    assert false_discovery_q(np.zeros(0), 100).size == 0


def test_old_days_count_less() -> None:
    """45 days are half a day's worth."""
    assert decay(np.array([100, 55]), 100) == pytest.approx([1.0, 0.5])


def test_the_posterior_is_jeffreys() -> None:
    """Nine of ten days: (9 + 1/2) / (10 + 1)."""
    happened = np.array([1.0] * 9 + [0.0])
    assert posterior_mean(happened, np.ones(10)) == pytest.approx(9.5 / 11)
    assert posterior_mean(np.zeros(0), np.zeros(0)) == 0.5


def test_bounds_are_wilsons() -> None:
    """8 of 10, as the oracle has it."""
    low, high = share_bounds(np.array([8.0]), np.array([10.0]), z=1.959964)
    expected = stats.binomtest(8, 10).proportion_ci(method="wilson")
    assert (low[0], high[0]) == pytest.approx((expected.low, expected.high), rel=1e-6)
