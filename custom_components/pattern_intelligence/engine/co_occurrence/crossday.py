"""What would have followed by chance: the same clock times on other days.

Whether B follows A by more than their rhythms is asked of the home itself: how often
would B have followed, had it kept to the clock of some other day? A day is a bit of
a 64-bit number, so one look-up answers for one clock time and all days at once, and
the work grows with the happenings, not with pairs of days.

A day here is a waking day, from 04:00 to 04:00; an *offset* is the milliseconds of
the clock since 04:00.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS, WAKING_DAY_STARTS_MS, Instants
from ..eligibility import NEEDED_SHARE
from ..evidence import Floats
from ..presence import waking_days
from ..tables import Numbers
from ..window import Window

type Bits = NDArray[np.uint64]

MAX_DAYS = 64
"""Days that fit the bits of a number: nine weeks do."""

_BYTE: Final = 255


def offsets(wall: Instants) -> Numbers:
    """Return the milliseconds of the clock since 04:00."""
    return (wall - WAKING_DAY_STARTS_MS) % DAY_MS


@dataclass(frozen=True, slots=True)
class Mask:
    """On which days something holds, as a function of the clock.

    Attributes:
        edges: shape (pieces,), ascending offsets since which each piece holds; the
            first is 0.
        bits: shape (pieces,), bit ``i`` tells of the day with index ``i``.
    """

    edges: Numbers
    bits: Bits

    def at(self, offset: Numbers) -> Bits:
        """Return the days at each offset."""
        found: Bits = self.bits[np.searchsorted(self.edges, offset, "right") - 1]
        return found


@dataclass(frozen=True, eq=False)
class Days:
    """The waking days of a window that are compared, each with an index.

    Attributes:
        window: the window they are of.
        first: number of the waking day with index 0.
        count: how many indices there are, at most ``MAX_DAYS``.
    """

    window: Window
    first: int
    count: int
    _available: dict[str, Bits] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, window: Window) -> Days:
        """Return the last days of a window that has any."""
        last = int(window.days[-1])
        first = max(int(window.days[0]), last + 1 - MAX_DAYS)
        return cls(window, first, last + 1 - first)

    def index(self, wall: Instants) -> Numbers:
        """Return each wall instant's day, or -1 where it is none of these."""
        found = waking_days(wall) - self.first
        found[(found < 0) | (found >= self.count)] = -1
        return found

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Return which days were learned and had somebody home, shape (count,)."""
        found = np.zeros(self.count, bool)
        at = self.window.days - self.first
        inside = (at >= 0) & (at < self.count)
        found[at[inside]] = self.window.occupied[inside]
        return found

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """Return which days are free, shape (count,)."""
        return self.window.calendar.free(np.arange(self.count) + self.first)

    @cached_property
    def alike(self) -> Bits:
        """Return, for each day, the other counted days of its kind, shape (count,)."""
        free = self.free
        bit = np.left_shift(np.uint64(1), np.arange(self.count, dtype=np.uint64))
        kinds = [
            np.bitwise_or.reduce(bit[self.counted & (free == kind)], initial=0)
            for kind in (False, True)
        ]
        found: Bits = np.array(kinds, np.uint64)[free.astype(np.int64)] & ~bit
        return found

    def available(self, entity_id: str) -> Bits:
        """Return on which days an entity was there, by hour since 04:00, shape (24,).

        An hour that was not learned is one in which it was not.
        """
        if (found := self._available.get(entity_id)) is None:
            found = self._available[entity_id] = self._hours_of(entity_id)
        return found

    def _hours_of(self, entity_id: str) -> Bits:
        window = self.window
        at = window.entity_at.get(entity_id)
        share = window.recorded if at is None else window.available[at]
        enough = np.zeros((self.count + 1, 24), bool)
        index = window.days - self.first
        inside = index >= 0
        enough[index[inside]] = share[inside] >= NEEDED_SHARE
        first_hour = WAKING_DAY_STARTS_MS // HOUR_MS
        waking = np.hstack([enough[:-1, first_hour:], enough[1:, :first_hour]])
        bit = np.left_shift(np.uint64(1), np.arange(self.count, dtype=np.uint64))
        found: Bits = np.bitwise_or.reduce(
            np.where(waking, bit[:, None], np.uint64(0)), axis=0
        )
        return found

    def mask(self, begins: Instants, ends: Instants) -> Mask:
        """Return on which days the clock is inside of intervals of wall time.

        Args:
            begins: shape (n,), wall milliseconds.
            ends: shape (n,), exclusive; each interval lasts at most a day.
        """
        if (begins[1:] < begins[:-1]).any():
            order = np.argsort(begins, kind="stable")
            begins, ends = begins[order], ends[order]
        until = np.maximum.accumulate(ends)
        begins = np.maximum(begins, np.append(begins[:1], until[:-1]))
        kept = until > begins
        begins, ends = begins[kept], until[kept]
        day = waking_days(begins)
        began = day * DAY_MS + WAKING_DAY_STARTS_MS
        start, stop = begins - began, ends - began
        over = stop > DAY_MS
        day = np.concatenate([day, day[over] + 1]) - self.first
        start = np.concatenate([start, np.zeros(int(over.sum()), np.int64)])
        stop = np.concatenate([np.minimum(stop, DAY_MS), stop[over] - DAY_MS])
        known = (day >= 0) & (day < self.count)
        day, start, stop = day[known], start[known], stop[known]
        # An edge and its day are one number: numbers are ordered faster than places.
        # Of edges at one offset only the last is ever asked: their order is no matter.
        coded = np.sort(np.concatenate([start, stop]) * MAX_DAYS + np.tile(day, 2))
        toggles = np.left_shift(np.uint64(1), (coded % MAX_DAYS).astype(np.uint64))
        return Mask(
            np.append(0, coded // MAX_DAYS),
            np.append(np.uint64(0), np.bitwise_xor.accumulate(toggles)),
        )


@dataclass(frozen=True, slots=True)
class ByDay:
    """Occasions in order of time, taken by the day.

    Attributes:
        day: shape (days,), index of each day that has any.
        starts: shape (days,), position of each day's first.
        sizes: shape (days,), how many each day has.
    """

    day: Numbers
    starts: NDArray[np.intp]
    sizes: Numbers

    @classmethod
    def of(cls, day: Numbers) -> ByDay:
        """Return how occasions with these ascending days lie, shape (n,)."""
        return cls(*np.unique(day, return_index=True, return_counts=True))

    def sums(self, values: NDArray[np.bool_]) -> Numbers:
        """Return how many of each day's occasions are true, shape (days,)."""
        found: Numbers = np.add.reduceat(values, self.starts, dtype=np.int64)
        return found

    def sums_of_bits(self, bits: Bits) -> Numbers:
        """Return how often each bit is set on each day, shape (days, 64)."""
        rows = bits.astype("<u8").view(np.uint8).reshape(-1, 8)
        flat = np.unpackbits(rows, axis=1, bitorder="little")
        if self.sizes.max(initial=0) > _BYTE:
            found: Numbers = np.add.reduceat(flat, self.starts, axis=0, dtype=np.int32)
            return found
        # A byte can count all of a day: eight are added as one number.
        eights = np.add.reduceat(flat.view(np.uint64), self.starts, axis=0)
        return eights.view(np.uint8).astype(np.int32)


