"""On which weekdays a habit holds."""

from __future__ import annotations

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.weekday_mask import (
    EVERY_DAY,
    MASKS,
    WEEKDAYS,
    WEEKEND,
    best_mask,
)

NINE_WEEKS = np.full(7, 9.0)


@pytest.mark.parametrize(
    ("matched", "mask"),
    [
        ([8, 9, 7, 9, 8, 8, 9], EVERY_DAY),
        ([8, 9, 9, 8, 9, 0, 1], WEEKDAYS),
        ([1, 0, 0, 1, 0, 8, 9], WEEKEND),
        ([0, 0, 0, 8, 1, 0, 0], (3,)),
        # A bad run of Fridays alone is no reason to leave them out.
        ([7, 7, 7, 7, 5, 7, 7], EVERY_DAY),
    ],
)
def test_mask_that_tells_best(matched: list[int], mask: tuple[int, ...]) -> None:
    """The mask is the plainest that tells when it is kept."""
    assert MASKS[best_mask(np.array(matched, float), NINE_WEEKS)] == mask


def test_mask_kept_less_is_none() -> None:
    """What is left out on one weekday is not a habit of that weekday."""
    matched = np.array([9, 9, 0, 9, 9, 9, 9], float)
    assert MASKS[best_mask(matched, NINE_WEEKS)] != (2,)


def test_weekday_never_eligible() -> None:
    """A weekday on which nobody was home is no mask."""
    eligible = np.array([9, 9, 9, 9, 9, 0, 0], float)
    assert MASKS[best_mask(eligible * 0.8, eligible)] == EVERY_DAY
