"""The built-in store's file: opened, created, brought up to date, or refused."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
import sqlite3
from typing import Final

from .base import StoreDamagedError, StoreError, StoreTooNewError, StoreUnavailableError
from .sqlite_sums import pack_rows

APPLICATION_ID: Final = 0x50617449
"""In the file's header: a database of Pattern Intelligence."""

SIDE_FILES: Final = ("-wal", "-shm", "-journal")

PATIENCE_S: Final = 5.0
_MAGIC: Final = b"SQLite format 3\0"

_LOCKED: Final = "{path} is locked by another program: close it, or try again later"
_UNAVAILABLE: Final = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: "{path} cannot grow: make room on its disk",
    sqlite3.SQLITE_IOERR: "{path} cannot be read or written: check its disk",
    sqlite3.SQLITE_CANTOPEN: (
        "{path} cannot be opened: check that its folder exists and may be written"
    ),
    sqlite3.SQLITE_PERM: "{path} may not be opened: check its permissions",
    sqlite3.SQLITE_READONLY: (
        "{path} may not be written: check its permissions and its disk"
    ),
    sqlite3.SQLITE_NOMEM: "{path} cannot be read: there is too little memory",
}
_DAMAGED: Final = {
    sqlite3.SQLITE_CORRUPT: (
        "{path} is damaged: restore it from a backup, or learn anew"
    ),
    sqlite3.SQLITE_NOTADB: (
        "{path} is no database: restore it from a backup, or learn anew"
    ),
}


def _create(database: sqlite3.Connection) -> None:
    """Bring an empty file to version 1."""
    database.execute(
        "CREATE TABLE learned (day INTEGER PRIMARY KEY, rows INTEGER NOT NULL,"
        " entities INTEGER NOT NULL, kept INTEGER NOT NULL) STRICT"
    )
    database.execute(
        "CREATE TABLE periods (layer TEXT NOT NULL, start INTEGER NOT NULL,"
        " PRIMARY KEY (layer, start)) WITHOUT ROWID, STRICT"
    )
    database.execute(
        "CREATE TABLE life (sunday INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT"
    )
    database.execute(
        "CREATE TABLE texts (name TEXT PRIMARY KEY, text TEXT NOT NULL)"
        " WITHOUT ROWID, STRICT"
    )


def _add_verdicts(database: sqlite3.Connection) -> None:
    """Bring a file to version 2, where what was out of the ordinary is kept."""
    database.execute(
        "CREATE TABLE verdicts (day INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT"
    )


type Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: Final[tuple[Migration, ...]] = (_create, _add_verdicts, pack_rows)
"""The step at index n brings a file of version n to version n + 1."""


@contextmanager
def translated(path: Path) -> Generator[None]:
    """Say what SQLite means in one line.

    Raises:
        StoreError: of the kind that fits, in place of SQLite's own error.
    """
    try:
        yield
    except sqlite3.Error as err:
        code = getattr(err, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _UNAVAILABLE:
            raise StoreUnavailableError(_UNAVAILABLE[code], path=path) from err
        if code in _DAMAGED:
            raise StoreDamagedError(_DAMAGED[code], path=path) from err
        said = " ".join(str(err).split())
        raise StoreError("{path} cannot be used: {said}", path=path, said=said) from err
    except UnicodeEncodeError as err:
        raise StoreError(
            "{path} cannot hold a text that is no valid Unicode: nothing was changed",
            path=path,
        ) from err


def connect(
    path: Path, migrations: tuple[Migration, ...] = MIGRATIONS
) -> sqlite3.Connection:
    """Open a store's file; create it, or bring it up to date where needed.

    Args:
        path: the file.
        migrations: what leads from each version to the next.

    Raises:
        StoreTooNewError: a newer version wrote it; it is left as it is.
        StoreDamagedError: it is cut short, or no database.
        StoreError: it is another program's, or cannot be opened.
    """
    _look_at_header(path, len(migrations))
    with translated(path):
        database = sqlite3.connect(
            path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        try:
            _claim(database, path)
            database.execute("PRAGMA journal_mode = WAL").fetchone()
            # A day is written once a night, so its fsync costs nothing; a decision of
            # the person must survive a power cut.
            database.execute("PRAGMA synchronous = FULL")
            _migrate(database, path, migrations)
        except BaseException:
            database.close()
            raise
    return database


def remove(path: Path) -> None:
    """Delete a store's file and all that SQLite keeps beside it.

    Raises:
        StoreUnavailableError: a file cannot be deleted.
    """
    try:
        for each in (path, *(path.with_name(path.name + s) for s in SIDE_FILES)):
            each.unlink(missing_ok=True)
    except OSError as err:
        raise StoreUnavailableError(
            "{path} cannot be deleted: {reason}", path=path, reason=err.strerror
        ) from err


def roll_back(database: sqlite3.Connection) -> None:
    """Undo what was begun; SQLite has done so already after some errors."""
    if database.in_transaction:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")


def _look_at_header(path: Path, newest: int) -> None:
    """Refuse what must not even be opened for writing."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return
    except OSError as err:
        raise StoreUnavailableError(
            "{path} cannot be read: {reason}", path=path, reason=err.strerror
        ) from err
    if not header:
        return
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise StoreDamagedError(_DAMAGED[sqlite3.SQLITE_NOTADB], path=path)
    if int.from_bytes(header[68:72]) not in {0, APPLICATION_ID}:
        raise _foreign(path)
    if int.from_bytes(header[60:64]) > newest:
        raise _too_new(path)


def _claim(database: sqlite3.Connection, path: Path) -> None:
    """Make sure that the file is ours, or empty."""
    owner = database.execute("PRAGMA application_id").fetchone()[0]
    tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and (owner or tables):
        raise _foreign(path)


def _migrate(
    database: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...]
) -> None:
    if _version(database) == len(migrations):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        for step in _due(database, path, migrations):
            step(database)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {len(migrations)}")
        database.execute("COMMIT")
    except BaseException:
        roll_back(database)
        raise


def _due(
    database: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...]
) -> tuple[Migration, ...]:
    """Return the steps to take; another process may just have taken them."""
    version = _version(database)
    if version > len(migrations):
        raise _too_new(path)
    return migrations[version:]


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _foreign(path: Path) -> StoreError:
    return StoreError(
        "{path} is another program's database: name a file of its own for the store",
        path=path,
    )


def _too_new(path: Path) -> StoreTooNewError:
    return StoreTooNewError(
        "{path} was written by a newer version: update Pattern Intelligence", path=path
    )
