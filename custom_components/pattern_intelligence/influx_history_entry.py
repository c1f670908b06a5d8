"""The states that Home Assistant's own InfluxDB integration keeps: where they are."""

from __future__ import annotations

from typing import Final

from homeassistant.const import (
    CONF_API_VERSION,
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant, callback

from .influx_entry import CONF_BUCKET, CONF_DATABASE, CORE_INFLUXDB, core_url
from .sources.influx.place import InfluxPlace, Trouble, nothing_at
from .sources.influx.server import Server

_CA_FILE: Final = "ssl_ca_cert"
_VERSION_2: Final = "2"

SAID: Final = {
    Trouble.UNREACHABLE: "cannot_connect",
    Trouble.SLOW: "timeout_connect",
    Trouble.TLS: "untrusted_certificate",
    Trouble.REFUSED: "invalid_auth",
    Trouble.FORBIDDEN: "not_allowed",
    Trouble.NOTHING: "no_states",
    Trouble.NOT_INFLUXDB: "not_influxdb",
    Trouble.OTHER_VERSION: "influxdb_3",
    Trouble.ADDRESS: "invalid_address",
}
"""Keys of the messages in the config flow; what is not here is ``refused``."""


@callback
def async_core_place(hass: HomeAssistant) -> InfluxPlace | None:
    """Return where core's own integration writes states; None where it is not set up.

    Raises:
        InfluxSourceError: it has no usable address.
    """
    for entry in hass.config_entries.async_entries(CORE_INFLUXDB):
        data = entry.data
        two = str(data.get(CONF_API_VERSION, "1")) == _VERSION_2
        return InfluxPlace(
            core_url(data),
            str(data.get(CONF_BUCKET if two else CONF_DATABASE, "")),
            token=str(data.get(CONF_TOKEN, "")) if two else "",
            username="" if two else str(data.get(CONF_USERNAME) or ""),
            password="" if two else str(data.get(CONF_PASSWORD) or ""),
            verify_tls=bool(data.get(CONF_VERIFY_SSL, True)),
            ca_file=data.get(_CA_FILE) or None,
        )
    return None


def check(place: InfluxPlace) -> None:
    """Make sure that states can be read there. Blocks.

    Raises:
        InfluxSourceError: they cannot, or there are none.
    """
    server = Server(place, attempts=1)
    try:
        server.check_version()
        if not server.ask(any, 'SHOW TAG VALUES WITH KEY = "domain"'):
            raise nothing_at(place)
    finally:
        server.close()
