"""What a recording is asked, whichever database of a recorder holds it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from ..engine.happenings import RULES, domain_of
from ..engine.home import Home
from ..engine.rawday import RawDay
from ..engine.scope import Scope
from .attributes import info_from_attributes
from .recorded_past import RecordedPast
from .recorder_entities import newest_attributes, recorded_entities
from .recorder_rows import read_day
from .recorder_runs import read_recording, recorded_intervals, silent_days


class RecordedDays(RecordedPast, ABC):
    """A day source over a recorder's database to which nobody writes.

    Args:
        home: the home's context; see :meth:`complete`.
        scope: the person's choice of entities.
        now: UTC milliseconds; what is dated later is not believed.
    """

    def __init__(self, home: Home, scope: Scope, now: int) -> None:
        """Take the parts; nothing is opened yet."""
        self.home = home
        self._scope = scope
        self._now = now

    def _context(self) -> tuple[Home, Scope]:
        return self.home, self._scope

    def extent(self) -> tuple[date, date] | None:
        """Return the first and the last complete local day recorded, if any."""

        def ask(connection: Connection) -> tuple[date, date] | None:
            recording = read_recording(connection, now=self._now, running=False)
            if recording is None:
                return None
            return recording.complete_days(self.home.civil, self._now)

        return self._ask(ask)

    def silent(self) -> Collection[date]:
        """Return the days of long stretches in which nothing at all was recorded."""

        def ask(connection: Connection) -> Collection[date]:
            recording = read_recording(connection, now=self._now, running=False)
            return (
                silent_days(connection, recording, self.home.civil) if recording else ()
            )

        return self._ask(ask)

    def read(self, day: date, carried: Mapping[str, str] = {}) -> RawDay:
        """Return the rows of the tracked entities on a local day."""

        def ask(connection: Connection) -> RawDay:
            recording = read_recording(connection, now=self._now, running=False)
            civil = self.home.civil
            spans = (
                recorded_intervals(connection, recording, civil, day)
                if recording
                else ()
            )
            return read_day(connection, day, self.home, self._scope, spans, carried)

        return self._ask(ask)

    def complete(self) -> Home:
        """Add to the home what entities without a registry entry say of themselves.

        Returns:
            The home, as it is used from now on.

        Raises:
            SourceError: the file cannot be read.
        """

        def ask(connection: Connection) -> dict[str, dict[str, Any]]:
            strangers = {
                metadata_id: entity_id
                for metadata_id, entity_id in recorded_entities(connection).items()
                if entity_id not in self.home.entities and domain_of(entity_id) in RULES
            }
            return newest_attributes(connection, strangers)

        found = {
            entity_id: info_from_attributes(entity_id, attributes)
            for entity_id, attributes in self._ask(ask).items()
        }
        self.home = replace(self.home, entities={**found, **self.home.entities})
        return self.home
