"""Listening to the store of a running integration, and holding it up."""

from collections.abc import Mapping
from datetime import date
import threading

import pytest

from custom_components.pattern_intelligence.engine.tables import Table
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

PATIENCE_S = 20


class Hold:
    """What a store is held up by until it is let go on."""

    def __init__(self) -> None:
        """Hold nothing up yet."""
        self._reached = threading.Event()
        self._released = threading.Event()

    def again(self) -> None:
        """Be ready to hold it up again."""
        self._reached.clear()
        self._released.clear()

    def stop(self) -> None:
        """Stop here until it is let go on. Blocks."""
        self._reached.set()
        assert self._released.wait(PATIENCE_S)

    def wait(self) -> None:
        """Wait until it is held up. Blocks."""
        assert self._reached.wait(PATIENCE_S)

    def release(self) -> None:
        """Let the store go on."""
        self._released.set()

    def release_soon(self) -> None:
        """Let the store go on a moment after the caller has gone on to wait."""
        threading.Timer(0.2, self.release).start()


class DayTap(Hold):
    """Listens to the days that are written, and stops before one if asked to.

    Attributes:
        days: the days written, in order, each time they were.
        failure: raised in place of writing while it is set.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listen to every store."""
        super().__init__()
        self.days: list[date] = []
        self.failure: Exception | None = None
        self._stop_before: date | None = None
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
                self.stop()
            if self.failure is not None:
                raise self.failure
            write(store, learned, tables, keep_life=keep_life)
            self.days.append(learned.day)

        monkeypatch.setattr(SqliteStore, "write_day", write_day)

    def stop_before(self, day: date) -> None:
        """Hold the store up before it writes a day."""
        self.again()
        self._stop_before = day
