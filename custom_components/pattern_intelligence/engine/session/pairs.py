"""Which two things of a room are begun together, beyond what their rhythms explain.

Two lamps of an evening are begun close to each other now and then. So it is asked how
often they would be, had the second kept to the clock of another day of the same kind
on which somebody was about (:mod:`..co_occurrence.crossday`): what both do at a time of their own,
each on the days it likes, is no session, however sharp those times are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..co_occurrence.crossday import Bits
from ..evidence import Floats, poisson_binomial_tail, share_bounds
from ..tables import Numbers
from .starts import BIN_MS, FEWEST_DAYS, SLOTS, Starts, widened

BLOCKS: Final = SLOTS + 1
"""Three hours each; two of them are a slot."""

FEWEST_COMPARED: Final = 5
"""Other days without which a day has nothing to be held against."""

LEAST_SHARE: Final = 0.3
"""Share of the first one's days on which both have to be begun together."""

LEAST_LIFT: Final = 1.25
"""By the lower bound: less is what a shared day off makes of two rhythms."""

LEAST_MORE: Final = 0.1
"""By the lower bound, too: so many days in 100 more than by chance."""

CLOSE: Final = (1, 2)
"""Bins within which things are begun at once, or one after the other."""

ALIKE: Final = 4.0
"""How much less than so many separate chances a pair's places are, as they overlap.

Measured on things without a session, where a pair's p is below any level ten times
more seldom than that, still."""

_LOOKED_AT: Final = -3.0
"""Log of the bound of a p from which on it is worked out exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two things, at the part of the day and the reach where they are most together.

    Attributes:
        first: the thing whose days are asked.
        second: the thing that is held against other days.
        slot: the part of the day.
        kind: the days looked at: a position in :func:`kinds_of`.
        reach: bins that may lie between them.
        p_value: corrected for everything that was searched.
    """

    first: int
    second: int
    slot: int
    kind: int
    reach: int
    p_value: float


def reaches_of(starts: Starts) -> tuple[int, ...]:
    """Return how many bins may lie between two starts: at once, close by, in a sitting.

    Ascending; the last is the sitting's gap.
    """
    whole = round(starts.gap / BIN_MS)
    return tuple(sorted({*CLOSE, max(whole, *CLOSE)}))


def kinds_of(starts: Starts) -> NDArray[np.bool_]:
    """Return all days, and those that are free, shape (2, days).

    On workdays alone it is as clear as on all days, or nearly so.
    """
    days = np.arange(starts.days.count) + starts.days.first
    return np.array([np.ones(days.size, bool), starts.window.calendar.free(days)])


