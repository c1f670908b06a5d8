"""Tables and stores for the tests of stores."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import numpy as np

from custom_components.pattern_intelligence.engine.tables import (
    Column,
    Table,
    TableSpec,
)
from custom_components.pattern_intelligence.stores.base import AggregateStore
from custom_components.pattern_intelligence.stores.influx.address import InfluxAddress
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

COUNTS = TableSpec(
    "counts",
    keys=("entity_id", "state"),
    numbers=("count", "longest"),
    vectors=("by_hour",),
    texts=("note",),
)
ROOMS = TableSpec("rooms", keys=("area_id",), numbers=("seconds",))

type Row = tuple[str | int, ...]


class StoreFactory(Protocol):
    """Opens one and the same store again and again."""

    def open(self) -> AggregateStore:
        """Return the store, as the last one closed left it."""


class SqliteFactory:
    """Opens the built-in store."""

    def __init__(self, folder: Path) -> None:
        """Keep the file in a folder."""
        self.path = folder / "store.db"

    def open(self) -> SqliteStore:
        """Return the store, as the last one closed left it."""
        return SqliteStore(self.path)


class InfluxFactory:
    """Opens the store of one home in InfluxDB."""

    def __init__(self, address: InfluxAddress) -> None:
        """Take a server with buckets; the home is a new one."""
        self.address = address
        self.home = uuid4().hex

    def open(self) -> InfluxStore:
        """Return the store, as the last one closed left it."""
        return InfluxStore(server_at(self.address), self.home)


def table(spec: TableSpec, rows: Sequence[Row]) -> Table:
    """Return a table of rows, each in the order of the columns."""
    columns: dict[str, Column] = {}
    for place, name in enumerate(spec.columns):
        values = tuple(row[place] for row in rows)
        columns[name] = (
            np.array(values, np.int64)
            if name in spec.numbers
            else tuple(str(value) for value in values)
        )
    return Table(spec, columns)


def rows_of(found: Table) -> list[Row]:
    """Return a table's rows, each in the order of the columns."""
    columns = [
        column.tolist() if isinstance(column, np.ndarray) else column
        for column in (found.columns[name] for name in found.spec.columns)
    ]
    return list(zip(*columns, strict=True))


def tables(*some: Table) -> Mapping[str, Table]:
    """Return tables by name."""
    return {each.spec.name: each for each in some}


def counts_of(number: int, rows: int = 3) -> Table:
    """Return a table that tells its number in every row."""
    return table(
        COUNTS,
        [
            (f"light.l{row:04}", "on", number, row, "0" * 24, f"day {number}")
            for row in range(rows)
        ],
    )


def day(number: int) -> date:
    """Return a day by its number; day 1 is a Monday and the first of a month."""
    return date(2026, 6, 1) + timedelta(days=number - 1)
