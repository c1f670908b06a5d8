"""What sessions may be made of: when things in a room were begun, by day and clock.

The clock is cut into bins of five minutes since 04:00, and the days on which a thing
was begun in a bin are the bits of a number: so all days are compared at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS, MINUTE_MS, WAKING_DAY_STARTS_MS, Instants
from ..co_occurrence.crossday import Bits, Days, offsets
from ..co_occurrence.stream import RESTING
from ..eligibility import NEEDED_SHARE
from ..home import Home
from ..provenance import AUTOMATION
from ..room_based.rooms import HANDLED, NOBODY, PRESENCE, SENSES
from ..tables import Numbers
from ..window import Key, Window
from .gaps import gap_scale

BIN_MS: Final = 5 * MINUTE_MS
BINS: Final = DAY_MS // BIN_MS

SLOTS: Final = 7
"""Stretches of six hours, each begun three hours after the one before."""

SLOT_BINS: Final = BINS // 4
_STEP_BINS: Final = SLOT_BINS // 2

FEWEST_DAYS: Final = 6
"""Days that any claim needs: a single weekday has hardly more in two months."""

BUSIEST: Final = 24.0
"""What is begun more often a day than every hour is near to everything."""

HOMELESS: Final = 40
"""Things without an area that are looked at together: those begun on most days."""


@dataclass(frozen=True, eq=False)
class Starts:
    """When things were begun that may belong to sessions.

    Attributes:
        days: the waking days compared.
        area_ids: the rooms, sorted; "" for what has none.
        room: shape (things,), index into ``area_ids``, ascending.
        key: shape (things,), index into the window's keys, ascending in a room.
        witness: shape (things,), whether it only sees that somebody is there.
        thing: shape (n,), what was begun, ascending.
        day: shape (n,), index of the day, ascending in a thing.
        bin: shape (n,), of the clock since 04:00, ascending in a day, each once.
        wall: shape (n,), the first wall instant in the bin.
        gap: milliseconds after which a sitting is over.
    """

    days: Days
    area_ids: tuple[str, ...]
    room: Numbers
    key: Numbers
    witness: NDArray[np.bool_]
    thing: Numbers
    day: Numbers
    bin: Numbers
    wall: Instants
    gap: int

    @classmethod
    def of(cls, window: Window, home: Home) -> Starts:
        """Return what was begun by hand in each room of a home."""
        days = Days.of(window)
        member, witness = _may_belong(window, home)
        index = days.index(window.wall)
        kept = np.flatnonzero(
            member[window.key]
            & (window.cause < AUTOMATION)
            & (index >= 0)
            & days.counted[index]
        )
        key, day = window.key[kept].astype(np.int64), index[kept]
        area = [home.entity(name.entity_id).area_id or "" for name in window.keys]
        chosen = _chosen(window, home, key, day, days.count, area, witness)
        order = sorted(chosen, key=lambda at: (area[at], at))
        area_ids = tuple(sorted({area[at] for at in order}))
        place = np.full(len(window.keys), -1)
        place[order] = np.arange(len(order))
        thing = place[key]
        mine = thing >= 0
        thing, day, wall = thing[mine], day[mine], window.wall[kept][mine]
        at = offsets(wall) // BIN_MS
        flat = (thing * days.count + day) * BINS + at
        sort = np.lexsort((wall, flat))
        flat = flat[sort]
        first = np.append(True, flat[1:] != flat[:-1])[: flat.size]
        sort = sort[first]
        room = np.array([area_ids.index(area[at]) for at in order], np.int64)
        return cls(
            days,
            area_ids,
            room,
            np.array(order, np.int64),
            witness[order] if order else np.zeros(0, bool),
            thing[sort],
            day[sort],
            at[sort],
            wall[sort],
            gap_scale(_gaps(room[thing[sort]], day[sort], wall[sort])),
        )

    @property
    def window(self) -> Window:
        """Return the window."""
        return self.days.window

    def name(self, thing: int) -> Key:
        """Return what is begun."""
        return self.window.keys[int(self.key[thing])]

    @cached_property
    def edges(self) -> Numbers:
        """Return where each thing's starts begin, shape (things + 1,)."""
        return np.searchsorted(self.thing, np.arange(self.key.size + 1))

    @cached_property
    def begun(self) -> Bits:
        """Return the days on which each thing was begun, shape (things, BINS)."""
        flags = np.zeros((self.key.size, BINS, 64), bool)
        flags[self.thing, self.bin, self.day] = True
        packed = np.packbits(flags, axis=2, bitorder="little")
        found: Bits = packed.view("<u8")[:, :, 0].astype(np.uint64)
        return found

    @cached_property
    def alive(self) -> Bits:
        """Return on which days anything was begun in each slot, shape (SLOTS,)."""
        every = np.bitwise_or.reduce(self.begun, axis=0)
        return np.array(
            [np.bitwise_or.reduce(every[slot_of(slot)]) for slot in range(SLOTS)],
            np.uint64,
        )

    @cached_property
    def available(self) -> Bits:
        """Return on which days each thing was there, shape (things, SLOTS)."""
        window, days = self.window, self.days
        unknown = len(window.entities)
        row = [
            window.entity_at.get(window.keys[key].entity_id, unknown)
            for key in self.key.tolist()
        ]
        index = window.days - days.first
        inside = index >= 0
        hours = np.zeros((self.key.size, days.count + 1, 24), np.float32)
        share = np.concatenate([window.available, window.recorded[None]])
        hours[:, index[inside]] = share[row][:, inside]
        first = WAKING_DAY_STARTS_MS // HOUR_MS
        flat = hours.reshape(self.key.size, -1)[:, first : first - 24]
        waking = flat.reshape(self.key.size, days.count, 24)
        flags = np.zeros((self.key.size, SLOTS, 64), bool)
        for slot in range(SLOTS):
            part = slot_of(slot)
            low, high = part.start * BIN_MS // HOUR_MS, part.stop * BIN_MS // HOUR_MS
            enough = waking[:, :, low:high].mean(axis=2) >= NEEDED_SHARE
            flags[:, slot, : days.count] = enough
        packed = np.packbits(flags, axis=2, bitorder="little")
        found: Bits = packed.view("<u8")[:, :, 0].astype(np.uint64)
        return found


