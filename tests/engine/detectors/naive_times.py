"""Times of day the slow way: one happening, one day, one turn of the clock at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import exp
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    CivilTime,
    day_number,
)
from custom_components.pattern_intelligence.engine.window import Key, Window

FIRST = date(2025, 1, 6)
"""A Monday."""

UTC = CivilTime(ZoneInfo("UTC"))


def window_of_times(
    times: Mapping[Key, Sequence[tuple[int, float]]],
    days: int,
    *,
    causes: Mapping[Key, int] | None = None,
    automations: tuple[str, ...] = ("",),
) -> Window:
    """Return a window of a home without clock changes.

    Args:
        times: for each key, day counted from the first, and minute after midnight.
        days: how many days there are.
        causes: who does what, a code for each key.
        automations: what codes stand for.
    """
    start = day_number(FIRST)
    keys = tuple(sorted(times))
    rows = sorted(
        (index, (start + day) * DAY_MS + round(minute * MINUTE_MS))
        for index, key in enumerate(keys)
        for day, minute in times[key]
        if 0 <= day + minute / 1440 < days
    )
    entities = tuple(sorted({key.entity_id for key in keys}))
    wall = np.array([at for _, at in rows], np.int64)
    return Window(
        civil=UTC,
        days=np.arange(start, start + days),
        keys=keys,
        key=np.array([index for index, _ in rows], np.int32),
        instant=wall,
        wall=wall,
        cause=np.array([(causes or {}).get(keys[i], 0) for i, _ in rows], np.int16),
        automations=automations,
        entities=entities,
        available=np.ones((len(entities), days, 24), np.float32),
        recorded=np.ones((days, 24), np.float32),
        at_home=None,
    )


def day_of(wall: int, center: float, anchor: str) -> int:
    """Return the habit-day of an instant."""
    begin = 4 * 60 if anchor != "each" else center - 720
    return int((wall - begin * MINUTE_MS) // DAY_MS)


def matches(
    walls: Sequence[int], low: float, high: float, anchor: str, eligible: set[int]
) -> dict[int, float]:
    """Return the days that match, and the minute of each: the nearest to the middle."""
    middle = (low + high) / 2
    found: dict[int, float] = {}
    for day in sorted({day_of(wall, middle, anchor) for wall in walls} & eligible):
        minutes = sorted(
            (wall - day * DAY_MS) / MINUTE_MS
            for wall in walls
            if day_of(wall, middle, anchor) == day
        )
        if anchor == "first":
            minutes = minutes[:1]
        elif anchor == "last":
            minutes = minutes[-1:]
        inside = [minute for minute in minutes if low <= minute < high]
        if inside:
            found[day] = min(inside, key=lambda minute: (abs(minute - middle), minute))
    return found


def passed_at(cdf: Sequence[float], minute: float) -> float:
    """Return how much of a rhythm has passed since midnight; each turn adds 1."""
    turns, rest = divmod(minute, 1440)
    bins, part = divmod(rest / 5, 1)
    low, high = cdf[int(bins)], cdf[int(bins) + 1]
    return turns + low + part * (high - low)


def chance_of_turns(
    places: Sequence[float], low: float, high: float, anchor: str
) -> float:
    """Return the share of turns of a circle for which a day would match.

    Args:
        places: of its happenings, measured by the rhythm, in [0, 1).
        low: where the window begins, likewise.
        high: where it ends.
        anchor: which happenings count.
    """
    if not places:
        return 0.0
    chosen: dict[str, Callable[[list[float]], list[float]]] = {
        "each": list,
        "first": lambda turned: [min(turned)],
        "last": lambda turned: [max(turned)],
    }
    edges = sorted(
        {
            0.0,
            1.0,
            *((edge - place) % 1.0 for place in places for edge in (0, low, high)),
        }
    )
    share = 0.0
    for begin, end in pairwise(edges):
        turned = [(place + (begin + end) / 2) % 1.0 for place in places]
        if any(low <= place < high for place in chosen[anchor](turned)):
            share += end - begin
    return share


def tail(chances: Sequence[float], matched: int) -> float:
    """Return the probability of at least so many successes."""
    mass = [1.0]
    for chance in chances:
        mass = [
            (mass[k] * (1 - chance) if k < len(mass) else 0.0)
            + (mass[k - 1] * chance if k else 0.0)
            for k in range(len(mass) + 1)
        ]
    return sum(reversed(mass[matched:]))


def smooth_mixture(counts: Sequence[float], rounds: int) -> list[float]:
    """Return the mass of the day's 5 minutes in the best mixture of 2 h wide normals."""
    total = sum(counts)
    quarters = [sum(counts[3 * q : 3 * q + 3]) / total for q in range(96)]

    def bump(component: int) -> list[float]:
        center = 15 * component + 7.5
        density = [
            sum(
                exp(-0.5 * ((5 * b + 2.5 - center + turn) / 120) ** 2)
                for turn in (-1440, 0, 1440)
            )
            for b in range(288)
        ]
        return [value / sum(density) for value in density]

    bumps = [bump(component) for component in range(96)]
    coarse = [[sum(own[3 * q : 3 * q + 3]) for q in range(96)] for own in bumps]
    weights = [
        sum(quarters[q] * coarse[q][component] for q in range(96))
        for component in range(96)
    ]
    for _ in range(rounds):
        mixed = [sum(weights[c] * coarse[c][q] for c in range(96)) for q in range(96)]
        weights = [
            weights[c] * sum(quarters[q] / mixed[q] * coarse[c][q] for q in range(96))
            for c in range(96)
        ]
    mass = [sum(weights[c] * bumps[c][b] for c in range(96)) for b in range(288)]
    return [value / sum(mass) for value in mass]
