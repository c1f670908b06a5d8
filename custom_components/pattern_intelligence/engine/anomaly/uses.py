"""How often each thing was used on each day, and when: what a day is judged by.

A *use* is the beginning of something (a lamp goes on, a door opens, somebody comes
home); of what begins again within minutes only the first counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS
from ..co_occurrence.stream import RESTING
from ..eligibility import NEEDED_SHARE
from ..evidence import Floats
from ..happenings import BOUT_GAP_MS, domain_of
from ..provenance import AUTOMATION
from ..tables import Numbers
from ..window import Window

_OWN_USES: Final = 10.0
"""Uses on days of one kind that count as much as all days' profile by the hour."""

_BROAD: Final = (0.25, 0.5, 0.25)
"""Weights of an hour's neighbors and of itself: no profile of hours is sharper."""

_FLAT_USES: Final = 2.0
"""Uses that the home's own profile counts for in that of each thing."""


@dataclass(frozen=True, eq=False)
class Uses:
    """Uses by thing, a thing being an entity.

    Attributes:
        window: the days; the last is the one judged.
        entities: entity ids of the things, sorted.
        thing: shape (n,), index into ``entities``, ascending.
        day: shape (n,), index into the window's days.
        clock: shape (n,), milliseconds since midnight, ascending within a day.
        free: shape (days,), whether the day is free, else a workday.
        eligible: shape (things, days), whether it could be used and somebody was
            home to do it.
    """

    window: Window
    entities: tuple[str, ...]
    thing: NDArray[np.int64]
    day: Numbers
    clock: Numbers
    free: NDArray[np.bool_]
    eligible: NDArray[np.bool_]

    @classmethod
    def of(cls, window: Window, free: NDArray[np.bool_], *, by_hand: bool) -> Uses:
        """Return the uses of a window.

        Args:
            window: the days.
            free: shape (days,), which of them are free.
            by_hand: leave out what automations did.
        """
        begins = np.array([key.state not in RESTING for key in window.keys], bool)
        kept = begins[window.key]
        if by_hand:
            kept &= window.cause < AUTOMATION
        names = [key.entity_id for key in window.keys]
        used = np.zeros(len(names), bool)
        used[window.key[kept]] = True
        entities = tuple(sorted({names[at] for at in np.flatnonzero(used).tolist()}))
        number = {entity_id: at for at, entity_id in enumerate(entities)}
        of_key = np.array([number.get(name, -1) for name in names], np.int64)
        rows = np.flatnonzero(kept)
        thing, instant = of_key[window.key[rows]], window.instant[rows]
        if rows.size:
            # Nearly in order as they are: a stable sort of one number is soon done.
            since = int(instant.min())
            place = thing * (int(instant.max()) - since + 1) + (instant - since)
            order = np.argsort(place, kind="stable")
            rows, thing, instant = rows[order], thing[order], instant[order]
        news = np.ones(rows.size, bool)
        news[1:] = (thing[1:] != thing[:-1]) | (np.diff(instant) >= BOUT_GAP_MS)
        thing, wall = thing[news], window.wall[rows[news]]
        day = np.searchsorted(window.days, wall // DAY_MS)
        return cls(
            window,
            entities,
            thing,
            day,
            wall % DAY_MS,
            free,
            _eligible(window, entities),
        )

    @property
    def last_day(self) -> int:
        """Return the index of the day that is judged."""
        return int(self.free.size) - 1

    @cached_property
    def counts(self) -> Numbers:
        """Return how often each thing was used on each day, shape (things, days)."""
        flat = self.thing * self.free.size + self.day
        size = len(self.entities) * self.free.size
        found: Numbers = np.bincount(flat, minlength=size).reshape(
            len(self.entities), self.free.size
        )
        return found

    @cached_property
    def by_hour(self) -> Floats:
        """Return the share of uses in each hour on days of each kind.

        Of the days before the last; each thing's own profile, smoothed over
        neighboring hours and shrunk towards the home's.

        Returns:
            Shape (2, things, 24), first of working days; each row adds up to 1.
        """
        things = len(self.entities)
        kept = self.eligible[self.thing, self.day]
        kept &= self.day < self.free.size - 1
        kind = self.free[self.day[kept]].astype(np.int64)
        hour = self.clock[kept] // HOUR_MS
        flat = (kind * things + self.thing[kept]) * 24 + hour
        counts = np.bincount(flat, minlength=2 * things * 24).astype(float)
        counts = _smoothed(counts.reshape(2, things, 24))
        home = counts.sum(axis=(0, 1)) + 1.0
        own = counts.sum(axis=0) + _FLAT_USES * home / home.sum()
        own /= own.sum(axis=1, keepdims=True)
        found: Floats = counts + _OWN_USES * own
        found /= found.sum(axis=2, keepdims=True)
        return found

    @cached_property
    def possible(self) -> Floats:
        """Return the share of each hour's use that could happen.

        By how long the entity was available and the home recorded.

        Returns:
            Shape (things, days, 24), shares of a day's uses.
        """
        window = self.window
        at = [window.entity_at.get(entity_id, -1) for entity_id in self.entities]
        hours = np.concatenate([window.available, window.recorded[None]])[at]
        profile = self.by_hour[self.free.astype(np.int64)]
        found: Floats = np.swapaxes(profile, 0, 1) * hours
        return found

    @cached_property
    def inhabited(self) -> Floats:
        """Return how much of the usual presence each hour had, shape (days, 24).

        Against the median of days of the same kind, at most 1; 1 where the home has
        no persons.
        """
        at_home = self.window.at_home
        if at_home is None:
            return np.ones((self.free.size, 24))
        share = np.ones((self.free.size, 24))
        for kind in (False, True):
            alike = self.free == kind
            lived = alike & self.window.occupied
            lived[-1] = False
            if lived.any():
                usual = np.median(at_home[lived], axis=0).astype(float)
                share[alike] = np.where(
                    usual > 0, at_home[alike] / np.maximum(usual, 1e-9), 1.0
                )
        return share.clip(0.0, 1.0)


def _smoothed(counts: Floats) -> Floats:
    before, own, after = _BROAD
    found: Floats = own * counts
    found += before * np.roll(counts, 1, axis=-1)
    found += after * np.roll(counts, -1, axis=-1)
    return found


def _eligible(window: Window, entities: tuple[str, ...]) -> NDArray[np.bool_]:
    """Tell on which days each entity could be used, shape (entities, days)."""
    at = [window.entity_at.get(entity_id, -1) for entity_id in entities]
    shares = np.concatenate([window.available, window.recorded[None]])[at]
    found: NDArray[np.bool_] = shares.mean(axis=2) >= NEEDED_SHARE
    people = np.array([domain_of(name) != "person" for name in entities], bool)
    found[people] &= window.occupied
    return found
