"""The steps of the config flow that ask for an InfluxDB, and for new credentials."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from traceback import format_tb
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.helpers import instance_id

from .const import CONF_INFLUXDB, CONF_STORE, LOGGER, StoreKind
from .forms import STORE_SCHEMA
from .influx_entry import CREDENTIALS, address_of, check, error_of, kind_of, suggested
from .influx_forms import CREDENTIALS_FORMS, FORMS
from .messages import async_read_phrases
from .settings import Settings
from .stores.base import Retention, StoreError

_NOTHING = {"error": ""}
_EXAMPLES = {
    "example": "http://192.168.1.5:8086",
    "example_tls": "https://influxdb.example.org",
}
"""Texts may hold no address of their own."""


class InfluxSteps(ConfigFlow, ABC):
    """Asks for an InfluxDB until one works."""

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        self._data: dict[str, Any] = {}

    @abstractmethod
    async def async_store_chosen(self) -> ConfigFlowResult:
        """Go on when the store is known and works."""

    async def async_choose(self, kind: StoreKind) -> ConfigFlowResult:
        """Ask for what the chosen store needs."""
        self._data = {CONF_STORE: kind.value}
        match kind:
            case StoreKind.INFLUXDB_2:
                return await self.async_step_influxdb_2()
            case StoreKind.INFLUXDB_1:
                return await self.async_step_influxdb_1()
        return await self.async_store_chosen()

    async def async_step_influxdb_2(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an InfluxDB 2.x."""
        return await self._async_influxdb(StoreKind.INFLUXDB_2, user_input)

    async def async_step_influxdb_1(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an InfluxDB 1.8."""
        return await self._async_influxdb(StoreKind.INFLUXDB_1, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another store, or for another address of the same."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            return await self.async_choose(StoreKind(user_input[CONF_STORE]))
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                STORE_SCHEMA, {CONF_STORE: kind_of(entry.data).value}
            ),
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin when the server refuses the credentials."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for other credentials."""
        entry = self._get_reauth_entry()
        kind = kind_of(entry.data)
        if kind not in CREDENTIALS:
            # Meanwhile, another store was chosen.
            return self.async_abort(reason="reconfigure_successful")
        known = dict(entry.data.get(CONF_INFLUXDB, {}))
        errors: dict[str, str] = {}
        placeholders = _NOTHING
        if user_input is not None:
            kept = {k: v for k, v in known.items() if k not in CREDENTIALS[kind]}
            given = kept | user_input
            errors, placeholders = await self._async_errors(
                kind, given, Settings.of(entry).retention
            )
            if not errors:
                return self.async_update_reload_and_abort(
                    entry, data_updates={CONF_INFLUXDB: given}
                )
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=CREDENTIALS_FORMS[kind],
            errors=errors,
            description_placeholders=placeholders | {"url": known.get("url", "")},
        )

    async def _async_influxdb(
        self, kind: StoreKind, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        retention = Retention()
        values = suggested(self.hass, kind)
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            retention = Settings.of(entry).retention
            if kind_of(entry.data) is kind:
                values = dict(entry.data[CONF_INFLUXDB])
        errors: dict[str, str] = {}
        placeholders = _NOTHING
        if user_input is not None:
            errors, placeholders = await self._async_errors(kind, user_input, retention)
            if not errors:
                self._data[CONF_INFLUXDB] = user_input
                return await self.async_store_chosen()
        return self.async_show_form(
            step_id=kind.value,
            data_schema=self.add_suggested_values_to_schema(
                FORMS[kind], user_input if user_input is not None else values
            ),
            errors=errors,
            description_placeholders=_EXAMPLES | placeholders,
            last_step=False,
        )

    async def _async_errors(
        self, kind: StoreKind, given: Mapping[str, Any], retention: Retention
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return what is wrong with a server, and what is said of it."""
        home = await instance_id.async_get(self.hass)
        try:
            address = address_of(kind, given)
            await self.hass.async_add_executor_job(check, address, home, retention)
        except StoreError as err:
            await async_read_phrases(self.hass)
            key, text = error_of(self.hass, err)
            return {"base": key}, {"error": text}
        except Exception as err:  # noqa: BLE001
            # Not what it says: that might quote the credentials.
            where = "".join(format_tb(err.__traceback__))
            LOGGER.error(
                "Unexpected %s while trying it:\n%s", type(err).__name__, where
            )
            return {"base": "unknown"}, _NOTHING
        return {}, _NOTHING
