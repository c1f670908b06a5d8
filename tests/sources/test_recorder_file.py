"""A recorder's file: read beside Home Assistant, untouched, or refused with reason."""

from contextlib import closing
from datetime import date
from pathlib import Path
import shutil
import sqlite3
import subprocess
import sys

import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo
from custom_components.pattern_intelligence.sources import recorded_days, recorder_file
from custom_components.pattern_intelligence.sources.base import (
    SourceError,
    SourceUnavailableError,
)
from custom_components.pattern_intelligence.sources.recorded_days import RecordedDays
from tests.permissions import without_privileges

from .builder import RecorderBuilder, execute
from .conftest import rows_of, source_of

DAY = date(2026, 6, 2)
REPO = Path(__file__).parents[2]


def fill(recorder: RecorderBuilder) -> None:
    """Record three days."""
    recorder.pulse("2026-06-01 00:00", "2026-06-03 23:30")
    recorder.state("light.a", "on", "2026-06-02 07:00")
    recorder.run("2026-06-01 00:00", None)


@pytest.fixture
def finished(path: Path, recorder: RecorderBuilder) -> Path:
    """Return a file that nobody has open."""
    with recorder:
        fill(recorder)
    return path


def test_reading_leaves_nothing_behind(finished: Path) -> None:
    """No side file and no changed byte, in a folder that may be written."""
    before = finished.read_bytes()
    source = source_of(finished)
    assert source.extent() == (date(2026, 6, 1), date(2026, 6, 3))
    assert rows_of(source.read(DAY)) == [("light.a", "on", 7 * 3_600_000)]
    assert [each.name for each in finished.parent.iterdir()] == [finished.name]
    assert finished.read_bytes() == before


def test_from_a_read_only_folder(
    open_folder: Path, tmp_path: Path, finished: Path
) -> None:
    """A backup on a medium that cannot be written."""
    path = Path(shutil.copy(finished, open_folder))
    path.chmod(0o444)
    open_folder.chmod(0o555)
    with without_privileges():
        assert len(rows_of(source_of(path).read(DAY))) == 1
    assert [each.name for each in open_folder.iterdir()] == [path.name]


def test_while_it_is_written(path: Path, recorder: RecorderBuilder) -> None:
    """What was committed is seen, though it is in the log only; what was not, is not."""
    with recorder:
        fill(recorder)
        recorder.database.commit()
        recorder.database.execute("PRAGMA wal_autocheckpoint = 0")
        source = source_of(path)
        assert len(rows_of(source.read(DAY))) == 1
        recorder.state("light.a", "off", "2026-06-02 08:00")
        assert len(rows_of(source.read(DAY))) == 1
        recorder.database.commit()
        assert len(rows_of(source.read(DAY))) == 2


WRITER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA wal_autocheckpoint = 20")
while True:
    for state in ("on", "off"):
        database.execute(
            "INSERT INTO states (metadata_id, state, last_updated_ts)"
            " SELECT metadata_id, ?, max(last_updated_ts) + .001 FROM states"
            " WHERE metadata_id = (SELECT metadata_id FROM states_meta"
            " WHERE entity_id = 'light.a')", (state,))
    database.commit()
    print(flush=True)
