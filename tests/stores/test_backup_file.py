"""A backup gives back exactly what it was written from, or nothing at all."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
import gzip
import hashlib
import json
from pathlib import Path
import tracemalloc
from typing import Any

import pytest

from benchmarks.learned import context_of, raw_days
from benchmarks.simulator import Home, simulate
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.tables import EXPOSURE, RUNS
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.backup_file import (
    LONGEST_LINE,
    MOST_VALUES,
    BackupError,
    read_backup,
    write_backup,
)
from custom_components.pattern_intelligence.stores.base import (
    LearnedDay,
    StoreError,
    StoreUnavailableError,
)
from custom_components.pattern_intelligence.stores.copying import MoveMark, copied
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .influx_servers import VERSIONS, Servers, address_of, make_buckets
from .makers import InfluxFactory
from .test_copying import LONG_AGO, all_held
from .test_year import told

NOW = datetime(2026, 3, 1, 12, 30, 5, 7, tzinfo=UTC)
TEXTS = {"decisions": '[{"key": "ä\\u2028"}]', "report": "{}"}

type Told = list[dict[str, Any]]


@pytest.fixture(scope="module")
def home() -> Home:
    """Return some days of a small home: a week, and the end of a month."""
    return simulate(11, 9, first_day=date(2026, 1, 26))


@pytest.fixture(scope="module")
def lived(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store that learned them, and an older day before those."""
    path = tmp_path_factory.mktemp("lived") / "store.db"
    with closing(SqliteStore(path)) as store:
        runner = Runner(store, context_of(home), registry())
        for raw in raw_days(home):
            runner.learn(raw)
        store.write_marks([LearnedDay(home.first_day - LONG_AGO, 7, 3)])
    return path


@pytest.fixture(scope="module")
def backup(lived: Path) -> Path:
    """Return a backup of it."""
    path = lived.with_name("backup.jsonl.gz")
    with closing(SqliteStore(lived)) as store:
        write_backup(path, store, TEXTS, NOW)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return a store that holds nothing."""
    with closing(SqliteStore(tmp_path / "empty.db")) as store:
        yield store


def lines_of(path: Path) -> Told:
    """Return the lines of a backup."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def forge(path: Path, told: Told) -> None:
    """Write lines with sums that are right."""
    lines = [json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in told]
    sums = {
        "lines": len(lines),
        "sha256": hashlib.sha256(b"".join(lines)).hexdigest(),
    }
    last = json.dumps(sums, separators=(",", ":")).encode() + b"\n"
    path.write_bytes(gzip.compress(b"".join(lines) + last))


def test_it_gives_back_what_it_was_written_from(
    lived: Path, backup: Path, home: Home, empty: SqliteStore
) -> None:
    """All that is held, all that is said of it, byte by byte, and the texts."""
    found = read_backup(backup, empty, TEXTS)
    with closing(SqliteStore(lived)) as store:
        assert all_held(empty, home) == all_held(store, home)
        assert told(empty, home) == told(store, home)
        days = [mark.day for mark in store.learned()]
    assert {name: empty.read_text(name) for name in TEXTS} == TEXTS
    assert found.created == NOW.replace(microsecond=0)
    assert (found.days, found.first_day, found.last_day) == (10, days[0], days[-1])
    assert found.size == backup.stat().st_size
    lines = gzip.decompress(backup.read_bytes()).splitlines(keepends=True)
    assert found.sha256 == hashlib.sha256(b"".join(lines[:-1])).hexdigest()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_store_gives_the_same_file(
    influx_servers: Servers,
    socket_enabled: None,
    lived: Path,
    backup: Path,
    empty: SqliteStore,
    tmp_path: Path,
    version: str,
) -> None:
    """Wherever the same is kept, the same bytes are written of it."""
    address = address_of(influx_servers.get(version))
    make_buckets(address)
    with (
        closing(SqliteStore(lived)) as store,
        closing(InfluxFactory(address).open()) as there,
    ):
        for _ in copied(store, there, empty, MoveMark("here", "there")):
            pass
        path = tmp_path / "again.jsonl.gz"
        write_backup(path, there, TEXTS, NOW)
    assert path.read_bytes() == backup.read_bytes()


