"""Renamed entities keep their habits, and their patterns' ids."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

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


def test_an_id_on_the_way_given_again() -> None:
    """A is c by now: whoever is called b after it has nothing of a's."""
    renames = Renames(None)
    renames.add("light.a", "light.b", "2026-03-01")
    renames.add("light.b", "light.c", "2026-03-02")
    renames.add(None, "light.b", "2026-03-03")
    assert renames.aliases == {"light.a": "light.c"}


def test_swapped_names() -> None:
    """Only the name used on the way leads on; a and b have an entity each."""
    renames = Renames(None)
    renames.add("light.a", "light.tmp", "2026-03-01")
    renames.add("light.b", "light.a", "2026-03-01")
    renames.add("light.tmp", "light.b", "2026-03-01")
    assert renames.aliases == {"light.tmp": "light.b"}


async def _async_register(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, *names: str
) -> MockConfigEntry:
    """Register lights, and let the integration see them and go again."""
    for name in names:
        entity_registry.async_get_or_create(
            "light", "test", name, suggested_object_id=name
        )
    entry = await async_set_up(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    return entry


async def _async_aliases(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return the aliases after the integration was set up once more."""
    await hass.async_block_till_done()
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    return dict(entry.runtime_data.parts.renames.aliases)


async def test_renames_while_not_loaded(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """They are found at the next set-up, and once only."""
    entry = await _async_register(hass, entity_registry, "a", "b")
    entity_registry.async_update_entity("light.a", new_entity_id="light.c")
    entity_registry.async_update_entity("light.b", new_entity_id="light.a")
    aliases = await _async_aliases(hass, entry)
    assert aliases["light.b"] == "light.a"
    # What was b is a now, so a is nobody's alias.
    assert "light.a" not in aliases

    await hass.config_entries.async_unload(entry.entry_id)
    assert await _async_aliases(hass, entry) == aliases


async def test_a_chain_while_not_loaded(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """B moved on and a took its place: nothing of a's goes where b went."""
    entry = await _async_register(hass, entity_registry, "a", "b")
    entity_registry.async_update_entity("light.b", new_entity_id="light.c")
    entity_registry.async_update_entity("light.a", new_entity_id="light.b")
    aliases = await _async_aliases(hass, entry)
    assert aliases["light.a"] == "light.b"
    assert "light.b" not in aliases


async def test_swapped_while_not_loaded(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """Neither id is an alias, for each has an entity."""
    entry = await _async_register(hass, entity_registry, "a", "b")
    entity_registry.async_update_entity("light.a", new_entity_id="light.tmp")
    entity_registry.async_update_entity("light.b", new_entity_id="light.a")
    entity_registry.async_update_entity("light.tmp", new_entity_id="light.b")
    aliases = await _async_aliases(hass, entry)
    assert not {"light.a", "light.b"} & aliases.keys()


async def test_a_new_entity_of_an_old_name_while_not_loaded(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """An old id that has an entity again is no alias, whenever it was given."""
    entry = await _async_register(hass, entity_registry, "a")
    entity_registry.async_update_entity("light.a", new_entity_id="light.b")
    assert await _async_aliases(hass, entry) == {"light.a": "light.b"}
    await hass.config_entries.async_unload(entry.entry_id)
    entity_registry.async_get_or_create("light", "test", "2", suggested_object_id="a")
    assert await _async_aliases(hass, entry) == {}
