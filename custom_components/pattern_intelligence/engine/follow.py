"""What follows what: the first later happening of each effect, and how soon.

An effect *follows* a cause when it happens later, and soon enough: within one of a
few lags, or as the very next thing that happens in the home, however long that takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MS, MINUTE_MS, SECOND_MS, Instants
from .crossday import Days, Mask, offsets
from .evidence import Floats
from .provenance import AUTOMATION
from .tables import Numbers
from .window import Window

LAGS_MS = (20 * SECOND_MS, MINUTE_MS, 4 * MINUTE_MS, 15 * MINUTE_MS)
"""Lags that are tried, about a factor of four apart: from at once to a while."""

NEXT = len(LAGS_MS)
"""The number of the manner "the very next thing in the home"."""

MANNERS = NEXT + 1
"""How many manners of following are tried."""

RESTING = frozenset(
    {"closed", "docked", "idle", "locked", "not_home", "off", "standby"}
)
"""States in which an entity does nothing; to enter one begins nothing."""

NEXT_WITHIN_MS = 12 * 60 * MINUTE_MS
"""A next thing that takes longer than a night has nothing to do with the cause."""

EFFECT_PER_DAY = 100
"""What happens more often than this a day can only be a cause: it follows anything."""

MIN_DAYS = 5
"""Fewer days than this cannot show a link: five events are no habit."""

SAMPLE = 256
"""Occasions of a cause that are looked at, evenly spread, to find what follows it."""


@dataclass(frozen=True, eq=False)
class Stream:
    """The happenings of a window, as causes and as effects.

    Attributes:
        days: the days compared.
    """

    days: Days

    @property
    def window(self) -> Window:
        """Return the window."""
        return self.days.window

    @cached_property
    def day(self) -> Numbers:
        """Return each happening's day, -1 where nobody was home, shape (n,)."""
        index = self.days.index(self.window.wall)
        index[~self.days.counted[index]] = -1
        return index

    @cached_property
    def offset(self) -> Numbers:
        """Return each happening's offset, shape (n,)."""
        return offsets(self.window.wall)

    @cached_property
    def by_hand(self) -> NDArray[np.bool_]:
        """Return which happenings no automation caused, shape (n,)."""
        return self.window.cause < AUTOMATION

    @cached_property
    def entity(self) -> NDArray[np.int32]:
        """Return the number of each key's entity, shape (keys,)."""
        names = [key.entity_id for key in self.window.keys]
        return np.unique(names, return_inverse=True)[1].astype(np.int32)

    @cached_property
    def begins(self) -> NDArray[np.bool_]:
        """Return which keys begin something in the home, shape (keys,)."""
        active = [key.state not in RESTING for key in self.window.keys]
        found: NDArray[np.bool_] = np.array(active, bool) & ~self.too_often
        return found

    @cached_property
    def beginnings(self) -> NDArray[np.intp]:
        """Return the rows of what begins and no automation caused, in order of time."""
        rows = np.flatnonzero(self.by_hand & self.begins[self.window.key])
        return rows[np.argsort(self.window.instant[rows], kind="stable")]

    @cached_property
    def causes(self) -> NDArray[np.bool_]:
        """Return which keys happen on enough days, shape (keys,)."""
        return self._on_enough_days(self.day >= 0)

    @cached_property
    def effects(self) -> NDArray[np.bool_]:
        """Return which keys may follow something, shape (keys,)."""
        return self._on_enough_days((self.day >= 0) & self.by_hand) & ~self.too_often

    @cached_property
    def too_often(self) -> NDArray[np.bool_]:
        """Return which keys happen too often to follow anything, shape (keys,)."""
        counts = np.diff(self.window.key_edges)
        found: NDArray[np.bool_] = counts > EFFECT_PER_DAY * self.window.days.size
        return found

    def _on_enough_days(self, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
        keys = len(self.window.keys)
        pairs = np.unique(
            self.window.key[which].astype(np.int64) * self.days.count + self.day[which]
        )
        enough: NDArray[np.bool_] = (
            np.bincount(pairs // self.days.count, minlength=keys) >= MIN_DAYS
        )
        return enough

    def occasions(self, key: int, within_ms: int = LAGS_MS[-1]) -> NDArray[np.intp]:
        """Return the rows of a cause's happenings that count.

        Args:
            key: index of the key.
            within_ms: how long after each the history must go on.
        """
        rows = np.arange(self.window.key_edges[key], self.window.key_edges[key + 1])
        open_end = self.window.instant[rows] + within_ms > self._end
        return rows[(self.day[rows] >= 0) & ~open_end]

    @cached_property
    def _end(self) -> int:
        return self.window.civil.bounds(self.window.last_day)[1]

    def happenings(self, key: int) -> NDArray[np.intp]:
        """Return the rows of an effect's happenings that no automation caused."""
        rows = np.arange(self.window.key_edges[key], self.window.key_edges[key + 1])
        return rows[self.by_hand[rows]]

    def lags(self, occasions: NDArray[np.intp], effect: int) -> Numbers:
        """Return the milliseconds until an effect happens, -1 where it never does."""
        times = self.window.instant[self.happenings(effect)]
        causes = self.window.instant[occasions]
        at = np.searchsorted(times, causes, "right")
        found = times[np.minimum(at, times.size - 1)] - causes
        return np.where(at < times.size, found, -1)

    def until_next(self, occasions: NDArray[np.intp], *, own: bool = False) -> Numbers:
        """Return the milliseconds until something begins in the home, or 0.

        Args:
            occasions: shape (n,), rows of one cause's happenings.
            own: whether the cause's own entity may begin it, too.
        """
        rows = self.beginnings
        causes = self.window.instant[occasions]
        if not own and occasions.size:
            cause = self.entity[self.window.key[occasions[0]]]
            rows = rows[self.entity[self.window.key[rows]] != cause]
        if not rows.size:
            return np.zeros(occasions.size, np.int64)
        times = self.window.instant[rows]
        at = np.searchsorted(times, causes, "right")
        found = times[np.minimum(at, times.size - 1)] - causes
        near = (at < times.size) & (found <= NEXT_WITHIN_MS)
        until: Numbers = np.where(near, found, 0)
        return until

    def _since_last(self, rows: NDArray[np.intp], cause: int) -> Instants:
        """Return the wall time since when nothing but the cause's entity began.

        Args:
            rows: shape (n,), happenings.
            cause: index of the cause's key.
        """
        instant, wall = self.window.instant, self.window.wall
        entity = self.entity[self.window.key[self.beginnings]]
        times = instant[self.beginnings]
        at = np.searchsorted(times, instant[rows], "left") - 1
        own = (at >= 0) & (entity[at] == self.entity[cause])
        while own.any():
            at[own] -= 1
            own = (at >= 0) & (entity[at] == self.entity[cause])
        found = wall[self.beginnings[np.maximum(at, 0)]]
        return np.maximum(
            np.where(at >= 0, found, wall[rows] - DAY_MS), wall[rows] - NEXT_WITHIN_MS
        )

    def mask(self, cause: int, effect: int, manner: int) -> Mask:
        """Return when a cause would have been followed by an effect, and on which days.

        Args:
            cause: index of the key that leads.
            effect: index of the key that follows.
            manner: index into ``LAGS_MS``, or ``NEXT``.
        """
        rows = self.happenings(effect)
        wall = self.window.wall[rows]
        if manner == NEXT:
            begins = self._since_last(rows, cause)
        else:
            begins = wall - LAGS_MS[manner]
            begins[1:] = np.maximum(begins[1:], wall[:-1])
        return self.days.mask(begins, wall)


def followed(lags: Numbers, until_next: Numbers, manner: int) -> NDArray[np.bool_]:
    """Tell which occasions were followed in a manner.

    Args:
        lags: shape (n,), of :meth:`Stream.lags`.
        until_next: shape (n,), of :meth:`Stream.until_next`.
        manner: index into ``LAGS_MS``, or ``NEXT``.
    """
    if manner == NEXT:
        return (lags > 0) & (lags == until_next)
    return (lags > 0) & (lags <= LAGS_MS[manner])


def candidates(stream: Stream, floor: float) -> list[tuple[int, int]]:
    """Return the pairs of keys of which the second follows often enough.

    One pass over the happenings in order of time; causes with many occasions are
    sampled.

    Args:
        stream: the happenings.
        floor: the share of a cause's occasions that must be followed in any manner.

    Returns:
        Ordered pairs of indices of keys, sorted.
    """
    window = stream.window
    keys = len(window.keys)
    effect = np.flatnonzero(stream.by_hand & stream.effects[window.key])
    previous = _previous(window.key[effect], window.instant[effect])
    order = np.argsort(window.instant[effect], kind="stable")
    effect, previous = effect[order], previous[order]
    at, key = window.instant[effect], window.key[effect].astype(np.int64)
    cause = np.concatenate(
        [_spread(stream.occasions(k)) for k in np.flatnonzero(stream.causes).tolist()]
        or [np.zeros(0, np.intp)]
    )
    counts = np.zeros((MANNERS, keys * keys))
    of = np.bincount(window.key[cause], minlength=keys)
    for some in np.array_split(np.arange(cause.size), 1 + cause.size // 65_536):
        start = window.instant[cause[some]]
        first = np.searchsorted(at, start, "right")
        sizes = np.searchsorted(at, start + LAGS_MS[-1], "right") - first
        which = np.repeat(np.arange(some.size), sizes)
        row = np.arange(which.size) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        new = previous[row] <= start[which]
        which, row = which[new], row[new]
        pair = window.key[cause[some[which]]].astype(np.int64) * keys + key[row]
        lags = at[row] - start[which]
        for manner in range(NEXT):
            counts[manner] += np.bincount(
                pair[lags <= LAGS_MS[manner]], minlength=keys * keys
            )
    pair = _next_pairs(stream, cause)
    counts[NEXT] = np.bincount(pair, minlength=keys * keys)
    shares: Floats = counts.max(axis=0).reshape(keys, keys) / np.maximum(of, 1)[:, None]
    found = np.argwhere(shares >= floor)
    return [(int(a), int(b)) for a, b in found]


def _next_pairs(stream: Stream, cause: NDArray[np.intp]) -> Numbers:
    """Return the pairs that causes make with what other entity begins next."""
    window = stream.window
    rows = stream.beginnings
    entity = stream.entity[window.key[rows]]
    own = stream.entity[window.key[cause]]
    at = np.searchsorted(window.instant[rows], window.instant[cause], "right")
    same = (at < rows.size) & (entity[np.minimum(at, rows.size - 1)] == own)
    while same.any():
        at[same] += 1
        same = (at < rows.size) & (entity[np.minimum(at, rows.size - 1)] == own)
    known = at < rows.size
    effect = window.key[rows[at[known]]].astype(np.int64)
    pairs = window.key[cause[known]].astype(np.int64) * len(window.keys)
    kept = stream.effects[effect]
    found: Numbers = pairs[kept] + effect[kept]
    return found


def _previous(key: NDArray[np.int32], instant: Instants) -> Instants:
    """Return when each happening's key happened before, far back if it never did."""
    found = np.full(instant.size, -1, np.int64)
    same = key[1:] == key[:-1]
    found[1:][same] = instant[:-1][same]
    return found


def _spread(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return rows, evenly thinned out where there are many."""
    if rows.size <= SAMPLE:
        return rows
    return rows[np.arange(SAMPLE) * rows.size // SAMPLE]
