"""Rows of tables as points, and back.

A row is a point: its keys are tags, its numbers and texts fields. Texts that are empty
are not written, and come back as empty. The time of a point is its day's or period's
first midnight, as if that were UTC, and some nanoseconds that tell versions of the
same day apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from ...engine.tables import Column, DatedTable, Numbers, Table, TableSpec
from ..base import Layer, StoreDamagedError, StoreUnavailableError
from .long_texts import fields_of, text_of
from .text import as_tag, encoded

DAY_NS: Final = 86_400_000_000_000
LAST_NS: Final = 9_000_000_000_000_000_000
"""Later than any point."""
HOME: Final = "home"
"""The tag of every point: the instance that it belongs to."""
PRESENT: Final = "present"
"""The field of rows of tables that have no numbers: a point must have one."""
_TAKEN: Final = frozenset({HOME, PRESENT, "time", "name", "tags"})
_BLOCK_BYTES: Final = 1 << 18
"""So much of an answer is made into columns at once."""
_LEADING: Final = ("name", "tags", "time")
"""The columns with which every answer begins."""


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
    if not len(table):
        return []
    start = f"{measurement(layer, spec.name)},{HOME}={home}"
    rows = len(table)
    tags, fields = [start] * rows, [f"{PRESENT}=1i"] * rows
    for name in spec.keys:

        def tag(text: str, name: str = name) -> str:
            return f",{name}={as_tag(text)}"

        tags = _joined(tags, table.texts(name), tag)
    if spec.numbers:
        first, *rest = spec.numbers
        fields = [f"{first}={number}i" for number in table.numbers(first).tolist()]
        for name in rest:
            numbers = table.numbers(name).tolist()
            fields = [
                f"{before},{name}={number}i"
                for before, number in zip(fields, numbers, strict=True)
            ]
    for name in (*spec.vectors, *spec.texts):

        def field(text: str, name: str = name) -> str:
            return fields_of(name, encoded(text))

        fields = _joined(fields, table.texts(name), field)
    return [f"{a} {b} {time}" for a, b in zip(tags, fields, strict=True)]


def columns_of(spec: TableSpec) -> tuple[str, ...]:
    """Return what is asked for to read a table, in the order of :func:`read`."""
    values = spec.columns[len(spec.keys) :]
    return (*(values if spec.numbers else (PRESENT, *values)), *spec.keys)


def read(
    spec: TableSpec, pieces: Iterator[bytes], times: Numbers | None = None
) -> DatedTable:
    """Return the rows of an answer.

    Args:
        spec: the table.
        pieces: the answer, as it comes in.
        times: ascending; points of other times are left out. None for all.

    Raises:
        StoreDamagedError: it is not an answer about what was written here.
    """
    names = (*_LEADING, *columns_of(spec))
    found = _Columns(names, frozenset(spec.numbers))
    for block in _blocks(pieces):
        found.take(block, times)
    when = found.numbers("time")
    columns: dict[str, Column] = {
        name: found.numbers(name) if name in spec.numbers else tuple(found.texts[name])
        for name in spec.columns
    }
    return _sorted(DatedTable(when // DAY_NS, Table(spec, columns)))


class _Columns:
    """Columns that grow block by block, so that no answer is there as a whole."""

    def __init__(self, names: tuple[str, ...], numbers: frozenset[str]) -> None:
        self._names = names
        self._numbers = numbers | {"time"}
        self._parts: dict[str, list[Numbers]] = {name: [] for name in self._numbers}
        self.texts: dict[str, list[str]] = {
            name: [] for name in names[len(_LEADING) :] if name not in numbers
        }
        self._known: dict[str, str] = {}

    def numbers(self, name: str) -> Numbers:
        """Return a column of whole numbers."""
        return np.concatenate([np.zeros(0, np.int64), *self._parts[name]])

    def take(self, block: str, times: Numbers | None) -> None:
        """Take in some lines, the last one ended too."""
        width = len(self._names)
        if block.startswith("error\n"):
            said = " ".join(block.removeprefix("error\n").split())
            raise StoreUnavailableError(f"InfluxDB fails: {said[:200]}")
        cells = block.replace("\n", ",").split(",")
        # What follows the last line's end.
        cells.pop()
        if len(cells) % width or '"' in block:
            raise _damaged()
        header = list(self._names)
        if cells[:width] == header:
            del cells[:width]
        when = _whole(cells[2::width])
        keep = None if times is None else _places(when, times)
        for place, name in enumerate(self._names):
            if name in self._numbers:
                column = when if name == "time" else _whole(cells[place::width])
                self._parts[name].append(column if keep is None else column[keep])
            elif name in self.texts:
                self._add(name, cells[place::width], keep)

    def _add(self, name: str, cells: list[str], keep: list[int] | None) -> None:
        if keep is not None:
            cells = [cells[place] for place in keep]
        known = self._known
        self.texts[name].extend(
            [known[cell] if cell in known else self._decode(cell) for cell in cells]
        )

    def _decode(self, cell: str) -> str:
        """Return a text as it was, the same object for the same text."""
        try:
            text = text_of(cell) if "%" in cell else cell
        except ValueError as err:
            raise _damaged() from err
        return self._known.setdefault(cell, text)


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


def _sorted(found: DatedTable) -> DatedTable:
    """Return rows in order of day and key."""
    table = found.table
    rows = list(zip(*(table.texts(key) for key in table.spec.keys), strict=True))
    rank = {key: place for place, key in enumerate(sorted(set(rows)))}
    ranks = np.fromiter(map(rank.__getitem__, rows), np.int64, len(rows))
    order = np.lexsort((ranks, found.day))
    if (np.diff(order) == 1).all():
        return found
    places = order.tolist()
    columns: dict[str, Column] = {
        name: column[order]
        if isinstance(column, np.ndarray)
        else tuple(map(column.__getitem__, places))
        for name, column in table.columns.items()
    }
    return DatedTable(found.day[order], Table(table.spec, columns))


def _joined(
    before: list[str], values: Sequence[str], write: Callable[[str], str]
) -> list[str]:
    """Return texts with values appended where there are any."""
    done: dict[str, str] = {"": ""}
    return [
        start + (done[v] if v in done else done.setdefault(v, write(v)))
        for start, v in zip(before, values, strict=True)
    ]


def _damaged() -> StoreDamagedError:
    return StoreDamagedError(
        "InfluxDB holds points that were not written here, or not as a whole: learn "
        "anew, or use buckets of their own"
    )
