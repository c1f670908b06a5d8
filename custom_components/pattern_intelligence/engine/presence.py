"""On which days anybody was home."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MS, WAKING_DAY_STARTS_MS, Instants
from .tables import Numbers

QUIET_SHARE: Final = 0.1
"""A day with fewer of the home's usual happenings than this had nobody in it."""


def waking_days(wall: Instants) -> Numbers:
    """Return the number of the waking day in which each wall instant lies."""
    return (wall - WAKING_DAY_STARTS_MS) // DAY_MS


def days_of_persons(days: Numbers, at_home: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell in which waking days a person was home at any time.

    Args:
        days: shape (days,), ascending day numbers.
        at_home: shape (days, 24), share of each hour in which anybody was home.

    Returns:
        Shape (days,).
    """
    known = np.isin(days + 1, days)
    night = np.roll(at_home, -1, axis=0)[:, :4].sum(axis=1) * known
    present: NDArray[np.bool_] = at_home[:, 4:].sum(axis=1) + night > 0
    return present


def busy_days(days: Numbers, wall: Instants) -> NDArray[np.bool_]:
    """Tell in which waking days the home was about as busy as it usually is.

    An empty house has a few happenings, too.

    Args:
        days: shape (days,), ascending day numbers.
        wall: shape (n,), when something happened that no automation did.

    Returns:
        Shape (days,).
    """
    own = waking_days(wall)
    at = np.searchsorted(days, own)
    at = at[(at < days.size) & (days[np.minimum(at, days.size - 1)] == own)]
    counts = np.bincount(at, minlength=days.size)
    if not counts.any():
        return np.zeros(days.size, bool)
    usual = float(np.median(counts[counts > 0]))
    busy: NDArray[np.bool_] = counts >= max(1.0, QUIET_SHARE * usual)
    return busy
