"""The parts that belong to a config entry while it is loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .coordinator import PatternCoordinator
from .decisions import Decision, decide, keep_book
from .gate import Gate, in_executor
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
        deciding: held while a decision is made, so that each builds on the last.
    """

    entry: ConfigEntry[Any]
    settings: Settings
    storage: Storage
    coordinator: PatternCoordinator
    renames: Renames
    gate: Gate
    deciding: asyncio.Lock = field(default_factory=asyncio.Lock)

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

    async def async_decide(
        self, hass: HomeAssistant, pattern_id: str, changes: Mapping[str, Any]
    ) -> Decision | None:
        """Keep what a person decides of a pattern, then show it.

        Args:
            hass: Home Assistant.
            pattern_id: the pattern's id, or that of a decision on one that is gone.
            changes: new values of attributes of :class:`~.decisions.Decision`.

        Returns:
            What is decided now, if anything.

        Raises:
            LookupError: there is neither a pattern nor a decision of that id.
            StoreError: it could not be kept; nothing was changed.
        """
        async with self.deciding:
            snapshot = self.coordinator.data
            book, decision = decide(
                snapshot.shown,
                pattern_id,
                dt_util.utcnow().isoformat(),
                snapshot.report["home"]["first_day"] if snapshot.report else None,
                **changes,
            )
            # Texts are written while a backup is made, too: they go beside the file.
            await in_executor(hass, keep_book, self.storage.local, book)
            shown = replace(self.coordinator.data.shown, book=book)
            self.coordinator.async_publish(shown=shown)
        return decision

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
