"""The time before the first day, and the days that are past their retention."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import days_between
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.rawday import Counts, RawDay
from custom_components.pattern_intelligence.engine.rollup import SUMMED, merge, rollup
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sums import (
    CONSUMPTION_SUM,
    HAPPENINGS_SUM,
    SUM_TABLES,
    TIMES_SUM,
)
from custom_components.pattern_intelligence.lookback import period
from custom_components.pattern_intelligence.past_consumption import Past, past_due
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.base import Layer, Retention
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from custom_components.pattern_intelligence.work import complete_periods

from .engine.builders import BERLIN, Row, dated, raw_day
from .sources.builder import execute

HOME = Home(BERLIN.zone)
FIRST = date(2026, 2, 11)
"""A Wednesday."""

METER = (("sensor.meter", "kWh"),)
HOUR = 3_600_000


def _counts(first: date, last: date) -> Counts:
    """Return a kilowatt-hour for each hour of some days."""
    start, end = BERLIN.start_of(first), BERLIN.bounds(last)[1]
    instant = np.arange(start, end, HOUR, dtype=np.int64)
    return Counts(
        METER, np.zeros(instant.size, np.int32), instant, np.full(instant.size, 1000)
    )


def _day(day: date) -> RawDay:
    """Return a day on which a light was switched, and a meter counted."""
    rows = [
        Row(f"{day}T07:{day.day:02d}", "light.a", "on"),
        Row(f"{day}T21:00", "light.a", "off"),
    ]
    return replace(raw_day(day, rows), counts=_counts(day, day))


def _learn(store: SqliteStore, days: Sequence[date], retention: Retention) -> Runner:
    runner = Runner(store, HOME, {}, retention)
    for day in days:
        runner.learn(_day(day))
    return runner


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return an empty store."""
    with closing(SqliteStore(tmp_path / "store.db")) as empty:
        yield empty


def _write(store: SqliteStore, begun: date, retention: Retention | None) -> Past:
    past = past_due(store, BERLIN, retention, begun, FIRST)
    assert past is not None
    past.add(_counts(begun, past.before - timedelta(days=1)))
    past.write(store)
    return past


def test_weeks_and_months_before_the_first_day(store: SqliteStore) -> None:
    """Whole ones, by hand: 24 kWh a day from the 20th of December on."""
    past = _write(store, date(2025, 12, 20), Retention())
    assert (past.first, past.before) == (date(2025, 12, 1), date(2026, 2, 9))
    months = [date(2025, 12, 1), date(2026, 1, 1)]
    assert store.periods(Layer.MONTHLY) == months
    weeks = [date(2025, 12, 15) + timedelta(weeks=n) for n in range(8)]
    assert store.periods(Layer.WEEKLY) == weeks
    for layer, starts, days in (
        (Layer.MONTHLY, months, [12, 31]),
        (Layer.WEEKLY, weeks, [2, *[7] * 7]),
    ):
        found = store.read_periods(layer, CONSUMPTION_SUM, starts[0], starts[-1]).table
        assert found.numbers("days").tolist() == days
        assert found.numbers("hours").tolist() == [24 * n for n in days]
        assert found.numbers("amount").tolist() == [24_000 * n for n in days]
        empty = store.read_periods(layer, HAPPENINGS_SUM, starts[0], starts[-1])
        assert not len(empty.table)


def test_it_is_written_once(store: SqliteStore) -> None:
    """Also when the first days are learned meanwhile; not while it is incomplete."""
    begun = date(2025, 12, 20)
    _write(store, begun, Retention())
    assert past_due(store, BERLIN, Retention(), begun, FIRST) is None
    runner = _learn(store, [*days_between(FIRST, date(2026, 3, 20))], Retention())
    assert runner.past_due(begun, None) is None
    execute(store.path, "DELETE FROM periods WHERE start = 20423")
    left = runner.past_due(begun, None)
    assert left is not None
    assert list(left.starts) == [Layer.MONTHLY]
    assert left.first == date(2025, 12, 1)


def test_nothing_is_due_without_a_past(store: SqliteStore) -> None:
    """Statistics begin in the week of the first day, or no day is known yet."""
    assert past_due(store, BERLIN, Retention(), date(2026, 2, 9), FIRST) is None
    assert past_due(store, BERLIN, Retention(), date(2020, 1, 1), None) is None


