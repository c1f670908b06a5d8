"""How long rooms stay in use, and the window of a use that is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, Instants
from ..eligibility import eligible_days, habit_day
from ..evidence import Floats
from ..occasions import Span, holds, member_of
from ..pattern import When
from ..tables import Numbers
from ..time_of_day.rhythm import BINS, SMOOTH_MINUTES, STEP_MINUTES, STEP_MS
from .rooms import QUIET_MS, Rooms

PAUSE_MS: Final = 6 * QUIET_MS
"""Quiet time after which the use of a room is over: who is in it sits still at times,
but not for half an hour."""

RECENT_MATCHES: Final = 28
"""Matched habit-days that the stated window looks back on."""

BEYOND_USUAL: Final = 1.5
"""Times as often as usual that a room is in use within the window that is told."""

RARE: Final = 0.05
"""Share of days on which a use may begin before the window that is told, or go on
after it."""


def over(rooms: Rooms, room: int) -> Instants:
    """Return when the use was over that each visit to a room is a part of.

    Returns:
        Shape (visits,), UTC milliseconds: the end of the last of the visits that
        follow within ``PAUSE_MS`` of each other.
    """
    own = rooms.visits.of_key(room)
    begin, end = rooms.visits.instant[own], rooms.end[own]
    last = np.append(np.flatnonzero(begin[1:] - end[:-1] >= PAUSE_MS), begin.size - 1)
    until: Instants = end[last[np.searchsorted(last, np.arange(begin.size))]]
    return until


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """The visits to a room that began in a span of the clock on some habit-days.

    Attributes:
        row: shape (n,), rows of the visits.
        day: shape (n,), the habit-day of each, ascending.
        begin: shape (n,), minutes after midnight of the habit-day, ascending in it.
        end: shape (n,), when the use was over that each is a part of, likewise.
    """

    row: NDArray[np.intp]
    day: Numbers
    begin: Floats
    end: Floats

    @classmethod
    def of(cls, rooms: Rooms, room: int, span: Span, days: Numbers) -> Stays:
        """Return the visits to a room in a span.

        Args:
            rooms: the rooms.
            room: which.
            span: the span of the clock.
            days: shape (days,), ascending habit-days.
        """
        visits = rooms.visits
        row = np.arange(visits.key_edges[room], visits.key_edges[room + 1])
        wall = visits.wall[row]
        day = habit_day(wall, span.center, "each")
        begin = (wall - day * DAY_MS) / MINUTE_MS
        lasting = over(rooms, room) - visits.instant[row]
        end = begin + np.minimum(lasting / MINUTE_MS, DAY_MINUTES / 2)
        kept = (begin >= span.low) & (begin < span.high) & member_of(days, day)
        order = np.lexsort((begin[kept], day[kept]))
        kept = np.flatnonzero(kept)[order]
        return cls(row[kept], day[kept], begin[kept], end[kept])


def first_of_days(stays: Stays) -> tuple[Numbers, Floats, Floats]:
    """Return the days of stays, and of each the first begin and the last end."""
    day, first = np.unique(stays.day, return_index=True)
    last = np.append(first[1:], stays.day.size) - 1
    return day, stays.begin[first], stays.end[last]


def window_of_use(rooms: Rooms, room: int, span: Span, stays: Stays) -> Span:
    """Return the window of a use: from when to when the room is in use by it.

    It begins with the 5th percentile of the times at which the room came into use on
    the last matched days. It ends where hardly any of those uses goes on, or where
    that is no more than half as often again as the room usually is in use then.

    Args:
        rooms: the rooms.
        room: which.
        span: the window of the clock that was tested.
        stays: the visits that began in it on the days that matched.
    """
    _, begin, end = first_of_days(stays)
    begin, end = begin[-RECENT_MATCHES:], end[-RECENT_MATCHES:]
    earliest = float(np.percentile(begin, 100 * RARE))
    usual = BEYOND_USUAL * usual_use(rooms, room)
    # From the end of what was tested on, in steps of the day's bins.
    later = span.high + STEP_MINUTES * np.arange(BINS // 2)
    lasting = (end[:, None] > later).mean(axis=0)
    at = (later % DAY_MINUTES // STEP_MINUTES).astype(np.int64)
    going_on = lasting > np.maximum(RARE, usual[at])
    if not going_on[0]:
        latest = float(np.percentile(np.minimum(end, span.high), 100 * (1 - RARE)))
        return Span(earliest, max(latest, earliest))
    return Span(earliest, float(later[np.flatnonzero(~going_on)[0]]))


def usual_use(rooms: Rooms, room: int) -> Floats:
    """Return the share of days on which a room is in use in each bin, smooth to 2 h."""
    window = rooms.home
    first = int(window.days[0]) * BINS
    size = (int(window.days[-1]) + 1) * BINS - first
    own = rooms.visits.of_key(room)
    wall = rooms.visits.wall[own]
    lasting = over(rooms, room) - rooms.visits.instant[own]
    begin = (wall // STEP_MS - first).clip(0, size)
    end = ((wall + lasting) // STEP_MS + 1 - first).clip(0, size)
    steps = np.bincount(begin, minlength=size + 1) - np.bincount(
        end, minlength=size + 1
    )
    used = (np.cumsum(steps)[:size] > 0).reshape(-1, BINS)
    share = used[window.days - window.days[0]][window.occupied].mean(axis=0)
    apart = (np.arange(BINS) + BINS // 2) % BINS - BINS // 2
    kernel = np.exp(-0.5 * (apart * STEP_MINUTES / SMOOTH_MINUTES) ** 2)
    turned = kernel[(np.arange(BINS)[:, None] - np.arange(BINS)) % BINS]
    smooth: Floats = np.einsum("bc,c->b", turned, share) / kernel.sum()
    return smooth


def in_use(
    rooms: Rooms, room: int, when: When
) -> tuple[Numbers, NDArray[np.bool_], Span]:
    """Return the habit-days on which a room could be in use at a time, and was.

    Args:
        rooms: the rooms.
        room: which.
        when: the window stated, taken as it is.

    Returns:
        Ascending numbers of the eligible habit-days, whether the room was in use at
        any moment from ``earliest`` to ``latest``, and those two as a span.
    """
    length = (when.latest - when.earliest) % DAY_MINUTES
    middle = (when.earliest + length / 2) % DAY_MINUTES
    span = Span(middle - length / 2, middle + length / 2)
    visits = rooms.visits
    area = visits.keys[room].entity_id
    eligible = eligible_days(visits, area, span.low, span.high, "each", span.center)
    eligible &= holds(when, visits.days, visits.calendar)
    days = visits.days[eligible]
    own = visits.of_key(room)
    begins, ends = np.sort(visits.wall[own]), np.sort(rooms.end_wall[own])
    low = days * DAY_MS + round(span.low * MINUTE_MS)
    high = days * DAY_MS + round(span.high * MINUTE_MS)
    # Of the visits that began by then, all but those that were over before.
    begun = np.searchsorted(begins, high, "right")
    return days, begun > np.searchsorted(ends, low, "left"), span
