"""Questions to an InfluxDB: what the network, and whatever answers there, may do."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
import re

import pytest

from custom_components.pattern_intelligence.sources.base import SourceUnavailableError
from custom_components.pattern_intelligence.sources.influx import (
    server as server_module,
)
from custom_components.pattern_intelligence.sources.influx.place import (
    InfluxPlace,
    InfluxSourceError,
    Trouble,
)
from custom_components.pattern_intelligence.sources.influx.server import Server
from scripts.tools.influx_server import PASSWORD, USER, RunningInflux
from tests.stores.influx_servers import VERSIONS, Servers
from tests.stores.proxy import Proxy, proxied

MEASUREMENTS = "SHOW MEASUREMENTS"


@pytest.fixture(params=VERSIONS)
def running(
    request: pytest.FixtureRequest, influx_servers: Servers, socket_enabled: None
) -> RunningInflux:
    """Return a real server of each kind in turn."""
    return influx_servers.get(request.param)


@pytest.fixture
def place(running: RunningInflux) -> InfluxPlace:
    """Return a bucket or database that is not there, which says nothing."""
    if running.release.name == "1.8":
        return InfluxPlace(running.url, "none", username=USER, password=PASSWORD)
    return InfluxPlace(running.url, "none", token=running.token)


@pytest.fixture
def proxy(place: InfluxPlace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Return what stands before it, and let nobody wait before asking again."""
    monkeypatch.setattr(server_module, "PAUSES_S", (0.01, 0.01))
    with proxied(place.url) as standing:
        yield standing


def rows_of(place: InfluxPlace, query: str = MEASUREMENTS) -> list[list[str]]:
    """Return the rows of an answer."""
    with closing(Server(place)) as server:
        return server.ask(list, query)


def trouble_of(place: InfluxPlace, query: str = MEASUREMENTS) -> Trouble:
    """Return why an answer cannot be had; it is said in a line, without secrets."""
    with pytest.raises(InfluxSourceError) as raised:
        rows_of(place, query)
    said = str(raised.value)
    assert "\n" not in said
    for secret in filter(None, (place.token, place.password)):
        assert secret not in said
    return raised.value.trouble


def test_an_answer(place: InfluxPlace) -> None:
    """None of what is not there; the version is one that can be read."""
    assert rows_of(place) == []
    with closing(Server(place)) as server:
        server.check_version()


def test_credentials_that_are_refused(place: InfluxPlace) -> None:
    """They have to be given anew: asking again is of no use."""
    wrong = replace(place, token="wrong" if place.token else "", password="wrong")
    assert trouble_of(wrong) is Trouble.REFUSED


def test_a_token_that_is_none() -> None:
    """It is refused before it is sent."""
    with pytest.raises(InfluxSourceError, match="copy it again") as raised:
        InfluxPlace("http://host", "bucket", token="t\u00f6ken")
    assert "ken:" not in str(raised.value)


def test_a_question_that_is_none(place: InfluxPlace) -> None:
    """What the server says of it is passed on."""
    assert trouble_of(place, "SELECT FROM") is Trouble.NOT_UNDERSTOOD


def test_nobody_there(place: InfluxPlace) -> None:
    """Later somebody may be."""
    away = replace(place, url="http://127.0.0.1:1")
    with pytest.raises(SourceUnavailableError, match="not reachable"):
        rows_of(away)


def test_a_connection_that_is_cut(place: InfluxPlace, proxy: Proxy) -> None:
    """It is asked again; cut each time, nothing half is taken for an answer."""
    there = replace(place, url=proxy.url)
    for size in (0, 20, 120):
        proxy.cut(answers=size)
        assert rows_of(there) == []


def test_a_server_that_says_nothing(
    place: InfluxPlace, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not waited for long."""
    monkeypatch.setattr(server_module, "SILENCE_S", 0.1)
    proxy.silent = True
    assert trouble_of(replace(place, url=proxy.url)) is Trouble.SLOW


@pytest.mark.parametrize(
    ("head", "body", "trouble"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 14", "<html></html>\n", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 21", "<html>\n\n</html>,a,b\n", None),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0", "", Trouble.NOT_INFLUXDB),
        (
            "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0",
            "",
            Trouble.NOT_INFLUXDB,
        ),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2", "no", Trouble.FORBIDDEN),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 12",
            "error\nno no\n",
            Trouble.NOT_UNDERSTOOD,
        ),
        ("HTTP/1.1 503 Busy\r\nContent-Length: 4", "busy", Trouble.BUSY),
    ],
)
def test_what_may_answer_there(
    place: InfluxPlace, proxy: Proxy, head: str, body: str, trouble: Trouble | None
) -> None:
    """Something else, or a server that says no."""
    answer = f"{head}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n{body}"
    proxy.canned = [answer.encode()] * 3
    there = replace(place, url=proxy.url)
    if trouble is not None:
        assert trouble_of(there) is trouble
        return
    with pytest.raises(InfluxSourceError), closing(Server(there)) as server:
        server.check_version()


@pytest.mark.parametrize("version", ["3.1.0", "v4.0"])
def test_a_version_that_cannot_be_read(
    place: InfluxPlace, proxy: Proxy, version: str
) -> None:
    """It is named."""
    proxy.canned = [
        f"HTTP/1.1 204 No Content\r\nX-Influxdb-Version: {version}\r\n"
        "Connection: close\r\n\r\n".encode()
    ]
    server = Server(replace(place, url=proxy.url))
    with pytest.raises(InfluxSourceError, match=re.escape(version)) as raised:
        server.check_version()
    assert raised.value.trouble is Trouble.OTHER_VERSION


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host:8086",
        "ftp://host",
        "http://a:b@host",
        "http://:b@host",
        "http://h?x=1",
        "http://:1",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(InfluxSourceError) as raised:
        InfluxPlace(url, "bucket")
    assert raised.value.trouble is Trouble.ADDRESS


def test_buckets_as_influxql_names_them() -> None:
    """Of 2.x, a slash parts the database from the policy; of 1.8, it is a letter."""
    two = InfluxPlace("http://host", "a/b", token="t")
    assert two.database == {"db": "a", "rp": "b"}
    assert replace(two, bucket="Home Assistant").database == {"db": "Home Assistant"}
    assert InfluxPlace("http://host", "a/b").database == {"db": "a/b"}
