"""What the next month is expected to bring, and how surely it moves as stated."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..evidence import Floats
from .axes import Axis, bend, line, year
from .evenly import evenly
from .questions import Answer
from .regression import Outlook, fit, outlook, plausible
from .series import GRAIN

MONTH_WEEKS: Final = 4
"""Weeks that stand for a month: the next and the last of them are compared."""

YEAR_PERIODS: Final = {"week": 52, "month": 12}

TREND_LASTS: Final = (1 - 1 / 104) ** MONTH_WEEKS
"""A trend goes on for another month: such things last for a year or two."""

SWING_LASTS: Final = 1 - 1 / 120
"""A swing goes on for another month: such things last for about ten years."""

_LINE: Final = 2
_BENT: Final = 3
"""Columns of a line, and of one that may be bent."""

_EVEN: Final = 0.5
"""What ended moves either way."""


def confidence_of(answer: Answer) -> float:
    """Return how probably the next month moves as stated.

    The mean of the next four weeks lies beyond that of the last four (for meters:
    beyond that of the same weeks a year before, so that it is no matter of the season);
    or the next month lies on the stated side of the month of the last year that is
    most unlike it by the swing.
    """
    question = answer.question
    values = question.values[answer.row]
    if question.kind == "season":
        at, rises = opposite(answer)
        reference = float(values[at])
        lasts = SWING_LASTS
    else:
        reference = _before(answer)
        rises = bool(question.mean[answer.row, 1] > 0)
        lasts = TREND_LASTS
    if not np.isfinite(reference):
        return _EVEN
    count = MONTH_WEEKS if question.series.axis.period == "week" else 1
    above = sum(
        weight * coming.above(reference) for weight, coming in _next(answer, count)
    )
    moves = above if rises else 1 - above
    return lasts * moves + (1 - lasts) * _EVEN


def expected_next(answer: Answer) -> float:
    """Return what is expected of the next period, on the scale that is reckoned with."""
    return sum(
        weight * float(coming.weight @ coming.mean)
        for weight, coming in _next(answer, 1)
    )


def slope_bounds(answer: Answer) -> tuple[float, float]:
    """Return between which a trend's change in a week lies in 95 of 100 cases."""
    question = answer.question
    combined = np.zeros(question.design.shape[1])
    combined[question.tested] = 1
    found = outlook(
        question.values[answer.row],
        question.design,
        question.weights[answer.row],
        combined,
        GRAIN[question.series.measure],
    )
    return found.quantile(0.025), found.quantile(0.975)


def _next(answer: Answer, count: int) -> list[tuple[float, Outlook]]:
    """Return the outlooks on the mean of so many periods to come, by their weights.

    What stands beside a line, to be told from it, need not be there: each way to leave
    it out is believed as far as the series makes it likely (J. A. Hoeting et al.,
    Bayesian model averaging, Statistical Science 14, 1999). A bend, or a year's swing,
    that is only luck would go on beyond the last week.
    """
    question, row = answer.question, answer.row
    axis, values = question.series.axis, question.values[row]
    grain = GRAIN[question.series.measure]
    whole = question.design.shape[1]
    coming = curves(axis, axis.ahead(count), whole)
    ahead = axis.start.size + np.arange(count)
    sizes = [whole] if question.kind == "season" else _sizes(whole)
    believed, outlooks = [], []
    for size in sizes:
        design, later = question.design[:, :size], coming[:, :size]
        if question.kind == "trend":
            design, later = evenly(answer, design, later)
        believed.append(plausible(values, design, question.usual, grain))
        fits = fit(values[None], design, question.tested, grain)
        weight = fits.weights(question.usual)[0]
        mean = later.mean(axis=0)
        outlooks.append(outlook(values, design, weight, mean, grain, ahead))
    shares = np.exp(np.array(believed) - max(believed))
    return list(zip((shares / shares.sum()).tolist(), outlooks, strict=True))


def _sizes(whole: int) -> range:
    """Return how many columns a line has with less and less beside it."""
    return range(_LINE, whole + 1, 1 if whole == _BENT else 2)


def curves(axis: Axis, at: Axis, columns: int) -> Floats:
    """Return the curves of a design at other periods, shape (periods, columns).

    Args:
        axis: the periods of the design.
        at: those asked about.
        columns: how many the design has.
    """
    more = bend(at, axis) if columns == _BENT else year(at.middle)
    return np.column_stack([line(at, axis), more])


def _before(answer: Answer) -> float:
    """Return what a trend's next month is compared with."""
    series = answer.question.series
    values = answer.question.values[answer.row]
    count = MONTH_WEEKS if series.axis.period == "week" else 1
    begin = values.size - count
    if series.measure == "consumption":
        begin = max(values.size - YEAR_PERIODS[series.axis.period], 0)
    own = values[begin : begin + count]
    known = own[np.isfinite(own)]
    return float(known.mean()) if known.size else np.nan


def opposite(answer: Answer) -> tuple[int, bool]:
    """Return the month of the last year most unlike the next, and if that is above."""
    question = answer.question
    axis = question.series.axis
    swing = question.mean[answer.row, 2:]
    coming = float((year(axis.ahead(1).middle) @ swing)[0])
    apart = coming - year(axis.middle) @ swing
    apart[: -YEAR_PERIODS["month"]] = 0
    apart[~np.isfinite(question.values[answer.row])] = 0
    at = int(np.abs(apart).argmax())
    return at, bool(apart[at] > 0)
