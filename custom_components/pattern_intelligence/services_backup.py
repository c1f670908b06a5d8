"""The services that write and restore backups; they ask for an admin."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.const import CONF_PATH
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

from .backup_restore import back_up, new_path, present_path, take_over, unpack
from .const import CONF_MOVE, DOMAIN, StoreKind
from .decisions import DECISIONS, Shown, read_book
from .gate import in_executor
from .influx_entry import kind_of
from .messages import async_said
from .move_data import name_of
from .moving import async_restored
from .news import Told
from .runtime import async_loaded_entry
from .storage import database_path
from .stores.backup_file import BackupError, Summary
from .stores.base import StoreError
from .stores.copying import MoveMark

CREATE_BACKUP: Final = "create_backup"
RESTORE_BACKUP: Final = "restore_backup"

CREATE_SCHEMA: Final = vol.Schema({vol.Optional(CONF_PATH): cv.string})
RESTORE_SCHEMA: Final = vol.Schema({vol.Required(CONF_PATH): cv.string})


@callback
def async_setup_backup_services(hass: HomeAssistant) -> None:
    """Register the services, which are there whether or not the entry is loaded."""
    for name, handler, schema in (
        (CREATE_BACKUP, _async_create, CREATE_SCHEMA),
        (RESTORE_BACKUP, _async_restore, RESTORE_SCHEMA),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, handler, schema, SupportsResponse.OPTIONAL
        )


async def _async_create(call: ServiceCall) -> ServiceResponse:
    """Write all that was learned and decided to a file."""
    hass = call.hass
    parts = async_loaded_entry(hass).runtime_data.parts
    try:
        path = await hass.async_add_executor_job(
            new_path, hass, call.data.get(CONF_PATH), dt_util.now()
        )
        # In this order everywhere, or two would wait for each other.
        async with parts.gate, parts.deciding:
            await in_executor(hass, parts.renames.keep, parts.storage.local)
            found = await in_executor(
                hass, back_up, parts.storage, path, dt_util.utcnow()
            )
    except StoreError as err:
        raise _failed("not_backed_up", hass, err) from err
    return {"path": str(path), **_told(found)}


async def _async_restore(call: ServiceCall) -> ServiceResponse:
    """Put what a file holds in the place of all that was learned and decided."""
    hass = call.hass
    entry = async_loaded_entry(hass)
    parts, learner = entry.runtime_data.parts, entry.runtime_data.scheduler.learner
    if CONF_MOVE in entry.data:
        raise _refused("moving_meanwhile")
    if parts.coordinator.data.paused:
        raise _refused("backup_meanwhile")
    zone = ZoneInfo(hass.config.time_zone)
    remote = kind_of(entry.data) is not StoreKind.BUILT_IN
    mark = MoveMark(StoreKind.BUILT_IN, name_of(entry.data)) if remote else None
    try:
        path = await hass.async_add_executor_job(
            present_path, hass, call.data[CONF_PATH]
        )
        async with learner.async_held():
            # A run under way would write what it has read before.
            async with parts.gate, parts.deciding:
                found = await in_executor(hass, unpack, path, database_path(hass), zone)
                await in_executor(hass, take_over, parts.storage.built_in, mark)
                parts.renames.clear()
                decided = await in_executor(
                    hass, parts.storage.local.read_text, DECISIONS
                )
                # Else what is decided next would be added to what was before.
                shown = Shown(book=read_book(decided))
                parts.coordinator.async_publish(report=None, shown=shown, told=Told())
            if remote:
                async_restored(hass, entry)
            await hass.config_entries.async_reload(entry.entry_id)
    except StoreError as err:
        raise _failed("not_restored", hass, err) from err
    return {"moving": remote, **_told(found)}


def _told(found: Summary) -> dict[str, Any]:
    return {
        "created": found.created.isoformat(),
        "days": found.days,
        "first_day": found.first_day.isoformat() if found.first_day else None,
        "last_day": found.last_day.isoformat() if found.last_day else None,
        "bytes": found.size,
        "sha256": found.sha256,
    }


def _refused(key: str) -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)


def _failed(key: str, hass: HomeAssistant, error: StoreError) -> HomeAssistantError:
    kind = (
        ServiceValidationError if isinstance(error, BackupError) else HomeAssistantError
    )
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"error": async_said(hass, error)},
    )
