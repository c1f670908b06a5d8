"""What follows what: the happenings of a window as causes and as effects.

An effect *follows* a cause when it happens later, and soon enough: within one of a
few lags, or as the very next thing that begins elsewhere in the home, however long
that takes. Those are the *manners* of following.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
from ..happenings import domain_of
from ..provenance import AUTOMATION
from ..tables import Numbers
from ..window import Window
from .coverage import Coverage
from .crossday import Days, Mask, offsets
from .manners import LAGS_MS, MANNERS, NEXT, NEXT_WITHIN_MS

type Rows = NDArray[np.intp] | slice

_ALL: Final = slice(None)

EFFECT_PER_DAY: Final = 100
"""What happens more often than this a day can only be a cause: it follows anything."""

MIN_DAYS: Final = 5
"""Fewer days than this cannot show a link: five events are no habit."""

AT_ONCE: Final = 1 << 17
"""Happenings looked at together, so that memory stays small in a large home."""

RESTING: Final = frozenset(
    {"closed", "docked", "idle", "locked", "not_home", "off", "standby"}
)
"""States in which an entity does nothing; to enter one begins nothing."""


@dataclass(frozen=True, eq=False)
class Course:
    """Some happenings in the order of time.

    Attributes:
        rows: shape (n,), their rows in the window.
        instant: shape (n,), ascending UTC milliseconds.
        entity: shape (n,), number of each one's entity.
    """

    rows: NDArray[np.intp]
    instant: Instants
    entity: NDArray[np.int32]

    @cached_property
    def _turns(self) -> NDArray[np.int32]:
        """Return where the turn of each one's entity begins, and where it ends.

        Shape (2, n); ends are exclusive.
        """
        edges = np.flatnonzero(self.entity[1:] != self.entity[:-1]) + 1
        edges = np.concatenate([[0], edges, [self.entity.size]]).astype(np.int32)
        return np.repeat([edges[:-1], edges[1:]], np.diff(edges), axis=1)

    def others_from(
        self, at: NDArray[np.intp], own: NDArray[np.int32]
    ) -> NDArray[np.intp]:
        """Return the first places from some on at which not the own entity is.

        Args:
            at: shape (n,), places; one may be behind the last.
            own: shape (n,), numbers of entities.
        """
        place = at.clip(0, self.entity.size - 1)
        same = (at == place) & (self.entity[place] == own)
        return np.where(same, self._turns[1, place], at)

    def others_until(self, at: NDArray[np.intp], own: int) -> NDArray[np.intp]:
        """Return the last places up to some at which not the own entity is.

        Args:
            at: shape (n,), places; -1 is before the first.
            own: number of the entity.
        """
        place = at.clip(0, self.entity.size - 1)
        same = (at == place) & (self.entity[place] == own)
        return np.where(same, self._turns[0, place] - 1, at)

    def take(self, which: NDArray[np.bool_]) -> Course:
        """Return some of them."""
        return Course(self.rows[which], self.instant[which], self.entity[which])


@dataclass(frozen=True, eq=False)
class Stream:
    """The happenings of a window, as causes and as effects.

    Attributes:
        days: the days compared.
        automated: whether effects are what automations do, those that have names;
            else they are what no automation does.
    """

    days: Days
    automated: bool = False
    _masks: dict[tuple[int, int, int], Mask] = field(default_factory=dict, init=False)

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
    def caused(self) -> NDArray[np.bool_]:
        """Return which happenings may be an effect, by who caused them, shape (n,)."""
        return self.window.cause > AUTOMATION if self.automated else self.by_hand

    @cached_property
    def entity(self) -> NDArray[np.int32]:
        """Return the number of each key's entity, shape (keys,)."""
        names = [key.entity_id for key in self.window.keys]
        return np.unique(names, return_inverse=True)[1].astype(np.int32)

    @cached_property
    def begins(self) -> NDArray[np.bool_]:
        """Return which keys begin something, shape (keys,)."""
        return np.array([key.state not in RESTING for key in self.window.keys], bool)

    @cached_property
    def too_often(self) -> NDArray[np.bool_]:
        """Return which keys happen too often to follow anything, shape (keys,)."""
        counts = np.diff(self.window.key_edges)
        found: NDArray[np.bool_] = counts > EFFECT_PER_DAY * self.window.days.size
        return found

    @cached_property
    def causes(self) -> NDArray[np.bool_]:
        """Return which keys happen on enough days, shape (keys,)."""
        return self._on_enough_days(self.day >= 0)

    @cached_property
    def effects(self) -> NDArray[np.bool_]:
        """Return which keys may follow something, shape (keys,)."""
        return self._on_enough_days((self.day >= 0) & self.caused) & ~self.too_often

    def manners(self, effect: int) -> int:
        """Return in how many manners an effect may follow.

        Only what people begin may be the next thing that they do.
        """
        return NEXT if self.automated or not self.begins[effect] else MANNERS

    def _on_enough_days(self, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
        happened = np.zeros((len(self.window.keys), self.days.count), bool)
        happened[self.window.key[which], self.day[which]] = True
        enough: NDArray[np.bool_] = happened.sum(axis=1) >= MIN_DAYS
        return enough

    @cached_property
    def _in_time(self) -> NDArray[np.int32]:
        """Return the rows in the order of time, quickest to look up, shape (n,)."""
        return np.argsort(self.window.instant, kind="stable").astype(np.int32)

    @cached_property
    def doings(self) -> Course:
        """Return what no automation caused.

        Without what happens too often: it would always be the next.
        """
        window, order = self.window, self._in_time
        those = self.by_hand & ~self.too_often[window.key]
        rows = order[those[order]].astype(np.intp)
        return Course(rows, window.instant[rows], self.entity[window.key[rows]])

    @cached_property
    def beginnings(self) -> Course:
        """Return those of ``doings`` that begin something."""
        return self.doings.take(self.begins[self.window.key[self.doings.rows]])

    @cached_property
    def shut(self) -> NDArray[np.bool_]:
        """Return which keys only end what a sensor saw, shape (keys,)."""
        sensed = [domain_of(k.entity_id) == "binary_sensor" for k in self.window.keys]
        found: NDArray[np.bool_] = ~self.begins & np.array(sensed, bool)
        return found

    @cached_property
    def _news(self) -> Course:
        return self.doings.take(~self.shut[self.window.key[self.doings.rows]])

    def next_share(self, occasions: NDArray[np.intp], effect: int) -> float:
        """Return how often an effect is the very next happening in the home.

        That a door which opened will shut is no news: such ends are passed over.

        Args:
            occasions: shape (n,), rows of one cause's happenings.
            effect: index of the key that follows.
        """
        among = self._news
        at = np.searchsorted(among.instant, self.window.instant[occasions], "right")
        known = at < among.rows.size
        soonest = among.instant[np.minimum(at, among.rows.size - 1)]
        lags = self.lags(occasions, effect)
        nexts = known & (soonest - self.window.instant[occasions] == lags)
        return float(nexts.mean()) if not self.shut[effect] else 0.0

    def rows(self, key: int) -> NDArray[np.intp]:
        """Return the rows of a key's happenings."""
        return np.arange(self.window.key_edges[key], self.window.key_edges[key + 1])

    def occasions(self, key: int, within_ms: int = LAGS_MS[-1]) -> NDArray[np.intp]:
        """Return the rows of a cause's happenings on which something may follow.

        Args:
            key: index of the key.
            within_ms: how long after each the history must go on.
        """
        rows = self.rows(key)
        return rows[self.has_occasion(within_ms, rows)]

    def has_occasion(
        self, within_ms: int = LAGS_MS[-1], rows: Rows = _ALL
    ) -> NDArray[np.bool_]:
        """Tell after which happenings something may follow, shape (n,).

        Args:
            within_ms: how long after each the history must go on.
            rows: of the happenings; all, unless some are given.
        """
        end = self.window.civil.bounds(self.window.last_day)[1]
        known = self.window.instant[rows] + within_ms <= end
        found: NDArray[np.bool_] = (self.day[rows] >= 0) & known
        return found

    def effect_rows(self, key: int) -> NDArray[np.intp]:
        """Return the rows of a key's happenings that may be an effect."""
        rows = self.rows(key)
        return rows[self.caused[rows]]

    def first_after(self, occasions: NDArray[np.intp], effect: int) -> NDArray[np.intp]:
        """Return the row of an effect's first happening after each, -1 for none."""
        rows = self.effect_rows(effect)
        if not rows.size:
            return np.full(occasions.size, -1)
        instant = self.window.instant
        at = np.searchsorted(instant[rows], instant[occasions], "right")
        return np.where(at < rows.size, rows[np.minimum(at, rows.size - 1)], -1)

    def lags(self, occasions: NDArray[np.intp], effect: int) -> Numbers:
        """Return the milliseconds until an effect happens, -1 where it never does."""
        own = self.window.of_key(effect)
        instants = self.window.instant[own][self.caused[own]]
        if not instants.size:
            return np.full(occasions.size, -1)
        causes = self.window.instant[occasions]
        at = np.searchsorted(instants, causes, "right")
        lags: Numbers = instants.take(at, mode="clip") - causes
        lags[at == instants.size] = -1
        return lags

    def until_next(self, occasions: NDArray[np.intp], among: Course) -> Numbers:
        """Return the milliseconds until another entity does something, 0 for never.

        Args:
            occasions: shape (n,), rows of happenings.
            among: what counts, such as :attr:`beginnings`.
        """
        if not occasions.size or not among.rows.size:
            return np.zeros(occasions.size, np.int64)
        causes = self.window.instant[occasions]
        at = np.searchsorted(among.instant, causes, "right")
        last = among.rows.size - 1
        at = among.others_from(at, self.entity[self.window.key[occasions]])
        found = among.instant[np.minimum(at, last)] - causes
        near = (at <= last) & (found <= NEXT_WITHIN_MS)
        return np.where(near, found, 0)

    @cached_property
    def until_other(self) -> Numbers:
        """Return the milliseconds until another entity begins something, shape (n,).

        Of each happening, 0 for never.
        """
        until = np.zeros(self.window.key.size, np.int64)
        for begin in range(0, until.size, AT_ONCE):
            rows = self._in_time[begin : begin + AT_ONCE].astype(np.intp)
            until[rows] = self.until_next(rows, self.beginnings)
        return until

    def _since_last(self, rows: NDArray[np.intp], own: int) -> Instants:
        """Return the wall time since when no entity but one began anything.

        Args:
            rows: shape (n,), happenings.
            own: the entity that may have.
        """
        among, wall = self.beginnings, self.window.wall
        at = np.searchsorted(among.instant, self.window.instant[rows], "left") - 1
        at = among.others_until(at, own)
        since = np.where(at >= 0, wall[among.rows[np.maximum(at, 0)]], 0)
        found: Instants = np.maximum(since, wall[rows] - NEXT_WITHIN_MS)
        return found

    @cached_property
    def coverage(self) -> Coverage:
        """Return when effects would follow within the longest lag, at the least."""
        rows = np.flatnonzero(self.caused & self.effects[self.window.key])
        window = self.window
        return Coverage.of(self.days, window.key[rows], window.wall[rows])

    def mask(self, cause: int, effect: int, manner: int) -> Mask:
        """Return when a cause would have been followed by an effect, and on which days.

        Args:
            cause: index of the key that leads.
            effect: index of the key that follows.
            manner: index into ``LAGS_MS``, or ``NEXT``.
        """
        own = int(self.entity[cause]) if manner == NEXT else -1
        if (found := self._masks.get((own, effect, manner))) is None:
            rows = self.effect_rows(effect)
            wall = self.window.wall[rows]
            if manner == NEXT:
                begins = self._since_last(rows, own)
            else:
                begins = wall - LAGS_MS[manner]
            found = self._masks[own, effect, manner] = self.days.mask(begins, wall)
        return found
