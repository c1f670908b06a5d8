"""The rhythm of a day: the null that a habit has to stand out from.

People are up by day and in the kitchen at noon: that alone is no habit. The null of
a unit is the rhythm closest to its own that has nothing sharper than a standard
deviation of two hours: the mixture of wrapped normals of that width that fits best.
Smoothing the counts would widen every edge, and what is drawn from a smoothed
profile would stand out from its own smoothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import multiplied, running_sums
from ..civil import DAY_MINUTES, MINUTE_MS
from ..evidence import Floats

SMOOTH_MINUTES: Final = 120.0
"""Standard deviation below which nothing counts as a mere rhythm."""

STEP_MINUTES: Final = 5
STEP_MS: Final = STEP_MINUTES * MINUTE_MS
BINS: Final = DAY_MINUTES // STEP_MINUTES
"""Bins of the day, on whose edges a rhythm's distribution is given."""

_SUPPORT: Final = 96
"""Places of the mixture's components: every quarter of an hour is ample for 2 h."""

_LEAST_ROUNDS: Final = 2
_DAYS_A_ROUND: Final = 21
"""Days of history that allow for one more round of the fit.

Too few rounds leave edges wider than they are, so that what is drawn from a rhythm
stands out from its fit, the more so the more days there are; too many fit chance, and
hide habits."""


@dataclass(frozen=True, eq=False)
class Rhythms:
    """Distributions over the time of day, one for each unit.

    Attributes:
        cdf: shape (units, BINS + 1), the mass before each edge, from 0 to 1.
    """

    cdf: Floats

    def upto(self, minutes: Floats, unit: NDArray[np.int64]) -> Floats:
        """Return how much of a rhythm has passed since midnight.

        Under the null, a unit's happenings are spread evenly over this time.

        Args:
            minutes: shape (n,), after midnight; each turn of the clock adds 1.
            unit: of the same shape, or one it is spread to, whose rhythm.
        """
        place = minutes / STEP_MINUTES
        whole = np.floor(place).astype(np.int64)
        turns, bins = np.divmod(whole, BINS)
        low, high = self.cdf[unit, bins], self.cdf[unit, bins + 1]
        passed: Floats = turns + low + (place - whole) * (high - low)
        return passed


def _kernel() -> Floats:
    """Return the wrapped normal's mass, shape (_SUPPORT, BINS): component by bin."""
    middles = (np.arange(BINS) + 0.5) * STEP_MINUTES
    centers = (np.arange(_SUPPORT) + 0.5) * (DAY_MINUTES / _SUPPORT)
    apart = middles - centers[:, None]
    density = np.zeros_like(apart)
    for turn in (-1, 0, 1):
        density += np.exp(-0.5 * ((apart + turn * DAY_MINUTES) / SMOOTH_MINUTES) ** 2)
    kernel: Floats = density / density.sum(axis=1, keepdims=True)
    return kernel


_KERNEL: Final = _kernel()


def fit_rhythms(counts: Floats, days: int) -> Rhythms:
    """Fit the rhythms of units to how often each happened in the bins of a day.

    Expectation and maximization for the weights of a mixture with given components
    (W. H. Richardson, Bayesian-based iterative method of image restoration, JOSA 62,
    1972; L. B. Lucy, Astron. J. 79, 1974).

    Args:
        counts: shape (units, BINS); a unit without any gets the uniform rhythm.
        days: over how many days they were counted.
    """
    folded = counts.reshape(counts.shape[0], _SUPPORT, BINS // _SUPPORT).sum(axis=2)
    coarse = _KERNEL.reshape(_SUPPORT, _SUPPORT, -1).sum(axis=2)
    totals = folded.sum(axis=1, keepdims=True)
    share = np.where(totals > 0, folded / np.maximum(totals, 1), 1 / _SUPPORT)
    weights = multiplied(share, coarse)
    for _ in range(_LEAST_ROUNDS + days // _DAYS_A_ROUND):
        weights *= multiplied(share / multiplied(weights, coarse), coarse.T)
    cdf = np.zeros((counts.shape[0], BINS + 1))
    cdf[:, 1:] = running_sums(multiplied(weights, _KERNEL))
    return Rhythms(cdf / cdf[:, -1:])
