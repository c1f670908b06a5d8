"""Days from a recorder's database on a server, which is only ever read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, override

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool

from ..engine.home import Home
from ..engine.scope import Scope
from .base import SourceError, SourceUnavailableError
from .recorded_days import RecordedDays
from .recorder_schema import check_schema

_PERMANENT: Final = (DataError, NotSupportedError, ProgrammingError)
_ONE_STATE: Final = "REPEATABLE READ"
"""So that all that is asked at once is answered from the same rows."""


class RecorderDatabase(RecordedDays):
    """A day source over a recorder's MariaDB, MySQL or PostgreSQL.

    Args:
        url: as the recorder's ``db_url``; its driver has to be installed.
        home: the home's context; see :meth:`~.recorded_days.RecordedDays.complete`.
        scope: the person's choice of entities.
        now: UTC milliseconds; what is dated later is not believed.

    Raises:
        SourceError: it is no such URL.
    """

    def __init__(self, url: str, home: Home, scope: Scope, now: int) -> None:
        """Take the parts; nothing is opened yet."""
        super().__init__(home, scope, now)
        self._url = _checked(url)
        self._known = False
        try:
            self._engine = create_engine(
                self._url, poolclass=NullPool, isolation_level=_ONE_STATE
            )
        except ImportError as err:
            raise SourceError(
                "the driver for {url} is not installed: install {driver}",
                url=self.name,
                driver=err.name or str(err),
            ) from err

    @property
    def name(self) -> str:
        """Return the URL without its password."""
        return self._url.render_as_string(hide_password=True)

    @override
    def _ask[T](self, ask: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                if not self._known:
                    check_schema(connection)
                    self._known = True
                return ask(connection)
        except SQLAlchemyError as err:
            cause = err.orig if isinstance(err, DBAPIError) else err
            kind = (
                SourceError if isinstance(err, _PERMANENT) else SourceUnavailableError
            )
            raise kind(
                "{url} cannot be read: {reason}",
                url=self.name,
                reason=" ".join(str(cause).split()),
            ) from None


def _checked(url: str) -> URL:
    """Return a URL that names a database on a server.

    Raises:
        SourceError: it does not.
    """
    try:
        known = make_url(url)
        known.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as err:
        raise SourceError(
            "that is no URL of a database: write one such as "
            "postgresql://user:password@host/homeassistant"
        ) from err
    return known
