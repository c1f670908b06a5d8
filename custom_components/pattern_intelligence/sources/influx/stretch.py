"""Days that are read one after the other are asked for several at a time.

A question costs the server a look through all its series, however few days it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ...engine.civil import CivilTime
from .budget import Budget, CrowdedError
from .measured import Measured
from .rows import Points

DAYS_AT_ONCE: Final = 7
"""As many as a server keeps together, unless it was told otherwise."""

ROWS_AT_ONCE: Final = 200_000
"""Points of several days are held up to so many: a few megabytes."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read of some days in a row.

    Attributes:
        first: the first local day.
        last: the last one.
        points: those of tracked entities.
        measured: what sensors measured.
    """

    first: date
    last: date
    points: Points
    measured: Measured

    @property
    def rows_a_day(self) -> int:
        """Return how many points a day has, at least one."""
        rows = self.points.time.size + self.measured.time.size
        return max(1, rows // ((self.last - self.first).days + 1))


type ReadStretch = Callable[[date, date, Budget], Stretch]


class ReadAhead:
    """Holds the stretch that the day asked for is part of.

    A day that is asked for alone is read alone.

    Args:
        read: reads the days from first to last, within a budget.
        civil: the home's civil time.
        now: UTC milliseconds; a day that is not over then is not read ahead.
    """

    def __init__(self, read: ReadStretch, civil: CivilTime, now: int) -> None:
        """Begin with nothing read."""
        self._read = read
        self._over = civil.day_of(now) - timedelta(days=1)
        self._held: Stretch | None = None

    def of(self, day: date) -> Stretch:
        """Return what was read of days that one is part of. Blocks.

        Raises:
            InfluxSourceError: the server is away, or says no.
        """
        held = self._held
        if held and held.first <= day <= held.last:
            return held
        # What was held is let go before more is read.
        self._held = None
        self._held = self._of_several(day, held) if held else self._of_one(day)
        return self._held

    def _of_one(self, day: date) -> Stretch:
        return self._read(day, day, Budget(None))

    def _of_several(self, day: date, before: Stretch) -> Stretch:
        """Return a day with those after it, unless they are too many to hold."""
        days = min(DAYS_AT_ONCE, ROWS_AT_ONCE // before.rows_a_day)
        last = min(day + timedelta(days=days - 1), self._over)
        if day > before.last and last > day:
            try:
                return self._read(day, last, Budget(ROWS_AT_ONCE))
            except CrowdedError:
                pass
        return self._of_one(day)
