"""What is told of days that were learned, and since when causes are known."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pattern_intelligence.gate import Gate
from custom_components.pattern_intelligence.histories import (
    CAUSES_SINCE,
    Memory,
    begin_causes,
    note_without_causes,
)
from custom_components.pattern_intelligence.readers import Remembered
from custom_components.pattern_intelligence.storage import Storage
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

FIRST = LearnedDay(date(2026, 2, 1), rows=9, entities=3)
SECOND = LearnedDay(date(2026, 2, 2), rows=7, entities=3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return a store that has learned two days."""
    with closing(SqliteStore(tmp_path / "store.db")) as store:
        for mark in (FIRST, SECOND):
            store.write_day(mark, {}, keep_life=True)
        yield store


async def test_days_that_expire_meanwhile(
    hass: HomeAssistant, store: SqliteStore
) -> None:
    """A day that is no longer kept is not told as one on which nothing was."""
    kept = {mark.day: mark for mark in (FIRST, SECOND)}
    memory = Memory(Storage(store, store), Gate(hass), kept)
    store.write_marks([FIRST])
    assert await memory.async_read(FIRST.day, {}) is None
    told = await memory.async_read(SECOND.day, {})
    assert isinstance(told, Remembered)
    assert told.learned == SECOND


def test_causes_of_days_in_any_order(store: SqliteStore) -> None:
    """An older day of which they are not known takes nothing back."""
    note_without_causes(store, SECOND.day)
    note_without_causes(store, FIRST.day)
    assert store.read_text(CAUSES_SINCE) == "2026-02-03"


def test_days_of_which_no_causes_are_noted(store: SqliteStore) -> None:
    """What was learned before anything was noted is not said to be known."""
    begin_causes(store)
    assert store.read_text(CAUSES_SINCE) == "2026-02-03"


def test_what_is_noted_stays(tmp_path: Path) -> None:
    """Begun once, causes are known from then on, but for days that are named."""
    with closing(SqliteStore(tmp_path / "fresh.db")) as fresh:
        begin_causes(fresh)
        assert fresh.read_text(CAUSES_SINCE) == ""
        fresh.write_day(FIRST, {}, keep_life=True)
        begin_causes(fresh)
        assert fresh.read_text(CAUSES_SINCE) == ""
        note_without_causes(fresh, FIRST.day + timedelta(days=1))
        begin_causes(fresh)
        assert fresh.read_text(CAUSES_SINCE) == "2026-02-03"
