"""On which days a habit holds: all, the working week, the weekend, one weekday.

Where public holidays tell them apart, also the workdays and the free days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..day_kinds import Calendar, weekday_of
from ..evidence import Floats
from ..pattern import DayKind
from ..tables import Numbers

EVERY_DAY: Final = tuple(range(7))
WEEKDAYS: Final = (0, 1, 2, 3, 4)
WEEKEND: Final = (5, 6)
MASKS: Final = (EVERY_DAY, WEEKDAYS, WEEKEND, *((day,) for day in range(7)))

MASK_ROWS: Final = np.array(
    [[float(day in mask) for day in range(7)] for mask in MASKS]
)
"""Shape (masks, 7), 1 where a mask holds."""

WORKDAYS: Final = len(MASKS)
FREE_DAYS: Final = WORKDAYS + 1
"""Positions of two more masks, after those of weekdays."""

PLAIN: Final = np.array([*range(len(MASKS)), 1, 2])
"""Positions of the masks of weekdays that masks are but for holidays.

The two are hardly separate chances: one share of the risk pays for both.
"""

SHARED_DAYS: Final = (MASK_ROWS @ MASK_ROWS.T > 0)[np.ix_(PLAIN, PLAIN)]
"""Shape (masks, masks), whether two masks have a usual day in common."""

MASK_SHARES: Final = np.array([0.5, 0.15, 0.15, *([0.2 / 7] * 7)])
"""How the risk of a false claim is spent on the weekdays: most on the plainest."""

HOLIDAYS_MATTER: Final = 0.5
"""How probable it is beforehand, beside that a habit keeps to weekdays.

What else a single holiday was lacking may have been left out by chance.
"""

KINDS_OF_MASKS: Final = ((0,), (1, 2), tuple(range(3, len(MASKS))))
"""Positions of masks that are about as special: all days, parts of a week, one day."""

_TINY: Final = 1e-9


def likelihood(matched: Floats, eligible: Floats) -> Floats:
    """Return the greatest log likelihood of shares of days, elementwise."""
    rate = np.clip(matched / np.maximum(eligible, _TINY), _TINY, 1 - _TINY)
    result: Floats = matched * np.log(rate) + (eligible - matched) * np.log1p(-rate)
    return result


def best_mask(matched: Floats, eligible: Floats) -> int:
    """Return the mask of weekdays that tells best when a habit is kept, by BIC.

    Every mask is a model of two rates, of its days and of all others; every day is
    a model of one (G. Schwarz, Estimating the dimension of a model, Ann. Statist. 6,
    1978). A mask on whose days the habit is kept less often than on others is none.

    Args:
        matched: shape (7,), days matched of each weekday.
        eligible: shape (7,), eligible days.

    Returns:
        Its position in ``MASKS``.
    """
    return int(_best(matched[None], eligible[None], MASK_ROWS)[0])


def _best(matched: Floats, eligible: Floats, rows: Floats) -> Numbers:
    """Return the best mask of many habits, shape (n,).

    Args:
        matched: shape (n, sorts), days matched of each sort.
        eligible: shape (n, sorts), eligible days.
        rows: shape (masks, sorts), 1 where a mask holds.
    """
    masks = len(rows)
    inside_n, inside_k = eligible @ rows.T, matched @ rows.T
    days = eligible.sum(axis=1, keepdims=True)
    outside_n, outside_k = days - inside_n, matched.sum(axis=1)[:, None] - inside_k
    rates = np.where(np.arange(masks) == 0, 1, 2)
    before = MASK_SHARES[PLAIN[:masks]]
    before[WORKDAYS:] *= HOLIDAYS_MATTER
    cost = (
        rates * np.log(np.maximum(days, 1.0))
        - 2 * (likelihood(inside_k, inside_n) + likelihood(outside_k, outside_n))
        - 2 * np.log(before)
    )
    less = inside_k * np.maximum(outside_n, 1) <= outside_k * np.maximum(inside_n, 1)
    less[:, 0] = False
    found: Numbers = np.argmin(np.where(less | (inside_n == 0), np.inf, cost), axis=1)
    return found


@dataclass(frozen=True, eq=False)
class DaySorts:
    """Days sorted by weekday and by whether they are free, and the masks they allow.

    Attributes:
        sort: shape (days,), the sort of each day.
        rows: shape (masks, sorts), 1 where a mask holds. The masks of workdays and
            free days are there only where some day tells them from weekdays.
        weekend: weekdays without work, Monday is 0.
        feasts: whether any day is free though its weekday is not.
    """

    sort: Numbers
    rows: Floats
    weekend: frozenset[int]
    feasts: bool

    @classmethod
    def of(cls, days: Numbers, calendar: Calendar) -> DaySorts:
        """Return the sorts of days.

        Args:
            days: shape (days,), day numbers.
            calendar: tells which are free.
        """
        weekday, free = weekday_of(days), calendar.free(days)
        there, sort = np.unique(weekday + 7 * free, return_inverse=True)
        feasts = bool((free & ~np.isin(weekday, list(calendar.weekend))).any())
        matter = (free != np.isin(weekday, WEEKEND)).any()
        rows = [
            *MASK_ROWS[:, there % 7],
            *((there < 7, there >= 7) if matter else ()),
        ]
        return cls(sort, np.array(rows, np.float64), calendar.weekend, feasts)

    def counts(self, days: NDArray[np.bool_]) -> Floats:
        """Return how many of some days are of each sort, shape (n, sorts).

        Args:
            days: shape (n, days), which are counted.
        """
        of_sort = self.sort[:, None] == np.arange(self.rows.shape[1])
        counts: Floats = days @ of_sort.astype(np.float64)
        return counts

    def best(self, matched: NDArray[np.bool_], eligible: NDArray[np.bool_]) -> Numbers:
        """Return the mask that tells best when each habit is kept, by BIC.

        As :func:`best_mask` has it, and where holidays tell, the workdays and the free
        days as well.

        Args:
            matched: shape (n, days), days matched.
            eligible: shape (n, days), eligible days.

        Returns:
            Shape (n,), positions in ``MASKS``, or one of the two after those.
        """
        return _best(self.counts(matched), self.counts(eligible), self.rows)

    def held(self, mask: Numbers) -> NDArray[np.bool_]:
        """Tell on which days masks hold, shape (n, days)."""
        found: NDArray[np.bool_] = self.rows[mask][:, self.sort] > 0
        return found

    def told(self, mask: int) -> tuple[tuple[int, ...], DayKind]:
        """Return the weekdays and the kind of day that a mask is told by.

        Where no day was free but weekends, weekdays say all that is known.
        """
        if mask < WORKDAYS:
            return MASKS[mask], "any"
        free = mask == FREE_DAYS
        usual = tuple(day for day in EVERY_DAY if (day in self.weekend) == free)
        kind: DayKind = "free" if free else "workday"
        return usual, kind if self.feasts else "any"
