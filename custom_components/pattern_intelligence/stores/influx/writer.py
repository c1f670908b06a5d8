"""Writes of the store in InfluxDB: to the server, or to where what it refuses is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...engine.tables import Table
from ..base import LearnedDay
from . import told
from .attic import Attic
from .keeper import Keeper
from .points import DAY_NS
from .problem import InfluxError, Problem
from .server import Server
from .watermark import Shelf, Watermark


class Writer:
    """Writes what belongs to a date under a version of its own.

    Args:
        server: holds the points.
        keeper: knows what counts.
        attic: takes what is older than the server keeps.
        home: the tag of the home.
    """

    def __init__(self, server: Server, keeper: Keeper, attic: Attic, home: str) -> None:
        """Take the parts."""
        self._server = server
        self._keeper = keeper
        self._attic = attic
        self._home = home

    def replace(
        self,
        mark: Watermark,
        shelf: Shelf,
        day: int,
        tables: Mapping[str, Table],
        learned: LearnedDay | None,
    ) -> None:
        """Write tables of a day or period under a new version.

        Args:
            mark: names the version as the valid one afterwards.
            shelf: the layer, and what of it.
            day: day number, of a period its first.
            tables: by name.
            learned: of a day, how it was learned.

        Raises:
            StoreError: the server is away or refuses it.
        """

        def lines(time: int) -> list[str]:
            written = [
                line
                for table in tables.values()
                for line in told.table_lines(shelf[0], table, self._home, time)
            ]
            count = sum(map(len, tables.values()))
            marked = told.mark_lines(shelf[0], self._home, time, count, learned)
            return [*written, *marked]

        if not self._sent(mark, shelf, day, lines):
            self._attic.put(mark, shelf, day, tables, learned)

    def tell(self, mark: Watermark, shelf: Shelf, day: int, text: str) -> None:
        """Write a text of a date under a new version; arguments as for tables.

        Raises:
            StoreError: the server is away or refuses it.
        """

        def lines(time: int) -> list[str]:
            return told.text_lines(shelf, self._home, time, text)

        if not self._sent(mark, shelf, day, lines):
            self._attic.put(mark, shelf, day, text, None)

    def _sent(
        self,
        mark: Watermark,
        shelf: Shelf,
        day: int,
        lines: Callable[[int], list[str]],
    ) -> bool:
        """Send points under a new version; tell whether the server takes such old ones.

        Args:
            mark: names the version as the valid one afterwards.
            shelf: the layer, and what of it.
            day: day number.
            lines: makes the points of a time.
        """
        layer = shelf[0]
        if self._keeper.too_old(layer, day):
            return False
        version = mark.begin(shelf, day)
        points = lines(day * DAY_NS + version)
        self._keeper.put(mark)
        try:
            self._server.write(layer, points)
        except InfluxError as err:
            if err.problem is not Problem.EXPIRED or not self._attic.open:
                raise
            return False
        mark.done(shelf, day, version)
        return True
