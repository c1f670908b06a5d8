"""Days from the recorder of the Home Assistant this runs in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
import sqlite3
from typing import Final

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import DATA_INSTANCE
from homeassistant.util import dt as dt_util
from sqlalchemy import Connection
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from ..engine.home import Home
from ..engine.rawday import RawDay
from ..engine.scope import Scope
from .base import SourceError, SourceUnavailableError
from .recorded_past import RecordedPast
from .recorder_rows import read_day
from .recorder_runs import (
    days_with_rows,
    read_recording,
    recorded_intervals,
    silent_days,
)
from .recorder_schema import check_schema

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PERMANENT: Final = (DataError, NotSupportedError, ProgrammingError)


class RecorderSource(RecordedPast):
    """A day source over the recorder, whichever database it uses.

    Every call belongs into the recorder's executor.

    Args:
        hass: Home Assistant.
        home: the home's context.
        scope: the person's choice of entities.
    """

    def __init__(self, hass: HomeAssistant, home: Home, scope: Scope) -> None:
        """Take the parts; nothing is read yet."""
        self._hass = hass
        self._home = home
        self._scope = scope
        self._checked = False

    def _context(self) -> tuple[Home, Scope]:
        return self._home, self._scope

    def extent(self) -> tuple[date, date] | None:
        """Return the first and the last complete local day recorded, if any."""
        now = _now()

        def ask(connection: Connection) -> tuple[date, date] | None:
            recording = read_recording(connection, now=now, running=True)
            if recording is None:
                return None
            return recording.complete_days(self._home.civil, now)

        return self._ask(ask)

    def silent(self) -> Collection[date]:
        """Return the days of long stretches in which nothing at all was recorded."""
        now = _now()

        def ask(connection: Connection) -> Collection[date]:
            recording = read_recording(connection, now=now, running=True)
            return (
                silent_days(connection, recording, self._home.civil)
                if recording
                else ()
            )

        return self._ask(ask)

    def told(self, days: Collection[date]) -> Collection[date]:
        """Return those of some local days of which there is any row."""
        civil = self._home.civil
        return self._ask(lambda connection: days_with_rows(connection, civil, days))

    def read(self, day: date, carried: Mapping[str, str] = {}) -> RawDay:
        """Return the rows of the tracked entities on a local day."""
        now = _now()

        def ask(connection: Connection) -> RawDay:
            recording = read_recording(connection, now=now, running=True)
            civil = self._home.civil
            spans = (
                recorded_intervals(connection, recording, civil, day)
                if recording
                else ()
            )
            return read_day(connection, day, self._home, self._scope, spans, carried)

        return self._ask(ask)

    def _ask[T](self, ask: Callable[[Connection], T]) -> T:
        """Answer within a session of the recorder's, which sees no error of ours.

        Raises:
            SourceUnavailableError: the recorder is not ready, or failed for now.
            SourceError: its database is of an unknown schema.
        """
        _refuse_unready(self._hass)
        failure: Exception | None = None
        with session_scope(hass=self._hass, read_only=True) as session:
            try:
                connection = session.connection()
                if not self._checked:
                    check_schema(connection)
                    self._checked = True
                return ask(connection)
            except Exception as err:  # noqa: BLE001
                # Whatever left the session would be logged there with a traceback.
                failure = err
        if isinstance(failure, SQLAlchemyError):
            raise _translated(failure) from failure
        raise failure


def _translated(failure: SQLAlchemyError) -> SourceError:
    """Say what a database means; whether waiting may help, its kind says."""
    cause = failure.orig if isinstance(failure, DBAPIError) else failure
    said = " ".join(str(cause).split())
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return SourceError(
            "the recorder's database is damaged ({said}): restore it from a "
            "backup, or let Home Assistant begin a new one",
            said=said,
        )
    if isinstance(failure, _PERMANENT):
        return SourceError("the recorder's database cannot be read: {said}", said=said)
    return SourceUnavailableError(
        "the recorder's database cannot be read now: {said}", said=said
    )


def _refuse_unready(hass: HomeAssistant) -> None:
    instance: Recorder | None = hass.data.get(DATA_INSTANCE)
    if instance is None:
        raise SourceError("the recorder integration is not set up: set it up")
    if instance.migration_in_progress:
        raise SourceUnavailableError(
            "the recorder is migrating its database: wait until it has finished"
        )
    if get_instance(hass).engine is None:
        raise SourceUnavailableError(
            "the recorder has not opened its database: wait until it has started"
        )


def _now() -> int:
    return int(dt_util.utcnow().timestamp() * 1000)
