"""A process that learns day after day until it is killed.

Run as ``python -m tests.stores.writer FILE``; prints a day's number when it is written.
"""

from itertools import count
from pathlib import Path
import sys

from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .makers import counts_of, day, tables

ROWS = 400


def main() -> None:
    """Write until killed."""
    store = SqliteStore(Path(sys.argv[1]))
    for number in count(1):
        store.write_day(
            LearnedDay(day(number), number, ROWS),
            tables(counts_of(number, ROWS)),
            keep_life=True,
        )
        print(number, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
