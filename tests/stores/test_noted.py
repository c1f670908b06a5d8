"""What is under way is noted in one text, and read whole or not at all."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from custom_components.pattern_intelligence.stores.contents import Part, Piece
from custom_components.pattern_intelligence.stores.copying import MOVE, MoveMark, Stage
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return a store that nothing is noted in."""
    with closing(SqliteStore(tmp_path / "store.db")) as empty:
        yield empty


@pytest.mark.parametrize(
    "mark",
    [
        MoveMark("a", "b"),
        MoveMark("a", "b", Stage.LET_GO),
        MoveMark("a", "b", last=Piece(Part.WEEKS, date(2026, 2, 2))),
    ],
)
def test_what_is_noted_is_read(store: SqliteStore, mark: MoveMark) -> None:
    """All of it, and only once it is noted."""
    assert MoveMark.of(store) is None
    mark.keep(store)
    assert MoveMark.of(store) == mark


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "7",
        "[]",
        "{}",
        "not JSON",
        '{"old": "a", "new": "b", "stage": "copy"}',
        '{"old": "a", "new": "b", "stage": "lost", "last": null}',
        '{"old": "a", "new": "b", "stage": "copy", "last": [9, "2026-02-02"]}',
    ],
)
def test_what_cannot_be_read_is_nothing(store: SqliteStore, text: str) -> None:
    """Nothing is under way then."""
    store.write_text(MOVE, text)
    assert MoveMark.of(store) is None
