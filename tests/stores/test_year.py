"""Every store tells the same of the same home, however it is interrupted."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
import json
from pathlib import Path
from random import Random

import pytest

from benchmarks.learned import context_of, raw_days
from benchmarks.simulator import Home, simulate
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import DAY_TABLES, DatedTable
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.base import (
    AggregateStore,
    Layer,
    Retention,
    StoreError,
)
from custom_components.pattern_intelligence.stores.influx import link
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .influx_servers import VERSIONS, Servers, address_of, make_buckets
from .makers import InfluxFactory
from .proxy import Proxy, proxied

RETENTION = Retention(daily=90, weekly=200, monthly=300)


def learn(store: AggregateStore, home: Home) -> Iterator[Runner]:
    """Learn a home day by day; yield after each, again where it failed."""
    context, detectors = context_of(home), registry()
    for raw in raw_days(home):
        while True:
            runner = Runner(store, context, detectors, RETENTION)
            try:
                runner.learn(raw)
            except StoreError:
                yield runner
                continue
            break
        yield runner


def told(store: AggregateStore, home: Home) -> str:
    """Return all that is known at the end, as text."""
    runner = Runner(store, context_of(home), registry(), RETENTION)
    report = runner.report(home.first_day + timedelta(days=home.days - 1))
    assert report is not None
    return json.dumps(report.as_json())


def held(store: AggregateStore, home: Home) -> list[object]:
    """Return all that a store holds, in a form that can be compared."""
    first = home.first_day - timedelta(days=40)
    last = home.first_day + timedelta(days=home.days)
    found: list[object] = [
        list(store.learned()),
        list(store.kept_days()),
        store.read_life(last),
        dict(store.read_verdicts(first, last)),
    ]
    found += [_rows(store.read_days(spec, first, last)) for spec in DAY_TABLES]
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        found.append(list(store.periods(layer)))
        found += [
            _rows(store.read_periods(layer, spec, first, last)) for spec in SUM_TABLES
        ]
    return found


def _rows(found: DatedTable) -> list[object]:
    spec = found.table.spec
    columns = [
        found.table.numbers(name).tolist()
        if name in spec.numbers
        else list(found.table.texts(name))
        for name in spec.columns
    ]
    return [found.day.tolist(), *columns]


def annoy(proxy: Proxy, random: Random) -> None:
    """Have a connection cut soon, or none any more."""
    proxy.cut()
    if random.random() < 0.5:
        if random.random() < 0.5:
            proxy.cut(requests=random.randint(0, 60_000))
        else:
            proxy.cut(answers=random.randint(0, 20_000))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "days", [21, pytest.param(365, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
def test_stores_are_exactly_alike(
    influx_servers: Servers,
    socket_enabled: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    days: int,
) -> None:
    """SQLite in peace, InfluxDB with connections that are cut all the while."""
    monkeypatch.setattr(link, "PAUSES_S", (0.01, 0.01))
    address = address_of(influx_servers.get(version))
    make_buckets(address)
    home = simulate(7, days, rich=True)
    factory, random = InfluxFactory(address), Random(days)
    with (
        closing(SqliteStore(tmp_path / "store.db")) as quiet,
        proxied(address.url) as proxy,
    ):
        for _ in learn(quiet, home):
            pass
        through = server_at(replace(address, url=proxy.url), attempts=1)
        with closing(InfluxStore(through, factory.home)) as store:
            for _ in learn(store, home):
                annoy(proxy, random)
        proxy.cut()
        with closing(factory.open()) as store:
            assert held(store, home) == held(quiet, home)
            assert told(store, home) == told(quiet, home)
            assert len(store.kept_days()) == min(days, RETENTION.daily)