def test_nothing_is_overwritten_or_left(lived: Path, tmp_path: Path) -> None:
    """A file that is there stays; one that cannot be finished is not there."""
    path = tmp_path / "there.jsonl.gz"
    path.write_bytes(b"mine")
    with closing(SqliteStore(lived)) as store:
        with pytest.raises(BackupError, match="is there already"):
            write_backup(path, store, {}, NOW)
        with pytest.raises(StoreUnavailableError, match="cannot be written"):
            write_backup(tmp_path / "no" / "folder.jsonl.gz", store, {}, NOW)
    assert path.read_bytes() == b"mine"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_link_in_its_way_is_not_followed(lived: Path, tmp_path: Path) -> None:
    """What it leads to is not written into, and what stays is for nobody else."""
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    path = tmp_path / "backup.jsonl.gz"
    (tmp_path / f".{path.name}.part").symlink_to(other)
    with closing(SqliteStore(lived)) as store:
        write_backup(path, store, TEXTS, NOW)
    assert other.read_bytes() == b"mine"
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600


def test_nobody_else_may_read_it(backup: Path) -> None:
    """It tells how people live."""
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_file_of_another_kind(tmp_path: Path, empty: SqliteStore) -> None:
    """Is told as that."""
    path = tmp_path / "file"
    for content in (
        b"hello",
        b"SQLite format 3\0" * 9,
        gzip.compress(b"hello\n"),
        gzip.compress(b"[" * 100_000 + b"\n"),
        gzip.compress(b'{"format": "another", "version": 1}\n'),
        gzip.compress(b"[1]\n"),
    ):
        path.write_bytes(content)
        with pytest.raises(BackupError, match="is no backup"):
            read_backup(path, empty, TEXTS)


