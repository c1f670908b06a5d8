"""Whether the sun's course through the year is all that a time moves by."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from ..civil import DAY_MS, MINUTE_MS, date_of, day_number
from ..evidence import Floats
from ..home import Home
from ..pattern import Finding
from ..sun import SunEvent, sun_times
from ..tables import Numbers
from .ahead import curves
from .axes import WEEK_DAYS, Axis
from .questions import WHOLE_YEAR

LEFT: Final = 0.5
"""Share of what a time moves that may be left when the sun explains it."""

_BENT: Final = 3
_WITH_YEAR: Final = 6
"""Columns of a line that may be bent, and of one beside a year's swing."""

_MIDDLE: Final = 15
"""The day that stands for a month."""


def is_the_suns(moving: Finding, event: SunEvent, home: Home) -> bool:
    """Tell whether most of a trend or a swing of a time is an event's own.

    Args:
        moving: of the type ``seasonal``, of a time.
        event: what the habit keeps to.
        home: tells where it is.
    """
    assert moving.context is not None
    if home.position is None:
        return False
    if moving.context["kind"] == "trend":
        stated = float(moving.context["minutes_per_week"])
        along = _by_week(moving.eligible, event, home)
    else:
        stated = float(moving.context["minutes"])
        along = _by_year(moving, event, home)
    return abs(stated - along) <= LEFT * abs(stated)


def _by_week(weeks: Numbers, event: SunEvent, home: Home) -> float:
    """Return by how many minutes a week an event moves, asked as the habit was.

    Args:
        weeks: shape (n,), number of each week's first day.
        event: the event.
        home: tells where it is.
    """
    axis = Axis("week", weeks, weeks + WEEK_DAYS)
    minutes = _clock(axis.middle.astype(np.int64), event, home)
    known = np.isfinite(minutes)
    columns = _BENT if axis.weeks[-1] + 1 < WHOLE_YEAR else _WITH_YEAR
    if known.sum() <= columns:
        return np.nan
    design = curves(axis, axis, columns)[known]
    return float(np.linalg.lstsq(design, minutes[known], rcond=None)[0][1])


def _by_year(moving: Finding, event: SunEvent, home: Home) -> float:
    """Return by how many minutes an event is later where the habit is latest."""
    swing = moving.details["swing"]
    newest = date_of(int(moving.eligible[-1])).year
    middles = [
        day_number(date(newest, swing[month], _MIDDLE))
        for month in ("high_month", "low_month")
    ]
    high, low = _clock(np.array(middles, np.int64), event, home).tolist()
    return float(high - low)


def _clock(days: Numbers, event: SunEvent, home: Home) -> Floats:
    """Return when an event is, in minutes on the clock, NaN where it is not."""
    assert home.position is not None
    times = sun_times(home.position, home.civil, event, days)
    minutes: Floats = (times - days * DAY_MS) / MINUTE_MS
    return minutes
