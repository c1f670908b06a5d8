"""Whether a month moved as was stated, by the days themselves."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    circular_minutes,
    date_of,
    day_number,
    month_of,
)
from ..claim import Claim
from ..evidence import Floats
from ..keys import Key
from ..pattern import Anchor, Finding
from ..provenance import AUTOMATION
from ..window import Window

FEWEST_DAYS: Final = 5
"""Days of a month on which something has to have happened for it to tell."""

_DAY_BEGINS_MS: Final = 4 * HOUR_MS
"""Before it nothing is a day's first."""


def month_moved(claim: Claim | Finding, window: Window, since: int) -> bool | None:
    """Return whether the month that ended of late lies on the stated side.

    Args:
        claim: a trend or a swing.
        window: the days, which reach back to the month before, or nearly so.
        since: number of the first day on which the month may have ended.

    Returns:
        None where no month ended, or where days cannot tell.
    """
    context = claim.context
    assert context is not None
    if context["kind"] != "trend" or context["of"] == "consumption":
        return None
    begin = day_number(month_of(date_of(int(window.days[-1]) + 1)))
    if begin - 1 < since:
        return None
    before = day_number(month_of(date_of(begin - 1)))
    earlier = day_number(month_of(date_of(before - 1)))
    levels = [
        _level(claim, window, first, last)
        for first, last in ((earlier, before), (before, begin))
    ]
    if not np.isfinite(levels).all() or levels[0] == levels[1]:
        return None
    change = context.get("minutes_per_week", context.get("percent_per_week"))
    return (levels[1] > levels[0]) == bool(change > 0)


def _level(claim: Claim | Finding, window: Window, first: int, last: int) -> float:
    """Return what is usual on the days from one to before another; NaN if few."""
    assert claim.context is not None
    key = claim.entities[0]
    days = window.days[(window.days >= first) & (window.days < last)]
    match claim.context["of"]:
        case "time":
            assert claim.when is not None
            values = _times(window, key, claim.when.anchor, days)
            values = circular_minutes(values - claim.when.time)
            return float(np.median(values)) if values.size >= FEWEST_DAYS else np.nan
        case "duration":
            lengths = _lengths(window, key, days)
            return float(lengths.mean()) if lengths.size >= FEWEST_DAYS else np.nan
    watched = _watched(window, key, days)
    happened = _walls(window, key, days).size
    return happened / watched if watched >= FEWEST_DAYS else np.nan


def _walls(window: Window, key: Key, days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return when people did something on some days, wall milliseconds."""
    if key not in window.key_at:
        return np.zeros(0, np.int64)
    rows = window.of_key(window.key_at[key])
    wall = window.wall[rows][window.cause[rows] < AUTOMATION]
    return np.sort(wall[np.isin(wall // DAY_MS, days)])


def _times(window: Window, key: Key, anchor: Anchor, days: NDArray[np.int64]) -> Floats:
    """Return the times that count for an anchor, as the sums of weeks have them."""
    wall = _walls(window, key, days)
    if anchor == "first":
        wall = wall[wall % DAY_MS >= _DAY_BEGINS_MS]
        wall = wall[np.unique(wall // DAY_MS, return_index=True)[1]]
    elif anchor == "last":
        wall = wall[::-1]
        wall = wall[np.unique(wall // DAY_MS, return_index=True)[1]]
    minutes: Floats = wall % DAY_MS / MINUTE_MS
    return minutes


def _lengths(window: Window, key: Key, days: NDArray[np.int64]) -> Floats:
    """Return the logarithms of how long what began and ended on a day lasted."""
    runs = window.runs
    if key not in runs.key_at:
        return np.zeros(0)
    own = runs.of_key(runs.key_at[key])
    seen = runs.begun[own] & runs.ended[own]
    begin, end = runs.begin[own][seen], runs.end[own][seen]
    day = window.civil.wall(begin) // DAY_MS
    whole = (day == window.civil.wall(end) // DAY_MS) & np.isin(day, days)
    lengths: Floats = np.log2((end - begin)[whole] / 1000 + 1)
    return lengths


def _watched(window: Window, key: Key, days: NDArray[np.int64]) -> float:
    """Return for how many of some days an entity was there, and somebody with it.

    Weeks in which nobody was home tell nothing of how often a thing is done.
    """
    if key.entity_id not in window.entity_at:
        return 0.0
    available = window.available[window.entity_at[key.entity_id]]
    lived = np.isin(window.days, days) & window.occupied
    return float(available[lived].mean(axis=1).sum())
