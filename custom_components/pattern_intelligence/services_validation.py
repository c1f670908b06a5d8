"""The service that holds what is learned against a batch run; everybody may call it."""

from __future__ import annotations

from typing import Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
import voluptuous as vol

from .const import DOMAIN
from .runtime import async_loaded_entry

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
    return await async_loaded_entry(call.hass).runtime_data.validator.async_run()