def test_a_file_that_is_cut_short(
    backup: Path, tmp_path: Path, empty: SqliteStore
) -> None:
    """Wherever it ends."""
    whole = backup.read_bytes()
    path = tmp_path / "cut"
    for size in (0, 5, 12, 40, len(whole) // 3, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(BackupError):
            read_backup(path, empty, TEXTS)
        empty.clear()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    for kept in (lines[:-1], lines[:-2] + lines[-1:], [*lines, b"\n"], lines + lines):
        path.write_bytes(gzip.compress(b"".join(kept)))
        with pytest.raises(BackupError, match="is damaged"):
            read_backup(path, empty, TEXTS)
        empty.clear()


def test_a_file_with_a_wrong_bit(
    backup: Path, tmp_path: Path, empty: SqliteStore
) -> None:
    """Wherever it is: in what is compressed, or in what was."""
    whole = bytearray(backup.read_bytes())
    path = tmp_path / "wrong"
    for place in range(12, len(whole), len(whole) // 7):
        wrong = whole.copy()
        wrong[place] ^= 4
        path.write_bytes(wrong)
        with pytest.raises(BackupError):
            read_backup(path, empty, TEXTS)
        empty.clear()
    text = gzip.decompress(whole).replace(b'"rows":', b'"rows":1', 1)
    path.write_bytes(gzip.compress(text))
    with pytest.raises(BackupError, match="is damaged"):
        read_backup(path, empty, TEXTS)


def _day(told: Told) -> dict[str, Any]:
    return next(line for line in told if line.get("part") == "days")


DAMAGE: dict[str, Callable[[Told], object]] = {
    "no list": lambda told: told.append([]),  # type: ignore[arg-type]
    "no part": lambda told: told.append({"day": "2026-01-01"}),
    "no date": lambda told: _day(told).update(day="yesterday"),
    "no table": lambda told: _day(told).update(tables=[]),
    "uneven": lambda told: _day(told)["tables"]["exposure"]["seconds"].append(1),
    "no number": lambda told: _day(told).update(rows="5"),
    "a fraction": lambda told: _day(told)["tables"]["exposure"].update(
        {"seconds": [0.5] * len(_day(told)["tables"]["exposure"]["entity_id"])}
    ),
    "too large": lambda told: _day(told).update(rows=1 << 80),
    "no text": lambda told: _day(told)["tables"]["exposure"].update(
        {"entity_id": [1] * len(_day(told)["tables"]["exposure"]["entity_id"])}
    ),
    "no key": lambda told: _day(told)["tables"]["exposure"].pop("entity_id"),
    "twice": lambda told: [
        column.append(column[-1])
        for column in _day(told)["tables"]["exposure"].values()
    ],
    "no unicode": lambda told: told.append(
        {"part": "text", "name": "report", "text": "\ud800"}
    ),
    "no time": lambda told: told[0].update(created="2026-03-01T12:30:05"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_file_that_was_tampered_with(
    how: str, backup: Path, tmp_path: Path, empty: SqliteStore
) -> None:
    """Its sums are right, and it is refused all the same."""
    lines = lines_of(backup)[:-1]
    DAMAGE[how](lines)
    path = tmp_path / "forged"
    forge(path, lines)
    with pytest.raises(BackupError, match="is damaged"):
        read_backup(path, empty, TEXTS)


NEWER: dict[str, Callable[[Told], object]] = {
    "version": lambda told: told[0].update(version=2),
    "part": lambda told: told.append({"part": "hours", "day": "2026-01-01"}),
    "table": lambda told: _day(told)["tables"].update(rooms={"area_id": []}),
    "column": lambda told: _day(told)["tables"]["exposure"].update(moods=[]),
    "text": lambda told: told.append({"part": "text", "name": "move", "text": ""}),
}


@pytest.mark.parametrize("what", NEWER)
def test_a_file_of_a_newer_version(
    what: str, backup: Path, tmp_path: Path, empty: SqliteStore
) -> None:
    """Nothing of it is silently lost."""
    lines = lines_of(backup)[:-1]
    NEWER[what](lines)
    path = tmp_path / "newer"
    forge(path, lines)
    with pytest.raises(BackupError, match="newer version"):
        read_backup(path, empty, TEXTS)


def test_a_file_of_an_older_version(
    backup: Path, tmp_path: Path, empty: SqliteStore
) -> None:
    """What was not yet kept is 0 or empty, as in a store of that time."""
    lines = lines_of(backup)[:-1]
    day = _day(lines)
    del day["tables"]["runs"]
    seconds = day["tables"]["exposure"].pop("seconds")
    forge(path := tmp_path / "older", lines)
    read_backup(path, empty, TEXTS)
    first = empty.kept_days()[0]
    assert first.isoformat() == day["day"]
    exposure = empty.read_days(EXPOSURE, first, first).table
    assert exposure.numbers("seconds").tolist() == [0] * len(seconds)
    assert len(empty.read_days(RUNS, first, first).table) == 0


def test_a_file_with_wrong_sums(
    backup: Path, tmp_path: Path, empty: SqliteStore
) -> None:
    """Those of the lines, or those of what is compressed."""
    path = tmp_path / "wrong"
    *lines, last = gzip.decompress(backup.read_bytes()).splitlines(keepends=True)
    for wrong in (
        {"lines": len(lines), "sha256": "0" * 64},
        json.loads(last) | {"lines": len(lines) + 1},
    ):
        end = json.dumps(wrong).encode() + b"\n"
        path.write_bytes(gzip.compress(b"".join(lines) + end))
        with pytest.raises(BackupError, match="is damaged"):
            read_backup(path, empty, TEXTS)
        empty.clear()
    for place in (-8, -4):
        whole = bytearray(backup.read_bytes())
        whole[place] ^= 1
        path.write_bytes(whole)
        with pytest.raises(BackupError, match="is damaged"):
            read_backup(path, empty, TEXTS)
        empty.clear()


BOMBS: dict[str, bytes] = {
    "endless": b" " * (2 * LONGEST_LINE),
    "crowded": b"[" + b"[]," * MOST_VALUES + b"[]]",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_small_file_that_unpacks_to_a_huge_one(
    bomb: str, tmp_path: Path, empty: SqliteStore
) -> None:
    """It is refused before it takes more than a few times the memory of a line."""
    head = {"format": "pattern_intelligence_backup", "version": 1}
    head["created"] = NOW.isoformat()
    path = tmp_path / "bomb"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(json.dumps(head).encode() + b"\n" + BOMBS[bomb] + b"\n")
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    try:
        with pytest.raises(BackupError, match="is damaged"):
            read_backup(path, empty, TEXTS)
        assert tracemalloc.get_traced_memory()[1] < 3 * LONGEST_LINE
    finally:
        tracemalloc.stop()


def test_what_could_not_be_read_again_is_not_written(
    lived: Path, tmp_path: Path
) -> None:
    """It is said at once, not when it is needed."""
    with (
        closing(SqliteStore(lived)) as store,
        pytest.raises(StoreError, match="more than a backup can"),
    ):
        write_backup(tmp_path / "a.jsonl.gz", store, {"report": "," * MOST_VALUES}, NOW)
    assert [*tmp_path.iterdir()] == []
