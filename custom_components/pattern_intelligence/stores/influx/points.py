"""Rows of tables as points, and back.

A row is a point: its keys are tags, its numbers and texts fields. Texts are those of
:mod:`.dense`, in which nothing needs escaping. The time of a point is its day's or
period's first midnight, as if that were UTC, and some nanoseconds that tell versions of
the same day apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from ...engine.tables import Column, DatedTable, Numbers, Table, TableSpec
from ..base import Layer, StoreDamagedError, StoreUnavailableError
from .text import as_tag, decoded

DAY_NS: Final = 86_400_000_000_000
LAST_NS: Final = 9_000_000_000_000_000_000
"""Later than any point."""
HOME: Final = "home"
"""The tag of every point: the instance that it belongs to."""
_TAKEN: Final = frozenset({HOME, "time", "name", "tags"})
_BLOCK_BYTES: Final = 1 << 18
"""So much of an answer is made into columns at once."""
_LEADING: Final = ("name", "tags", "time")
"""The columns with which every answer begins."""
_HEAD: Final = ",".join(_LEADING)


def measurement(layer: Layer, name: str) -> str:
    """Return the name of the measurement of a table, or of what else a layer holds.

    Raises:
        ValueError: it is no identifier.
    """
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no identifier")
    return f"{layer}_{name}"


def check(spec: TableSpec) -> None:
    """Refuse a specification whose names cannot be used.

    Raises:
        ValueError: a mistake of the program.
    """
    if not all(name.isidentifier() for name in (spec.name, *spec.columns)):
        raise ValueError(f"table {spec.name!r} has names that are no identifiers")
    if _TAKEN.intersection(spec.columns):
        raise ValueError(f"table {spec.name!r} has a column of a name that is taken")


def lines_of(layer: Layer, table: Table, home: str, time: int) -> list[str]:
    """Return the lines that write a table's rows.

    Args:
        layer: that the table is of.
        table: the rows.
        home: the id of the home.
        time: of all points: nanoseconds since 1970.

    Raises:
        StoreError: a text is no valid Unicode.
    """
    spec = table.spec
    check(spec)
    start = f"{measurement(layer, spec.name)},{HOME}={home}"
    tags = [start] * len(table)
    for name in spec.keys:
        known = {key: as_tag(key) for key in dict.fromkeys(table.texts(name))}
        tags = [
            # Neither server takes a tag without a value.
            f"{before},{name}={known[key]}" if key else before
            for before, key in zip(tags, table.texts(name), strict=True)
        ]
    cells = [_cells(name, table.columns[name]) for name in _values(spec)]
    return [
        f"{tag} {','.join(row)} {time}"
        for tag, row in zip(tags, zip(*cells, strict=True), strict=True)
    ]


def _values(spec: TableSpec) -> tuple[str, ...]:
    """Return the columns that are fields; a point must have one."""
    return spec.columns[len(spec.keys) :]


def _cells(name: str, column: Column) -> list[str]:
    if isinstance(column, np.ndarray):
        return [f"{name}={number}i" for number in column.tolist()]
    return [f'{name}="{text}"' for text in column]


def columns_of(spec: TableSpec) -> tuple[str, ...]:
    """Return what is asked for to read a table, in the order of :func:`read`."""
    return (*_values(spec), *spec.keys)


def read(
    spec: TableSpec, pieces: Iterator[bytes], times: Numbers | None = None
) -> DatedTable:
    """Return the rows of an answer, in order of day and key.

    Args:
        spec: the table.
        pieces: the answer, as it comes in.
        times: ascending; points of other times are left out. None for all.

    Raises:
        StoreDamagedError: it is not an answer about what was written here.
        StoreUnavailableError: the server failed while it answered.
    """
    found = _Columns(spec)
    for block in _blocks(pieces):
        found.take(block, times)
    return found.ordered()


class _Columns:
    """Columns that grow block by block.

    So no answer is there as a whole, and nothing holds Python's lock for long.
    """

    def __init__(self, spec: TableSpec) -> None:
        self._spec = spec
        self._names = (*_LEADING, *columns_of(spec))
        self._numbers: dict[str, list[Numbers]] = {
            name: [np.zeros(0, np.int64)]
            for name in ("time", *spec.keys, *spec.numbers)
        }
        self._texts: dict[str, list[str]] = {name: [] for name in spec.written}
        self._begun = False
        # Of keys, the numbers are those of texts, which are few.
        self._known: dict[str, dict[str, int]] = {name: {} for name in spec.keys}

    def take(self, block: str, times: Numbers | None) -> None:
        """Take in some lines, the last one ended too."""
        width = len(self._names)
        if not self._begun and not block.startswith(_HEAD):
            # An error of the server's, or a page of something before it.
            said = " ".join(block.removeprefix("error\n").split())
            raise StoreUnavailableError("InfluxDB fails: {said}", said=said[:200])
        cells = block.replace("\n", ",").split(",")
        # What follows the last line's end.
        cells.pop()
        if len(cells) % width or '"' in block:
            raise _damaged()
        if not self._begun:
            if cells[:width] != list(self._names):
                raise _damaged()
            del cells[:width]
            self._begun = True
        when = _whole(cells[2::width])
        keep = None if times is None else _places(when, times)
        for place, name in enumerate(self._names):
            column = when if name == "time" else self._column(name, cells[place::width])
            if isinstance(column, list):
                kept = column if keep is None else [column[row] for row in keep]
                self._texts[name].extend(kept)
            elif column is not None:
                self._numbers[name].append(column if keep is None else column[keep])

    def ordered(self) -> DatedTable:
        """Return all rows, in order of day and key."""
        spec, numbers = (
            self._spec,
            {name: np.concatenate(parts) for name, parts in self._numbers.items()},
        )
        when = numbers["time"]
        keys = {name: [_text(cell) for cell in self._known[name]] for name in spec.keys}
        ranks = [_ranks(keys[name])[numbers[name]] for name in spec.keys]
        order = np.lexsort((*reversed(ranks), when // DAY_NS))
        places = order.tolist()
        columns: dict[str, Column] = {}
        for name in spec.columns:
            if name in keys:
                rows = numbers[name][order].tolist()
                columns[name] = tuple(map(keys[name].__getitem__, rows))
            elif name in self._texts:
                columns[name] = tuple(map(self._texts[name].__getitem__, places))
            else:
                columns[name] = numbers[name][order]
        return DatedTable(when[order] // DAY_NS, Table(spec, columns))

    def _column(self, name: str, cells: list[str]) -> Numbers | list[str] | None:
        """Return a column of cells; None for one that says nothing."""
        if name in self._known:
            known = self._known[name]
            codes = [known.setdefault(cell, len(known)) for cell in cells]
            return np.array(codes, np.int64)
        if name in self._texts:
            return cells
        return _whole(cells) if name in self._numbers else None


def _text(cell: str) -> str:
    try:
        return decoded(cell)
    except ValueError as err:
        raise _damaged() from err


def _ranks(texts: Sequence[str]) -> Numbers:
    """Return each text's place in their order."""
    ranks = np.zeros(len(texts), np.int64)
    ranks[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    return ranks


def _places(when: Numbers, times: Numbers) -> list[int] | None:
    """Return the rows whose time is one of some, ascending; None for all rows."""
    good = np.isin(when, times)
    return None if good.all() else np.flatnonzero(good).tolist()


def _blocks(pieces: Iterator[bytes]) -> Iterator[str]:
    """Yield whole lines of an answer, many at a time."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _BLOCK_BYTES:
            whole, end, rest = b"".join(held).rpartition(b"\n")
            if end:
                yield _utf8(whole + end)
            held, size = [rest], 0
    last = b"".join(held)
    if last:
        if not last.endswith(b"\n"):
            raise _damaged()
        yield _utf8(last)


def _utf8(block: bytes) -> str:
    try:
        return block.decode()
    except UnicodeDecodeError as err:
        raise _damaged() from err


def _whole(cells: Sequence[str]) -> Numbers:
    """Return cells as whole numbers, 0 where there is none."""
    if "" in cells:
        cells = [cell or "0" for cell in cells]
    try:
        return np.fromiter(map(int, cells), np.int64, len(cells))
    except (ValueError, OverflowError) as err:
        raise _damaged() from err


def _damaged() -> StoreDamagedError:
    return StoreDamagedError(
        "InfluxDB holds points that were not written here, or not as a whole: learn "
        "anew, or use buckets of their own"
    )
