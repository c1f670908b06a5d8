"""What a person fills in of a server, and what an entry keeps of it."""

from typing import Any

from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)


def kind_of(address: InfluxAddress) -> str:
    """Return the kind of store that a server is."""
    return f"influxdb_{address.version[0]}"


def form_of(address: InfluxAddress, **changes: Any) -> dict[str, Any]:
    """Return what a person fills in."""
    form = {"url": address.url, "prefix": address.prefix, "verify_ssl": True}
    if address.version is InfluxVersion.V2:
        form |= {"organization": address.organization, "token": address.token}
    else:
        form |= {
            "database": address.database,
            "username": address.username,
            "password": address.password,
        }
    return form | changes


def store_of(address: InfluxAddress | None, **changes: Any) -> dict[str, Any]:
    """Return how an entry describes a store: a server, or the built-in one."""
    if address is None:
        return {"store": "built_in"}
    return {"store": kind_of(address), "influxdb": form_of(address, **changes)}
