"""How far what is planted lies from all that the sun might do in its place."""

from collections.abc import Iterator

import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    CivilTime,
)
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)

from .simulator.clock import Floats
from .simulator.years import SOLSTICES, WARMTH_LAGS, YEAR

#: Log likelihood by which what is planted has to tell a line from the sun's course: of
#: those, who knows all but chance would say so, at ten to one, in 19 of 20.
TOLD_APART = 9.5
LAG_STEP = 10


def told_from_sun(
    line: Floats, days: Floats, civil: CivilTime, position: Position, *, of_time: bool
) -> bool:
    """Tell whether a line can be told from all that the sun might do.

    Half the sum of squares, in units of what weeks differ by chance, that is left of
    the line when the best of the sun's curves is taken away, of any size: the log
    likelihood that is expected of a line against that curve.

    Args:
        line: Where the line is in each week, in units of what weeks differ by chance.
        days: Numbers of the days in the middle of the weeks.
        civil: The home's civil time.
        position: Where it is.
        of_time: Whether it is a time of the clock that moves.
    """
    curves = _of_the_sun(days, civil, position, of_time=of_time)
    return min(_left(line, curve) for curve in curves) / 2 >= TOLD_APART


def _of_the_sun(
    days: Floats, civil: CivilTime, position: Position, *, of_time: bool
) -> Iterator[Floats]:
    """Yield the course of the light, of the warmth that lags behind it, and of dusk."""
    for lag in range(0, WARMTH_LAGS + 1, LAG_STEP):
        yield np.cos(2 * np.pi * (days - SOLSTICES[1] - lag) / YEAR)
    if of_time:
        whole = days.astype(np.int64)
        for event in SunEvent:
            yield (sun_times(position, civil, event, whole) % DAY_MS) / MINUTE_MS


def _left(line: Floats, curve: Floats) -> float:
    """Return the sum of squares that a curve of any size leaves of a line."""
    design = np.column_stack([np.ones(curve.size), curve])
    found = np.linalg.lstsq(design, line, rcond=None)[0]
    return float(((line - design @ found) ** 2).sum())
