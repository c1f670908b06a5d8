"""Slow change: habits that come a little later, or earlier, every week."""

from __future__ import annotations

from math import erfc, sqrt
from typing import Final

import numpy as np

from ..evidence import Floats
from ..tables import Numbers

DRIFT_P: Final = 0.1
_FEWEST: Final = 6
"""Days below which a trend and a few odd days look alike."""


def slope_of(days: Numbers, times: Floats) -> float:
    """Return the median slope between all pairs, in minutes a day.

    H. Theil, A rank-invariant method of regression, 1950; P. K. Sen, JASA 63 (1968).

    Args:
        days: shape (n,), ascending day numbers, all different.
        times: shape (n,), minutes.
    """
    first, second = np.triu_indices(days.size, 1)
    if not first.size:
        return 0.0
    rises = times[second] - times[first]
    return float(np.median(rises / (days[second] - days[first])))


def no_trend(times: Floats) -> Floats:
    """Return the two-sided p of times neither rising nor falling, shape (n,).

    H. B. Mann, Econometrica 13 (1945), with ties allowed for.

    Args:
        times: shape (n, days), in the order of days, nan where there is none.
    """
    alike = (~np.isnan(times)).astype(np.int64)
    n = alike.sum(axis=1)
    score = np.zeros(n.size, np.int64)
    for apart in range(1, times.shape[1]):
        early, late = times[:, :-apart], times[:, apart:]
        score += (late > early).sum(axis=1) - (late < early).sum(axis=1)
        same = late == early
        alike[:, apart:] += same
        alike[:, :-apart] += same
    # Each of t that are alike: together they take away t (t - 1) (2 t + 5).
    ties = np.where(alike > 0, (alike - 1) * (2 * alike + 5), 0).sum(axis=1)
    spread = (n * (n - 1) * (2 * n + 5) - ties) / 18
    found = np.ones(n.size)
    for row in np.flatnonzero(spread > 0).tolist():
        rises = max(abs(int(score[row])) - 1, 0)
        found[row] = erfc(rises / sqrt(2 * spread[row]))
    return found


def theil_sen(days: Numbers, times: Floats) -> tuple[float, float]:
    """Return the median slope between all pairs, and the p of there being none.

    Args:
        days: shape (n,), ascending day numbers, all different.
        times: shape (n,), minutes.
    """
    return slope_of(days, times), float(no_trend(times[None])[0])


def expected_next(days: Numbers, times: Floats, on: int, recent: int) -> float:
    """Return the time expected on a day: along the drift if there surely is one.

    Args:
        days: shape (n,), ascending day numbers.
        times: shape (n,), minutes.
        on: the day asked about.
        recent: how many of the last times count where there is no drift.
    """
    middle = np.array([np.median(times[-recent:])])
    return float(expected_nexts(days, times[None], middle, on)[0])


def expected_nexts(days: Numbers, times: Floats, recent: Floats, on: int) -> Floats:
    """Return the times expected of many things, as :func:`expected_next` does.

    Args:
        days: shape (days,), ascending day numbers.
        times: shape (n, days), minutes, nan where there is none.
        recent: shape (n,), the times expected where there is no drift.
        on: the day asked about.
    """
    known = ~np.isnan(times)
    expected = recent.copy()
    drifts = (known.sum(axis=1) >= _FEWEST) & (no_trend(times) < DRIFT_P)
    for row in np.flatnonzero(drifts).tolist():
        day, time = days[known[row]], times[row, known[row]]
        expected[row] = np.median(time - slope_of(day, time) * (day - on))
    return expected
