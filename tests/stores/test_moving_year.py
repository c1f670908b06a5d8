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

import pytest

from benchmarks.moving import DAYS, year_of_a_large_home
from benchmarks.simulator import simulate

from .influx_servers import VERSIONS, Servers, address_of, make_buckets
from .makers import InfluxFactory
from .mover import opened
from .test_copying import all_held

KILLS = 50
STEPS = 60
"""So many steps are taken at most before it is killed again."""

type Order = dict[str, Any]


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
    year_of_a_large_home(home, tmp_path / "store.db")
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
