"""A process that learns day after day into InfluxDB until it is killed.

Run as ``python -m tests.stores.influx_writer JSON``; prints a day's number when it is
written.
"""

from itertools import count
import json
import sys

from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.influx import server
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore

from .makers import counts_of, day, tables
from .writer import ROWS


def main() -> None:
    """Write until killed."""
    order = json.loads(sys.argv[1])
    told = order["address"]
    told["version"] = InfluxVersion(told["version"])
    # Many batches a day, so that it is killed between two of them.
    server.BATCH_LINES = 20  # type: ignore[misc]
    store = InfluxStore(server_at(InfluxAddress(**told)), order["home"])
    for number in count(1):
        store.write_day(
            LearnedDay(day(number), number, ROWS),
            tables(counts_of(number, ROWS)),
            keep_life=True,
        )
        print(number, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