def slot_of(slot: int) -> slice:
    """Return the bins of a slot."""
    return slice(slot * _STEP_BINS, slot * _STEP_BINS + SLOT_BINS)


def widened(bits: Bits, reach: int) -> Bits:
    """Return the days on which a bin, or one within reach of it, is set.

    Args:
        bits: the last axis are the bins of a day.
        reach: how many bins.
    """
    found = bits.copy()
    for step in range(1, reach + 1):
        found[..., step:] |= bits[..., :-step]
        found[..., :-step] |= bits[..., step:]
    return found


def _may_belong(
    window: Window, home: Home
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which keys begin something, and which of them only see people."""
    infos = [home.entity(key.entity_id) for key in window.keys]
    member = np.array(
        [
            key.state not in RESTING
            and (
                info.domain in HANDLED
                or (info.domain == SENSES and info.device_class not in NOBODY)
            )
            for key, info in zip(window.keys, infos, strict=True)
        ],
        bool,
    )
    # Whose room is not known witnesses nothing.
    seen = np.array([info.device_class in PRESENCE for info in infos], bool)
    placed = np.array([bool(info.area_id) for info in infos], bool)
    total = np.bincount(window.key, minlength=member.size)
    automated = np.bincount(
        window.key[window.cause >= AUTOMATION], minlength=member.size
    )
    return member & (placed | ~seen) & (2 * automated <= total), seen


def _chosen(
    window: Window,
    home: Home,
    key: Numbers,
    day: Numbers,
    days: int,
    area: list[str],
    witness: NDArray[np.bool_],
) -> list[int]:
    """Return the keys that are begun on enough days, one of each device.

    Of what has no area there are only those begun on most days.
    """
    size = len(window.keys)
    pairs = np.unique(key * days + day)
    on_days = np.bincount(pairs // days, minlength=size)
    times = np.bincount(key, minlength=size)
    busy = times > BUSIEST * np.maximum(on_days, 1)
    enough = np.flatnonzero((on_days >= FEWEST_DAYS) & (witness | ~busy))
    best: dict[tuple[str, str, bool], int] = {}
    for at in enough.tolist():
        unit = home.unit(window.keys[at].entity_id)
        own = (unit, area[at], bool(witness[at]))
        if own not in best or on_days[at] > on_days[best[own]]:
            best[own] = at
    found = sorted(best.values())
    homeless = [at for at in found if not area[at]]
    homeless.sort(key=lambda at: (-int(on_days[at]), at))
    left_out = set(homeless[HOMELESS:])
    return [at for at in found if at not in left_out]


def _gaps(room: Numbers, day: Numbers, wall: Instants) -> Numbers:
    """Return the gaps between what is begun in a room on a day."""
    order = np.lexsort((wall, day, room))
    room, day, wall = room[order], day[order], wall[order]
    same = (room[1:] == room[:-1]) & (day[1:] == day[:-1])
    found: Numbers = (wall[1:] - wall[:-1])[same]
    return found
