"""The step of the config flow that asks where the history lies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Final

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .anew import IN_INFLUXDB, IN_RECORDER
from .influx_history import CONF_HISTORY
from .influx_history_entry import SAID, async_core_place, check
from .messages import async_said
from .sources.influx.place import InfluxSourceError

HISTORY_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_HISTORY, default=IN_INFLUXDB): SelectSelector(
            SelectSelectorConfig(
                options=[IN_INFLUXDB, IN_RECORDER],
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_HISTORY,
            )
        )
    }
)


class HistorySteps(ConfigFlow, ABC):
    """Asks where the history lies, where it may lie in more places than one."""

    _data: dict[str, Any]

    @abstractmethod
    async def async_step_scope(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on once that is known."""

    async def async_step_history(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to learn from the InfluxDB that Home Assistant writes to."""
        try:
            place = async_core_place(self.hass)
        except InfluxSourceError:
            place = None
        if place is None:
            return await self.async_step_scope()
        errors, error = {}, ""
        if user_input is not None:
            if user_input[CONF_HISTORY] == IN_RECORDER:
                return await self.async_step_scope()
            try:
                await self.hass.async_add_executor_job(check, place)
            except InfluxSourceError as err:
                errors["base"] = SAID.get(err.trouble, "refused")
                error = async_said(self.hass, err)
            else:
                self._data[CONF_HISTORY] = IN_INFLUXDB
                return await self.async_step_scope()
        return self.async_show_form(
            step_id=CONF_HISTORY,
            data_schema=self.add_suggested_values_to_schema(HISTORY_SCHEMA, user_input),
            errors=errors,
            description_placeholders={
                "url": place.host,
                "bucket": place.bucket,
                "error": error,
            },
            last_step=False,
        )
