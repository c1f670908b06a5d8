"""Changing the options: nothing that was learned is lost by it."""

from __future__ import annotations

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import SelectOptionDict
import voluptuous as vol

from .const import CONF_COUNTRY, CONF_HOLIDAYS
from .engine.detectors import registry
from .forms import options_schema
from .sources.public_holidays import countries, subdivisions


class PatternIntelligenceOptionsFlow(OptionsFlowWithReload):
    """Changes all that can be changed later, on one page with sections."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show all options on one page."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        options = self.config_entry.options
        country = options.get(CONF_HOLIDAYS, {}).get(CONF_COUNTRY)
        schema = await self.hass.async_add_executor_job(
            _schema, country or self.hass.config.country
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, options),
        )


def _schema(country: str | None) -> vol.Schema:
    """Return the form. Blocks: it imports the detectors and the holidays."""
    return options_schema(
        [kind.value for kind in registry()],
        countries(),
        [
            SelectOptionDict(value=code, label=name)
            for code, name in subdivisions(country).items()
        ],
    )
