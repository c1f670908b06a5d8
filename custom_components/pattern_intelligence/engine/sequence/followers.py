"""What happens after what: the later steps of chains, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
from ..co_occurrence.edge import AT_ONCE_MS
from ..co_occurrence.manners import LAGS_MS
from ..co_occurrence.sampling import sampled, slack
from .episodes import Rows
from .steps import Alphabet

AT_ONCE: Final = 64
"""First steps looked at together, so that memory stays small in a large home."""


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

    def often_after(
        self, occasions: Sequence[Rows], instants: Instants, floor: float
    ) -> list[list[int]]:
        """Return which keys follow each of some steps often enough.

        Of steps with many happenings a sample is asked
        (:mod:`..co_occurrence.sampling`). Those left out were tested and failed: they
        count as such.

        Args:
            occasions: for each of m steps the rows of its happenings.
            instants: of all rows of the window.
            floor: the share of its happenings that a key must follow.

        Returns:
            For each step the keys, ascending.
        """
        found: list[list[int]] = []
        keys = int(self.key.max(initial=-1)) + 1
        for some in batched(occasions, AT_ONCE, strict=False):
            start = instants[np.concatenate(some)]
            owner = np.repeat(np.arange(len(some)), [own.size for own in some])
            asked = sampled(start, owner)
            start, owner = start[asked], owner[asked]
            which, at = self.after(start)
            pair = owner[which] * keys + self.key[at]
            counts = np.bincount(pair, minlength=len(some) * keys)
            sizes = np.bincount(owner, minlength=len(some)).tolist()
            for rows, size, count in zip(
                some, sizes, counts.reshape(len(some), keys), strict=True
            ):
                enough = floor - slack(rows.size, floor)
                found.append(np.flatnonzero(count >= max(enough * size, 1)).tolist())
        return found

    def next(self, rows: Rows, key: int, instants: Instants) -> Rows:
        """Return the row of a key's first happening after each step, if it is in time.

        Args:
            rows: shape (n,), of the step before, -1 where there was none.
            key: the key that follows.
            instants: of all rows of the window.

        Returns:
            Shape (n,), -1 where it does not follow.
        """
        own = self._by_key[key]
        at = np.searchsorted(instants[own], instants[rows], "right")
        after = own[np.minimum(at, own.size - 1)]
        lag = instants[after] - instants[rows]
        near = (rows >= 0) & (lag > AT_ONCE_MS) & (lag <= LAGS_MS[-1])
        return np.where(near, after, -1)

    @cached_property
    def _by_key(self) -> dict[int, Rows]:
        """Return the rows of each key, ascending."""
        rows = np.sort(self.rows)
        keys, begins = np.unique(self.key[np.argsort(self.rows)], return_index=True)
        parts = np.split(rows, begins[1:])
        return dict(zip(keys.tolist(), parts, strict=True))
