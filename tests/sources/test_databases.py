"""The same history in every database that a recorder may use says the same."""

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recorder_copy import fill
from benchmarks.recorder_file import write_home
from benchmarks.simulator import simulate
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import CONSUMPTION, CONTEXT
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.sources.base import (
    SourceError,
    SourceUnavailableError,
)
from custom_components.pattern_intelligence.sources.config_dir import read_home
from custom_components.pattern_intelligence.sources.recorded_days import RecordedDays
from custom_components.pattern_intelligence.sources.recorder_database import (
    RecorderDatabase,
)
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from scripts.tools.sql_server import KINDS

from .builder import BERLIN, RecorderBuilder, ms
from .conftest import carried_of, file_of, rows_of
from .sql_servers import SqlServers

NOW = "2026-06-05 12:00"
HOME = Home(
    BERLIN,
    entities={"sensor.warm": EntityInfo("sensor.warm", device_class="temperature")},
    aliases={"light.former": "light.l3"},
)


@pytest.fixture
def file(path: Path) -> Path:
    """Record some days of all that may be met."""
    with RecorderBuilder(path) as recorder:
        recorder.run("2026-06-01 00:00", "2026-06-02 11:00", incorrect=True)
        recorder.run("2026-06-02 11:00", "2026-06-04 06:00")
        recorder.run("2026-06-04 06:01", None)
        recorder.automation("run", "automation.a", "2026-06-02 06:59")
        for n in range(3000):
            when = ms("2026-06-01 00:20") / 1000 + n * 100.25
            if not ms("2026-06-02 10:00") / 1000 < when < ms("2026-06-02 11:00") / 1000:
                recorder.state(
                    f"light.l{n % 11}",
                    ("on", "off", None, "", "🏡 é", "ON")[n * n % 6],
                    when,
                    changed=f"2026-06-0{n % 4 + 1} 07:00" if n % 5 == 0 else None,
                    user="anna" if n % 7 == 0 else None,
                    parent="p" if n % 3 == 0 else None,
                    own="run" if n % 13 == 0 else f"c{n}",
                    attributes={"friendly_name": f"Lämp {n}"} if n % 50 == 0 else None,
                )
        recorder.state("light.former", "on", "2026-06-02 09:00")
        recorder.state("light.former", "off", "2026-06-02 09:00")
        for n in range(400):
            when = ms("2026-06-01 00:05") / 1000 + n * 700.5
            text = str(n / 7 - 20) if n % 9 else "unavailable"
            recorder.state("sensor.warm", text, when)
            told = {"temperature": n % 40} if n % 5 else None
            recorder.state("weather.home", "sunny", when + 1, attributes=told)
        recorder.meter(
            "sensor.meter",
            "kWh",
            {
                f"2026-06-0{1 + n // 24} {n % 24:02d}:00": n * n / 3 if n % 7 else None
                for n in range(2, 90)
            },
        )
        recorder.meter("sensor.mean", "°C", {"2026-06-02 03:00": 1}, has_sum=False)
        recorder.pulse("2026-06-01 00:00", "2026-06-05 11:00")
    return path


@pytest.fixture(params=KINDS)
def url(
    request: pytest.FixtureRequest, sql_servers: SqlServers, socket_enabled: None
) -> str:
    """Return where each kind of server is in turn."""
    return sql_servers.get(request.param)


def test_days(file: Path, url: str) -> None:
    """Rows, states carried in, causes and times recorded."""
    fill(url, file)
    source = RecorderDatabase(url, HOME, Scope(), ms(NOW))
    in_file = file_of(file, home=HOME, now=NOW)
    extent = source.extent()
    assert extent == in_file.extent() == (date(2026, 6, 1), date(2026, 6, 4))
    assert source.silent() == in_file.silent() == frozenset()
    for day in (extent[0] + timedelta(days=n) for n in range(4)):
        raw, expected = source.read(day), in_file.read(day)
        assert raw.rows > 400
        assert rows_of(raw) == rows_of(expected)
        assert carried_of(raw) == carried_of(expected)
        assert raw.recorded == expected.recorded
        assert raw.automations == expected.automations
        assert np.array_equal(raw.cause, expected.cause)
        tables = summarize(raw)
        assert len(tables[CONTEXT.name]) == 2
        assert len(tables[CONSUMPTION.name]) == 1
        assert tables == summarize(expected)


