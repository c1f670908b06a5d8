"""On how many days windows of the clock are met."""

from __future__ import annotations

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import DAY_MS, HOUR_MS
from custom_components.pattern_intelligence.engine.time_of_day.units import Units
from custom_components.pattern_intelligence.engine.time_of_day.weekday_mask import (
    DaySorts,
)

#: Day 100 at half past midnight, half past one and half past eleven in the evening.
WALL = 100 * DAY_MS + np.array([0.5, 1.5, 23.5]) * HOUR_MS


def _units(eligible: list[bool], sorts: list[int]) -> Units:
    """Return one unit, of days from day 100 on."""
    rows = np.ones((1, max(sorts) + 1))
    return Units(
        np.zeros(3, np.int64),
        WALL.astype(np.int64),
        100,
        DaySorts(np.array(sorts), rows, frozenset(), False),
        np.array([eligible]),
    )


@pytest.mark.parametrize(
    ("half", "first", "second"),
    [
        # An hour before the middle to an hour after it.
        (1, {0: 1, 1: 1, 2: 1, 23: 1}, {0: 1}),
        # Two hours: the first two are met by the middles from midnight to three.
        (2, {0: 1, 1: 1, 2: 1, 3: 1, 22: 1, 23: 1}, {0: 1, 1: 1}),
    ],
)
def test_days_on_which_windows_are_met(
    half: int, first: dict[int, int], second: dict[int, int]
) -> None:
    """What happens late belongs to the windows of the next day, too."""
    expected = np.array(
        [[of_day.get(middle, 0) for middle in range(24)] for of_day in (first, second)]
    )
    (apart,) = _units([True, True], [0, 1]).met_days(HOUR_MS, (half,))
    assert apart.tolist() == [expected.tolist()]
    (together,) = _units([True, True], [0, 0]).met_days(HOUR_MS, (half,))
    assert together.tolist() == [[expected.sum(axis=0).tolist()]]
    (alone,) = _units([True, False], [0, 0]).met_days(HOUR_MS, (half,))
    assert alone.tolist() == [[expected[0].tolist()]]


def test_wide_windows_lie_half_of_their_half_apart() -> None:
    """Of eight hours from midnight, two, four and so on."""
    (met,) = _units([True], [0]).met_days(HOUR_MS, (4,))
    # From four hours before: the first two until 05:00, the last from 20:00 on.
    assert met.tolist() == [[[1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]]]


def test_days_before_the_first_are_no_days() -> None:
    """Nor those after the last, however far."""
    units = _units([True], [0])
    late = Units(units.unit, units.wall + 5 * DAY_MS, 100, units.sorts, units.eligible)
    (met,) = late.met_days(HOUR_MS, (1,))
    assert not met.any()
    early = Units(units.unit, units.wall - 5 * DAY_MS, 100, units.sorts, units.eligible)
    (met,) = early.met_days(HOUR_MS, (1,))
    assert not met.any()
