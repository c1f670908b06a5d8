"""What is too old for the server, and lies in another store instead.

A server refuses points that are older than it keeps them. History that is learned from
such days on needs them nevertheless until their weeks and months are summed up. Whatever
else that store holds, since it was in use before, stays in it and is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Protocol

import numpy as np

from ...engine.civil import date_of, day_number
from ...engine.tables import DatedTable, Table, TableSpec, dated
from ..base import AggregateStore, Layer, LearnedDay
from ..contents import LAYERS, Part, Piece
from .problem import InfluxError, Problem
from .watermark import ATTIC, SHELVES, Kind, Shelf, Watermark

_PARTS: Final[Mapping[Shelf, Part]] = {
    **{(layer, Kind.TABLES): part for part, layer in LAYERS.items()},
    (Layer.WEEKLY, Kind.LIFE): Part.LIFE,
    (Layer.DAILY, Kind.VERDICTS): Part.VERDICTS,
}


class AtticStore(AggregateStore, Protocol):
    """A store that can also be rid of single dates."""

    def let_go(self, pieces: Iterable[Piece]) -> None:
        """Delete what is held of some dates, and nothing else."""


class Attic:
    """Keeps by date what the server does not take.

    Args:
        store: where it is kept; None where the server takes everything.
    """

    def __init__(self, store: AtticStore | None) -> None:
        """Take the store."""
        self._store = store

    @property
    def open(self) -> bool:
        """Tell whether anything can be put there."""
        return self._store is not None

    def put(
        self,
        mark: Watermark,
        shelf: Shelf,
        day: int,
        what: Mapping[str, Table] | str,
        learned: LearnedDay | None,
    ) -> None:
        """Keep tables or a text of a date.

        Args:
            mark: says what lies here; names the date afterwards.
            shelf: the layer, and what of it.
            day: day number.
            what: tables by name, or a text.
            learned: the day, where it is one that was learned.

        Raises:
            StoreError: it cannot be kept.
        """
        start = date_of(day)
        if self._store is None:
            raise InfluxError(
                Problem.EXPIRED,
                "{start} is older than InfluxDB keeps it: use buckets without expiry",
                start=start,
            )
        if isinstance(what, str):
            if shelf[1] is Kind.LIFE:
                self._store.write_life(start, what)
            else:
                self._store.write_verdicts(start, what)
        elif learned is not None:
            self._store.write_day(learned, what, keep_life=True)
        else:
            self._store.write_period(shelf[0], start, what)
        mark.done(shelf, day, ATTIC)

    def with_rows(
        self,
        mark: Watermark,
        shelf: Shelf,
        spec: TableSpec,
        span: tuple[date, date],
        found: DatedTable,
    ) -> DatedTable:
        """Return a table's rows of the attic and of the server, by date.

        Args:
            mark: says what lies here.
            shelf: the layer, and what of it.
            spec: the table.
            span: the first and the last date asked for.
            found: the server's rows.
        """
        days = in_attic(mark, shelf, *map(day_number, span))
        if not days or self._store is None:
            return found
        layer = shelf[0]
        kept = (
            self._store.read_days(spec, *span)
            if layer is Layer.DAILY
            else self._store.read_periods(layer, spec, *span)
        )
        parts = {day: rows for day, rows in _by_day(kept).items() if day in days}
        return dated(spec, sorted((parts | _by_day(found)).items()))

    def texts(
        self, mark: Watermark, shelf: Shelf, first: int, last: int
    ) -> dict[int, str]:
        """Return the texts of the dates from first to last that lie here."""
        days = in_attic(mark, shelf, first, last)
        if not days or self._store is None:
            return {}
        if shelf[1] is Kind.LIFE:
            told = self._store.read_life(date_of(max(days)))
            return {day_number(told[0]): told[1]} if told else {}
        found = self._store.read_verdicts(date_of(first), date_of(last))
        return {
            number: text
            for day, text in found.items()
            if (number := day_number(day)) in days
        }

    def let_go(self, pieces: Iterable[Piece]) -> None:
        """Delete what is no longer needed.

        Raises:
            StoreError: it cannot be deleted.
        """
        if self._store is not None and (old := sorted(pieces)):
            self._store.let_go(old)

    def clear(self) -> None:
        """Empty it."""
        if self._store is not None:
            self._store.clear()


def in_attic(mark: Watermark, shelf: Shelf, first: int, last: int) -> set[int]:
    """Return the dates from first to last that lie in the attic."""
    return {
        day
        for day, version in mark.valid[shelf].items()
        if version == ATTIC and first <= day <= last
    }


def pieces_in(mark: Watermark) -> set[Piece]:
    """Return all that lies in the attic."""
    return {
        Piece(_PARTS[shelf], date_of(day))
        for shelf in SHELVES
        for day, version in mark.valid[shelf].items()
        if version == ATTIC
    }


def _by_day(found: DatedTable) -> dict[int, Table]:
    """Return rows apart by day."""
    days, starts = np.unique(found.day, return_index=True)
    ends = [*starts[1:].tolist(), len(found.day)]
    return {
        day: Table(
            found.table.spec,
            {name: column[a:z] for name, column in found.table.columns.items()},
        )
        for day, a, z in zip(days.tolist(), starts.tolist(), ends, strict=True)
    }
