"""Chains of steps, grown from their first: each step must follow what leads to it.

A chain is asked only for steps that mostly do follow it, and only beyond their own
rhythm, by the days (:mod:`..co_occurrence.crossday`). What is a part of a longer chain already found
is not grown again (closed sequences: J. Wang, J. Han, BIDE, ICDE 2004), so the work
grows with the routines that are there and not with what could be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
from ..co_occurrence.crossday import Bits, Trial, tried
from ..co_occurrence.links import EFFECT_FLOOR, MIN_LIFT
from ..co_occurrence.manners import LAGS_MS
from ..co_occurrence.stream import MIN_DAYS
from ..evidence import FALSE_DISCOVERY_RATE
from ..tables import Numbers
from .chains import COVERED, Before, Chain, Lead, share_by_chance
from .episodes import Rows
from .followers import Followers
from .steps import MOST_STEPS, Alphabet


@dataclass(eq=False)
class Growth:
    """The chains of a home, found one first step after the other.

    Attributes:
        alphabet: what steps there may be.
        followers: all later steps.
        tested: how many chains could have been tested so far.
    """

    alphabet: Alphabet
    followers: Followers
    tested: int = 0

    @classmethod
    def of(cls, alphabet: Alphabet) -> Growth:
        """Begin with all first two steps that there could be."""
        return cls(alphabet, Followers.of(alphabet), alphabet.pairs)

    def chains(self) -> Iterator[tuple[Lead, Chain]]:
        """Yield the chains that cannot be done without, by their first step."""
        alphabet = self.alphabet
        leads = [Lead(alphabet, key) for key in np.flatnonzero(alphabet.leads).tolist()]
        second = self.followers.often_after(
            [lead.occasions for lead in leads], self._instants, EFFECT_FLOOR
        )
        for lead, keys in zip(leads, second, strict=True):
            begun = Chain((lead.key,), (), (lead.occasions,), np.zeros(0, bool))
            for chain in self._grown(lead, begun, keys):
                yield lead, chain

    @property
    def _instants(self) -> Instants:
        return self.alphabet.stream.window.instant

    def _grown(self, lead: Lead, chain: Chain, keys: Sequence[int]) -> list[Chain]:
        """Return what a chain grows into, shorter ones after those they lead to.

        Args:
            lead: the first step.
            chain: the chain.
            keys: which may follow.
        """
        found: list[Chain] = []
        for longer in self._longer(lead, chain, keys):
            if any(
                other.keys[-1] == longer.keys[-1] and _covers(other, longer)
                for other in found
            ):
                continue
            if len(longer.keys) < MOST_STEPS:
                self.tested += self.alphabet.others(longer.keys)
                found += self._grown(lead, longer, self._next_keys(longer))
            found.append(longer)
        return found

    def _next_keys(self, chain: Chain) -> list[int]:
        """Return which keys follow a chain on enough of its first step's occasions."""
        complete = chain.rows[-1][chain.complete]
        floor = EFFECT_FLOOR * chain.complete.size / complete.size
        return self.followers.often_after([complete], self._instants, floor)[0]

    def _longer(self, lead: Lead, chain: Chain, keys: Sequence[int]) -> list[Chain]:
        """Return a chain with each step more that follows it, the soonest first."""
        unit = self.alphabet.unit
        own = set(unit[list(chain.keys)].tolist())
        before = lead.before(chain.rows[-1])
        found: list[tuple[float, Chain]] = []
        for key in keys:
            if int(unit[key]) in own:
                continue
            rows = self.followers.next(chain.rows[-1], key, self._instants)
            if np.count_nonzero(rows >= 0) < EFFECT_FLOOR * rows.size:
                continue
            longer = self._with(lead, chain, before, key, rows)
            if longer is not None:
                last, new = (own[longer.complete] for own in longer.rows[-2:])
                lags = self._instants[new] - self._instants[last]
                found.append((float(np.median(lags)), longer))
        found.sort(key=lambda pair: (pair[0], pair[1].keys))
        return [longer for _, longer in found]

    def _with(
        self, lead: Lead, chain: Chain, before: Before, key: int, rows: Rows
    ) -> Chain | None:
        """Return a chain with one step more if that follows it beyond its rhythm."""
        lags = self._instants[rows] - self._instants[chain.rows[-1]]
        lags[rows < 0] = LAGS_MS[-1] + 1
        best = self._manner(lead, before, key, lags)
        if best is None:
            return None
        manner, followed, would, compared = best
        trial = tried(lead.by_day, followed, would, compared)
        tests = self.alphabet.others(chain.keys) * len(LAGS_MS)
        told = _gain_of(trial)
        # Another bound is asked of what is told; this only ends hopeless branches.
        if trial.matched.sum() < MIN_DAYS or told < log(tests / FALSE_DISCOVERY_RATE):
            return None
        return Chain(
            (*chain.keys, key),
            (*chain.manners, manner),
            (*chain.rows, np.where(followed, rows, -1)),
            trial.matched,
        )

    def _manner(
        self, lead: Lead, before: Before, key: int, lags: Numbers
    ) -> tuple[int, NDArray[np.bool_], Bits, Bits] | None:
        """Return the lag within which a step follows most beyond twice chance, if it does.

        Args:
            lead: the first step.
            before: the step before.
            key: the step.
            lags: shape (n,), how long after the one before it follows, more than the
                longest where it does not.

        Returns:
            The lag's place, where the step followed, where it would have, and the
            days compared.
        """
        n = lags.size
        best, found = 0.0, None
        for manner, lag_ms in enumerate(LAGS_MS):
            followed = lags <= lag_ms
            count = int(np.count_nonzero(followed))
            if count < EFFECT_FLOOR * n:
                continue
            would, compared = lead.by_chance(before, key, manner)
            chance = share_by_chance(count, would, compared)
            beyond = count / n - MIN_LIFT * chance
            if beyond > best:
                best, found = beyond, (manner, followed, would, compared)
        return found


def _covers(longer: Chain, shorter: Chain) -> bool:
    """Tell whether most days of a chain of the same first step are another's, too."""
    both = int((longer.matched & shorter.matched).sum())
    return both >= COVERED * int(shorter.matched.sum())


def _gain_of(trial: Trial) -> float:
    matched, expected = float(trial.matched.sum()), float(trial.chance.sum())
    return _gained(matched, expected, trial.day.size)


def _gained(matched: float, expected: float, trials: int) -> float:
    """Return a bound of minus the log of the chance of so many matches.

    W. Hoeffding, Probability inequalities for sums of bounded random variables, JASA
    58 (1963).
    """
    if matched <= expected:
        return 0.0
    gained = matched * log(matched / expected)
    if matched < trials:
        rest = trials - matched
        gained += rest * log(rest / (trials - expected))
    return gained
