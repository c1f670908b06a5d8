"""Which pairs chance does not explain at a glance: all causes of an effect at once.

Of the pairs that follow often most do so by chance. What :class:`.links.Cause` would
find out about each of them by itself, is counted here for all that share an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import HOUR_MS
from ..evidence import Floats
from ..tables import Numbers
from .crossday import Bits, by_chance
from .links import EFFECT_FLOOR, MIN_LIFT
from .manners import LAGS_MS, NEXT, followed
from .stream import Stream

_LONGEST_FIRST: Final = tuple(reversed(range(len(LAGS_MS))))


def beyond_chance(stream: Stream, pairs: Numbers) -> NDArray[np.bool_]:
    """Tell which pairs follow by more than twice chance in a lag, or often come next.

    All others have no links (:meth:`.links.Cause.links`).

    Args:
        stream: the happenings.
        pairs: shape (n, 2), keys of causes and of effects.

    Returns:
        Shape (n,).
    """
    beyond = np.zeros(len(pairs), bool)
    order = np.argsort(pairs[:, 1], kind="stable")
    cause, effect = pairs[order].T
    edges = np.flatnonzero(np.diff(effect)) + 1
    rows = np.flatnonzero(stream.has_occasion())
    places = np.searchsorted(rows, stream.window.key_edges)
    for those in np.split(np.arange(order.size), edges) if order.size else ():
        own = [rows[places[key] : places[key + 1]] for key in cause[those].tolist()]
        some = _Pairs.of(stream, int(effect[those[0]]), own)
        beyond[order[those]] = some.beyond_chance()
    return beyond


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Some causes of an effect.

    Attributes:
        stream: the happenings.
        effect: the key that follows.
        number: shape (pairs,), the place of each among those asked for.
        sizes: shape (pairs,), how many occasions each has, at least one.
        rows: shape (n,), the occasions, pair after pair.
        lags: shape (n,), milliseconds to the effect, -1 where it never follows.
    """

    stream: Stream
    effect: int
    number: NDArray[np.intp]
    sizes: Numbers
    rows: NDArray[np.intp]
    lags: Numbers

    @classmethod
    def of(cls, stream: Stream, effect: int, own: list[NDArray[np.intp]]) -> _Pairs:
        """Return them for the occasions of each cause."""
        sizes = np.array([rows.size for rows in own])
        rows = np.concatenate(own)
        lags = stream.lags(rows, effect)
        return cls(stream, effect, np.arange(sizes.size), sizes, rows, lags)

    def beyond_chance(self) -> NDArray[np.bool_]:
        """Tell which follow by more than chance, shape (pairs,)."""
        beyond = np.zeros(self.sizes.size, bool)
        if self.stream.manners(self.effect) > NEXT:
            until = self.stream.until_other[self.rows]
            beyond |= self.often(self.sums(followed(self.lags, NEXT, until)))
        left = self.take(~beyond)
        # What does not follow often enough in a lag, does not in a shorter one.
        for manner in _LONGEST_FIRST:
            count = left.sums(followed(left.lags, manner))
            often = left.often(count)
            left, count = left.take(often), count[often]
            if not left.number.size:
                break
            more = count >= MIN_LIFT * left.chance(count, manner) * left.sizes
            beyond[left.number[more]] = True
            left = left.take(~more)
        return beyond

    def chance(self, count: Numbers, manner: int) -> Floats:
        """Return the share of each one's occasions that would be followed by chance."""
        stream = self.stream
        offset = stream.offset[self.rows]
        known = stream.days.available(stream.window.keys[self.effect].entity_id)
        compared = stream.days.alike[stream.day[self.rows]] & known[offset // HOUR_MS]
        would: Bits = stream.mask(-1, self.effect, manner).at(offset) & compared
        hits, others = map(
            self.sums, (np.bitwise_count(would), np.bitwise_count(compared))
        )
        return by_chance(count, hits, self.sizes, others)

    def often(self, count: Numbers) -> NDArray[np.bool_]:
        """Tell for which a count is enough to be noticed, shape (pairs,)."""
        return count >= EFFECT_FLOOR * self.sizes

    def sums(self, values: NDArray[np.bool_] | NDArray[np.uint8]) -> Numbers:
        """Return the sum of each pair's values, shape (pairs,)."""
        if not self.sizes.size:
            return np.zeros(0, np.int64)
        starts = np.cumsum(self.sizes) - self.sizes
        found: Numbers = np.add.reduceat(values, starts, dtype=np.int64)
        return found

    def take(self, which: NDArray[np.bool_]) -> _Pairs:
        """Return some of them."""
        if which.all():
            return self
        some = np.repeat(which, self.sizes)
        return _Pairs(
            self.stream,
            self.effect,
            self.number[which],
            self.sizes[which],
            self.rows[some],
            self.lags[some],
        )
