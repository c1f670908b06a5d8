"""What is special about InfluxDB: a network, a server, and what may happen to them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address
import json
import logging
from pathlib import Path
from random import Random
import shlex
import signal
import ssl
import subprocess
import sys
from time import sleep
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import pytest

from benchmarks.influx_speed import series_of
from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.stores.base import (
    AggregateStore,
    Layer,
    LearnedDay,
    Retention,
    StoreDamagedError,
    StoreError,
    StoreRefusedError,
    StoreTooNewError,
    StoreUnavailableError,
)
from custom_components.pattern_intelligence.stores.influx import (
    link,
    points,
    server as server_module,
    told,
)
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    InfluxVersion,
    address_from,
)
from custom_components.pattern_intelligence.stores.influx.problem import (
    InfluxError,
    Problem,
)
from custom_components.pattern_intelligence.stores.influx.servers import (
    check_version,
    server_at,
)
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.influx.watermark import (
    Watermark,
    packed,
)
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .influx_servers import VERSIONS, Servers, address_of, make_buckets, raw_points
from .makers import (
    COUNTS,
    ROOMS,
    InfluxFactory,
    Row,
    counts_of,
    day,
    rows_of,
    table,
    tables,
)
from .proxy import Proxy, answer, proxied
from .writer import ROWS

REPO = Path(__file__).parents[2]
FAR = date(2100, 1, 1)


def learn(store: AggregateStore, number: int, rows: int = 3, told_by: int = 0) -> None:
    """Write a day that tells its number, or another one."""
    store.write_day(
        LearnedDay(day(number), number, rows),
        tables(counts_of(told_by or number, rows)),
        keep_life=True,
    )


@pytest.fixture(params=VERSIONS)
def address(
    request: pytest.FixtureRequest, socket_enabled: None, influx_servers: Servers
) -> InfluxAddress:
    """Return a real server of every kind in turn, with buckets that keep for ever."""
    found = address_of(influx_servers.get(request.param))
    make_buckets(found)
    return found


@pytest.fixture
def factory(address: InfluxAddress) -> InfluxFactory:
    """Return what opens the store of a new home."""
    return InfluxFactory(address)


@pytest.fixture
def proxy(address: InfluxAddress) -> Iterator[Proxy]:
    """Return a proxy before the server."""
    with proxied(address.url) as found:
        yield found


@pytest.fixture
def behind(address: InfluxAddress, proxy: Proxy) -> Iterator[InfluxStore]:
    """Return the store of a new home behind the proxy."""
    through = InfluxFactory(replace(address, url=proxy.url))
    with closing(through.open()) as store:
        yield store


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once."""
    monkeypatch.setattr(link, "PAUSES_S", (0.01, 0.01))


def test_a_day_written_again_leaves_nothing_stale(factory: InfluxFactory) -> None:
    """Neither rows that it no longer has, nor tables; not even unread."""
    with closing(factory.open()) as store:
        rooms = table(ROOMS, [("kitchen", 5)])
        store.write_day(
            LearnedDay(day(1), 1, 5), tables(counts_of(9, 5), rooms), keep_life=True
        )
        learn(store, 2)
        learn(store, 1)
        learn(store, 1)
    found = raw_points(factory.address, factory.home)
    assert found["daily_counts"] == 6
    assert found["daily_counts_dense"] == 2
    assert found["daily_marks"] == 2
    assert not {"daily_rooms", "daily_rooms_dense"} & found.keys()


def test_points_lie_at_midnight(factory: InfluxFactory) -> None:
    """Of the local date, as if that were UTC: where a chart looks for them."""
    with closing(factory.open()) as store:
        learn(store, 1, rows=1)
        told_of = store.server.read(
            Layer.DAILY,
            'SELECT "count", "entity_id" FROM daily_counts WHERE home = $home',
            {"home": factory.home},
            b"".join,
        )
    midnight = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 10**9
    assert told_of.decode() == (
        f"name,tags,time,count,entity_id\ndaily_counts,,{midnight},1,light.l0000\n"
    )


def test_series_are_as_many_as_keys(address: InfluxAddress) -> None:
    """One for each row's key, one for the table, one for the mark: however many days."""
    alone = f"series_{uuid4().hex[:8]}"
    own = InfluxFactory(replace(address, prefix=alone, database=alone))
    make_buckets(own.address)
    with closing(own.open()) as store:
        for number in range(1, 5):
            learn(store, number, rows=7)
            learn(store, number, rows=7)
            if number in {1, 4}:
                assert series_of(store.server, Layer.DAILY) == 7 + 1 + 1


