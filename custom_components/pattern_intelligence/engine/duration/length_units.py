"""The states of which it can be asked how long they usually last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import MINUTE_MS, SECOND_MS
from ..happenings import BOUT_GAP_MS
from ..presence import waking_days
from ..runs import Runs, flickers
from ..tables import Numbers
from ..window import Key, Window
from .lengths import CLUSTER, FEWEST_DAYS, NEAR, Lengths

SHORTEST_MS: Final = MINUTE_MS
"""What is over sooner is a move of the hand, not a time that is spent."""

_LEAST_MS: Final = 1.0
_APART: Final = 100.0
"""More than any logarithm of seconds: keeps the lengths of keys apart in one list."""


def shortest_ms(key: Key) -> int:
    """Return how long a state has to last to be worth telling, in milliseconds.

    A bout of movement is known to end no better than by its quiet minutes.
    """
    return BOUT_GAP_MS if flickers(key.entity_id, key.state) else SHORTEST_MS


@dataclass(frozen=True, eq=False)
class LengthUnit:
    """The runs of a state.

    Attributes:
        key: whose.
        rows: shape (n,), completed runs by their length, rows in the window's.
        lengths: theirs, and those of which the end was not seen.
    """

    key: Key
    rows: NDArray[np.intp]
    lengths: Lengths


@dataclass(frozen=True, eq=False)
class LengthUnits:
    """What is searched for usual lengths.

    Attributes:
        runs: the window's.
        days: shape (keys,), on how many days a run of each key was completed.
        rows: shape (n,), completed runs by key and length, rows in ``runs``.
        log: shape (runs,), natural logarithm of seconds.
        day: shape (runs,), number of the waking day of the begin.
    """

    runs: Runs
    days: Numbers
    rows: NDArray[np.intp]
    log: NDArray[np.float64]
    day: Numbers

    @classmethod
    def of(cls, window: Window) -> LengthUnits:
        """Return the states of a window."""
        runs = window.runs
        log = np.log(np.maximum(runs.end - runs.begin, _LEAST_MS) / SECOND_MS)
        day = waking_days(window.civil.wall(runs.begin))
        done = np.flatnonzero(runs.begun & runs.ended)
        key = runs.key[done]
        news = np.ones(done.size, bool)
        news[1:] = (key[1:] != key[:-1]) | (day[done[1:]] != day[done[:-1]])
        days = np.bincount(key[news], minlength=len(runs.keys))
        return cls(runs, days, done[np.lexsort((log[done], key))], log, day)

    @property
    def size(self) -> int:
        """Return how many states could be tested."""
        return int((self.days >= FEWEST_DAYS).sum())

    def promising(self) -> Iterator[LengthUnit]:
        """Yield the states of which some runs lie closer together than the others.

        That is, somewhere half of those that are within ``CLUSTER`` are ``NEAR``, and
        long enough to be told.
        """
        key, log = self.runs.key[self.rows], self.log[self.rows]
        place = key * _APART + log
        shortest = np.array([shortest_ms(own) for own in self.runs.keys], np.float64)
        told_from = np.log(shortest / SECOND_MS) - CLUSTER
        near, around = (
            np.searchsorted(place, place + reach, "right")
            - np.searchsorted(place, place - reach)
            for reach in (NEAR, CLUSTER)
        )
        peaks = (near >= FEWEST_DAYS) & (2 * near >= around) & (log >= told_from[key])
        peaked = np.bincount(key[peaks], minlength=self.days.size) > 0
        edges = np.searchsorted(key, np.arange(self.days.size + 1))
        for at in np.flatnonzero(peaked & (self.days >= FEWEST_DAYS)).tolist():
            own = self.runs.of_key(at)
            cut = own.start + np.flatnonzero(
                self.runs.begun[own] & ~self.runs.ended[own]
            )
            rows = self.rows[edges[at] : edges[at + 1]]
            lengths = Lengths(self.log[rows], self.day[rows], np.sort(self.log[cut]))
            yield LengthUnit(self.runs.keys[at], rows, lengths)
