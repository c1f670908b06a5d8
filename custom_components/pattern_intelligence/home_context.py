"""What the live registries and states say of the home, as the engine takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import batched
from typing import Final

from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util import dt as dt_util

from .engine.day_kinds import Calendar
from .engine.home import AreaInfo, EntityInfo, Home
from .messages import async_read_phrases
from .sources.attributes import info_from_attributes, texts_or_none
from .sources.config_dir import position_of, zone_named
from .sources.public_holidays import calendar_of

_ENTRIES_AT_ONCE: Final = 100
"""Entries looked at before the event loop gets its turn: half a millisecond."""


async def async_build_home(
    hass: HomeAssistant, calendar: Calendar | None = None
) -> Home:
    """Return the home's context; ids that entities had are added by others.

    Args:
        hass: Home Assistant.
        calendar: which days are free; None for those of the home's country.

    Raises:
        SourceError: the home's time zone is not known to this machine.
    """
    # Time zones and phrases are read from files.
    zone = await hass.async_add_executor_job(zone_named, hass.config.time_zone)
    phrases = await async_read_phrases(hass)
    if calendar is None:
        calendar = await hass.async_add_executor_job(
            calendar_of, hass.config.country, dt_util.now().date()
        )
    entries = er.async_get(hass).entities
    entities = {
        state.entity_id: info_from_attributes(state.entity_id, state.attributes)
        for state in _states_without_entry(hass, entries)
    }
    for some in batched(list(entries.values()), _ENTRIES_AT_ONCE, strict=False):
        entities.update((entry.entity_id, _entity(hass, entry)) for entry in some)
        await asyncio.sleep(0)
    return Home(
        zone=zone,
        country=hass.config.country,
        language=hass.config.language,
        phrases=phrases.patterns,
        entities=entities,
        areas={
            area.id: AreaInfo(area.name, area.floor_id)
            for area in ar.async_get(hass).async_list_areas()
        },
        calendar=calendar,
        position=position_of(
            hass.config.latitude, hass.config.longitude, hass.config.elevation
        ),
    )


def _states_without_entry(
    hass: HomeAssistant, entries: er.EntityRegistryItems
) -> Iterator[State]:
    return (
        state for state in hass.states.async_all() if state.entity_id not in entries
    )


@callback
def _entity(hass: HomeAssistant, entry: er.RegistryEntry) -> EntityInfo:
    area_id, labels = entry.area_id, frozenset(entry.labels)
    device = dr.async_get(hass).async_get(entry.device_id) if entry.device_id else None
    if device is not None:
        area_id = area_id or dr.async_get_effective_area_id(hass, device)
        labels |= device.labels
    return EntityInfo(
        entry.entity_id,
        name=er.async_get_legacy_friendly_name(hass, entry) or None,
        device_class=entry.device_class or entry.original_device_class,
        category=entry.entity_category.value if entry.entity_category else None,
        area_id=area_id,
        device_id=entry.device_id,
        platform=entry.platform,
        labels=labels,
        hidden=entry.hidden_by is not None,
        options=texts_or_none((entry.capabilities or {}).get("options")),
    )
