"""Who goes back finds everything as it was."""

# ruff: noqa: ASYNC240

from datetime import date
from pathlib import Path
from typing import Any

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.db_schema import States, StatesMeta
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.recorder import session_scope
import pytest

from .common import async_call, async_learned, async_set_up, shown
from .history import DOOR, KETTLE, KITCHEN, async_record, days, household

pytestmark = pytest.mark.freeze_time("2026-03-08 08:00:00+00:00")


def _recorded(hass: HomeAssistant) -> list[Any]:
    """Return what the recorder holds of the household."""
    with session_scope(hass=hass, read_only=True) as session:
        return (
            session.query(
                StatesMeta.entity_id,
                States.state,
                States.last_updated_ts,
                States.last_changed_ts,
                States.attributes_id,
            )
            .join(StatesMeta, States.metadata_id == StatesMeta.metadata_id)
            .filter(StatesMeta.entity_id.in_([KITCHEN, KETTLE, DOOR]))
            .order_by(States.state_id)
            .all()
        )


def _files(hass: HomeAssistant) -> dict[str, bytes]:
    folder = Path(hass.config.config_dir)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


async def _async_all(hass: HomeAssistant) -> dict[str, Any]:
    """Return all that there is, of whomever."""
    return {
        "files": await hass.async_add_executor_job(_files, hass),
        "recorded": await get_instance(hass).async_add_executor_job(_recorded, hass),
        "states": sorted(hass.states.async_entity_ids()),
        "entities": sorted(er.async_get(hass).entities),
        "devices": sorted(dr.async_get(hass).devices),
        "issues": sorted(ir.async_get(hass).issues),
    }


async def test_removed_it_leaves_nothing(hass: HomeAssistant) -> None:
    """No file, entity, device or issue; and nothing that was there is changed."""
    Path(hass.config.path("configuration.yaml")).write_text("homeassistant:\n")
    await async_record(hass, household(days(date(2026, 2, 8), 28)))
    before = await _async_all(hass)
    assert len(before["recorded"]) > 500
    entry = await async_set_up(hass)
    first, *_ = (await async_call(hass, "get_patterns"))["patterns"]
    await async_call(hass, "accept_pattern", pattern_id=first["id"])
    await async_call(hass, "follow_pattern", pattern_id=first["id"])
    assert (await async_call(hass, "validate"))["equal"]
    made = await async_call(hass, "create_backup", path="mine.jsonl.gz")
    assert shown(hass, "days_learned") == "28"
    assert await _async_all(hass) != before
    await hass.config_entries.async_remove(entry.entry_id)
    await async_learned(hass)
    # What a person had written stays; it is theirs to delete.
    Path(made["path"]).unlink()
    assert await _async_all(hass) == before
