"""The service that holds what is learned against a batch run; everybody may call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
import tempfile
from typing import Final

from homeassistant.components.recorder import get_instance
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .engine.detectors import registry
from .engine.home import Home
from .free_days import async_free_days
from .gate import finished, in_executor
from .home_context import async_build_home
from .messages import async_said
from .parts import Parts
from .runner import Runner
from .runtime import async_loaded_entry
from .sources.base import SourceError
from .sources.recorder import RecorderSource
from .stores.base import StoreError
from .stores.sqlite import SqliteStore
from .validation import Validation

VALIDATE: Final = "validate"
VALIDATE_SCHEMA: Final = vol.Schema({})


@callback
def async_setup_validation_service(hass: HomeAssistant) -> None:
    """Register the service, which is there whether or not the entry is loaded."""
    hass.services.async_register(
        DOMAIN, VALIDATE, _async_validate, VALIDATE_SCHEMA, SupportsResponse.ONLY
    )


async def _async_validate(call: ServiceCall) -> ServiceResponse:
    """Read all that is recorded again, and say whether the same was learned."""
    hass = call.hass
    parts = async_loaded_entry(hass).runtime_data.parts
    folder = await hass.async_add_executor_job(_folder)
    try:
        calendar = await async_free_days(hass, parts.settings, dt_util.now().date())
        home = replace(
            await async_build_home(hass, calendar), aliases=parts.renames.aliases
        )
        batch = await in_executor(hass, SqliteStore, Path(folder.name) / "batch.db")
        try:
            return await _async_compare(hass, parts, home, batch)
        finally:
            await in_executor(hass, batch.close)
    except (StoreError, SourceError) as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="held_up",
            translation_placeholders={"error": async_said(hass, err)},
        ) from err
    finally:
        await in_executor(hass, folder.cleanup)


async def _async_compare(
    hass: HomeAssistant, parts: Parts, home: Home, batch: SqliteStore
) -> ServiceResponse:
    store, scope = parts.storage.aggregates, parts.settings.scope
    detectors = {
        kind: detector
        for kind, detector in (await hass.async_add_executor_job(registry)).items()
        if parts.settings.enabled(kind.value)
    }
    validation = Validation(store, batch, home, detectors, scope)
    runner = Runner(store, home, detectors, scope=scope)
    source = RecorderSource(hass, home, scope)
    if (extent := await _async_read(hass, source.extent)) is not None:
        silent = await _async_read(hass, source.silent)
        for day in await parts.gate.async_run(validation.days, extent, silent):
            async with parts.gate:
                carried = await in_executor(hass, runner.carried_into, day)
                raw = await _async_read(hass, source.read, day, carried)
                await in_executor(hass, validation.compare, raw)
    return await parts.gate.async_run(validation.report)


async def _async_read[*Ts, T](
    hass: HomeAssistant, read: Callable[[*Ts], T], *args: *Ts
) -> T:
    """Read from the recorder in its own executor."""
    return await finished(get_instance(hass).async_add_executor_job(read, *args))


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(
        prefix="pattern_intelligence.", ignore_cleanup_errors=True
    )
