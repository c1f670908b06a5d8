"""States that last far too long: a lamp left on, a door left open.

The logarithm of how long is taken to be normal, its spread shrunk towards the home's,
so that a run's chance is a tail of Student's distribution. Where a thing is used in
several ways, the longest past runs tell of a thicker tail: a power of how long (B. M.
Hill, A simple general approach to inference about the tail of a distribution, Annals of
Statistics 3, 1975). The more cautious of both counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import distinct
from ..civil import DAY_MS, SECOND_MS, CivilTime, Instants
from ..co_occurrence.stream import RESTING
from ..evidence import Floats
from ..happenings import ANY, RULES, domain_of
from ..keys import Key
from ..runs import Runs
from ..tables import Numbers
from .budget import TAIL
from .tails import hill_tail, student_tail

FEWEST_RUNS: Final = 8
"""Completed runs below which it is not known how long something lasts."""

FEWEST_DAYS: Final = 5
"""Days they have to be spread over: one busy evening is no custom."""

_SPREAD_WORTH: Final = 6.0
"""Runs that the home's usual spread counts for in that of each state."""

_LEAST_SPREAD: Final = 0.1
"""Of the logarithm: programs repeat to a tenth, recorders no better."""


@dataclass(frozen=True, eq=False)
class Lasting:
    """How surprisingly long runs lasted.

    Attributes:
        key: shape (keys,), the watched keys, index into the runs'.
        rate: shape (keys,), runs a day.
        past: shape (n,), chance of a past run so long or longer, by the day; each
            judged without itself.
        today: shape (m,), the same of runs that went on today, as far as they went.
        before: shape (m,), as far as they had gone when today began.
        rows: shape (m,), their rows in the runs.
        own: shape (n,), the key of each past run, ascending.
        logs: shape (n,), the logarithm of its seconds.
    """

    key: Numbers
    rate: Floats
    past: Floats
    today: Floats
    before: Floats
    rows: Numbers
    own: Numbers
    logs: Floats

    def usual(self, key: int) -> tuple[float, float, float]:
        """Return the 10th, 50th and 90th percentile of a key's runs, in seconds.

        Args:
            key: index into ``key``.
        """
        low, high = np.searchsorted(self.own, [key, key + 1])
        p10, median, p90 = np.exp(np.percentile(self.logs[low:high], [10, 50, 90]))
        return float(p10), float(median), float(p90)


def lasting(runs: Runs, civil: CivilTime, start: int, end: int, days: int) -> Lasting:
    """Return how surprisingly long what went on today lasted.

    Args:
        runs: of the days up to today.
        civil: the home's civil time.
        start: when today began, UTC milliseconds.
        end: when it ended.
        days: how many days there were before.
    """
    active = np.array([_is_left_on(key) for key in runs.keys], bool)
    done = runs.begun & runs.ended & (runs.end <= start)
    done &= active[runs.key]
    logs = _logs(runs.end - runs.begin)
    rows = np.flatnonzero(done)
    watched = _watched(
        runs.key[rows].astype(np.int64), civil.wall(runs.begin[rows]), len(runs.keys)
    )
    place = np.full(len(runs.keys), -1, np.int64)
    place[watched] = np.arange(watched.size)
    rows = rows[place[runs.key[rows]] >= 0]
    own, past = place[runs.key[rows]], logs[rows]
    number = np.bincount(own, minlength=watched.size).astype(float)
    mean = np.bincount(own, past, watched.size) / np.maximum(number, 1)
    apart = past - mean[own]
    squares = np.bincount(own, apart**2, watched.size).astype(float)
    variance = squares / np.maximum(number - 1, 1)
    home = float(np.median(variance)) if watched.size else 1.0
    fit = _Fit(own, past, number, mean, squares, max(home, _LEAST_SPREAD**2))
    rate = number / max(days, 1)

    going = np.flatnonzero((runs.end > start) & (place[runs.key] >= 0))
    at = place[runs.key[going]]
    upto = np.minimum(runs.end[going], end) - runs.begin[going]
    since = start - runs.begin[going]
    return Lasting(
        watched,
        rate,
        _daily(rate[own], fit.without()),
        _daily(rate[at], fit.tail(at, _logs(upto))),
        _daily(rate[at], fit.tail(at, _logs(since))),
        going,
        own,
        past,
    )


