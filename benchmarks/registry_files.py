"""Writes what Home Assistant keeps under `.storage`: configuration and registries."""

from datetime import UTC, datetime
from hashlib import md5
from json import dumps
from pathlib import Path
from typing import Any

from .simulator.model import Area, Device, Entity, Recorded

#: A disabled entry that owns all devices: without it they are removed at start.
_ENTRY_ID = "01J8BENCHMARKHOME000000000"


def write_registries(home: Recorded, directory: Path) -> None:
    """Write the registry files of a home, none of which may be there yet.

    Args:
        home: Its entities, devices, areas and floors.
        directory: The `.storage` folder; made if missing.
    """
    directory.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromtimestamp(home.recorder_runs[0].start, UTC).isoformat()
    times = {"created_at": stamp, "modified_at": stamp}
    files: dict[str, tuple[int, int, dict[str, Any]]] = {
        "core.config": (1, 4, _core(home)),
        "core.config_entries": (1, 5, {"entries": [_entry(times)]}),
        "core.area_registry": (
            1,
            9,
            {"areas": [_area(area) | times for area in home.areas]},
        ),
        "core.floor_registry": (
            1,
            3,
            {
                "floors": [
                    _floor(floor_id, name, level) | times
                    for level, (floor_id, name) in enumerate(home.floors)
                ]
            },
        ),
        "core.label_registry": (1, 2, {"labels": []}),
        "core.device_registry": (
            3,
            4,
            {
                "devices": [_device(device) | times for device in home.devices],
                "child_devices": [],
                "deleted_devices": [],
            },
        ),
        "core.entity_registry": (
            1,
            23,
            {
                "entities": [
                    _entity(entity) | times
                    for entity in home.entities
                    if entity.platform
                ],
                "deleted_entities": [],
                "settings": {"entity_id_parts": None},
            },
        ),
    }
    for key, (version, minor, data) in files.items():
        stored = {"version": version, "minor_version": minor, "key": key, "data": data}
        text = dumps(stored, indent=2, ensure_ascii=False)
        (directory / key).write_text(text, encoding="utf-8")


def _id(what: str) -> str:
    """Return an id (32 hexadecimal digits) for a name."""
    return md5(what.encode(), usedforsecurity=False).hexdigest()


def _core(home: Recorded) -> dict[str, Any]:
    """Return the core configuration."""
    return {
        "latitude": home.position[0],
        "longitude": home.position[1],
        "elevation": 0,
        "unit_system_v2": "metric",
        "location_name": "Home",
        "time_zone": home.time_zone,
        "external_url": None,
        "internal_url": None,
        "currency": "EUR",
        "country": home.country,
        "language": "en",
        "radius": 100,
    }


def _entry(times: dict[str, str]) -> dict[str, Any]:
    """Return the configuration entry that devices belong to."""
    return {
        **times,
        "data": {},
        "disabled_by": "user",
        "discovery_keys": {},
        "domain": "zha",
        "entry_id": _ENTRY_ID,
        "minor_version": 1,
        "options": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "subentries": [],
        "title": "Simulated devices",
        "unique_id": None,
        "version": 1,
    }


def _area(area: Area) -> dict[str, Any]:
    """Return an area."""
    return {
        "aliases": [],
        "floor_id": area.floor_id,
        "humidity_entity_id": None,
        "icon": None,
        "id": area.area_id,
        "labels": [],
        "name": area.name,
        "picture": None,
        "temperature_entity_id": None,
    }


def _floor(floor_id: str, name: str, level: int) -> dict[str, Any]:
    """Return a floor."""
    return {
        "aliases": [],
        "floor_id": floor_id,
        "icon": None,
        "level": level,
        "name": name,
    }


def _device(device: Device) -> dict[str, Any]:
    """Return a device."""
    return {
        "area_id": device.area_id,
        "config_entry_id": _ENTRY_ID,
        "config_subentry_id": None,
        "configuration_url": None,
        "connections": [],
        "disabled_by": None,
        "entry_type": None,
        "hw_version": None,
        "id": _id(device.device_id),
        "identifiers": [["zha", device.device_id]],
        "labels": [],
        "composite_device_id": None,
        "composite_primary_config_entry": None,
        "split_at": None,
        "manufacturer": "Simulated",
        "model": device.model,
        "model_id": None,
        "name_by_user": None,
        "name": device.name,
        "has_composite_identifiers": False,
        "primary_config_entry": _ENTRY_ID,
        "serial_number": None,
        "sw_version": None,
        "via_device_id": None,
    }


def _entity(entity: Entity) -> dict[str, Any]:
    """Return an entity; what its device says about areas is left to the device."""
    return {
        "aliases": [],
        "aliases_v2": [],
        "area_id": None if entity.device_id else entity.area_id,
        "categories": {},
        "capabilities": None,
        "config_entry_id": None,
        "config_subentry_id": None,
        "device_class": None,
        "device_id": _id(entity.device_id) if entity.device_id else None,
        "disabled_by": None,
        "entity_category": entity.category,
        "entity_id": entity.entity_id,
        "hidden_by": None,
        "icon": None,
        "id": _id(entity.entity_id),
        "has_entity_name": False,
        "labels": [],
        "name": None,
        "object_id_base": None,
        "options": {},
        "original_device_class": entity.device_class,
        "original_icon": None,
        "original_name": entity.name,
        "platform": entity.platform,
        "suggested_object_id": None,
        "supported_features": 0,
        "translation_key": None,
        "unique_id": entity.entity_id,
        "previous_unique_id": None,
        "unit_of_measurement": entity.unit,
    }
