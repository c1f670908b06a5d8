"""Chains as claims: how surely the steps follow the first, how soon, in what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..co_occurrence.crossday import Trial
from ..co_occurrence.links import ALIKE_IN_A_DAY, in_time, spread_of
from ..co_occurrence.manners import LAGS_MS
from ..evidence import Floats, poisson_binomial_tail, share_bounds
from ..pattern import Spread
from ..tables import Numbers
from .chains import Chain, Lead
from .episodes import durations

_LEAST: Final = 0.02
"""Of a prior's mean, so that no chance is ruled out."""

PRIOR_DAYS: Final = 2.0
"""Days on which a routine held as chance has it, with which each starts.

Of all chains that could be grown those are told that went best, a little too well.
"""

CHANGE_RATE: Final = 0.003
"""Share of days before which a routine begins, ends or changes: about once a year."""


@dataclass(frozen=True, eq=False)
class Routine:
    """A chain with its figures.

    Attributes:
        lead: its first step.
        chain: its steps.
    """

    lead: Lead
    chain: Chain

    @cached_property
    def trials(self) -> tuple[tuple[Trial, float], ...]:
        """Return the test of each step but the first, and its share by chance."""
        steps = range(1, len(self.chain.keys))
        return tuple(self.lead.trial(self.chain, step) for step in steps)

    @property
    def first_entity(self) -> str:
        """Return whose state the first step is."""
        return self.lead.stream.window.keys[self.lead.key].entity_id

    @property
    def days(self) -> Numbers:
        """Return the numbers of the days on which the first step happened."""
        return self.lead.by_day.day + self.lead.stream.days.first

    @property
    def matched(self) -> NDArray[np.bool_]:
        """Return on which of them at least half of its occasions were completed."""
        return self.chain.matched

    @cached_property
    def instants(self) -> Numbers:
        """Return when the steps of complete episodes happened, shape (steps, n)."""
        rows = np.array(self.chain.rows)[:, self.chain.complete]
        found: Numbers = self.lead.stream.window.instant[rows]
        return found

    @cached_property
    def lag(self) -> Spread:
        """Return how long it takes from the first step to the last."""
        return spread_of(self.instants[-1] - self.instants[0])

    @property
    def step_lags(self) -> list[Spread]:
        """Return how long each step takes after the one before."""
        return [spread_of(lags) for lags in np.diff(self.instants, axis=0)]

    @cached_property
    def confidence(self) -> float:
        """Return the probability that after the next first step the others follow.

        In order and in time; as for links, days with many occasions count for less
        than as many days.
        """
        lead, days = self.lead, self.lead.by_day
        took = durations(lead.stream, lead.occasions, self.chain.keys)
        return share_since_change(
            days.sums(in_time(took, self.lag)) / days.sizes,
            days.sizes / (1 + (days.sizes - 1) * ALIKE_IN_A_DAY),
            max(chance for _, chance in self.trials),
        )

    @property
    def in_order(self) -> bool:
        """Tell whether its steps surely come in this order more often than turned.

        Two neighboring steps that come in either order alike are no steps of it.
        """
        keys = self.chain.keys
        own = self._days_done(keys)
        for at in range(1, len(keys)):
            turned = (*keys[: at - 1], keys[at], keys[at - 1], *keys[at + 1 :])
            other = self._days_done(turned)
            lower, _ = share_bounds(np.array([own]), np.array([own + other]))
            if lower[0] <= 0.5:
                return False
        return True

    def _days_done(self, keys: Sequence[int]) -> float:
        """Return on how many days steps were all done in this order and in time."""
        stream = self.lead.stream
        occasions = stream.occasions(keys[0], (len(keys) - 1) * LAGS_MS[-1])
        done = in_time(durations(stream, occasions, keys), self.lag)
        return float(np.unique(stream.day[occasions[done]]).size)

    @property
    def spans(self) -> Numbers:
        """Return begin and end of its complete episodes, shape (2, n)."""
        return self.instants[[0, -1]]


def share_since_change(shares: Floats, weights: Floats, chance: float) -> float:
    """Return the probability of the next occasion, if it may have changed at any time.

    The mean of Beta posteriors over the days since the last change, each weighed by
    how well it foretold them (R. P. Adams, D. J. C. MacKay, Bayesian online
    changepoint detection, 2007): what was given up is soon believed no more.

    Args:
        shares: shape (days,), in order, the share of each day's occasions on which it
            happened.
        weights: shape (days,), as how many occasions each day counts.
        chance: the share by chance, from which every routine starts.
    """
    met = np.full(shares.size + 1, max(chance, _LEAST) * PRIOR_DAYS)
    missed = np.full(shares.size + 1, max(1 - chance, _LEAST) * PRIOR_DAYS)
    weight = np.zeros(shares.size + 1)
    # The newest change comes first: what is known so far is the end of each row.
    weight[-1] = 1.0
    days = zip(shares.tolist(), weights.tolist(), strict=True)
    for begin, (share, size) in zip(range(shares.size, 0, -1), days, strict=True):
        hits, misses, likely = met[begin:], missed[begin:], weight[begin:]
        each = hits / (hits + misses)
        likely *= each ** (size * share) * (1 - each) ** (size * (1 - share))
        likely /= likely.sum()
        likely *= 1 - CHANGE_RATE
        weight[begin - 1] = CHANGE_RATE
        hits += size * share
        misses += size * (1 - share)
    return float(weight @ (met / (met + missed)))


@dataclass(frozen=True, slots=True)
class Weakest:
    """The step of a chain that chance explains best: the chain is no surer than it.

    To hold, every step has to, so the greatest of their p is a p of the whole (R. L.
    Berger, Multiparameter hypothesis testing and acceptance sampling, 1982).

    Attributes:
        p_value: of so many days matched.
        expected: the days on which the chain would be complete by chance, had this
            step kept to the clock of other days.
        lift_bound: the lower bound of how many times that is exceeded.
    """

    p_value: float
    expected: float
    lift_bound: float


def weakest_steps(routines: Sequence[Routine]) -> list[Weakest]:
    """Return the weakest step of each chain."""
    if not routines:
        return []
    trials = [trial for routine in routines for trial, _ in routine.trials]
    width = max(trial.day.size for trial in trials)
    chances = np.zeros((len(trials), width))
    for row, trial in enumerate(trials):
        chances[row, : trial.day.size] = trial.chance
    matched = np.array([trial.matched.sum() for trial in trials], np.int64)
    p_values = poisson_binomial_tail(chances, matched)
    expected = chances.sum(axis=1)
    days = np.array([trial.day.size for trial in trials], np.float64)
    lower = share_bounds(matched.astype(np.float64), days)[0] * days / expected
    found, begin = [], 0
    for routine in routines:
        end = begin + len(routine.trials)
        at = begin + int(np.lexsort((-expected[begin:end], -p_values[begin:end]))[0])
        found.append(
            Weakest(float(p_values[at]), float(expected[at]), float(lower[at]))
        )
        begin = end
    return found
