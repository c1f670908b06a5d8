"""Days from a recorder's SQLite file, which is only ever read.

Home Assistant may be writing to the file at the same time. A file that nobody has
open is read without making SQLite's side files beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sqlite3
from typing import Final, override
from urllib.parse import quote

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..engine.home import Home
from ..engine.scope import Scope
from .base import SourceError, SourceUnavailableError
from .recorded_days import RecordedDays
from .recorder_schema import check_schema

FILE_NAME: Final = "home-assistant_v2.db"

PATIENCE_S: Final = 5.0
_ATTEMPTS: Final = 5
_MAGIC: Final = b"SQLite format 3\0"
_WAL: Final = b"\x02\x02"
_HEADER: Final = 100
_UNDECODABLE: Final = "Could not decode to UTF-8"

_LATER: Final = {
    sqlite3.SQLITE_BUSY: "{path} is locked by another program: try again later",
    sqlite3.SQLITE_LOCKED: "{path} is locked by another program: try again later",
    sqlite3.SQLITE_IOERR: "{path} could not be read from its disk: try again later",
}
_NEVER: Final = {
    sqlite3.SQLITE_CANTOPEN: (
        "{path} cannot be opened: check that it may be read, and where it has a -wal "
        "file, that its folder may be written or holds the -shm file too"
    ),
    sqlite3.SQLITE_PERM: "{path} may not be read: check its permissions",
    sqlite3.SQLITE_READONLY: (
        "{path} was left in the middle of a change: start Home Assistant on it once, "
        "or copy it with its -journal or -wal file into a folder that may be written"
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{path} is damaged or cut short: use a backup, or a copy made while Home "
        "Assistant was stopped"
    ),
    sqlite3.SQLITE_NOTADB: "{path} is not an SQLite database",
}


class RecorderFile(RecordedDays):
    """A day source over a recorder's SQLite file.

    Args:
        path: the file.
        home: the home's context; see :meth:`complete`.
        scope: the person's choice of entities.
        now: UTC milliseconds; what is dated later is not believed.
    """

    def __init__(self, path: Path, home: Home, scope: Scope, now: int) -> None:
        """Take the parts; nothing is opened yet."""
        super().__init__(home, scope, now)
        self.path = path
        self._checked = False
        self._unused = False
        self._text: Callable[[bytes], str] = str
        self._engine = create_engine(
            "sqlite://", creator=self._connect, poolclass=NullPool
        )

    @override
    def _ask[T](self, ask: Callable[[Connection], T]) -> T:
        """Answer from one state of the file, and from none that changed meanwhile."""
        for _ in range(_ATTEMPTS):
            self._look_at_file()
            self._unused, before = self._is_unused(), self._stamp()
            try:
                answer = self._ask_once(ask)
            except SourceError:
                if self._unused and self._stamp() != before:
                    continue
                raise
            except UnicodeError:
                # Bytes that are no text are a device's fault; its day is read anyway.
                self._text = _decode
                continue
            if not self._unused or (self._is_unused() and self._stamp() == before):
                return answer
        raise SourceUnavailableError(
            "{path} changes all the time, as if it were being copied: try again later",
            path=self.path,
        )

    def _ask_once[T](self, ask: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                if not self._checked:
                    check_schema(connection)
                    self._checked = True
                return ask(connection)
        except SQLAlchemyError as err:
            if _UNDECODABLE in str(err) and self._text is not _decode:
                raise UnicodeError from err
            raise self._error(err) from err

    def _connect(self) -> sqlite3.Connection:
        options = "mode=ro&immutable=1" if self._unused else "mode=ro"
        uri = f"file:{quote(str(self.path.absolute()))}?{options}"
        database = sqlite3.connect(uri, uri=True, timeout=PATIENCE_S)
        database.text_factory = self._text
        return database

    def _look_at_file(self) -> None:
        """Refuse early what SQLite would only say in riddles.

        Raises:
            SourceError: the file is not there, not readable, or no database.
        """
        try:
            with self.path.open("rb") as file:
                magic = file.read(len(_MAGIC))
        except FileNotFoundError as err:
            raise SourceError("{path} is not there", path=self.path) from err
        except OSError as err:
            raise SourceError(
                "{path} cannot be read: {reason}", path=self.path, reason=err.strerror
            ) from err
        if not magic:
            raise SourceError(
                "{path} is empty: it is no recorder's database", path=self.path
            )
        if magic != _MAGIC:
            raise SourceError(_NEVER[sqlite3.SQLITE_NOTADB], path=self.path)

    def _is_unused(self) -> bool:
        """Tell whether reading needs no side file: nobody has the file open.

        Whoever has a database in WAL mode open keeps a ``-shm`` file beside it.
        """
        with self.path.open("rb") as file:
            modes = file.read(_HEADER)[18:20]
        wal, shm = self._beside("-wal"), self._beside("-shm")
        pending = wal.exists() and wal.stat().st_size > 0
        return modes == _WAL and not shm.exists() and not pending

    def _stamp(self) -> tuple[int, int]:
        status = self.path.stat()
        return status.st_mtime_ns, status.st_size

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)

    def _error(self, err: SQLAlchemyError) -> SourceError:
        cause = err.orig if isinstance(err, DBAPIError) else None
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _LATER:
            return SourceUnavailableError(_LATER[code], path=self.path)
        if code in _NEVER:
            return SourceError(_NEVER[code], path=self.path)
        said = " ".join(str(cause or err).split())
        return SourceError("{path} cannot be read: {said}", path=self.path, said=said)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
