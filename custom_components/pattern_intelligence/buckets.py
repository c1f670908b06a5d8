"""Buckets that keep points for another time than they should: told, and put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .influx_entry import (
    CONF_BUCKET,
    CONF_DATABASE,
    CORE_INFLUXDB,
    core_url,
    entry_address,
)
from .parts import Parts
from .stores.influx.address import InfluxAddress, InfluxVersion
from .stores.influx.buckets import Difference, differences
from .stores.influx.problem import InfluxError, Problem
from .stores.influx.server import Bucket, Server
from .stores.influx.servers import server_at

RETENTION: Final = "retention_"
"""What the ids of these issues begin with; the bucket's name follows."""

ISSUES: Final = tuple(f"{RETENTION}{kind}" for kind in ("fewer", "more", "raw"))
"""Keys of what these issues say."""

RAW_DAYS: Final = 7
"""How long raw states are of use once the days have been learned."""

_FIRST_POLICY: Final = "/autogen"

_RAW_LEARNED_DAYS: Final = 14
"""Only where so many days are known is it suggested to keep less of the raw states."""


@dataclass(frozen=True, slots=True)
class _Found:
    difference: Difference
    raw: bool


async def async_check_buckets(hass: HomeAssistant, parts: Parts) -> None:
    """Create an issue for each bucket whose retention differs, and delete the others.

    Raises:
        StoreError: the server is away, or says no.
    """
    store = parts.storage.remote
    if store is None:
        _keep_only(hass, frozenset())
        return
    raw = None
    if parts.coordinator.data.days >= _RAW_LEARNED_DAYS:
        raw = _core_bucket(hass, store.server.link.address)
    found = await parts.gate.async_run(_find, parts, raw)
    for each in found:
        _create(hass, parts.entry, each)
    _keep_only(hass, frozenset(_issue_id(each.difference.bucket) for each in found))


async def async_change(
    hass: HomeAssistant, entry: ConfigEntry[Any], name: str, days: int
) -> None:
    """Have a bucket keep points for so many days.

    Raises:
        StoreError: it cannot be changed.
    """
    await hass.async_add_executor_job(_change, entry, name, days)


def _change(entry: ConfigEntry[Any], name: str, days: int) -> None:
    address = entry_address(entry.data)
    if address is None:
        return
    server = server_at(address, attempts=1)
    try:
        if (bucket := server.buckets([name]).get(name)) is not None:
            server.keep(bucket, days)
    finally:
        server.link.close()


def _find(parts: Parts, raw: str | None) -> list[_Found]:
    store = parts.storage.remote
    assert store is not None
    found = [
        _Found(each, raw=False)
        for each in differences(store.server, parts.settings.retention)
    ]
    if raw and (bucket := _raw(store.server, raw)):
        found.append(_Found(Difference(bucket, RAW_DAYS), raw=True))
    return found


def _raw(server: Server, name: str) -> Bucket | None:
    """Return Home Assistant's own bucket if it keeps more than is of use."""
    try:
        bucket = server.buckets([name]).get(name)
    except InfluxError as err:
        # These credentials need not be allowed to see it.
        if err.problem in {Problem.FORBIDDEN, Problem.NO_BUCKET}:
            return None
        raise
    if bucket is None or (bucket.days is not None and bucket.days <= RAW_DAYS):
        return None
    return bucket


@callback
def _core_bucket(hass: HomeAssistant, address: InfluxAddress) -> str | None:
    """Return the bucket that core's integration writes to on the same server.

    On a 1.8 that is the policy which a database has from the start.
    """
    one = address.version is InfluxVersion.V1
    for entry in hass.config_entries.async_entries(CORE_INFLUXDB):
        data = entry.data
        if (CONF_DATABASE in data) is one and core_url(data) == address.host:
            name = data.get(CONF_DATABASE if one else CONF_BUCKET)
            return f"{name}{_FIRST_POLICY if one else ''}" if name else None
    return None


@callback
def _create(hass: HomeAssistant, entry: ConfigEntry[Any], found: _Found) -> None:
    bucket, days = found.difference.bucket, found.difference.days
    key = "raw" if found.raw else "fewer" if found.difference.loses else "more"
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(bucket),
        data={"entry_id": entry.entry_id, "bucket": bucket.name, "days": days},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=f"{RETENTION}{key}",
        translation_placeholders={
            "bucket": bucket.name,
            "days": str(days),
            "present": "∞" if bucket.days is None else str(bucket.days),
        },
    )


@callback
def _keep_only(hass: HomeAssistant, issues: frozenset[str]) -> None:
    """Delete the issues of buckets that are as they should be."""
    for domain, issue in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue.startswith(RETENTION) and issue not in issues:
            ir.async_delete_issue(hass, DOMAIN, issue)


@callback
def async_clear_buckets(hass: HomeAssistant) -> None:
    """Delete all issues of buckets: the entry is gone."""
    _keep_only(hass, frozenset())


def _issue_id(bucket: Bucket) -> str:
    return f"{RETENTION}{bucket.name}"
