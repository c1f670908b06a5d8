"""Ten years of a home fold into a few megabytes."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from benchmarks.learned import context_of, raw_days
from benchmarks.simulator import simulate
from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    date_of,
    day_number,
)
from custom_components.pattern_intelligence.engine.rollup import SUMMED, rollup
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sums import TIMES_SUM
from custom_components.pattern_intelligence.engine.tables import dated
from custom_components.pattern_intelligence.lookback import period
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

YEARS = 10


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_years_of_months(tmp_path: Path) -> None:
    """Of a home whose weeks are those of two simulated months, again and again."""
    home = simulate(3, 62, rich=True, rows_per_day=0)
    context = context_of(home)
    days = [summarize(raw) for raw in raw_days(home) if raw.end - raw.start == DAY_MS]
    path = tmp_path / "store.db"
    with closing(SqliteStore(path)) as store:
        for month in range(12 * YEARS):
            first, last = period(
                Layer.MONTHLY, date(2016 + month // 12, 1 + month % 12, 1)
            )
            span = range(day_number(first), day_number(last) + 1)
            own = [(number, days[number % len(days)]) for number in span]
            tables = rollup(
                context.civil,
                {
                    spec.name: dated(spec, [(n, each[spec.name]) for n, each in own])
                    for spec in SUMMED
                },
                context.position,
            )
            assert len(tables[TIMES_SUM.name]) > 300
            store.write_period(Layer.MONTHLY, first, tables)
        assert len(store.periods(Layer.MONTHLY)) == 12 * YEARS
        found = store.read_periods(Layer.MONTHLY, TIMES_SUM, date.min, date.max)
        assert date_of(found.day[-1]) == date(2015 + YEARS, 12, 1)
    # Closed, the log is in the file.
    assert path.stat().st_size < 10_000_000
