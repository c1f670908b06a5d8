"""What a Home Assistant configuration directory says of its home.

Reads the files that Home Assistant keeps under ``.storage``, whichever minor version
wrote them: fields that are missing are taken as not set. Only read, never written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
import json
from math import isfinite
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..engine.home import AreaInfo, EntityInfo, Home
from ..engine.sun import Position
from .attributes import text_or_none, texts_or_none
from .base import SourceError
from .names import friendly_name
from .phrases import phrases_in
from .public_holidays import calendar_of

STORAGE: Final = ".storage"

type Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Device:
    """What entities take from their device.

    Attributes:
        name: as the person named it, or its integration.
        area_id: its area, or its parent's.
        labels: its own label ids.
    """

    name: str | None
    area_id: str | None
    labels: frozenset[str]


def read_home(folder: Path, zone: ZoneInfo | None = None) -> Home:
    """Return what a configuration directory says of its home.

    Args:
        folder: the configuration directory.
        zone: the time zone to use instead of the home's own.

    Raises:
        SourceError: a file is damaged, or the time zone is unknown or not said.
    """
    core = _data(folder / STORAGE / "core.config")
    devices = dict(_devices(_data(folder / STORAGE / "core.device_registry")))
    entities = _data(folder / STORAGE / "core.entity_registry")
    areas = _data(folder / STORAGE / "core.area_registry")
    zone = zone or _own_zone(core)
    country = text_or_none(core.get("country"))
    language = text_or_none(core.get("language")) or "en"
    return Home(
        zone=zone,
        country=country,
        language=language,
        phrases=phrases_in(language).patterns,
        entities={
            info.entity_id: info
            for item in _items(entities, "entities")
            if (info := _entity(item, devices)) is not None
        },
        areas={
            area_id: AreaInfo(
                text_or_none(item.get("name")) or area_id,
                text_or_none(item.get("floor_id")),
            )
            for item in _items(areas, "areas")
            if (area_id := text_or_none(item.get("id")))
        },
        calendar=calendar_of(country, datetime.now(zone).date()),
        position=position_of(
            core.get("latitude"), core.get("longitude"), core.get("elevation")
        ),
    )


def position_of(
    latitude: object, longitude: object, elevation: object
) -> Position | None:
    """Return where a home is, if that is said.

    What is nobody's home, Home Assistant's own 0 and 0, is not said.

    Args:
        latitude: degrees north.
        longitude: degrees east.
        elevation: meters above the sea.
    """
    north, east = _number_or_none(latitude), _number_or_none(longitude)
    if north is None or east is None or north == east == 0:
        return None
    return Position(north, east, round(_number_or_none(elevation) or 0))


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone of a name such as ``Europe/Berlin``.

    Raises:
        SourceError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise SourceError(
            "there is no time zone {name!r}: give one such as Europe/Berlin", name=name
        ) from err


def _own_zone(core: Item) -> ZoneInfo:
    name = text_or_none(core.get("time_zone"))
    if name is None:
        raise SourceError("the time zone of this home is not known: give --time-zone")
    return zone_named(name)


def _data(path: Path) -> Item:
    """Return a stored file's data; nothing where there is no such file."""
    try:
        stored = json.loads(path.read_bytes())
    except FileNotFoundError, NotADirectoryError:
        return {}
    except OSError as err:
        raise SourceError(
            "{path} cannot be read: {reason}", path=path, reason=err.strerror
        ) from err
    except ValueError as err:
        raise SourceError(
            "{path} is damaged: restore it from a backup, or take it away to do "
            "without it",
            path=path,
        ) from err
    data = stored.get("data") if isinstance(stored, dict) else None
    return data if isinstance(data, dict) else {}


def _items(data: Item, name: str) -> Iterator[Item]:
    found = data.get(name)
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            yield item


def _devices(data: Item) -> Iterator[tuple[str, _Device]]:
    """Yield devices by id; a child device without an area has its parent's."""
    parents = {item.get("id"): item for item in _items(data, "devices")}
    for item in (*parents.values(), *_items(data, "child_devices")):
        parent = parents.get(item.get("parent_device_id"), {})
        if device_id := text_or_none(item.get("id")):
            yield (
                device_id,
                _Device(
                    text_or_none(item.get("name_by_user"))
                    or text_or_none(item.get("name")),
                    text_or_none(item.get("area_id"))
                    or text_or_none(parent.get("area_id")),
                    _labels(item),
                ),
            )


def _entity(item: Item, devices: Mapping[str, _Device]) -> EntityInfo | None:
    entity_id = text_or_none(item.get("entity_id"))
    if entity_id is None:
        return None
    device_id = text_or_none(item.get("device_id"))
    device = devices.get(device_id or "", _Device(None, None, frozenset()))
    capabilities = item.get("capabilities")
    options = capabilities.get("options") if isinstance(capabilities, dict) else None
    return EntityInfo(
        entity_id,
        name=friendly_name(
            text_or_none(item.get("name")),
            text_or_none(item.get("original_name")),
            device.name,
            has_entity_name=bool(item.get("has_entity_name")),
        ),
        device_class=text_or_none(item.get("device_class"))
        or text_or_none(item.get("original_device_class")),
        category=text_or_none(item.get("entity_category")),
        area_id=text_or_none(item.get("area_id")) or device.area_id,
        device_id=device_id,
        platform=text_or_none(item.get("platform")),
        labels=_labels(item) | device.labels,
        hidden=item.get("hidden_by") is not None,
        options=texts_or_none(options),
    )


def _labels(item: Item) -> frozenset[str]:
    return frozenset(texts_or_none(item.get("labels")) or ())


def _number_or_none(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) else None
