"""Where aggregates live: one protocol, whichever database is behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from ..engine.sentence import SaidError
from ..engine.tables import DatedTable, Table, TableSpec


class StoreError(SaidError):
    """The store cannot do what was asked; nothing was changed."""


class StoreUnavailableError(StoreError):
    """The store is away, locked or full for now; asking again later may do."""


class StoreRefusedError(StoreError):
    """The store's server refuses the credentials; a person must give others."""


class StoreDamagedError(StoreError):
    """The store's data cannot be read, and waiting will not help."""


class StoreTooNewError(StoreError):
    """A newer version wrote this store; it was left untouched."""


class Layer(StrEnum):
    """The layers of aggregates, from fine to coarse."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each layer is kept, counted from the newest day learned.

    So many days that were learned are kept in any case: where the clock ran ahead for
    a while, the newest day is no measure of age.
    """

    daily: int = 90
    weekly: int = 365
    monthly: int = 5 * 365


@dataclass(frozen=True, slots=True)
class LearnedDay:
    """A day that was learned.

    Attributes:
        day: the local date.
        rows: how many rows of the recorder it was learned from.
        entities: how many entities were tracked on it.
    """

    day: date
    rows: int
    entities: int


@dataclass(frozen=True, slots=True)
class StoreSize:
    """How much a store holds.

    Attributes:
        size: bytes on disk; None where the store cannot tell.
        rows: rows by table.
    """

    size: int | None
    rows: Mapping[str, int]


class AggregateStore(Protocol):
    """Keeps the daily, weekly and monthly layers, and the life of patterns.

    Every call blocks and may raise :class:`StoreError`; all are called from one
    thread at a time, not always the same.
    """

    def learned(self) -> Sequence[LearnedDay]:
        """Return every day ever learned, ascending, also those no longer kept."""

    def write_day(
        self, learned: LearnedDay, tables: Mapping[str, Table], *, keep_life: bool
    ) -> None:
        """Write a day with its mark, or replace it, as a whole or not at all.

        Args:
            learned: the day.
            tables: its tables by name.
            keep_life: False drops the life of patterns and the verdicts from that
                day on, with the same all or nothing.
        """

    def write_marks(self, learned: Sequence[LearnedDay]) -> None:
        """Note days as learned of which no daily tables are kept, or no longer."""

    def read_days(self, spec: TableSpec, first: date, last: date) -> DatedTable:
        """Return a table's rows of the kept days from first to last, both included.

        Ordered by day, then key, as they were written.
        """

    def kept_days(self) -> Sequence[date]:
        """Return the days whose daily tables are still held, ascending."""

    def write_period(
        self, layer: Layer, start: date, tables: Mapping[str, Table]
    ) -> None:
        """Write the roll-up of the week or month that begins at a date."""

    def read_periods(
        self, layer: Layer, spec: TableSpec, first: date, last: date
    ) -> DatedTable:
        """Return a table's rows of the periods that begin from first to last."""

    def periods(self, layer: Layer) -> Sequence[date]:
        """Return the first days of the periods held, ascending."""

    def write_life(self, sunday: date, life: str) -> None:
        """Write the life of patterns as of the end of a Sunday."""

    def read_life(self, last: date) -> tuple[date, str] | None:
        """Return the newest life that is not after a date, with its Sunday."""

    def write_verdicts(self, day: date, verdicts: str) -> None:
        """Write what was out of the ordinary on a day; kept as long as the day is."""

    def read_verdicts(self, first: date, last: date) -> Mapping[date, str]:
        """Return the verdicts of the days from first to last that have any."""

    def forget_before(self, newest: date, retention: Retention) -> None:
        """Delete what is older than its layer keeps."""

    def forget_after(self, last: date) -> None:
        """Unlearn the days after one, as a whole or not at all.

        With them go their verdicts, the periods that reach beyond it, and the life of
        patterns after the last day that stays learned.
        """

    def size(self) -> StoreSize:
        """Return how much is held."""

    def clear(self) -> None:
        """Delete everything learned: what follows is learned anew.

        Texts of a :class:`LocalStore`, such as decisions, stay.
        """

    def close(self) -> None:
        """Let go of files and connections; closing twice does no harm."""


class LocalStore(Protocol):
    """Keeps what must be there without any server: texts by name."""

    def read_text(self, name: str) -> str | None:
        """Return a text, or None where there is none."""

    def write_text(self, name: str, text: str) -> None:
        """Write a text, durably."""
