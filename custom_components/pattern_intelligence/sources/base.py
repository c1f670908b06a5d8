"""Where a home's past comes from: one protocol, whichever place it is read from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from ..engine.rawday import Counts, RawDay
from ..engine.sentence import SaidError

type Extent = tuple[date, date] | None
"""The first and the last complete local day that a place tells of, if any."""


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


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter of which there are long-term statistics.

    Attributes:
        number: the source's own id of it.
        entity_id: its present id.
        unit: the unit its statistics are kept in.
    """

    number: int
    entity_id: str
    unit: str


@runtime_checkable
class PastSource(Protocol):
    """Knows what meters counted before there are days. Every call blocks."""

    def meters(self) -> Sequence[Meter]:
        """Return the meters of which there are long-term statistics.

        Raises:
            SourceError: the statistics cannot be read.
        """

    def begun(self, meters: Sequence[Meter]) -> date | None:
        """Return the first local day on which one of them counted, if any did.

        Raises:
            SourceError: the statistics cannot be read.
        """

    def counted(self, meter: Meter, first: date, before: date) -> Counts:
        """Return what a meter counted from one local day to the one before another.

        Raises:
            SourceError: the statistics cannot be read.
        """
