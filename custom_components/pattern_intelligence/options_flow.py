"""Changing the options: nothing that was learned is lost by it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import SelectOptionDict
import voluptuous as vol

from .const import CONF_COUNTRY, CONF_HOLIDAYS, CONF_SUBDIVISION
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
        options = dict(self.config_entry.options)
        holidays = dict(options.get(CONF_HOLIDAYS, {}))
        schema, parts = await self.hass.async_add_executor_job(
            _schema, holidays.get(CONF_COUNTRY) or self.hass.config.country
        )
        if holidays.get(CONF_SUBDIVISION) not in parts:
            # Of a country that was chosen before: it could not be chosen any more.
            holidays.pop(CONF_SUBDIVISION, None)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                schema, options | {CONF_HOLIDAYS: holidays}
            ),
        )


def _schema(country: str | None) -> tuple[vol.Schema, Collection[str]]:
    """Return the form, and the codes of the parts of a country.

    Blocks: it imports the detectors and the holidays.
    """
    parts = subdivisions(country)
    schema = options_schema(
        [kind.value for kind in registry()],
        countries(),
        [SelectOptionDict(value=code, label=name) for code, name in parts.items()],
    )
    return schema, parts
