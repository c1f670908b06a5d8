"""What the built-in store keeps of what was told: life by Sunday, verdicts by day."""

from __future__ import annotations

import sqlite3
import zlib

from .base import StoreDamagedError


def write_life(database: sqlite3.Connection, sunday: int, life: str) -> None:
    """Write the life of patterns as of a Sunday; days since 1970-01-01."""
    database.execute(
        "INSERT OR REPLACE INTO life (sunday, packed) VALUES (?, ?)",
        (sunday, _packed(life)),
    )


def read_life(database: sqlite3.Connection, last: int) -> tuple[int, str] | None:
    """Return the newest life that is not after a day, with its Sunday.

    Raises:
        StoreDamagedError: it cannot be read.
    """
    row = database.execute(
        "SELECT sunday, packed FROM life WHERE sunday <= ? ORDER BY sunday DESC"
        " LIMIT 1",
        (last,),
    ).fetchone()
    return None if row is None else (row[0], _unpacked(row[1]))


def write_verdicts(database: sqlite3.Connection, day: int, verdicts: str) -> None:
    """Write the verdicts of a day; days since 1970-01-01."""
    database.execute(
        "INSERT OR REPLACE INTO verdicts (day, packed) VALUES (?, ?)",
        (day, _packed(verdicts)),
    )


def read_verdicts(
    database: sqlite3.Connection, first: int, last: int
) -> dict[int, str]:
    """Return the verdicts of the days from first to last that have any.

    Raises:
        StoreDamagedError: they cannot be read.
    """
    rows = database.execute(
        "SELECT day, packed FROM verdicts WHERE day BETWEEN ? AND ? ORDER BY day",
        (first, last),
    ).fetchall()
    return {day: _unpacked(packed) for day, packed in rows}


def drop_from(database: sqlite3.Connection, day: int) -> None:
    """Drop what was told of a day and of those after it."""
    database.execute("DELETE FROM life WHERE sunday >= ?", (day,))
    database.execute("DELETE FROM verdicts WHERE day >= ?", (day,))


def drop_unlearned(database: sqlite3.Connection) -> None:
    """Drop what was told after the last day learned: it knew days still to come."""
    (last,) = database.execute("SELECT coalesce(max(day), 0) FROM learned").fetchone()
    database.execute("DELETE FROM life WHERE sunday > ?", (last,))
    database.execute("DELETE FROM verdicts WHERE day > ?", (last,))


def drop_outdated(database: sqlite3.Connection, daily: int, weekly: int) -> None:
    """Drop verdicts as old as the daily layer loses, and life as the weekly one."""
    database.execute("DELETE FROM verdicts WHERE day <= ?", (daily,))
    database.execute("DELETE FROM life WHERE sunday <= ?", (weekly,))


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode())


def _unpacked(packed: bytes) -> str:
    try:
        return zlib.decompress(packed).decode()
    except (zlib.error, UnicodeDecodeError) as err:
        raise StoreDamagedError(
            "the store is damaged: restore it from a backup, or learn anew"
        ) from err
