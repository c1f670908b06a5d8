"""What moves evenly in the figure that people know, on the scale of its errors."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..evidence import Floats
from .questions import Answer
from .series import GRAIN, SCALES

LEAST_LEFT: Final = 0.1
"""Share of what is usual that a fall leaves at least."""


def evenly(answer: Answer, design: Floats, coming: Floats) -> tuple[Floats, Floats]:
    """Return a design whose line is even in the figure that people know.

    That is what is told of a trend. The scale that is reckoned with is chosen for its
    errors, and on it what doubles evenly rises ever less, what halves falls ever more.

    Args:
        answer: the trend.
        design: shape (periods, columns), a constant and a line first.
        coming: shape (periods to come, columns), which go on with it.
    """
    measure = answer.question.series.measure
    if measure == "time":
        return design, coming
    scale = SCALES[measure]
    values = answer.question.values[answer.row]
    known = np.flatnonzero(np.isfinite(values))
    figures = scale.figures(values[known])
    level, slope = np.linalg.lstsq(design[known], figures, rcond=None)[0][:2].tolist()
    both = np.concatenate([design, coming])
    least = LEAST_LEFT * float(figures.mean())
    both[:, 1] = scale.reckoned(np.maximum(level + slope * both[:, 1], least))
    if np.ptp(both[known, 1]) <= GRAIN[measure]:
        # What hardly moves is a line on any scale.
        return design, coming
    both[:, 1] -= both[known, 1].mean()
    return both[: len(design)], both[len(design) :]
