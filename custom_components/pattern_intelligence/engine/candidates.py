"""Which pairs are worth a close look: one pass over the happenings in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import Instants
from .evidence import Floats
from .stream import LAGS_MS, MANNERS, NEXT, Stream
from .tables import Numbers

SAMPLE: Final = 128
"""Occasions of a cause that are looked at, evenly spread: enough to tell 3 in 10."""

AT_ONCE: Final = 65_536
"""Occasions joined at once, so that memory stays small in a busy home."""


def candidates(stream: Stream, floor: float) -> list[tuple[int, int]]:
    """Return the pairs of keys of which the second follows the first often enough.

    Of causes with many occasions a sample is asked, and two standard errors less is
    enough then. Pairs left out here were tested and failed: they count as such.

    Args:
        stream: the happenings.
        floor: the share of a cause's occasions that must be followed in some manner.

    Returns:
        Ordered pairs of indices of keys, sorted.
    """
    keys = len(stream.window.keys)
    counts = np.zeros((MANNERS, keys * keys), np.int64)
    sizes, enough = np.ones(keys), np.full(keys, floor)
    sampled = []
    for cause in np.flatnonzero(stream.causes).tolist():
        rows = stream.occasions(cause)
        if rows.size > SAMPLE:
            rows = rows[np.arange(SAMPLE) * rows.size // SAMPLE]
            enough[cause] -= 2 * np.sqrt(floor * (1 - floor) / SAMPLE)
        sizes[cause] = max(rows.size, 1)
        sampled.append(rows)
        pairs = _next_pairs(stream, cause, rows)
        counts[NEXT] += np.bincount(pairs, minlength=keys * keys) if pairs.size else 0
    occasions = np.concatenate(sampled or [np.zeros(0, np.intp)])
    for pair, lag in _joined(stream, occasions):
        for manner in range(NEXT):
            hits = pair[lag <= LAGS_MS[manner]]
            counts[manner] += np.bincount(hits, minlength=keys * keys)
    shares: Floats = counts.max(axis=0).reshape(keys, keys) / sizes[:, None]
    return [(int(a), int(b)) for a, b in np.argwhere(shares >= enough[:, None])]


def _joined(
    stream: Stream, occasions: NDArray[np.intp]
) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the pairs of occasions with the effects' first happenings after them.

    Args:
        stream: the happenings.
        occasions: rows of causes.

    Yields:
        Numbers of pairs (cause times keys plus effect), and lags up to the longest.
    """
    window = stream.window
    keys = len(window.keys)
    effect = np.flatnonzero(stream.by_hand & stream.effects[window.key])
    previous = _previous(window.key[effect], window.instant[effect])
    order = np.argsort(window.instant[effect], kind="stable")
    effect, previous = effect[order], previous[order]
    at, key = window.instant[effect], window.key[effect].astype(np.int64)
    for some in np.array_split(occasions, 1 + occasions.size // AT_ONCE):
        start = window.instant[some]
        first = np.searchsorted(at, start, "right")
        sizes = np.searchsorted(at, start + LAGS_MS[-1], "right") - first
        which = np.repeat(np.arange(some.size), sizes)
        row = np.arange(which.size) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        new = previous[row] <= start[which]
        which, row = which[new], row[new]
        cause = window.key[some[which]].astype(np.int64)
        yield cause * keys + key[row], at[row] - start[which]


def _next_pairs(stream: Stream, cause: int, rows: NDArray[np.intp]) -> Numbers:
    """Return the pairs that a cause makes with what begins next elsewhere."""
    among = stream.beginnings
    until = stream.until_next(rows, among)
    window = stream.window
    when = window.instant[rows[until > 0]] + until[until > 0]
    first = np.searchsorted(among.instant, when, "left")
    last = np.searchsorted(among.instant, when, "right")
    # What begins at the same instant is next, too.
    at = np.repeat(first, last - first) + _counting(last - first)
    effect = window.key[among.rows[at]].astype(np.int64)
    pairs: Numbers = cause * len(window.keys) + effect[stream.effects[effect]]
    return pairs


def _counting(sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return 0 to size - 1 for each size, one after the other."""
    found: NDArray[np.intp] = np.arange(sizes.sum()) - np.repeat(
        np.cumsum(sizes) - sizes, sizes
    )
    return found


def _previous(key: NDArray[np.int32], instant: Instants) -> Instants:
    """Return when each happening's key happened before, far back if it never did."""
    found = np.full(instant.size, np.iinfo(np.int64).min)
    same = key[1:] == key[:-1]
    found[1:][same] = instant[:-1][same]
    return found
