"""What is written of a day or period: its tables, a mark to count by, texts."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...engine.tables import DatedTable, Table, TableSpec, dated
from ..base import Layer, LearnedDay
from .dense import PART, Texts, names, packed, parts_of, text_of, unpacked
from .points import lines_of
from .watermark import Shelf

MARKS: Final = TableSpec("marks", keys=(PART,), numbers=("points", "rows", "entities"))
"""One point for each day or period: points for charts, rows and entities it was made of."""

WATERMARK: Final = TableSpec(
    "watermark", keys=(PART,), numbers=("generation", "days"), texts=("text",)
)


def spec_of(shelf: Shelf) -> TableSpec:
    """Return the table that texts are written as: a row for each part of one."""
    return _texts(shelf[1].value)


def dense_of(spec: TableSpec) -> TableSpec:
    """Return the table that a table is written as to be read again."""
    return _texts(f"{spec.name}_dense")


def _texts(name: str) -> TableSpec:
    return TableSpec(name, keys=(PART,), texts=("text",))


def table_lines(layer: Layer, table: Table, home: str, time: int) -> list[str]:
    """Return the lines that write a table of a day or period.

    Each row is a point with its numbers, for charts; the table as a whole is a text.

    Args:
        layer: that the table is of.
        table: the rows.
        home: the id of the home.
        time: of all points: nanoseconds since 1970.

    Raises:
        StoreError: a text is no valid Unicode.
    """
    if not len(table):
        return []
    spec = table.spec
    lines = []
    if spec.numbers:
        charted = TableSpec(spec.name, spec.keys, spec.numbers)
        lines = lines_of(layer, Table(charted, table.columns), home, time)
    return lines + _lines(layer, dense_of(spec), text_of(table), home, time)


def tables_of(spec: TableSpec, rows: DatedTable) -> DatedTable:
    """Return the rows of a table of some days, or periods.

    Args:
        spec: the table.
        rows: of :func:`dense_of`.

    Raises:
        StoreDamagedError: one is not whole.
    """
    texts = Texts()
    days = [(day, texts.table_of(spec, text)) for day, text in _joined(rows).items()]
    return dated(spec, days)


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
    return _lines(shelf[0], spec_of(shelf), packed(text), home, time)


def texts_of(rows: DatedTable) -> dict[int, str]:
    """Return the texts that were written of some dates, by day number.

    Raises:
        StoreDamagedError: one is not whole.
    """
    return {day: unpacked(text) for day, text in _joined(rows).items()}


def _lines(layer: Layer, spec: TableSpec, text: str, home: str, time: int) -> list[str]:
    """Return the lines that write a text in parts."""
    parts = parts_of(text)
    table = Table(spec, {PART: names(len(parts)), "text": parts})
    return lines_of(layer, table, home, time)


def _joined(rows: DatedTable) -> dict[int, str]:
    """Return texts that were written in parts, by day number, ascending."""
    found: dict[int, list[str]] = {}
    for day, part in zip(rows.day.tolist(), rows.table.texts("text"), strict=True):
        found.setdefault(day, []).append(part)
    return {day: "".join(parts) for day, parts in found.items()}
