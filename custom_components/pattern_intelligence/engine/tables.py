"""The shape of what a day leaves behind, and the tables every day has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Numbers = NDArray[np.int64]
type Column = Numbers | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table's columns. The keys identify a row within its day or period.

    Attributes:
        name: the table's name, the same in every store.
        keys: columns of text that identify a row; rows are sorted by them.
        numbers: columns of whole numbers.
        vectors: columns that hold a list of whole numbers each, as
            :mod:`.codec` writes it; added element by element in a roll-up.
        bins: columns that hold counts by bin, most of them 0, as
            :func:`.codec.encode_bins` writes them; added bin by bin in a roll-up.
        texts: other columns of text, which cannot be added.
    """

    name: str
    keys: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()
    bins: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of all columns, in the order they are stored in."""
        return self.keys + self.numbers + self.written

    @property
    def written(self) -> tuple[str, ...]:
        """Return the names of the columns of text that are no keys."""
        return self.vectors + self.bins + self.texts

    def part(self, *names: str) -> TableSpec:
        """Return the same table as it is read for its keys and some other columns.

        Args:
            names: of columns that are no keys.

        Raises:
            ValueError: there is no such column.
        """
        if unknown := set(names) - {*self.numbers, *self.written}:
            raise ValueError(f"table {self.name!r} has no column {min(unknown)!r}")
        numbers, vectors, bins, texts = (
            tuple(name for name in columns if name in names)
            for columns in (self.numbers, self.vectors, self.bins, self.texts)
        )
        return TableSpec(self.name, self.keys, numbers, vectors, bins, texts)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one table, by column.

    Attributes:
        spec: the columns there are.
        columns: numbers as int64 arrays, all else as tuples of text, all of the
            same length.
    """

    spec: TableSpec
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.columns[self.spec.keys[0]])

    def numbers(self, name: str) -> Numbers:
        """Return a column of whole numbers, shape (rows,)."""
        column = self.columns[name]
        assert isinstance(column, np.ndarray)
        return column

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a column of text."""
        column = self.columns[name]
        assert isinstance(column, tuple)
        return column

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same rows in the same order."""
        if not isinstance(other, Table):
            return NotImplemented
        return self.spec == other.spec and all(
            np.array_equal(self.columns[name], other.columns[name])
            for name in self.spec.columns
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class DatedTable:
    """Rows of one table from several days or periods.

    Attributes:
        day: shape (rows,), ascending day numbers since 1970-01-01; of a period, its
            first day.
        table: the rows, sorted by key within a day.
    """

    day: Numbers
    table: Table


def empty(spec: TableSpec) -> Table:
    """Return a table without rows."""
    numbers = set(spec.numbers)
    return Table(
        spec,
        {
            name: np.zeros(0, np.int64) if name in numbers else ()
            for name in spec.columns
        },
    )


def dated(spec: TableSpec, days: Sequence[tuple[int, Table]]) -> DatedTable:
    """Return the rows of a table's days one after the other.

    Args:
        spec: the table.
        days: day numbers, ascending, each with that day's rows.
    """
    tables = [table for _, table in days]
    numbers = np.array([number for number, _ in days], np.int64)
    columns: dict[str, Column] = {
        name: np.concatenate([table.numbers(name) for table in tables])
        if tables
        else np.zeros(0, np.int64)
        for name in spec.numbers
    }
    for name in (*spec.keys, *spec.written):
        columns[name] = tuple(chain.from_iterable(t.texts(name) for t in tables))
    lengths = np.array([len(table) for table in tables], np.int64)
    return DatedTable(np.repeat(numbers, lengths), Table(spec, columns))


def taken(texts: Sequence[str], rows: NDArray[np.intp]) -> list[str]:
    """Return the texts of some rows."""
    return list(map(texts.__getitem__, rows.tolist()))


def joined(spec: TableSpec, parts: Iterable[DatedTable]) -> DatedTable:
    """Return the rows of a table's stretches of days one after the other.

    Args:
        spec: the table.
        parts: the stretches, ascending; none where there is no day.
    """
    held = [*parts]
    days = [part.day for part in held]
    return DatedTable(
        np.concatenate(days) if days else np.zeros(0, np.int64),
        dated(spec, [(0, part.table) for part in held]).table,
    )


def only(
    dated_table: DatedTable, admits: Callable[[str], bool], key: str | None = None
) -> DatedTable:
    """Return the rows whose key is admitted.

    Args:
        dated_table: rows of a table.
        admits: tells it of a key's text as stored.
        key: which of the table's keys, the first if not given.
    """
    table = dated_table.table
    texts = table.texts(key or table.spec.keys[0])
    admitted = {text: admits(text) for text in dict.fromkeys(texts)}
    if all(admitted.values()):
        return dated_table
    rows = [row for row, text in enumerate(texts) if admitted[text]]
    columns: dict[str, Column] = {
        name: column[rows]
        if isinstance(column, np.ndarray)
        else tuple(map(column.__getitem__, rows))
        for name, column in table.columns.items()
    }
    return DatedTable(dated_table.day[rows], Table(table.spec, columns))


HAPPENINGS: Final = TableSpec(
    "happenings",
    keys=("entity_id", "state"),
    numbers=("count", "first_ms", "last_ms", "user", "automation"),
    texts=("instants", "causes", "automations"),
)
"""What happened: a row for each entity and state entered on the day.

``first_ms``, ``last_ms`` and ``instants`` (increasing, by :mod:`.codec`) are
milliseconds since the day's first instant. ``user`` and ``automation`` count whom
they were caused by; the rest of ``count`` was the device or a hand. ``causes`` holds
a code of :mod:`.provenance` for each instant, or nothing where all were the latter;
``automations``, separated by blanks, are what its codes from ``AUTOMATION`` + 1 on
stand for.
"""

EXPOSURE: Final = TableSpec(
    "exposure",
    keys=("entity_id",),
    numbers=("seconds",),
    vectors=("by_hour", "home_by_hour"),
    texts=("carried_in", "carried_out"),
)
"""What could have happened: a row for each tracked entity, and one for the home.

``seconds`` is how long the entity was available while the home was recorded.
``by_hour`` says it for each hour since the day's first instant, or nothing where
it is the same as the home's. ``home_by_hour`` is there for persons: seconds at
home. The states carried in and out are as recorded, also when unavailable.
"""

HOME: Final = "home"
"""The row of :data:`EXPOSURE` that stands for the home: when it was recorded."""

RUNS: Final = TableSpec(
    "runs",
    keys=("entity_id", "state"),
    numbers=("carried",),
    texts=("spans", "unseen"),
)
"""How long states lasted: a row for each entity and state that a person would name.

``spans`` holds, by :mod:`.codec`, the begin and the end of each run in turn, both
milliseconds since the day's first instant. ``carried`` tells whether the first went
on when the day began and the last when it ended, ``unseen`` of which runs the begin
or the end was not seen (bits of :mod:`.runs`), or nothing where all were.
"""

CONTEXT: Final = TableSpec(
    "context",
    keys=("entity_id",),
    numbers=("least",),
    vectors=("seconds", "above"),
)
"""What it was like: a row for each sensor whose numbers habits may follow.

The vectors have a number for each hour since the day's first instant: for how many
``seconds`` a value was known, and the sum of those seconds' values ``above`` the
least of the day, ``least``; values in hundredths. ``seconds`` is empty where every
hour was known throughout.
"""

CONSUMPTION: Final = TableSpec(
    "consumption",
    keys=("entity_id", "unit"),
    numbers=("hours", "amount"),
    vectors=("by_hour", "returned_by_hour"),
)
"""What meters counted: a row for each meter of which there are statistics.

``hours`` is how many hours there are statistics of, ``amount`` what was counted in
them, in thousandths of the ``unit`` they are kept in. The vectors have a number for
each hour since the day's first instant: what was counted up, and what was counted
down (or nothing where nothing was).
"""

DAY_TABLES: Final = (HAPPENINGS, EXPOSURE, RUNS, CONTEXT, CONSUMPTION)
