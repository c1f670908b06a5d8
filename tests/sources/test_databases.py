"""The same history in every database that a recorder may use reads the same.

SQLite always; servers whose addresses are in the environment variable
``PATTERN_INTELLIGENCE_RECORDER_URLS``, separated by blanks, each naming a database
that may be emptied and filled.
"""

from collections.abc import Iterator
from datetime import date, timedelta
import os
from pathlib import Path

from homeassistant.components.recorder.db_schema import Base
import numpy as np
import pytest
from sqlalchemy import Connection, create_engine, insert, select

from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.sources.recorder_entities import (
    newest_attributes,
    recorded_entities,
)
from custom_components.pattern_intelligence.sources.recorder_rows import read_day
from custom_components.pattern_intelligence.sources.recorder_runs import (
    read_recording,
    recorded_intervals,
)
from custom_components.pattern_intelligence.sources.recorder_schema import check_schema

from .builder import BERLIN, RecorderBuilder, ms
from .conftest import carried_of, rows_of, source_of

URLS = ["sqlite://", *os.environ.get("PATTERN_INTELLIGENCE_RECORDER_URLS", "").split()]
NOW = "2026-06-05 12:00"
HOME = Home(BERLIN, aliases={"light.former": "light.l3"})


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
        recorder.pulse("2026-06-01 00:00", "2026-06-05 11:00")
    return path


@pytest.fixture(params=URLS, ids=lambda url: str(url).partition(":")[0])
def connection(
    request: pytest.FixtureRequest, file: Path, socket_enabled: None
) -> Iterator[Connection]:
    """Return a connection to a copy of what is recorded, in every database in turn."""
    engine = create_engine(request.param)
    origin = create_engine(f"sqlite:///{file}")
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with origin.connect() as old, engine.begin() as new:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in old.execute(select(table)).mappings()]
            for first in range(0, len(rows), 500):
                new.execute(insert(table), rows[first : first + 500])
    with engine.connect() as connected:
        yield connected
    Base.metadata.drop_all(engine)
    engine.dispose()
    origin.dispose()


def test_days(connection: Connection, file: Path) -> None:
    """Rows, states carried in, causes and times recorded."""
    check_schema(connection)
    source = source_of(file, home=HOME, now=NOW)
    recording = read_recording(connection, now=ms(NOW), running=False)
    assert recording is not None
    extent = recording.complete_days(HOME.civil, ms(NOW))
    assert extent == source.extent() == (date(2026, 6, 1), date(2026, 6, 4))
    for day in (extent[0] + timedelta(days=n) for n in range(4)):
        expected = source.read(day)
        spans = recorded_intervals(connection, recording, HOME.civil, day)
        raw = read_day(connection, day, HOME, Scope(), spans)
        assert raw.rows > 400
        assert rows_of(raw) == rows_of(expected)
        assert carried_of(raw) == carried_of(expected)
        assert raw.recorded == expected.recorded
        assert raw.automations == expected.automations
        assert np.array_equal(raw.cause, expected.cause)


def test_entities(connection: Connection) -> None:
    """Who has rows, since when, and what they last said of themselves."""
    ids = recorded_entities(connection)
    assert sorted(ids.values()) == sorted(
        [*(f"light.l{n}" for n in range(11)), "light.former", "sensor.pulse"]
    )
    early = recorded_entities(connection, ms("2026-06-01 00:20") / 1000 + 250)
    assert sorted(early.values()) == [
        "light.l0",
        "light.l1",
        "light.l2",
        "sensor.pulse",
    ]
    attributes = newest_attributes(connection, ids)
    # Of the rows of l3 with attributes, 50 n with 50 n = 3 (mod 11), the last is 2950.
    newest = max(n for n in range(0, 3000, 50) if n % 11 == 3)
    assert attributes["light.l3"] == {"friendly_name": f"Lämp {newest}"}
    assert attributes["sensor.pulse"] == {}