def _is_left_on(key: Key) -> bool:
    """Tell whether a state is one to be ended: no rest, no setting, nobody's place."""
    rule = RULES.get(domain_of(key.entity_id))
    return rule is not None and ANY not in rule.counted and key.state not in RESTING


def _logs(lasted: Instants) -> Floats:
    logs: Floats = np.log(np.maximum(lasted, SECOND_MS) / SECOND_MS)
    return logs


@dataclass(frozen=True, eq=False)
class _Fit:
    """Past runs by key.

    Attributes:
        own: shape (n,), each one's key, ascending.
        logs: shape (n,), the logarithm of its seconds.
        number: shape (keys,), how many there are.
        mean: shape (keys,), of the logarithms.
        squares: shape (keys,), sum of squared distances from it.
        home: the home's usual variance.
    """

    own: Numbers
    logs: Floats
    number: Floats
    mean: Floats
    squares: Floats
    home: float

    def tail(self, key: Numbers, log: Floats) -> Floats:
        """Return the chance that the next run lasts at least so long."""
        found = self._student(log, self.number[key], self.mean[key], self.squares[key])
        return self._cautious(found, key, log, 0)

    def without(self) -> Floats:
        """Return the chance of past runs, each left out of what it is judged by."""
        number = self.number[self.own]
        apart = self.logs - self.mean[self.own]
        mean = self.mean[self.own] - apart / (number - 1)
        squares = self.squares[self.own] - apart**2 * number / (number - 1)
        found = self._student(self.logs, number - 1, mean, np.maximum(squares, 0.0))
        return self._cautious(found, self.own, self.logs, 1)

    def _student(
        self, log: Floats, number: Floats, mean: Floats, squares: Floats
    ) -> Floats:
        freedom = _SPREAD_WORTH + number - 1
        variance = (_SPREAD_WORTH * self.home + squares) / freedom
        variance = np.maximum(variance, _LEAST_SPREAD**2) * (1 + 1 / number)
        return student_tail((log - mean) / np.sqrt(variance), freedom)

    def _cautious(
        self, chance: Floats, key: Numbers, log: Floats, itself: int
    ) -> Floats:
        """Return chances, or those by the longest past runs where these are larger.

        Args:
            chance: shape (n,), of the normal model.
            key: shape (n,), whose they are.
            log: shape (n,), the logarithm of the seconds.
            itself: 1 where each is one of the past runs, else 0.
        """
        found = chance.copy()
        # Where the model already says that it is usual, nothing is to be feared.
        for at in np.flatnonzero(chance < TAIL).tolist():
            longest = self._longest_first[
                self._edges[key[at]] : self._edges[key[at] + 1]
            ]
            if itself:
                longest = np.delete(longest, np.searchsorted(-longest, -log[at]))
            found[at] = max(chance[at], hill_tail(longest, float(log[at]), self.home))
        return found

    @cached_property
    def _edges(self) -> NDArray[np.intp]:
        """Return where each key's runs are, shape (keys + 1,)."""
        return np.searchsorted(self.own, np.arange(self.number.size + 1))

    @cached_property
    def _longest_first(self) -> Floats:
        """Return the logarithms by key, each key's descending, shape (n,)."""
        ordered: Floats = self.logs[np.lexsort((-self.logs, self.own))]
        return ordered


def _daily(rate: Floats, chance: Floats) -> Floats:
    """Return the chance that a day has such a run."""
    found: Floats = -np.expm1(-rate * chance)
    return found


def _watched(key: Numbers, wall: Instants, keys: int) -> NDArray[np.intp]:
    """Return the keys with enough past runs, begun on enough days of the clock."""
    number = np.bincount(key, minlength=keys)
    day = wall // DAY_MS
    first = int(day.min(initial=0))
    width = int(day.max(initial=0)) - first + 1
    days = np.bincount(distinct(key * width + (day - first)) // width, minlength=keys)
    return np.flatnonzero((number >= FEWEST_RUNS) & (days >= FEWEST_DAYS))
