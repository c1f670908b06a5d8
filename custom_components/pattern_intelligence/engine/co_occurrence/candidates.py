"""Which pairs are worth a close look: those that follow more often than by the hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import distinct
from ..civil import DAY_MS, HOUR_MS, Instants
from ..evidence import Floats
from ..tables import Numbers
from .manners import LAGS_MS
from .sampling import sampled, slack
from .stream import Stream
from .sweep import Asked

DAY_HOURS: Final = DAY_MS // HOUR_MS

SCREENED: Final = 1.5
"""Times the chance by the hour that a share must reach; the exact test asks for more."""


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """The occasions of causes that are asked: of many a sample (:mod:`.sampling`).

    Attributes:
        keys: shape (causes,), ascending indices of the keys that may lead.
        sizes: shape (causes,), how many occasions each has, asked or not.
        rows: shape (n,), rows of the occasions that are asked, ascending.
        owner: shape (n,), places of their causes in ``keys``.
        asked: the same in the order of time.
    """

    keys: NDArray[np.intp]
    sizes: Numbers
    rows: NDArray[np.intp]
    owner: Numbers
    asked: Asked

    @classmethod
    def of(cls, stream: Stream) -> Asking:
        """Return those of a stream, the same whatever its effects are."""
        window = stream.window
        keys = np.flatnonzero(stream.causes)
        rows = np.flatnonzero(stream.has_occasion() & stream.causes[window.key])
        sizes = np.bincount(window.key[rows], minlength=len(window.keys))[keys]
        rows = rows[sampled(window.instant[rows], window.key[rows])]
        owner = np.searchsorted(keys, window.key[rows])
        asked = Asked.of(window.instant[rows], owner, keys.size)
        return cls(keys, sizes, rows, owner, asked)

    def least(self, floor: float) -> Numbers:
        """Return how many of those asked must be followed, shape (causes,)."""
        share = np.array([floor - slack(size, floor) for size in self.sizes.tolist()])
        count = np.bincount(self.owner, minlength=self.keys.size)
        least: Numbers = np.ceil(share * np.maximum(count, 1)).astype(np.int64)
        return least

    def by_hour(self, stream: Stream) -> Floats:
        """Return how many were asked in each hour since 04:00, shape (causes, 24)."""
        hour = self.owner * DAY_HOURS + stream.offset[self.rows] // HOUR_MS
        count = np.bincount(hour, minlength=self.keys.size * DAY_HOURS)
        by_hour: Floats = count.reshape(-1, DAY_HOURS).astype(np.float64)
        return by_hour


def candidates(
    stream: Stream,
    floor: float,
    among: NDArray[np.bool_],
    asking: Asking | None = None,
) -> Numbers:
    """Return the pairs of keys of which the second follows the first often enough.

    They must do so more often than the effect's rate by the hour explains. Pairs left
    out here were tested and failed: they count as such.

    Args:
        stream: the happenings.
        floor: the share of a cause's occasions that must be followed in some manner.
        among: shape (keys,), which keys may be the second of any pair.
        asking: the occasions asked, where they are known.

    Returns:
        Shape (pairs, 2), indices of keys, sorted.
    """
    effects = _Effects.of(stream, among & stream.effects)
    if not effects.keys.size:
        return np.zeros((0, 2), np.int64)
    asking = asking or Asking.of(stream)
    least = asking.least(floor)
    hours = asking.by_hour(stream)
    lags = sorted(LAGS_MS, reverse=True)
    covered = [by_key[effects.keys] for by_key in _covered(stream, lags)]
    begins, end = effects.followed(asking.asked, lags)
    follows = [_next_ones(stream, asking, least, effects)]
    for lag, cause, effect, count in asking.asked.often(
        begins, end, effects.key, least
    ):
        chance = np.einsum("nh,nh->n", hours[cause], covered[lag][effect])
        more = count >= SCREENED * chance
        follows.append((cause[more], effect[more]))
    cause, effect = map(np.concatenate, zip(*follows, strict=True))
    size = len(stream.window.keys)
    pairs = distinct(asking.keys[cause] * size + effects.keys[effect])
    return np.stack(np.divmod(pairs, size), axis=1)


def _next_ones(
    stream: Stream, asking: Asking, least: Numbers, effects: _Effects
) -> tuple[Numbers, Numbers]:
    """Return the causes of which an effect is often the next to begin elsewhere."""
    if stream.automated:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    which, effect = _next(stream, asking.rows)
    known = effects.number[effect] >= 0
    which, effect = which[known], effect[known]
    pairs = asking.owner[which] * effects.keys.size + effects.number[effect]
    found, count = np.unique(pairs, return_counts=True)
    cause, second = np.divmod(found, effects.keys.size)
    often = count >= least[cause]
    return cause[often], second[often]


def _covered(stream: Stream, lags_ms: Sequence[int]) -> Iterator[Floats]:
    """Yield the share of each hour after which each effect would follow, lag by lag.

    Args:
        stream: the happenings.
        lags_ms: the longest lags; each happening counts in its own hour.

    Yields:
        Shape (keys, 24), hours since 04:00.
    """
    rows = np.flatnonzero(stream.caused & (stream.day >= 0))
    key, instant = stream.window.key[rows], stream.window.instant[rows]
    since = instant - np.maximum(_previous(key, instant), instant - max(lags_ms))
    keys = len(stream.window.keys)
    hour = key * np.int64(DAY_HOURS) + stream.offset[rows] // HOUR_MS
    days = max(int(stream.days.counted.sum()), 1)
    for lag_ms in lags_ms:
        sums = np.bincount(hour, np.minimum(since, lag_ms), minlength=keys * DAY_HOURS)
        yield sums.reshape(keys, DAY_HOURS) / (days * HOUR_MS)


@dataclass(frozen=True, slots=True, eq=False)
class _Effects:
    """The happenings that may follow something, by key, then by instant.

    Attributes:
        keys: shape (effects,), indices of the keys that may, the most frequent first.
        number: shape (keys of the window,), the place of each in ``keys``,
            -1 where it is not there.
        instant: shape (n,), UTC milliseconds.
        key: shape (n,), places of their keys in ``keys``, ascending.
    """

    keys: NDArray[np.intp]
    number: Numbers
    instant: Instants
    key: Numbers

    @classmethod
    def of(cls, stream: Stream, among: NDArray[np.bool_]) -> _Effects:
        """Return those of a stream that are of some keys, shape (keys,)."""
        window = stream.window
        rows = np.flatnonzero(stream.caused & among[window.key])
        often = np.bincount(window.key[rows], minlength=len(window.keys))
        keys = np.flatnonzero(among)
        keys = keys[np.argsort(-often[keys], kind="stable")]
        number = np.full(len(window.keys), -1)
        number[keys] = np.arange(keys.size)
        rows = rows[np.argsort(number[window.key[rows]], kind="stable")]
        return cls(keys, number, window.instant[rows], number[window.key[rows]])

    def followed(
        self, asked: Asked, lags_ms: Sequence[int]
    ) -> tuple[list[NDArray[np.intp]], NDArray[np.intp]]:
        """Return which occasions each happening is the first of its key to follow.

        Args:
            asked: the occasions.
            lags_ms: how soon it has to.

        Returns:
            For each lag the place of the first one, shape (n,), and the place behind
            the last.
        """
        # In the order of time each look-up begins where the last one ended.
        order = np.argsort(self.instant, kind="stable")
        instant = self.instant[order]
        place = np.empty(order.size, np.intp)
        place[order] = np.arange(order.size)
        end = asked.places(instant)[place]
        # After what happened before, that is what follows first.
        free = np.where(np.diff(self.key, prepend=-1) > 0, 0, np.roll(end, 1))
        return [
            np.maximum(free, asked.places(instant - lag_ms)[place])
            for lag_ms in lags_ms
        ], end


def _next(
    stream: Stream, rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Return what begins next elsewhere, after some happenings.

    Returns:
        For each which happening it comes after, and its key.
    """
    among, window = stream.beginnings, stream.window
    until = stream.until_other[rows]
    which = np.flatnonzero(until > 0)
    when = window.instant[rows[which]] + until[which]
    first = np.searchsorted(among.instant, when)
    last = _behind(among.instant)[first]
    # What begins at the same instant is next, too.
    at = np.repeat(first, last - first) + _counting(last - first)
    return np.repeat(which, last - first), window.key[among.rows[at]]


def _behind(instants: Instants) -> NDArray[np.intp]:
    """Return the place behind all that are at the same instant, of each in order."""
    ends = np.flatnonzero(np.diff(instants, append=np.iinfo(np.int64).max)) + 1
    return np.repeat(ends, np.diff(ends, prepend=0))


def _counting(sizes: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return 0 to size - 1 for each size, one after the other."""
    before = (np.cumsum(sizes) - sizes).astype(np.int32)
    counted = np.arange(sizes.sum(), dtype=np.int32)
    found: NDArray[np.int32] = counted - np.repeat(before, sizes)
    return found


def _previous(key: NDArray[np.int32], instant: Instants) -> Instants:
    """Return when each happening's key happened before, far back if it never did."""
    found = np.full(instant.size, np.iinfo(np.int64).min)
    same = key[1:] == key[:-1]
    found[1:][same] = instant[:-1][same]
    return found
