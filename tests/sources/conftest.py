"""Fixtures for the tests of sources."""

from pathlib import Path

import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.sources.recorder_file import RecorderFile

from .builder import BERLIN, RecorderBuilder, ms

LATER = "2026-12-01 12:00"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the recorder's file is to be."""
    return tmp_path / "home-assistant_v2.db"


@pytest.fixture
def recorder(path: Path) -> RecorderBuilder:
    """Return a recorder's file without rows, to be built upon."""
    return RecorderBuilder(path)


def source_of(
    path: Path, *entities: EntityInfo, now: str = LATER, home: Home | None = None
) -> RecorderFile:
    """Return a source over a file.

    Args:
        path: the file.
        entities: what the registries know.
        now: local time.
        home: the context, if more is to be said than entities.
    """
    context = home or Home(BERLIN, entities={each.entity_id: each for each in entities})
    return RecorderFile(path, context, Scope(), ms(now))


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
