"""Rooms: when each was in use, from what people did in it and what saw them.

A room is an area of the registries. What tells of its use are the entities that it
has, themselves or by their device; nothing is guessed for those without an area, and
what automations do tells of nobody. Five quiet minutes end a visit, as they end a
bout of movement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import by_owner
from ..civil import DAY_MS, HOUR_MS, MINUTE_MS, Instants
from ..co_occurrence.stream import RESTING
from ..happenings import BOUT_GAP_MS
from ..home import Home
from ..presence import waking_days
from ..provenance import AUTOMATION
from ..tables import Numbers
from ..time_of_day.rhythm import BINS, STEP_MS
from ..window import Key, Window

QUIET_MS: Final = BOUT_GAP_MS
"""Quiet time that ends a visit, the same that ends a bout of movement."""

IN_USE: Final = "in_use"
_ROOM: Final = "room."

HANDLED: Final = frozenset(
    {
        "button",
        "cover",
        "event",
        "fan",
        "humidifier",
        "light",
        "lock",
        "media_player",
        "remote",
        "switch",
        "valve",
    }
)
"""Domains of what people use where they stand; a vacuum or a thermostat acts alone."""

SENSES: Final = "binary_sensor"
PRESENCE: Final = frozenset({"motion", "moving", "occupancy", "presence"})
"""Device classes that are on as long as somebody is there."""

NOBODY: Final = frozenset({"carbon_monoxide", "gas", "light", "running", "smoke"})
"""Device classes of binary sensors that tell of no person."""

PASSING_MS: Final = 30 * MINUTE_MS
"""What a sensor of another kind sees for longer than this goes on by itself: a door
that was left open."""

LONGEST_MS: Final = 12 * HOUR_MS
"""A sensor of presence that is on for longer is stuck."""


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """What tells that a room is in use, by room, then by begin.

    Attributes:
        row: shape (n,), the happening in the window each is of.
        room: shape (n,), index into the rooms.
        begin: shape (n,), UTC milliseconds.
        end: shape (n,), UTC milliseconds, the same where it only takes a moment.
    """

    row: NDArray[np.intp]
    room: NDArray[np.int64]
    begin: Instants
    end: Instants

    def of_room(self, room: int) -> Signs:
        """Return those of one room."""
        some = slice(*np.searchsorted(self.room, [room, room + 1]).tolist())
        return self.take(some)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Signs:
        """Return some of them, in the order asked for."""
        return Signs(
            self.row[which], self.room[which], self.begin[which], self.end[which]
        )


@dataclass(frozen=True, eq=False)
class Rooms:
    """The rooms of a home and their visits.

    Attributes:
        home: the window that all this was seen in.
        area_ids: the rooms that were in use at all, sorted.
        signs: what tells of their use.
        visits: a window whose entities are the rooms; each visit is a happening at
            its begin, by whom it began. A room is available as far as those entities
            are that tell of its use.
        end: shape (visits,), when each ended, UTC milliseconds.
    """

    home: Window
    area_ids: tuple[str, ...]
    signs: Signs
    visits: Window
    end: Instants

    @classmethod
    def of(cls, window: Window, home: Home) -> Rooms:
        """Return the rooms of a window.

        Args:
            window: the days looked at.
            home: tells the area of each entity.
        """
        areas = [home.entity(key.entity_id).area_id or "" for key in window.keys]
        found = _signs(window, home, np.array([bool(area) for area in areas], bool))
        area_ids = tuple(
            sorted({areas[key] for key in set(window.key[found.row].tolist())})
        )
        number = {area: index for index, area in enumerate(area_ids)}
        of_key = np.array([number.get(area, -1) for area in areas], np.int64)
        found = replace(found, room=of_key[window.key[found.row]])
        signs = _sorted(found)
        first, end = visits_of(signs)
        row = signs.row[first]
        keys = tuple(Key(_ROOM + area, IN_USE) for area in area_ids)
        visits = replace(
            window,
            keys=keys,
            key=signs.room[first].astype(np.int32),
            instant=signs.begin[first],
            wall=window.wall[row],
            cause=window.cause[row],
            entities=tuple(key.entity_id for key in keys),
            available=_available(window, signs, len(keys)),
            at_home=_at_home(window),
        )
        return cls(window, area_ids, signs, visits, end)

    @cached_property
    def end_wall(self) -> Instants:
        """Return when each visit ended on the clock, not before it began."""
        return np.maximum(self.home.civil.wall(self.end), self.visits.wall)

    @cached_property
    def begun(self) -> NDArray[np.int32]:
        """Return how often each room had come into use, in the course of the days.

        Shape (rooms, steps + 1), in steps of the clock from the midnight before the
        first day to that of two days after the last.
        """
        first, last = int(self.visits.days[0]), int(self.visits.days[-1])
        size = (last - first + 3) * BINS
        begun = np.zeros((len(self.area_ids), size + 1), np.int32)
        at = self.visits.wall // STEP_MS - (first - 1) * BINS
        for room, counts in enumerate(begun):
            own = at[self.visits.of_key(room)]
            own = own[(own >= 0) & (own < size)]
            np.cumsum(np.bincount(own, minlength=size), out=counts[1:])
        return begun

    def began(
        self, room: int | slice, low: Numbers, high: Numbers
    ) -> NDArray[np.bool_]:
        """Tell whether rooms came into use from some steps on, before others.

        Args:
            room: which of the rooms.
            low: steps since midnight of day 0, of any shape.
            high: of the same shape.

        Returns:
            Of that shape; for several rooms, one more dimension before.
        """
        begun = self.begun[room]
        before = (int(self.visits.days[0]) - 1) * BINS
        found: NDArray[np.bool_] = begun[..., high - before] > begun[..., low - before]
        return found

    @cached_property
    def day(self) -> Numbers:
        """Return the place among the window's days of each visit's waking day.

        It is -1 where nobody was home or the day is not there.
        """
        number, days = waking_days(self.visits.wall), self.home.days
        at = np.searchsorted(days, number).clip(max=days.size - 1)
        at[(days[at] != number) | ~self.home.occupied[at]] = -1
        return at


def _signs(window: Window, home: Home, placed: NDArray[np.bool_]) -> Signs:
    """Return what tells of the use of any room, each for its moment or its stretch."""
    infos = [home.entity(key.entity_id) for key in window.keys]
    senses = np.array(
        [i.domain == SENSES and i.device_class not in NOBODY for i in infos], bool
    )
    handled = np.array(
        [
            i.domain in HANDLED and key.state not in RESTING
            for i, key in zip(infos, window.keys, strict=True)
        ],
        bool,
    )
    by_hand = window.cause < AUTOMATION
    touched = np.flatnonzero((placed & handled)[window.key] & by_hand)
    sensed = np.flatnonzero((placed & senses)[window.key] & by_hand)
    row, end = _sensed(window, home, sensed)
    row = np.concatenate([touched, row])
    end = np.concatenate([window.instant[touched], end])
    return Signs(row, np.zeros(row.size, np.int64), window.instant[row], end)


def _sensed(
    window: Window, home: Home, rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], Instants]:
    """Return which happenings of binary sensors are signs, and when each ends."""
    ids = [key.entity_id for key in window.keys]
    names, of_key = np.unique(ids, return_inverse=True)
    lasting = np.array(
        [home.entity(i).device_class in PRESENCE for i in names.tolist()], bool
    )
    on = np.array([key.state == "on" for key in window.keys], bool)
    entity = of_key[window.key[rows]]
    order = by_owner(entity, window.instant[rows])
    rows, entity = rows[order], entity[order]
    begins, instant = on[window.key[rows]], window.instant[rows]
    end = instant.copy()
    paired = np.flatnonzero(begins[:-1] & ~begins[1:] & (entity[:-1] == entity[1:]))
    length = instant[paired + 1] - instant[paired]
    limit = np.where(lasting[entity[paired]], LONGEST_MS, PASSING_MS)
    paired = paired[length <= limit]
    end[paired] = instant[paired + 1]
    # The end of a stretch is told by it; of presence, an end by itself tells nothing.
    kept = begins | ~lasting[entity]
    kept[paired + 1] = False
    return rows[kept], end[kept]


def _sorted(signs: Signs) -> Signs:
    by_row = signs.take(np.argsort(signs.row))
    return by_row.take(by_owner(by_row.room, by_row.begin))


def visits_of(signs: Signs) -> tuple[NDArray[np.intp], Instants]:
    """Return the first sign of each visit, and when it ended.

    Args:
        signs: by room, then by begin.

    Returns:
        Positions among the signs, and UTC milliseconds.
    """
    if not signs.row.size:
        return np.zeros(0, np.intp), signs.end
    low = int(signs.begin.min())
    lane = signs.room * (int(signs.end.max()) - low + QUIET_MS + 1)
    until = np.maximum.accumulate(signs.end - low + lane)
    begin = signs.begin - low + lane
    new = np.ones(begin.size, bool)
    new[1:] = (begin[1:] - until[:-1] >= QUIET_MS) | (signs.room[1:] != signs.room[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], begin.size) - 1
    return first, until[last] + low - lane[last]


def _available(window: Window, signs: Signs, rooms: int) -> NDArray[np.float32]:
    """Return how much of each room's use could be told, shape (rooms, days, 24).

    Each entity counts by its share of the room's signs.
    """
    unknown = len(window.entities)
    entity = np.array(
        [window.entity_at.get(key.entity_id, unknown) for key in window.keys], np.int64
    )
    hours = np.concatenate([window.available, window.recorded[None]])
    pairs, counts = np.unique(
        signs.room * (unknown + 1) + entity[window.key[signs.row]], return_counts=True
    )
    room, own = np.divmod(pairs, unknown + 1)
    weight = counts / np.bincount(room, counts, minlength=rooms)[room]
    share = np.zeros((rooms, *hours.shape[1:]))
    # In the order of entities, so that sums are the same on every machine.
    for place, entity_at, part in zip(room.tolist(), own.tolist(), weight, strict=True):
        share[place] += part * hours[entity_at]
    return share.astype(np.float32)


def _at_home(window: Window) -> NDArray[np.float32]:
    """Return hours that say of each waking day whether anybody was home."""
    hours = np.zeros((window.days.size, DAY_MS // HOUR_MS), np.float32)
    hours[window.occupied, 4:] = 1.0
    return hours
