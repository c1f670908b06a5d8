"""The usual time and days of what is begun now and then, if it has any.

What is begun is looked at as a thing of its own, and asked what every thing is asked
for a time of day: is a window of the clock met on more days than its rhythm explains?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from ..civil import DAY_MINUTES, Instants
from ..evidence import FALSE_DISCOVERY_RATE, false_discovery_q
from ..pattern import When
from ..window import Key, Window
from .drift import expected_next
from .rhythm import fit_rhythms
from .search import FEWEST_DAYS, LEAST_LIFT, search
from .spans import EACH
from .trial import Tested, examine, p_values
from .units import units_of
from .weekday_mask import DaySorts

RECENT_STARTS: Final = 28
"""Matched habit-days that the stated percentiles look back on."""

_NOON: Final = 12


def usual_starts(
    window: Window, entity_ids: Sequence[str], starts: Sequence[Instants]
) -> list[When | None]:
    """Return when each of some things is usually begun.

    Args:
        window: the window they are from.
        entity_ids: for each the entity that has to be available.
        starts: for each, ascending UTC milliseconds.

    Returns:
        For each its time, or None where it keeps none.
    """
    found: list[When | None] = [None] * len(starts)
    if not starts:
        return found
    begun = begun_alone(window, entity_ids, starts)
    numbers, _, units = units_of(begun, FEWEST_DAYS)
    rhythms = fit_rhythms(units.profile(), units.days)
    tested: list[Tested] = []
    for window_of_clock in search(units, rhythms, anchors=(EACH,)):
        entity_id = begun.keys[int(numbers[window_of_clock.unit])].entity_id
        own = examine(begun, entity_id, units, rhythms, window_of_clock)
        if own.matched.size >= max(FEWEST_DAYS, LEAST_LIFT * own.expected):
            tested.append(own)
    corrected = [
        min(float(p) / own.risk, 1.0)
        for p, own in zip(p_values(tested), tested, strict=True)
    ]
    best: dict[int, int] = {}
    for at, own in enumerate(tested):
        if corrected[at] < corrected[best.setdefault(own.candidate.unit, at)]:
            best[own.candidate.unit] = at
    q_values = false_discovery_q(
        np.array([corrected[at] for at in best.values()]), len(starts)
    )
    for (unit, at), q in zip(best.items(), q_values.tolist(), strict=True):
        if q <= FALSE_DISCOVERY_RATE:
            number = int(begun.keys[int(numbers[unit])].state)
            found[number] = _stated(tested[at], window)
    return found


def begun_alone(
    window: Window, entity_ids: Sequence[str], starts: Sequence[Instants]
) -> Window:
    """Return a window in which nothing happens but that some things are begun.

    Args:
        window: the window they are from.
        entity_ids: for each the entity that has to be available.
        starts: for each, ascending UTC milliseconds.

    Returns:
        A window whose keys have the number of each thing as their state.
    """
    wanted = [
        Key(entity_id, str(number)) for number, entity_id in enumerate(entity_ids)
    ]
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    instant = np.concatenate([starts[at] for at in order])
    key = np.repeat(
        np.arange(len(order), dtype=np.int32), [starts[at].size for at in order]
    )
    # Somebody was home when the home has it so, not when one of these was begun.
    at_home = np.zeros((window.days.size, 24), np.float32)
    at_home[window.occupied, _NOON] = 1
    return replace(
        window,
        keys=tuple(wanted[at] for at in order),
        key=key,
        instant=instant,
        wall=window.civil.wall(instant),
        cause=np.zeros(instant.size, np.int16),
        at_home=at_home,
    )


def _stated(own: Tested, window: Window) -> When:
    """Return what is said of a window of the clock."""
    earliest, latest = np.percentile(own.times[-RECENT_STARTS:], [10, 90]).tolist()
    time = expected_next(
        own.matched, own.times, int(window.days[-1]) + 1, RECENT_STARTS
    )
    sorts = DaySorts.of(window.days, window.calendar)
    weekdays, day_kind = sorts.told(own.candidate.mask)
    return When(
        float(np.clip(time, earliest, latest)) % DAY_MINUTES,
        earliest % DAY_MINUTES,
        latest % DAY_MINUTES,
        weekdays=weekdays,
        day_kind=day_kind,
    )
