"""Slow change of a habit's time."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.time_of_day.drift import (
    expected_next,
    theil_sen,
)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12))
def test_slope_is_the_median_of_all_pairs(times: list[int]) -> None:
    """The slope is the median of all pairs."""
    days = np.arange(len(times)) * 2 + 100
    slopes = [
        (times[j] - times[i]) / (2 * (j - i))
        for i, j in combinations(range(len(times)), 2)
    ]
    assert theil_sen(days, np.array(times, float))[0] == pytest.approx(
        np.median(slopes)
    )


def test_p_of_a_strict_rise() -> None:
    """Ten rising times: S = 45, its variance 125, z = 44 / 11.18 = 3.9355."""
    p_value = theil_sen(np.arange(10), np.linspace(0, 9, 10))[1]
    assert p_value == pytest.approx(8.303e-5, rel=1e-3)


def test_one_time_has_no_slope() -> None:
    """One time has no slope."""
    assert theil_sen(np.array([7]), np.array([420.0])) == (0.0, 1.0)


def test_next_time_along_the_drift() -> None:
    """Two minutes a day from 07:00 are 07:40 after twenty days, whatever one was."""
    times = np.linspace(420, 458, 20)
    times[3] = 900
    assert expected_next(np.arange(20), times, 20, 28) == pytest.approx(460)


def test_next_time_without_drift() -> None:
    """Without a trend it is the median of the last."""
    times = np.array([400.0, 400, 420, 430, 425, 415, 428])
    days = np.array([0, 1, 2, 4, 5, 7, 8])
    times = times[[3, 0, 5, 1, 6, 2, 4]]
    assert theil_sen(days, times)[1] > 0.1
    assert expected_next(days, times, 9, 3) == np.median(times[-3:])


def test_five_times_show_no_drift() -> None:
    """Five rising times are too few to go by."""
    assert expected_next(np.arange(5), np.linspace(0, 40, 5), 5, 28) == 20
