"""From two things that are begun together to all that belong to it.

Two devices that are surely begun together tell when a sitting took place. Whatever
else of the room is begun at those moments, on more of those days than it would be
with the clock of another day, belongs to it; so may what sees people there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..co_occurrence.crossday import Bits
from ..evidence import poisson_binomial_tail
from ..tables import Numbers
from .pairs import Pair, chances, kinds_of, worth
from .sittings import Group, needs_of
from .starts import BINS, Starts, slot_of

FEWEST_MEMBERS: Final = 3
"""Two things are a link."""

JOINS: Final = 0.5
"""Share of the sittings at which a thing has to be begun to belong to them."""

LEVEL: Final = 0.02
"""Of a member, shared by all things of the room that are asked."""

RARE: Final = 2.5
"""Percent of the sittings that may begin before the part of the day, and after."""


def grown(starts: Starts, pair: Pair, near: Mapping[int, Bits]) -> list[Group]:
    """Return the group around a pair, as it may be told; none where there is no third.

    Args:
        starts: what was begun.
        pair: two things that are begun together.
        near: by reach, the days on which each thing was begun within it.

    Returns:
        The same things, for each gap and each number of them that make a sitting.
    """
    begun, close = starts.begun, near[pair.reach]
    one, two = pair.first, pair.second
    joint = (begun[one] & close[two]) | (begun[two] & close[one])
    part = slot_of(pair.slot)
    joint[: part.start] = 0
    joint[part.stop :] = 0
    at, day = _moments(joint)
    counted = kinds_of(starts)[pair.kind][day]
    at, day = at[counted], day[counted]
    same = np.flatnonzero(starts.room == starts.room[one])
    others = same[(same != one) & (same != two)]
    joined = _joined(starts, pair.slot, near, others, day, at)
    things = tuple(sorted({one, two, *joined.tolist()}))
    if len(things) < FEWEST_MEMBERS:
        return []
    whole = max(near)
    first, last = np.percentile(at, [RARE, 100 - RARE])
    low, high = max(0, int(first) - whole), min(BINS - 1, int(np.ceil(last)) + whole)
    return [
        Group(things, low, high, gap, need)
        for gap in near
        for need in needs_of(len(things))
    ]


def _moments(joint: Bits) -> tuple[Numbers, Numbers]:
    """Return the bins and days that are set, by day, then bin."""
    flags = np.unpackbits(
        joint.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little"
    )
    day, at = np.nonzero(flags.T)
    return at, day


def _joined(
    starts: Starts,
    slot: int,
    near: Mapping[int, Bits],
    others: NDArray[np.intp],
    day: Numbers,
    at: Numbers,
) -> NDArray[np.intp]:
    """Return which other things are begun at some moments more than by chance."""
    if not others.size or not day.size:
        return others[:0]
    cuts = np.flatnonzero(np.append(True, day[1:] != day[:-1]))
    has = np.zeros((1, starts.days.count, 1), bool)
    has[0, day[cuts], 0] = True
    own = np.arange(starts.days.count, dtype=np.uint64)
    belongs = np.zeros(others.size, bool)
    for bits in near.values():
        met = np.zeros((others.size, 1, starts.days.count, 1), np.uint64)
        held = np.bitwise_or.reduceat(bits[others][:, at], cuts, axis=1)
        met[:, 0, day[cuts], 0] = held
        chance, known = chances(starts, met, has, others, slice(slot, slot + 1))
        chance, known = chance[:, 0, :, 0] * known[:, 0, :, 0], known[:, 0, :, 0]
        matched = ((((met[:, 0, :, 0] >> own) & np.uint64(1)) > 0) & known).sum(axis=1)
        days = known.sum(axis=1)
        p = poisson_binomial_tail(chance, matched)
        sure = worth(matched, days, chance.sum(axis=1)) & (matched >= JOINS * days)
        belongs |= sure & (p <= LEVEL / (others.size * len(near)))
    found: NDArray[np.intp] = others[belongs]
    return found


def apart(groups: Sequence[Group], pair: Pair) -> bool:
    """Tell whether no group has both of a pair, at that part of the day."""
    part = slot_of(pair.slot)
    return not any(
        {pair.first, pair.second} <= set(group.things)
        and group.low < part.stop
        and group.high > part.start
        for group in groups
    )
