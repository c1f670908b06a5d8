"""The queries in the documentation and in the dashboard work on real servers."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re

import pytest

from custom_components.pattern_intelligence.engine.sums import (
    HAPPENINGS_SUM,
    SUM_TABLES,
)
from custom_components.pattern_intelligence.engine.tables import (
    DAY_TABLES,
    EXPOSURE,
    HAPPENINGS,
    Table,
    TableSpec,
)
from custom_components.pattern_intelligence.stores.base import (
    Layer,
    LearnedDay,
    Retention,
)
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
)
from custom_components.pattern_intelligence.stores.influx.buckets import ensure
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore

from .influx_servers import VERSIONS, Servers, address_of
from .makers import table, tables

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "influxdb.md").read_text(encoding="utf-8")
DASHBOARD = json.loads((DOCS / "influxdb_grafana.json").read_text(encoding="utf-8"))
HOME = "0123456789abcdef0123456789abcdef"
PREFIX = "pattern_intelligence"
COARSE = (Layer.WEEKLY, Layer.MONTHLY)


def _happenings(count: int) -> Table:
    row = ("light.kitchen", "on", count, 1, 2, 1, 1, "x", "", "")
    return table(HAPPENINGS, [row])


@pytest.fixture(params=VERSIONS)
def address(
    request: pytest.FixtureRequest, socket_enabled: None, influx_servers: Servers
) -> Iterator[InfluxAddress]:
    """Return a server with the buckets of the documentation and three days in them."""
    found = address_of(influx_servers.get(request.param), PREFIX)
    server = server_at(found)
    ensure(server, Retention())
    today = datetime.now(UTC).date()
    monday = today - timedelta(days=today.weekday() + 7)
    with closing(InfluxStore(server, HOME)) as store:
        for back in (3, 2, 1):
            exposure = table(EXPOSURE, [("light.kitchen", 3600, "", "", "", "on")])
            store.write_day(
                LearnedDay(today - timedelta(days=back), 100 * back, 7),
                tables(_happenings(10 * back), exposure),
                keep_life=True,
            )
        week = table(
            HAPPENINGS_SUM, [("light.kitchen", "on", 3, 60, 3, 3, "x", "x", "x")]
        )
        store.write_period(Layer.WEEKLY, monday, tables(week))
        yield found
        store.clear()


def _asked(address: InfluxAddress, query: str) -> str:
    server = server_at(address)
    with closing(server.link):
        return server.read(Layer.DAILY, query, {}, b"".join).decode()


@pytest.mark.parametrize(
    "query", re.findall(r"```influxql\n(.*?)\n```", PAGE, re.DOTALL)
)
def test_influxql_of_the_page(address: InfluxAddress, query: str) -> None:
    """Each query finds the days."""
    lines = _asked(address, query).splitlines()
    assert len(lines) > 1
    assert not lines[0].startswith("error")


@pytest.mark.parametrize("query", re.findall(r"```flux\n(.*?)\n```", PAGE, re.DOTALL))
def test_flux_of_the_page(address: InfluxAddress, query: str) -> None:
    """Each query finds the days, where Flux is spoken."""
    if address.version is InfluxVersion.V1:
        pytest.skip("Flux is switched off on a 1.8")
    server = server_at(address)
    with closing(server.link):
        answer = server.link.send(
            "POST",
            "/api/v2/query",
            {"org": address.organization},
            {"query": query, "type": "flux"},
            accept="application/csv",
        ).decode()
    assert "error" not in answer
    assert len(answer.splitlines()) > 1


def test_numbers_of_a_chart(address: InfluxAddress) -> None:
    """The first query of the page sums up the events: 300, 200 and 100."""
    query = re.findall(r"```influxql\n(.*?)\n```", PAGE, re.DOTALL)[0]
    values = [line.rpartition(",")[2] for line in _asked(address, query).splitlines()]
    assert values[1:] == ["300", "200", "100"]


def test_commands_of_the_page(address: InfluxAddress) -> None:
    """They are those that the form tells."""
    server = server_at(address)
    for layer, days, shard in zip(Layer, (90, 365, 1825), (30, 120, 360), strict=True):
        told = server.commands(address.bucket(layer), days, shard)
        assert told.rpartition("; ")[2] in PAGE


@pytest.mark.parametrize(
    ("layer", "spec"),
    [
        *((Layer.DAILY, spec) for spec in DAY_TABLES),
        *((layer, spec) for layer in COARSE for spec in SUM_TABLES),
    ],
    ids=lambda one: one if isinstance(one, Layer) else one.name,
)
def test_schema_of_the_page(layer: Layer, spec: TableSpec) -> None:
    """Measurements of tables have the tags and fields that the page tells."""
    rows = [
        (
            re.findall(r"`(\w+)`", names),
            re.findall(r"`(\w+)`", tags.split(" (")[0]),
            told,
        )
        for names, tags, told in re.findall(
            r"^\| (.*?) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE
        )
    ]
    found = [
        (tags, re.findall(r"`(\w+)`", told))
        for names, tags, told in rows
        if f"{layer}_{spec.name}" in names
    ]
    if not spec.numbers:
        assert f"`{spec.name}` has this only" in PAGE
        assert found == []
        return
    ((tags, fields),) = found
    assert tags == list(spec.keys)
    assert sorted(fields) == sorted(spec.numbers)


def _queries() -> list[str]:
    found = [
        target["query"] for panel in DASHBOARD["panels"] for target in panel["targets"]
    ]
    variables = DASHBOARD["templating"]["list"]
    return found + [each["query"] for each in variables if each["type"] == "query"]


@pytest.mark.parametrize("query", _queries())
def test_queries_of_the_dashboard(address: InfluxAddress, query: str) -> None:
    """With the variables that the page tells for each server."""
    row = re.findall(
        r"^\| (?:Daily|Weekly) layer \| `(.*?)` \| `(.*?)` \|$", PAGE, re.MULTILINE
    )
    column = 1 if address.version is InfluxVersion.V1 else 0
    daily, weekly = (each[column] for each in row)
    for name, value in (
        ("${daily:raw}", daily),
        ("${weekly:raw}", weekly),
        ("${home:regex}", HOME),
        ("${entity:regex}", r"light\.kitchen"),
        ("$timeFilter", "time > now() - 60d"),
    ):
        query = query.replace(name, value)
    assert "${" not in query
    lines = _asked(address, query).splitlines()
    assert len(lines) > 1
    assert not lines[0].startswith("error")


def test_panels_do_not_overlap() -> None:
    """Each has a place of its own on the dashboard, and a title."""
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        assert panel["title"]
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y)
            for x in range(place["w"])
            for y in range(place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not taken & cells
        taken |= cells
