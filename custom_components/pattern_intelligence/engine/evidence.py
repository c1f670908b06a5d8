"""How sure one may be: tests against chance, and confidence as a probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .tables import Numbers

type Floats = NDArray[np.float64]

FALSE_DISCOVERY_RATE = 0.02
LISTED_FROM = 0.5
"""Confidence below which a claim is not worth a person's attention."""

HALF_LIFE_DAYS = 45.0
_JEFFREYS = 0.5
_LEAST = 0.02
"""Of a prior's count, so that no chance is ruled out."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Occasions on which something stated could happen, and how often it did.

    Attributes:
        occasions: how many there were.
        happened: on how many it happened.
    """

    occasions: int
    happened: int


def poisson_binomial_tail(chances: Floats, matched: Numbers) -> Floats:
    """Return the probability of at least so many successes in unequal trials.

    Exact, by convolution one trial at a time.

    Args:
        chances: shape (units, trials), each trial's probability of success; a trial
            that does not count has 0.
        matched: shape (units,), observed successes.

    Returns:
        Shape (units,), P(successes >= matched).
    """
    units, trials = chances.shape
    # All units side by side, so that each step is one of long rows.
    mass = np.zeros((trials + 1, units))
    mass[0] = 1.0
    for trial, chance in enumerate(chances.T):
        reached = mass[: trial + 2]
        reached[1:] += chance * (reached[:-1] - reached[1:])
        reached[0] *= 1 - chance
    # Summed from the far end, so that tiny tails keep their digits.
    tails = np.cumsum(mass[::-1], axis=0)[::-1]
    tail: Floats = tails[np.minimum(matched, trials), np.arange(units)]
    return tail.clip(0.0, 1.0)


def false_discovery_q(p_values: Floats, tested: int) -> Floats:
    """Return Benjamini and Hochberg's adjusted p-values.

    Y. Benjamini, Y. Hochberg, Controlling the false discovery rate, JRSS B 57 (1995).

    Args:
        p_values: shape (n,), one for each unit that was looked at closely.
        tested: how many units could have been tested, at least n; those missing
            count as p = 1.

    Returns:
        Shape (n,), in the order of ``p_values``.
    """
    order = np.argsort(p_values, kind="stable")
    ranked = p_values[order] * tested / np.arange(1, p_values.size + 1)
    adjusted = np.minimum.accumulate(ranked[::-1])[::-1]
    result = np.empty_like(adjusted)
    result[order] = np.minimum(adjusted, 1.0)
    return result


def decay(days: Numbers, last_day: int, half_life: float = HALF_LIFE_DAYS) -> Floats:
    """Return the weight of each day's evidence, 1 on the last day."""
    weights: Floats = 0.5 ** ((last_day - days) / half_life)
    return weights


def posterior_mean(happened: Floats, weights: Floats) -> float:
    """Return the mean of a Beta posterior over weighted days, by Jeffreys' prior.

    Args:
        happened: shape (days,), the share of each day's occasions that happened,
            0 or 1 where a day is one occasion.
        weights: shape (days,), what each day counts.
    """
    return float(
        (float(happened @ weights) + _JEFFREYS) / (float(weights.sum()) + 2 * _JEFFREYS)
    )


def posterior_since_change(
    happened: NDArray[np.bool_], expected: float, prior_days: float, hazard: float
) -> float:
    """Return the probability that it happens next, if it may have changed at any time.

    The mean of Beta posteriors over the occasions since the last change, each weighed
    by how well it foretold them (R. P. Adams, D. J. C. MacKay, Bayesian online
    changepoint detection, 2007): old days count as long as nothing has changed.

    Args:
        happened: shape (occasions,), in order.
        expected: what the probability is after a change, the mean of the prior.
        prior_days: how many occasions the prior counts for.
        hazard: probability of a change before each occasion.
    """
    known = np.ones((1, happened.size), bool)
    means = np.array([expected])
    return float(
        posteriors_since_change(happened[None], known, means, prior_days, hazard)[0]
    )


def posteriors_since_change(
    happened: NDArray[np.bool_],
    known: NDArray[np.bool_],
    expected: Floats,
    prior_days: float,
    hazard: float,
) -> Floats:
    """Return :func:`posterior_since_change` of many things at once, shape (n,).

    Args:
        happened: shape (n, days), whether it happened.
        known: shape (n, days), on which days that could be told.
        expected: shape (n,), means of the priors.
        prior_days: how many occasions a prior counts for.
        hazard: probability of a change before each occasion.
    """
    sizes = known.sum(axis=1)
    order = np.argsort(-sizes, kind="stable")
    # Occasions side by side, those that have most of them first.
    first = np.argsort(~known[order], axis=1, kind="stable")
    kept = np.take_along_axis(happened[order], first, axis=1)
    steps = int(sizes.max(initial=0))
    fresh = np.array([expected, 1 - expected])[:, order, None] * prior_days
    met, missed = np.repeat(np.maximum(fresh, _LEAST), steps + 1, axis=2)
    # The newest change comes first: what is known so far is the end of each row.
    weight = np.ones_like(met)
    longer = np.searchsorted(-sizes[order], -np.arange(steps)).tolist()
    for step, rows in enumerate(longer):
        begin = steps - step
        did = kept[:rows, step, None]
        hits, misses = met[:rows, begin:], missed[:rows, begin:]
        likely = weight[:rows, begin:]
        chance = hits / (hits + misses)
        likely *= np.where(did, chance, 1 - chance)
        likely /= likely.sum(axis=1, keepdims=True)
        likely *= 1 - hazard
        weight[:rows, begin - 1] = hazard
        hits += did
        misses += ~did
    begun = np.arange(steps + 1) >= steps - sizes[order, None]
    found = np.empty(sizes.size)
    found[order] = (np.where(begun, weight, 0.0) * (met / (met + missed))).sum(axis=1)
    return found


def share_bounds(
    happened: Floats, trials: Floats, z: float = 1.645
) -> tuple[Floats, Floats]:
    """Return Wilson's lower and upper bounds of shares.

    E. B. Wilson, Probable inference, JASA 22 (1927).

    Args:
        happened: shape (n,), successes.
        trials: shape (n,), trials, above 0.
        z: normal quantile of each side; 1.645 leaves 5 % on it.
    """
    share = happened / trials
    center = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = (
        z
        * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
        / (1 + z * z / trials)
    )
    return center - reach, center + reach
