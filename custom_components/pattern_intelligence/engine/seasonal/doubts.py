"""What speaks against telling of what is beyond chance."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Final

import numpy as np

from ..civil import CivilTime
from ..evidence import Floats
from ..home import Home
from ..sun import Position
from .axes import WARMTH_LAGS, YEAR_DAYS, day_length, sun_clock, year
from .evenly import evenly
from .questions import Answer, Question
from .regression import fit
from .series import GRAIN, SCALES, Measure, Series, extent

LEAST_MINUTES: Final = 20.0
"""What a clock has to move for a person to notice."""

LEAST_SHARE: Final = 0.2
"""What a number has to change, of its mean, for a person to notice."""

BETTER: Final[Mapping[Measure, float]] = {
    "time": 5.0,
    "duration": 10.0,
    "count": 10.0,
    "consumption": 10.0,
}
"""So many times likelier a line has to be than a curve of the sun in its place.

What follows the sun then seems to move by itself in four, or two, of a hundred cases at
worst. Of times less is asked: they follow it wholly or, mostly, not at all.
"""

SHORTEST: Final = 0.01
"""Of a day, so that its logarithm is a number."""

_BENT: Final = 3
"""Columns of a line that may be bent."""

_STEP_SIDE: Final = 3
"""Periods on either side of a step."""

_YEAR: Final = 4
"""Columns of a year's swing."""


def noticed(answer: Answer) -> bool:
    """Tell whether it is more than a person would overlook."""
    low, high = bounds(answer)
    measure = answer.question.series.measure
    if measure == "time":
        return abs(high - low) >= LEAST_MINUTES
    return abs(high - low) >= LEAST_SHARE * (high + low) / 2


def bounds(answer: Answer) -> tuple[float, float]:
    """Return where a trend began and is now, or the low and the high of a swing.

    On the scale that people know.
    """
    series = answer.question.series
    if answer.question.kind == "trend":
        begin, end = extent(np.isfinite(series.values[answer.row : answer.row + 1]))
        first, last = int(begin[0]), int(end[0]) - 1
        level = _level(answer, first, last)
        slope = float(answer.question.mean[answer.row, 1])
        reach = slope * float(series.axis.weeks[last] - series.axis.weeks[first]) / 2
        ends = np.array([level - reach, level + reach])
    else:
        curve = swing(answer)
        ends = np.array([curve.min(), curve.max()])
    low, high = SCALES[series.measure].figures(ends).tolist()
    return low, high


def swing(answer: Answer) -> Floats:
    """Return a yearly swing by day of the year, shape (366,)."""
    mean = answer.question.mean[answer.row]
    days = np.arange(round(YEAR_DAYS), dtype=np.float64) + 0.5
    curve: Floats = mean[0] + year(days) @ mean[-_YEAR:]
    return curve


def _level(answer: Answer, first: int, last: int) -> float:
    """Return the middle of a trend, a year's swing taken away."""
    question = answer.question
    mean = question.mean[answer.row]
    middle = (question.design[first, 1] + question.design[last, 1]) / 2
    return float(mean[0] + mean[1] * middle)


def is_daylight(answer: Answer, home: Home) -> bool:
    """Tell whether a trend may as well be the sun's course through the year.

    It is none where a line tells of the series far better than any curve of the sun
    in its place. Of more than ten months, a year's swing is taken away already; for
    times the clock's change still shows who keeps to it. Where the home is unknown,
    the sun may explain whatever it might explain elsewhere.
    """
    question = answer.question
    series = question.series
    if question.kind != "trend":
        return False
    if question.design.shape[1] > _BENT and series.measure != "time":
        return False
    if home.position is None:
        return True
    values = question.values[answer.row : answer.row + 1]
    curves = _daylight(series, home.civil, home.position)
    even, _ = evenly(answer, question.design[:, :2], question.design[:0, :2])
    along = _likelihood(question, values, even[:, 1])
    return any(
        along < _likelihood(question, values, curve) + log(BETTER[series.measure])
        for curve in curves
    )


def _daylight(series: Series, civil: CivilTime, position: Position) -> list[Floats]:
    """Return the curves of the sun that a measure may follow, each of shape (n,).

    Times follow its rise and its setting, as the clock on the wall has them. What is
    counted, how long it lasts and how much it uses go with how long it is light, or
    dark; or with the warmth, which lags behind. In the same scale as the series. Near
    the poles, where there is no such thing, there are none.
    """
    axis = series.axis
    light, warm = (day_length(axis, civil, position, lag) for lag in (0, WARMTH_LAGS))
    if series.measure == "time":
        curves = [*sun_clock(axis, civil, position).T, warm]
    else:
        scaled = np.log2 if series.measure == "duration" else np.sqrt
        curves = [
            scaled(share.clip(SHORTEST, 1 - SHORTEST))
            for each in (light, warm)
            for share in (each, 1 - each)
        ]
    return [curve for curve in curves if np.isfinite(curve).all()]


def _likelihood(question: Question, values: Floats, curve: Floats) -> float:
    """Return the logarithm of how likely a series is by a curve in the line's place.

    Args:
        question: what was asked.
        values: shape (1, periods).
        curve: shape (periods,).
    """
    known = np.isfinite(values[0])
    whole = question.design.shape[1] > _BENT
    # A bend would make a line of the sun's curve.
    design = question.design.copy() if whole else question.design[:, :2].copy()
    others = np.delete(design, 1, axis=1)
    found = np.linalg.lstsq(others[known], curve[known], rcond=None)[0]
    own = curve - others @ found
    # Of equal size beside the others, so that none is likelier for its unit.
    design[:, 1] = own / own[known].std()
    fits = fit(values, design, question.tested, GRAIN[question.series.measure])
    return float(np.logaddexp.reduce(fits.likelihood[0] + np.log(question.usual)))


def is_step(answer: Answer) -> bool:
    """Tell whether one change on a day tells as much as moving all the time.

    By least squares, each beside the same yearly swing.
    """
    question = answer.question
    if question.kind != "trend":
        return False
    values = question.values[answer.row]
    known = np.flatnonzero(np.isfinite(values))
    y, design = values[known], question.design[known]
    along = _rest(y, design)
    others = np.delete(design, 1, axis=1)
    for at in range(_STEP_SIDE, known.size - _STEP_SIDE + 1):
        step = (np.arange(known.size) >= at).astype(np.float64)
        if _rest(y, np.column_stack([others, step])) <= along:
            return True
    return False


def _rest(values: Floats, design: Floats) -> float:
    """Return the sum of squares that a design leaves."""
    found = np.linalg.lstsq(design, values, rcond=None)[0]
    return float(((values - design @ found) ** 2).sum())
