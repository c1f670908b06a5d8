"""Renamed entities keep their habits, and their patterns' ids."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.pattern_intelligence.renames import Renames

from .common import async_call, async_clock, async_learned, async_set_up
from .history import KITCHEN, async_record, days, household

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


async def _async_ids(hass: HomeAssistant, entity_id: str) -> set[str]:
    """Return the ids of the patterns of an entity."""
    response = await async_call(hass, "get_patterns", entity_id=entity_id)
    return {pattern["id"] for pattern in response["patterns"]}


async def test_renames_are_followed(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """After two renames the patterns have the newest id, and are the same patterns.

    Also after a restart, since renames are kept.
    """
    entity_registry.async_get_or_create(
        "light", "test", "1", suggested_object_id="kitchen"
    )
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    entry = await async_set_up(hass)
    before = await _async_ids(hass, KITCHEN)
    assert before
    entity_registry.async_update_entity(KITCHEN, new_entity_id="light.stove")
    entity_registry.async_update_entity("light.stove", new_entity_id="light.cooking")
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    await async_clock(hass, freezer, "2026-03-02 11:00:06+00:00")
    assert await _async_ids(hass, KITCHEN) == set()
    assert await _async_ids(hass, "light.cooking") == before

    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert await _async_ids(hass, "light.cooking") == before
    response = await async_call(hass, "run_analysis", days=2)
    assert response["patterns_changed"] == 0
    assert await _async_ids(hass, "light.cooking") == before


async def test_a_rename_just_before_unloading_is_kept(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """It is written when the store is closed, if not before."""
    entity_registry.async_get_or_create(
        "light", "test", "1", suggested_object_id="kitchen"
    )
    entry = await async_set_up(hass)
    entity_registry.async_update_entity(KITCHEN, new_entity_id="light.stove")
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert entry.runtime_data.parts.renames.aliases == {KITCHEN: "light.stove"}


async def test_a_new_entity_of_an_old_name(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """An id that is given again is no alias: the new entity has its own habits."""
    entity_registry.async_get_or_create(
        "light", "test", "1", suggested_object_id="kitchen"
    )
    entry = await async_set_up(hass)
    renames = entry.runtime_data.parts.renames
    entity_registry.async_update_entity(KITCHEN, new_entity_id="light.stove")
    await hass.async_block_till_done()
    assert renames.aliases == {KITCHEN: "light.stove"}
    entity_registry.async_get_or_create(
        "light", "test", "2", suggested_object_id="kitchen"
    )
    await hass.async_block_till_done()
    assert renames.aliases == {}


def test_a_name_taken_back() -> None:
    """Renamed and renamed back: the id is its own again, the other one leads to it."""
    renames = Renames(None)
    renames.add("light.a", "light.b", "2026-03-01")
    renames.add("light.b", "light.a", "2026-03-02")
    assert renames.aliases == {"light.b": "light.a"}
