"""Which devices belong to the use of a room, and which uses are one device's doing.

A device's own happenings make its room be in use, so each is held against what all
*other* devices of the room tell. Those of the times stated have to fall into their
visits more often than they would into those of other days (:mod:`..co_occurrence.crossday`).
A use of which hardly anything is left without one device is no use of a room: what one
lamp or blind does is its own habit, and may be a timer's or the sun's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, HOUR_MS, MINUTE_MS, Instants, circular_minutes
from ..co_occurrence.crossday import ByDay, Days, Trial, offsets, tried
from ..co_occurrence.stream import MIN_DAYS, RESTING
from ..eligibility import habit_day
from ..home import Home
from ..occasions import member_of
from ..tables import Numbers
from ..tying import COVERED
from .findings import ToldUse
from .rooms import PRESENCE, QUIET_MS, SENSES, Rooms, Signs, visits_of

NEAR_MS: Final = MINUTE_MS
"""How far from a visit of others something may be used and still belong to it."""

PART: Final = 0.3
"""Share of a use's days on which a device has to be used to belong to it."""


@dataclass(frozen=True, eq=False)
class Member:
    """A device in the use of a room, under test.

    Attributes:
        key: index of the key in the home's window.
        trial: the cross-day test's terms.
    """

    key: int
    trial: Trial


def members(
    rooms: Rooms, home: Home, units: Numbers, days: Days, told: ToldUse
) -> Iterator[Member]:
    """Yield what may belong to a use of a room, by key.

    Args:
        rooms: the rooms.
        home: tells what each entity is.
        units: shape (keys,), the number of each one's device or lone entity.
        days: the days of the home's window that are compared.
        told: the use.
    """
    matched, center = told.use.matched, told.use.span.center
    length = (told.when.latest - told.when.earliest) % DAY_MINUTES
    window = rooms.home
    own = rooms.signs.of_room(told.use.room)
    keys = window.key[own.row]
    for key in np.unique(keys).tolist():
        name = window.keys[key]
        if (
            home.entity(name.entity_id).device_class in PRESENCE
            or name.state in RESTING
        ):
            continue
        wall = window.wall[own.row[keys == key]]
        number = habit_day(wall, center, "each")
        minutes = wall / MINUTE_MS - told.when.earliest
        index = days.index(wall)
        used = (minutes % DAY_MINUTES <= length) & (index >= 0)
        used &= days.counted[index] & member_of(matched, number)
        share = np.unique(number[used]).size / max(matched.size, 1)
        others = own.take(units[keys] != units[key])
        if (
            share < PART
            or np.unique(index[used]).size < MIN_DAYS
            or not others.row.size
        ):
            continue
        yield Member(key, _trial(rooms, days, others, np.sort(wall[used])))


def _trial(rooms: Rooms, days: Days, others: Signs, wall: Numbers) -> Trial:
    """Return how often uses fell into the visits that others tell of."""
    first, end = visits_of(others)
    begins = rooms.home.wall[others.row[first]]
    lasting = np.minimum(end - others.begin[first], DAY_MS - 2 * NEAR_MS)
    mask = days.mask(begins - NEAR_MS, begins + lasting + NEAR_MS)
    offset = offsets(wall)
    day = days.index(wall)
    order = np.argsort(day, kind="stable")
    day, offset = day[order], offset[order]
    would = mask.at(offset)
    bit = np.left_shift(np.uint64(1), day.astype(np.uint64))
    followed: NDArray[np.bool_] = (would & bit) != 0
    known = days.available("")[offset // HOUR_MS]
    return tried(ByDay.of(day), followed, would, days.alike[day] & known)


def of_one_device(rooms: Rooms, home: Home, units: Numbers, told: ToldUse) -> bool:
    """Tell whether a use is the doing of one device, and nobody was seen.

    Had that device not been there, the room would not have been in use then on most of
    the days: as many as a pattern needs to stand for another one.

    Args:
        rooms: the rooms.
        home: tells what each entity is.
        units: shape (keys,), the number of each one's device or lone entity.
        told: the use.
    """
    window = rooms.home
    own = rooms.signs.of_room(told.use.room)
    low, high = _hours(told)
    wall, keys = window.wall[own.row], window.key[own.row]
    then = np.searchsorted(high, wall, "left") < np.searchsorted(low, wall, "right")
    seeing = [
        units[key]
        for key in np.unique(keys).tolist()
        if home.entity(window.keys[key].entity_id).domain == SENSES
    ]
    for unit in np.setdiff1d(units[keys[then]], seeing).tolist():
        others = own.take(units[keys] != unit)
        first, end = visits_of(others)
        begins = window.wall[others.row[first]]
        ends = begins + end - others.begin[first]
        begun = np.searchsorted(np.sort(begins), high, "right")
        empty = begun <= np.searchsorted(np.sort(ends), low, "left")
        if empty.sum() >= COVERED * empty.size:
            return True
    return False


def _hours(told: ToldUse) -> tuple[Instants, Instants]:
    """Return from when to when on the clock a use was on each day that matched.

    What is within the quiet time before or after would be of the same visit.
    """
    when, start = told.when, told.use.span.low
    minutes = start + circular_minutes(when.earliest - start)
    length = (when.latest - when.earliest) % DAY_MINUTES
    low = told.use.matched * DAY_MS + round(minutes * MINUTE_MS) - QUIET_MS
    return low, low + round(length * MINUTE_MS) + 2 * QUIET_MS
