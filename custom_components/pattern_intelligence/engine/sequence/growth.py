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
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
from ..co_occurrence.crossday import Bits, Trial, by_chance, tried
from ..co_occurrence.edge import AT_ONCE_MS
from ..co_occurrence.links import EFFECT_FLOOR, MIN_LIFT
from ..co_occurrence.manners import LAGS_MS
from ..co_occurrence.stream import MIN_DAYS
from ..evidence import FALSE_DISCOVERY_RATE
from ..tables import Numbers
from .chains import COVERED, Before, Chain, Lead
from .followers import Followers, Often
from .steps import MOST_STEPS, Alphabet

CROWDED: Final = 4
"""Second steps a first one has, from which most of them follow by chance: then it is
worth the work to tell those at a glance. What is found is the same."""

TOO_LATE_MS: Final = LAGS_MS[-1] + 1
"""A lag of what does not follow in time."""


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
        for lead, keys in zip(leads, self._second(leads), strict=True):
            begun = Chain((lead.key,), (), (lead.occasions,), np.zeros(0, bool))
            for chain in self._grown(lead, begun, keys):
                yield lead, chain

    def _second(self, leads: Sequence[Lead]) -> list[list[int]]:
        """Return which keys may follow each first step."""
        occasions = [lead.occasions for lead in leads]
        found = self.followers.often_after_each(occasions, self._instants, EFFECT_FLOOR)
        if sum(own.keys.size for own in found) <= CROWDED * len(leads):
            return [own.keys.tolist() for own in found]
        found = self.followers.counted(occasions, self._instants, EFFECT_FLOOR, found)
        return [
            _beyond_chance(lead, own) if own.keys.size else []
            for lead, own in zip(leads, found, strict=True)
        ]

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
        return self.followers.often_after(complete, self._instants, floor)

    def _longer(self, lead: Lead, chain: Chain, keys: Sequence[int]) -> list[Chain]:
        """Return a chain with each step more that follows it, the soonest first."""
        if not keys:
            return []
        unit, instants, last = self.alphabet.unit, self._instants, chain.rows[-1]
        own = set(unit[list(chain.keys)].tolist())
        before = lead.before(last)
        start = instants[last]
        found: list[tuple[float, Chain]] = []
        for key in keys:
            if int(unit[key]) in own:
                continue
            lags = self.followers.lags(start, key, instants)
            # What happens at once is the same step seen twice.
            lags[lags <= AT_ONCE_MS] = TOO_LATE_MS
            lags[before.missing] = TOO_LATE_MS
            longer = self._with(lead, chain, before, key, lags)
            if longer is not None:
                found.append((float(np.median(lags[longer.complete])), longer))
        found.sort(key=lambda pair: (pair[0], pair[1].keys))
        return [longer for _, longer in found]

    def _with(
        self,
        lead: Lead,
        chain: Chain,
        before: Before,
        key: int,
        lags: Numbers,
    ) -> Chain | None:
        """Return a chain with one step more if that follows it beyond its rhythm."""
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
        rows = self.followers.next(chain.rows[-1], key, self._instants)
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
        # In the longest lag it follows most often: mostly that is too seldom, too.
        if np.count_nonzero(lags <= LAGS_MS[-1]) < EFFECT_FLOOR * n:
            return None
        compared = lead.compared(before, key)
        others = int(np.bitwise_count(compared).sum())
        best, found = 0.0, None
        for manner, lag_ms in enumerate(LAGS_MS):
            followed = lags <= lag_ms
            count = int(np.count_nonzero(followed))
            if count < EFFECT_FLOOR * n:
                continue
            would = lead.would(before, key, manner) & compared
            hits = int(np.bitwise_count(would).sum())
            chance = by_chance(count, hits, n, others)
            beyond = count / n - MIN_LIFT * chance
            if beyond > best:
                best, found = beyond, (manner, followed, would, compared)
        return found


def _beyond_chance(lead: Lead, often: Often) -> list[int]:
    """Return which of some second steps may follow by more than twice chance.

    Args:
        lead: the first step.
        often: what follows it.
    """
    n = lead.occasions.size
    least = np.array(
        lead.would_at_least(lead.before(lead.occasions), often.keys.tolist())
    )
    chance = by_chance(often.count, least, n, lead.days_alike)
    beyond = often.soon | (often.count / n > MIN_LIFT * chance)
    keys: list[int] = often.keys[beyond].tolist()
    return keys


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
