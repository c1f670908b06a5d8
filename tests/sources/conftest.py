"""Fixtures for the tests of sources."""

from collections.abc import Iterator
import logging
from pathlib import Path

import pytest

from benchmarks.recorder_copy import fill
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.sources.recorded_days import RecordedDays
from custom_components.pattern_intelligence.sources.recorder_database import (
    RecorderDatabase,
)
from custom_components.pattern_intelligence.sources.recorder_file import RecorderFile
from scripts.tools.sql_server import KINDS

from .builder import BERLIN, RecorderBuilder, ms
from .sql_servers import SqlServers

# The plugin has every SQL statement logged, which takes longer than to execute it.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

LATER = "2026-12-01 12:00"

_SERVED: list[str] = []
"""The URL of the database from which sources read what files hold, if any."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the recorder's file is to be."""
    return tmp_path / "home-assistant_v2.db"


@pytest.fixture
def recorder(path: Path) -> RecorderBuilder:
    """Return a recorder's file without rows, to be built upon."""
    return RecorderBuilder(path)


@pytest.fixture(params=["sqlite", *KINDS])
def served(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have sources read from each kind of database in turn."""
    if request.param == "sqlite":
        yield
        return
    request.getfixturevalue("socket_enabled")
    servers: SqlServers = request.getfixturevalue("sql_servers")
    _SERVED.append(servers.get(request.param))
    yield
    _SERVED.clear()


def source_of(
    path: Path, *entities: EntityInfo, now: str = LATER, home: Home | None = None
) -> RecordedDays:
    """Return a source over a file, or over a database with the same rows.

    Args:
        path: the file.
        entities: what the registries know.
        now: local time.
        home: the context, if more is to be said than entities.
    """
    context = home or Home(BERLIN, entities={each.entity_id: each for each in entities})
    if _SERVED:
        fill(_SERVED[0], path)
        return RecorderDatabase(_SERVED[0], context, Scope(), ms(now))
    return file_of(path, now=now, home=context)


def file_of(path: Path, *, now: str = LATER, home: Home | None = None) -> RecorderFile:
    """Return a source over a file; see :func:`source_of`."""
    return RecorderFile(path, home or Home(BERLIN), Scope(), ms(now))


def rows_of(raw: RawDay) -> list[tuple[str, str, int]]:
    """Return a day's rows: entity, state and milliseconds of the day."""
    return [
        (raw.entities[entity], raw.states[state], instant - raw.start)
        for entity, state, instant in zip(
            raw.entity.tolist(), raw.state.tolist(), raw.instant.tolist(), strict=True
        )
    ]


def carried_of(raw: RawDay) -> dict[str, str | None]:
    """Return the state each entity carries into the day."""
    return {
        entity_id: None if number < 0 else raw.states[number]
        for entity_id, number in zip(raw.entities, raw.carried.tolist(), strict=True)
    }