def test_the_past(file: Path, url: str) -> None:
    """Long-term statistics: which meters, since when, and what they counted."""
    fill(url, file)
    source = RecorderDatabase(url, HOME, Scope(), ms(NOW))
    in_file = file_of(file, home=HOME, now=NOW)
    (meter,), (expected,) = source.meters(), in_file.meters()
    assert (meter.entity_id, meter.unit) == ("sensor.meter", "kWh")
    assert source.begun([meter]) == in_file.begun([expected]) == date(2026, 6, 1)
    span = date(2026, 5, 1), date(2026, 6, 4)
    counts, others = source.counted(meter, *span), in_file.counted(expected, *span)
    assert counts.instant.size == 60
    assert counts.instant.tolist() == others.instant.tolist()
    assert counts.amount.tolist() == others.amount.tolist()


def test_entities(file: Path, url: str) -> None:
    """What entities without an entry in the registry say of themselves."""
    fill(url, file)
    found = RecorderDatabase(url, HOME, Scope(), ms(NOW)).complete().entities
    # Of the rows of l3 with attributes, 50 n with 50 n = 3 (mod 11), the last is 2950.
    newest = max(n for n in range(0, 3000, 50) if n % 11 == 3)
    assert found["light.l3"].name == f"Lämp {newest}"
    assert found == file_of(file, home=HOME, now=NOW).complete().entities


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_patterns(tmp_path: Path, url: str) -> None:
    """A simulated home has the same ones, to the last digit."""
    home = simulate(11, 42, rich=True, rows_per_day=2_000)
    path = write_home(home, tmp_path / "config")
    fill(url, path)
    context = read_home(path.parent)
    now = round(home.stream.instant[-1] * 1000) + 1
    known = learned(RecorderDatabase(url, context, Scope(), now), tmp_path / "a.db")
    assert len(known["patterns"]) > 5
    assert known == learned(
        file_of(
            path, home=context, now=str(datetime.fromtimestamp(now / 1000, BERLIN))
        ),
        tmp_path / "b.db",
    )


def learned(source: RecordedDays, path: Path) -> Json:
    """Return what is known at the end of what a source holds."""
    store = SqliteStore(path)
    runner = Runner(store, source.complete(), registry())
    extent = source.extent()
    assert extent
    for day in runner.due(*extent):
        runner.learn(source.read(day, runner.carried_into(day)))
    report = runner.report(extent[1])
    store.close()
    assert report
    return report.as_json()


def test_a_server_that_is_away(url: str) -> None:
    """It may answer later; its password is told to nobody."""
    away = url.replace("@", ":s3cret@").partition("127.0.0.1:")[0] + "127.0.0.1:1/x"
    with pytest.raises(SourceUnavailableError) as raised:
        RecorderDatabase(away, HOME, Scope(), ms(NOW)).extent()
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("wrong", ["", "homeassistant", "nosuch://host/name"])
def test_what_is_no_database(wrong: str) -> None:
    """It is said at once what to write."""
    with pytest.raises(SourceError, match="no URL of a database"):
        RecorderDatabase(wrong, HOME, Scope(), ms(NOW))


def test_a_database_that_is_no_recorders(url: str) -> None:
    """It holds no states."""
    other = url.rpartition("/")[0] + "/postgres"
    if url.startswith("mysql"):
        other = url.rpartition("/")[0] + "/mysql"
    with pytest.raises(SourceError, match="no table 'states'"):
        RecorderDatabase(other, HOME, Scope(), ms(NOW)).extent()
