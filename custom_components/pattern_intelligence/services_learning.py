"""The services that change what is learned; they ask for an admin."""

from __future__ import annotations

from homeassistant.core import HomeAssistant, callback


@callback
def async_setup_learning_services(hass: HomeAssistant) -> None:
    """Register the services, which are there whether or not the entry is loaded."""
