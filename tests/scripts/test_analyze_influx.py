"""``scripts/analyze --store`` with the address of a real InfluxDB."""

from contextlib import closing
from pathlib import Path

import pytest

from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from scripts.tools.influx_server import DATABASE
from tests.stores.influx_servers import VERSIONS, Servers, address_of, make_buckets

from .conftest import FIRST, LAST, Analyze
from .test_analyze import MIDDLE, _forget, _is_one_line


@pytest.fixture(params=VERSIONS)
def url(
    request: pytest.FixtureRequest,
    socket_enabled: None,
    influx_servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Return the URL of a server, which is named in the environment besides."""
    server = influx_servers.get(request.param)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server.url


def _bucket(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setenv("INFLUXDB_V2_BUCKET", prefix)


def test_influxdb_says_what_sqlite_says(
    analyze: Analyze, home: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone on with, looked back on, learned anew: exactly the same JSON."""
    _bucket(monkeypatch, "offline_a")
    whole = analyze(home, "--json", "-").known
    middle = analyze(home, "--last", MIDDLE, "--json", "-").known
    begun = analyze(home, "--store", url, "--last", MIDDLE, "--json", "-")
    assert begun.known == middle
    again = analyze(home, "--store", url, "--json", "-")
    assert again.known == whole
    assert f"Learning {(LAST - MIDDLE).days} days" in again.err
    assert (
        analyze(home, "--store", url, "--last", MIDDLE, "--json", "-").known == middle
    )
    third = analyze(home, "--store", url, "--json", "-")
    assert third.known == whole
    assert "Learning" not in third.err


def test_earlier_days_are_learned_anew(
    analyze: Analyze, home: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a file; where they cannot be, what there is stays."""
    _bucket(monkeypatch, "offline_b")
    assert analyze(home, "--store", url, "--first", MIDDLE, "--quiet").status == 0
    anew = analyze(home, "--store", url, "--json", "-")
    assert anew.report["home"]["first_day"] == FIRST.isoformat()
    assert anew.known == analyze(home, "--json", "-").known
    _forget(home, before=MIDDLE)
    kept = analyze(home, "--store", url, "--json", "-")
    assert kept.known == anew.known


def test_buckets_keep_for_ever(
    analyze: Analyze,
    home: Path,
    url: str,
    influx_servers: Servers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are made so; those that do not are not used for the past."""
    _bucket(monkeypatch, "offline_c")
    assert analyze(home, "--store", url, "--quiet").status == 0
    running = next(
        server for server in map(influx_servers.get, VERSIONS) if server.url == url
    )
    address = address_of(running, "offline_c")
    with closing(server_at(address).link):
        names = [address.bucket(layer) for layer in Layer]
        found = server_at(address).buckets(names)
    assert [found[name].keep_s for name in names] == [None, None, None]
    make_buckets(address_of(running, "offline_d"), days=90)
    _bucket(monkeypatch, "offline_d")
    _is_one_line(analyze(home, "--store", url), "offline_d_daily", "90 days")


def test_what_is_wrong_is_said(
    analyze: Analyze, home: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, without the credentials."""
    wrong = "nobody:wrong"
    monkeypatch.setenv("INFLUXDB_V2_TOKEN", wrong)
    refused = analyze(home, "--store", url)
    _is_one_line(refused, "credentials")
    assert wrong not in refused.err
    _is_one_line(analyze(home, "--store", "http://127.0.0.1:9"), "not reachable")
    monkeypatch.delenv("INFLUXDB_V2_TOKEN")
    _is_one_line(analyze(home, "--store", url), "INFLUXDB_V2_TOKEN")
    assert DATABASE not in refused.err
