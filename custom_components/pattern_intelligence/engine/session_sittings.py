"""Sittings: stretches in which enough of a group is begun, one soon after the other.

Chance is asked of the same starts: each thing keeps its days as they are, but they
are dealt anew, so that what was begun on one day meets what was begun on others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .evidence import Floats
from .session_starts import Starts
from .tables import Numbers

DEALS: Final = 24
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
        half: shape (n,), place of the start with which half of the group was begun.
        last: shape (n,), place of its last start.
    """

    day: Numbers
    first: NDArray[np.intp]
    half: NDArray[np.intp]
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
    if not day.size:
        none = np.zeros(0, np.intp)
        return Sittings(np.zeros(0, np.int64), none, none, none)
    new = np.append(True, (day[1:] != day[:-1]) | (bins[1:] - bins[:-1] > group.gap))
    chain = np.cumsum(new) - 1
    size = int(member.max()) + 1
    _, fresh = np.unique(chain * size + member, return_index=True)
    fresh = np.sort(fresh)
    joined = np.bincount(chain[fresh], minlength=int(chain[-1]) + 1)
    begins = np.cumsum(joined) - joined
    half = half_of(len(group.things))
    start = np.flatnonzero(new)
    end = np.append(start[1:], day.size) - 1
    good = np.flatnonzero(joined >= group.need)
    found, at = np.unique(day[start[good]], return_index=True)
    good = good[at]
    return Sittings(found, start[good], fresh[begins[good] + half - 1], end[good])


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
    order = np.lexsort((member, starts.bin[rows], starts.day[rows]))
    return rows[order], member[order]


def chance_of_sitting(starts: Starts, group: Group) -> Floats:
    """Return the chance of a sitting on each day, if nothing holds the group together.

    Each thing is moved on by another number of days among the days alike, again and
    again; the days as they
    were stand for themselves, so that chance is never nothing.

    Returns:
        Shape (days,), alike on days of one kind.
    """
    rows, member = rows_of(starts, group)
    day, at = starts.day[rows], starts.bin[rows]
    found = np.zeros(starts.days.count)
    for alike in _kinds(starts):
        place = np.full(starts.days.count, -1)
        place[alike] = np.arange(alike.size)
        own = place[day] >= 0
        deals = np.arange(1, min(DEALS, alike.size - 1) + 1)
        shift = deals[:, None] * member[own]
        dealt = (place[day[own]] + shift) % alike.size + (deals * alike.size)[:, None]
        count = deals.size
        flat = dealt.ravel()
        bins, who = np.tile(at[own], count), np.tile(member[own], count)
        order = np.lexsort((bins, flat))
        met = sittings(flat[order], bins[order], who[order], group).day.size
        found[alike] = (met + 1) / (count * alike.size + 1)
    return found


def _kinds(starts: Starts) -> list[NDArray[np.intp]]:
    """Return the counted days of each kind: workdays, and days that are free."""
    days = starts.days
    free = starts.window.calendar.free(np.arange(days.count) + days.first)
    kinds = [np.flatnonzero(days.counted & (free == kind)) for kind in (False, True)]
    return [own for own in kinds if own.size]
