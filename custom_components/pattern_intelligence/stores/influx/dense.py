"""A table of a day or period as one compact text.

What is read again is read from this: one point for each day in place of one for every
row. The text holds the columns one after the other, compressed, behind a line that
says what they are.
"""

from __future__ import annotations

import base64
import binascii
from itertools import accumulate, pairwise
import json
from typing import Any, Final
import zlib

import numpy as np

from ...engine.tables import Column, Numbers, Table, TableSpec
from ..base import StoreDamagedError, StoreError

PART: Final = "part"
"""The tag that tells the points of a long text apart."""

_CHARACTERS: Final = 60_000
"""What one field holds at most: both servers promise 64 kB."""
_NUMBER: Final = np.dtype("<i8")


class Texts:
    """Reads tables, and remembers the keys they have in common.

    So an entity's id is there once, however many rows have it.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[str, str] = {}

    def table_of(self, spec: TableSpec, text: str) -> Table:
        """Return the table that a text holds; columns it lacks are 0 or empty.

        Raises:
            StoreDamagedError: it holds none.
        """
        try:
            rows, found = _read(inflated(text), spec)
        except (ValueError, LookupError, TypeError) as err:
            raise damaged() from err
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


def text_of(table: Table) -> str:
    """Return a table as text.

    Raises:
        StoreError: a text in it is no valid Unicode.
    """
    columns = [(name, _pieces(table.columns[name])) for name in table.spec.columns]
    told = {
        "rows": len(table),
        "columns": [(name, [len(p) for p in pieces]) for name, pieces in columns],
    }
    body = b"".join(piece for _, pieces in columns for piece in pieces)
    return deflated(json.dumps(told, separators=(",", ":")).encode() + b"\n" + body)


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
        return [b"", _utf8(lines)]
    lengths = np.fromiter(map(len, column), np.int64, len(column))
    return [_numbers(lengths), _utf8("".join(column))]


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


def deflated(data: bytes) -> str:
    """Return bytes as text, compressed, none of which needs escaping."""
    return base64.b64encode(zlib.compress(data)).decode()


def inflated(text: str) -> bytes:
    """Return the bytes that :func:`deflated` took.

    Raises:
        StoreDamagedError: it did not make the text.
    """
    try:
        return zlib.decompress(binascii.a2b_base64(text, strict_mode=True))
    except (ValueError, zlib.error) as err:
        raise damaged() from err


def packed(text: str) -> str:
    """Return a text in fewer characters, none of which needs escaping.

    Raises:
        StoreError: it is no valid Unicode.
    """
    return deflated(_utf8(text))


def unpacked(text: str) -> str:
    """Return the text that :func:`packed` packed.

    Raises:
        StoreDamagedError: it was not.
    """
    try:
        return inflated(text).decode()
    except UnicodeDecodeError as err:
        raise damaged() from err


def parts_of(text: str) -> tuple[str, ...]:
    """Return a text in parts that fields can hold, at least one."""
    starts = range(0, max(len(text), 1), _CHARACTERS)
    return tuple(text[start : start + _CHARACTERS] for start in starts)


def names(parts: int) -> tuple[str, ...]:
    """Return the keys of parts, in order; that of the first is empty."""
    return ("", *(f"{number:04}" for number in range(1, parts)))


def damaged() -> StoreDamagedError:
    """Return the error for what is not as it was written."""
    return StoreDamagedError(
        "what InfluxDB holds is damaged: restore it from a backup, or learn anew"
    )


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as err:
        raise StoreError(
            "InfluxDB cannot hold a text that is no valid Unicode: nothing was changed"
        ) from err
