"""What a loaded config entry holds."""

from __future__ import annotations

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .parts import Parts
from .scheduler import Scheduler
from .validator import Validator

type PatternIntelligenceConfigEntry = ConfigEntry[RuntimeData]


@dataclass(frozen=True, slots=True)
class RuntimeData:
    """The runtime data of the config entry.

    Attributes:
        parts: what runs work with.
        scheduler: starts them.
        validator: holds what was learned against a batch run.
        detectors: the types of the detectors that are switched on.
    """

    parts: Parts
    scheduler: Scheduler
    validator: Validator
    detectors: tuple[str, ...]

    async def async_close(self) -> None:
        """End what is under way after the day it is in, and close the storage."""
        self.parts.storage.hurry()
        await self.validator.async_stop()
        await self.scheduler.async_stop()
        self.parts.gate.async_give_up()
        await self.parts.gate.async_run(self.parts.close)


@callback
def async_loaded_entry(hass: HomeAssistant) -> PatternIntelligenceConfigEntry:
    """Return the loaded config entry.

    Raises:
        ServiceValidationError: there is none.
    """
    entries: list[PatternIntelligenceConfigEntry] = (
        hass.config_entries.async_loaded_entries(DOMAIN)
    )
    if not entries:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_loaded"
        )
    return entries[0]
