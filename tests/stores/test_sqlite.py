"""What is special about the built-in store: its file, and what may happen to it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import shutil
import signal
import sqlite3
import subprocess
import sys
from threading import Thread

import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.tables import TableSpec
from custom_components.pattern_intelligence.stores import sqlite_file, sqlite_tables
from custom_components.pattern_intelligence.stores.base import (
    Layer,
    LearnedDay,
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    StoreUnavailableError,
)
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore, path_of
from tests.permissions import full_disk, without_privileges

from .makers import COUNTS, ROOMS, counts_of, day, rows_of, table, tables
from .writer import ROWS

REPO = Path(__file__).parents[2]


def learn(store: SqliteStore, number: int, rows: int = 3) -> None:
    """Write a day that tells its number."""
    mark = LearnedDay(day(number), number, rows)
    store.write_day(mark, tables(counts_of(number, rows)), keep_life=True)


def days_whole(path: Path, rows: int = 3) -> list[int]:
    """Return the numbers of the days kept, having checked that each is whole."""
    with closing(SqliteStore(path)) as store:
        numbers = [(found - day(0)).days for found in store.kept_days()]
        for number in numbers:
            found = store.read_days(COUNTS, day(number), day(number)).table
            assert rows_of(found) == rows_of(counts_of(number, rows))
        total = store.read_days(COUNTS, day(-9999), day(9999)).table
        assert len(total) == rows * len(numbers)
    return numbers


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a store is to be."""
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """Return an empty store."""
    with closing(SqliteStore(path)) as opened:
        yield opened


@pytest.mark.parametrize(
    "after", [9, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2, 50))]
)
def test_killed_while_it_writes(path: Path, after: int) -> None:
    """Every day that was reported is there, none is there in part."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.stores.writer", str(path)],
        cwd=REPO,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        try:
            said = [int(writer.stdout.readline()) for _ in range(after)]
        finally:
            writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    assert writer.returncode == -signal.SIGKILL
    found = days_whole(path, ROWS)
    assert found == list(range(1, len(found) + 1))
    assert len(found) - len(said) in {0, 1}
    with closing(SqliteStore(path)) as again:
        learn(again, len(found) + 1, ROWS)
    assert len(days_whole(path, ROWS)) == len(found) + 1


def test_a_failing_day_changes_nothing(store: SqliteStore) -> None:
    """Not even where its first table could be written."""
    learn(store, 1)
    store.write_life(day(1), "life")
    bad = table(ROOMS, [("a", 1), ("a", 2)])
    with pytest.raises(StoreError):
        store.write_day(
            LearnedDay(day(1), 9, 9), tables(counts_of(9), bad), keep_life=False
        )
    assert rows_of(store.read_days(COUNTS, day(1), day(1)).table) == rows_of(
        counts_of(1)
    )
    assert list(store.learned()) == [LearnedDay(day(1), 1, 3)]
    assert store.read_life(day(1)) == (day(1), "life")
    assert ROOMS.name not in " ".join(store.size().rows)


def test_text_that_is_no_unicode_is_refused(store: SqliteStore) -> None:
    """A lone surrogate has no place in a database; the store goes on."""
    learn(store, 1)
    bad = table(ROOMS, [("\ud800", 1)])
    with pytest.raises(StoreError, match="no valid Unicode"):
        store.write_day(LearnedDay(day(2), 1, 1), tables(bad), keep_life=True)
    with pytest.raises(StoreError, match="no valid Unicode"):
        store.write_text("name", "\udfff")
    with pytest.raises(StoreError, match="no valid Unicode"):
        store.write_life(day(7), "\udfff")
    assert list(store.kept_days()) == [day(1)]


def test_texts(path: Path) -> None:
    """By name, replaced, there after closing, and untouched by learning anew."""
    with closing(SqliteStore(path)) as store:
        assert store.read_text("decisions") is None
        store.write_text("decisions", "first")
        store.write_text("decisions", "zweite 🏡\0")
        store.write_text("other", "")
        store.clear()
    with closing(SqliteStore(path)) as store:
        assert store.read_text("decisions") == "zweite 🏡\0"
        assert store.read_text("other") == ""


def test_no_file_is_left_beside_it(path: Path) -> None:
    """Closed, it is one file; removed, there is none."""
    with closing(SqliteStore(path)) as store:
        learn(store, 1)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    held = SqliteStore(path)
    learn(held, 2)
    assert len(list(path.parent.iterdir())) > 1
    sqlite_file.remove(path)
    assert list(path.parent.iterdir()) == []
    held.close()
    sqlite_file.remove(path)


def test_a_closed_store_says_so(store: SqliteStore) -> None:
    """Rather than open its file again behind everybody's back."""
    store.close()
    with pytest.raises(StoreError, match="was closed"):
        store.learned()


