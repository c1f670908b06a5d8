"""Real servers of InfluxDB for the tests, each started once."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
import json
import os
from pathlib import Path
import tempfile

from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)
from custom_components.pattern_intelligence.stores.influx.server import shard_days
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from scripts.tools.failure import UnusableError
from scripts.tools.influx_program import RELEASES
from scripts.tools.influx_server import (
    DATABASE,
    PASSWORD,
    USER,
    RunningInflux,
    given,
    running,
)
from tests.wanting import skip_for_want_of

VERSIONS = ("2.7", "1.8")

FOREVER = f"forever_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
"""What the usual buckets begin with: test processes may share a server."""


class Servers:
    """Starts servers when they are first asked for, and stops them in the end."""

    def __init__(self, stack: ExitStack) -> None:
        """Begin with none."""
        self._stack = stack
        self._running: dict[str, RunningInflux | UnusableError] = {}

    def get(self, version: str) -> RunningInflux:
        """Return a server; the test is skipped where none can be had."""
        if version not in self._running and version == "2.7" and (there := given()):
            self._running[version] = there
        if version not in self._running:
            folder = self._stack.enter_context(
                tempfile.TemporaryDirectory(prefix="pattern_intelligence.")
            )
            try:
                self._running[version] = self._stack.enter_context(
                    running(RELEASES[version], Path(folder))
                )
            except UnusableError as err:
                self._running[version] = err
        found = self._running[version]
        if isinstance(found, UnusableError):
            skip_for_want_of(
                f"InfluxDB {version} (scripts/influxdb --build makes one)", str(found)
            )
        return found


@contextmanager
def all_servers() -> Iterator[Servers]:
    """Return what starts servers until the block is left."""
    with ExitStack() as stack:
        yield Servers(stack)


def address_of(server: RunningInflux, prefix: str = FOREVER) -> InfluxAddress:
    """Return how to speak to a server as one who may do everything."""
    if server.release.name == "1.8":
        return InfluxAddress(
            url=server.url,
            version=InfluxVersion.V1,
            database=DATABASE,
            username=USER,
            password=PASSWORD,
            prefix=prefix,
        )
    return InfluxAddress(
        url=server.url,
        organization=server.organization,
        token=server.token,
        prefix=prefix,
    )


def make_buckets(address: InfluxAddress, days: int | None = None) -> None:
    """Make the buckets of an address where they are not there yet.

    Args:
        address: the server.
        days: how long all of them keep points; None for ever.
    """
    server = server_at(address)
    names = {layer: address.bucket(layer) for layer in Layer}
    try:
        there = server.buckets(list(names.values()))
    except Exception:  # noqa: BLE001
        there = {}
    for layer, name in names.items():
        if name not in there:
            server.create(name, days, shard_days(layer, days))
    server.link.close()


def raw_points(address: InfluxAddress, home: str) -> dict[str, int]:
    """Return how many points of a home there are, valid or not, by measurement."""
    server = server_at(address)
    counts: dict[str, int] = {}
    with closing(server.link):
        for layer in Layer:
            answer = server.read(
                layer,
                f"SELECT count(*) FROM /^{layer}_/ WHERE home = $home",  # noqa: S608
                {"home": home},
                b"".join,
                accept="application/json",
            )
            for series in json.loads(answer)["results"][0].get("series", ()):
                counts[series["name"]] = max(n or 0 for n in series["values"][0][1:])
    return counts
