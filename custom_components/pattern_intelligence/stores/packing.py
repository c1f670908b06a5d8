"""A table as one run of bytes: its columns one after the other, compressed.

A line in front says what they are. So what is always read as a whole takes little
room, and its keys take next to none.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
import json
from typing import Any, Final
import zlib

import numpy as np

from ..engine.tables import Column, Numbers, Table, TableSpec

_NUMBER: Final = np.dtype("<i8")


class Packages:
    """Reads tables, and remembers the keys they have in common.

    So an entity's id is there once, however many rows have it.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[str, str] = {}

    def table_of(self, spec: TableSpec, data: bytes) -> Table:
        """Return the table that was packed; columns it lacks are 0 or empty.

        Raises:
            ValueError: this is no table, or none of that kind.
        """
        try:
            rows, found = _read(zlib.decompress(data), spec)
        except (zlib.error, LookupError, TypeError) as err:
            raise ValueError("this is no packed table") from err
        columns: dict[str, Column] = {}
        for name in spec.columns:
            column = found.get(name)
            if column is None:
                column = (
                    np.zeros(rows, np.int64) if name in spec.numbers else ("",) * rows
                )
            elif not isinstance(column, np.ndarray) and name in spec.keys:
                once = map(self._known.setdefault, column, column, strict=True)
                column = tuple(once)
            columns[name] = column
        return Table(spec, columns)


def packed(table: Table) -> bytes:
    """Return a table as bytes.

    Raises:
        UnicodeEncodeError: a text in it is no valid Unicode.
    """
    columns = [(name, _pieces(table.columns[name])) for name in table.spec.columns]
    told = {
        "rows": len(table),
        "columns": [(name, [len(p) for p in pieces]) for name, pieces in columns],
    }
    body = b"".join(piece for _, pieces in columns for piece in pieces)
    head = json.dumps(told, separators=(",", ":")).encode()
    return zlib.compress(head + b"\n" + body)


def _read(data: bytes, spec: TableSpec) -> tuple[int, dict[str, Column]]:
    """Return how many rows a table has, and those columns of it that are asked for.

    Raises:
        ValueError: this is no table, or none of that kind.
    """
    head, _, body = data.partition(b"\n")
    told: Any = json.loads(head)
    rows, place = int(told["rows"]), 0
    columns: dict[str, Column] = {}
    for name, sizes in told["columns"]:
        if name in spec.columns:
            pieces = [body[a:b] for a, b in pairwise(accumulate(sizes, initial=place))]
            columns[name] = _column(pieces, rows)
        place += sum(sizes)
    numbers = {name for name, c in columns.items() if isinstance(c, np.ndarray)}
    if (
        place != len(body)
        or not columns.keys() >= set(spec.keys)
        or numbers != columns.keys() & set(spec.numbers)
    ):
        raise ValueError(head)
    return rows, columns


def _pieces(column: Column) -> list[bytes]:
    """Return a column as bytes.

    One piece are numbers. Two are texts, lines behind nothing where they can be that,
    else all in one behind their lengths.
    """
    if isinstance(column, np.ndarray):
        return [_numbers(column)]
    lines = "\n".join(column)
    if lines.count("\n") == len(column) - 1:
        return [b"", lines.encode()]
    lengths = np.fromiter(map(len, column), np.int64, len(column))
    return [_numbers(lengths), "".join(column).encode()]


def _column(pieces: list[bytes], rows: int) -> Column:
    """Return the column that was made into pieces.

    Raises:
        ValueError: none was, or one of another length.
    """
    numbers = _numbers_of(pieces[0])
    if len(pieces) == 1:
        if numbers.size != rows:
            raise ValueError(rows)
        return numbers
    text = pieces[1].decode()
    if rows and not numbers.size:
        texts = tuple(text.split("\n"))
    else:
        cuts = list(accumulate(numbers.tolist(), initial=0))
        if cuts[-1] != len(text):
            raise ValueError(len(text))
        texts = tuple([text[a:b] for a, b in pairwise(cuts)])
    if len(texts) != rows:
        raise ValueError(rows)
    return texts


def _numbers(column: Numbers) -> bytes:
    """Return numbers with all first bytes first: most are small, so zeros meet."""
    values = np.ascontiguousarray(column, _NUMBER)
    return values.view(np.uint8).reshape(-1, _NUMBER.itemsize).T.tobytes()


def _numbers_of(piece: bytes) -> Numbers:
    bytewise = np.frombuffer(piece, np.uint8).reshape(_NUMBER.itemsize, -1)
    return np.ascontiguousarray(bytewise.T).view(_NUMBER).ravel().astype(np.int64)
