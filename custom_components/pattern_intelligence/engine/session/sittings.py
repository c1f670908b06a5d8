"""Sittings: stretches in which enough of a group is begun, one soon after the other.

Chance is asked of the same starts: each thing keeps its days as they are, but they
are dealt anew, so that what was begun on one day meets what was begun on others.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..tables import Numbers
from .starts import BINS, Starts

DEALS: Final = 16
"""How often days are dealt anew: chances come out within a few days in 100."""

TWO: Final = 2
"""One alone makes no sitting."""


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one room that are begun together.

    Attributes:
        things: those that belong to it, ascending.
        low: the first bin of the clock since 04:00 at which a sitting may begin.
        high: the last.
        gap: bins after which a sitting is over.
        need: how many of them make a sitting.
    """

    things: tuple[int, ...]
    low: int
    high: int
    gap: int
    need: int


@dataclass(frozen=True, slots=True, eq=False)
class Sittings:
    """The first sitting of each day that has one.

    Attributes:
        day: shape (n,), ascending.
        first: shape (n,), place of its first start among those given.
        begun: shape (n,), place of the start with which all who take part have begun.
        last: shape (n,), place of its last start.
    """

    day: Numbers
    first: NDArray[np.intp]
    begun: NDArray[np.intp]
    last: NDArray[np.intp]


def half_of(members: int) -> int:
    """Return how many are at least half of some."""
    return (members + 1) // 2


def sittings(day: Numbers, bins: Numbers, member: Numbers, group: Group) -> Sittings:
    """Return the first sitting of each day.

    Args:
        day: shape (n,), ascending.
        bins: shape (n,), when things were begun, ascending in a day.
        member: shape (n,), which of the group it was.
        group: tells how many make a sitting, and what gap ends it.
    """
    start, joined = _chains(day, bins, member, group.gap)
    good = np.flatnonzero(joined >= group.need)
    found, at = np.unique(day[start[good]], return_index=True)
    good = good[at]
    end = np.append(start[1:], day.size)[good] - 1
    begun = [
        low + np.unique(member[low : high + 1], return_index=True)[1].max()
        for low, high in zip(start[good].tolist(), end.tolist(), strict=True)
    ]
    return Sittings(found, start[good], np.array(begun, np.intp), end)


def _chains(
    day: Numbers, bins: Numbers, member: Numbers, gap: int
) -> tuple[NDArray[np.intp], Numbers]:
    """Return where stretches without a gap start, and how many take part in each."""
    if not day.size:
        return np.zeros(0, np.intp), np.zeros(0, np.int64)
    new = np.append(True, (day[1:] != day[:-1]) | (bins[1:] - bins[:-1] > gap))
    start = np.flatnonzero(new)
    who = np.left_shift(np.uint64(1), member.astype(np.uint64))
    together = np.bitwise_or.reduceat(who, start)
    return start, np.bitwise_count(together).astype(np.int64)


def needs_of(things: int) -> range:
    """Return how many may be asked to make a sitting: half of them, up to all."""
    return range(max(TWO, half_of(things)), things + 1)


def rows_of(starts: Starts, group: Group) -> tuple[NDArray[np.intp], Numbers]:
    """Return the starts of a group in its part of the day, and whose each is.

    In the order of days, then of the clock.
    """
    parts = [
        np.arange(starts.edges[thing], starts.edges[thing + 1])
        for thing in group.things
    ]
    rows = np.concatenate(parts)
    member = np.repeat(np.arange(len(parts)), [own.size for own in parts])
    at = starts.bin[rows]
    inside = (at >= group.low) & (at <= group.high)
    rows, member = rows[inside], member[inside]
    order = np.lexsort((member, starts.wall[rows]))
    return rows[order], member[order]


def chances_of_sittings(
    starts: Starts, group: Group, gaps: Collection[int]
) -> dict[tuple[int, int], Floats]:
    """Return the chance of a sitting on each day, if nothing holds the group together.

    Each thing is moved on by another number of days among the days alike, again and
    again; the days as they were stand for themselves, so that chance is never nothing.

    Args:
        starts: what was begun.
        group: the things, and their part of the day.
        gaps: those that may end a sitting.

    Returns:
        By gap and by how many make a sitting; shape (days,), alike on days of one
        kind.
    """
    rows, member = rows_of(starts, group)
    day, at = starts.day[rows], starts.bin[rows]
    needs = needs_of(len(group.things))
    found = {(gap, need): np.zeros(starts.days.count) for gap in gaps for need in needs}
    for alike in _kinds(starts):
        place = np.full(starts.days.count, -1)
        place[alike] = np.arange(alike.size)
        own = place[day] >= 0
        deals = np.arange(1, min(DEALS, alike.size - 1) + 1)
        moved = place[day[own]] + deals[:, None] * member[own]
        dealt = (moved % alike.size + (deals * alike.size)[:, None]).ravel()
        bins, who = np.tile(at[own], deals.size), np.tile(member[own], deals.size)
        order = np.argsort(dealt * BINS + bins, kind="stable")
        dealt, bins, who = dealt[order], bins[order], who[order]
        total = deals.size * alike.size + 1
        for gap in gaps:
            start, joined = _chains(dealt, bins, who, gap)
            most = np.zeros(total + alike.size, np.int64)
            np.maximum.at(most, dealt[start], joined)
            for need in needs:
                met = int((most >= need).sum())
                found[gap, need][alike] = (met + 1) / total
    return found


def _kinds(starts: Starts) -> list[NDArray[np.intp]]:
    """Return the counted days of each kind: workdays, and days that are free."""
    days = starts.days
    free = starts.window.calendar.free(np.arange(days.count) + days.first)
    kinds = [np.flatnonzero(days.counted & (free == kind)) for kind in (False, True)]
    return [own for own in kinds if own.size]
