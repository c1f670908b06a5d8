"""How long learning years from InfluxDB takes, and how much memory.

Several simulated households under one roof live four weeks, again and again. Their
states are written in the layout of Home Assistant's own ``influxdb`` integration, beside
them readings of sensors that are not looked at. Each year is then learned by a process
of its own, which did not make the data and goes on where the one before it stopped.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
import tempfile
from typing import Any
from urllib.request import Request, urlopen

from scripts.tools.influx_program import RELEASES
from scripts.tools.influx_server import RunningInflux, running

from .influx_speed import worked
from .registry_files import write_registries
from .simulator.model import Recorded
from .speed.big_home import FIRST_DAY, Size, big_home
from .speed.data import in_own_process

LIVED = 28
TIMES = 13
"""Thirteen times four weeks are a year but for a day."""
BUCKET = "home_assistant"
GAPS = ("", "unavailable", "unknown")
SENSORS = 100
"""Numeric sensors beside the households' own entities."""
READINGS = 100
"""Readings of each of them a day."""
AT_ONCE = 20_000

type Line = tuple[str, int]
"""A point without its time, and its time, nanoseconds."""

_PROBE = f"{__package__}.influx_history_probe"


def main() -> None:
    """Write years, learn each when it is written, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--houses", type=int, default=3)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--only-read", action="store_true", help="learn nothing")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where all is kept, to be gone on with by the same command",
    )
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        kept: Any = nullcontext(options.folder)
    else:
        kept = tempfile.TemporaryDirectory(prefix="pattern_intelligence.")
    with kept as name:
        folder = Path(name)
        set_up = not (folder / "bolt").exists()
        with running(RELEASES["2.7"], folder, set_up=set_up) as server:
            _measure(server, folder, options)


def _measure(server: RunningInflux, folder: Path, options: argparse.Namespace) -> None:
    home = big_home(Size(houses=options.houses, days=LIVED, rows=0, full=0))
    write_registries(home, folder / ".storage")
    lived = _lived(home)
    print(_row({title: title for title in _TITLES}), flush=True)
    print(_row(dict.fromkeys(_TITLES, "---:")), flush=True)
    for year in range(options.years):
        written = folder / f"written-{year}"
        if not written.exists():
            for number in range(year * TIMES, (year + 1) * TIMES):
                _write(server, lived, timedelta(days=LIVED * number))
            written.touch()
        last = FIRST_DAY + timedelta(days=LIVED * TIMES * (year + 1) - 2)
        begun = last - timedelta(days=LIVED * TIMES - 1)
        before = worked(server) or 0.0
        told = in_own_process(
            _PROBE,
            {
                "url": server.url,
                "token": server.token,
                "bucket": BUCKET,
                "folder": str(folder),
                "first": max(FIRST_DAY, begun).isoformat(),
                "last": last.isoformat(),
                "to_follow": LIVED * TIMES * (options.years - year - 1),
                "only_read": options.only_read,
            },
        )
        own = round((worked(server) or 0.0) - before, 1)
        print(_row({"year": year + 1, **told, _SERVER: own}), flush=True)


_SERVER = "s of the server's CPU"
_TITLES = (
    "year",
    "days",
    "states",
    "s",
    "s of CPU",
    _SERVER,
    "s of CPU, reading",
    "MB above idle, reading",
    "MB above idle",
    "MB idle",
    "store, MB",
    "patterns",
)


def _row(cells: Mapping[str, Any]) -> str:
    return "| " + " | ".join(str(cells.get(title, "")) for title in _TITLES) + " |"


def _lived(home: Recorded) -> list[Line]:
    """Return what is lived."""
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


def _write(server: RunningInflux, lived: Sequence[Line], later: timedelta) -> None:
    """Write what is lived, some time later, and readings of sensors beside it."""
    offset = int(later.total_seconds()) * 10**9
    batch: list[str] = []
    for line in _all_lines(lived, offset):
        batch.append(line)
        if len(batch) == AT_ONCE:
            _send(server, batch)
            batch = []
    _send(server, batch)


def _all_lines(lived: Sequence[Line], offset: int) -> Iterator[str]:
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


if __name__ == "__main__":
    main()
