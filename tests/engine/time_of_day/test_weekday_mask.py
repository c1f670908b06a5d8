"""On which weekdays a habit holds."""

from __future__ import annotations

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.day_kinds import WEEKENDS, Calendar
from custom_components.pattern_intelligence.engine.time_of_day.weekday_mask import (
    EVERY_DAY,
    FREE_DAYS,
    MASKS,
    WEEKDAYS,
    WEEKEND,
    WORKDAYS,
    DaySorts,
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


# 63 days from Monday, 5 January 1970; the second Tuesday and a Thursday are holidays.
DAYS = np.arange(4, 67)
TUESDAY, THURSDAY = 12, 42
HOLIDAYS = Calendar(holidays=frozenset({TUESDAY, THURSDAY}))


def _on(*weekdays: int) -> np.ndarray:
    """Return the days with these weekdays; day 4 is a Monday."""
    return np.isin((DAYS - 4) % 7, weekdays)


@pytest.mark.parametrize(
    ("kept", "mask"),
    [
        (_on(0, 1, 2, 3, 4) & ~np.isin(DAYS, [TUESDAY, THURSDAY]), WORKDAYS),
        (_on(5, 6) | np.isin(DAYS, [TUESDAY, THURSDAY]), FREE_DAYS),
        # Kept on holidays as well: it is the weekday that matters.
        (_on(0, 1, 2, 3, 4), 1),
        (_on(5, 6), 2),
        (_on(1), 4),
        (_on(*EVERY_DAY), 0),
    ],
)
def test_holidays_tell_workdays_from_weekdays(kept: np.ndarray, mask: int) -> None:
    """What is left out on two holidays, and else on no weekday, is of workdays."""
    sorts = DaySorts.of(DAYS, HOLIDAYS)
    assert sorts.best(kept[None], np.ones((1, DAYS.size), bool)).tolist() == [mask]
    if mask != 4:
        assert sorts.held(np.array([mask])).tolist() == [kept.tolist()]


def test_without_a_holiday_weekdays_are_all_there_is() -> None:
    """Nothing tells workdays from Monday to Friday, so that is what is said."""
    sorts = DaySorts.of(DAYS, WEEKENDS)
    kept = _on(0, 1, 2, 3, 4)[None]
    mask = int(sorts.best(kept, np.ones_like(kept))[0])
    assert sorts.told(mask) == (WEEKDAYS, "any")


def test_a_holiday_nobody_was_home_on_tells_nothing() -> None:
    """A holiday that does not count is no reason to speak of workdays."""
    sorts = DaySorts.of(DAYS, Calendar(holidays=frozenset({TUESDAY})))
    eligible = (DAYS != TUESDAY)[None]
    assert sorts.best(_on(0, 1, 2, 3, 4)[None] & eligible, eligible).tolist() == [1]


def test_told_by_the_weekdays_a_kind_of_day_usually_falls_on() -> None:
    """A weekend of Friday and Saturday leaves five other workdays."""
    calendar = Calendar(frozenset({4, 5}), frozenset({TUESDAY}))
    sorts = DaySorts.of(DAYS, calendar)
    assert sorts.told(WORKDAYS) == ((0, 1, 2, 3, 6), "workday")
    assert sorts.told(FREE_DAYS) == ((4, 5), "free")
    alone = DaySorts.of(DAYS, Calendar(frozenset({4, 5})))
    assert alone.told(WORKDAYS) == ((0, 1, 2, 3, 6), "any")
