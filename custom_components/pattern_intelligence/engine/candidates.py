"""Which pairs are worth a close look: one pass over the happenings in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched
import math
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

AT_ONCE: Final = 32
"""Causes looked at together, so that memory stays small in a large home."""


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
    found: list[tuple[int, int]] = []
    effects = _Effects.of(stream)
    covered = [_covered(stream, lag_ms) for lag_ms in LAGS_MS]
    for causes in batched(
        np.flatnonzero(stream.causes).tolist(), AT_ONCE, strict=False
    ):
        rows = [stream.occasions(cause) for cause in causes]
        sampled = [_sample(own) for own in rows]
        counts = _counts(stream, effects, sampled)
        enough = np.array([floor - _slack(own, floor) for own in rows])
        enough = (enough * [max(own.size, 1) for own in sampled])[:, None]
        hours = np.array(
            [
                np.bincount(stream.offset[own] // HOUR_MS, minlength=DAY_HOURS)
                for own in sampled
            ],
            np.float64,
        )
        follows = counts[NEXT] >= enough
        for manner in range(NEXT):
            chance = hours @ covered[manner].T
            follows |= counts[manner] >= np.maximum(enough, SCREENED * chance)
        found.extend((causes[a], int(b)) for a, b in np.argwhere(follows))
    return found


def _sample(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    if rows.size <= SAMPLE:
        return rows
    sampled: NDArray[np.intp] = rows[np.arange(SAMPLE) * rows.size // SAMPLE]
    return sampled


def _slack(rows: NDArray[np.intp], floor: float) -> float:
    """Return two standard errors of a share that a sample tells, if it is one."""
    return 2 * math.sqrt(floor * (1 - floor) / SAMPLE) if rows.size > SAMPLE else 0.0


def _counts(
    stream: Stream, effects: _Effects, sampled: Sequence[NDArray[np.intp]]
) -> Numbers:
    """Return how often each effect followed in each manner.

    Args:
        stream: the happenings.
        effects: what may follow.
        sampled: rows of each of n causes.

    Returns:
        Shape (manners, n, keys).
    """
    keys = len(stream.window.keys)
    counts = np.zeros((MANNERS, len(sampled), keys), np.int64)
    for place, rows in enumerate(sampled):
        counts[NEXT, place] = np.bincount(_next(stream, rows), minlength=keys)
    owner = np.repeat(np.arange(len(sampled)), [rows.size for rows in sampled])
    which, key, lag = effects.after(stream.window.instant[np.concatenate(sampled)])
    pair = owner[which] * keys + key
    for manner in range(NEXT):
        hits = np.bincount(pair[lag <= LAGS_MS[manner]], minlength=counts[0].size)
        counts[manner] = hits.reshape(len(sampled), keys)
    return counts


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


@dataclass(frozen=True, slots=True, eq=False)
class _Effects:
    """The happenings that may follow something, in the order of time.

    Attributes:
        instant: shape (n,), ascending UTC milliseconds.
        key: shape (n,), their keys.
        previous: shape (n,), when the key happened before.
    """

    instant: Instants
    key: NDArray[np.int32]
    previous: Instants

    @classmethod
    def of(cls, stream: Stream) -> _Effects:
        """Return those of a stream."""
        window = stream.window
        rows = np.flatnonzero(stream.by_hand & stream.effects[window.key])
        previous = _previous(window.key[rows], window.instant[rows])
        order = np.argsort(window.instant[rows], kind="stable")
        rows = rows[order]
        return cls(window.instant[rows], window.key[rows], previous[order])

    def after(
        self, start: Instants
    ) -> tuple[NDArray[np.intp], NDArray[np.int32], Numbers]:
        """Join occasions with the first happening of each key after them.

        Args:
            start: shape (m,), UTC milliseconds of occasions.

        Returns:
            For each pair the occasion, the key, and the lag, up to the longest.
        """
        first = np.searchsorted(self.instant, start, "right")
        sizes = np.searchsorted(self.instant, start + LAGS_MS[-1], "right") - first
        which = np.repeat(np.arange(start.size), sizes)
        row = np.repeat(first, sizes) + _counting(sizes)
        new = self.previous[row] <= start[which]
        which, row = which[new], row[new]
        return which, self.key[row], self.instant[row] - start[which]


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
