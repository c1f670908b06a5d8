"""Uses at an hour at which a thing is never used.

A thing's hours are a density of its past uses on the circle of the clock, smoothed and
shrunk towards those of the whole home. How odd a use is tells the share of its uses
that comes at hours at least as rare (R. J. Hyndman, Computing and graphing highest
density regions, The American Statistician 50, 1996). Uses come in clusters, so a second
one within the hour says less than the first, but it says something.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import multiplied
from ..civil import DAY_MS, HOUR_MS, MINUTE_MS, circular_minutes
from ..evidence import Floats
from ..tables import Numbers
from .budget import NEWS_DAYS, TAIL
from .uses import Uses

BINS: Final = 96
"""Quarters of an hour: finer than any density here."""

_BIN_MS: Final = DAY_MS // BINS

_SMOOTHING_BINS: Final = 3.0
"""The sd of a use's reach, 45 minutes: a routine wanders by that much."""

_HOME_WORTH: Final = 10.0
"""Uses that the home counts for in what is known of each thing.

Of 1, 3, 10 and 30 the one that foretells days left out best, in simulated homes.
"""

NEAR_MINUTES: Final = 60.0
"""What comes within an hour is at that hour."""

_AS_RARE: Final = 1 + 1e-9
"""Densities that differ by less are the same, summed up in another order."""

_SCREENED: Final = 2 * TAIL
"""Chances by a quick look from which on nothing is in the tail."""

_ANYTIME: Final = 0.5
"""Uses a home has spread evenly over the day: no hour is impossible."""


