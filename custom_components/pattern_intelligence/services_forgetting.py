"""The service that deletes what was learned; it asks for an admin."""

from __future__ import annotations

from typing import Final

from homeassistant.const import ATTR_AREA_ID, ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN, Trigger
from .decisions import Shown, keep_book
from .forgetting import Subject, forget, forget_everything
from .gate import in_executor
from .home_context import async_build_home
from .influx_history import give_up
from .messages import async_said
from .news import Told
from .parts import Parts
from .runtime import RuntimeData, async_loaded_entry
from .sources.base import SourceError
from .storage import anew_path, database_path
from .stores.base import StoreError
from .work import Wish

FORGET: Final = "forget"

ATTR_EVERYTHING: Final = "everything"

FORGET_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_ENTITY_ID): cv.entity_ids,
        vol.Optional(ATTR_AREA_ID): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(ATTR_EVERYTHING, default=False): cv.boolean,
    }
)


@callback
def async_setup_forgetting_service(hass: HomeAssistant) -> None:
    """Register the service, which is there whether or not the entry is loaded."""
    async_register_admin_service(
        hass, DOMAIN, FORGET, _async_forget, FORGET_SCHEMA, SupportsResponse.OPTIONAL
    )


async def _async_forget(call: ServiceCall) -> ServiceResponse:
    """Delete what was learned of some entities, of areas, or all of it."""
    entities = frozenset(call.data.get(ATTR_ENTITY_ID, ()))
    areas = frozenset(call.data.get(ATTR_AREA_ID, ()))
    everything: bool = call.data[ATTR_EVERYTHING]
    if everything == bool(entities or areas):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="forget_what"
        )
    hass = call.hass
    data = async_loaded_entry(hass).runtime_data
    if data.parts.coordinator.data.paused:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="backup_meanwhile"
        )
    try:
        # Nor is what is forgotten to be told as a difference.
        await data.validator.async_stop()
        # A run under way would write what it has read before.
        async with data.scheduler.learner.async_held():
            gate, storage = data.parts.gate, data.parts.storage
            # Else it would come back with what is learned anew.
            await gate.async_run(give_up, storage.local, anew_path(database_path(hass)))
            if everything:
                return await _async_forget_everything(hass, data)
            return await _async_forget_some(hass, data.parts, entities, areas)
    except (StoreError, SourceError) as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_forgotten",
            translation_placeholders={"error": async_said(hass, err)},
        ) from err
    finally:
        data.parts.coordinator.async_settle()
        if data.parts.coordinator.data.learning:
            data.scheduler.learner.async_start(Trigger.SERVICE, Wish(look_again=True))


async def _async_forget_everything(
    hass: HomeAssistant, data: RuntimeData
) -> ServiceResponse:
    parts, today = data.parts, dt_util.now().date()
    async with parts.gate, parts.deciding:
        storage = parts.storage
        count = await in_executor(
            hass, forget_everything, storage.aggregates, storage.local, today
        )
        parts.renames.clear()
        parts.coordinator.async_publish(
            report=None, shown=Shown(), told=Told(), last_run=None, days=0, events=0
        )
    return {"days": count}


async def _async_forget_some(
    hass: HomeAssistant,
    parts: Parts,
    entities: frozenset[str],
    areas: frozenset[str],
) -> ServiceResponse:
    home = await async_build_home(hass)
    entities |= {
        entity.entity_id for entity in home.entities.values() if entity.area_id in areas
    }
    subject = Subject(entities, areas, parts.renames.resolve)
    async with parts.gate, parts.deciding:
        storage, snapshot = parts.storage, parts.coordinator.data
        book = {
            key: decision
            for key, decision in snapshot.shown.book.items()
            if not subject.in_object(decision.pattern)
        }
        await in_executor(hass, keep_book, storage.local, book)
        rows = await in_executor(
            hass, forget, storage.aggregates, storage.local, subject
        )
        report = snapshot.report
        if report is not None:
            report = {**report, "patterns": subject.without(report["patterns"])}
        parts.coordinator.async_publish(report=report, shown=Shown(book=book))
    return {"entities": [*sorted(subject.entity_ids)], "rows": rows}
