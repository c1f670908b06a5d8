"""Which pairs are worth a close look: one pass over the happenings in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS, Instants
from ..evidence import Floats
from ..tables import Numbers
from .manners import LAGS_MS, MANNERS, NEXT
from .sampling import sampled, slack
from .stream import Stream

DAY_HOURS: Final = DAY_MS // HOUR_MS

SCREENED: Final = 1.5
"""Times the chance by the hour that a share must reach; the exact test asks for more."""

AT_ONCE: Final = 32
"""Causes looked at together, so that memory stays small in a large home."""

JOINED_AT_ONCE: Final = 20_000
"""Happenings after occasions looked at together: what a processor keeps at hand."""


def candidates(stream: Stream, floor: float) -> list[tuple[int, int]]:
    """Return the pairs of keys of which the second follows the first often enough.

    They must do so more often than the effect's rate by the hour explains. Of causes
    with many occasions a sample is asked (:mod:`.sampling`). Pairs left out here were
    tested and failed: they count as such.

    Args:
        stream: the happenings.
        floor: the share of a cause's occasions that must be followed in some manner.

    Returns:
        Ordered pairs of indices of keys, sorted.
    """
    found: list[tuple[int, int]] = []
    effects = _Effects.of(stream)
    covered = [_covered(stream, lag_ms)[effects.keys] for lag_ms in LAGS_MS]
    if not effects.keys.size:
        return found
    keys = np.flatnonzero(stream.causes)
    asked, sizes = _asked(stream)
    owner = np.searchsorted(keys, stream.window.key[asked])
    edges = np.searchsorted(owner, np.arange(keys.size + 1))
    for begin in range(0, keys.size, AT_ONCE):
        causes = keys[begin : begin + AT_ONCE]
        some = slice(edges[begin], edges[begin + causes.size])
        own, rows = owner[some] - begin, asked[some]
        counts = _counts(stream, effects, rows, own, causes.size)
        enough = np.array([floor - slack(size, floor) for size in sizes[causes]])
        enough *= np.maximum(np.bincount(own, minlength=causes.size), 1)
        enough = enough[:, None]
        hours = (
            np.bincount(
                own * DAY_HOURS + stream.offset[rows] // HOUR_MS,
                minlength=causes.size * DAY_HOURS,
            ).reshape(-1, DAY_HOURS)
            * 1.0
        )
        follows = (counts[NEXT] >= enough) & (not stream.automated)
        for manner in range(NEXT):
            often = counts[manner] >= enough
            a, b = np.nonzero(often & ~follows)
            chance = np.einsum("nh,nh->n", hours[a], covered[manner][b])
            follows[a, b] = counts[manner, a, b] >= SCREENED * chance
        found.extend(
            (int(causes[a]), int(effects.keys[b]))
            for a, b in np.argwhere(follows).tolist()
        )
    return found


def _asked(stream: Stream) -> tuple[NDArray[np.intp], Numbers]:
    """Return the occasions of all causes that are asked, and how many there are.

    Returns:
        Shape (n,), rows in their order; shape (keys,), all occasions of each key.
    """
    window = stream.window
    rows = np.flatnonzero(stream.has_occasion() & stream.causes[window.key])
    asked = sampled(window.instant[rows], window.key[rows])
    return rows[asked], np.bincount(window.key[rows], minlength=len(window.keys))


def _counts(
    stream: Stream,
    effects: _Effects,
    rows: NDArray[np.intp],
    owner: Numbers,
    causes: int,
) -> Numbers:
    """Return how often each effect followed in each manner.

    Args:
        stream: the happenings.
        effects: what may follow.
        rows: shape (m,), occasions of causes.
        owner: shape (m,), the number of each one's cause, ascending.
        causes: how many causes there are.

    Returns:
        Shape (manners, causes, effects).
    """
    shape = (causes, effects.keys.size)
    counts = np.zeros((MANNERS, *shape), np.int64)
    if not stream.automated:
        which, effect = _next(stream, rows)
        pairs = owner[which] * shape[1] + np.searchsorted(effects.keys, effect)
        counts[NEXT] = np.bincount(pairs, minlength=counts[NEXT].size).reshape(shape)
    counts[:NEXT] = effects.after(stream.window.instant[rows], owner, shape)
    return counts


def _covered(stream: Stream, lag_ms: int) -> Floats:
    """Return the share of each hour after which each effect would follow.

    Args:
        stream: the happenings.
        lag_ms: the longest lag; each happening counts in its own hour.

    Returns:
        Shape (keys, 24), hours since 04:00.
    """
    rows = np.flatnonzero(stream.caused & (stream.day >= 0))
    key, instant = stream.window.key[rows], stream.window.instant[rows]
    covered = instant - np.maximum(_previous(key, instant), instant - lag_ms)
    keys = len(stream.window.keys)
    sums = np.bincount(
        key * np.int64(DAY_HOURS) + stream.offset[rows] // HOUR_MS,
        covered,
        minlength=keys * DAY_HOURS,
    )
    days = max(int(stream.days.counted.sum()), 1)
    return sums.reshape(keys, DAY_HOURS) / (days * HOUR_MS)


@dataclass(frozen=True, slots=True, eq=False)
class _Effects:
    """The happenings that may follow something, in the order of time.

    Attributes:
        keys: shape (effects,), ascending indices of the keys that may.
        instant: shape (n,), ascending UTC milliseconds.
        key: shape (n,), places of their keys in ``keys``.
        previous: shape (n,), the place of the one at which the key happened before,
            -1 where it never did.
    """

    keys: NDArray[np.intp]
    instant: Instants
    key: NDArray[np.int32]
    previous: NDArray[np.int32]

    @classmethod
    def of(cls, stream: Stream) -> _Effects:
        """Return those of a stream."""
        window = stream.window
        rows = np.flatnonzero(stream.caused & stream.effects[window.key])
        order = np.argsort(window.instant[rows], kind="stable")
        place = np.empty(rows.size, np.int32)
        place[order] = np.arange(rows.size, dtype=np.int32)
        previous = np.full(rows.size, -1, np.int32)
        same = np.flatnonzero(window.key[rows[1:]] == window.key[rows[:-1]])
        previous[place[same + 1]] = place[same]
        rows = rows[order]
        keys = np.flatnonzero(stream.effects)
        key = np.searchsorted(keys, window.key[rows]).astype(np.int32)
        return cls(keys, window.instant[rows], key, previous)

    def after(self, start: Instants, owner: Numbers, shape: tuple[int, int]) -> Numbers:
        """Count how often each key follows within each of the lags.

        Args:
            start: shape (m,), UTC milliseconds of occasions.
            owner: shape (m,), whose occasion each is, ascending.
            shape: how many owners and how many effects there are.

        Returns:
            Shape (lags, owners, effects).
        """
        bounds = np.array([0, *LAGS_MS])[:, None] + start
        edges = np.searchsorted(self.instant, bounds, "right")
        # Those after an occasion lie in one piece, in parts by their lag.
        sizes = np.diff(edges, axis=0).T
        parts = owner[:, None] * len(LAGS_MS) + np.arange(len(LAGS_MS))
        counts = np.zeros((shape[0], len(LAGS_MS), shape[1]), np.int64)
        joined = np.cumsum(sizes.sum(axis=1)) // JOINED_AT_ONCE
        for piece in np.split(
            np.arange(start.size), np.flatnonzero(np.diff(joined)) + 1
        ):
            if not piece.size:
                continue
            first, size = edges[0, piece].astype(np.int32), sizes[piece]
            each = size.sum(axis=1)
            row = np.repeat(first - (np.cumsum(each) - each).astype(np.int32), each)
            row += np.arange(row.size, dtype=np.int32)
            # Of each key only the first one after an occasion follows it.
            new = self.previous.take(row, mode="clip") < np.repeat(first, each)
            # Occasions come by owner: only few owners have any in a piece.
            some = counts[owner[piece[0]] : owner[piece[-1]] + 1]
            part = parts[piece] - parts[piece[0], 0]
            pair = np.repeat((part * shape[1]).ravel(), size.ravel())
            pair += self.key.take(row, mode="clip")
            some += np.bincount(pair[new], minlength=some.size).reshape(some.shape)
        found: Numbers = np.cumsum(counts, axis=1).swapaxes(0, 1)
        return found


def _next(
    stream: Stream, rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Return the effects that begin next elsewhere, after some happenings.

    Returns:
        For each effect which happening it comes after, and its key.
    """
    among, window = stream.beginnings, stream.window
    until = stream.until_next(rows, among)
    which = np.flatnonzero(until > 0)
    when = window.instant[rows[which]] + until[which]
    first = np.searchsorted(among.instant, when, "left")
    last = np.searchsorted(among.instant, when, "right")
    # What begins at the same instant is next, too.
    at = np.repeat(first, last - first) + _counting(last - first)
    effect = window.key[among.rows[at]]
    follows = stream.effects[effect]
    return np.repeat(which, last - first)[follows], effect[follows]


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
