"""A process that copies one store to another until it is killed.

Run as ``python -m tests.stores.mover JSON``; prints a line after each step, and one when
it is done.
"""

from contextlib import closing
import json
from pathlib import Path
import sys
from typing import Any

from custom_components.pattern_intelligence.stores.base import AggregateStore
from custom_components.pattern_intelligence.stores.copying import MoveMark, copied
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore


def opened(order: dict[str, Any]) -> AggregateStore:
    """Return the store that an order describes."""
    if "path" in order:
        return SqliteStore(Path(order["path"]))
    told = order["address"]
    address = InfluxAddress(**told | {"version": InfluxVersion(told["version"])})
    return InfluxStore(server_at(address), order["home"])


def main() -> None:
    """Copy until killed."""
    order = json.loads(sys.argv[1])
    with (
        closing(opened(order["source"])) as source,
        closing(opened(order["target"])) as target,
        closing(SqliteStore(Path(order["local"]))) as local,
    ):
        for step in copied(source, target, local, MoveMark(*order["names"])):
            print(*step, flush=True)  # noqa: T201
    print("done", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
