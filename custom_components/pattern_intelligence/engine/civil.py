"""Civil time of the home: local days, weeks and months as half-open intervals.

Instants are UTC milliseconds since the epoch. *Wall* time is the local clock's
reading as milliseconds since 1970-01-01 00:00 of that same clock, so that
``wall // DAY_MS`` is a local date and ``wall % DAY_MS`` a time of day, whatever
the zone does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
DAY_MINUTES = 24 * 60

WAKING_DAY_STARTS_MS = 4 * HOUR_MS
"""A waking day runs from 04:00 to 04:00: people go to bed after midnight."""

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

type Instants = NDArray[np.int64]


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to ``day``."""
    return day.toordinal() - EPOCH_ORDINAL


def date_of(number: int) -> date:
    """Return the date that is ``number`` days after 1970-01-01."""
    return date.fromordinal(int(number) + EPOCH_ORDINAL)


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield the dates from ``first`` to ``last``, both included."""
    for number in range(day_number(first), day_number(last) + 1):
        yield date_of(number)


def last_sunday(day: date) -> date:
    """Return the last Sunday that is not after ``day``."""
    return day - timedelta(days=day.isoweekday() % 7)


def week_of(day: date) -> date:
    """Return the Monday of the ISO week of ``day``."""
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> date:
    """Return the first of the month of ``day``."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Return the last date of the month of ``day``."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def clock(minutes: float) -> str:
    """Return a time of day as ``HH:MM``, rounded to the minute.

    Args:
        minutes: minutes after local midnight, of any day.
    """
    whole = round(minutes) % DAY_MINUTES
    return f"{whole // 60:02d}:{whole % 60:02d}"


def circular_minutes[T: (float, NDArray[np.float64])](minutes: T) -> T:
    """Return a difference of times of day brought into [-720, 720) minutes."""
    return (minutes + DAY_MINUTES / 2) % DAY_MINUTES - DAY_MINUTES / 2


@dataclass(frozen=True)
class CivilTime:
    """The civil time of one zone.

    Attributes:
        zone: the home's time zone.
    """

    zone: ZoneInfo
    _start_of: dict[date, int] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def start_of(self, day: date) -> int:
        """Return the first instant of a local date, in UTC milliseconds.

        Where the clock skips midnight, that is the instant of the skip.
        """
        if (start := self._start_of.get(day)) is None:
            midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
            start = self._start_of[day] = int(midnight.timestamp()) * SECOND_MS
        return start

    def bounds(self, day: date) -> tuple[int, int]:
        """Return the interval ``[start, end)`` of a local date in UTC milliseconds."""
        return self.start_of(day), self.start_of(day + timedelta(days=1))

    def hours(self, day: date) -> int:
        """Return how many (begun) hours the local date has: 23, 24 or 25 mostly."""
        start, end = self.bounds(day)
        return -((start - end) // HOUR_MS)

    def day_of(self, instant: int) -> date:
        """Return the local date of a UTC instant in milliseconds."""
        return datetime.fromtimestamp(instant / SECOND_MS, tz=self.zone).date()

    def wall(self, instants: Instants) -> Instants:
        """Return the local clock's readings at UTC instants.

        Args:
            instants: shape (n,), UTC milliseconds, in any order.

        Returns:
            Shape (n,), wall milliseconds.
        """
        if not instants.size:
            return instants
        since, offsets = _offsets(
            self.zone,
            day_number(self.day_of(int(instants.min()))) - 1,
            day_number(self.day_of(int(instants.max()))) + 1,
        )
        return instants + offsets[np.searchsorted(since, instants, "right") - 1]


def _offset_ms(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, tz=UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) * SECOND_MS


@lru_cache(maxsize=64)
def _offsets(zone: ZoneInfo, first: int, last: int) -> tuple[Instants, Instants]:
    """Return the zone's offsets and the instants since which they hold.

    Args:
        zone: the time zone.
        first: the first day number (of UTC) to cover.
        last: the last day number to cover.

    Returns:
        Instants in UTC milliseconds, ascending, and offsets in milliseconds.
    """
    since, offsets = [first * DAY_MS], [_offset_ms(zone, first * 86_400)]
    for before, after in pairwise(range(first * 86_400, (last + 2) * 86_400, 21_600)):
        offset = _offset_ms(zone, after)
        if offset != offsets[-1]:
            low, high = before, after
            while high - low > 1:
                middle = (low + high) // 2
                if _offset_ms(zone, middle) == offsets[-1]:
                    low = middle
                else:
                    high = middle
            since.append(high * SECOND_MS)
            offsets.append(offset)
    return np.array(since, np.int64), np.array(offsets, np.int64)
