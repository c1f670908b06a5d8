"""What a store in InfluxDB costs, on real servers and the home of the speed report.

Run as ``python -m benchmarks.influx_speed``; prints tables in Markdown. Servers are
those that the tests start; to be read cold, one is started anew each time.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
import json
import os
from pathlib import Path
from statistics import median
import sys
import tempfile
from time import perf_counter, process_time, sleep

from benchmarks.speed.data import Data
from benchmarks.speed.measures import TRACKING
from custom_components.pattern_intelligence.engine.tables import DAY_TABLES
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.contents import Contents, Part
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)
from custom_components.pattern_intelligence.stores.influx.buckets import ensure_endless
from custom_components.pattern_intelligence.stores.influx.server import Server
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from scripts.tools.failure import UnusableError
from scripts.tools.influx_program import CACHE, RELEASES, Release
from scripts.tools.influx_server import DATABASE, PASSWORD, USER, RunningInflux, running

DAYS = 90
_READ = (30, 63)
_REPEAT = 20
_POINTS = 1_000
#: Servers write what is in memory to disk when nothing has come for so long.
_COLD = {
    "INFLUXD_STORAGE_CACHE_SNAPSHOT_WRITE_COLD_DURATION": "2s",
    "INFLUXD_STORAGE_COMPACT_FULL_WRITE_COLD_DURATION": "5s",
    "INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION": "2s",
    "INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION": "5s",
}
_SETTLES_S = 60
_EVERY_SERIES = """import "influxdata/influxdb"
influxdb.cardinality(bucket: "{bucket}", start: 1970-01-01T00:00:00Z)"""

type Figures = dict[str, str]


@dataclass
class Took:
    """What some work took, each time it was done.

    Attributes:
        passed: seconds.
        client: seconds of the processor in this process.
        server: the same in the server's; none where the machine does not tell.
    """

    passed: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)

    @contextmanager
    def another(self, server: RunningInflux) -> Iterator[None]:
        """Measure what is done until the block is left."""
        before, began, own = worked(server), perf_counter(), process_time()
        yield
        self.passed.append(perf_counter() - began)
        self.client.append(process_time() - own)
        if before is not None and (after := worked(server)) is not None:
            self.server.append(after - before)

    def told(self) -> str:
        """Return the median and the least, and the processor's time as a mean."""
        cost = f"client {_ms(_mean(self.client))}"
        if self.server:
            cost += f", server {_ms(_mean(self.server))}"
        return f"{_ms(median(self.passed))}, {_ms(min(self.passed))} ({cost})"


def main() -> None:
    """Measure both servers and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="an SQLite store to copy instead")
    path = parser.parse_args().store or Data(CACHE / "bench", _say).store(
        TRACKING, DAYS
    )
    print(*tables(path, _say), sep="\n")


def tables(path: Path, say: Callable[[str], None]) -> Iterator[str]:
    """Yield what a copy of a store costs on each server that there is.

    Args:
        path: of the built-in store that is copied.
        say: told what is being measured, and which server is not there.
    """
    os.environ.update(_COLD)
    columns: dict[str, Figures] = {}
    with closing(SqliteStore(path)) as source:
        for name, release in RELEASES.items():
            say(f"InfluxDB {name}")
            try:
                columns[name] = _measure(release, source)
            except UnusableError as err:
                say(str(err))
    if not columns:
        yield "There is no InfluxDB here: scripts/influxdb --build makes one."
        return
    titles = dict.fromkeys(title for each in columns.values() for title in each)
    yield "| | " + " | ".join(f"InfluxDB {name}" for name in columns) + " |"
    yield "| --- |" + " ---: |" * len(columns)
    for title in titles:
        cells = (each.get(title, "") for each in columns.values())
        yield f"| {title} | " + " | ".join(cells) + " |"


def _measure(release: Release, source: SqliteStore) -> Figures:
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(release, folder) as server, opened(server) as store:
            ensure_endless(store.server)
            figures["a day written"] = _copied(server, source, store).told()
            figures[f"{_POINTS} points written"] = _written(server, store).told()
            figures |= _series(store.server)
            sleep(_SETTLES_S)
        figures |= {
            f"{layer} bucket on disk": f"{size / 1e6:.1f} MB"
            for layer, size in _sizes(folder).items()
        }
        figures |= _read(release, folder, source)
    return figures


def _copied(server: RunningInflux, source: SqliteStore, store: InfluxStore) -> Took:
    """Copy all of a store; return what its days took."""
    took, old, new = Took(), Contents(source), Contents(store)
    for piece in old.pieces():
        content = old.read(piece)
        if piece.part is Part.DAYS:
            with took.another(server):
                new.write(piece, content)
        else:
            new.write(piece, content)
    return took


def _written(server: RunningInflux, store: InfluxStore) -> Took:
    """Write points that are none of a home's."""
    took = Took()
    for time in range(_REPEAT):
        lines = [
            f"daily_speed,home=speed,entity_id=light.l{n} count={n}i,first_ms={n}i {time}"
            for n in range(_POINTS)
        ]
        with took.another(server):
            store.server.write(Layer.DAILY, lines)
    store.server.delete(Layer.DAILY, "speed", 0, _REPEAT)
    return took


