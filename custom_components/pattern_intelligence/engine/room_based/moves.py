"""Moves from room to room: which comes into use next, and which would by chance.

Chance has two forms, and a move has to beat both. One is occupancy: had all other
rooms kept to the clock of another day, would the second have been the next
(:mod:`..co_occurrence.crossday`)? The other is mere frequency: whoever goes anywhere mostly goes
where everybody goes at that hour, so the second room's share of the moves out of all
*other* rooms is what the first has to exceed (the quasi-independence of mobility
tables: L. A. Goodman, The analysis of cross-classified data, JASA 63, 1968). A hallway
that lies between everything is next by that alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS, MINUTE_MS, Instants
from ..co_occurrence.crossday import MAX_DAYS, Bits, ByDay, Days, offsets, tried
from ..evidence import Floats, poisson_binomial_tail
from ..tables import Numbers
from .rooms import Rooms, Signs

WITHIN_MS: Final = 5 * MINUTE_MS
"""How long after the first room the second has to come into use."""

DAY_HOURS: Final = DAY_MS // HOUR_MS
NOWHERE: Final = -1

ALIKE_IN_A_DAY: Final = 0.1
"""How much occasions of one day agree, as those of links do."""

LEAST_LIFT: Final = 2.0
"""Times as many days as by chance: it may explain at most half of a move."""

BORROWED: Final = 10.0
"""Moves of the whole day that an hour's share of them starts from."""


@dataclass(frozen=True, slots=True, eq=False)
class Occasions:
    """The times after which one room was left for another, or for none.

    Attributes:
        room: the room.
        at: shape (n,), when its last sign began, ascending UTC milliseconds.
        wall: shape (n,), the same on the clock.
        until: shape (n,), how long the next room could come into use.
        day: shape (n,), index of the day.
        next: shape (n,), the room that was in use next, or ``NOWHERE``.
        lag: shape (n,), milliseconds from the last the room was noticed to the next
            room; of no meaning for nowhere.
        told: shape (n,), the happening that told of the next room; likewise.
    """

    room: int
    at: Instants
    wall: Instants
    until: Instants
    day: Numbers
    next: Numbers
    lag: Numbers
    told: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class MoveTrial:
    """How often the second room was next on each day of the first.

    Attributes:
        day: shape (days,), index of each day that has occasions.
        followed: shape (n,), of each occasion.
        matched: shape (days,), at least half of the day's occasions.
        chance: shape (days,), of that, by whichever explains more.
        share: the chance of one occasion.
    """

    day: Numbers
    followed: NDArray[np.bool_]
    matched: NDArray[np.bool_]
    chance: Floats
    share: float