@dataclass(frozen=True, eq=False)
class OddHours:
    """How odd the hours of uses are.

    Attributes:
        uses: what people did.
        rate: shape (things, days), uses that each day should have.
    """

    uses: Uses
    rate: Floats

    @cached_property
    def _past(self) -> Numbers:
        """Return the rows of the uses that tell of usual days."""
        uses = self.uses
        told = uses.eligible[uses.thing, uses.day] & (uses.day < uses.last_day)
        return np.flatnonzero(told)

    @cached_property
    def today(self) -> Numbers:
        """Return the rows of the uses of the day that is judged."""
        return np.flatnonzero(self.uses.day == self.uses.last_day)

    @cached_property
    def _bin(self) -> Numbers:
        found: Numbers = self.uses.clock // _BIN_MS
        return found

    @cached_property
    def _number(self) -> Floats:
        """Return how many past uses each thing has, shape (things,)."""
        things = len(self.uses.entities)
        return np.bincount(self.uses.thing[self._past], minlength=things).astype(float)

    @cached_property
    def _smooth(self) -> Floats:
        """Return past uses by thing and bin, smoothed, shape (things, BINS)."""
        things = len(self.uses.entities)
        flat = self.uses.thing[self._past] * BINS + self._bin[self._past]
        counts = np.bincount(flat, minlength=things * BINS).astype(float)
        return multiplied(counts.reshape(things, BINS), _kernel())

    @cached_property
    def _home(self) -> Floats:
        """Return the home's density, shape (BINS,)."""
        whole = self._smooth.sum(axis=0) + _ANYTIME / BINS
        found: Floats = whole / whole.sum()
        return found

    @cached_property
    def density(self) -> Floats:
        """Return the density of each thing's past uses, shape (things, BINS)."""
        known = (self._number + _HOME_WORTH)[:, None]
        found: Floats = (self._smooth + _HOME_WORTH * self._home) / known
        return found

    @cached_property
    def _ranked(self) -> tuple[Floats, Floats]:
        """Return each thing's densities ascending, and the share of uses up to each."""
        rank = np.sort(self.density, axis=1)
        return rank, np.cumsum(rank, axis=1)

    @cached_property
    def rarest(self) -> Floats:
        """Return the chance of a use at each thing's rarest hour today, (things,)."""
        found: Floats = -np.expm1(-self.rate[:, -1] * self._ranked[0][:, 0])
        return found

    @cached_property
    def chances(self) -> Floats:
        """Return the chance of each day's oddest use, shape (things, days).

        Past days are judged without themselves; 1 where nothing is odd.
        """
        uses = self.uses
        chance = np.ones(uses.counts.shape)
        np.minimum.at(chance, (uses.thing, uses.day), self._of_use)
        return chance

    @cached_property
    def _of_use(self) -> Floats:
        """Return the chance of each use, shape (uses,); 1 where it tells nothing."""
        chance = np.ones(self.uses.clock.size)
        chance[self.today] = self.of_today
        chance[self._past] = self._of_past
        return chance

    @cached_property
    def _edges(self) -> NDArray[np.intp]:
        """Return where the uses of each thing and day begin, and where they end."""
        uses = self.uses
        days = np.arange(uses.counts.size + 1)
        return np.searchsorted(uses.thing * uses.free.size + uses.day, days)

    def oddest(self, thing: int, day: int) -> int:
        """Return the row of the oddest use of a day that has one."""
        at = thing * self.uses.free.size + day
        low, high = self._edges[at : at + 2]
        return int(low + np.argmin(self._of_use[low:high]))

    def is_news(self, row: int) -> bool:
        """Tell whether a thing was not used within an hour of that time this week."""
        uses = self.uses
        day = int(uses.day[row])
        today = int(uses.thing[row]) * uses.free.size + day
        low, high = self._edges[[today - min(day, NEWS_DAYS), today]]
        apart = (uses.clock[low:high] - uses.clock[row]) / MINUTE_MS
        return not (np.abs(circular_minutes(apart)) <= NEAR_MINUTES).any()

    @cached_property
    def of_today(self) -> Floats:
        """Return the chance of each of today's uses, shape (m,)."""
        thing = self.uses.thing[self.today]
        return self._chance(self.today, self.density[thing, self._bin[self.today]])

    @cached_property
    def _of_past(self) -> Floats:
        """Return the chance of each past use, judged without its own day."""
        rows, uses = self._past, self.uses
        thing, own = uses.thing[rows], self._bin[rows]
        group = np.cumsum(
            np.diff(thing * uses.free.size + uses.day[rows], prepend=-1) != 0
        )
        size = np.bincount(group)[group]
        others = self._number[thing] - size + _HOME_WORTH
        pooled = _HOME_WORTH * self._home[own]
        # At most all uses of that day reach as far as one can.
        least = self._smooth[thing, own] - size * _kernel()[0, 0]
        found = self._chance(rows, (np.maximum(least, 0) + pooled) / others)
        near = np.isin(group, group[found < _SCREENED])
        some = np.flatnonzero(near)
        found[some] = self._without_own_day(rows[some], group[some])
        return found

    def _without_own_day(self, rows: Numbers, group: Numbers) -> Floats:
        """Return the chance of past uses, by densities that leave out their day.

        Args:
            rows: shape (n,), all uses of some days, by thing and day.
            group: shape (n,), which of these days each is of, ascending.
        """
        _, first, place = np.unique(group, return_index=True, return_inverse=True)
        thing, own = self.uses.thing[rows], self._bin[rows]
        flat = np.bincount(place * BINS + own, minlength=first.size * BINS)
        size = np.bincount(place)
        others = self._smooth[thing[first]]
        others -= multiplied(flat.reshape(-1, BINS).astype(float), _kernel())
        density = np.maximum(others, 0.0) + _HOME_WORTH * self._home
        density /= (self._number[thing[first]] - size + _HOME_WORTH)[:, None]
        share = np.empty(rows.size)
        for at in range(first.size):
            mine = slice(first[at], first[at] + size[at])
            rarer = density[at] <= density[at, own[mine], None] * _AS_RARE
            # A product's last digits would depend on how many uses there are.
            share[mine] = np.where(rarer, density[at], 0.0).sum(axis=1)
        return self._of_share(rows, share)

    def _chance(self, rows: Numbers, density: Floats) -> Floats:
        """Return the chance of a use at hours as rare, with as many around it.

        Args:
            rows: shape (n,), of the uses, by thing.
            density: shape (n,), at their hours.
        """
        thing = self.uses.thing[rows]
        rank, mass = self._ranked
        share = np.empty(rows.size)
        edges = np.searchsorted(thing, np.arange(len(rank) + 1))
        for at in np.flatnonzero(np.diff(edges)).tolist():
            own = slice(edges[at], edges[at + 1])
            place = np.searchsorted(rank[at], density[own] * _AS_RARE, "right") - 1
            # What is rarer than any hour still has the rarest one's share.
            share[own] = mass[at, np.maximum(place, 0)]
        return self._of_share(rows, share)

    def _of_share(self, rows: Numbers, share: Floats) -> Floats:
        """Return the chance of uses at hours with a share of a thing's uses.

        Args:
            rows: shape (n,), of the uses.
            share: shape (n,), of hours at least as rare.
        """
        rate = self.rate[self.uses.thing[rows], self.uses.day[rows]]
        chance: Floats = -np.expm1(-rate * share)
        return chance * self._clustered[rows]

    @cached_property
    def _clustered(self) -> Floats:
        """Return how many uses have as many within an hour around, as shares.

        Returns:
            Shape (uses,), of uses of the same thing, shrunk towards the home's.
        """
        uses = self.uses
        place = uses.thing * ((uses.free.size + 2) * DAY_MS)
        place += uses.day * DAY_MS + uses.clock
        around = np.searchsorted(place, place + HOUR_MS, "right")
        around -= np.searchsorted(place, place - HOUR_MS, "left")
        most = int(around.max(initial=0)) + 1
        counts = np.bincount(
            uses.thing * most + around, minlength=len(uses.entities) * most
        ).reshape(-1, most)
        least = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
        home = least.sum(axis=0) / max(int(counts.sum()), 1)
        known = (least[:, 0] + _HOME_WORTH)[:, None]
        shares: Floats = (least + _HOME_WORTH * home) / known
        found: Floats = shares[uses.thing, around]
        return found


def _kernel() -> Floats:
    """Return how far each bin reaches around the clock, shape (BINS, BINS)."""
    apart = np.subtract.outer(np.arange(BINS), np.arange(BINS))
    apart = (apart + BINS // 2) % BINS - BINS // 2
    reach = np.exp(-0.5 * (apart / _SMOOTHING_BINS) ** 2)
    found: Floats = reach / reach.sum(axis=1, keepdims=True)
    return found


def bins_around(minute: float) -> Numbers:
    """Return the bins within an hour of a time of day, shape (9,)."""
    reach = HOUR_MS // _BIN_MS
    at = int(minute * MINUTE_MS) // _BIN_MS
    return np.arange(at - reach, at + reach + 1) % BINS


def minutes_of(uses: Uses, rows: Numbers) -> Floats:
    """Return the clock of uses in minutes after midnight."""
    found: Floats = uses.clock[rows] / MINUTE_MS
    return found
