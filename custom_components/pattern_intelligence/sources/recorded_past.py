"""What is asked of a recorder's long-term statistics, whichever database holds them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Connection

from ..engine.home import Home
from ..engine.rawday import Counts
from ..engine.scope import Scope
from .base import Meter
from .recorder_statistics import first_hour, read_counts, read_meters


class RecordedPast(ABC):
    """A source of the past over a recorder's database."""

    @abstractmethod
    def _ask[T](self, ask: Callable[[Connection], T]) -> T:
        """Answer from one state of the database, whose schema is known.

        Raises:
            SourceError: it cannot be read.
        """

    @abstractmethod
    def _context(self) -> tuple[Home, Scope]:
        """Return the home's context, and the person's choice of entities."""

    def meters(self) -> Sequence[Meter]:
        """Return the meters of which there are long-term statistics."""
        return self._ask(lambda connection: read_meters(connection, *self._context()))

    def begun(self, meters: Sequence[Meter]) -> date | None:
        """Return the first local day on which one of them counted, if any did."""
        instant = self._ask(lambda connection: first_hour(connection, meters))
        return None if instant is None else self._context()[0].civil.day_of(instant)

    def counted(self, meter: Meter, first: date, before: date) -> Counts:
        """Return what a meter counted from one local day to the one before another."""
        civil = self._context()[0].civil
        start, end = civil.start_of(first), civil.start_of(before)
        return self._ask(
            lambda connection: read_counts(connection, [meter], start, end)
        )

    def counted_on(self, day: date) -> Counts:
        """Return what all meters counted on a local day.

        Raises:
            SourceError: the statistics cannot be read.
        """
        home, scope = self._context()
        start, end = home.civil.bounds(day)
        return self._ask(
            lambda connection: read_counts(
                connection, read_meters(connection, home, scope), start, end
            )
        )
