"""Civil time of a simulated home, for whole arrays at once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]
type Bools = NDArray[np.bool_]

DAY_MINUTES = 1440
DAY_SECONDS = 86_400
#: A waking day begins at 04:00, so that a late bedtime belongs to its evening.
WAKING_MINUTE = 240
_EPOCH = date(1970, 1, 1)
#: Days known on either side of a clock's span, for what crosses its edges.
_MARGIN = 4


@dataclass(frozen=True, slots=True)
class LocalClock:
    """Turns days and minutes of a time zone into instants and back.

    Days are counted from `first_day`; minutes are wall-clock minutes after that
    day's midnight and may be negative or beyond 1440. Instants are UTC seconds
    since 1970. A wall-clock time that a DST change skips is moved forward by the
    width of the gap, one that it repeats means its first pass, as with `fold=0`.
    """

    zone: ZoneInfo
    first_day: date
    days: int
    _instants: Floats
    _offsets: Floats

    @classmethod
    def of(cls, time_zone: str, first_day: date, days: int) -> LocalClock:
        """Make the clock of a span of days.

        Args:
            time_zone: A name of the IANA database.
            first_day: The local day that is day 0.
            days: Length of the span.

        Raises:
            zoneinfo.ZoneInfoNotFoundError: The time zone is not known.
        """
        zone = ZoneInfo(time_zone)
        begin = (first_day - _EPOCH).days - _MARGIN
        probes = [(begin + n) * DAY_SECONDS for n in range(days + 2 * _MARGIN + 1)]
        changes: list[int] = []
        for low, high in pairwise(probes):
            if _offset(zone, low) != _offset(zone, high):
                changes.append(_bisect(zone, low, high))
        offsets = [_offset(zone, probes[0]), *(_offset(zone, at) for at in changes)]
        return cls(
            zone,
            first_day,
            days,
            np.array(changes, np.float64),
            np.array(offsets, np.float64),
        )

    def utc(self, day: Ints | int, minute: Floats | float) -> Floats:
        """Return the instants of wall-clock minutes of local days."""
        origin = (self.first_day - _EPOCH).days
        local = (np.asarray(day) + origin) * float(DAY_SECONDS)
        local = local + np.asarray(minute, np.float64) * 60.0
        edges = self._instants + np.maximum(self._offsets[:-1], self._offsets[1:])
        return local - self._offsets[np.searchsorted(edges, local, side="right")]

    def local(self, instant: Floats) -> tuple[Ints, Floats]:
        """Return the local day and the wall-clock minute of instants."""
        at = np.asarray(instant, np.float64)
        where = np.searchsorted(self._instants, at, side="right")
        seconds = at + self._offsets[where]
        seconds -= float((self.first_day - _EPOCH).days) * DAY_SECONDS
        day = np.floor_divide(seconds, DAY_SECONDS).astype(np.int64)
        return day, (seconds - day * float(DAY_SECONDS)) / 60.0

    def waking(self, instant: Floats) -> tuple[Ints, Floats]:
        """Return the waking day, and minutes from its calendar midnight (240 on)."""
        day, minute = self.local(instant)
        early = minute < WAKING_MINUTE
        return day - early, minute + DAY_MINUTES * early

    @property
    def weekdays(self) -> Ints:
        """Weekday of every day of the span, Monday being 0."""
        return (self.first_day.weekday() + np.arange(self.days)) % 7

    def date(self, day: int) -> date:
        """Return the date of a day of the span."""
        return self.first_day + timedelta(days=int(day))


def _offset(zone: ZoneInfo, instant: int) -> int:
    """Return the seconds by which local time is ahead of UTC."""
    ahead = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) if ahead is not None else 0


def _bisect(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the first second at which the offset is no longer that of `low`."""
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high
