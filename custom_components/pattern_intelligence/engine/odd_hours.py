"""Uses at an hour at which a thing is never used.

A thing's hours are a density of its past uses on the circle of the clock, smoothed and
shrunk towards those of the whole home. How odd a use is tells the share of its uses
that comes at hours at least as rare (R. J. Hyndman, Computing and graphing highest
density regions, The American Statistician 50, 1996). Uses come in clusters, so a second
one within the hour says less than the first, but it says something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .civil import DAY_MS, HOUR_MS, MINUTE_MS
from .evidence import Floats
from .tables import Numbers
from .uses import Uses

BINS: Final = 96
"""Quarters of an hour: finer than any density here."""

_BIN_MS: Final = DAY_MS // BINS

_SMOOTHING_BINS: Final = 3.0
"""The sd of a use's reach, 45 minutes: a routine wanders by that much."""

_HOME_WORTH: Final = (1.0, 3.0, 10.0, 30.0)
"""Uses that the home's density may count for; the past tells which foretells best."""

_CLUSTER_WORTH: Final = 10.0
"""Uses that the home's clustering counts for in that of each thing."""

_ANYTIME: Final = 0.5
"""Uses a home has spread evenly over the day: no hour is impossible."""


@dataclass(frozen=True, eq=False)
class Hours:
    """How rare the hours of uses are.

    Attributes:
        past: shape (n,), the share of its thing's uses at hours as rare, of each use
            before today, judged without its own day.
        past_rows: shape (n,), their rows in the uses.
        today: shape (m,), the same of today's uses.
        today_rows: shape (m,).
        density: shape (things, BINS), by which today was judged; rows add up to 1.
    """

    past: Floats
    past_rows: Numbers
    today: Floats
    today_rows: Numbers
    density: Floats


def hours_of(uses: Uses) -> Hours:
    """Return how rare the hours of all uses are, on days that tell of usual ones.

    Args:
        uses: what people did.
    """
    days = uses.free.size
    told = uses.eligible[uses.thing, uses.day]
    past = np.flatnonzero(told & (uses.day < days - 1))
    today = np.flatnonzero(told & (uses.day == days - 1))
    clock = uses.clock // _BIN_MS
    things = len(uses.entities)
    kernel = _kernel()
    thing, day = uses.thing[past], uses.day[past]
    counts = _counted(thing * BINS + clock[past], things * BINS).reshape(things, BINS)
    smooth = counts @ kernel
    whole = smooth.sum(axis=0) + _ANYTIME / BINS
    whole /= whole.sum()

    groups, group = np.unique(thing * days + day, return_inverse=True)
    own = _counted(group * BINS + clock[past], groups.size * BINS)
    by_day = own.reshape(groups.size, BINS)
    mine = (by_day @ kernel)[group, clock[past]]
    left = smooth[thing, clock[past]] - mine
    number = counts.sum(axis=1)
    others = number[thing] - by_day.sum(axis=1)[group]
    pooled = whole[clock[past]]
    worth = max(
        _HOME_WORTH,
        key=lambda w: float(
            np.log((left + w * pooled).clip(1e-12) / (others + w)).sum()
        ),
    )
    density = (smooth + worth * whole) / (number + worth)[:, None]
    rank, mass = np.sort(density, axis=1), None
    mass = np.cumsum(rank, axis=1)
    past_density = (left + worth * pooled) / (others + worth)
    now = uses.thing[today]
    return Hours(
        _mass_below(rank, mass, thing, past_density),
        past,
        _mass_below(rank, mass, now, density[now, clock[today]]),
        today,
        density,
    )


def _counted(flat: Numbers, size: int) -> Floats:
    return np.bincount(flat, minlength=size).astype(float)


def _kernel() -> Floats:
    """Return how far each bin reaches around the clock, shape (BINS, BINS)."""
    apart = np.subtract.outer(np.arange(BINS), np.arange(BINS))
    apart = (apart + BINS // 2) % BINS - BINS // 2
    reach = np.exp(-0.5 * (apart / _SMOOTHING_BINS) ** 2)
    found: Floats = reach / reach.sum(axis=1, keepdims=True)
    return found


def _mass_below(rank: Floats, mass: Floats, thing: Numbers, density: Floats) -> Floats:
    """Return the share of uses at hours that are at most so dense, shape (n,)."""
    found = np.zeros(thing.size)
    edges = np.searchsorted(thing, np.arange(len(rank) + 1))
    for at in range(len(rank)):
        some = slice(edges[at], edges[at + 1])
        place = np.searchsorted(rank[at], density[some], "right")
        found[some] = np.where(place > 0, mass[at, np.maximum(place, 1) - 1], 0.0)
    # What is rarer than any bin still has the rarest one's share.
    return np.maximum(found, rank[thing, 0] if thing.size else 0.0)


def bins_around(minute: float) -> Numbers:
    """Return the bins within an hour of a time of day, shape (9,)."""
    reach = HOUR_MS // _BIN_MS
    at = int(minute * MINUTE_MS) // _BIN_MS
    return np.arange(at - reach, at + reach + 1) % BINS


def clustered(uses: Uses) -> tuple[Numbers, Floats]:
    """Return how many uses of a thing lie around each, and how probable one more is.

    Args:
        uses: what people did.

    Returns:
        Shape (n,), the uses within an hour of each, itself included; shape (things,),
        the share of uses that are followed by another one within the hour.
    """
    span = (uses.free.size + 2) * DAY_MS
    place = uses.thing * span + uses.day * DAY_MS + uses.clock
    after = np.searchsorted(place, place + HOUR_MS, "right")
    around = after - np.searchsorted(place, place - HOUR_MS, "left")
    followed = after - np.arange(place.size) > 1
    things = len(uses.entities)
    number = np.bincount(uses.thing, minlength=things)
    more = np.bincount(uses.thing, followed, things)
    home = (more.sum() + 1) / (number.sum() + 2)
    shares: Floats = (more + _CLUSTER_WORTH * home) / (number + _CLUSTER_WORTH)
    return around, shares


def minutes_of(uses: Uses, rows: Numbers) -> Floats:
    """Return the clock of uses in minutes after midnight."""
    found: Floats = uses.clock[rows] / MINUTE_MS
    return found
