"""When the sun rises and sets at the home: a clock of its own for habits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from astral import Observer
from astral.sun import sunrise, sunset
import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MS, SECOND_MS, CivilTime, date_of
from .tables import Numbers

HALF_DAY_MS = DAY_MS // 2
DEGREE_MS = DAY_MS // 360
"""How long the earth takes to turn by a degree."""


class SunEvent(StrEnum):
    """What the sun does every day, named as Home Assistant names it."""

    SUNRISE = "sunrise"
    SUNSET = "sunset"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the home is.

    Attributes:
        latitude: degrees north.
        longitude: degrees east.
        elevation: meters above the sea.
    """

    latitude: float
    longitude: float
    elevation: int = 0


def sun_times(
    position: Position, civil: CivilTime, event: SunEvent, days: Numbers
) -> NDArray[np.float64]:
    """Return when the sun rises or sets on local dates.

    A date's sunrise is the one before its noon by the sun, its sunset the one after:
    in summer, near the polar circle, that may be past midnight.

    Args:
        position: where the home is.
        civil: its civil time.
        event: which of the two.
        days: shape (days,), day numbers.

    Returns:
        Shape (days,), wall milliseconds; NaN where the sun stays up or down.
    """
    noons = days * DAY_MS + HALF_DAY_MS - round(position.longitude * DEGREE_MS)
    # Beyond the date line a clock shows another date than the sun.
    dates = days - (civil.wall(noons) // DAY_MS - days)
    instants = np.array(
        [_instant(position, event, day) for day in dates.tolist()], np.float64
    )
    times = np.full(days.size, np.nan)
    there = np.isfinite(instants)
    times[there] = civil.wall(instants[there].astype(np.int64))
    return times


# Two events a day of ten years.
@lru_cache(maxsize=8192)
def _instant(position: Position, event: SunEvent, day: int) -> float:
    """Return when the sun rises or sets on a date by the sun.

    Args:
        position: where the home is.
        event: which of the two.
        day: the day's number.

    Returns:
        UTC milliseconds; NaN where there is no such event.
    """
    observer = Observer(position.latitude, position.longitude, position.elevation)
    happens = sunrise if event is SunEvent.SUNRISE else sunset
    try:
        moment = happens(observer, date_of(day))
    except ValueError:
        return np.nan
    return float(round(moment.timestamp() * SECOND_MS))
