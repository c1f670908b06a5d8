"""What a table is made of."""

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.tables import (
    Column,
    DatedTable,
    Table,
    TableSpec,
    joined,
    only,
)

ROOMS = TableSpec(
    "rooms",
    keys=("area_id", "floor_id"),
    numbers=("seconds", "uses"),
    vectors=("by_hour",),
    bins=("by_length",),
    texts=("note", "told"),
)


def test_a_part_of_a_table() -> None:
    """It has the name and all keys, and of each kind of columns those asked for."""
    assert ROOMS.part("told", "uses", "by_length") == TableSpec(
        "rooms",
        keys=("area_id", "floor_id"),
        numbers=("uses",),
        bins=("by_length",),
        texts=("told",),
    )
    assert ROOMS.part().columns == ("area_id", "floor_id")


def test_a_part_that_there_is_not() -> None:
    """A name that is misspelled would otherwise be read as nothing."""
    with pytest.raises(ValueError, match="'notes'"):
        ROOMS.part("seconds", "notes")


USED = TableSpec("used", keys=("area_id", "floor_id"), numbers=("uses",))


def _used(*rows: tuple[int, str, str, int]) -> DatedTable:
    """Return rows of a day, an area, its floor and how often it was used."""
    days, areas, floors, uses = zip(*rows, strict=True)
    columns: dict[str, Column] = {
        "area_id": areas,
        "floor_id": floors,
        "uses": np.array(uses, np.int64),
    }
    return DatedTable(np.array(days, np.int64), Table(USED, columns))


EARLY = _used((1, "hall", "down", 4), (1, "study", "up", 2), (2, "bath", "up", 9))
LATE = _used((3, "hall", "down", 1))


def _is_same(one: DatedTable, other: DatedTable) -> bool:
    return one.table == other.table and one.day.tolist() == other.day.tolist()


def test_stretches_are_joined() -> None:
    """One after the other; of no stretch there are no rows, but all columns."""
    rows = (1, "hall", "down", 4), (1, "study", "up", 2), (2, "bath", "up", 9)
    assert _is_same(joined(USED, (EARLY, LATE)), _used(*rows, (3, "hall", "down", 1)))
    nothing = joined(USED, ())
    assert (nothing.day.size, len(nothing.table)) == (0, 0)
    assert {*nothing.table.columns} == {*USED.columns}


def test_only_what_is_admitted() -> None:
    """By the first key, or by the one that is named."""
    rows = (1, "hall", "down", 4), (2, "bath", "up", 9)
    assert _is_same(only(EARLY, {"hall", "bath"}.__contains__), _used(*rows))
    upstairs = (1, "study", "up", 2), (2, "bath", "up", 9)
    assert _is_same(only(EARLY, {"up"}.__contains__, "floor_id"), _used(*upstairs))
    assert only(EARLY, lambda key: True) is EARLY
