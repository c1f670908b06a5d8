"""Weeks and months in a row, and the curves that a series on them may follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ..civil import (
    DAY_MINUTES,
    DAY_MS,
    MINUTE_MS,
    CivilTime,
    date_of,
    day_number,
    month_of,
)
from ..evidence import Floats
from ..sun import Position, SunEvent, sun_times
from ..tables import DatedTable, Numbers

type Period = Literal["week", "month"]

YEAR_DAYS: Final = 365.2425
WEEK_DAYS: Final = 7
WEEKS_BACK: Final = 52
"""Weeks looked back on, as long as they are kept by default."""

MONTHS_BACK: Final = 60
"""Months looked back on, as long as they are kept by default."""

WARMTH_LAGS: Final = 30
"""Days by which it is warmest after the longest day."""


@dataclass(frozen=True, eq=False)
class Axis:
    """Periods in a row, without a gap.

    Attributes:
        period: whether they are weeks or months.
        start: shape (n,), number of each one's first day.
        end: shape (n,), number of the day after its last.
    """

    period: Period
    start: Numbers
    end: Numbers

    @property
    def middle(self) -> Floats:
        """Return the middle of each, in days, shape (n,)."""
        return (self.start + self.end) / 2

    @property
    def weeks(self) -> Floats:
        """Return the middle of each in weeks since the first, shape (n,)."""
        return (self.middle - self.middle[:1]) / WEEK_DAYS

    def at(self, days: Numbers) -> Numbers:
        """Return which period each first day is of; -1 for what is before the first."""
        return np.searchsorted(self.start, days, "right") - 1

    def ahead(self, count: int) -> Axis:
        """Return the periods that follow."""
        if self.period == "week":
            start = self.end[-1] + WEEK_DAYS * np.arange(count, dtype=np.int64)
            return Axis(self.period, start, start + WEEK_DAYS)
        bounds = _months(int(self.end[-1]), count)
        return Axis(self.period, bounds[:-1], bounds[1:])


def axis_of(
    period: Period, tables: Mapping[str, DatedTable], last_day: int
) -> Axis | None:
    """Return the periods there are sums of, up to the last that is over.

    Args:
        period: weeks or months.
        tables: their roll-ups by name.
        last_day: number of the day that is detected as of.
    """
    days = [table.day for table in tables.values() if table.day.size]
    if not days:
        return None
    first = min(int(day[0]) for day in days)
    newest = max(int(day[-1]) for day in days)
    if period == "week":
        start = np.arange(first, newest + 1, WEEK_DAYS, dtype=np.int64)[-WEEKS_BACK:]
        axis = Axis(period, start, start + WEEK_DAYS)
    else:
        begin, end = date_of(first), date_of(newest)
        count = 12 * (end.year - begin.year) + end.month - begin.month + 1
        bounds = _months(first, count)[-MONTHS_BACK - 1 :]
        axis = Axis(period, bounds[:-1], bounds[1:])
    over = axis.end <= last_day + 1
    return Axis(period, axis.start[over], axis.end[over]) if over.any() else None


def _months(first: int, count: int) -> Numbers:
    """Return the first days of a month and of so many after it."""
    begin = month_of(date_of(first))
    months = np.arange(count + 1) + 12 * begin.year + begin.month - 1
    return np.array(
        [
            day_number(begin.replace(year=month // 12, month=month % 12 + 1))
            for month in months.tolist()
        ],
        np.int64,
    )


def line(axis: Axis, like: Axis | None = None) -> Floats:
    """Return a constant and a line, shape (n, 2).

    Args:
        axis: the periods.
        like: those whose middle the line is nought at, ``axis`` itself if none.
    """
    weeks = axis.middle / WEEK_DAYS
    center = (like or axis).middle.mean() / WEEK_DAYS
    return np.column_stack([np.ones(weeks.size), weeks - center])


def bend(axis: Axis, like: Axis | None = None) -> Floats:
    """Return a curve that a line may be bent by, shape (n, 1).

    Args:
        axis: the periods.
        like: those over which the line does not rise for it, ``axis`` itself if none.
    """
    whole = line(like or axis)[:, 1]
    weeks = line(axis, like)[:, 1:]
    bent: Floats = (weeks**2 - (whole**2).mean()) / max(float((whole**2).mean()), 1.0)
    return bent


def year(middle: Floats) -> Floats:
    """Return a year's swing, and what makes it steeper on one side, shape (n, 4)."""
    angle = 2 * np.pi * middle / YEAR_DAYS
    return np.column_stack(
        [np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)]
    )


def sun_clock(axis: Axis, civil: CivilTime, position: Position) -> Floats:
    """Return when the sun rises and sets, minutes on the clock, shape (n, 2).

    In the middle of each period; NaN where it does not.
    """
    middle = axis.middle.astype(np.int64)
    return np.column_stack(
        [
            (sun_times(position, civil, event, middle) - middle * DAY_MS) / MINUTE_MS
            for event in SunEvent
        ]
    )


def day_length(axis: Axis, civil: CivilTime, position: Position, lag: int) -> Floats:
    """Return the share of a day that is light, some days before, shape (n,).

    In the middle of each period; NaN where the sun does not rise or set.
    """
    before = Axis(axis.period, axis.start - lag, axis.end - lag)
    rise, fall = sun_clock(before, civil, position).T
    share: Floats = (fall - rise) / DAY_MINUTES
    return share
