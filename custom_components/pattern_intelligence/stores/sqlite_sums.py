"""Weeks and months of the built-in store: each table of a period is packed as a whole.

They are only ever read as a whole, and packed they take a quarter of the room that
rows would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
import sqlite3
from typing import Final

import numpy as np

from ..engine.civil import date_of, day_number
from ..engine.tables import Column, DatedTable, Table, TableSpec, dated
from .base import Layer, StoreDamagedError
from .packing import Packages, packed
from .sqlite_tables import DAY, delete, drop, tables_of

_SUMS: Final = "sums"


def replace(
    database: sqlite3.Connection,
    layer: Layer,
    number: int,
    tables: Mapping[str, Table],
) -> None:
    """Write the tables of a period in the place of what there is of it.

    Args:
        database: within a transaction.
        layer: weekly or monthly.
        number: the period's first day, days since 1970-01-01.
        tables: its tables by name.
    """
    _ensure(database, layer)
    delete(database, layer, last=number, first=number)
    _insert(database, layer, ((number, table) for table in tables.values()))


def select(
    database: sqlite3.Connection, layer: Layer, spec: TableSpec, first: int, last: int
) -> DatedTable:
    """Return a table's rows of the periods that begin from first to last.

    Args:
        database: the store.
        layer: weekly or monthly.
        spec: the table; columns that a stored one lacks come as 0 or empty.
        first: days since 1970-01-01.
        last: the same; included.

    Raises:
        StoreDamagedError: what is stored is none.
    """
    if _name(layer) not in tables_of(database, layer):
        return dated(spec, ())
    cursor = database.execute(
        f"SELECT {DAY}, packed FROM {_name(layer)}"  # noqa: S608
        f" WHERE name = ? AND {DAY} BETWEEN ? AND ? ORDER BY {DAY}",
        (spec.name, first, last),
    )
    packages = Packages()
    try:
        found = [(day, packages.table_of(spec, data)) for day, data in cursor]
    except ValueError as err:
        raise StoreDamagedError(
            "the store is damaged: restore it from a backup, or learn anew"
        ) from err
    return dated(spec, found)


def periods(database: sqlite3.Connection, layer: Layer) -> list[date]:
    """Return the first days of the periods held, ascending."""
    rows = database.execute(
        "SELECT start FROM periods WHERE layer = ? ORDER BY start", (layer.value,)
    )
    return [date_of(start) for (start,) in rows.fetchall()]


def delete_period(database: sqlite3.Connection, layer: Layer, start: date) -> None:
    """Delete the period that begins at a date."""
    number = day_number(start)
    delete(database, layer, last=number, first=number)
    database.execute(
        "DELETE FROM periods WHERE layer = ? AND start = ?", (layer.value, number)
    )


def pack_rows(database: sqlite3.Connection) -> None:
    """Pack the weeks and months of a file that holds them as rows."""
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        names = tables_of(database, layer)
        _ensure(database, layer)
        for name in names:
            spec = _spec_of(database, layer, name)
            rows = database.execute(
                f'SELECT {DAY}, {", ".join(_quoted(spec.columns))} FROM "{name}"'  # noqa: S608
                f" ORDER BY {', '.join([DAY, *_quoted(spec.keys)])}"
            ).fetchall()
            days: dict[int, list[tuple[int | str, ...]]] = {}
            for day, *values in rows:
                days.setdefault(day, []).append(tuple(values))
            tables = ((day, _table_of(spec, own)) for day, own in days.items())
            _insert(database, layer, tables)
            drop(database, name)


def _ensure(database: sqlite3.Connection, layer: Layer) -> None:
    database.execute(
        f"CREATE TABLE IF NOT EXISTS {_name(layer)} ({DAY} INTEGER NOT NULL,"
        " name TEXT NOT NULL, rows INTEGER NOT NULL, packed BLOB NOT NULL,"
        f" PRIMARY KEY (name, {DAY})) STRICT"
    )


def _insert(
    database: sqlite3.Connection, layer: Layer, tables: Iterable[tuple[int, Table]]
) -> None:
    database.executemany(
        f"INSERT INTO {_name(layer)} ({DAY}, name, rows, packed)"  # noqa: S608
        " VALUES (?, ?, ?, ?)",
        (
            (number, table.spec.name, len(table), packed(table))
            for number, table in tables
        ),
    )


def _name(layer: Layer) -> str:
    return f"{layer}_{_SUMS}"


def _spec_of(database: sqlite3.Connection, layer: Layer, name: str) -> TableSpec:
    """Return the specification of a table of rows."""
    columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
    keys = sorted((place, column) for _, column, _, _, _, place in columns if place)
    others = [(column, kind) for _, column, kind, _, _, place in columns if not place]
    return TableSpec(
        name.removeprefix(f"{layer}_"),
        tuple(column for _, column in keys if column != DAY),
        numbers=tuple(column for column, kind in others if kind == "INTEGER"),
        texts=tuple(column for column, kind in others if kind != "INTEGER"),
    )


def _table_of(spec: TableSpec, rows: list[tuple[int | str, ...]]) -> Table:
    columns: dict[str, Column] = {}
    for name, values in zip(spec.columns, zip(*rows, strict=True), strict=True):
        columns[name] = (
            np.array(values, np.int64)
            if name in spec.numbers
            else tuple(map(str, values))
        )
    return Table(spec, columns)


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]
