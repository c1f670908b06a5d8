"""The built-in store: aggregates and what must always be there, in one SQLite file."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
import sqlite3
from threading import RLock
from typing import Final

from ..engine.civil import date_of, day_number
from ..engine.tables import DatedTable, Table, TableSpec
from . import sqlite_file, sqlite_sums, sqlite_tables, sqlite_told
from .base import Layer, LearnedDay, Retention, StoreError, StoreSize
from .contents import LAYERS, Part, Piece
from .spans import coarse, last_of, outdated
from .sqlite_adoption import adopt

SCHEME: Final = "sqlite"

_CHECKPOINT_PAGES: Final = 1000
"""SQLite's own: the write-ahead log is folded into the file at about 4 MB."""


class SqliteStore:
    """An :class:`~.base.AggregateStore` and :class:`~.base.LocalStore` in a file.

    A day is one transaction: killed at any moment, it is there as a whole or not at
    all, and what was written stays written through a loss of power.

    Args:
        path: the file; made where it is missing.

    Raises:
        StoreError: the file cannot be used; its kind says why.
    """

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self.path = path
        self._lock = RLock()
        self._closed = False
        self._paused = False
        self._database: sqlite3.Connection | None = sqlite_file.connect(path)

    def learned(self) -> Sequence[LearnedDay]:
        """Return every day ever learned, ascending, also those no longer kept."""
        with self._reading() as database:
            rows = database.execute(
                "SELECT day, rows, entities FROM learned ORDER BY day"
            ).fetchall()
        return [LearnedDay(date_of(day), rows, count) for day, rows, count in rows]

    def write_day(
        self, learned: LearnedDay, tables: Mapping[str, Table], *, keep_life: bool
    ) -> None:
        """Write a day with its mark, or replace it, as a whole or not at all."""
        number = day_number(learned.day)
        with self._writing() as database:
            self._replace(database, number, tables)
            database.execute(
                "INSERT OR REPLACE INTO learned (day, rows, entities, kept)"
                " VALUES (?, ?, ?, 1)",
                (number, learned.rows, learned.entities),
            )
            if not keep_life:
                sqlite_told.drop_from(database, number)

    def write_marks(self, learned: Sequence[LearnedDay]) -> None:
        """Note days as learned of which no daily tables are kept, or no longer."""
        with self._writing() as database:
            for mark in learned:
                number = day_number(mark.day)
                sqlite_tables.delete(database, Layer.DAILY, number, first=number)
                database.execute(
                    "INSERT OR REPLACE INTO learned (day, rows, entities, kept)"
                    " VALUES (?, ?, ?, 0)",
                    (number, mark.rows, mark.entities),
                )

    def read_days(self, spec: TableSpec, first: date, last: date) -> DatedTable:
        """Return a table's rows of the kept days from first to last, both included."""
        with self._reading() as database:
            return sqlite_tables.select(
                database, Layer.DAILY, spec, day_number(first), day_number(last)
            )

    def kept_days(self) -> Sequence[date]:
        """Return the days whose daily tables are still held, ascending."""
        with self._reading() as database:
            rows = database.execute(
                "SELECT day FROM learned WHERE kept ORDER BY day"
            ).fetchall()
        return [date_of(day) for (day,) in rows]

    def write_period(
        self, layer: Layer, start: date, tables: Mapping[str, Table]
    ) -> None:
        """Write the roll-up of the week or month that begins at a date."""
        number = day_number(start)
        with self._writing() as database:
            sqlite_sums.replace(database, coarse(layer), number, tables)
            database.execute(
                "INSERT OR REPLACE INTO periods (layer, start) VALUES (?, ?)",
                (layer.value, number),
            )

    def read_periods(
        self, layer: Layer, spec: TableSpec, first: date, last: date
    ) -> DatedTable:
        """Return a table's rows of the periods that begin from first to last."""
        with self._reading() as database:
            return sqlite_sums.select(
                database, coarse(layer), spec, day_number(first), day_number(last)
            )

    def periods(self, layer: Layer) -> Sequence[date]:
        """Return the first days of the periods held, ascending."""
        with self._reading() as database:
            return sqlite_sums.periods(database, coarse(layer))

    def write_life(self, sunday: date, life: str) -> None:
        """Write the life of patterns as of the end of a Sunday."""
        with self._writing() as database:
            sqlite_told.write_life(database, day_number(sunday), life)

    def read_life(self, last: date) -> tuple[date, str] | None:
        """Return the newest life that is not after a date, with its Sunday."""
        with self._reading() as database:
            found = sqlite_told.read_life(database, day_number(last))
        return None if found is None else (date_of(found[0]), found[1])

    def write_verdicts(self, day: date, verdicts: str) -> None:
        """Write what was out of the ordinary on a day; kept as long as the day is."""
        with self._writing() as database:
            sqlite_told.write_verdicts(database, day_number(day), verdicts)

    def read_verdicts(self, first: date, last: date) -> Mapping[date, str]:
        """Return the verdicts of the days from first to last that have any."""
        with self._reading() as database:
            found = sqlite_told.read_verdicts(
                database, day_number(first), day_number(last)
            )
        return {date_of(day): text for day, text in found.items()}

    def forget_before(self, newest: date, retention: Retention) -> None:
        """Delete what is older than its layer keeps."""
        with self._writing() as database:
            learned = [day for (day,) in database.execute("SELECT day FROM learned")]
            daily, weekly, monthly = (
                outdated(learned, newest, kept)
                for kept in (retention.daily, retention.weekly, retention.monthly)
            )
            sqlite_tables.delete(database, Layer.DAILY, daily)
            database.execute("UPDATE learned SET kept = 0 WHERE day <= ?", (daily,))
            for layer, number in ((Layer.WEEKLY, weekly), (Layer.MONTHLY, monthly)):
                for start in sqlite_sums.periods(database, layer):
                    if day_number(last_of(layer, start)) <= number:
                        sqlite_sums.delete_period(database, layer, start)
            sqlite_told.drop_outdated(database, daily, weekly)

    def forget_after(self, last: date) -> None:
        """Unlearn the days after one, as a whole or not at all."""
        number = day_number(last)
        with self._writing() as database:
            sqlite_tables.delete(
                database, Layer.DAILY, day_number(date.max), first=number + 1
            )
            database.execute("DELETE FROM learned WHERE day > ?", (number,))
            for layer in (Layer.WEEKLY, Layer.MONTHLY):
                for start in sqlite_sums.periods(database, layer):
                    if last_of(layer, start) > last:
                        sqlite_sums.delete_period(database, layer, start)
            sqlite_told.drop_unlearned(database)

    def let_go(self, pieces: Iterable[Piece]) -> None:
        """Delete what is held of some dates, and nothing else; a day is unlearned."""
        with self._writing() as database:
            for piece in pieces:
                number = day_number(piece.day)
                if piece.part in {Part.WEEKS, Part.MONTHS}:
                    sqlite_sums.delete_period(database, LAYERS[piece.part], piece.day)
                elif piece.part is Part.DAYS:
                    sqlite_tables.delete(database, Layer.DAILY, number, first=number)
                    database.execute("DELETE FROM learned WHERE day = ?", (number,))
                elif piece.part is Part.LIFE:
                    database.execute("DELETE FROM life WHERE sunday = ?", (number,))
                elif piece.part is Part.VERDICTS:
                    database.execute("DELETE FROM verdicts WHERE day = ?", (number,))

    def size(self) -> StoreSize:
        """Return how much is held: bytes of the file and its log, rows by SQL table."""
        with self._reading() as database:
            names = [
                name
                for layer in Layer
                for name in sqlite_tables.tables_of(database, layer)
            ]
            rows = {
                name: sqlite_tables.count(database, name)
                for name in (*names, "learned", "life", "verdicts")
            }
        beside = self.path.with_name(f"{self.path.name}-wal")
        used = sum(each.stat().st_size for each in (self.path, beside) if each.exists())
        return StoreSize(used, rows)

    def clear(self) -> None:
        """Delete everything learned; texts, such as decisions, stay."""
        with self._writing() as database:
            for layer in Layer:
                for name in sqlite_tables.tables_of(database, layer):
                    sqlite_tables.drop(database, name)
            for statement in (
                "DELETE FROM learned",
                "DELETE FROM periods",
                "DELETE FROM life",
                "DELETE FROM verdicts",
            ):
                database.execute(statement)
        self._shrink()

    def adopt(self, path: Path) -> None:
        """Put what another file holds in the place of what this one does, atomically.

        Args:
            path: a file of a store, which is only read; its texts are added.

        Raises:
            StoreError: nothing was changed.
        """
        sqlite_file.connect(path).close()
        with self._reading() as database:
            adopt(database, path)
        self._shrink()

    def read_text(self, name: str) -> str | None:
        """Return a text, or None where there is none."""
        with self._reading() as database:
            row = database.execute(
                "SELECT text FROM texts WHERE name = ?", (name,)
            ).fetchone()
        return None if row is None else str(row[0])

    def write_text(self, name: str, text: str) -> None:
        """Write a text, durably."""
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO texts (name, text) VALUES (?, ?)", (name, text)
            )

    def pause(self) -> None:
        """Let the file be copied: fold the log into it and leave it alone.

        Until :meth:`resume`, what is written goes to the log beside it only, so a copy
        of the file, with or without the log, is whole whenever it is taken.
        """
        with self._reading() as database:
            self._paused = True
            _keep_log(database, keep=True)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def resume(self) -> None:
        """Go on as before :meth:`pause`."""
        with self._reading() as database:
            self._paused = False
            _keep_log(database, keep=False)

    def close(self) -> None:
        """Let go of the file; closing twice does no harm."""
        with self._lock:
            self._closed = True
            self._drop()

    def _replace(
        self, database: sqlite3.Connection, number: int, tables: Mapping[str, Table]
    ) -> None:
        for table in tables.values():
            sqlite_tables.ensure(database, Layer.DAILY, table.spec)
        sqlite_tables.delete(database, Layer.DAILY, last=number, first=number)
        for table in tables.values():
            sqlite_tables.insert(database, Layer.DAILY, number, table)

    def _shrink(self) -> None:
        """Give back the space that is no longer used, if that can be done now."""
        with suppress(StoreError), self._reading() as database:
            database.execute("VACUUM")

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._lock, sqlite_file.translated(self.path):
            yield self._connected()

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        """Make all or nothing of what is done inside."""
        with self._lock, sqlite_file.translated(self.path):
            database = self._connected()
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                sqlite_file.roll_back(database)
                if database.in_transaction:
                    self._drop()
                raise

    def _connected(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError("{path} was closed", path=self.path)
        if self._database is None:
            self._database = sqlite_file.connect(self.path)
            if self._paused:
                _keep_log(self._database, keep=True)
        return self._database

    def _drop(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None


def path_of(url: str) -> Path:
    """Return the file that ``sqlite:PATH`` or ``sqlite:///PATH`` names.

    Raises:
        StoreError: it is no such address.
    """
    scheme, _, path = url.partition(":")
    if scheme != SCHEME or not path:
        raise StoreError("{url!r} names no SQLite file: write sqlite:PATH", url=url)
    return Path(
        path.removeprefix("//") if path.startswith("///") else path
    ).expanduser()


def _keep_log(database: sqlite3.Connection, *, keep: bool) -> None:
    """Have the log folded into the file as it grows and on closing, or not."""
    pages = 0 if keep else _CHECKPOINT_PAGES
    database.execute(f"PRAGMA wal_autocheckpoint = {pages}").fetchone()
    database.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)
