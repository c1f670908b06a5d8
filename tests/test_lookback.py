"""What is looked back on: all weeks and months that are over, as the store holds them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest

from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.engine.sums import SUM_TABLES, TIMES_SUM
from custom_components.pattern_intelligence.engine.sun import Position
from custom_components.pattern_intelligence.engine.tables import DatedTable
from custom_components.pattern_intelligence.lookback import Lookback
from custom_components.pattern_intelligence.phases import Phases
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.base import Layer, Retention
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .engine.builders import BERLIN, Row, raw_days

HOME = Home(BERLIN.zone, position=Position(52.52, 13.405))
FIRST = date(2025, 12, 29)
LAST = date(2026, 4, 15)
"""From a Monday to a Wednesday: 15 weeks are over, more than are read at a time."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """Return a store of a lamp at noon and a fan at night that are on once a week."""
    opened = SqliteStore(tmp_path_factory.mktemp("kept") / "store.db")
    runner = Runner(opened, HOME, {}, Retention())
    rows = [
        Row(f"{FIRST + timedelta(days=number)}T{hour}:{minute}:00", entity_id, state)
        for number in range(0, (LAST - FIRST).days, 7)
        for entity_id, hour in (("fan.attic", "02"), ("light.lamp", "12"))
        for minute, state in (("00", "on"), ("30", "off"))
    ]
    for raw in raw_days(FIRST, LAST, rows):
        runner.learn(raw)
    yield opened
    opened.close()


def _rows(read: DatedTable, columns: Sequence[str]) -> list[tuple[object, ...]]:
    held = [list(read.table.columns[name]) for name in columns]
    return list(zip(read.day.tolist(), *held, strict=True))


@pytest.mark.parametrize(("layer", "periods"), [(Layer.WEEKLY, 15), (Layer.MONTHLY, 4)])
def test_it_is_what_the_store_holds(
    store: SqliteStore, layer: Layer, periods: int
) -> None:
    """Of the columns that are read, every row; of the weeks by the wall's clock alone."""
    clocks = store.read_periods(layer, TIMES_SUM, date.min, LAST).table.texts("clock")
    assert {*clocks} == {"wall", "sunrise", "sunset"}
    past = Lookback(store, HOME, registry(), Scope(), Phases()).history(LAST)
    sums = past.weeks if layer is Layer.WEEKLY else past.months
    assert set(sums) == {spec.name for spec in SUM_TABLES}
    assert len(set(sums["happenings_sum"].day.tolist())) == periods
    for spec in SUM_TABLES:
        found = sums[spec.name]
        columns = found.table.spec.columns
        kept = store.read_periods(layer, spec, date.min, LAST)
        by_clock = "clock" in columns and layer is Layer.WEEKLY
        expected = [
            row for row in _rows(kept, columns) if not by_clock or "wall" in row
        ]
        assert _rows(found, columns) == expected


def test_what_is_left_out_is_not_looked_at(store: SqliteStore) -> None:
    """Neither by week nor by month."""
    scope = Scope(excluded_entities=frozenset({"fan.attic"}))
    past = Lookback(store, HOME, registry(), scope, Phases()).history(LAST)
    for sums in (past.weeks, past.months):
        assert {*sums["times_sum"].table.texts("entity_id")} == {"light.lamp"}


def test_nothing_is_over_yet(store: SqliteStore) -> None:
    """Of the first days, neither weeks nor months."""
    past = Lookback(store, HOME, registry(), Scope(), Phases()).history(FIRST)
    assert not past.weeks
    assert not past.months
