"""A year of a large home, moved from each store to each other and killed all the while."""

from contextlib import closing
from dataclasses import asdict
from itertools import pairwise
import json
from pathlib import Path
from random import Random
import subprocess
import sys
from time import sleep
from typing import Any

import numpy as np
import pytest

from benchmarks.learned import chosen, context_of, raw_days
from benchmarks.simulator import Home, simulate
from custom_components.pattern_intelligence.engine.tables import Column, Table
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.base import Retention
from custom_components.pattern_intelligence.stores.contents import Contents, Rows
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .influx_servers import VERSIONS, Servers, address_of, make_buckets
from .makers import InfluxFactory
from .mover import opened
from .test_copying import all_held

DAYS = 365
HOUSES = 6
"""One of them has about 66 entities that are tracked."""
KILLS = 50
STEPS = 60
"""So many steps are taken at most before it is killed again."""

type Order = dict[str, Any]


def learned(home: Home, path: Path) -> None:
    """Learn a year, then have as many households as make a large home."""
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
                tables = {name: several(t) for name, t in content.tables.items()}
                contents.write(piece, Rows(tables, content.learned))


def several(table: Table) -> Table:
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


def move(order: Order, random: Random, kills: int) -> None:
    """Copy, killed so many times at random moments."""
    killed = 0
    while True:
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tests.stores.mover", json.dumps(order)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            if killed == kills:
                assert process.stdout.read().endswith("\ndone\n")
                return
            for _ in range(random.randint(0, STEPS)):
                assert process.stdout.readline() != "done\n"
            sleep(random.uniform(0, 0.1))
            process.kill()
        killed += 1


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_random_moments(
    influx_servers: Servers, socket_enabled: None, tmp_path: Path
) -> None:
    """Equal in the end, whatever way it went: nothing is lost, nothing doubled."""
    home, random = simulate(5, DAYS), Random(50)
    stores: dict[str, Order] = {"sqlite": {"path": str(tmp_path / "store.db")}}
    learned(home, tmp_path / "store.db")
    for version in VERSIONS:
        address = address_of(influx_servers.get(version))
        make_buckets(address)
        stores[version] = {
            "address": asdict(address),
            "home": InfluxFactory(address).home,
        }
    with closing(opened(stores["sqlite"])) as store:
        whole = all_held(store, home)
    way = ["sqlite", "2.7", "1.8", "sqlite", "1.8", "2.7", "sqlite"]
    kills = [KILLS // 6 + (number < KILLS % 6) for number in range(6)]
    for number, (here, there) in enumerate(pairwise(way)):
        order = {
            "source": stores[here],
            "target": stores[there],
            "local": str(tmp_path / "local.db"),
            "names": [f"{here} {number}", f"{there} {number}"],
        }
        move(order, random, kills[number])
        with closing(opened(stores[there])) as store:
            assert all_held(store, home) == whole, (here, there)
        with closing(opened(stores[here])) as store:
            store.clear()
