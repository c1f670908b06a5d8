"""The InfluxDB of a config entry: its address, what is wrong with it, and core's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import (
    CONF_API_VERSION,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PATH,
    CONF_PORT,
    CONF_SSL,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from yarl import URL

from .const import CONF_INFLUXDB, CONF_STORE, StoreKind
from .messages import async_said
from .stores.base import Retention, StoreError
from .stores.influx.address import DEFAULT_PREFIX, InfluxAddress, InfluxVersion
from .stores.influx.buckets import MissingBucketsError, ensure, try_out
from .stores.influx.problem import InfluxError, Problem
from .stores.influx.servers import check_version, server_at
from .stores.influx.store import InfluxStore

CORE_INFLUXDB: Final = "influxdb"
"""The domain of core's integration that writes raw states."""

CONF_ORGANIZATION: Final = "organization"
CONF_DATABASE: Final = "database"
CONF_BUCKET: Final = "bucket"
CONF_PREFIX: Final = "prefix"
CONF_CA_FILE: Final = "ca_file"
_CORE_CA_FILE: Final = "ssl_ca_cert"

VERSIONS: Final = {
    StoreKind.INFLUXDB_2: InfluxVersion.V2,
    StoreKind.INFLUXDB_1: InfluxVersion.V1,
}
CREDENTIALS: Final = {
    StoreKind.INFLUXDB_2: (CONF_TOKEN,),
    StoreKind.INFLUXDB_1: (CONF_USERNAME, CONF_PASSWORD),
}

_SAID: Final = {
    Problem.UNREACHABLE: "cannot_connect",
    Problem.SLOW: "timeout_connect",
    Problem.TLS: "untrusted_certificate",
    Problem.REFUSED: "invalid_auth",
    Problem.FORBIDDEN: "not_allowed",
    Problem.NO_ORGANIZATION: "unknown_organization",
    Problem.NO_BUCKET: "no_bucket",
    Problem.NOT_INFLUXDB: "not_influxdb",
    Problem.INFLUXDB_3: "influxdb_3",
    Problem.OTHER_VERSION: "other_version",
}

ERRORS: Final = {
    *_SAID.values(),
    *("missing_buckets", "invalid_address", "refused", "unknown"),
}
"""Keys of all messages."""


def kind_of(data: Mapping[str, Any]) -> StoreKind:
    """Return where the aggregates of a config entry live."""
    return StoreKind(data.get(CONF_STORE, StoreKind.BUILT_IN))


def entry_address(data: Mapping[str, Any]) -> InfluxAddress | None:
    """Return the server of a config entry; None where there is none.

    Args:
        data: of the config entry.

    Raises:
        StoreError: it is no address.
    """
    kind = kind_of(data)
    if kind is StoreKind.BUILT_IN:
        return None
    return address_of(kind, data[CONF_INFLUXDB])


def address_of(kind: StoreKind, given: Mapping[str, Any]) -> InfluxAddress:
    """Return the server that a form describes.

    Args:
        kind: which form.
        given: what was filled in.

    Raises:
        StoreError: it is no address.
    """
    return InfluxAddress(
        url=given[CONF_URL].strip(),
        version=VERSIONS[kind],
        organization=given.get(CONF_ORGANIZATION, "").strip(),
        token=given.get(CONF_TOKEN, "").strip(),
        database=given.get(CONF_DATABASE, "").strip(),
        username=given.get(CONF_USERNAME, ""),
        password=given.get(CONF_PASSWORD, ""),
        prefix=given.get(CONF_PREFIX, DEFAULT_PREFIX).strip(),
        verify_tls=given.get(CONF_VERIFY_SSL, True),
        ca_file=given.get(CONF_CA_FILE) or None,
    )


def check(address: InfluxAddress, home: str, retention: Retention) -> None:
    """Make sure that a server can be used; create its buckets. Blocks.

    Args:
        address: the server.
        home: the id of the home.
        retention: how long the buckets keep points.

    Raises:
        StoreError: it cannot.
    """
    server = server_at(address, attempts=1)
    try:
        check_version(server.link)
        ensure(server, retention)
        try_out(server, home)
    finally:
        server.link.close()


def erase(data: Mapping[str, Any], home: str) -> None:
    """Delete all points of a home from the server of a config entry. Blocks.

    Args:
        data: of the config entry; nothing is done where it has no server.
        home: the id of the home.

    Raises:
        StoreError: the server is away, or says no.
    """
    if (address := entry_address(data)) is None:
        return
    store = InfluxStore(server_at(address, attempts=1), home)
    try:
        store.erase()
    finally:
        store.close()


def error_of(hass: HomeAssistant, err: StoreError) -> tuple[str, str]:
    """Return the key of the message for an error, and what it adds to it."""
    if isinstance(err, MissingBucketsError):
        return "missing_buckets", err.commands
    problem = err.problem if isinstance(err, InfluxError) else None
    if problem is None:
        return "invalid_address", async_said(hass, err)
    return _SAID.get(problem, "refused"), async_said(hass, err)


def suggested(hass: HomeAssistant, kind: StoreKind) -> dict[str, Any]:
    """Return what core's own InfluxDB entry suggests to fill in, if there is one."""
    version = "2" if kind is StoreKind.INFLUXDB_2 else "1"
    for entry in hass.config_entries.async_entries(CORE_INFLUXDB):
        data = entry.data
        if str(data.get(CONF_API_VERSION, "1")) == version:
            found = {
                CONF_URL: core_url(data),
                CONF_VERIFY_SSL: data.get(CONF_VERIFY_SSL, True),
                CONF_CA_FILE: data.get(_CORE_CA_FILE),
                CONF_ORGANIZATION: data.get(CONF_ORGANIZATION),
                CONF_TOKEN: data.get(CONF_TOKEN),
                CONF_USERNAME: data.get(CONF_USERNAME),
                CONF_PASSWORD: data.get(CONF_PASSWORD),
            }
            return {key: value for key, value in found.items() if value is not None}
    return {}


def core_url(data: Mapping[str, Any]) -> str:
    """Return the address that core's own InfluxDB entry has."""
    if url := data.get(CONF_URL):
        return str(url).rstrip("/")
    host = data.get(CONF_HOST)
    if not host:
        return ""
    built = URL.build(
        scheme="https" if data.get(CONF_SSL) else "http",
        host=host,
        port=data.get(CONF_PORT),
        path=data.get(CONF_PATH) or "",
    )
    return str(built).rstrip("/")