@overload
def by_chance(followed: int, would: int, occasions: int, others: int) -> float: ...
@overload
def by_chance(
    followed: Numbers, would: Numbers, occasions: Numbers | int, others: Numbers | int
) -> Floats: ...
def by_chance(
    followed: Numbers | int,
    would: Numbers | int,
    occasions: Numbers | int,
    others: Numbers | int,
) -> Floats | float:
    """Return the share of occasions that would be followed by chance.

    As in the trial, each occasion stands for itself among the days alike.

    Args:
        followed: how many occasions were followed.
        would: on how many days alike they would have been, all occasions together.
        occasions: how many there are.
        others: how many days alike they have, all together.
    """
    return (followed + would) / (occasions + others)


@dataclass(frozen=True, slots=True)
class Trial:
    """How often an effect followed on each day of its cause, and would by chance.

    Attributes:
        day: shape (days,), index of each day that has occasions.
        matched: shape (days,), at least half of the day's occasions were followed.
        chance: shape (days,), the share of the days alike, the day itself among
            them, on which the same clock times would have matched.
    """

    day: Numbers
    matched: NDArray[np.bool_]
    chance: Floats


def tried(
    days: ByDay,
    followed: NDArray[np.bool_],
    would: Bits,
    compared: Bits,
    known: Numbers | None = None,
) -> Trial:
    """Return the cross-day test's terms.

    A day stands for itself among the days alike, as the order found does among the
    permutations, so that chance is never nothing (B. Phipson, G. K. Smyth,
    Permutation p-values should never be zero, 2010).

    Args:
        days: how the n occasions lie in days.
        followed: shape (n,), whether the effect followed.
        would: shape (n,), the days on which it would have at that clock time.
        compared: shape (n,), which days are alike and known at that clock time.
        known: what :meth:`ByDay.sums_of_bits` says of those, where it was asked before.
    """
    if known is None:
        known = days.sums_of_bits(compared)
    hits = days.sums_of_bits(would & compared)
    # A day that knows less than half of the clock times says too little of them.
    usable = (known > 0) & (2 * known >= days.sizes[:, None])
    matches = usable & (2 * hits >= known)
    matched = 2 * days.sums(followed) >= days.sizes
    chance = (matches.sum(axis=1) + matched) / (usable.sum(axis=1) + 1)
    return Trial(days.day, matched, chance)