def _read(release: Release, folder: Path, source: SqliteStore) -> Figures:
    """Read days from servers just started, and again from one that runs."""
    last = source.kept_days()[-1]
    cold = Took()
    for _ in range(_REPEAT):
        with (
            running(release, folder, set_up=False) as server,
            opened(server) as store,
            cold.another(server),
        ):
            _read_days(store, _READ[0], last)
    figures = {f"{_READ[0]} days read, cold": cold.told()}
    with running(release, folder, set_up=False) as server, opened(server) as store:
        for count in _READ:
            warm = Took()
            _read_days(store, count, last)
            for _ in range(_REPEAT):
                with warm.another(server):
                    _read_days(store, count, last)
            figures[f"{count} days read, warm"] = warm.told()
    return figures


def _read_days(store: InfluxStore, count: int, last: date) -> None:
    for spec in DAY_TABLES:
        store.read_days(spec, last - timedelta(days=count - 1), last)


def _series(server: Server) -> Figures:
    return {f"series, {layer} bucket": str(series_of(server, layer)) for layer in Layer}


def series_of(server: Server, layer: Layer) -> int:
    """Return how many series a bucket has; on a 1.8, of the layer's measurements.

    Args:
        server: holds it.
        layer: whose bucket.

    Raises:
        StoreError: the server is away, or says no.
    """
    address = server.link.address
    if address.version is InfluxVersion.V2:
        answer = server.link.send(
            "POST",
            "/api/v2/query",
            {"org": address.organization},
            {"query": _EVERY_SERIES.format(bucket=address.bucket(layer))},
            accept="application/csv",
        ).decode()
        return int(answer.split()[1].rpartition(",")[2])
    told = server.read(
        layer,
        f"SHOW SERIES EXACT CARDINALITY FROM /^{layer}_/",
        {},
        b"".join,
        accept="application/json",
    )
    series = json.loads(told)["results"][0].get("series", ())
    return sum(int(each["values"][0][0]) for each in series)


def _sizes(folder: Path) -> Mapping[str, int]:
    """Return the bytes of each layer's points, without the index of series."""
    data = folder / "engine" / "data"
    data = data if data.exists() else folder / "data"
    found: dict[str, int] = {}
    for shards in sorted(data.glob("*/*")):
        size = sum(f.stat().st_size for f in shards.rglob("*") if f.is_file())
        if shards.name != "_series" and size:
            found[shards.name if shards.name != "autogen" else shards.parent.name] = (
                size
            )
    ordered = sorted(found.values(), reverse=True)[: len(Layer)]
    return dict(zip((layer.value for layer in Layer), ordered, strict=False))


@contextmanager
def opened(server: RunningInflux) -> Iterator[InfluxStore]:
    """Open the store of a home on a server until the block is left."""
    if server.release.name == "1.8":
        address = InfluxAddress(
            url=server.url,
            version=InfluxVersion.V1,
            database=DATABASE,
            username=USER,
            password=PASSWORD,
        )
    else:
        address = InfluxAddress(
            url=server.url, organization=server.organization, token=server.token
        )
    with closing(InfluxStore(server_at(address), "home")) as store:
        yield store


def worked(server: RunningInflux) -> float | None:
    """Return the processor's seconds that a server took, where that can be told."""
    if server.process is None or not sys.platform.startswith("linux"):
        return None
    told = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii")
    user, system = told.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
