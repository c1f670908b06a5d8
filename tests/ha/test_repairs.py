"""Repairs: a damaged store is set aside, and all is learned anew."""

from datetime import date
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.repairs import (
    DamagedStoreFlow,
    async_create_fix_flow,
)
from custom_components.pattern_intelligence.storage import set_aside
from custom_components.pattern_intelligence.stores.base import (
    StoreDamagedError,
    StoreUnavailableError,
)
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import (
    async_clock,
    async_learned,
    async_set_up,
    shown,
    state_of,
    store_file,
)
from .history import Row, async_record, at, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


async def _async_flow(hass: HomeAssistant) -> DamagedStoreFlow:
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "store_damaged")
    assert issue is not None
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    assert isinstance(flow, DamagedStoreFlow)
    flow.hass = hass
    return flow


async def test_damaged_store_is_set_aside(hass: HomeAssistant, written: DayTap) -> None:
    """After the confirmation a new file is learned; the damaged one is kept."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    garbage = b"garbage" * 100
    store_file(hass).write_bytes(garbage)
    entry = await async_set_up(hass)
    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    flow = await _async_flow(hass)
    form = await flow.async_step_init()
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "confirm"
    assert store_file(hass).read_bytes() == garbage
    done = await flow.async_step_confirm({})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await async_learned(hass)
    assert state_of(entry) is ConfigEntryState.LOADED
    assert written.days == days(date(2026, 2, 20), 10)
    assert shown(hass, "status") == "idle"
    assert not ir.async_get(hass).issues
    aside = Path(hass.config.path("pattern_intelligence.db.damaged-2026-03-02"))
    assert await hass.async_add_executor_job(aside.read_bytes) == garbage

    await hass.config_entries.async_remove(entry.entry_id)
    assert not list(aside.parent.glob("pattern_intelligence*"))


def test_set_aside_it_is_a_database_with_its_log(tmp_path: Path) -> None:
    """What only the log holds can be read from what was set aside, each time apart."""
    path = tmp_path / "x.db"
    for number in (1, 2):
        store = SqliteStore(path)
        store.pause()
        store.write_text("which", str(number))
        store.close()
        assert path.with_name("x.db-wal").stat().st_size > 0
        set_aside(path, date(2026, 3, 2))
    assert not path.exists()
    for number, name in (
        (1, "x.db.damaged-2026-03-02"),
        (2, "x.db.damaged-2026-03-02.2"),
    ):
        store = SqliteStore(tmp_path / name)
        assert store.read_text("which") == str(number)
        store.close()


async def test_a_store_that_cannot_be_set_aside(
    hass: HomeAssistant, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person hears why, and nothing has changed."""
    store_file(hass).write_bytes(b"garbage" * 100)
    log = store_file(hass).with_name("pattern_intelligence.db-wal")
    log.write_bytes(b"log")
    entry = await async_set_up(hass)
    flow = await _async_flow(hass)
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path == store_file(hass):
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        told = await flow.async_step_confirm({})
    assert told["type"] is FlowResultType.ABORT
    assert told["reason"] == "not_set_aside"
    assert "Permission denied" in (told["description_placeholders"] or {})["error"]
    await async_learned(hass)
    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    assert store_file(hass).exists()
    assert log.read_bytes() == b"log"
    assert ir.async_get(hass).async_get_issue(DOMAIN, "store_damaged")
    complaints.clear()


async def test_damage_found_while_learning(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """A store in use is closed before it is set aside."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    written.failure = StoreDamagedError("the file is damaged")
    await async_set_up(hass)
    complaints.clear()
    written.failure = None
    await (await _async_flow(hass)).async_step_confirm({})
    await async_learned(hass)
    assert written.days == days(date(2026, 2, 20), 10)
    assert not ir.async_get(hass).issues


def _issue(hass: HomeAssistant, name: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, name)


async def test_store_that_is_away_for_long(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    complaints: list[str],
) -> None:
    """After a day a person should look; when it answers, there is nothing to do."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    written.failure = StoreUnavailableError("the disk is full")
    await async_set_up(hass)
    await async_clock(hass, freezer, "2026-03-03 10:00:00+00:00")
    assert _issue(hass, "store_unreachable") is None
    await async_clock(hass, freezer, "2026-03-03 11:30:00+00:00")
    issue = _issue(hass, "store_unreachable")
    assert issue is not None
    assert issue.translation_placeholders == {"error": "the disk is full"}
    assert len(complaints) == 1
    complaints.clear()
    written.failure = None
    await async_clock(hass, freezer, "2026-03-03 13:00:00+00:00")
    assert len(written.days) == 11
    assert _issue(hass, "store_unreachable") is None


async def test_recorder_that_holds_nothing_of_use(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Days of numbers alone say nothing; a day with a light is enough."""
    numbers = [
        Row(at(day, "00:00"), "sensor.outdoor", str(number))
        for number, day in enumerate(days(date(2026, 2, 20), 10))
    ]
    await async_record(hass, numbers)
    await async_set_up(hass)
    assert shown(hass, "days_learned") == "10"
    assert _issue(hass, "nothing_recorded") is not None
    await async_record(hass, household([date(2026, 3, 2)]))
    await async_clock(hass, freezer, "2026-03-03 04:06:00+01:00")
    assert _issue(hass, "nothing_recorded") is None


async def test_a_restored_store_needs_no_repair(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """The issue goes when the file opens again, also where nothing is learned."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    entry = await async_set_up(hass)
    await hass.services.async_call(
        "switch",
        "turn_off",
        {"entity_id": "switch.pattern_intelligence_learning"},
        blocking=True,
    )
    await hass.config_entries.async_unload(entry.entry_id)
    whole = store_file(hass).read_bytes()
    store_file(hass).write_bytes(b"garbage" * 100)
    await hass.config_entries.async_setup(entry.entry_id)
    assert _issue(hass, "store_damaged") is not None
    complaints.clear()
    store_file(hass).write_bytes(whole)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert shown(hass, "status") == "switched_off"
    assert _issue(hass, "store_damaged") is None
    assert len(written.days) == 10
