"""A home's states, written by Home Assistant's own integration to a real InfluxDB."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from homeassistant.components.influxdb import InfluxThread
from homeassistant.components.recorder import get_instance
from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.sources.influx.place import InfluxPlace
from scripts.tools.influx_server import PASSWORD, USER, RunningInflux

LAYOUTS: Mapping[str, Mapping[str, Any]] = {
    "units": {},
    "default": {"default_measurement": "state"},
    "override": {"override_measurement": "homeassistant"},
    "classes": {"measurement_attr": "domain__device_class"},
    "ids": {"measurement_attr": "entity_id"},
    "tagged": {
        "override_measurement": "states, all",
        "tags": {"source": "HA"},
        "tags_attributes": ["friendly_name"],
        "ignore_attributes": ["icon"],
    },
}
"""The ways in which a person may have it written."""

_AT_ONCE = 200
"""States set between two looks at whether they are written: none may wait for long."""


@dataclass(frozen=True)
class Said:
    """What an entity says at an instant.

    Attributes:
        at: UTC seconds.
        entity_id: the entity.
        state: its state.
        attributes: its attributes.
        context: who did it; None for nobody.
    """

    at: float
    entity_id: str
    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    context: Context | None = None


def new_bucket(server: RunningInflux) -> InfluxPlace:
    """Make a bucket, or a database, that nothing was written to."""
    name = f"Home {uuid4().hex}"
    if server.release.name == "1.8":
        place = InfluxPlace(server.url, name, username=USER, password=PASSWORD)
        ask = urlencode({"q": f'CREATE DATABASE "{name}"'}).encode()
        request = Request(f"{server.url}/query", ask, place.headers)  # noqa: S310
    else:
        place = InfluxPlace(server.url, name, token=server.token)
        owners = Request(f"{server.url}/api/v2/orgs", headers=place.headers)  # noqa: S310
        with urlopen(owners, timeout=10) as answer:  # noqa: S310
            organization = json.load(answer)["orgs"][0]["id"]
        wanted = {"orgID": organization, "name": name, "retentionRules": []}
        request = Request(  # noqa: S310
            f"{server.url}/api/v2/buckets",
            json.dumps(wanted).encode(),
            {**place.headers, "Content-Type": "application/json"},
        )
    with urlopen(request, timeout=10):  # noqa: S310
        return place


def core_data(server: RunningInflux, place: InfluxPlace) -> dict[str, Any]:
    """Return what Home Assistant's own integration keeps of a place."""
    if place.token:
        return {
            "api_version": "2",
            "url": server.url,
            "organization": server.organization,
            "token": place.token,
            "bucket": place.bucket,
            "verify_ssl": False,
        }
    host, _, port = server.url.removeprefix("http://").partition(":")
    return {
        "api_version": "1",
        "host": host,
        "port": int(port),
        "ssl": False,
        "database": place.bucket,
        "username": USER,
        "password": PASSWORD,
        "verify_ssl": False,
    }


async def async_write(
    hass: HomeAssistant,
    server: RunningInflux,
    place: InfluxPlace,
    said: Iterable[Said],
    **options: Any,
) -> None:
    """Set states while Home Assistant's integration runs, until all are written.

    Args:
        hass: Home Assistant.
        server: where to.
        place: the bucket or database.
        said: what entities say, in the order of time.
        options: of the integration, as its YAML has them.
    """
    yaml = Path(hass.config.path("configuration.yaml"))
    await hass.async_add_executor_job(
        yaml.write_text, json.dumps({"influxdb": options}), "utf-8"
    )
    entry = MockConfigEntry(domain="influxdb", data=core_data(server, place))
    entry.add_to_hass(hass)
    # It waits a second for more of a batch, which would be all these tests wait for.
    with patch.object(InfluxThread, "batch_timeout", return_value=0.01):
        await _async_say(hass, entry, said)


async def _async_say(
    hass: HomeAssistant, entry: MockConfigEntry, said: Iterable[Said]
) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    thread: InfluxThread = entry.runtime_data
    for some in batched(said, _AT_ONCE, strict=False):
        for each in some:
            hass.states.async_set(
                each.entity_id,
                each.state,
                each.attributes,
                context=each.context,
                timestamp=each.at,
            )
        await hass.async_add_executor_job(thread.block_till_done)
        # The recorder must not fall behind either: what waits is held in memory.
        await get_instance(hass).async_block_till_done()
    await hass.config_entries.async_remove(entry.entry_id)
