"""Which clock explains a habit: what follows from the formulas alone."""

from __future__ import annotations

from math import log, pi, sqrt

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.contextual.clocks import (
    RARELY,
    Around,
    by_a_changing_wall,
    by_the_sun,
    by_the_wall,
    fit,
)

MIDDLE, HALF = np.array([10.0]), np.array([30.0])


def _around(
    wall: np.ndarray[tuple[int], np.dtype[np.float64]],
    event: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Around:
    """Return one happening a day, of a rhythm that is even over the day."""
    days = np.arange(wall.size)
    return Around(
        np.zeros(wall.size, np.int64),
        wall,
        event,
        days,
        np.ones(wall.size),
        np.full(wall.size, 1 / 1440),
        np.array([float(wall.size)]),
    )


def _jitter(size: int, seed: int = 3) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(0, 10, size)


def test_what_is_gained_by_hand() -> None:
    """Two happenings ten minutes to either side, and nothing else.

    All of it belongs to the habit, whose spread is ten minutes: each has the density
    exp(-1/2) / (10 sqrt(2 pi)), where the rhythm has 1/1440.
    """
    wall = np.array([990.0, 1010.0])
    around = _around(wall, np.full(2, 980.0))
    found = fit(around, wall, np.array([1000.0]), np.array([15.0]))
    assert found.center[0] == pytest.approx(1000)
    assert found.spread[0] == pytest.approx(10, rel=1e-3)
    each = log(1440 / (10 * sqrt(2 * pi))) - 0.5
    assert found.gain[0] == pytest.approx(2 * each, rel=1e-3)


def test_where_the_sun_stands_still_the_clocks_cannot_be_told_apart() -> None:
    """The same happenings are as likely by both."""
    event = np.full(40, 1000.0)
    around = _around(event + 10 + _jitter(40), event)
    sun = by_the_sun(around, MIDDLE, HALF)
    wall = by_the_wall(around, MIDDLE, HALF)
    assert sun.gain[0] == pytest.approx(wall.gain[0], abs=1e-3)


def test_the_clock_that_is_kept_explains_more() -> None:
    """Sun and clock are an hour apart in the end."""
    event = np.linspace(970, 1030, 40)
    by_sun, by_wall = event + 10 + _jitter(40), np.full(40, 1010.0) + _jitter(40)
    kept = _around(by_sun, event)
    sun, wall = by_the_sun(kept, MIDDLE, HALF), by_the_wall(kept, MIDDLE, HALF)
    assert sun.gain[0] > wall.gain[0] + 10
    kept = _around(by_wall, event)
    sun, wall = by_the_sun(kept, MIDDLE, HALF), by_the_wall(kept, MIDDLE, HALF)
    assert wall.gain[0] > sun.gain[0] + 10


def test_another_zero_of_the_clock_changes_nothing() -> None:
    """An hour later, both the happenings and the sun."""
    event = np.linspace(970, 1030, 40)
    wall = event + 10 + _jitter(40)
    one, other = _around(wall, event), _around(wall + 60, event + 60)
    for clock in (by_the_sun, by_the_wall):
        gains = [clock(around, MIDDLE, HALF).gain[0] for around in (one, other)]
        assert gains[0] == pytest.approx(gains[1])


def test_a_line_of_the_wall_that_changes_explains_what_changes() -> None:
    """A drift, and a step: each more than a level line, for all that it costs."""
    days = np.arange(42.0)
    event = np.full(42, 1000.0)
    for moved in (0.7 * days, np.where(days < 18, 0.0, 40.0)):
        around = _around(1000 + moved + _jitter(42) / 2, event)
        level = by_the_wall(around, MIDDLE, np.array([45.0]))
        assert by_a_changing_wall(around, level)[0] > level.gain[0] + 5


def test_what_does_not_change_pays_for_what_could() -> None:
    """A level line is at most a little worse than a changing one before it pays."""
    event = np.full(42, 1000.0)
    around = _around(1000 + _jitter(42), event)
    level = by_the_wall(around, MIDDLE, HALF)
    assert by_a_changing_wall(around, level)[0] < level.gain[0] - RARELY / 2
