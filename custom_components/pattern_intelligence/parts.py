"""The parts that belong to a config entry while it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN, LOGGER
from .coordinator import PatternCoordinator
from .gate import Gate
from .renames import Renames
from .settings import Settings
from .storage import Storage
from .stores.base import StoreError


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs work with.

    Attributes:
        entry: the config entry.
        settings: the person's choices.
        storage: where knowledge is kept.
        coordinator: told of everything that entities show.
        renames: the entities' old ids.
        gate: what everything that reads or writes the storage passes through.
    """

    entry: ConfigEntry[Any]
    settings: Settings
    storage: Storage
    coordinator: PatternCoordinator
    renames: Renames
    gate: Gate

    async def async_pause(self, hass: HomeAssistant) -> None:
        """Let the work under way be finished, and the store's file be copied.

        Raises:
            StoreError: the store failed; nothing is paused.
        """

        @callback
        def opened() -> None:
            self.coordinator.async_publish(paused=False)
            _ = self.entry.async_create_background_task(
                hass, self._async_resume(), f"{DOMAIN} resume"
            )

        await self.gate.async_close(opened)
        self.coordinator.async_publish(paused=True)
        try:
            await hass.async_add_executor_job(self.storage.pause)
        except StoreError:
            self.gate.async_open()
            raise

    async def _async_resume(self) -> None:
        try:
            await self.gate.async_run(self.storage.resume)
        except StoreError as err:
            LOGGER.debug("The store cannot go on yet: %s", err)

    def close(self) -> None:
        """Keep what is not yet kept, and close the storage. Blocks."""
        try:
            self.renames.keep(self.storage.local)
        except StoreError as err:
            LOGGER.warning("The last renames could not be kept: %s", err)
        self.storage.close()
