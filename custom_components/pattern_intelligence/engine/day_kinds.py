"""Kinds of days: workdays, and days that are free."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .tables import Numbers


def weekday_of(days: Numbers) -> Numbers:
    """Return the weekdays of day numbers, Monday is 0."""
    # 1970-01-01 was a Thursday.
    return (days + 3) % 7


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are free where the home is.

    Attributes:
        weekend: weekdays without work, Monday is 0.
        holidays: numbers of the public holidays.
    """

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[int] = frozenset()

    def free(self, days: Numbers) -> NDArray[np.bool_]:
        """Tell which days are free.

        Args:
            days: day numbers, of any shape.

        Returns:
            The same shape.
        """
        if not days.size:
            return np.zeros(days.shape, bool)
        first = int(days.min())
        found: NDArray[np.bool_] = _free(self, first, int(days.max()))[days - first]
        return found


# The same days are asked about again and again, and far fewer than happenings.
@lru_cache(maxsize=64)
def _free(calendar: Calendar, first: int, last: int) -> NDArray[np.bool_]:
    """Tell which dates are free, from the first to the last."""
    dates = np.arange(first, last + 1)
    free: NDArray[np.bool_] = np.isin(weekday_of(dates), list(calendar.weekend))
    free |= np.isin(dates, list(calendar.holidays))
    return free


WEEKENDS: Final = Calendar()
"""Saturdays and Sundays, where no more is known."""