@dataclass(frozen=True, eq=False)
class Moves:
    """What comes into use after what, in all rooms.

    Attributes:
        rooms: the rooms.
        days: the days compared.
    """

    rooms: Rooms
    days: Days

    @classmethod
    def of(cls, rooms: Rooms) -> Moves:
        """Return the moves between the rooms of a window."""
        return cls(rooms, Days.of(rooms.visits))

    @cached_property
    def _course(self) -> Signs:
        """Return the signs of all rooms in order of time."""
        # Those at the same instant stay in the order of their rooms.
        signs = self.rooms.signs
        return signs.take(np.argsort(signs.begin, kind="stable"))

    @cached_property
    def occasions(self) -> tuple[Occasions, ...]:
        """Return the occasions of each room, those whose time was over."""
        course = self._course
        wall = self.rooms.home.civil.wall(course.begin)
        day = self.days.index(wall)
        day[~self.days.counted[day]] = NOWHERE
        over = self.rooms.home.civil.bounds(self.rooms.home.last_day)[1]
        left = np.append(course.room[1:] != course.room[:-1], True)[: course.room.size]
        size, rooms = course.room.size, len(self.rooms.area_ids)
        by_room = np.argsort(course.room, kind="stable")
        edges = np.searchsorted(course.room[by_room], np.arange(1, rooms))
        turns = np.append(np.flatnonzero(left) + 1, size)
        found = []
        for room, mine in enumerate(np.split(by_room, edges)[:rooms]):
            noticed = np.maximum.accumulate(course.end[mine])
            kept = left[mine] & (day[mine] >= 0) & (noticed + WITHIN_MS <= over)
            row, until = mine[kept], noticed[kept] + WITHIN_MS
            at = course.begin[row]
            place = np.searchsorted(course.begin, at, "right")
            # What comes after may be of the room itself: then the next turn is next.
            same = course.room[np.minimum(place, size - 1)] == room
            after_turn = turns[
                np.searchsorted(turns, place, "right").clip(0, turns.size - 1)
            ]
            place = np.where(same, after_turn, place)
            there = place < size
            after = np.where(there, place, 0)
            when = course.begin[after]
            there &= when <= until
            seen = np.where(noticed[kept] <= when, noticed[kept], at)
            found.append(
                Occasions(
                    room,
                    at,
                    wall[row],
                    until,
                    day[row],
                    np.where(there, course.room[after], NOWHERE),
                    when - seen,
                    course.row[after],
                )
            )
        return tuple(found)

    @cached_property
    def counts(self) -> Numbers:
        """Return how often which room was next in each hour since 04:00.

        Shape (rooms, rooms, 24): first, second, hour.
        """
        size = len(self.rooms.area_ids)
        flat = [
            (own.room * size + own.next[own.next >= 0]) * DAY_HOURS
            + offsets(own.wall[own.next >= 0]) // HOUR_MS
            for own in self.occasions
        ]
        sums = np.bincount(np.concatenate(flat), minlength=size * size * DAY_HOURS)
        return sums.reshape(size, size, DAY_HOURS)

    def frequency(self, first: int, second: int) -> Floats:
        """Return the second room's share of other rooms' moves by hour, shape (24,).

        Those that lead into the first room cannot be moves out of it, and are left
        out. The share is 1 where nothing is known of any other room.
        """
        others = np.ones(len(self.rooms.area_ids), bool)
        others[[first, second]] = False
        hits = self.counts[others, second].sum(axis=0)
        moves = self.counts[others].sum(axis=(0, 1))
        moves = moves - self.counts[others, first].sum(axis=0)
        if not moves.any():
            return np.ones(DAY_HOURS)
        overall = hits.sum() / moves.sum()
        found: Floats = (_around(hits) + BORROWED * overall) / (
            _around(moves) + BORROWED
        )
        return found

    def trials(
        self, first: int, floor: float, fewest_days: int
    ) -> Iterator[tuple[int, MoveTrial]]:
        """Yield the second rooms that may be next after a first, with their tests.

        Args:
            first: the first room.
            floor: the share of its occasions on which the second must be next.
            fewest_days: the days on which it must be so at least half of the times.
        """
        own = self.occasions[first]
        by_day = ByDay.of(own.day)
        hour = offsets(own.wall) // HOUR_MS
        instead: NDArray[np.int16] | None = None
        hits = self.counts[first].sum(axis=1)
        for second in np.flatnonzero(
            (hits > 0) & (hits >= floor * own.at.size)
        ).tolist():
            followed = own.next == second
            share = self.frequency(first, second)[hour]
            frequent = _half_of(by_day, share)
            matched = 2 * by_day.sums(followed) >= by_day.sizes
            if matched.sum() < max(fewest_days, LEAST_LIFT * frequent.sum()):
                continue
            if instead is None:
                instead = self._instead(own)
            known = self.days.available(self.rooms.visits.keys[second].entity_id)[hour]
            crossed = tried(
                by_day,
                followed,
                _bits(instead == second),
                self.days.alike[own.day] & known,
            )
            yield (
                second,
                MoveTrial(
                    crossed.day,
                    followed,
                    crossed.matched,
                    np.maximum(crossed.chance, frequent),
                    max(float(share.mean()), _mean_of(crossed.chance, by_day)),
                ),
            )

    def _instead(self, own: Occasions) -> NDArray[np.int16]:
        """Return what would have been next on each day, shape (n, 64).

        That is, had all other rooms kept to the clock of that day.
        """
        course = self._course
        others = course.take(course.room != own.room)
        wall = self.rooms.home.civil.wall(others.begin)
        order = np.argsort(wall, kind="stable")
        wall, key = wall[order], others.room[order]
        last = own.wall + own.until - own.at
        found = np.full((own.at.size, MAX_DAYS), NOWHERE, np.int16)
        for shift in range(1 - self.days.count, self.days.count):
            low, high = np.searchsorted(own.day, [-shift, self.days.count - shift])
            some = slice(int(low), int(high))
            at = np.searchsorted(wall, own.wall[some] + shift * DAY_MS, "right")
            there = at < wall.size
            at[~there] = 0
            there &= wall[at] <= last[some] + shift * DAY_MS
            rows = np.arange(low, high)[there]
            found[rows, own.day[rows] + shift] = key[at[there]]
        return found


def _around(counts: Numbers) -> Floats:
    """Return counts by hour, shared with the hours before and after."""
    shared: Floats = (np.roll(counts, 1) + 2.0 * counts + np.roll(counts, -1)) / 4
    return shared


def _bits(which: NDArray[np.bool_]) -> Bits:
    """Return rows of 64 answers as numbers, the first the lowest bit."""
    packed = np.packbits(which, axis=1, bitorder="little")
    bits: Bits = packed.view("<u8")[:, 0].astype(np.uint64)
    return bits


def _half_of(days: ByDay, share: Floats) -> Floats:
    """Return the chance that at least half of each day's occasions hit.

    Occasions of a day agree to some part, and are independent for the rest.

    Args:
        days: how the n occasions lie in days.
        share: shape (n,), the chance of each.
    """
    chances = np.zeros((days.sizes.size, int(days.sizes.max(initial=0))))
    row = np.repeat(np.arange(days.sizes.size), days.sizes)
    chances[row, np.arange(share.size) - np.repeat(days.starts, days.sizes)] = share
    apart = poisson_binomial_tail(chances, -(-days.sizes // 2))
    together = np.add.reduceat(share, days.starts) / days.sizes
    found: Floats = (1 - ALIKE_IN_A_DAY) * apart + ALIKE_IN_A_DAY * together
    return found


def _mean_of(chance: Floats, days: ByDay) -> float:
    """Return the mean over occasions of what is known of their days."""
    return float(chance @ days.sizes) / float(days.sizes.sum())
