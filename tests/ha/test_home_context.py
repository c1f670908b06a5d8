"""The home from the live registries, and the same from what they store."""

import json
from pathlib import Path
from typing import Any

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, flush_store

from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.home import AreaInfo, EntityInfo
from custom_components.pattern_intelligence.engine.sun import Position
from custom_components.pattern_intelligence.home_context import async_build_home
from custom_components.pattern_intelligence.sources.config_dir import read_home

REGISTRIES = (
    "core.area_registry",
    "core.device_registry",
    "core.entity_registry",
)


@pytest.fixture
async def furnished(hass: HomeAssistant) -> None:
    """Furnish the home with all that a name, an area or a label can come from."""
    entry = MockConfigEntry(domain="demo")
    entry.add_to_hass(hass)
    floor = fr.async_get(hass).async_create("Ground floor")
    living = ar.async_get(hass).async_create("Living room", floor_id=floor.floor_id)
    hall = ar.async_get(hass).async_create("Hall")
    labels = [
        lr.async_get(hass).async_create(name).label_id for name in ("Cosy", "Mine")
    ]
    devices, entities = dr.async_get(hass), er.async_get(hass)
    lamp = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("demo", "lamp")}, name="Hue 5"
    )
    devices.async_update_device(
        lamp.id, name_by_user="Floor lamp", area_id=living.id, labels={labels[0]}
    )

    def add(key: str, name: str | None, *, own: bool, **more: Any) -> er.RegistryEntry:
        return entities.async_get_or_create(
            key.partition("_")[0],
            "demo",
            key,
            suggested_object_id=key.partition("_")[2],
            config_entry=entry,
            original_name=name,
            has_entity_name=own,
            **more,
        )

    plain = add("light_plain", None, own=True, device_id=lamp.id)
    entities.async_update_entity(plain.entity_id, labels={labels[1]})
    add("light_mood", "Mood", own=True, device_id=lamp.id)
    add("light_full", "Floor lamp ambient", own=False, device_id=lamp.id)
    add("light_other", "Ceiling", own=False, device_id=lamp.id)
    moved = add("light_moved", "Moved", own=True, device_id=lamp.id)
    entities.async_update_entity(moved.entity_id, area_id=hall.id, name="My own")
    add("switch_alone", "Alone", own=False)
    add("sensor_mode", "Mode", own=False, capabilities={"options": ["a", "b"]})
    entities.async_update_entity("sensor.mode", device_class="enum")
    add("switch_led", "LED", own=True, entity_category=EntityCategory.CONFIG)
    add("light_group", None, own=False, hidden_by=er.RegistryEntryHider.USER)
    hass.states.async_set(
        "select.stranger", "x", {"friendly_name": "Stranger", "options": ["x", "y"]}
    )
    hass.states.async_set("switch.alone", "on", {"friendly_name": "not this"})
    await hass.async_block_till_done()


async def test_live_registries(hass: HomeAssistant, furnished: None) -> None:
    """Names as people see them; area and labels from entity and device."""
    home = await async_build_home(hass)
    assert home.zone.key == "Europe/Berlin"
    assert (home.language, home.country) == (hass.config.language, hass.config.country)
    names = {i: home.entity(i).name for i in home.entities}
    assert names == {
        "light.plain": "Floor lamp",
        "light.mood": "Floor lamp Mood",
        "light.full": "Floor lamp Ambient",
        "light.other": "Floor lamp Ceiling",
        "light.moved": "My own",
        "switch.alone": "Alone",
        "sensor.mode": "Mode",
        "switch.led": "LED",
        "light.group": None,
        "select.stranger": "Stranger",
    }
    plain = home.entity("light.plain")
    assert (plain.area_id, set(plain.labels)) == ("living_room", {"cosy", "mine"})
    assert home.entity("light.moved").area_id == "hall"
    assert home.entity("sensor.mode").device_class == "enum"
    assert home.entity("sensor.mode").options == ("a", "b")
    assert home.entity("switch.led").category == "config"
    assert home.entity("light.group").hidden
    assert home.entity("select.stranger") == EntityInfo(
        "select.stranger", name="Stranger", options=("x", "y")
    )
    assert home.areas == {
        "living_room": AreaInfo("Living room", "ground_floor"),
        "hall": AreaInfo("Hall"),
    }


async def test_a_directory_says_the_same(
    hass: HomeAssistant,
    furnished: None,
    hass_storage: dict[str, Any],
    tmp_path: Path,
) -> None:
    """What is analyzed offline is the home that is analyzed at home."""
    for registry in (ar.async_get(hass), dr.async_get(hass), er.async_get(hass)):
        await flush_store(registry._store)  # noqa: SLF001
    await hass.config.async_update(country="DE", latitude=52.5, longitude=13.5)
    folder = tmp_path / ".storage"
    folder.mkdir()
    for name in (*REGISTRIES, "core.config"):
        content = json.dumps(hass_storage[name])
        (folder / name).write_text(content, encoding="utf-8")
    live = await async_build_home(hass)
    stored = read_home(tmp_path)
    assert {**live.entities} == {
        **stored.entities,
        "select.stranger": live.entity("select.stranger"),
    }
    assert stored.areas == live.areas
    assert stored.calendar == live.calendar != Calendar()
    assert (stored.zone, stored.country, stored.position) == (
        live.zone,
        "DE",
        live.position,
    )
    assert live.position == Position(52.5, 13.5, hass.config.elevation)
