"""All that a store holds, one piece after the other: what is copied and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

from ..engine.tables import Table
from .base import AggregateStore, Layer, LearnedDay
from .kept_tables import read_tables


class Part(IntEnum):
    """The parts of what a store holds, in the order in which they are taken."""

    MARKS = 0
    DAYS = 1
    WEEKS = 2
    MONTHS = 3
    LIFE = 4
    VERDICTS = 5


LAYERS: Final = {
    Part.DAYS: Layer.DAILY,
    Part.WEEKS: Layer.WEEKLY,
    Part.MONTHS: Layer.MONTHLY,
}
"""Where the parts lie that are made of tables."""


@dataclass(frozen=True, order=True, slots=True)
class Piece:
    """One thing that a store holds: no more than what there is of a date.

    Attributes:
        part: which part it belongs to.
        day: its date; of the marks, which are one piece, the first one there is.
    """

    part: Part
    day: date


@dataclass(frozen=True, slots=True)
class Rows:
    """What is kept of a day, or of a week or month.

    Attributes:
        tables: by name.
        learned: the day; None of a week or month.
    """

    tables: dict[str, Table]
    learned: LearnedDay | None = None


type Content = Rows | list[LearnedDay] | str | None
"""What a piece holds: rows, the marks, or a text."""


class Contents:
    """Lists what a store holds, reads it and writes it.

    Args:
        store: the store.
    """

    def __init__(self, store: AggregateStore) -> None:
        """Take the store; nothing is read yet."""
        self._store = store

    def pieces(self) -> list[Piece]:
        """Return all there is, in order.

        Raises:
            StoreError: the store failed.
        """
        store = self._store
        kept = list(store.kept_days())
        found = [Piece(Part.MARKS, date.min)]
        found += [Piece(Part.DAYS, day) for day in kept]
        for part in (Part.WEEKS, Part.MONTHS):
            found += [Piece(part, start) for start in store.periods(LAYERS[part])]
        found += sorted(Piece(Part.LIFE, sunday) for sunday in self._sundays())
        if kept:
            judged = store.read_verdicts(kept[0], kept[-1])
            found += [Piece(Part.VERDICTS, day) for day in sorted(judged)]
        return found

    def _sundays(self) -> Iterator[date]:
        """Yield the Sundays whose life is told, the newest first."""
        told = self._store.read_life(date.max)
        while told is not None:
            yield told[0]
            told = self._store.read_life(told[0] - timedelta(days=1))

    def read(self, piece: Piece) -> Content:
        """Return what a piece holds; None where there is no such text.

        Raises:
            StoreError: the store failed.
        """
        store, day = self._store, piece.day
        match piece.part:
            case Part.MARKS:
                kept = set(store.kept_days())
                return [mark for mark in store.learned() if mark.day not in kept]
            case Part.LIFE:
                told = store.read_life(day)
                return told[1] if told is not None and told[0] == day else None
            case Part.VERDICTS:
                return store.read_verdicts(day, day).get(day)
        mark = None
        if piece.part is Part.DAYS:
            mark = next((mark for mark in store.learned() if mark.day == day), None)
        return Rows(read_tables(store, LAYERS[piece.part], day), mark)

    def write(self, piece: Piece, content: Content) -> None:
        """Write what a piece holds, in place of what there is.

        Args:
            piece: which.
            content: as :meth:`read` of any store returned it.

        Raises:
            StoreError: the store failed.
            ValueError: such a piece does not hold that.
        """
        store, part, day = self._store, piece.part, piece.day
        match content:
            case list() if part is Part.MARKS:
                store.write_marks(content)
            case str() if part is Part.LIFE:
                store.write_life(day, content)
            case str() if part is Part.VERDICTS:
                store.write_verdicts(day, content)
            case Rows(tables, LearnedDay() as mark) if part is Part.DAYS:
                store.write_day(mark, tables, keep_life=True)
            case Rows(tables, None) if part in {Part.WEEKS, Part.MONTHS}:
                store.write_period(LAYERS[part], day, tables)
            case _:
                raise ValueError(f"{piece} does not hold {type(content).__name__}")
