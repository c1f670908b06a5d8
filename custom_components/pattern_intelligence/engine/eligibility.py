"""On which habit-days something could have happened.

A habit's day is the 24 hours centred on its time, so that midnight is no edge; the
day of a first or a last is the waking day, from 04:00 to 04:00. Habit-days carry the
number of the local date on which their centre (the first's or last's: 04:00) lies.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MINUTES, DAY_MS, MINUTE_MS, WAKING_DAY_STARTS_MS, Instants
from .happenings import domain_of
from .pattern import Anchor
from .presence import waking_days
from .tables import Numbers
from .window import Window

NEEDED_SHARE: Final = 0.8
"""Share of the looked-at hours in which the entity must have been available."""

HALF_DAY_MS: Final = DAY_MS // 2


def habit_day(wall: Instants, center: float, anchor: Anchor) -> Numbers:
    """Return the number of the habit-day in which each instant lies.

    Args:
        wall: shape (n,), wall milliseconds.
        center: the habit's time, minutes after midnight; not used for a first or
            a last.
        anchor: whose day it is.
    """
    if anchor != "each":
        return waking_days(wall)
    return (wall - round(center * MINUTE_MS) + HALF_DAY_MS) // DAY_MS


def closed_days(window: Window, center: float, anchor: Anchor) -> NDArray[np.bool_]:
    """Tell which habit-days lie within the days learned, as a whole.

    Args:
        window: the window.
        center: the habit's time, minutes after midnight.
        anchor: whose day it is.

    Returns:
        Shape (days,), for the habit-day with the number of each day.
    """
    before, after = window.has_neighbors
    return before if anchor == "each" and center * MINUTE_MS < HALF_DAY_MS else after


def eligible_days(
    window: Window,
    entity_id: str,
    earliest: float,
    latest: float,
    anchor: Anchor = "each",
    center: float | None = None,
) -> NDArray[np.bool_]:
    """Tell on which habit-days an entity could have kept a time.

    The home was recorded and the entity available in the hours from ``earliest`` to
    ``latest``, the habit-day is over and known as a whole, and somebody was home.

    Args:
        window: the window.
        entity_id: whose availability counts.
        earliest: minutes after midnight at which the time begins.
        latest: minutes at which it ends, above ``earliest``; both may lie outside of
            [0, 1440).
        anchor: whose day it is.
        center: the habit's time; half way between the two when not given.

    Returns:
        Shape (days,), for the habit-day with the number of each day.
    """
    middle = (earliest + latest) / 2 if center is None else center
    begins = 0 if anchor == "each" else WAKING_DAY_STARTS_MS / MINUTE_MS
    turn = np.floor((middle - begins) / DAY_MINUTES) * DAY_MINUTES
    middle, earliest, latest = middle - turn, earliest - turn, latest - turn
    hours = np.arange(np.floor(earliest / 60), np.ceil(latest / 60), dtype=np.int64)
    entity = window.entity_at.get(entity_id)
    share = window.recorded if entity is None else window.available[entity]
    wanted = window.days + hours[:, None] // 24
    at = np.minimum(np.searchsorted(window.days, wanted), window.days.size - 1)
    own = np.where(window.days[at] == wanted, share[at, hours[:, None] % 24], 0.0)
    enough = own.sum(axis=0, dtype=np.float64) >= NEEDED_SHARE * max(hours.size, 1)
    eligible: NDArray[np.bool_] = enough & closed_days(window, middle, anchor)
    if domain_of(entity_id) != "person":
        eligible &= window.occupied
    return eligible
