"""Where a home's past comes from: one protocol, whichever place it is read from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from ..engine.rawday import RawDay
from ..engine.sentence import SaidError


class SourceError(SaidError):
    """The history cannot be read."""


class SourceUnavailableError(SourceError):
    """The history cannot be read now: locked, or under migration. Later it may."""


class DaySource(Protocol):
    """Hands over local days, each in one reading. Every call blocks."""

    def extent(self) -> tuple[date, date] | None:
        """Return the first and the last complete local day recorded, if any.

        Raises:
            SourceError: the history cannot be read.
        """

    def silent(self) -> Collection[date]:
        """Return the days of long stretches in which nothing at all was recorded.

        A clock that jumped leaves them: they are nobody's past and not to be learned.

        Raises:
            SourceError: the history cannot be read.
        """

    def read(self, day: date, carried: Mapping[str, str] = {}) -> RawDay:
        """Return the rows of the tracked entities on a local day.

        Args:
            day: the local date.
            carried: states carried out of the day before, as learned, by entity id;
                used for entities of which the recorder holds no earlier row, since
                what is unchanged for long is purged.

        Raises:
            SourceError: the history cannot be read.
        """
