"""Weekends and public holidays are free; all other days are workdays."""

from datetime import date

import numpy as np

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.day_kinds import Calendar

CHRISTMAS = day_number(date(2026, 12, 25))
"""A Friday."""


def test_a_holiday_is_free_whatever_its_weekday() -> None:
    """Thursday to Monday, with Christmas between."""
    days = np.arange(CHRISTMAS - 1, CHRISTMAS + 4)
    assert Calendar().free(days).tolist() == [False, False, True, True, False]
    christian = Calendar(holidays=frozenset({CHRISTMAS}))
    assert christian.free(days).tolist() == [False, True, True, True, False]


def test_weekends_are_not_the_same_everywhere() -> None:
    """Friday and Saturday, of days in two rows."""
    days = np.arange(CHRISTMAS - 1, CHRISTMAS + 3).reshape(2, 2)
    free = Calendar(weekend=frozenset({4, 5})).free(days)
    assert free.tolist() == [[False, True], [True, False]]
