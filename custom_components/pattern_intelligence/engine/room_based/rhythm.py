"""What a room's times of use are held against: its own rhythm, and its home's.

A bedroom that is used while everything is says nothing. So a time at which a room
comes into use has to beat two rhythms: the room's own, smooth to two hours
(:mod:`..time_of_day.rhythm`), and what all other rooms of the home do on days of that kind. How
the uses of a day are spaced is kept as it is (:mod:`..time_of_day.spacing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS
from ..eligibility import habit_day
from ..evidence import Floats
from ..occasions import Span, member_of
from ..tables import Numbers
from ..time_of_day.rhythm import BINS, STEP_MINUTES, STEP_MS, Rhythms, fit_rhythms
from ..time_of_day.spacing import gaps_of
from .rooms import Rooms

HOME_BINS: Final = 7
"""Bins over which the home's own profile is averaged: about half an hour."""


@dataclass(frozen=True, slots=True, eq=False)
class RoomRhythms:
    """The rhythms of rooms.

    Attributes:
        rooms: the rooms.
        own: each room's own, smooth, a row for each.
        others: what all other rooms do: a row for each on workdays, then a row for
            each on free days.
    """

    rooms: Rooms
    own: Rhythms
    others: Rhythms

    @classmethod
    def of(cls, rooms: Rooms) -> RoomRhythms:
        """Fit the rhythms of rooms."""
        visits = rooms.visits
        free = rooms.home.calendar.free(visits.wall // DAY_MS)
        workdays, free_days = (
            _counts(rooms, (rooms.day >= 0) & (free == kind)) for kind in (False, True)
        )
        days = int(visits.days[-1] - visits.days[0]) + 1
        return cls(
            rooms,
            fit_rhythms(workdays + free_days, days),
            Rhythms(np.vstack([_of_others(workdays), _of_others(free_days)])),
        )

    def of_days(self, room: int, days: Numbers) -> tuple[tuple[Rhythms, Numbers], ...]:
        """Return both rhythms with the row that holds on each day.

        Args:
            room: which room.
            days: shape (days,), day numbers.
        """
        own = np.full(days.size, room)
        size = len(self.rooms.area_ids)
        return (self.own, own), (
            self.others,
            own + size * self.rooms.home.calendar.free(days),
        )

    def chances(self, room: int, span: Span, days: Numbers) -> Floats:
        """Return the chance that a room comes into use in a span on each day.

        Args:
            room: which.
            span: the span of the clock.
            days: shape (days,), ascending habit-days.

        Returns:
            Shape (days,), by the rhythm that explains more.
        """
        wall = self.rooms.visits.wall[self.rooms.visits.of_key(room)]
        number = habit_day(wall, span.center, "each")
        kept = member_of(days, number)
        number, wall = number[kept], wall[kept]
        order = np.lexsort((wall, number))
        number, wall = number[order], wall[order]
        trial = np.searchsorted(days, number)
        minutes = (wall - number * DAY_MS) / MINUTE_MS
        clock = np.array([span.center - DAY_MINUTES / 2, span.low, span.high])
        chances = np.zeros(days.size)
        for rhythm, row in self.of_days(room, days):
            edges = rhythm.upto(np.repeat(clock, days.size), np.tile(row, 3))
            begin, low, high = edges.reshape(3, -1)
            # Since the habit-day began: where nothing happens, its ends are alike.
            passed = rhythm.upto(minutes, row[trial]) - begin[trial]
            gaps = gaps_of(number, passed.clip(0.0, 1.0))
            arcs = np.minimum(gaps, (high - low)[trial])
            met = np.bincount(trial, arcs, minlength=days.size)
            chances = np.maximum(chances, met)
        return chances.clip(0.0, 1.0)

    def share_of_others(self, room: int, span: Span, days: Numbers) -> float:
        """Return which share of the other rooms in use came into use in a span, too.

        Args:
            room: which room not to ask.
            span: the span of the clock, in whole steps.
            days: shape (days,), ascending habit-days.

        Returns:
            The mean over days of the share of the rooms that were used on each.
        """
        if not days.size:
            return 0.0
        edges = (span.center - DAY_MINUTES / 2, span.center + DAY_MINUTES / 2)
        used, then = (
            self.rooms.began(
                slice(None), *(days * BINS + round(edge / STEP_MINUTES) for edge in own)
            )
            for own in (edges, (span.low, span.high))
        )
        others = np.arange(len(used)) != room
        shares = then[others].sum(axis=0) / np.maximum(used[others].sum(axis=0), 1)
        return float(shares.mean())


def _counts(rooms: Rooms, which: NDArray[np.bool_]) -> Floats:
    """Return how often each room came into use in the bins of a day."""
    visits = rooms.visits
    flat = visits.key[which] * BINS + visits.wall[which] % DAY_MS // STEP_MS
    size = len(visits.keys)
    counts = np.bincount(flat, minlength=size * BINS).reshape(size, BINS)
    return counts.astype(float)


def _of_others(counts: Floats) -> Floats:
    """Return the rhythm of all rooms but one, for each; uniform where there is none.

    Returns:
        Shape (rooms, BINS + 1), as :class:`Rhythms` has it.
    """
    left = counts.sum(axis=0) - counts
    reach = HOME_BINS // 2
    smooth = np.zeros_like(left)
    for shift in range(-reach, reach + 1):
        smooth += np.roll(left, shift, axis=1)
    total = smooth.sum(axis=1, keepdims=True)
    share = np.where(total > 0, smooth / np.maximum(total, 1.0), 1 / BINS)
    cdf = np.zeros((len(counts), BINS + 1))
    cdf[:, 1:] = np.cumsum(share, axis=1)
    found: Floats = cdf / cdf[:, -1:]
    return found
