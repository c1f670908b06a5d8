"""Set-up, unloading, reloading and removal."""

from datetime import date
from pathlib import Path
import sqlite3

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import (
    async_begin,
    async_call,
    async_learned,
    async_set_up,
    learner_of,
    shown,
    state_of,
    store_file,
)
from .history import async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


def _files(hass: HomeAssistant) -> list[str]:
    return sorted(
        path.name for path in Path(hass.config.config_dir).glob("pattern_intelligence*")
    )


async def test_set_up_does_not_wait_for_learning(
    hass: HomeAssistant, written: DayTap
) -> None:
    """The entry is loaded and its sensors are there while the first day is read."""
    await async_record(hass, household(days(date(2026, 2, 27), 3)))
    written.stop_before(date(2026, 2, 27))
    entry = await async_begin(hass)
    assert state_of(entry) is ConfigEntryState.LOADED
    await hass.async_add_executor_job(written.wait)
    assert shown(hass, "status") == "learning"
    assert shown(hass, "days_learned") == "0"
    written.release()
    await async_learned(hass)
    assert shown(hass, "status") == "idle"
    assert shown(hass, "days_learned") == "3"


async def test_one_service_device(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    """All sensors belong to one device, which is a service."""
    entry = await async_set_up(hass)
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert device.name == "Pattern Intelligence"


async def test_nothing_recorded_yet(hass: HomeAssistant) -> None:
    """An empty recorder is no error: the status says what is waited for."""
    await async_set_up(hass)
    assert shown(hass, "status") == "waiting_for_history"
    assert shown(hass, "patterns") == "0"


async def test_reload_keeps_what_was_learned(
    hass: HomeAssistant, written: DayTap
) -> None:
    """Nothing is learned twice, and sensors have their values before anything ran."""
    await async_record(hass, household(days(date(2026, 2, 8), 22)))
    entry = await async_set_up(hass)
    patterns, last_run = shown(hass, "patterns"), shown(hass, "last_run")
    assert int(patterns) > 0
    assert len(written.days) == 22
    await hass.config_entries.async_unload(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.NOT_LOADED

    await hass.config_entries.async_setup(entry.entry_id)
    assert shown(hass, "patterns") == patterns
    assert shown(hass, "last_run") == last_run
    assert shown(hass, "days_learned") == "22"
    await async_learned(hass)
    assert len(written.days) == 22
    assert shown(hass, "patterns") == patterns


async def test_removal_leaves_no_file(hass: HomeAssistant) -> None:
    """The store goes with the entry."""
    await async_record(hass, household(days(date(2026, 2, 27), 3)))
    entry = await async_set_up(hass)
    assert "pattern_intelligence.db" in _files(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert _files(hass) == []


async def test_removal_leaves_backups(hass: HomeAssistant) -> None:
    """They are the person's."""
    await async_record(hass, household(days(date(2026, 2, 27), 3)))
    entry = await async_set_up(hass)
    backup = await async_call(hass, "create_backup")
    await hass.config_entries.async_remove(entry.entry_id)
    assert _files(hass) == ["pattern_intelligence_backups"]
    await async_set_up(hass)
    restored = await async_call(hass, "restore_backup", path=backup["path"])
    assert restored["days"] == 3


async def test_removal_while_learning_leaves_no_file(
    hass: HomeAssistant, written: DayTap
) -> None:
    """Also when the store is being written to at that moment."""
    await async_record(hass, household(days(date(2026, 2, 25), 5)))
    written.stop_before(date(2026, 2, 26))
    entry = await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await hass.config_entries.async_remove(entry.entry_id)
    assert _files(hass) == []
    assert written.days == days(date(2026, 2, 25), 2)


async def test_data_can_be_kept(hass: HomeAssistant, written: DayTap) -> None:
    """With the option on, what was learned is there when it is added again."""
    await async_record(hass, household(days(date(2026, 2, 27), 3)))
    entry = await async_set_up(hass, storage={"keep_data": True})
    await hass.config_entries.async_remove(entry.entry_id)
    assert "pattern_intelligence.db" in _files(hass)
    await async_set_up(hass)
    assert shown(hass, "days_learned") == "3"
    assert len(written.days) == 3


async def test_stop_closes_the_store(hass: HomeAssistant) -> None:
    """When Home Assistant stops, the file is whole by itself."""
    await async_record(hass, household(days(date(2026, 2, 27), 3)))
    await async_set_up(hass)
    await hass.async_stop(force=True)
    assert _files(hass) == ["pattern_intelligence.db"]


async def test_damaged_store(hass: HomeAssistant) -> None:
    """What is no database is refused with an issue, and left as it is."""
    garbage = b"no database at all " * 100
    store_file(hass).write_bytes(garbage)
    entry = await async_set_up(hass)
    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "store_unusable"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "store_damaged")
    assert issue is not None
    assert issue.is_fixable
    assert store_file(hass).read_bytes() == garbage


async def test_store_of_a_newer_version(hass: HomeAssistant) -> None:
    """It is refused with an issue, untouched; an update helps, so the issue goes."""
    path = store_file(hass)
    SqliteStore(path).close()
    with sqlite3.connect(path) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {version + 1}")
    database.close()
    before = path.read_bytes()
    entry = await async_set_up(hass)
    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "store_too_new")
    assert issue is not None
    assert not issue.is_fixable
    assert path.read_bytes() == before

    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {version}")
    database.close()
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert state_of(entry) is ConfigEntryState.LOADED
    assert not ir.async_get(hass).issues


async def test_store_away_at_start(hass: HomeAssistant) -> None:
    """A store that cannot be opened now is tried again by Home Assistant."""
    path = store_file(hass)
    path.mkdir()
    entry = await async_set_up(hass)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    path.rmdir()
    await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.LOADED
    await learner_of(entry).async_stop()


async def test_removal_of_an_entry_that_never_loaded(hass: HomeAssistant) -> None:
    """A damaged store goes too, with its issue."""
    store_file(hass).write_bytes(b"garbage" * 100)
    entry = await async_set_up(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert _files(hass) == []
    assert not ir.async_get(hass).issues
