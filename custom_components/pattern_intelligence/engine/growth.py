"""Chains of steps, grown from their first: each step must follow what leads to it.

A chain is asked only for steps that mostly do follow it, and only beyond their own
rhythm, by the days (:mod:`.crossday`). What is a part of a longer chain already found
is not grown again (closed sequences: J. Wang, J. Han, BIDE, ICDE 2004), so the work
grows with the routines that are there and not with what could be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chains import COVERED, MOST_STEPS, Chain, Lead, share_by_chance
from .civil import Instants
from .crossday import Bits, Trial, tried
from .edge import AT_ONCE_MS
from .episodes import Rows
from .evidence import FALSE_DISCOVERY_RATE
from .links import EFFECT_FLOOR, MIN_LIFT
from .manners import LAGS_MS
from .steps import Alphabet
from .stream import MIN_DAYS
from .time_search import gain


@dataclass(frozen=True, eq=False)
class Followers:
    """All that may be a later step, in the order of time.

    Attributes:
        rows: shape (n,), rows in the window.
        instant: shape (n,), ascending UTC milliseconds.
        key: shape (n,), their keys.
        previous: shape (n,), when the key happened before.
    """

    rows: Rows
    instant: Instants
    key: NDArray[np.int32]
    previous: Instants

    @classmethod
    def of(cls, alphabet: Alphabet) -> Followers:
        """Return those of an alphabet."""
        stream, window = alphabet.stream, alphabet.stream.window
        rows = np.flatnonzero(stream.by_hand & alphabet.follows[window.key])
        key, instant = window.key[rows], window.instant[rows]
        previous = np.full(rows.size, np.iinfo(np.int64).min)
        same = key[1:] == key[:-1]
        previous[1:][same] = instant[:-1][same]
        order = np.argsort(instant, kind="stable")
        return cls(rows[order], instant[order], key[order], previous[order])

    def after(self, start: Instants) -> tuple[Rows, Rows]:
        """Join instants with the first happening of each key that follows in time.

        Args:
            start: shape (m,), UTC milliseconds.

        Returns:
            For each pair the position in ``start`` and the position in here.
        """
        first = np.searchsorted(self.instant, start, "right")
        sizes = np.searchsorted(self.instant, start + LAGS_MS[-1], "right") - first
        which = np.repeat(np.arange(start.size), sizes)
        begins = np.cumsum(sizes) - sizes
        at = np.arange(which.size) + np.repeat(first - begins, sizes)
        # What happens at once is the same step seen twice.
        new = (self.previous[at] <= start[which]) & (
            self.instant[at] > start[which] + AT_ONCE_MS
        )
        return which[new], at[new]


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

    def chains(self, lead: Lead) -> list[Chain]:
        """Return the chains that begin with a step and cannot be done without."""
        if lead.occasions.size < MIN_DAYS:
            return []
        begun = Chain((lead.key,), (), (lead.occasions,), np.zeros(0, bool))
        return self._grown(lead, begun)

    def _grown(self, lead: Lead, chain: Chain) -> list[Chain]:
        """Return what a chain grows into, shorter ones after those they lead to."""
        if len(chain.keys) == MOST_STEPS:
            return []
        if len(chain.keys) > 1:
            self.tested += self.alphabet.others(chain.keys)
        found: list[Chain] = []
        for longer in self._longer(lead, chain):
            if not any(
                other.keys[-1] == longer.keys[-1] and _covers(other, longer)
                for other in found
            ):
                found += [*self._grown(lead, longer), longer]
        return found

    def _longer(self, lead: Lead, chain: Chain) -> list[Chain]:
        """Return a chain with each step more that follows it, the soonest first."""
        alphabet, window = self.alphabet, self.alphabet.stream.window
        last = chain.rows[-1]
        alive = np.flatnonzero(last >= 0)
        which, at = self.followers.after(window.instant[last[alive]])
        key = self.followers.key[at]
        counts = np.bincount(key, minlength=len(window.keys))
        enough = counts >= max(EFFECT_FLOOR * last.size, MIN_DAYS)
        enough &= ~np.isin(alphabet.unit, alphabet.unit[list(chain.keys)])
        found: list[tuple[float, Chain]] = []
        for follower in np.flatnonzero(enough).tolist():
            own = key == follower
            rows = np.full(last.size, -1)
            rows[alive[which[own]]] = self.followers.rows[at[own]]
            longer = self._with(lead, chain, follower, rows)
            if longer is not None:
                lags = window.instant[longer.rows[-1]] - window.instant[last]
                found.append((float(np.median(lags[longer.complete])), longer))
        found.sort(key=lambda pair: (pair[0], pair[1].keys))
        return [longer for _, longer in found]

    def _with(self, lead: Lead, chain: Chain, key: int, rows: Rows) -> Chain | None:
        """Return a chain with one step more if that follows it beyond its rhythm."""
        best = self._manner(lead, chain, key, rows)
        if best is None:
            return None
        manner, followed, would, compared = best
        trial = tried(lead.by_day, followed, would, compared)
        tests = self.alphabet.others(chain.keys) * len(LAGS_MS)
        told = _gain_of(trial)
        # Another bound is asked of what is told; this only ends hopeless branches.
        if trial.matched.sum() < MIN_DAYS or told < np.log(
            tests / FALSE_DISCOVERY_RATE
        ):
            return None
        return Chain(
            (*chain.keys, key),
            (*chain.manners, manner),
            (*chain.rows, np.where(followed, rows, -1)),
            trial.matched,
        )

    def _manner(
        self, lead: Lead, chain: Chain, key: int, rows: Rows
    ) -> tuple[int, NDArray[np.bool_], Bits, Bits] | None:
        """Return the lag within which a step follows most tellingly, if it does.

        Args:
            lead: the first step.
            chain: the steps before.
            key: the step.
            rows: shape (n,), its rows, -1 where it does not follow in time.

        Returns:
            The lag's place, where the step followed, where it would have, and the
            days compared.
        """
        instant = self.alphabet.stream.window.instant
        last, n = chain.rows[-1], rows.size
        lags = instant[rows] - instant[last]
        best, found = 0.0, None
        for manner, lag_ms in enumerate(LAGS_MS):
            followed = (rows >= 0) & (lags <= lag_ms)
            count = int(followed.sum())
            if count < EFFECT_FLOOR * n:
                continue
            would, compared = lead.by_chance(last, key, manner)
            chance = share_by_chance(count, would, compared)
            if count < MIN_LIFT * chance * n:
                continue
            told = _gained(count, chance * n, n)
            if told > best:
                best, found = told, (manner, followed, would, compared)
        return found


def _covers(longer: Chain, shorter: Chain) -> bool:
    """Tell whether most days of a chain of the same first step are another's, too."""
    both = int((longer.matched & shorter.matched).sum())
    return both >= COVERED * int(shorter.matched.sum())


def _gain_of(trial: Trial) -> float:
    matched, expected = float(trial.matched.sum()), float(trial.chance.sum())
    return _gained(matched, expected, trial.day.size)


def _gained(matched: float, expected: float, trials: int) -> float:
    """Return a bound of minus the log of the chance of so many matches."""
    figures = np.array([matched, expected, trials], np.float64)[:, None]
    return float(gain(*figures)[0])