def test_what_its_layer_would_not_keep_is_not_written(store: SqliteStore) -> None:
    """The last day of a period counts, as it does when it is deleted."""
    begun = date(2000, 1, 1)
    retention = Retention(daily=90, weekly=365, monthly=5 * 365)
    past = past_due(store, BERLIN, retention, begun, FIRST)
    assert past is not None
    assert past.starts[Layer.WEEKLY][0] == date(2025, 2, 10)
    assert past.starts[Layer.MONTHLY][0] == date(2021, 2, 1)
    everything = past_due(store, BERLIN, None, begun, FIRST)
    assert everything is not None
    assert everything.first == date(1999, 12, 27)
    past.add(_counts(date(2026, 1, 1), date(2026, 1, 31)))
    past.write(store)
    store.forget_before(FIRST, retention)
    assert store.periods(Layer.MONTHLY)[0] == date(2021, 2, 1)
    assert past_due(store, BERLIN, retention, begun, FIRST) is None


def test_learned_days_keep_their_own_periods(store: SqliteStore) -> None:
    """The week and the month in which learning began hold what was learned of them."""
    _write(store, date(2025, 12, 20), Retention())
    last = date(2026, 3, 1)
    _learn(store, [*days_between(FIRST, last)], Retention())
    february = store.read_periods(
        Layer.MONTHLY, CONSUMPTION_SUM, date(2026, 2, 1), date(2026, 2, 1)
    )
    assert february.table.numbers("days").tolist() == [18]
    assert store.periods(Layer.WEEKLY)[-4:] == [
        date(2026, 2, 2) + timedelta(weeks=n) for n in range(4)
    ]


def test_days_past_their_retention_are_in_their_week_and_month(
    store: SqliteStore,
) -> None:
    """Months learned at once: every sum is that of its days, of which few are kept."""
    last = FIRST + timedelta(days=119)
    _learn(store, [*days_between(FIRST, last)], Retention(daily=70))
    kept = [last - timedelta(days=69 - n) for n in range(70)]
    assert list(store.kept_days()) == kept
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        starts = store.periods(layer)
        assert starts[0] == period(layer, FIRST)[0]
        for start in starts:
            days = [
                (day, summarize(_day(day)))
                for day in days_between(*period(layer, start))
                if FIRST <= day <= last
            ]
            sums = rollup(BERLIN, {spec.name: dated(days, spec) for spec in SUMMED})
            for spec in SUM_TABLES:
                found = store.read_periods(layer, spec, start, start).table
                assert found == sums[spec.name]
    whole = merge(
        [
            store.read_periods(Layer.MONTHLY, HAPPENINGS_SUM, start, start).table
            for start in store.periods(Layer.MONTHLY)
        ]
    )
    # February from the 11th on, March, April and May.
    assert whole.numbers("days").tolist() == [18 + 31 + 30 + 31]


def test_what_an_older_version_summed_up_is_summed_up_again(
    store: SqliteStore,
) -> None:
    """Its weeks and months lack tables; those whose days are kept get them."""
    runner = _learn(store, [*days_between(FIRST, date(2026, 4, 5))], Retention())
    assert runner.outdated_layers() == set()

    def sums(of: SqliteStore) -> list[object]:
        return [
            of.read_periods(layer, spec, date.min, date.max).table
            for layer in (Layer.WEEKLY, Layer.MONTHLY)
            for spec in SUM_TABLES
        ]

    before = sums(store)
    store.close()
    execute(
        store.path,
        *(
            f"DELETE FROM {layer}_sums WHERE name = '{name}'"  # noqa: S608
            for layer in ("weekly", "monthly")
            for name in ("times_sum", "runs_sum", "consumption_sum")
        ),
    )
    with closing(SqliteStore(store.path)) as again:
        runner = Runner(again, HOME, {}, Retention())
        assert not len(
            again.read_periods(Layer.WEEKLY, TIMES_SUM, date.min, date.max).table
        )
        assert runner.outdated_layers() == {Layer.WEEKLY, Layer.MONTHLY}
        for layer in runner.outdated_layers():
            for span in complete_periods(runner, layer, 0):
                runner.roll_up(layer, *span)
        assert runner.outdated_layers() == set()
        assert sums(again) == before
