"""Counts of a day: negative-binomial, their level and overdispersion uncertain.

Both lie on a small grid; each thing's posterior over overdispersion starts from that of
its domain, and the domain's from the home's (B. Efron, Large-scale inference, 2010,
chapter 1: empirical Bayes by expectation-maximization over a discrete prior). A tail
is the posterior's mean of negative-binomial tails, so that thin evidence is cautious.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..happenings import domain_of
from ..tables import Numbers

OVERDISPERSIONS: Final = np.array(
    [0.005, 0.03, 0.08, 0.15, 0.25, 0.4, 0.65, 1.0, 1.7, 3.0, 6.0]
)
"""Variance beyond the mean, by the mean squared: from none to bursts on rare days."""

LEVELS: Final = np.linspace(-2.4, 2.4, 5)
"""Standard errors by which the level may lie off what was estimated."""

_DOMAIN_WORTH: Final = 5.0
"""Things that the home's overdispersion counts for in that of a domain."""

_ROUNDS: Final = 12
"""Of expectation-maximization: the prior need not be exact."""

_AT_ONCE: Final = 32
"""Things whose days are weighed together, so that memory stays small."""

LEAST_P: Final = 1e-13
"""Smaller chances cannot be told from none in floating point."""


@dataclass(frozen=True, eq=False)
class _Days:
    """Counts of days and what should have been.

    Attributes:
        counts: shape (things, days), uses.
        known: shape (things, days), which of them tell of usual days.
        expected: shape (things, days), how many there should have been.
        factor: shape (things, levels), by which that is multiplied.
    """

    counts: Numbers
    known: NDArray[np.bool_]
    expected: Floats
    factor: Floats

    def log_likelihood(self) -> Floats:
        """Return that of all days of each thing, shape (things, cells)."""
        total = np.empty((len(self.counts), LEVELS.size * OVERDISPERSIONS.size))
        for begin in range(0, len(total), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            logs = _log_likelihood(
                self.counts[some],
                self.known[some],
                self.expected[some],
                self.factor[some],
            )
            total[some] = logs.sum(axis=1)
        return total

    def log_likelihood_of(self, thing: Numbers, day: Numbers) -> Floats:
        """Return that of single days, shape (n, cells).

        Args:
            thing: shape (n,).
            day: shape (n,).
        """
        logs = _log_likelihood(
            self.counts[thing, day, None],
            self.known[thing, day, None],
            self.expected[thing, day, None],
            self.factor[thing],
        )
        found: Floats = logs[:, 0]
        return found


@dataclass(frozen=True, eq=False)
class CountModel:
    """What is believed of the counts of each thing.

    Cells are pairs of a level and an overdispersion.

    Attributes:
        days: the days that it is believed from.
        size: shape (cells,), one over the overdispersion.
        log_prior: shape (things, cells).
        log_likelihood: shape (things, cells), of all days together.
    """

    days: _Days
    size: Floats
    log_prior: Floats
    log_likelihood: Floats

    @cached_property
    def factor(self) -> Floats:
        """Return by what the expected count is multiplied, shape (things, cells)."""
        return np.repeat(self.days.factor, OVERDISPERSIONS.size, axis=1)

    @classmethod
    def fitted(
        cls,
        counts: Numbers,
        known: NDArray[np.bool_],
        expected: Floats,
        entities: Sequence[str],
    ) -> CountModel:
        """Return what past days tell.

        Args:
            counts: shape (things, days), uses.
            known: shape (things, days), which of them tell of usual days.
            expected: shape (things, days), how many there should have been.
            entities: the entity ids of the things.
        """
        days = np.maximum(known.sum(axis=1), 1)
        usual = np.maximum((expected * known).sum(axis=1) / days, 1e-9)
        middle = float(OVERDISPERSIONS[OVERDISPERSIONS.size // 2])
        error = np.sqrt((1 / usual + middle) / days)
        # No level is off by more than a factor of twenty.
        factor = np.exp((error[:, None] * LEVELS).clip(-3.0, 3.0))
        size = np.tile(1 / OVERDISPERSIONS, LEVELS.size)
        told = _Days(counts, known, expected, factor)
        total = told.log_likelihood()
        prior = _priors(total, entities)
        return cls(told, size, np.tile(prior, LEVELS.size), total)

    def weights(self, thing: Numbers, left_out: Numbers | None = None) -> Floats:
        """Return the posterior of things over the cells.

        Args:
            thing: shape (n,).
            left_out: shape (n,), a day of each that is not looked at.

        Returns:
            Shape (n, cells).
        """
        logs = self.log_likelihood[thing] + self.log_prior[thing]
        if left_out is not None:
            logs -= self.days.log_likelihood_of(thing, left_out)
        mass = np.exp(logs - logs.max(axis=1, keepdims=True))
        found: Floats = mass / mass.sum(axis=1, keepdims=True)
        return found

    def below(
        self, thing: Numbers, expected: Floats, upto: int, weights: Floats
    ) -> Floats:
        """Return the chance of at most 0, 1, ... uses.

        Args:
            thing: shape (n,).
            expected: shape (n,), how many there should be.
            upto: the last count asked about.
            weights: shape (n, cells), of :meth:`weights`.

        Returns:
            Shape (n, upto + 1).
        """
        mean = expected[:, None] * self.factor[thing]
        going = mean / (mean + self.size)
        mass = weights * np.exp(self.size * np.log1p(-going))
        chances = np.empty((thing.size, upto + 1))
        chances[:, 0] = mass.sum(axis=1)
        for count in range(1, upto + 1):
            mass *= going
            mass *= (count - 1 + self.size) / count
            chances[:, count] = mass.sum(axis=1)
        below: Floats = np.cumsum(chances, axis=1).clip(0.0, 1.0)
        return below


def _log_likelihood(
    counts: Numbers, known: NDArray[np.bool_], expected: Floats, factor: Floats
) -> Floats:
    """Return the log likelihood of each day's count, shape (things, days, cells)."""
    sizes = 1 / OVERDISPERSIONS
    seen = np.where(known, counts, 0)
    steps = np.log(sizes[:, None] + np.arange(max(int(seen.max(initial=0)), 1)))
    rising = np.concatenate([np.zeros((sizes.size, 1)), np.cumsum(steps, 1)], axis=1)
    mean = expected[:, :, None] * factor[:, None, :]
    total = mean[..., None] + sizes
    np.log(total, out=total)
    total *= -(seen[:, :, None, None] + sizes)
    total += rising.T[seen][:, :, None, :] + sizes * np.log(sizes)
    total += (seen[:, :, None] * np.log(mean))[..., None]
    total[~known] = 0.0
    logs: Floats = total.reshape(*counts.shape, -1)
    return logs


def _priors(logs: Floats, entities: Sequence[str]) -> Floats:
    """Return the log prior of each thing over overdispersions, as the others have it.

    Args:
        logs: shape (things, cells), log likelihoods of all days.
        entities: the entity ids of the things.
    """
    by_cell = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    likely = by_cell.reshape(len(entities), LEVELS.size, -1).sum(axis=1)
    flat = np.full(OVERDISPERSIONS.size, 1 / OVERDISPERSIONS.size)
    _, domain = np.unique([domain_of(name) for name in entities], return_inverse=True)
    member = np.equal.outer(np.arange(int(domain.max(initial=-1)) + 1), domain)
    own = np.tile(flat, (len(entities), 1))
    for _ in range(_ROUNDS):
        share = likely * own
        share /= share.sum(axis=1, keepdims=True)
        # One thing's worth of every overdispersion keeps each of them possible.
        home = (share.sum(axis=0) - share + flat) / len(entities)
        own = (member @ share)[domain] - share + _DOMAIN_WORTH * home
        own /= own.sum(axis=1, keepdims=True)
    logged: Floats = np.log(own)
    return logged
