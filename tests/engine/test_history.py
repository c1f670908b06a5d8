"""What is known of the time before the window is read when it is asked for."""

import pytest

from custom_components.pattern_intelligence.engine.history import OnDemand
from custom_components.pattern_intelligence.engine.sums import EXPOSURE_SUM, TIMES_SUM
from custom_components.pattern_intelligence.engine.tables import (
    DatedTable,
    TableSpec,
    dated,
)


def test_a_table_is_read_once_and_only_when_it_is_asked_for() -> None:
    """Naming what there is reads nothing; asking twice reads once."""
    specs: dict[str, TableSpec] = {one.name: one for one in (EXPOSURE_SUM, TIMES_SUM)}
    asked: list[str] = []

    def read(name: str) -> DatedTable:
        asked.append(name)
        return dated(specs[name], ())

    tables = OnDemand(tuple(specs), read)
    assert list(tables) == ["exposure_sum", "times_sum"]
    assert len(tables) == 2
    assert "times_sum" in tables
    assert asked == []
    assert tables["times_sum"].table.spec is TIMES_SUM
    assert tables.get("times_sum") is tables["times_sum"]
    assert asked == ["times_sum"]


def test_what_there_is_not_is_not_read() -> None:
    """A table nobody wrote is missing, as it is in any other mapping."""

    def read(name: str) -> DatedTable:
        raise AssertionError(name)

    tables = OnDemand((), read)
    assert tables.get("times_sum") is None
    with pytest.raises(KeyError):
        tables["times_sum"]
