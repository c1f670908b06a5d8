"""How long all that a year left behind takes to be moved from each store to each other.

Run as ``python -m benchmarks.moving``; prints a table in Markdown. What is moved is what
the integration moves: everything is copied piece by piece, then read from both stores and
compared. Servers are those that the tests start.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
import os
from pathlib import Path
import sys
import tempfile
from time import perf_counter, process_time

import numpy as np

from custom_components.pattern_intelligence.engine.tables import Column, Table
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.base import Retention
from custom_components.pattern_intelligence.stores.contents import Contents, Rows
from custom_components.pattern_intelligence.stores.copying import MoveMark, copied
from custom_components.pattern_intelligence.stores.influx.buckets import ensure_endless
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from scripts.tools.influx_program import RELEASES
from scripts.tools.influx_server import RunningInflux, running

from .influx_speed import opened, worked
from .learned import chosen, context_of, raw_days
from .simulator import Home, simulate

DAYS = 365
HOUSES = 6
"""One of them has about 66 entities that are tracked."""

type Store = SqliteStore | InfluxStore


def year_of_a_large_home(home: Home, path: Path) -> None:
    """Learn a year, then have as many households as make a large home.

    Args:
        home: one of the households.
        path: of the store that is made.
    """
    with closing(SqliteStore(path)) as store:
        runner = Runner(
            store, context_of(home), chosen(["time_of_day", "anomaly"]), Retention()
        )
        for raw in raw_days(home):
            runner.learn(raw)
        contents = Contents(store)
        for piece in contents.pieces():
            content = contents.read(piece)
            if isinstance(content, Rows):
                tables = {name: _several(t) for name, t in content.tables.items()}
                contents.write(piece, Rows(tables, content.learned))


def _several(table: Table) -> Table:
    """Return the rows of several households with the same habits."""
    columns: dict[str, Column] = {}
    for name, column in table.columns.items():
        if isinstance(column, np.ndarray):
            columns[name] = np.tile(column, HOUSES)
        elif name == table.spec.keys[0]:
            columns[name] = tuple(f"{i}_{n}" for n in range(HOUSES) for i in column)
        else:
            columns[name] = column * HOUSES
    return Table(table.spec, columns)


def main() -> None:
    """Move there and back, between each two."""
    with tempfile.TemporaryDirectory(prefix="pattern_intelligence.") as name:
        folder = Path(name)
        year_of_a_large_home(simulate(5, DAYS), folder / "built in.db")
        with ExitStack() as stack, closing(SqliteStore(folder / "local.db")) as local:
            servers: dict[str, RunningInflux | None] = {"built in": None}
            for release in RELEASES.values():
                place = folder / release.name
                place.mkdir()
                servers[release.name] = stack.enter_context(running(release, place))
            with closing(SqliteStore(folder / "built in.db")) as store:
                held = Counter(piece.part.name for piece in Contents(store).pieces())
                _say(", ".join(f"{n} {part.lower()}" for part, n in held.items()))
            print("| from | to | s | CPU here | CPU of the servers |")
            print("| --- | --- | ---: | ---: | ---: |")
            one, two = RELEASES
            way = ["built in", one, two, "built in", two, one, "built in"]
            for here, there in pairwise(way):
                with (
                    _store(servers[here], folder) as source,
                    _store(servers[there], folder) as target,
                ):
                    print(_moved(source, target, local, (here, there), servers))
                    source.clear()
        _say(f"the load of the machine was {os.getloadavg()[2]:.1f}")


def _moved(
    source: Store,
    target: Store,
    local: SqliteStore,
    names: tuple[str, str],
    servers: dict[str, RunningInflux | None],
) -> str:
    """Move all, and return what it took."""
    before, began, own = _worked(servers), perf_counter(), process_time()
    for _ in copied(source, target, local, MoveMark(*names)):
        pass
    passed, own = perf_counter() - began, process_time() - own
    theirs = _worked(servers) - before
    return f"| {' | '.join(names)} | {passed:.0f} | {own:.0f} | {theirs:.0f} |"


def _worked(servers: dict[str, RunningInflux | None]) -> float:
    return sum(worked(server) or 0 for server in servers.values() if server)


@contextmanager
def _store(server: RunningInflux | None, folder: Path) -> Iterator[Store]:
    if server is None:
        with closing(SqliteStore(folder / "built in.db")) as store:
            yield store
        return
    with opened(server) as there:
        ensure_endless(there.server)
        yield there


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
