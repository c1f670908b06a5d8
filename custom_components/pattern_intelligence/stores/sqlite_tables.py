"""Tables of the built-in store, made from their specifications.

Each table of a layer is an SQL table of its own, typed and ordered by day and key, so
that a day's rows lie together and come back sorted. Column names are identifiers of
the program, never of a home.
"""

from __future__ import annotations

from collections.abc import Iterable
import sqlite3
from typing import Any, Final

import numpy as np

from ..engine.tables import Column, DatedTable, Table, TableSpec
from .base import Layer, StoreError

DAY: Final = "day"
"""The first column of every table: days since 1970-01-01."""

_CHUNK_ROWS: Final = 1_000
"""Rows turned into columns at once: more would hold Python's lock for too long, and
wake its garbage collector."""


def table_name(layer: Layer, spec: TableSpec) -> str:
    """Return the name of a table's SQL table.

    Raises:
        ValueError: a name in the specification is no identifier.
    """
    if not all(name.isidentifier() for name in (spec.name, *spec.columns)):
        raise ValueError(f"table {spec.name!r} has names that are no identifiers")
    if DAY in spec.columns:
        raise ValueError(f"table {spec.name!r} has a column named {DAY!r} of its own")
    return f"{layer}_{spec.name}"


def tables_of(database: sqlite3.Connection, layer: Layer) -> list[str]:
    """Return the names of a layer's SQL tables, also of detectors unknown here."""
    found = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    )
    return [name for (name,) in found if name.startswith(f"{layer}_")]


def ensure(database: sqlite3.Connection, layer: Layer, spec: TableSpec) -> None:
    """Create a table when first seen, or add the columns that it did not have.

    Raises:
        StoreError: its keys have changed, so what is there cannot be kept.
    """
    name = table_name(layer, spec)
    present = _columns(database, name)
    values = {
        column: f"{_quoted(column)} {_type(spec, column)} NOT NULL DEFAULT "
        f"{0 if column in spec.numbers else "''"}"
        for column in spec.columns
        if column not in spec.keys
    }
    if not present:
        keys = [f"{_quoted(key)} TEXT NOT NULL" for key in spec.keys]
        columns = ", ".join([f"{DAY} INTEGER NOT NULL", *keys, *values.values()])
        primary = ", ".join([DAY, *map(_quoted, spec.keys)])
        database.execute(
            f"CREATE TABLE {_quoted(name)} ({columns}, PRIMARY KEY ({primary}))"
            " WITHOUT ROWID, STRICT"
        )
        return
    keys = sorted((c for c in present if present[c]), key=present.__getitem__)
    if keys != [DAY, *spec.keys]:
        raise StoreError(
            "the store's table {name} is of another version: update Pattern "
            "Intelligence, or learn anew",
            name=name,
        )
    for column, definition in values.items():
        if column not in present:
            database.execute(f"ALTER TABLE {_quoted(name)} ADD COLUMN {definition}")


def insert(
    database: sqlite3.Connection, layer: Layer, number: int, table: Table
) -> None:
    """Write the rows of a day or period.

    Args:
        database: within a transaction.
        layer: which.
        number: days since 1970-01-01.
        table: the rows; the table must exist.
    """
    names = table.spec.columns
    columns = ", ".join([DAY, *map(_quoted, names)])
    marks = ", ".join("?" * (1 + len(names)))
    values = [
        column.tolist() if isinstance(column, np.ndarray) else column
        for column in (table.columns[name] for name in names)
    ]
    database.executemany(
        f"INSERT INTO {_quoted(table_name(layer, table.spec))} ({columns})"  # noqa: S608
        f" VALUES ({marks})",
        zip([number] * len(table), *values, strict=True),
    )


def select(
    database: sqlite3.Connection, layer: Layer, spec: TableSpec, first: int, last: int
) -> DatedTable:
    """Return the rows of the days or periods from first to last.

    Args:
        database: the store.
        layer: which.
        spec: the table; columns that the stored one lacks come as 0 or empty.
        first: days since 1970-01-01.
        last: the same; included.
    """
    name = table_name(layer, spec)
    present = _columns(database, name)
    wanted = [column for column in spec.columns if column in present]
    read: dict[str, list[Any]] = {column: [] for column in (DAY, *wanted)}
    known: dict[str, str] = {}
    if present:
        columns = ", ".join([DAY, *map(_quoted, wanted)])
        order = ", ".join([DAY, *map(_quoted, spec.keys)])
        cursor = database.execute(
            f"SELECT {columns} FROM {_quoted(name)}"  # noqa: S608
            f" WHERE {DAY} BETWEEN ? AND ? ORDER BY {order}",
            (first, last),
        )
        while rows := cursor.fetchmany(_CHUNK_ROWS):
            for column, values in zip(
                read.values(), zip(*rows, strict=True), strict=True
            ):
                column.extend(_once(values, known))
    size = len(read[DAY])
    columns_read: dict[str, Column] = {}
    for name in spec.columns:
        if name in spec.numbers:
            columns_read[name] = np.array(read.get(name, [0] * size), np.int64)
        else:
            columns_read[name] = tuple(read.get(name, [""] * size))
    return DatedTable(np.array(read[DAY], np.int64), Table(spec, columns_read))


def _once(values: tuple[Any, ...], known: dict[str, str]) -> Iterable[Any]:
    """Return values, of texts that repeat the one that is known: ids are many rows'.

    Args:
        values: of one column.
        known: texts seen so far, which those that are new are added to.
    """
    if isinstance(values[0], str) and 4 * len({*values}) < len(values):
        return map(known.setdefault, values, values, strict=True)
    return values


def delete(
    database: sqlite3.Connection, layer: Layer, last: int, first: int = 0
) -> None:
    """Delete the rows of a layer's days or periods from first to last, both included.

    Args:
        database: within a transaction.
        layer: which.
        last: days since 1970-01-01.
        first: the same.
    """
    for name in tables_of(database, layer):
        database.execute(
            f"DELETE FROM {_quoted(name)} WHERE {DAY} BETWEEN ? AND ?",  # noqa: S608
            (first, last),
        )


def count(database: sqlite3.Connection, name: str) -> int:
    """Return how many rows an SQL table has."""
    found = database.execute(f"SELECT count(*) FROM {_quoted(name)}")  # noqa: S608
    return int(found.fetchone()[0])


def drop(database: sqlite3.Connection, name: str) -> None:
    """Delete an SQL table."""
    database.execute(f"DROP TABLE {_quoted(name)}")


def _columns(database: sqlite3.Connection, name: str) -> dict[str, int]:
    """Return a table's columns and their place in its primary key, 0 for none."""
    found = database.execute(f"PRAGMA table_info({_quoted(name)})")
    return {column: place for _, column, _, _, _, place in found}


def _type(spec: TableSpec, column: str) -> str:
    return "INTEGER" if column in spec.numbers else "TEXT"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
