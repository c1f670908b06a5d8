"""Which devices belong to the use of a room: those used when it is in use anyway.

A device's own happenings make its room be in use, so each is held against what all
*other* devices of the room tell. Those of the times stated have to fall into their
visits more often than they would into those of other days (:mod:`..co_occurrence.crossday`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, HOUR_MS, MINUTE_MS
from ..co_occurrence.crossday import ByDay, Days, Trial, offsets, tried
from ..co_occurrence.stream import MIN_DAYS, RESTING
from ..eligibility import habit_day
from ..home import Home
from ..occasions import member_of
from ..tables import Numbers
from .findings import ToldUse
from .rooms import PRESENCE, Rooms, Signs, visits_of

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
