"""Kinds of days: workdays, and days that are free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .tables import Numbers


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
        # 1970-01-01 was a Thursday.
        weekend: NDArray[np.bool_] = np.isin((days + 3) % 7, list(self.weekend))
        return weekend | np.isin(days, list(self.holidays))


WEEKENDS: Final = Calendar()
"""Saturdays and Sundays, where no more is known."""