"""


def _pairs(source: RecordedDays, writer: subprocess.Popen[str]) -> list[str]:
    """Return the states written so far, after some more were."""
    assert writer.stdout is not None
    for _ in range(20):
        writer.stdout.readline()
    states = [state for _, state, _ in rows_of(source.read(DAY))]
    assert states == ["off"] + ["on", "off"] * (len(states) // 2)
    return states


def test_beside_a_process_that_writes(path: Path, recorder: RecorderBuilder) -> None:
    """Each reading is of one moment: rows come in pairs, and more from time to time."""
    with recorder:
        recorder.state("light.a", "off", "2026-06-02 00:00")
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        try:
            sizes = [len(_pairs(source_of(path), writer)) for _ in range(15)]
        finally:
            writer.kill()
    assert sizes == sorted(sizes)
    assert sizes[-1] >= 15 * 40


def test_started_on_while_it_is_read(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read without locks is read again when the file has changed meanwhile."""
    read_day = recorded_days.read_day
    calls = []

    def start_then_read(*args: object) -> object:
        found = read_day(*args)  # type: ignore[arg-type]
        calls.append(found)
        if len(calls) == 1:
            execute(
                finished,
                "INSERT INTO states (metadata_id, state, last_updated_ts)"
                " SELECT metadata_id, 'off', last_updated_ts + 60 FROM states"
                " WHERE state = 'on'",
            )
        return found

    monkeypatch.setattr(recorded_days, "read_day", start_then_read)
    rows = rows_of(source_of(finished).read(DAY))
    assert [state for _, state, _ in rows] == ["on", "off"]
    assert len(calls) == 2


def test_a_file_that_keeps_changing(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Being copied, say: it is not waited for without end."""
    read_day = recorded_days.read_day

    def read_while_copied(*args: object) -> object:
        with finished.open("ab") as file:
            file.write(bytes(4096))
        return read_day(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(recorded_days, "read_day", read_while_copied)
    with pytest.raises(SourceUnavailableError, match="changes all the time"):
        source_of(finished).read(DAY)


def test_a_name_that_means_something_in_an_address(finished: Path) -> None:
    """Is a name all the same."""
    odd = finished.rename(finished.with_name("a b#c?mode=rwc&%41.db"))
    assert len(rows_of(source_of(odd).read(DAY))) == 1
    assert [each.name for each in odd.parent.iterdir()] == [odd.name]


def test_what_strangers_say_of_themselves(
    path: Path, recorder: RecorderBuilder
) -> None:
    """Entities without a registry entry are known by their last attributes."""
    enum = {"friendly_name": "Mode", "device_class": "enum", "options": ["a", "b"]}
    with recorder:
        fill(recorder)
        recorder.state("sensor.m", "a", "2026-06-02 07:00", attributes={"options": []})
        recorder.state("sensor.m", "b", "2026-06-02 08:00", attributes=enum)
        recorder.state("sensor.m", "", "2026-06-02 09:00")
        recorder.state("light.known", "on", "2026-06-02 07:00", attributes=enum)
        recorder.state("select.odd", "x", "2026-06-02 07:00", attributes={"options": 3})
        recorder.state("zone.home", "0", "2026-06-02 07:00", attributes=enum)
    known = EntityInfo("light.known", name="Lamp")
    source = source_of(path, known)
    assert "sensor.m" not in source.read(DAY).entities
    home = source.complete()
    assert home.entities["sensor.m"] == EntityInfo(
        "sensor.m", name="Mode", device_class="enum", options=("a", "b")
    )
    assert home.entities["light.known"] == known
    assert home.entities["select.odd"] == EntityInfo("select.odd")
    assert "zone.home" not in home.entities
    assert "sensor.m" in source.read(DAY).entities


def refused(path: Path) -> str:
    """Return the line in which a file is refused."""
    with pytest.raises(SourceError) as caught:
        source_of(path).extent()
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_no_such_file(tmp_path: Path) -> None:
    """Nothing is created in its place."""
    assert "is not there" in refused(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"hello", "is not an SQLite database"),
        (b"SQLite format 3\0", "is not an SQLite database"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "is not an SQLite database"),
    ],
)
def test_no_database(path: Path, content: bytes, reason: str) -> None:
    """Whatever else it is."""
    path.write_bytes(content)
    assert reason in refused(path)


def test_a_folder(tmp_path: Path) -> None:
    """Cannot be read as a file."""
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_truncated(finished: Path, kept: float) -> None:
    """A copy that broke off."""
    content = finished.read_bytes()
    finished.write_bytes(content[: int(len(content) * kept)])
    assert "is damaged or cut short" in refused(finished)


def test_damaged(finished: Path) -> None:
    """Noise where tables were."""
    content = finished.read_bytes()
    finished.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))
    assert "is damaged or cut short" in refused(finished)


def test_not_a_recorder_s(path: Path) -> None:
    """Some other database."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (x)")
    assert "holds no history of Home Assistant" in refused(path)


