"""Which pairs are worth a close look: one pass over the happenings in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MS, HOUR_MS, Instants
from .evidence import Floats
from .manners import LAGS_MS, MANNERS, NEXT
from .stream import Stream
from .tables import Numbers

DAY_HOURS: Final = DAY_MS // HOUR_MS

SAMPLE: Final = 128
"""Occasions of a cause that are looked at, evenly spread: enough to tell 3 in 10."""

SCREENED: Final = 1.5
"""Times the chance by the hour that a share must reach; the exact test asks for more."""

AT_ONCE: Final = 65_536
"""Occasions joined at once, so that memory stays small in a busy home."""


def candidates(stream: Stream, floor: float) -> list[tuple[int, int]]:
    """Return the pairs of keys of which the second follows the first often enough.

    They must do so more often than the effect's rate by the hour explains. Of causes
    with many occasions a sample is asked, and two standard errors less are enough
    then. Pairs left out here were tested and failed: they count as such.

    Args:
        stream: the happenings.
        floor: the share of a cause's occasions that must be followed in some manner.

    Returns:
        Ordered pairs of indices of keys, sorted.
    """
    keys = len(stream.window.keys)
    counts = np.zeros((MANNERS, keys, keys), np.int64)
    sizes, enough = np.ones(keys), np.full(keys, floor)
    hours = np.zeros((keys, DAY_HOURS))
    sampled = [np.zeros(0, np.intp)]
    for cause in np.flatnonzero(stream.causes).tolist():
        rows = stream.occasions(cause)
        if rows.size > SAMPLE:
            rows = rows[np.arange(SAMPLE) * rows.size // SAMPLE]
            enough[cause] -= 2 * np.sqrt(floor * (1 - floor) / SAMPLE)
        sizes[cause] = max(rows.size, 1)
        hours[cause] = np.bincount(stream.offset[rows] // HOUR_MS, minlength=DAY_HOURS)
        sampled.append(rows)
        effects = _next(stream, rows)
        counts[NEXT, cause] = np.bincount(effects, minlength=keys)
    for pair, lag in _joined(stream, np.concatenate(sampled)):
        for manner in range(NEXT):
            hits = pair[lag <= LAGS_MS[manner]]
            counts[manner] += np.bincount(hits, minlength=keys**2).reshape(keys, keys)
    found = counts[NEXT] >= (enough * sizes)[:, None]
    for manner in range(NEXT):
        chance = hours @ _covered(stream, LAGS_MS[manner]).T
        found |= counts[manner] >= np.maximum(
            (enough * sizes)[:, None], SCREENED * chance
        )
    return [(int(a), int(b)) for a, b in np.argwhere(found)]


def _covered(stream: Stream, lag_ms: int) -> Floats:
    """Return the share of each hour after which each effect would follow.

    Args:
        stream: the happenings.
        lag_ms: the longest lag; each happening counts in its own hour.

    Returns:
        Shape (keys, 24), hours since 04:00.
    """
    rows = np.flatnonzero(stream.by_hand & (stream.day >= 0))
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


def _next(stream: Stream, rows: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return the effects that begin next elsewhere, after each of a cause's rows."""
    among, window = stream.beginnings, stream.window
    until = stream.until_next(rows, among)
    when = window.instant[rows[until > 0]] + until[until > 0]
    first = np.searchsorted(among.instant, when, "left")
    last = np.searchsorted(among.instant, when, "right")
    # What begins at the same instant is next, too.
    at = np.repeat(first, last - first) + _counting(last - first)
    effect = window.key[among.rows[at]]
    found: NDArray[np.int32] = effect[stream.effects[effect]]
    return found


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
