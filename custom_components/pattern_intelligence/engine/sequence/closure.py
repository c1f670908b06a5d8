"""Which chains stand for others: one routine is told once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..co_occurrence.edge import AT_ONCE_MS
from ..co_occurrence.manners import LAGS_MS
from ..co_occurrence.stream import Stream
from ..tables import Numbers
from .chains import COVERED
from .episodes import followed_by
from .sequences import Routine
from .steps import LONGEST_MS


def leaders(routines: Sequence[Routine]) -> dict[int, list[int]]:
    """Return the chains that no other one stands for, and those each stands for.

    One with more steps stands for one with fewer, one kept on more days for one kept
    on fewer, when most of the other's steps are its own (of the same device, since
    what went on goes off), on most of the other's days and at the same time. What is
    explained by one that is itself explained, is explained, too.

    Args:
        routines: all chains that may be told.

    Returns:
        By ascending position, the positions of those explained.
    """
    led: dict[int, list[int]] = {}
    leader_of: dict[int, int] = {}
    order = sorted(range(len(routines)), key=lambda at: _precedence(routines[at]))
    of_device: dict[int, list[int]] = {}
    for place, position in enumerate(order):
        own = routines[position]
        devices = set(own.lead.alphabet.unit[list(own.chain.keys)].tolist())
        # What has no device in common explains nothing.
        asked = sorted({at for unit in devices for at in of_device.get(unit, ())})
        for other in (order[at] for at in asked):
            if _explains(routines[other], own):
                leader_of[position] = leader_of[other]
                led[leader_of[other]].append(position)
                break
        else:
            leader_of[position] = position
            led[position] = []
        for unit in devices:
            of_device.setdefault(unit, []).append(place)
    return {position: led[position] for position in sorted(led)}


def _precedence(routine: Routine) -> tuple[int, int, int, tuple[int, ...]]:
    """Return by what chains are asked first to stand for others."""
    begins = routine.lead.stream.begins[list(routine.chain.keys)]
    return (
        -len(routine.chain.keys),
        -int(routine.matched.sum()),
        -int(begins.sum()),
        routine.chain.keys,
    )


def _explains(larger: Routine, smaller: Routine) -> bool:
    """Tell whether a chain has another one's steps on most of its days."""
    unit = larger.lead.alphabet.unit
    own = unit[list(smaller.chain.keys)]
    shared = int(np.isin(own, unit[list(larger.chain.keys)]).sum())
    if 2 * shared <= own.size:
        return False
    return _common(larger, smaller) >= COVERED or _step_by_step(larger, smaller)


def _common(larger: Routine, smaller: Routine) -> float:
    """Return on which share of a chain's days another one goes on at the same time."""
    begins, ends = larger.spans
    begin, end = smaller.spans
    # Longest end so far, as episodes may lie within each other.
    reached = np.maximum.accumulate(ends)
    before = np.searchsorted(begins, end, "right") - 1
    together = (before >= 0) & (reached[np.maximum(before, 0)] >= begin)
    rows = smaller.lead.occasions[smaller.chain.complete]
    days = smaller.lead.by_day.day[smaller.matched]
    return float(np.isin(days, smaller.lead.stream.day[rows[together]]).mean())


def _step_by_step(larger: Routine, smaller: Routine) -> bool:
    """Tell whether a part of a chain is explained by a larger part, and so on.

    Of six steps of which each is now and then left out, three are done together on
    many more days than all of them.
    """
    whole, keys = larger.chain.keys, smaller.chain.keys
    if tuple(key for key in whole if key in keys) != keys:
        return False
    stream = larger.lead.stream
    days = _days(stream, keys)
    while len(keys) < len(whole):
        ways = [
            tuple(key for key in whole if key in (*keys, missing))
            for missing in whole
            if missing not in keys
        ]
        own = [_days(stream, way) for way in ways]
        common = [float(np.isin(days, way).mean()) for way in own]
        best = int(np.argmax(common))
        if common[best] < COVERED:
            return False
        keys, days = ways[best], own[best]
    return True


def _days(stream: Stream, keys: Sequence[int]) -> Numbers:
    """Return on which days steps mostly follow their first within the longest lag."""
    occasions = stream.occasions(keys[0], LONGEST_MS)
    rows = occasions
    for key in keys[1:]:
        rows = followed_by(stream, rows, key, AT_ONCE_MS, LAGS_MS[-1])
    days, at, sizes = np.unique(
        stream.day[occasions], return_inverse=True, return_counts=True
    )
    done: Numbers = days[2 * np.bincount(at, rows >= 0, days.size) >= sizes]
    return done