def test_locked(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program has it for itself: later it will do."""
    monkeypatch.setattr(recorder_file, "PATIENCE_S", 0.05)
    with closing(sqlite3.connect(finished)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceUnavailableError, match="is locked"):
            source_of(finished).extent()
    assert source_of(finished).extent() is not None


def test_not_to_be_read(open_folder: Path, finished: Path) -> None:
    """For want of permission."""
    path = Path(shutil.copy(finished, open_folder))
    path.chmod(0)
    with without_privileges():
        assert "Permission denied" in refused(path)


def test_a_log_that_cannot_be_opened(open_folder: Path, finished: Path) -> None:
    """A copy of a running home's file and log, in a folder that cannot be written."""
    with closing(sqlite3.connect(finished)) as database:
        database.execute("UPDATE states SET state = 'off' WHERE state = 'on'")
        database.commit()
        path = Path(shutil.copy(finished, open_folder))
        shutil.copy(finished.with_name(finished.name + "-wal"), open_folder)
    open_folder.chmod(0o555)
    with without_privileges():
        assert "its folder may be written" in refused(path)
    open_folder.chmod(0o755)
    assert [state for _, state, _ in rows_of(source_of(path).read(DAY))] == ["off"]


def test_an_unknown_schema(finished: Path) -> None:
    """Of a later Home Assistant that keeps what is read elsewhere."""
    execute(
        finished,
        "INSERT INTO schema_changes (schema_version, changed) VALUES (99, '2030-01-01')",
        "ALTER TABLE states RENAME COLUMN last_updated_ts TO updated",
    )
    line = refused(finished)
    assert "has schema 99, which this version cannot read" in line
    assert "states.last_updated_ts" in line


def test_a_later_schema_that_changes_nothing_here(finished: Path) -> None:
    """Is read: the columns count, not the number."""
    execute(
        finished,
        "INSERT INTO schema_changes (schema_version, changed) VALUES (99, '2030-01-01')",
        "ALTER TABLE states ADD COLUMN mood TEXT",
    )
    assert source_of(finished).extent() is not None


def test_without_a_schema_version(path: Path) -> None:
    """A file that was made: the columns count."""
    with RecorderBuilder(path, version=None) as recorder:
        fill(recorder)
    assert source_of(path).extent() is not None


def test_an_old_schema(finished: Path) -> None:
    """Of a Home Assistant that kept entity ids in each row."""
    execute(finished, "UPDATE schema_changes SET schema_version = 30")
    with pytest.raises(SourceUnavailableError, match="schema 30, too old"):
        source_of(finished).extent()


def test_under_migration(finished: Path) -> None:
    """Rows still wait for their entity's id to be moved."""
    execute(
        finished,
        "INSERT INTO states (entity_id, state, last_updated_ts)"
        " VALUES ('light.a', 'on', 1780000000)",
    )
    with pytest.raises(SourceUnavailableError, match="being migrated"):
        source_of(finished).extent()


def test_hostile_states(path: Path, recorder: RecorderBuilder) -> None:
    """Any text up to 255 characters, and bytes that are none."""
    long = "🏡" * 255
    with recorder:
        recorder.state("select.s", long, "2026-06-02 07:00")
        recorder.state("select.s", "a\0b\n\u202e'\"", "2026-06-02 08:00")
        recorder.state("select.s", b"caf\xe9", "2026-06-02 09:00")
        recorder.state("select.s", "nan", "2026-06-02 10:00")
    states = [state for _, state, _ in rows_of(source_of(path).read(DAY))]
    assert states == [long, "a\0b\n\u202e'\"", "caf\ufffd", "nan"]
