"""``scripts/validate``: what was learned, held against a batch run."""

from collections.abc import Callable, Sequence
from contextlib import closing
import json
from pathlib import Path
import tempfile

import pytest

from custom_components.pattern_intelligence.const import DATABASE
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from scripts.tools import validating
from tests.permissions import full_disk

from .conftest import DAYS, FIRST, Analyze, Command, Outcome
from .test_analyze import MIDDLE

type RunHere = Callable[[Command, Sequence[object]], Outcome]


@pytest.fixture
def learned(analyze: Analyze, home: Path) -> Path:
    """Return a home that learned all its days, in two goes."""
    store = f"sqlite:{home / DATABASE}"
    assert analyze(home, "--store", store, "--last", MIDDLE, "--quiet").status == 0
    assert analyze(home, "--store", store, "--quiet").status == 0
    return home


def test_it_is_equal(learned: Path, run_here: RunHere) -> None:
    """It says so, in a sentence or as JSON, and changes nothing."""
    file = learned / DATABASE
    before = file.read_bytes()
    said = run_here(validating.main, [learned])
    assert said.status == 0
    assert said.out.endswith(": equal.\n")
    report = json.loads(run_here(validating.main, [learned, "--json", "-"]).out)
    assert (report["equal"], report["days"]) == (True, DAYS)
    assert report["first_day"] == FIRST.isoformat()
    assert report["patterns"] > 0
    assert file.read_bytes() == before


def test_what_differs(learned: Path, run_here: RunHere) -> None:
    """Is told line by line, and by the exit status."""
    with closing(SqliteStore(learned / DATABASE)) as store:
        mark = next(mark for mark in store.learned() if mark.day == MIDDLE)
        store.write_day(
            LearnedDay(mark.day, mark.rows + 1, mark.entities), {}, keep_life=True
        )
    said = run_here(validating.main, [learned])
    assert said.status == validating.DIFFERS
    assert "not equal" in said.out
    assert f"{MIDDLE} rows : learned {{'rows': {mark.rows + 1}}}" in said.out
    assert f"{MIDDLE} happenings" in said.out
    assert "learned None" in said.out


def test_no_room_for_a_copy(
    learned: Path,
    run_here: RunHere,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line says so, and nothing is left behind."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with full_disk(8 * 1024):
        full = run_here(validating.main, [learned])
    assert full.status == 2
    assert full.err.count("\n") == 1
    assert f"cannot be copied to {folder}" in full.err
    assert [*folder.iterdir()] == []
    folder.rmdir()
    none = run_here(validating.main, [learned])
    assert (none.status, none.err.count("\n")) == (2, 1)
    assert str(folder) in none.err


def test_there_is_nothing_to_compare(home: Path, run_here: RunHere) -> None:
    """One line says what to do."""
    said = run_here(validating.main, [home])
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert "--store" in said.err
    with closing(SqliteStore(home / DATABASE)):
        pass
    empty = run_here(validating.main, [home])
    assert empty.status == validating.DIFFERS
    assert "Nothing can be compared" in empty.out
