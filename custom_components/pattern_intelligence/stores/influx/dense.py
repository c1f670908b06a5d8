"""A table of a day or period as one compact text.

What is read again is read from this: one point for each day in place of one for every
row. The text holds the columns one after the other, compressed, behind a line that
says what they are.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final
import zlib

from ...engine.tables import Table, TableSpec
from .. import packing
from ..base import StoreDamagedError, StoreError
from ..packing import Packages

PART: Final = "part"
"""The tag that tells the points of a long text apart."""

_CHARACTERS: Final = 60_000
"""What one field holds at most: both servers promise 64 kB."""


class Texts:
    """Reads tables, and remembers the keys they have in common."""

    def __init__(self) -> None:
        """Begin with none."""
        self._packages = Packages()

    def table_of(self, spec: TableSpec, text: str) -> Table:
        """Return the table that a text holds; columns it lacks are 0 or empty.

        Raises:
            StoreDamagedError: it holds none.
        """
        try:
            data = binascii.a2b_base64(text, strict_mode=True)
            return self._packages.table_of(spec, data)
        except ValueError as err:
            raise damaged() from err


def text_of(table: Table) -> str:
    """Return a table as text.

    Raises:
        StoreError: a text in it is no valid Unicode.
    """
    try:
        return base64.b64encode(packing.packed(table)).decode()
    except UnicodeEncodeError as err:
        raise _no_unicode() from err


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
    try:
        return deflated(text.encode())
    except UnicodeEncodeError as err:
        raise _no_unicode() from err


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


def _no_unicode() -> StoreError:
    return StoreError(
        "InfluxDB cannot hold a text that is no valid Unicode: nothing was changed"
    )
