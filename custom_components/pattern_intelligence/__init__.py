"""Learns the habits of a household from what the recorder kept.

Home Assistant imports this package with its platforms off the event loop. Commands
import it for its engine alone, so all that needs more is imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.helpers import config_validation as cv

from .const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant
    from homeassistant.helpers.typing import ConfigType

    from .runtime import PatternIntelligenceConfigEntry

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the services."""
    from .services import async_setup_services

    async_setup_services(hass)
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> bool:
    """Show what is known, then learn in the background what is due."""
    from .lifecycle import async_load

    await async_load(hass, entry)
    return True


async def async_migrate_entry(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> bool:
    """Bring what an earlier version set up to the form it has now."""
    from .migration import async_migrate

    return async_migrate(hass, entry)


async def async_unload_entry(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> bool:
    """Stop after the day under way, and close the storage."""
    from .lifecycle import async_unload

    return await async_unload(hass, entry)


async def async_remove_entry(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> None:
    """Leave no file behind, unless the person wants to keep what was learned."""
    from .lifecycle import async_remove

    await async_remove(hass, entry)
