"""Slow change: habits that come a little later, or earlier, every week."""

from __future__ import annotations

from math import erfc, sqrt
from typing import Final

import numpy as np

from .evidence import Floats
from .tables import Numbers

DRIFT_P: Final = 0.1
_FEWEST: Final = 6
"""Days below which a trend and a few odd days look alike."""


def theil_sen(days: Numbers, times: Floats) -> tuple[float, float]:
    """Return the median slope between all pairs, and the p of there being none.

    H. Theil, A rank-invariant method of regression, 1950; P. K. Sen, JASA 63 (1968);
    the test is H. B. Mann's, Econometrica 13 (1945), with ties allowed for.

    Args:
        days: shape (n,), ascending day numbers, all different.
        times: shape (n,), minutes.

    Returns:
        Minutes a day, and the two-sided p.
    """
    first, second = np.triu_indices(days.size, 1)
    if not first.size:
        return 0.0, 1.0
    rises = times[second] - times[first]
    slope = float(np.median(rises / (days[second] - days[first])))
    n = days.size
    ties = np.unique(times, return_counts=True)[1]
    spread = (
        n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())
    ) / 18
    score = float(np.sign(rises).sum())
    if spread <= 0:
        return slope, 1.0
    return slope, erfc(max(abs(score) - 1, 0.0) / sqrt(2 * spread))


def expected_next(days: Numbers, times: Floats, on: int, recent: int) -> float:
    """Return the time expected on a day: along the drift if there surely is one.

    Args:
        days: shape (n,), ascending day numbers.
        times: shape (n,), minutes.
        on: the day asked about.
        recent: how many of the last times count where there is no drift.
    """
    slope, p_value = theil_sen(days, times)
    if days.size < _FEWEST or p_value >= DRIFT_P:
        return float(np.median(times[-recent:]))
    return float(np.median(times - slope * (days - on)))
