"""Listening to the store of a running integration, and holding it up."""

from collections.abc import Mapping
from datetime import date
import threading

import pytest

from custom_components.pattern_intelligence.engine.tables import Table
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

PATIENCE_S = 20


class DayTap:
    """Listens to the days that are written, and stops before one if asked to.

    Attributes:
        days: the days written, in order, each time they were.
        failure: raised in place of writing while it is set.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listen to every store."""
        self.days: list[date] = []
        self.failure: Exception | None = None
        self._stop_before: date | None = None
        self._reached = threading.Event()
        self._released = threading.Event()
        write = SqliteStore.write_day

        def write_day(
            store: SqliteStore,
            learned: LearnedDay,
            tables: Mapping[str, Table],
            *,
            keep_life: bool,
        ) -> None:
            if self._stop_before == learned.day:
                self._stop_before = None
                self._reached.set()
                assert self._released.wait(PATIENCE_S)
            if self.failure is not None:
                raise self.failure
            write(store, learned, tables, keep_life=keep_life)
            self.days.append(learned.day)

        monkeypatch.setattr(SqliteStore, "write_day", write_day)

    def stop_before(self, day: date) -> None:
        """Hold the store up before it writes a day."""
        self._reached.clear()
        self._released.clear()
        self._stop_before = day

    def wait(self) -> None:
        """Wait until the day is reached. Blocks."""
        assert self._reached.wait(PATIENCE_S)

    def release(self) -> None:
        """Let the store go on."""
        self._released.set()

    def release_soon(self) -> None:
        """Let the store go on a moment after the caller has gone on to wait."""
        threading.Timer(0.2, self.release).start()