def count_of_pairs(starts: Starts) -> int:
    """Return how many pairs of things in one room could have been tested."""
    own = np.bincount(starts.room[~starts.witness], minlength=len(starts.area_ids))
    return int((own * (own - 1) // 2).sum())


def searched_pairs(starts: Starts) -> list[Pair]:
    """Return the pairs that are worth an exact test, by room and thing."""
    found = [own for reach in reaches_of(starts) for own in _of_reach(starts, reach)]
    if not found:
        return []
    chances = np.zeros((len(found), 64))
    for row, cell in enumerate(found):
        chances[row, : cell.chance.size] = cell.chance
    matched = np.array([cell.matched for cell in found], np.int64)
    exact = poisson_binomial_tail(chances, matched)
    places = SLOTS * 2 * len(reaches_of(starts)) * len(kinds_of(starts))
    searched = places / ALIKE
    best: dict[tuple[int, int], Pair] = {}
    for cell, p in zip(found, exact.tolist(), strict=True):
        pair = cell.pair(min(1.0, p * searched))
        name = min(pair.first, pair.second), max(pair.first, pair.second)
        if name not in best or pair.p_value < best[name].p_value:
            best[name] = pair
    return [best[name] for name in sorted(best)]


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """One of the places where a pair is looked at."""

    first: int
    second: int
    slot: int
    kind: int
    reach: int
    matched: int
    chance: Floats

    def pair(self, p_value: float) -> Pair:
        return Pair(self.first, self.second, self.slot, self.kind, self.reach, p_value)


def _of_reach(starts: Starts, reach: int) -> Iterator[_Cell]:
    """Yield where two things are together clearly more often than by chance."""
    near = widened(starts.begun, reach)
    edges = np.searchsorted(starts.room, np.arange(len(starts.area_ids) + 1))
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        things = low + np.flatnonzero(~starts.witness[low:high])
        if things.size < 2:
            continue
        met, has = _met(starts, near, things)
        chance, known = chances(starts, met, has, things)
        own = np.arange(starts.days.count, dtype=np.uint64)
        hits = (((met >> own[:, None]) & np.uint64(1)) > 0) & known
        for kind, days in enumerate(kinds_of(starts)):
            part = np.flatnonzero(days)
            yield from _clearest(
                things,
                reach,
                kind,
                *(
                    (hits, known, chance)
                    if part.size == days.size
                    else (hits[:, :, part], known[:, :, part], chance[:, :, part])
                ),
            )


def _clearest(
    things: NDArray[np.intp],
    reach: int,
    kind: int,
    hits: NDArray[np.bool_],
    known: NDArray[np.bool_],
    chance: Floats,
) -> Iterator[_Cell]:
    """Yield, for each two things, the part of the day that chance explains least.

    Args:
        things: those of a room.
        reach: bins that may lie between two starts.
        kind: the days looked at.
        hits: shape (seconds, firsts, days, SLOTS), whether they were together.
        known: on which days that counts.
        chance: of each.
    """
    days, matched = known.sum(axis=2), hits.sum(axis=2)
    expected = np.einsum("abds,abds->abs", chance, known)
    looked = worth(matched, days, expected)
    looked[np.arange(things.size), np.arange(things.size)] = False
    bound = np.where(looked, _log_bound(matched, days, expected), 0.0)
    best = bound.argmin(axis=2)
    second, first = np.nonzero(bound.min(axis=2) < _LOOKED_AT)
    for two, one in zip(second.tolist(), first.tolist(), strict=True):
        slot = int(best[two, one])
        yield _Cell(
            int(things[one]),
            int(things[two]),
            slot,
            kind,
            reach,
            int(matched[two, one, slot]),
            chance[two, one, known[two, one, :, slot], slot],
        )


def _met(
    starts: Starts, near: Bits, things: NDArray[np.intp]
) -> tuple[Bits, NDArray[np.bool_]]:
    """Return on which days a second would have been near the starts of a first.

    Returns:
        Bits of shape (seconds, firsts, days, SLOTS), and whether a first was begun at
        all, shape (firsts, days, SLOTS).
    """
    rows = np.concatenate([np.arange(*starts.edges[at : at + 2]) for at in things])
    first, day = np.searchsorted(things, starts.thing[rows]), starts.day[rows]
    at = starts.bin[rows]
    block = at * BLOCKS // near.shape[1]
    flat = (first * starts.days.count + day) * BLOCKS + block
    cuts = np.flatnonzero(np.append(True, flat[1:] != flat[:-1]))
    held = np.bitwise_or.reduceat(near[things][:, at], cuts, axis=1)
    shape = (things.size, starts.days.count, BLOCKS)
    met = np.zeros((things.size, int(np.prod(shape))), np.uint64)
    met[:, flat[cuts]] = held
    has = np.zeros(int(np.prod(shape)), bool)
    has[flat[cuts]] = True
    blocks, begun = met.reshape(things.size, *shape), has.reshape(shape)
    return (
        blocks[..., :-1] | blocks[..., 1:],
        begun[..., :-1] | begun[..., 1:],
    )


def chances(
    starts: Starts,
    met: Bits,
    has: NDArray[np.bool_],
    things: NDArray[np.intp],
    slots: slice = slice(None),
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return each day's chance, and the days on which there is one.

    A day stands for itself among the days alike, as in :func:`..co_occurrence.crossday.tried`.

    Args:
        starts: what was begun.
        met: shape (seconds, firsts, days, SLOTS), the days that would have matched.
        has: shape (firsts, days, SLOTS), whether there was anything to match.
        things: the seconds.
        slots: the parts of the day that there are.
    """
    own = np.left_shift(np.uint64(1), np.arange(starts.days.count, dtype=np.uint64))
    there = starts.available[things][:, None, None, slots]
    compared = starts.days.alike[:, None] & starts.alive[slots] & there
    count = np.bitwise_count(compared).astype(np.int64)
    known = has & ((there & own[:, None]) != 0) & (count >= FEWEST_COMPARED)
    hits = np.bitwise_count(met & compared).astype(np.int64)
    hits += (met & own[:, None]) != 0
    return hits / (count + 1), known


def worth(matched: Numbers, days: Numbers, expected: Floats) -> NDArray[np.bool_]:
    """Tell what is together often enough, and surely more than by chance."""
    trials = np.maximum(days, 1).astype(float)
    lower, _ = share_bounds(matched.astype(float), trials)
    share = expected / trials
    found: NDArray[np.bool_] = (
        (matched >= FEWEST_DAYS)
        & (matched >= LEAST_SHARE * days)
        & (lower >= LEAST_LIFT * share)
        & (lower >= share + LEAST_MORE)
    )
    return found


def _log_bound(matched: Numbers, days: Numbers, expected: Floats) -> Floats:
    """Return a bound of the logarithm of p (W. Hoeffding, JASA 58, 1963)."""
    trials = np.maximum(days, 1).astype(float)
    share = (matched / trials).clip(1e-9, 1 - 1e-9)
    chance = (expected / trials).clip(1e-9, 1 - 1e-9)
    found: Floats = -trials * (
        share * np.log(share / chance)
        + (1 - share) * np.log((1 - share) / (1 - chance))
    )
    return np.where(share > chance, found, 0.0)
