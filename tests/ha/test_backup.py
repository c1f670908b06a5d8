"""Backups while it learns."""

from datetime import date, timedelta
from pathlib import Path
import shutil

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.pattern_intelligence.backup import (
    async_post_backup,
    async_pre_backup,
)
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import (
    async_begin,
    async_call,
    async_clock,
    async_learned,
    async_set_up,
    shown,
    state_of,
    store_file,
)
from .history import async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FIRST = date(2026, 2, 1)


async def test_backup_while_learning(
    hass: HomeAssistant, written: DayTap, tmp_path: Path
) -> None:
    """The day under way is finished, then nothing is written until the backup is.

    The copy of the file alone opens; restored, learning goes on with the next day,
    and ends where it ends without a backup.
    """
    await async_record(hass, household(days(FIRST, 29)))
    written.stop_before(date(2026, 2, 10))
    entry = await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await async_pre_backup(hass)
    assert written.days == days(FIRST, 10)
    assert shown(hass, "status") == "paused"
    copy = tmp_path / "copy.db"
    await hass.async_add_executor_job(shutil.copy, store_file(hass), copy)
    assert written.days == days(FIRST, 10)
    await async_post_backup(hass)
    await async_learned(hass)
    assert written.days == days(FIRST, 29)
    assert shown(hass, "status") == "idle"
    uninterrupted = await async_call(hass, "get_patterns")

    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_add_executor_job(shutil.copy, copy, store_file(hass))
    written.days.clear()
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert written.days == days(date(2026, 2, 11), 19)
    restored = await async_call(hass, "get_patterns")
    assert restored["patterns"] == uninterrupted["patterns"]
    assert restored["track_record"] == uninterrupted["track_record"]


async def test_backup_without_an_entry(hass: HomeAssistant) -> None:
    """There is nothing to pause, and nothing goes wrong."""
    await async_pre_backup(hass)
    await async_post_backup(hass)


async def test_unloading_during_a_backup(hass: HomeAssistant) -> None:
    """It does not wait for the backup, and the next set-up works."""
    entry = await async_set_up(hass)
    await async_pre_backup(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await async_post_backup(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    assert shown(hass, "status") == "waiting_for_history"


async def test_reloading_during_a_backup(hass: HomeAssistant, written: DayTap) -> None:
    """The file stays as it is while it is copied; then all goes on by itself."""
    await async_record(hass, household(days(FIRST, 3)))
    entry = await async_set_up(hass)
    await async_pre_backup(hass)
    before = store_file(hass).read_bytes()
    await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "backup_under_way"
    assert store_file(hass).read_bytes() == before
    await async_post_backup(hass)
    await async_learned(hass)
    assert state_of(entry) is ConfigEntryState.LOADED
    assert shown(hass, "status") == "idle"
    assert written.days == days(FIRST, 3)


async def test_reloading_during_a_backup_that_never_ends(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """After two hours it loads nevertheless."""
    entry = await async_set_up(hass)
    await async_pre_backup(hass)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_clock(hass, freezer, "2026-03-02 12:59:00+00:00")
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    await async_clock(hass, freezer, "2026-03-02 13:20:00+00:00")
    assert state_of(entry) is ConfigEntryState.LOADED


async def test_backup_that_never_ends(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """After two hours learning goes on by itself."""
    await async_record(hass, household(days(FIRST, 30)))
    await async_set_up(hass)
    await async_pre_backup(hass)
    await async_clock(hass, freezer, "2026-03-02 12:59:00+00:00")
    assert shown(hass, "status") == "paused"
    await async_clock(hass, freezer, "2026-03-02 13:00:01+00:00")
    assert shown(hass, "status") == "waiting_for_history" or written.days
    assert shown(hass, "status") != "paused"
    await async_post_backup(hass)
    freezer.tick(timedelta(days=1))
    assert (await async_call(hass, "run_analysis"))["days_processed"] == 1


async def test_store_that_cannot_be_prepared(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the backup is told so, and fails rather than hold half a file."""
    await async_set_up(hass)

    def pause(_store: SqliteStore) -> None:
        raise StoreUnavailableError("the disk is full: make room")

    monkeypatch.setattr(SqliteStore, "pause", pause)
    with pytest.raises(HomeAssistantError) as raised:
        await async_pre_backup(hass)
    assert raised.value.translation_key == "not_paused"
    await async_post_backup(hass)
    await async_learned(hass)
    assert shown(hass, "status") == "waiting_for_history"
    assert (await async_call(hass, "run_analysis"))["days_processed"] == 0
