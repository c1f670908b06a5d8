"""Taking over what another of our files holds, as a whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
import sqlite3

from . import sqlite_file, sqlite_tables
from .base import Layer

_TABLES = ("learned", "periods", "life", "verdicts")


def adopt(database: sqlite3.Connection, path: Path) -> None:
    """Put what another file holds in the place of what this one does.

    Its texts are added to those there are.

    Args:
        database: with no transaction begun.
        path: the other file, which this version made or opened; it is only read.
    """
    database.execute("ATTACH DATABASE ? AS other", (str(path),))
    try:
        database.execute("BEGIN IMMEDIATE")
        for layer in Layer:
            for name in sqlite_tables.tables_of(database, layer):
                sqlite_tables.drop(database, name)
        made = database.execute(
            "SELECT name, sql FROM other.sqlite_master WHERE type = 'table'"
        ).fetchall()
        for name, statement in made:
            if name.startswith(tuple(f"{layer}_" for layer in Layer)):
                database.execute(statement)
                _take(database, name)
        for name in _TABLES:
            database.execute(f"DELETE FROM main.{name}")  # noqa: S608
            _take(database, name)
        database.execute("INSERT OR REPLACE INTO main.texts SELECT * FROM other.texts")
        database.execute("COMMIT")
    finally:
        sqlite_file.roll_back(database)
        with suppress(sqlite3.Error):
            database.execute("DETACH DATABASE other")


def _take(database: sqlite3.Connection, name: str) -> None:
    """Copy all rows of a table that both files have."""
    database.execute(
        f'INSERT INTO main."{name}" SELECT * FROM other."{name}"'  # noqa: S608
    )
