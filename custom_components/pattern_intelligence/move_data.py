"""The stores that a config entry names: where all is, and where it is moved to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .const import CONF_INFLUXDB, CONF_MOVE, CONF_STORE
from .influx_entry import entry_address, kind_of


def name_of(data: Mapping[str, Any]) -> str:
    """Return what tells the store of a config entry from others, without credentials.

    Args:
        data: of the config entry, or the part of it that describes a store.

    Raises:
        StoreError: it has no address.
    """
    kind = kind_of(data)
    if (address := entry_address(data)) is None:
        return kind.value
    owner = address.organization or address.database
    return f"{kind.value} {address.host} {owner} {address.prefix}"


def with_store(
    data: Mapping[str, Any],
    store: Mapping[str, Any],
    other: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the data of a config entry with another store.

    Args:
        data: of the config entry.
        store: describes the store.
        other: describes the one to which or from which all is moved, if any.
    """
    about = {CONF_STORE, CONF_INFLUXDB, CONF_MOVE}
    kept = {key: value for key, value in data.items() if key not in about}
    return kept | dict(store) | ({CONF_MOVE: dict(other)} if other else {})


def store_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a config entry's data that describes its store."""
    return {key: data[key] for key in (CONF_STORE, CONF_INFLUXDB) if key in data}


def switched(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a config entry once all is in the other store."""
    return with_store(data, data[CONF_MOVE], store_in(data))
