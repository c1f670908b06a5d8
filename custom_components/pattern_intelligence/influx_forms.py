"""The forms that ask for an InfluxDB."""

from __future__ import annotations

from typing import Final

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import StoreKind
from .influx_entry import CONF_CA_FILE, CONF_DATABASE, CONF_ORGANIZATION, CONF_PREFIX
from .stores.influx.address import DEFAULT_PREFIX

_SECRET: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))

_CREDENTIALS_2: Final = {vol.Required(CONF_TOKEN): _SECRET}
_CREDENTIALS_1: Final = {
    vol.Optional(CONF_USERNAME): TextSelector(),
    vol.Optional(CONF_PASSWORD): _SECRET,
}
_COMMON: Final = {
    vol.Required(CONF_PREFIX, default=DEFAULT_PREFIX): TextSelector(),
    vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    vol.Optional(CONF_CA_FILE): TextSelector(),
}

FORMS: Final = {
    StoreKind.INFLUXDB_2: vol.Schema(
        {
            vol.Required(CONF_URL, default="http://localhost:8086"): _URL,
            vol.Required(CONF_ORGANIZATION): TextSelector(),
            **_CREDENTIALS_2,
            **_COMMON,
        }
    ),
    StoreKind.INFLUXDB_1: vol.Schema(
        {
            vol.Required(CONF_URL, default="http://localhost:8086"): _URL,
            vol.Required(CONF_DATABASE, default=DEFAULT_PREFIX): TextSelector(),
            **_CREDENTIALS_1,
            **_COMMON,
        }
    ),
}

CREDENTIALS_FORMS: Final = {
    StoreKind.INFLUXDB_2: vol.Schema(_CREDENTIALS_2),
    StoreKind.INFLUXDB_1: vol.Schema(_CREDENTIALS_1),
}
