"""Setting the integration up."""

from __future__ import annotations

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.core import callback

from .const import CONF_MOVE, CONF_SCOPE, CONF_STORE, DOMAIN, StoreKind
from .forms import SCOPE_SCHEMA, STORE_SCHEMA
from .influx_flow import InfluxSteps
from .influx_history_flow import HistorySteps
from .migration import MINOR_VERSION, VERSION
from .move_flow import MoveSteps
from .options_flow import PatternIntelligenceOptionsFlow

TITLE = "Pattern Intelligence"


class PatternIntelligenceConfigFlow(
    InfluxSteps, HistorySteps, MoveSteps, domain=DOMAIN
):
    """Asks where to store what is learned, from what to learn, and what to leave out."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

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
        return await self.async_choose(StoreKind(user_input[CONF_STORE]))

    @override
    async def async_store_chosen(self) -> ConfigFlowResult:
        """Ask where the history lies and what to leave out, or keep that as it is."""
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_history()
        return await self.async_change_store(self._data)

    @override
    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another store, unless a move to one is under way."""
        moving = CONF_MOVE in self._get_reconfigure_entry().data
        if user_input is None and moving:
            return await self.async_step_under_way()
        return await super().async_step_reconfigure(user_input)

    @override
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
