"""What a table is made of."""

import pytest

from custom_components.pattern_intelligence.engine.tables import TableSpec

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
