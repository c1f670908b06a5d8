"""Reads and writes the watermark, and what goes by it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np

from ...engine.tables import DatedTable, Numbers, Table, TableSpec, dated
from ..base import Layer, StoreDamagedError
from . import told
from .dense import PART, names, parts_of
from .points import DAY_NS, HOME, LAST_NS, columns_of, lines_of, measurement, read
from .server import DAY_S, Bucket, Server, require
from .watermark import ATTIC, Kind, Shelf, Watermark

_NOON_NS: Final = DAY_NS // 2
"""The watermark lies at noon, where nothing else does."""
_STEP: Final = 1_000
"""Whoever opens the store counts on from the next multiple: so what arrives late from
the one before never takes the place of what is newer."""
_OLD_MARKS: Final = 50
"""So many outdated watermarks are deleted together."""


class Keeper:
    """Knows what of a home counts.

    Args:
        server: holds the points.
        home: the id of the home.
        clock: returns the seconds since 1970.
    """

    def __init__(self, server: Server, home: str, clock: Callable[[], float]) -> None:
        """Take the parts; nothing is read yet."""
        self._server = server
        self._home = home
        self._clock = clock
        self._mark: Watermark | None = None
        self._at = 0
        self._outdated = 0
        self._next_generation = 1
        self._buckets: dict[Layer, Bucket] = {}

    def current(self) -> Watermark:
        """Return the watermark, read when it is first asked for.

        Raises:
            StoreError: the server is away, lacks a bucket, or what it holds is damaged.
        """
        if self._mark is None:
            # Asked for points of a bucket that is not there, both servers say that
            # there are none.
            self.look_at_buckets()
            self._mark = self._newest()
        return self._mark

    def look_at_buckets(self) -> None:
        """See for how long the buckets keep points.

        Raises:
            StoreError: the server is away, or lacks one.
        """
        self._buckets = dict(require(self._server, Layer))

    def forget(self) -> None:
        """Read the watermark again before it is next used."""
        self._mark = None

    def put(self, mark: Watermark) -> None:
        """Write the watermark: from now on that is what counts.

        Raises:
            StoreError: the server is away, or says no; what counts is not known.
        """
        mark.generation = self._next_generation
        self._next_generation += 1
        noon = int(self._clock()) // DAY_S * DAY_NS + _NOON_NS
        parts = parts_of(mark.as_text())
        count = len(parts)
        table = Table(
            told.WATERMARK,
            {
                PART: names(count),
                "generation": np.full(count, mark.generation, np.int64),
                "days": np.full(count, len(mark.learned), np.int64),
                "text": parts,
            },
        )
        at = noon + mark.generation
        self._server.write(
            Layer.MONTHLY, lines_of(Layer.MONTHLY, table, self._home, at)
        )
        self._at = at
        self._outdated += 1

    def sweep(self, mark: Watermark, lot: int) -> None:
        """Delete points that do not count.

        Args:
            mark: the watermark, as it was written.
            lot: so many that are older than all that counts are deleted together.

        Raises:
            StoreError: the server is away, or says no.
        """
        for layer, garbage in mark.garbage.items():
            times = mark.times(layer, *Kind)
            amid = bool(garbage) and (
                not times or max(garbage) // DAY_NS >= times[0] // DAY_NS
            )
            if amid or len(garbage) >= lot:
                for first, last in mark.ranges(layer, (self._at,)):
                    self._server.delete(layer, self._home, first, last)
                garbage.clear()
        if self._outdated > _OLD_MARKS:
            self._delete_old_marks()

    def clear(self) -> None:
        """Make nothing count but the texts, and delete all points.

        Raises:
            StoreError: the server is away, or says no.
        """
        mark = Watermark()
        # Whatever was there, damaged it is of no use any more.
        with suppress(StoreDamagedError):
            mark.texts = dict(self.current().texts)
        try:
            self.put(mark)
        finally:
            self.forget()
        for layer in (Layer.DAILY, Layer.WEEKLY):
            self._server.delete(layer, self._home, 0, LAST_NS)
        self._server.delete(Layer.MONTHLY, self._home, 0, self._at - 1)
        self._server.delete(Layer.MONTHLY, self._home, self._at + 1, LAST_NS)

    def too_old(self, layer: Layer, day: int) -> bool:
        """Tell whether the server refuses a date of a layer, or has let go of it."""
        bucket = self._buckets.get(layer)
        if bucket is None or bucket.keep_s is None:
            return False
        return day * DAY_S < self._clock() - bucket.keep_s

    def rows(
        self, mark: Watermark, shelf: Shelf, spec: TableSpec, first: int, last: int
    ) -> DatedTable:
        """Return a table's rows that count.

        Args:
            mark: what counts.
            shelf: the layer, and what of it.
            spec: the table.
            first: day number.
            last: the same, included.

        Raises:
            StoreError: the server is away, or says no.
        """
        times = np.array(
            sorted(
                day * DAY_NS + version
                for day, version in mark.valid[shelf].items()
                if version != ATTIC and first <= day <= last
            ),
            np.int64,
        )
        if not times.size:
            return dated(spec, [])
        return self._select(shelf[0], spec, times)

    def there(self, mark: Watermark, layer: Layer) -> set[int]:
        """Return the days or periods that count and that the server still holds."""
        times = np.array(mark.times(layer, Kind.TABLES), np.int64)
        if not times.size:
            return set()
        return set(self._select(layer, told.MARKS, times).day.tolist())

    def count(self, mark: Watermark) -> dict[str, int]:
        """Return how many points there are of each layer, and dates of what is told.

        Raises:
            StoreError: the server is away, or says no.
        """
        counts = {"learned": len(mark.learned)}
        for (layer, kind), versions in mark.valid.items():
            if kind is not Kind.TABLES:
                counts[f"{layer}_{kind}"] = len(versions)
                continue
            times = np.array(mark.times(layer, Kind.TABLES), np.int64)
            counts[layer] = 0
            if times.size:
                marks = self._select(layer, told.MARKS, times).table
                counts[layer] = int(marks.numbers("points").sum())
        return counts

    def _select(
        self, layer: Layer, spec: TableSpec, times: Numbers | None = None
    ) -> DatedTable:
        """Return the rows of a table at some times, ascending; None for all."""
        names = ", ".join(f'"{name}"' for name in columns_of(spec))
        where = f"{HOME} = $home"
        values: dict[str, str | int] = {"home": self._home}
        if times is not None:
            where += " AND time >= $first AND time <= $last"
            values |= {"first": int(times[0]), "last": int(times[-1])}
        query = f'SELECT {names} FROM "{measurement(layer, spec.name)}" WHERE {where}'  # noqa: S608
        return self._server.read(
            layer, query, values, lambda pieces: read(spec, pieces, times)
        )

    def _newest(self) -> Watermark:
        found = self._select(Layer.MONTHLY, told.WATERMARK).table
        generations = found.numbers("generation")
        if not generations.size:
            return Watermark()
        newest = int(generations.max())
        texts = found.texts("text")
        # Rows are in order of day and part, and one generation has one day.
        text = "".join(texts[at] for at in np.flatnonzero(generations == newest))
        self._outdated = len(generations)
        self._next_generation = -(-(newest + 1) // _STEP) * _STEP
        return Watermark.from_text(text)

    def _delete_old_marks(self) -> None:
        name = measurement(Layer.MONTHLY, told.WATERMARK.name)
        self._server.delete(Layer.MONTHLY, self._home, 0, self._at - 1, name)
        self._outdated = 0