def test_from_any_thread(store: SqliteStore) -> None:
    """One after the other, as executors call it."""
    threads = [Thread(target=learn, args=(store, number)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.kept_days()) == 8


def test_newer_version_is_left_as_it_is(path: Path) -> None:
    """Refused, and not a byte of it changed."""
    with closing(SqliteStore(path)) as store:
        learn(store, 1)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreTooNewError, match="newer version"):
        SqliteStore(path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_newer_version_still_in_the_log(path: Path, tmp_path: Path) -> None:
    """Known also where the newer version was killed before it folded its log in."""
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
        for each in (path, path.with_name("store.db-wal")):
            shutil.copy(each, tmp_path / f"copy{each.name[5:]}")
    with pytest.raises(StoreTooNewError):
        SqliteStore(tmp_path / "copy.db")


def _add_color(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE texts ADD COLUMN color TEXT")


def _break(database: sqlite3.Connection) -> None:
    database.execute("DROP TABLE texts")
    database.execute("SELECT broken")


def test_migrations(path: Path) -> None:
    """A file of an older version is brought up to date, with what it holds."""
    with closing(SqliteStore(path)) as store:
        store.write_text("name", "text")
    steps = (*sqlite_file.MIGRATIONS, _add_color)
    with closing(sqlite_file.connect(path, steps)) as database:
        assert database.execute("SELECT text, color FROM texts").fetchall() == [
            ("text", None)
        ]
    with closing(sqlite_file.connect(path, steps)):
        pass
    with pytest.raises(StoreTooNewError):
        SqliteStore(path)


def test_a_failing_migration_changes_nothing(path: Path) -> None:
    """The older version can go on with the file."""
    with closing(SqliteStore(path)) as store:
        store.write_text("name", "text")
    with pytest.raises(StoreError, match="broken"):
        sqlite_file.connect(path, (*sqlite_file.MIGRATIONS, _break))
    with closing(SqliteStore(path)) as store:
        assert store.read_text("name") == "text"


def test_changed_keys_are_refused(store: SqliteStore) -> None:
    """What is there could not be told apart any more."""
    learn(store, 1)
    other = TableSpec("counts", keys=("entity_id",), numbers=("count",))
    with pytest.raises(StoreError, match="daily_counts is of another version"):
        store.write_day(
            LearnedDay(day(2), 1, 1), tables(table(other, [("a", 1)])), keep_life=True
        )
    assert list(store.kept_days()) == [day(1)]


def test_names_that_are_no_identifiers(store: SqliteStore) -> None:
    """Are a mistake of the program, caught before they reach SQL."""
    for spec in (
        TableSpec('a"; DROP TABLE texts; --', keys=("k",)),
        TableSpec("a", keys=("k; --",)),
        TableSpec("a", keys=("day",)),
    ):
        with pytest.raises(ValueError, match=r"."):
            store.read_days(spec, day(1), day(2))


def test_days_are_no_periods(store: SqliteStore) -> None:
    """The daily layer is written by days only."""
    with pytest.raises(ValueError, match="days"):
        store.write_period(Layer.DAILY, day(1), {})


@pytest.mark.parametrize("content", [b"no database at all" * 9, b"SQLite format 3\0"])
def test_what_is_no_database(path: Path, content: bytes) -> None:
    """Is told as damage, and left for the person to look at."""
    path.write_bytes(content)
    with pytest.raises(StoreDamagedError, match="is no database"):
        SqliteStore(path)
    assert path.read_bytes() == content


def _make_large(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        for number in range(1, 20):
            learn(store, number, 200)


def test_cut_short(path: Path) -> None:
    """Half a file, as a full disk or a broken copy leaves it."""
    _make_large(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreDamagedError, match="is damaged"):
        days_whole(path, 200)


def test_overwritten_pages(path: Path) -> None:
    """Noise in the middle of a file of the right length."""
    _make_large(path)
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xa5" * (len(content) - 4096 * 3)
    path.write_bytes(content)
    with pytest.raises(StoreDamagedError, match="is damaged"):
        days_whole(path, 200)


def test_damaged_life(path: Path) -> None:
    """A text that cannot be unpacked is damage as well."""
    with closing(SqliteStore(path)) as store:
        store.write_life(day(7), "life")
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE life SET packed = x'00'")
        database.commit()
    with closing(SqliteStore(path)) as store, pytest.raises(StoreDamagedError):
        store.read_life(day(7))


def test_an_empty_file_is_begun(path: Path) -> None:
    """A kill between creating and filling leaves one; so may a person."""
    path.touch()
    with closing(SqliteStore(path)) as store:
        learn(store, 1)
    assert days_whole(path) == [1]


def test_another_program_s_database(path: Path) -> None:
    """Is not written to, be it named by mistake."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE states (state TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        SqliteStore(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA application_id = 7")
    with pytest.raises(StoreError, match="another program"):
        SqliteStore(path)
    assert path.read_bytes()[100:] == before[100:]


def test_locked(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program writes: later it will do."""
    monkeypatch.setattr(sqlite_file, "PATIENCE_S", 0.05)
    store.close()
    with (
        closing(SqliteStore(path)) as impatient,
        closing(sqlite3.connect(path)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="is locked"):
            learn(impatient, 1)
        assert list(impatient.learned()) == []
        other.rollback()
        learn(impatient, 1)
    assert days_whole(path) == [1]


def test_read_only(open_folder: Path) -> None:
    """A file or a folder that may not be written is refused with the reason."""
    path = open_folder / "store.db"
    with closing(SqliteStore(path)) as store:
        learn(store, 1)
    path.chmod(0o444)
    with (
        without_privileges(),
        pytest.raises(StoreUnavailableError, match="permissions"),
    ):
        SqliteStore(path)
    path.chmod(0o000)
    with without_privileges(), pytest.raises(StoreUnavailableError, match="read"):
        SqliteStore(path)
    with without_privileges(), pytest.raises(StoreUnavailableError, match="folder"):
        SqliteStore(open_folder / "other.db")
    with without_privileges(), pytest.raises(StoreUnavailableError, match="deleted"):
        sqlite_file.remove(path)
    path.chmod(0o644)
    assert days_whole(path) == [1]


def test_no_such_folder(tmp_path: Path) -> None:
    """Is said as that."""
    with pytest.raises(StoreUnavailableError, match="its folder exists"):
        SqliteStore(tmp_path / "nowhere" / "store.db")
    with pytest.raises(StoreUnavailableError, match="cannot be read"):
        SqliteStore(tmp_path)


def testfull_disk(path: Path) -> None:
    """The day stays due, the days before are whole, and later it goes on."""
    with closing(SqliteStore(path)) as store:
        learn(store, 1, ROWS)
        with (
            full_disk(path.with_name("store.db-wal").stat().st_size + 8192),
            pytest.raises(StoreUnavailableError, match="disk"),
        ):
            learn(store, 2, ROWS)
        assert list(store.kept_days()) == [day(1)]
        learn(store, 3, ROWS)
    assert days_whole(path, ROWS) == [1, 3]


DENSE_DAYS = 6


def _outgrow_the_log(store: SqliteStore, log: Path) -> None:
    """Write more than SQLite holds in the log before it folds it in."""
    for number in range(2, 2 + DENSE_DAYS):
        learn(store, number, 12_000)
    assert log.stat().st_size > 1000 * 4096


@pytest.mark.parametrize("with_log", [True, False])
def test_a_copy_taken_while_paused_is_whole(
    path: Path, tmp_path: Path, with_log: bool
) -> None:
    """Also when days are written between copying the file and its log."""
    copy = tmp_path / "copy" / "store.db"
    copy.parent.mkdir()
    log = path.with_name("store.db-wal")
    with closing(SqliteStore(path)) as store:
        learn(store, 1, ROWS)
        store.pause()
        assert log.stat().st_size == 0
        shutil.copy(path, copy)
        before = path.stat().st_size
        _outgrow_the_log(store, log)
        assert path.stat().st_size == before
        store.close()
        assert path.read_bytes() == copy.read_bytes()
        if with_log:
            shutil.copy(log, copy.parent)
    with closing(SqliteStore(copy)) as copied:
        assert list(copied.kept_days())[:1] == [day(1)]
        assert (day(1 + DENSE_DAYS) in copied.kept_days()) is with_log
        found = copied.read_days(COUNTS, day(1), day(1)).table
        assert rows_of(found) == rows_of(counts_of(1, ROWS))


def test_after_a_pause_the_log_is_folded_in_again(path: Path) -> None:
    """Else it would grow for ever."""
    log = path.with_name("store.db-wal")
    with closing(SqliteStore(path)) as store:
        store.pause()
        _outgrow_the_log(store, log)
        before = path.stat().st_size
        store.resume()
        learn(store, 1)
        assert path.stat().st_size > before
    assert not log.exists()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:/a/b c.db", Path("/a/b c.db")),
        ("sqlite:///a/b.db", Path("/a/b.db")),
        ("sqlite:b.db", Path("b.db")),
        ("sqlite:~/b.db", Path.home() / "b.db"),
    ],
)
def test_addresses(url: str, path: Path) -> None:
    """``sqlite:PATH``, as a URL too."""
    assert path_of(url) == path


@pytest.mark.parametrize("url", ["sqlite:", "a.db", "http://localhost", ""])
def test_no_address(url: str) -> None:
    """Nothing else will do."""
    with pytest.raises(StoreError, match="sqlite:PATH"):
        path_of(url)


def test_a_file_of_the_first_version(path: Path) -> None:
    """It gets a place for verdicts, and keeps what it holds."""
    with closing(sqlite_file.connect(path, sqlite_file.MIGRATIONS[:1])) as database:
        database.execute("INSERT INTO texts (name, text) VALUES ('name', 'text')")
    with closing(SqliteStore(path)) as store:
        store.write_verdicts(day(1), "none")
        assert store.read_text("name") == "text"
        assert store.read_verdicts(day(1), day(9)) == {day(1): "none"}


def test_rows_of_weeks_and_months_are_packed(path: Path) -> None:
    """A file of version 2 held them in a table each; nothing of them is lost."""
    rooms = [(8, [("hall", 2), ("öl", -3)]), (1, [("hall", 2**60)])]
    with closing(sqlite_file.connect(path, sqlite_file.MIGRATIONS[:2])) as database:
        for layer in (Layer.WEEKLY, Layer.MONTHLY):
            for number, rows in rooms:
                for each in (table(ROOMS, rows), counts_of(number)):
                    sqlite_tables.ensure(database, layer, each.spec)
                    sqlite_tables.insert(database, layer, day_number(day(number)), each)
                database.execute(
                    "INSERT INTO periods (layer, start) VALUES (?, ?)",
                    (layer.value, day_number(day(number))),
                )
    with closing(SqliteStore(path)) as store:
        for layer in (Layer.WEEKLY, Layer.MONTHLY):
            assert list(store.periods(layer)) == [day(1), day(8)]
            found = store.read_periods(layer, ROOMS, day(1), day(8))
            assert rows_of(found.table) == [("hall", 2**60), ("hall", 2), ("öl", -3)]
            for number in (1, 8):
                own = store.read_periods(layer, COUNTS, day(number), day(number))
                assert own.table == counts_of(number)
    with closing(sqlite3.connect(path)) as database:
        left = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert {name for (name,) in left if name.startswith(("weekly", "monthly"))} == {
            "weekly_sums",
            "monthly_sums",
        }


@pytest.mark.parametrize("damage", ["x'00'", "zeroblob(0)", "substr(packed, 1, 20)"])
def test_a_damaged_week_is_told(path: Path, damage: str) -> None:
    """What cannot be unpacked is no empty week."""
    with closing(SqliteStore(path)) as store:
        store.write_period(Layer.WEEKLY, day(1), tables(counts_of(1)))
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"UPDATE weekly_sums SET packed = {damage}")  # noqa: S608
        database.commit()
    with closing(SqliteStore(path)) as store, pytest.raises(StoreDamagedError):
        store.read_periods(Layer.WEEKLY, COUNTS, day(1), day(1))
