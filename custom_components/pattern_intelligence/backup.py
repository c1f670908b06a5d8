"""Backups copy live files: while one is made, nothing is written."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .gate import async_backup_began, async_backup_ended
from .messages import async_said
from .runtime import PatternIntelligenceConfigEntry
from .stores.base import StoreError


def _loaded(hass: HomeAssistant) -> list[PatternIntelligenceConfigEntry]:
    return hass.config_entries.async_loaded_entries(DOMAIN)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Let the day under way be finished, and the store's file be whole; then pause.

    Raises:
        HomeAssistantError: the file cannot be made whole.
    """
    async_backup_began(hass)
    for entry in _loaded(hass):
        try:
            await entry.runtime_data.parts.async_pause(hass)
        except StoreError as err:
            async_backup_ended(hass)
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="not_paused",
                translation_placeholders={"error": async_said(hass, err)},
            ) from err


async def async_post_backup(hass: HomeAssistant) -> None:
    """Go on where it was paused, and load what waited for the end."""
    async_backup_ended(hass)
    for entry in _loaded(hass):
        entry.runtime_data.parts.gate.async_open()
    for waiting in hass.config_entries.async_entries(DOMAIN):
        if waiting.state is ConfigEntryState.SETUP_RETRY:
            hass.config_entries.async_schedule_reload(waiting.entry_id)