def test_homes_share_buckets(address: InfluxAddress) -> None:
    """None sees another's days, nor deletes them."""
    one, two = InfluxFactory(address), InfluxFactory(address)
    with closing(one.open()) as first, closing(two.open()) as second:
        learn(first, 1)
        learn(second, 2)
        learn(second, 2, told_by=7)
        first.clear()
        assert list(first.learned()) == []
        assert list(second.kept_days()) == [day(2)]
    with closing(two.open()) as second:
        found = second.read_days(COUNTS, day(1), day(9)).table
        assert rows_of(found) == rows_of(counts_of(7))
    assert set(raw_points(address, one.home)) == {"monthly_watermark"}


@pytest.mark.parametrize(
    "count", [12, pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_cut_while_writing(
    factory: InfluxFactory, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Connections are cut at any byte, the day is written when it is there again.

    In the end all days are there, each once and whole, and not one point more.
    """
    monkeypatch.setattr(server_module, "BATCH_LINES", 40)
    random = Random(count)
    through = replace(factory.address, url=proxy.url)
    store = InfluxStore(server_at(through, attempts=1), factory.home)
    cuts = 0
    told_by: dict[int, int] = {}
    while cuts < count:
        number, version = random.randint(1, 20), random.randint(1, 900)
        if random.random() < 0.5:
            proxy.cut(requests=random.randint(0, 30_000))
        else:
            proxy.cut(answers=random.randint(0, 3_000))
        try:
            learn(store, number, 100, version)
        except StoreUnavailableError:
            cuts += 1
            if random.random() < 0.3:
                store.close()
                store = InfluxStore(server_at(through, attempts=1), factory.home)
            proxy.cut()
            before = told_by.get(number)
            with closing(factory.open()) as other:
                found = other.read_days(COUNTS, day(number), day(number)).table
            # As a whole or not at all.
            assert rows_of(found) in (
                rows_of(counts_of(version, 100)),
                rows_of(counts_of(before, 100)) if before else [],
            )
            learn(store, number, 100, version)
        told_by[number] = version
    store.close()
    with closing(factory.open()) as store:
        assert list(store.kept_days()) == [day(n) for n in sorted(told_by)]
        found = store.read_days(COUNTS, day(1), day(20)).table
        assert rows_of(found) == [
            row for n in sorted(told_by) for row in rows_of(counts_of(told_by[n], 100))
        ]
    points_left = raw_points(factory.address, factory.home)
    assert points_left["daily_counts"] == 100 * len(told_by)
    assert points_left["daily_counts_dense"] == len(told_by)
    assert points_left["daily_marks"] == len(told_by)


def test_killed_while_it_writes(factory: InfluxFactory) -> None:
    """Every day that was reported is there, none is there in part."""
    order = json.dumps({"home": factory.home, "address": {**_fields(factory.address)}})
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.stores.influx_writer", order],
        cwd=REPO,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        try:
            said = [int(writer.stdout.readline()) for _ in range(5)]
        finally:
            writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    with closing(factory.open()) as store:
        numbers = [(found - day(0)).days for found in store.kept_days()]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) - len(said) in {0, 1}
        learn(store, len(numbers) + 1, ROWS)
        for number in range(1, len(numbers) + 2):
            found = store.read_days(COUNTS, day(number), day(number)).table
            assert rows_of(found) == rows_of(counts_of(number, ROWS))


def _fields(address: InfluxAddress) -> dict[str, Any]:
    names = ("url", "organization", "token", "database", "username", "password")
    found = {name: getattr(address, name) for name in names}
    return found | {"version": address.version.value, "prefix": address.prefix}


def test_a_batch_that_is_too_large_is_halved(behind: InfluxStore, proxy: Proxy) -> None:
    """Down to single lines; of which one that is too large is refused for good."""
    learn(behind, 1)
    behind.close()
    too_large = answer("413 Request Entity Too Large", '{"error": "too large"}')
    with closing(InfluxStore(behind.server, uuid4().hex)) as store:
        store.learned()
        behind.server.link.close()
        proxy.canned = [too_large]
        with pytest.raises(InfluxError) as raised:
            store.server.write(Layer.DAILY, ["daily_counts,home=x n=1i 1"])
        assert raised.value.problem is Problem.TOO_LARGE
        behind.server.link.close()
        proxy.canned = [too_large, too_large]
        lines = [f"daily_halved,home=x n={n}i {n}" for n in range(1, 9)]
        store.server.write(Layer.DAILY, lines)
        told_of = store.server.read(
            Layer.DAILY, "SELECT n FROM daily_halved WHERE home = 'x'", {}, b"".join
        )
        assert told_of.count(b"\n") == 9


@pytest.mark.parametrize(
    "status",
    [
        answer("429 Too Many Requests", "", "Retry-After: 0"),
        answer("503 Service Unavailable", '{"message": "starting"}'),
        answer("502 Bad Gateway", "<html>"),
    ],
)
def test_a_busy_server_is_asked_again(
    behind: InfluxStore, proxy: Proxy, status: bytes
) -> None:
    """Twice; then the day stays due."""
    proxy.canned = [status, status]
    learn(behind, 1)
    assert list(behind.kept_days()) == [day(1)]
    behind.server.link.close()
    proxy.canned = [status] * 9
    with pytest.raises(StoreUnavailableError, match="is busy"):
        learn(behind, 2)
    assert len(proxy.canned) == 6
    proxy.canned = []
    learn(behind, 2)
    assert list(behind.kept_days()) == [day(1), day(2)]


def test_a_long_pause_is_left_to_later(behind: InfluxStore, proxy: Proxy) -> None:
    """A server that wants an hour is not asked again at once, nor waited for."""
    proxy.canned = [answer("429 Too Many Requests", "", "Retry-After: 3600")] * 2
    with pytest.raises(StoreUnavailableError):
        behind.learned()
    assert len(proxy.canned) == 1


@pytest.mark.parametrize(
    ("status", "problem", "kind"),
    [
        ("401 Unauthorized", Problem.REFUSED, StoreRefusedError),
        ("403 Forbidden", Problem.FORBIDDEN, StoreRefusedError),
        ("500 Internal Server Error", Problem.FAILING, StoreUnavailableError),
        # So does a proxy answer while the server behind it starts.
        ("404 Not Found", Problem.NOT_INFLUXDB, StoreUnavailableError),
        ("302 Found", Problem.NOT_INFLUXDB, StoreUnavailableError),
        ("418 I'm a teapot", Problem.NOT_UNDERSTOOD, StoreError),
    ],
)
def test_what_a_server_says(
    behind: InfluxStore,
    proxy: Proxy,
    status: str,
    problem: Problem,
    kind: type[StoreError],
) -> None:
    """Each is told apart, and nothing has changed."""
    behind.learned()
    behind.server.link.close()
    proxy.canned = [answer(status, '{"message": "no"}', "Location: http://evil/")] * 9
    with pytest.raises(kind) as raised:
        learn(behind, 1)
    assert isinstance(raised.value, InfluxError)
    assert raised.value.problem is problem
    proxy.canned = []
    assert list(behind.learned()) == []


@pytest.mark.parametrize("page", ["", "{}", "<html>\n<p>log in, please</p>\n</html>"])
def test_a_page_before_the_server(behind: InfluxStore, proxy: Proxy, page: str) -> None:
    """What says 200 to everything and is no InfluxDB has taken no points."""
    learn(behind, 1)
    for ask in (
        lambda: learn(behind, 2),
        lambda: behind.read_days(COUNTS, day(1), day(1)),
        behind.clear,
    ):
        behind.server.link.close()
        proxy.canned = [answer("200 OK", page)] * 9
        with pytest.raises(StoreUnavailableError):
            ask()
    proxy.canned = []
    assert list(behind.kept_days()) == [day(1)]
    learn(behind, 2)
    assert list(behind.kept_days()) == [day(1), day(2)]


def test_a_pause_ends_when_all_is_closed(behind: InfluxStore, proxy: Proxy) -> None:
    """Whoever wants to stop does not wait until the server is to be asked again."""
    proxy.canned = [answer("503 Service Unavailable", "", "Retry-After: 19")] * 9
    with ThreadPoolExecutor(1) as executor:
        asking = executor.submit(behind.learned)
        while len(proxy.canned) == 9:
            sleep(0.01)
        behind.server.link.hurry()
        with pytest.raises(StoreUnavailableError, match="is busy"):
            asking.result(timeout=15)
    assert len(proxy.canned) == 8


def test_a_full_disk_is_said(behind: InfluxStore, proxy: Proxy) -> None:
    """As the server says it: the day stays due."""
    proxy.canned = [
        answer("500 Internal Server Error", '{"message": "no space left on device"}')
    ] * 3
    with pytest.raises(StoreUnavailableError, match="make room"):
        behind.learned()


def test_away(factory: InfluxFactory, proxy: Proxy) -> None:
    """Nothing listens: it is said where, and opening alone asks nothing."""
    proxy.close()
    address = replace(factory.address, url=proxy.url)
    with closing(InfluxStore(server_at(address), factory.home)) as store:
        with pytest.raises(StoreUnavailableError, match="is not reachable") as raised:
            store.learned()
        assert proxy.url in str(raised.value)


def test_silent(
    factory: InfluxFactory, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that says nothing is given up, and not asked again at once."""
    monkeypatch.setattr(link, "SILENCE_S", 0.2)
    proxy.silent = True
    address = replace(factory.address, url=proxy.url)
    with (
        closing(InfluxStore(server_at(address), factory.home)) as store,
        pytest.raises(StoreUnavailableError, match="too long"),
    ):
        store.learned()


def test_slow(behind: InfluxStore, proxy: Proxy) -> None:
    """A server that lets one wait, but not for too long, is as good as another."""
    proxy.delay = 0.02
    learn(behind, 1, rows=200)
    assert rows_of(behind.read_days(COUNTS, day(1), day(1)).table) == rows_of(
        counts_of(1, 200)
    )


def test_too_slow(
    factory: InfluxFactory, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day stays due; what still arrives of it later takes nothing's place."""
    through = replace(factory.address, url=proxy.url)
    with closing(InfluxStore(server_at(through), factory.home)) as store:
        learn(store, 1)
        store.server.link.close()
        monkeypatch.setattr(link, "SILENCE_S", 0.2)
        proxy.delay = 0.6
        with pytest.raises(StoreUnavailableError, match="too long"):
            learn(store, 1, told_by=5)
        store.server.link.close()
        proxy.delay = 0.0
        learn(store, 1, told_by=7)
        sleep(0.8)
        found = store.read_days(COUNTS, day(1), day(1)).table
    assert rows_of(found) == rows_of(counts_of(7))
    with closing(factory.open()) as again:
        found = again.read_days(COUNTS, day(1), day(1)).table
    assert rows_of(found) == rows_of(counts_of(7))


def test_an_answer_that_never_ends(
    behind: InfluxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up though something comes all the while."""
    learn(behind, 1)
    monkeypatch.setattr(link, "ANSWER_S", -1)
    with pytest.raises(StoreUnavailableError, match="too long"):
        behind.read_days(COUNTS, day(1), day(1))


def test_an_answer_that_is_cut_short(factory: InfluxFactory, proxy: Proxy) -> None:
    """Is never taken for the whole: what is read is complete or an error."""
    with closing(factory.open()) as store:
        learn(store, 1, 400)
    through = server_at(replace(factory.address, url=proxy.url), attempts=1)
    with closing(InfluxStore(through, factory.home)) as store:
        store.learned()
        whole = len(rows_of(store.read_days(COUNTS, day(1), day(1)).table))
        assert whole == 400
        for size in (*range(0, 500, 20), 1_000, 2_000):
            proxy.cut(answers=size)
            with pytest.raises(StoreUnavailableError, match="cut the connection"):
                store.read_days(COUNTS, day(1), day(1))
        proxy.cut()
        assert len(store.read_days(COUNTS, day(1), day(1)).table) == 400


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's side of TLS, and the file of who signed its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    authority, private = folder / "ca.pem", folder / "key.pem"
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, private)
    return context, authority


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_certificates(factory: InfluxFactory, tmp_path: Path) -> None:
    """Are checked; an authority of one's own can be named, or checking given up."""
    context, authority = _certificate(tmp_path)
    with proxied(factory.address.url, tls=context) as proxy:
        strict = replace(factory.address, url=proxy.url)
        for address, problem in (
            (strict, Problem.TLS),
            (replace(strict, ca_file=str(authority)), None),
            (replace(strict, verify_tls=False), None),
            (replace(strict, ca_file=str(tmp_path / "none.pem")), Problem.TLS),
        ):
            with closing(InfluxStore(server_at(address), factory.home)) as store:
                if problem is None:
                    learn(store, 1)
                    continue
                with pytest.raises(StoreUnavailableError) as raised:
                    store.learned()
                assert isinstance(raised.value, InfluxError)
                assert raised.value.problem is problem


def test_wrong_credentials(address: InfluxAddress) -> None:
    """Are refused as such, whatever is asked."""
    wrong = replace(address, token="wrong", password="wrong")
    with closing(InfluxStore(server_at(wrong), uuid4().hex)) as store:
        for ask in (store.learned, store.kept_days, lambda: learn(store, 1)):
            with pytest.raises(StoreRefusedError, match="refuses the credentials"):
                ask()


def test_credentials_are_told_nowhere(
    address: InfluxAddress, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither by an error and what it was raised from, nor in a log or a repr."""
    caplog.set_level(logging.DEBUG)
    secret = "s3cret-" + uuid4().hex
    wrong = replace(address, token=secret, password=secret, url=proxy.url)
    said = [repr(wrong), str(wrong)]
    for canned in (b"", answer("401 Unauthorized"), b"garbage\r\n\r\n"):
        proxy.canned = [canned] * 9 if canned else []
        with closing(InfluxStore(server_at(wrong), uuid4().hex)) as store:
            for attempt in (store.learned, lambda: store.write_text("a", "b")):
                with pytest.raises(StoreError) as raised:
                    attempt()
                error: BaseException | None = raised.value
                while error is not None:
                    said += [str(error), repr(error)]
                    error = error.__cause__ or (
                        None if error.__suppress_context__ else error.__context__
                    )
    for strange in ("line\nbreak" + secret, "Ж" + secret):
        bad = replace(wrong, token=strange, password=strange)
        with closing(InfluxStore(server_at(bad), uuid4().hex)) as store:
            with pytest.raises(StoreError) as raised:
                store.learned()
            said.append(str(raised.value))
    assert secret not in "\n".join(said)
    assert secret not in caplog.text


def test_a_bucket_that_is_gone(address: InfluxAddress) -> None:
    """Is no empty store: it is said which, and by its return all goes on."""
    prefix = f"gone_{uuid4().hex[:8]}"
    other = replace(address, prefix=prefix)
    home = uuid4().hex
    with closing(InfluxStore(server_at(other), home)) as store:
        with pytest.raises(StoreUnavailableError, match=f"{prefix}_daily"):
            store.learned()
        make_buckets(other)
        learn(store, 1)
        _remove_bucket(store, Layer.DAILY)
        with pytest.raises(StoreUnavailableError, match=r"bucket|retention policy"):
            learn(store, 2)
        make_buckets(other)
        learn(store, 2)
        with pytest.raises(StoreDamagedError, match="no longer holds"):
            store.kept_days()
        store.clear()
        learn(store, 1)
        assert list(store.kept_days()) == [day(1)]


def _remove_bucket(store: InfluxStore, layer: Layer) -> None:
    address = store.server.link.address
    name = address.bucket(layer)
    if address.version is InfluxVersion.V1:
        statement = f'DROP RETENTION POLICY "{name}" ON "{address.database}"'
        store.server.link.send("POST", "/query", {"q": statement})
    else:
        key = store.server.buckets([name])[name].key
        store.server.link.send("DELETE", f"/api/v2/buckets/{key}")


def test_days_that_are_too_old_for_the_server(
    address: InfluxAddress, tmp_path: Path
) -> None:
    """They go to the attic, and all is as in a store that keeps everything."""
    short = replace(address, prefix=f"short_{uuid4().hex[:8]}")
    make_buckets(short, days=30)
    today = datetime.now(UTC).date()
    dates = [today - timedelta(days=back) for back in range(45, 0, -1)]
    with (
        closing(SqliteStore(tmp_path / "attic.db")) as attic,
        closing(SqliteStore(tmp_path / "other.db")) as other,
        closing(InfluxStore(server_at(short), uuid4().hex, attic)) as store,
    ):
        for each in (store, other):
            for place, learned in enumerate(dates):
                each.write_day(
                    LearnedDay(learned, place, 3),
                    tables(counts_of(place)),
                    keep_life=True,
                )
                each.write_verdicts(learned, str(place))
            for start in (dates[0], dates[-1]):
                rooms = table(ROOMS, [("hall", start.day)])
                each.write_period(Layer.WEEKLY, start, tables(rooms))
                each.write_life(start, f"life of {start}")
        assert list(store.learned()) == list(other.learned())
        assert list(store.kept_days()) == list(other.kept_days()) == dates
        for first, last in ((dates[0], dates[-1]), (dates[3], dates[20])):
            mine, theirs = (
                each.read_days(COUNTS, first, last) for each in (store, other)
            )
            assert mine.day.tolist() == theirs.day.tolist()
            assert mine.table == theirs.table
            assert store.read_verdicts(first, last) == other.read_verdicts(first, last)
        assert list(store.periods(Layer.WEEKLY)) == list(other.periods(Layer.WEEKLY))
        weeks = (
            each.read_periods(Layer.WEEKLY, ROOMS, dates[0], today)
            for each in (store, other)
        )
        assert rows_of(next(weeks).table) == rows_of(next(weeks).table)
        for last in (dates[10], today):
            assert store.read_life(last) == other.read_life(last)
        for each in (store, other):
            each.forget_before(dates[-1], Retention(daily=40, weekly=20))
        assert list(store.kept_days()) == list(other.kept_days()) == dates[5:]
        assert store.read_life(dates[10]) == other.read_life(dates[10])
        assert dates[5] in attic.kept_days()
        assert {mark.day for mark in attic.learned()} < set(dates[5:])
        assert set(attic.read_verdicts(dates[0], today)) < set(dates[5:])
        assert list(attic.periods(Layer.WEEKLY)) == []
        assert attic.read_life(FAR) is None


def test_an_attic_with_something_else_in_it(
    address: InfluxAddress, tmp_path: Path
) -> None:
    """What a store held before it became the attic stays there, and is not read."""
    short = replace(address, prefix=f"used_{uuid4().hex[:8]}")
    make_buckets(short, days=30)
    old, home = date(2020, 1, 5), uuid4().hex
    with closing(SqliteStore(tmp_path / "attic.db")) as attic:
        attic.write_text("decisions", "stay")
        learn(attic, 1)
        attic.write_life(old + timedelta(days=1), "another's")
        with closing(InfluxStore(server_at(short), home, attic)) as store:
            store.write_life(old, "mine")
            assert store.read_life(FAR) == (old, "mine")
            assert list(store.kept_days()) == []
            store.write_life(old + timedelta(days=7), "mine, later")
            assert store.read_life(old) == (old, "mine")
        assert [mark.day for mark in attic.learned()] == [day(1)]
        kept = attic.read_days(COUNTS, day(1), day(1)).table
        assert rows_of(kept) == rows_of(counts_of(1))
        assert attic.read_life(FAR) == (old + timedelta(days=7), "mine, later")
        assert attic.read_life(old + timedelta(days=6)) == (
            old + timedelta(days=1),
            "another's",
        )
        with closing(InfluxStore(server_at(short), home, attic)) as store:
            store.forget_after(old)
        assert attic.read_life(FAR) == (old + timedelta(days=1), "another's")
        assert [mark.day for mark in attic.learned()] == [day(1)]
        assert attic.read_text("decisions") == "stay"


def test_too_old_without_an_attic(address: InfluxAddress) -> None:
    """It is said, and nothing has changed."""
    short = replace(address, prefix=f"none_{uuid4().hex[:8]}")
    make_buckets(short, days=30)
    with closing(InfluxStore(server_at(short), uuid4().hex)) as store:
        with pytest.raises(StoreError, match="without expiry"):
            store.write_day(LearnedDay(date(2020, 1, 1), 1, 1), {}, keep_life=True)
        assert list(store.learned()) == []


def test_a_bucket_that_keeps_less_from_now_on(factory: InfluxFactory) -> None:
    """What the server has let go of is no longer kept; it is no damage."""
    address = replace(factory.address, prefix=f"less_{uuid4().hex[:8]}")
    make_buckets(address, days=900)
    today = datetime.now(UTC).date()
    dates = [today - timedelta(days=back) for back in (80, 1)]
    with closing(InfluxStore(server_at(address), factory.home)) as store:
        for each in dates:
            store.write_day(LearnedDay(each, 1, 1), {}, keep_life=True)
        assert list(store.kept_days()) == dates
        name = address.bucket(Layer.DAILY)
        store.server.keep(store.server.buckets([name])[name], 60)
        time = day_number(dates[0]) * points.DAY_NS
        store.server.delete(Layer.DAILY, factory.home, time, time)
        assert list(store.kept_days()) == dates[1:]
        assert len(store.learned()) == 2


def test_a_newer_version_s_watermark(factory: InfluxFactory) -> None:
    """It is refused, and left as it is."""
    with closing(factory.open()) as store:
        learn(store, 1)
        _write_watermark(store, factory.home, packed('{"schema": 2}'))
    with closing(factory.open()) as store:
        for _ in range(2):
            with pytest.raises(StoreTooNewError, match="newer version"):
                store.learned()


@pytest.mark.parametrize("text", ["no watermark", packed("{}"), packed("[]")])
def test_a_damaged_watermark(factory: InfluxFactory, text: str) -> None:
    """Is told as damage, not taken for a store without days."""
    with closing(factory.open()) as store:
        learn(store, 1)
        _write_watermark(store, factory.home, text)
    with closing(factory.open()) as store:
        with pytest.raises(StoreDamagedError):
            store.learned()
        store.clear()
        learn(store, 2)
    with closing(factory.open()) as store:
        assert list(store.kept_days()) == [day(2)]


def _write_watermark(store: InfluxStore, home: str, text: str) -> None:
    row = table(told.WATERMARK, [("", 10**6, 1, text)])
    time = int(datetime.now(UTC).timestamp()) * 10**9
    store.server.write(Layer.MONTHLY, points.lines_of(Layer.MONTHLY, row, home, time))


def test_points_of_others(factory: InfluxFactory) -> None:
    """What another program wrote between ours is damage, not data."""
    with closing(factory.open()) as store:
        learn(store, 1)
        time = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 10**9
        store.server.write(
            Layer.DAILY,
            [f'daily_counts_dense,home={factory.home},part=x text="a, b" {time}'],
        )
        with pytest.raises(StoreDamagedError, match="not written here"):
            store.read_days(COUNTS, day(1), day(1))


def test_long_texts(factory: InfluxFactory) -> None:
    """The life of many patterns is more than one field holds."""
    random = Random(1)
    life = "".join(chr(random.randrange(32, 0x3000)) for _ in range(300_000))
    with closing(factory.open()) as store:
        store.write_life(day(7), "before")
        store.write_life(day(7), life)
        assert store.read_life(day(9)) == (day(7), life)
    with closing(factory.open()) as store:
        assert store.read_life(day(9)) == (day(7), life)


def test_texts_longer_than_a_field(factory: InfluxFactory) -> None:
    """Of a device gone mad: some megabytes in one row, with anything in them."""
    random = Random(2)
    long = "".join(random.choice('ab %"é,\n=') for _ in range(900_000))
    rows: list[Row] = [
        ("light.a", "on", 1, 2, "x" * 1_200_000, "50%+2"),
        ("light.b", "on", 3, 4, "short", long),
        ("light.c", "on", 5, 6, "", "500%+"),
    ]
    with closing(factory.open()) as store:
        learn(store, 1)
        store.write_day(
            LearnedDay(day(2), 1, 1), tables(table(COUNTS, rows)), keep_life=True
        )
        found = store.read_days(COUNTS, day(1), day(2)).table
    assert rows_of(found) == rows_of(counts_of(1)) + rows


def test_erase(factory: InfluxFactory) -> None:
    """Not one point of the home is left."""
    with closing(factory.open()) as store:
        learn(store, 1)
        store.write_life(day(7), "x")
        store.erase()
    assert raw_points(factory.address, factory.home) == {}


def test_texts_by_name(factory: InfluxFactory) -> None:
    """Kept with the watermark, whatever is learned or forgotten."""
    with closing(factory.open()) as store:
        assert store.read_text("zone") is None
        store.write_text("zone", "Europe/Berlin 🏡\0")
        learn(store, 1)
        store.clear()
    with closing(factory.open()) as store:
        assert store.read_text("zone") == "Europe/Berlin 🏡\0"


def test_text_that_is_no_unicode_is_refused(factory: InfluxFactory) -> None:
    """As the built-in store does; it goes on."""
    bad = table(ROOMS, [("\ud800", 1)])
    with closing(factory.open()) as store:
        learn(store, 1)
        with pytest.raises(StoreError, match="no valid Unicode"):
            store.write_day(LearnedDay(day(2), 1, 1), tables(bad), keep_life=True)
        with pytest.raises(StoreError, match="no valid Unicode"):
            store.write_life(day(7), "\udfff")
        assert list(store.kept_days()) == [day(1)]


def test_a_closed_store_says_so(factory: InfluxFactory) -> None:
    """Rather than connect again behind everybody's back."""
    store = factory.open()
    learn(store, 1)
    store.close()
    with pytest.raises(StoreError, match="was closed"):
        store.learned()


def test_the_wrong_kind_of_server(address: InfluxAddress) -> None:
    """Is told before anything is written."""
    check_version(server_at(address).link)
    other = (
        InfluxVersion.V1 if address.version is InfluxVersion.V2 else InfluxVersion.V2
    )
    swapped = replace(address, version=other, username="a", password="b", token="c")
    with pytest.raises(InfluxError) as raised:
        check_version(server_at(swapped).link)
    assert raised.value.problem in {Problem.OTHER_VERSION, Problem.REFUSED}


@pytest.mark.parametrize(
    ("canned", "problem"),
    [
        (answer("200 OK", "{}", "X-Influxdb-Version: 3.1.0"), Problem.INFLUXDB_3),
        (
            answer("401 Unauthorized", "", "X-Influxdb-Version: 3.1.0"),
            Problem.INFLUXDB_3,
        ),
        (answer("200 OK", "<html>"), Problem.NOT_INFLUXDB),
        (answer("404 Not Found", "<html>"), Problem.NOT_INFLUXDB),
    ],
)
def test_what_is_no_server_of_ours(
    address: InfluxAddress, proxy: Proxy, canned: bytes, problem: Problem
) -> None:
    """An InfluxDB 3, a router's page."""
    proxy.canned = [canned]
    with pytest.raises(InfluxError) as raised:
        check_version(server_at(replace(address, url=proxy.url)).link)
    assert raised.value.problem is problem


@pytest.mark.parametrize(
    "url",
    [
        "",
        "influx:8086",
        "http://",
        "http://h:99999",
        "ftp://h",
        "http://u:p@h",
        "http://h/?q",
    ],
)
def test_no_address(url: str) -> None:
    """Nothing that could leak or lead elsewhere."""
    with pytest.raises(StoreError, match="address of InfluxDB"):
        InfluxAddress(url=url)


def test_the_address_in_the_environment() -> None:
    """The client's own variables, for a 2.x and for a 1.8."""
    two = address_from(
        {
            "INFLUXDB_V2_ORG": "home",
            "INFLUXDB_V2_TOKEN": "t",
            "INFLUXDB_V2_BUCKET": "pi",
            "INFLUXDB_V2_VERIFY_SSL": "false",
        },
        "https://h",
    )
    assert two == InfluxAddress(
        url="https://h", organization="home", token="t", prefix="pi", verify_tls=False
    )
    one = address_from(
        {"INFLUXDB_V2_ORG": "-", "INFLUXDB_V2_TOKEN": "u:p:q"}, "http://h"
    )
    assert (one.version, one.username, one.password) == (InfluxVersion.V1, "u", "p:q")
    with pytest.raises(StoreError, match="INFLUXDB_V2_ORG"):
        address_from({}, "http://h")


def test_garbage_is_deleted_in_few_ranges() -> None:
    """As long as nothing valid lies between."""
    mark = Watermark()
    shelf = next(each for each in mark.valid if each[0] is Layer.DAILY)
    for number in range(10):
        mark.done(shelf, number, mark.begin(shelf, number))
    for number in (2, 3, 7):
        mark.drop(shelf, number)
    again = mark.begin(shelf, 5)
    mark.done(shelf, 5, again)
    assert again == 1
    days = points.DAY_NS
    assert list(mark.ranges(Layer.DAILY)) == [
        (2 * days, 3 * days),
        (5 * days, 5 * days),
        (7 * days, 7 * days),
    ]
    assert list(mark.ranges(Layer.DAILY, [2 * days + 1])) == [
        (2 * days, 2 * days),
        (3 * days, 3 * days),
        (5 * days, 5 * days),
        (7 * days, 7 * days),
    ]


@pytest.mark.parametrize("organization", ["home", "O'Brien's", "'; rm -rf x; '"])
def test_the_command_is_one_whatever_the_organization(organization: str) -> None:
    """It is pasted into a shell, which must find the name as it is."""
    server = server_at(InfluxAddress("http://a", organization=organization))
    words = shlex.split(server.commands("b_daily", 90, 30))
    assert words[3:7] == ["--org", organization, "--name", "b_daily"]
    assert len(words) == 11
