"""Kinds of days: workdays, and days that are free."""

from __future__ import annotations

from dataclasses import dataclass
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
        # Each date is asked about once: there are far fewer of them than happenings.
        first = int(days.min())
        dates = np.arange(first, int(days.max()) + 1)
        free = np.isin(weekday_of(dates), list(self.weekend))
        free |= np.isin(dates, list(self.holidays))
        found: NDArray[np.bool_] = free[days - first]
        return found


WEEKENDS: Final = Calendar()
"""Saturdays and Sundays, where no more is known."""
