"""What happens after what: the later steps of chains, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
from ..co_occurrence.edge import AT_ONCE_MS
from ..co_occurrence.manners import LAGS_MS
from ..co_occurrence.sampling import SAMPLE, sampled, slack
from ..co_occurrence.sweep import Asked
from ..tables import Numbers
from .episodes import Rows
from .steps import Alphabet


@dataclass(frozen=True, slots=True, eq=False)
class Often:
    """Which keys follow a step often enough, ascending.

    Attributes:
        keys: shape (n,).
        count: shape (n,), how many of its happenings they follow in time.
        soon: shape (n,), whether often enough in the next shorter lag, too.
    """

    keys: Numbers
    count: Numbers
    soon: NDArray[np.bool_]

    def take(self, which: NDArray[np.bool_] | slice) -> Often:
        """Return some of them."""
        return Often(self.keys[which], self.count[which], self.soon[which])


_NOTHING: Final = Often(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool))


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
    _known: dict[int, Instants] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, alphabet: Alphabet) -> Followers:
        """Return those of an alphabet."""
        stream, window = alphabet.stream, alphabet.stream.window
        steps = stream.by_hand & alphabet.follows[window.key] & ~alphabet.ends
        rows = np.flatnonzero(steps)
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
        begun = start[which]
        # What happens at once is the same step seen twice.
        new = (self.previous[at] <= begun) & (self.instant[at] > begun + AT_ONCE_MS)
        return which[new], at[new]

    def often_after(self, rows: Rows, instants: Instants, floor: float) -> list[int]:
        """Return which keys follow a step often enough, ascending.

        Of a step with many happenings a sample is asked
        (:mod:`..co_occurrence.sampling`). Those left out were tested and failed: they
        count as such.

        Args:
            rows: of its happenings.
            instants: of all rows of the window.
            floor: the share of its happenings that a key must follow.
        """
        start = instants[rows]
        start = start[sampled(start, np.zeros(start.size, np.int64))]
        counts = np.bincount(self.key[self.after(start)[1]])
        least = _least(np.array([rows.size]), np.array([start.size]), floor)
        often: list[int] = np.flatnonzero(counts >= least).tolist()
        return often

    def often_after_each(
        self, occasions: Sequence[Rows], instants: Instants, floor: float
    ) -> list[Often]:
        """Return the same for each of many steps, all at once, and how often.

        Args:
            occasions: for each of m steps the rows of its happenings.
            instants: of all rows of the window.
            floor: the share of its happenings that a key must follow.
        """
        if not occasions:
            return []
        sizes = np.array([rows.size for rows in occasions])
        start = instants[np.concatenate(occasions)]
        step = np.repeat(np.arange(sizes.size), sizes)
        some = sampled(start, step)
        asked = np.bincount(step[some], minlength=sizes.size)
        return self._swept(start[some], step[some], _least(sizes, asked, floor))

    def counted(
        self,
        occasions: Sequence[Rows],
        instants: Instants,
        floor: float,
        found: Sequence[Often],
    ) -> list[Often]:
        """Return what of that follows often enough when all happenings are asked.

        Args:
            occasions: for each of m steps the rows of its happenings.
            instants: of all rows of the window.
            floor: the share of its happenings that a key must follow.
            found: for each step what a sample says.
        """
        sizes = np.array([rows.size for rows in occasions])
        every = np.concatenate(occasions)
        step = np.repeat(np.arange(sizes.size), sizes)
        sample = (sizes > SAMPLE)[step]
        least = np.ceil(floor * sizes).astype(np.int64)
        full = self._swept(instants[every[sample]], step[sample], least)
        return [
            own.take(np.isin(own.keys, some.keys)) if size > SAMPLE else some
            for size, own, some in zip(sizes.tolist(), full, found, strict=True)
        ]

    def _swept(self, start: Instants, step: Numbers, least: Numbers) -> list[Often]:
        """Return what follows at least so many of some instants, for each of m steps.

        Args:
            start: shape (n,), UTC milliseconds.
            step: shape (n,), the number of each one's step, ascending.
            least: shape (m,), from 1 on.
        """
        asked = Asked.of(start, step, least.size)
        # Those that happen about as often are looked at together.
        keys = np.argsort(-np.bincount(self.key), kind="stable")
        number = np.argsort(keys)[self.key]
        by_key = np.argsort(number, kind="stable")
        begins = [
            np.maximum(self.previous, self.instant - lag_ms)
            for lag_ms in (LAGS_MS[-1], LAGS_MS[-2])
        ]
        # What happens at once is the same step seen twice.
        end = np.maximum(self.instant - AT_ONCE_MS, begins[-1])
        pairs: tuple[list[Numbers], list[Numbers]] = [], []
        counts: list[Numbers] = []
        for sense, owner, place, count in asked.often(
            [asked.places(begin)[by_key] for begin in begins],
            asked.places(end)[by_key],
            number[by_key],
            least,
        ):
            pairs[sense].append(owner * keys.size + keys[place])
            if not sense:
                counts.append(count)
        if not counts:
            return [_NOTHING] * least.size
        pair, count = np.concatenate(pairs[0]), np.concatenate(counts)
        order = np.argsort(pair)
        pair, count = pair[order], count[order]
        soon = np.isin(pair, np.concatenate([np.zeros(0, np.int64), *pairs[1]]))
        owner, key = np.divmod(pair, keys.size)
        every = Often(key, count, soon)
        edges = np.searchsorted(owner, np.arange(least.size + 1)).tolist()
        return [every.take(slice(*edge)) for edge in pairwise(edges)]

    def lags(self, start: Instants, key: int, instants: Instants) -> Numbers:
        """Return how long after each step a key happens first, 0 where it never does.

        Args:
            start: shape (n,), UTC milliseconds.
            key: the key that follows.
            instants: of all rows of the window.
        """
        own = self._instants_of(key, instants)
        lags: Numbers = (
            own.take(np.searchsorted(own, start, "right"), mode="clip") - start
        )
        return np.maximum(lags, 0)

    def next(self, rows: Rows, key: int, instants: Instants) -> Rows:
        """Return the row of a key's first happening after each step, -1 for none.

        Args:
            rows: shape (n,), of the step before.
            key: the key that follows.
            instants: of all rows of the window.
        """
        own = self._by_key[key]
        at = np.searchsorted(instants[own], instants[rows], "right")
        return np.where(at < own.size, own[np.minimum(at, own.size - 1)], -1)

    def _instants_of(self, key: int, instants: Instants) -> Instants:
        if (found := self._known.get(key)) is None:
            found = self._known[key] = instants[self._by_key[key]]
        return found

    @cached_property
    def _by_key(self) -> dict[int, Rows]:
        """Return the rows of each key, ascending."""
        rows = np.sort(self.rows)
        keys, begins = np.unique(self.key[np.argsort(self.rows)], return_index=True)
        parts = np.split(rows, begins[1:])
        return dict(zip(keys.tolist(), parts, strict=True))


def _least(sizes: Numbers, asked: Numbers, floor: float) -> Numbers:
    """Return how many of a sample must be followed, at the least one.

    Args:
        sizes: shape (n,), how many happenings there are.
        asked: shape (n,), how many of them are asked.
        floor: the share of its happenings that a key must follow.
    """
    share = np.array([floor - slack(size, floor) for size in sizes.tolist()])
    least: Numbers = np.ceil(np.maximum(share * asked, 1)).astype(np.int64)
    return least
