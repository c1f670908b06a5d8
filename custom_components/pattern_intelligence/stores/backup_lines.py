"""What a store holds of a date, as an object of JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from ..engine.tables import Column, Table, TableSpec
from .base import Layer, LearnedDay
from .contents import LAYERS, Content, Part, Piece, Rows
from .kept_tables import kept_tables

NAMES: Final = {part: part.name.lower() for part in Part}
"""What the parts are called."""

_PARTS: Final = {name: part for part, name in NAMES.items()}


class UnknownContentError(Exception):
    """It is of a version that keeps more than this one."""


def line_of(piece: Piece, content: Content) -> dict[str, Any]:
    """Return an object of JSON that holds a piece."""
    told: dict[str, Any] = {"part": NAMES[piece.part]}
    if piece.part is not Part.MARKS:
        told["day"] = piece.day.isoformat()
    match content:
        case str():
            told["text"] = content
        case list():
            told["learned"] = [
                [mark.day.isoformat(), mark.rows, mark.entities] for mark in content
            ]
        case Rows(tables, learned):
            if learned is not None:
                told |= {"rows": learned.rows, "entities": learned.entities}
            told["tables"] = {
                name: {column: _list(table, column) for column in table.spec.columns}
                for name, table in tables.items()
            }
    return told


def _list(table: Table, name: str) -> list[Any]:
    column = table.columns[name]
    return column.tolist() if isinstance(column, np.ndarray) else list(column)


def piece_of(told: Mapping[str, Any]) -> tuple[Piece, Content]:
    """Return the piece that an object of JSON holds, and what is in it.

    Raises:
        UnknownContentError: a newer version wrote it.
        ValueError: it is not as it was written; so says a LookupError or TypeError.
    """
    part = _PARTS.get(told["part"])
    if part is None:
        raise UnknownContentError
    if part is Part.MARKS:
        learned = [_mark(*each) for each in told["learned"]]
        return Piece(part, date.min), learned
    piece = Piece(part, date.fromisoformat(told["day"]))
    if part not in LAYERS:
        return piece, _texts([told["text"]])[0]
    tables = _tables(LAYERS[part], told["tables"])
    if part is not Part.DAYS:
        return piece, Rows(tables)
    return piece, Rows(tables, _mark(told["day"], told["rows"], told["entities"]))


def _mark(day: str, rows: int, entities: int) -> LearnedDay:
    counts = _numbers([rows, entities]).tolist()
    return LearnedDay(date.fromisoformat(day), *counts)


def _tables(
    layer: Layer, told: Mapping[str, Mapping[str, Sequence[Any]]]
) -> dict[str, Table]:
    specs = {spec.name: spec for spec in kept_tables(layer)}
    if not isinstance(told, dict) or not all(
        isinstance(columns, dict) for columns in told.values()
    ):
        raise TypeError("tables are no objects")
    if told.keys() - specs.keys():
        raise UnknownContentError
    return {name: _table(specs[name], columns) for name, columns in told.items()}


def _table(spec: TableSpec, told: Mapping[str, Sequence[Any]]) -> Table:
    if told.keys() - set(spec.columns):
        raise UnknownContentError
    size = len(told[spec.keys[0]])
    columns: dict[str, Column] = {}
    for name in spec.columns:
        # What an older version did not keep is 0 or empty, as in a store.
        if name in spec.numbers:
            columns[name] = _numbers(told.get(name, [0] * size))
        elif name in spec.keys:
            columns[name] = _texts(told[name])
        else:
            columns[name] = _texts(told.get(name, [""] * size))
    if {len(column) for column in columns.values()} != {size}:
        raise ValueError(f"columns of {spec.name} are not of one length")
    return Table(spec, columns)


def _numbers(values: Sequence[Any]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if not all(type(value) is int for value in values):
        raise ValueError("something is no whole number")
    return np.array(values, np.int64)


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError("something is no text")
    return tuple(values)
