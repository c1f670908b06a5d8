"""What is asked of all series: whether they move by week, or swing by year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from ..evidence import FALSE_DISCOVERY_RATE, Floats, false_discovery_q
from ..history import History
from ..home import Home
from ..sums import CONSUMPTION_SUM, SUM_TABLES
from ..tables import dated
from .axes import Axis, Period, axis_of, bend, line, year
from .rates import consumption_of, counts_of, lengths_of, periods_away
from .regression import Fits, fit, tamed, usual
from .series import FEWEST_PERIODS, GRAIN, Series, Tables, extent
from .times import times_of

type Kind = Literal["trend", "season"]

WHOLE_YEAR: Final = 44
"""Weeks from which a line is told from a part of a year's swing: ten months."""

TWO_YEARS: Final = 23
"""Months that a swing needs: what was seen once has not come again. One of the 24 may
be the one under way; a year and a half would show only one half of the year twice."""


@dataclass(frozen=True, eq=False)
class Question:
    """A question to some series on one axis.

    Attributes:
        kind: what is asked.
        series: those that can be asked.
        design: shape (periods, columns), the curves they are made of.
        tested: the columns that are asked about.
        kin: those that are asked the same of other series of the measure, and itself;
            itself alone if not given.
    """

    kind: Kind
    series: Series
    design: Floats
    tested: slice
    kin: Sequence[Question] = ()

    @cached_property
    def values(self) -> Floats:
        """Return the values that are reckoned with, shape (n, periods)."""
        grain = GRAIN[self.series.measure]
        return tamed(self.series.values, self.design, grain)

    @cached_property
    def held(self) -> Floats:
        """Return the share of each series that is reckoned with as it is, (n,)."""
        same = (self.values == self.series.values).sum(axis=1)
        share: Floats = same / np.isfinite(self.values).sum(axis=1)
        return share

    @cached_property
    def fits(self) -> Fits:
        """Return how the series fit."""
        grain = GRAIN[self.series.measure]
        return fit(self.values, self.design, self.tested, grain, self.held)

    @cached_property
    def usual(self) -> Floats:
        """Return how long errors usually last in these series, and their kin."""
        kin = self.kin or (self,)
        return usual(np.concatenate([each.fits.likelihood for each in kin]))

    @cached_property
    def weights(self) -> Floats:
        """Return how long they last in each, shape (n, shares)."""
        return self.fits.weights(self.usual)

    @cached_property
    def mean(self) -> Floats:
        """Return the coefficients of each, shape (n, columns)."""
        return self.fits.mean(self.usual)


@dataclass(frozen=True, slots=True)
class Answer:
    """A series of which the answer is beyond chance.

    Attributes:
        question: what was asked.
        row: the series.
        p_value: how probable so much is by chance.
        q_value: after control of the false discovery rate.
    """

    question: Question
    row: int
    p_value: float
    q_value: float


def answers(questions: list[Question]) -> list[Answer]:
    """Return what is beyond chance among all that was asked, in order."""
    if not questions:
        return []
    p_values = [each.fits.p_values(each.usual) for each in questions]
    together = np.concatenate(p_values)
    q_values = np.split(
        false_discovery_q(together, together.size),
        np.cumsum([own.size for own in p_values])[:-1],
    )
    return [
        Answer(question, row, float(own[row]), float(q_value[row]))
        for question, own, q_value in zip(questions, p_values, q_values, strict=True)
        for row in np.flatnonzero(q_value <= FALSE_DISCOVERY_RATE).tolist()
    ]


def questions_of(history: History, home: Home, last_day: int) -> list[Question]:
    """Return all that can be asked as of the end of a day.

    Args:
        history: sums of weeks and months.
        home: the context.
        last_day: the number of the day.
    """
    monthly = list(_series("month", history.months, home, last_day))
    asked = [
        question
        for each in monthly
        for question in _of_years(_of_span(each, TWO_YEARS, None))
    ]
    told_by_month = {
        subject.key
        for each in asked
        if each.series.measure == "consumption"
        for subject in each.series.subjects
    }
    for each in _series("week", history.weeks, home, last_day):
        own = [
            row
            for row, subject in enumerate(each.subjects)
            if each.measure != "consumption" or subject.key not in told_by_month
        ]
        asked.extend(_of_weeks(each.take(own)))
    return [question for question in asked if question.series.subjects]


def _series(
    period: Period, sums: Tables, home: Home, last_day: int
) -> Iterator[Series]:
    """Yield the series of each measure that are long enough."""
    axis = axis_of(period, sums, last_day)
    if axis is None:
        return
    tables = {
        spec.name: sums[spec.name] if spec.name in sums else dated(spec, ())
        for spec in SUM_TABLES
    }
    yield times_of(tables, axis, home.resolve).lasting()
    yield lengths_of(tables, axis, home.resolve).lasting()
    counts = counts_of(tables, axis, home.resolve)
    # When, and for how long, is the same on the days that were left of a week. Who is
    # away often lacks many periods, and what is done there is no less known for it.
    lived = counts.lasting().without(periods_away(counts))
    many = np.isfinite(lived.values).sum(axis=1) >= FEWEST_PERIODS
    yield lived.take(np.flatnonzero(many))
    if tables[CONSUMPTION_SUM.name].day.size:
        yield consumption_of(tables, axis, home.resolve).lasting()


def _of_span(series: Series, least: int, below: int | None) -> Series:
    """Return the series that reach over at least, and less than, so many periods."""
    begin, end = extent(np.isfinite(series.values))
    span = end - begin
    kept = span >= least
    if below is not None:
        kept &= span < below
    return series.take(np.flatnonzero(kept))


def _of_years(series: Series) -> Iterator[Question]:
    design = _with_year(series.axis)
    yield Question("season", series, design, slice(2, 4))
    if series.measure == "consumption":
        yield Question("trend", series, design, slice(1, 2))


def _of_weeks(series: Series) -> Iterator[Question]:
    """Yield whether they move: of what is long, apart from a year's swing.

    What is consumed follows the weather: of less than a year nothing is asked.
    """
    long = _of_span(series, WHOLE_YEAR, None)
    yield Question("trend", long, _with_year(series.axis), slice(1, 2))
    if series.measure != "consumption":
        yield from _since_each_began(_of_span(series, 0, WHOLE_YEAR))


def _since_each_began(series: Series) -> list[Question]:
    """Return whether they move, asked of the weeks since each began.

    Before it a line that may be bent could go anywhere: its slope would be that of
    weeks of which nothing is known.
    """
    begin, _ = extent(np.isfinite(series.values))
    kin: list[Question] = []
    for first in np.unique(begin).tolist():
        own = series.take(np.flatnonzero(begin == first)).since(first)
        kin.append(Question("trend", own, _with_bend(own.axis), slice(1, 2), kin))
    return kin


def _with_bend(axis: Axis) -> Floats:
    return np.column_stack([line(axis), bend(axis)])


def _with_year(axis: Axis) -> Floats:
    return np.column_stack([line(axis), year(axis.middle)])
