"""What a store in InfluxDB costs, on real servers and the home of the speed report.

Run as ``python -m benchmarks.influx_speed``; prints a table in Markdown. Servers are
those that the tests start; each is started anew before it is read cold.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
import os
from pathlib import Path
from statistics import median
import tempfile
from time import perf_counter, sleep

from benchmarks.speed.data import Data
from benchmarks.speed.measures import TRACKING
from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import DAY_TABLES
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)
from custom_components.pattern_intelligence.stores.influx.buckets import ensure_endless
from custom_components.pattern_intelligence.stores.influx.server import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from scripts.tools.influx_program import CACHE, RELEASES, Release
from scripts.tools.influx_server import DATABASE, PASSWORD, USER, RunningInflux, running

_DAYS = 90
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

type Figures = dict[str, str]


def main() -> None:
    """Measure both servers and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="an SQLite store to copy instead")
    path = parser.parse_args().store or Data(CACHE / "bench", print).store(
        TRACKING, _DAYS
    )
    os.environ.update(_COLD)
    with closing(SqliteStore(path)) as source:
        columns = {
            name: _measure(release, source) for name, release in RELEASES.items()
        }
    print("| | " + " | ".join(f"InfluxDB {name}" for name in columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for title in next(iter(columns.values())):
        print(f"| {title} | " + " | ".join(c[title] for c in columns.values()) + " |")


def _measure(release: Release, source: SqliteStore) -> Figures:
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(release, folder) as server, _opened(server) as store:
            ensure_endless(store.server)
            writing = list(_copy(source, store))
            figures["a day written, median"] = _ms(median(writing))
            figures[f"{_POINTS} points written, median of {_REPEAT}"] = _ms(
                median(_timed(_write_points, store) for _ in range(_REPEAT))
            )
            sleep(_SETTLES_S)
        figures |= {
            f"{layer} bucket on disk": f"{size / 1e6:.1f} MB"
            for layer, size in _sizes(folder).items()
        }
        for days in _READ:
            read = _reader(source, days)
            with running(release, folder, set_up=False) as server:
                with _opened(server) as store:
                    figures[f"{days} days read, cold"] = _ms(_timed(read, store))
                    warm = [_timed(read, store) for _ in range(_REPEAT)]
                figures[f"{days} days read, median of {_REPEAT}"] = _ms(median(warm))
    return figures


def _copy(source: SqliteStore, store: InfluxStore) -> Iterator[float]:
    """Copy a store's layers; yield the seconds that each day took."""
    for mark in source.learned():
        tables = {
            spec.name: source.read_days(spec, mark.day, mark.day).table
            for spec in DAY_TABLES
        }
        began = perf_counter()
        store.write_day(mark, tables, keep_life=True)
        yield perf_counter() - began
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        for start in source.periods(layer):
            sums = {
                spec.name: source.read_periods(layer, spec, start, start).table
                for spec in SUM_TABLES
            }
            store.write_period(layer, start, sums)


def _write_points(store: InfluxStore) -> None:
    lines = [
        f"daily_speed,home=speed,entity_id=light.l{n} count={n}i,first_ms={n}i {n}"
        for n in range(_POINTS)
    ]
    store.server.write(Layer.DAILY, lines)


def _reader(source: SqliteStore, days: int) -> Callable[[InfluxStore], None]:
    last = source.kept_days()[-1]
    first = last - timedelta(days=days - 1)

    def read(store: InfluxStore) -> None:
        for spec in DAY_TABLES:
            store.read_days(spec, first, last)

    return read


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
def _opened(server: RunningInflux) -> Iterator[InfluxStore]:
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


def _timed(work: Callable[[InfluxStore], None], store: InfluxStore) -> float:
    began = perf_counter()
    work(store)
    return perf_counter() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    main()
