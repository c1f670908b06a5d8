"""How long learning years from InfluxDB takes, and how much memory.

Several simulated households under one roof live four weeks, again and again. Their states are written in the layout of Home Assistant's own
``influxdb`` integration, beside them readings of sensors that are not looked at. Then
all of it is learned, oldest first, in a process of its own.
"""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import resource
import subprocess
import sys
import tempfile
from time import perf_counter, process_time
from urllib.request import Request, urlopen

from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.phases import Phase, Phases
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.sources.config_dir import zone_named
from custom_components.pattern_intelligence.sources.influx.place import InfluxPlace
from custom_components.pattern_intelligence.sources.influx.server import Server
from custom_components.pattern_intelligence.sources.influx.source import InfluxSource
from custom_components.pattern_intelligence.stores.base import Retention
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from scripts.tools.influx_program import RELEASES
from scripts.tools.influx_server import RunningInflux, running

from .speed.big_home import Size, big_home

LIVED = 28
TIMES = 13
"""Thirteen times four weeks are a year but for a day."""
ZONE = "Europe/Berlin"
BUCKET = "home_assistant"
GAPS = ("", "unavailable", "unknown")
SENSORS = 100
"""Numeric sensors beside the households' own entities."""
READINGS = 100
"""Readings of each of them a day."""
AT_ONCE = 20_000
MIB = 1 << 20


def main() -> None:
    """Write years, learn them, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--houses", type=int, default=3)
    parser.add_argument("--years", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--only-read", action="store_true", help="learn nothing")
    parser.add_argument("--learn", metavar="JSON", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.learn:
        print(json.dumps(_learn(**json.loads(options.learn))))
        return
    with (
        tempfile.TemporaryDirectory(prefix="pattern_intelligence.") as folder,
        running(RELEASES["2.7"], Path(folder)) as server,
    ):
        lived = _lived(options.houses)
        written = 0
        for years in sorted(options.years):
            begun = perf_counter()
            for number in range(written * TIMES, years * TIMES):
                _write(server, lived, timedelta(days=LIVED * number))
            written = years
            print(f"{years} years written, {perf_counter() - begun:.0f} s", flush=True)
            ids = sorted({line.partition(",")[0] for line, _ in lived})
            asked = {
                "url": server.url,
                "token": server.token,
                "ids": ids,
                "only_read": options.only_read,
            }
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-m", __spec__.name, "--learn", json.dumps(asked)],
                check=True,
                capture_output=True,
                text=True,
            )
            print(f"{years} years: {done.stdout.strip()}", flush=True)


def _lived(houses: int) -> list[tuple[str, int]]:
    """Return what is lived as lines without their times, and the times, nanoseconds."""
    size = Size(houses=houses, days=LIVED, rows=0, full=0)
    home = big_home(size)
    stream = home.stream
    lines = []
    for at, entity, state in zip(
        stream.instant.tolist(),
        stream.entity.tolist(),
        stream.state.tolist(),
        strict=True,
    ):
        text = stream.labels[state]
        if text not in GAPS:
            own = home.entities[entity]
            lines.append((_line(own.entity_id, text, own.unit), round(at * 1e9)))
    return lines


def _line(entity_id: str, state: str, unit: str | None) -> str:
    """Return a point as the integration writes it, without its time."""
    domain, _, name = entity_id.partition(".")
    escaped = state.replace("\\", "\\\\").replace('"', '\\"')
    try:
        fields = f"value={float(state)}"
    except ValueError:
        fields = f'state="{escaped}"'
        if state in {"on", "off", "home", "not_home", "open", "closed"}:
            fields += f",value={int(state in {'on', 'home', 'open'})}"
    return f"{unit or entity_id},domain={domain},entity_id={name} {fields}"


def _write(
    server: RunningInflux, lived: Sequence[tuple[str, int]], later: timedelta
) -> None:
    """Write what is lived, some time later, and readings of sensors beside it."""
    offset = int(later.total_seconds()) * 10**9
    batch: list[str] = []
    for line in _all_lines(lived, offset):
        batch.append(line)
        if len(batch) == AT_ONCE:
            _send(server, batch)
            batch = []
    _send(server, batch)


def _all_lines(lived: Sequence[tuple[str, int]], offset: int) -> Iterator[str]:
    for line, time in lived:
        yield f"{line} {time + offset}"
    first, last = lived[0][1] + offset, lived[-1][1] + offset
    step = 86_400 * 10**9 // READINGS
    for number in range(SENSORS):
        for time in range(first + number * 10**9, last, step):
            yield f"W,domain=sensor,entity_id=power_{number} value={time % 977} {time}"


def _send(server: RunningInflux, lines: Sequence[str]) -> None:
    url = f"{server.url}/api/v2/write?org={server.organization}&bucket={BUCKET}"
    headers = {"Authorization": f"Token {server.token}"}
    body = "\n".join(lines).encode()
    with urlopen(Request(url, body, headers), timeout=120):  # noqa: S310
        pass


def _learn(
    url: str, token: str, ids: Sequence[str], *, only_read: bool
) -> dict[str, float]:
    """Learn all there is; return seconds, days and the peak of memory."""
    home = Home(zone_named(ZONE), entities={i: EntityInfo(i) for i in ids if "." in i})
    now = int(datetime(2040, 1, 1, tzinfo=UTC).timestamp() * 1000)
    place = InfluxPlace(url, BUCKET, token=token)
    source = InfluxSource(Server(place), home, Scope(), now)
    phases = Phases()
    idle = _peak()
    begun, busy = perf_counter(), process_time()
    extent = source.extent()
    assert extent
    silent = source.silent()
    looked = perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "store.db")
        detectors = {} if only_read else registry()
        runner = Runner(store, home, detectors, Retention(), phases)
        rows = 0
        days = [day for day in runner.due(*extent) if day not in silent]
        for day in days:
            carried = {} if only_read and day != extent[0] else runner.carried_into(day)
            with phases.of(Phase.READ):
                raw = source.read(day, carried or {"light.nothing": "off"})
            rows += raw.rows
            if not only_read:
                runner.learn(raw)
        size = store.size().size or 0
        store.close()
    seconds = perf_counter() - begun
    return {
        "days": len(days),
        "rows": rows,
        "seconds": round(seconds, 1),
        "seconds_per_year": round(seconds / len(days) * 365, 1),
        "of_that_cpu": round((process_time() - busy) / len(days) * 365, 1),
        "extent_and_silence_s": round(looked, 1),
        "read_s_per_year": round(phases.seconds[Phase.READ] / len(days) * 365, 1),
        "peak_mb": round(_peak(), 1),
        "before_mb": round(idle, 1),
        "store_mb": round(size / MIB, 1),
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
