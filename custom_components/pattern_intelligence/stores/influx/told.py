"""What is written beside tables: marks to count by, and texts of dates."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...engine.tables import DatedTable, Table, TableSpec
from ..base import Layer, LearnedDay
from .points import lines_of
from .watermark import Shelf, packed, unpacked

PART: Final = "part"
_PART_CHARACTERS: Final = 60_000
"""What one field holds at most: both servers promise 64 kB."""

MARKS: Final = TableSpec("marks", keys=(PART,), numbers=("points", "rows", "entities"))
"""One point for each day or period: points it has, rows and entities it was made of."""

WATERMARK: Final = TableSpec(
    "watermark", keys=(PART,), numbers=("generation", "days"), texts=("text",)
)


def spec_of(shelf: Shelf) -> TableSpec:
    """Return the table that texts are written as: a row for each part of one."""
    return TableSpec(shelf[1].value, keys=(PART,), texts=("text",))


def mark_lines(
    layer: Layer, home: str, time: int, points: int, learned: LearnedDay | None
) -> list[str]:
    """Return the line of a day's or period's mark."""
    rows, entities = (learned.rows, learned.entities) if learned else (0, 0)
    table = Table(
        MARKS,
        {
            PART: ("",),
            "points": np.array([points], np.int64),
            "rows": np.array([rows], np.int64),
            "entities": np.array([entities], np.int64),
        },
    )
    return lines_of(layer, table, home, time)


def text_lines(shelf: Shelf, home: str, time: int, text: str) -> list[str]:
    """Return the lines that write a text of a date.

    Raises:
        StoreError: it is no valid Unicode.
    """
    parts = parts_of(packed(text))
    table = Table(spec_of(shelf), {PART: names(len(parts)), "text": parts})
    return lines_of(shelf[0], table, home, time)


def texts_of(rows: DatedTable) -> dict[int, str]:
    """Return the texts that were written of some dates, by day number.

    Raises:
        StoreDamagedError: one is not whole.
    """
    found: dict[int, str] = {}
    for day, part in zip(rows.day.tolist(), rows.table.texts("text"), strict=True):
        found[day] = found.get(day, "") + part
    return {day: unpacked(text) for day, text in found.items()}


def parts_of(text: str) -> tuple[str, ...]:
    """Return a text in parts that fields can hold, at least one."""
    starts = range(0, max(len(text), 1), _PART_CHARACTERS)
    return tuple(text[start : start + _PART_CHARACTERS] for start in starts)


def names(parts: int) -> tuple[str, ...]:
    """Return the keys of parts, in order; that of the first is empty."""
    return ("", *(f"{number:04}" for number in range(1, parts)))
