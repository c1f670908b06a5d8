"""Setting the integration up, and changing its options."""

from __future__ import annotations

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.core import callback

from .const import CONF_SCOPE, DOMAIN
from .engine.detectors import registry
from .forms import SCOPE_SCHEMA, STORE_SCHEMA, options_schema

TITLE = "Pattern Intelligence"


class PatternIntelligenceConfigFlow(ConfigFlow, domain=DOMAIN):
    """Asks where to store what is learned, and what to leave out."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        self._data: dict[str, Any] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(
        config_entry: ConfigEntry,
    ) -> PatternIntelligenceOptionsFlow:
        """Return the flow that changes the options."""
        return PatternIntelligenceOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what the integration will do, and ask for the store."""
        if user_input is None:
            return self.async_show_form(step_id="user", data_schema=STORE_SCHEMA)
        self._data = user_input
        return await self.async_step_scope()

    async def async_step_scope(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to leave out."""
        if user_input is None:
            return self.async_show_form(
                step_id=CONF_SCOPE, data_schema=SCOPE_SCHEMA, last_step=True
            )
        return self.async_create_entry(
            title=TITLE, data=self._data, options={CONF_SCOPE: user_input}
        )


class PatternIntelligenceOptionsFlow(OptionsFlowWithReload):
    """Changes scope, schedule, detectors, and what removal leaves behind."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show all options on one page."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        detectors = await self.hass.async_add_import_executor_job(registry)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_schema(kind.value for kind in detectors),
                self.config_entry.options,
            ),
        )
