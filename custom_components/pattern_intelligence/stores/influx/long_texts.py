"""Texts that are longer than one field holds, in several fields of the same point.

The first ends in a mark that no encoded text has, with the number of fields that
follow: ``spans``, then ``spans_1``, ``spans_2``. Only an entity that changes its state
ten times a second all day long has such a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...engine.tables import Column, DatedTable, Table, TableSpec
from .text import decoded

LONGEST: Final = 500_000
"""Characters of one field: a 2.x refuses more than a megabyte."""
_MARK: Final = "%+"


class Begun(str):
    """The beginning of a text.

    Attributes:
        parts: how many other fields hold the rest.
    """

    __slots__ = ("parts",)

    parts: int


def fields_of(name: str, text: str) -> str:
    """Return the fields that hold an encoded text, each after a comma."""
    if len(text) <= LONGEST:
        return f',{name}="{text}"'
    pieces = []
    while len(text) > LONGEST:
        cut = LONGEST
        # No field begins with a blank, and none ends within an escape.
        while text[cut].isspace() or "%" in text[cut - 2 : cut]:
            cut -= 1
        pieces.append(text[:cut])
        text = text[cut:]
    pieces.append(text)
    rest = [f',{name}_{place}="{piece}"' for place, piece in enumerate(pieces)][1:]
    return f',{name}="{pieces[0]}{_MARK}{len(rest)}"' + "".join(rest)


def text_of(cell: str) -> str:
    """Return the text of a field, or its beginning.

    Raises:
        ValueError: it is not one that is written here.
    """
    head, mark, count = cell.partition(_MARK)
    text = decoded(head)
    if mark:
        text = Begun(text)
        text.parts = int(count)
    return text


def missing_of(found: Table) -> TableSpec | None:
    """Return the table that holds the rest of texts; None where all are whole."""
    spec = found.spec
    names = [
        f"{name}_{place}"
        for name in spec.written
        for place in range(
            1,
            1
            + max((t.parts for t in found.texts(name) if type(t) is Begun), default=0),
        )
    ]
    return TableSpec(spec.name, spec.keys, texts=tuple(names)) if names else None


def completed(found: DatedTable, rest: DatedTable) -> DatedTable:
    """Return rows with whole texts.

    Args:
        found: rows with texts that have only begun.
        rest: rows of :func:`missing_of`, of the same days.
    """
    spec = found.table.spec
    at = {row: place for place, row in enumerate(_rows(rest))}
    rows = _rows(found)
    columns: dict[str, Column] = dict(found.table.columns)
    for name in spec.written:
        columns[name] = tuple(
            _whole(text, name, at[row], rest.table.columns)
            if type(text) is Begun
            else text
            for text, row in zip(found.table.texts(name), rows, strict=True)
        )
    return DatedTable(found.day, Table(spec, columns))


def _whole(text: Begun, name: str, row: int, columns: Mapping[str, Column]) -> str:
    parts = (columns[f"{name}_{place}"][row] for place in range(1, text.parts + 1))
    return "".join([text, *map(str, parts)])


def _rows(found: DatedTable) -> list[tuple[object, ...]]:
    """Return what identifies each row."""
    keys = (found.table.texts(key) for key in found.table.spec.keys)
    return list(zip(found.day.tolist(), *keys, strict=True))
