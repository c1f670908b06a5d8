"""On which weekdays a habit holds: all, the working week, the weekend, or one."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .evidence import Floats
from .tables import Numbers

EVERY_DAY: Final = tuple(range(7))
WEEKDAYS: Final = (0, 1, 2, 3, 4)
WEEKEND: Final = (5, 6)
MASKS: Final = (EVERY_DAY, WEEKDAYS, WEEKEND, *((day,) for day in range(7)))

MASK_ROWS: Final = np.array(
    [[float(day in mask) for day in range(7)] for mask in MASKS]
)
"""Shape (masks, 7), 1 where a mask holds."""

SHARED_DAYS: Final = MASK_ROWS @ MASK_ROWS.T > 0
"""Shape (masks, masks), whether two masks have a day in common."""

MASK_SHARES: Final = np.array([0.5, 0.15, 0.15, *([0.2 / 7] * 7)])
"""How the risk of a false claim is spent on the masks: most on the plainest."""

KINDS_OF_MASKS: Final = ((0,), (1, 2), tuple(range(3, len(MASKS))))
"""Positions of masks that are about as special: all days, parts of a week, one day."""

_TINY: Final = 1e-9


def likelihood(matched: Floats, eligible: Floats) -> Floats:
    """Return the greatest log likelihood of shares of days, elementwise."""
    rate = np.clip(matched / np.maximum(eligible, _TINY), _TINY, 1 - _TINY)
    result: Floats = matched * np.log(rate) + (eligible - matched) * np.log1p(-rate)
    return result


def best_mask(matched: Floats, eligible: Floats) -> int:
    """Return the mask that tells best when a habit is kept, by BIC.

    Every mask is a model of two rates, of its days and of all others; every day is
    a model of one (G. Schwarz, Estimating the dimension of a model, Ann. Statist. 6,
    1978). A mask on whose days the habit is kept less often than on others is none.

    Args:
        matched: shape (7,), days matched of each weekday.
        eligible: shape (7,), eligible days.

    Returns:
        Its position in ``MASKS``.
    """
    return int(best_masks(matched[None], eligible[None])[0])


def best_masks(matched: Floats, eligible: Floats) -> Numbers:
    """Return the :func:`best_mask` of many habits, shape (n,).

    Args:
        matched: shape (n, 7), days matched of each weekday.
        eligible: shape (n, 7), eligible days.
    """
    inside_n, inside_k = eligible @ MASK_ROWS.T, matched @ MASK_ROWS.T
    days = eligible.sum(axis=1, keepdims=True)
    outside_n, outside_k = days - inside_n, matched.sum(axis=1)[:, None] - inside_k
    rates = np.where(np.arange(len(MASKS)) == 0, 1, 2)
    cost = (
        rates * np.log(np.maximum(days, 1.0))
        - 2 * (likelihood(inside_k, inside_n) + likelihood(outside_k, outside_n))
        - 2 * np.log(MASK_SHARES)
    )
    less = inside_k * np.maximum(outside_n, 1) <= outside_k * np.maximum(inside_n, 1)
    less[:, 0] = False
    found: Numbers = np.argmin(np.where(less | (inside_n == 0), np.inf, cost), axis=1)
    return found


def holds_on(mask: Numbers, weekday: Numbers) -> NDArray[np.bool_]:
    """Tell on which days masks hold.

    Args:
        mask: shape (n,), positions in ``MASKS``.
        weekday: shape (days,), Monday is 0.

    Returns:
        Shape (n, days).
    """
    found: NDArray[np.bool_] = MASK_ROWS[mask][:, weekday] > 0
    return found
