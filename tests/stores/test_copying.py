"""Copying from one store to another: equal in the end, however often it is killed."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from itertools import islice, pairwise
from pathlib import Path

import pytest

from benchmarks.learned import context_of, raw_days
from benchmarks.simulator import Home, simulate
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.base import (
    AggregateStore,
    LearnedDay,
    StoreError,
)
from custom_components.pattern_intelligence.stores.copying import (
    MOVE,
    MoveMark,
    Stage,
    copied,
)
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .influx_servers import VERSIONS, Servers, address_of, make_buckets
from .makers import InfluxFactory, SqliteFactory, StoreFactory
from .test_year import held, told

LONG_AGO = timedelta(days=120)


@pytest.fixture(scope="module")
def home() -> Home:
    """Return some days of a small home: a week, and the end of a month."""
    return simulate(7, 9, first_day=date(2026, 1, 26))


@pytest.fixture(scope="module")
def lived(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store that learned them, and older days before those."""
    path = tmp_path_factory.mktemp("lived") / "store.db"
    with closing(SqliteStore(path)) as store:
        runner = Runner(store, context_of(home), registry())
        for raw in raw_days(home):
            runner.learn(raw)
        store.write_marks(
            [LearnedDay(home.first_day - LONG_AGO + timedelta(n), n, 3) for n in (0, 1)]
        )
    return path


@pytest.fixture
def local(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return where it is noted how far a copy has got."""
    with closing(SqliteStore(tmp_path / "local.db")) as store:
        yield store


def all_held(store: AggregateStore, home: Home) -> list[object]:
    """Return all that a store holds, and the life of every Sunday."""
    lives, last = [], date.max
    while (life := store.read_life(last)) is not None:
        lives.append(life)
        last = life[0] - timedelta(days=1)
    return [*held(store, home), lives]


def move(source: AggregateStore, target: AggregateStore, local: SqliteStore) -> int:
    """Copy to the end; return how many steps it took."""
    return sum(1 for _ in copied(source, target, local, MoveMark("here", "there")))


def test_there_and_back_again(
    influx_servers: Servers,
    socket_enabled: None,
    tmp_path: Path,
    lived: Path,
    home: Home,
) -> None:
    """All that is held, and all that is said of it, stays exactly what it was."""
    factories: dict[str, StoreFactory] = {"sqlite": SqliteFactory(tmp_path)}
    for version in VERSIONS:
        address = address_of(influx_servers.get(version))
        make_buckets(address)
        factories[version] = InfluxFactory(address)
    way = ["sqlite", "2.7", "1.8", "2.7", "sqlite"]
    with closing(SqliteStore(lived)) as first, ExitStack() as opened:
        whole, said = all_held(first, home), told(first, home)
        stores = {
            name: opened.enter_context(closing(each.open()))
            for name, each in factories.items()
        }
        local = opened.enter_context(closing(SqliteStore(tmp_path / "local.db")))
        move(first, stores["sqlite"], local)
        for here, there in pairwise(way):
            local.write_text(MOVE, "")
            move(stores[here], stores[there], local)
            assert all_held(stores[there], home) == whole, (here, there)
            stores[here].clear()
        assert told(stores["sqlite"], home) == said


def test_what_else_was_there_is_gone(
    lived: Path, home: Home, tmp_path: Path, local: SqliteStore
) -> None:
    """Of another time, or of another home."""
    with (
        closing(SqliteStore(lived)) as source,
        closing(SqliteStore(tmp_path / "new.db")) as target,
    ):
        old = LearnedDay(home.first_day - timedelta(days=400), 1, 1)
        target.write_day(old, {}, keep_life=True)
        move(source, target, local)
        assert all_held(target, home) == all_held(source, home)


def test_what_has_changed_meanwhile_is_copied_again(
    lived: Path, home: Home, tmp_path: Path, local: SqliteStore
) -> None:
    """Days learned, and forgotten, after the first part of it was copied."""
    with (
        closing(SqliteStore(tmp_path / "old.db")) as source,
        closing(SqliteStore(tmp_path / "new.db")) as target,
    ):
        source.adopt(lived)
        steps = copied(source, target, local, MoveMark("here", "there"))
        assert len(list(islice(steps, 30))) == 30
        steps.close()
        last = home.first_day + timedelta(days=home.days)
        source.write_day(LearnedDay(last, 5, 5), {}, keep_life=True)
        source.write_verdicts(last, "[]")
        move(source, target, local)
        assert all_held(target, home) == all_held(source, home)

        steps = copied(source, target, local, MoveMark("here", "elsewhere"))
        assert len(list(islice(steps, 30))) == 30
        steps.close()
        source.forget_after(last - timedelta(days=1))
        move(source, target, local)
        assert all_held(target, home) == all_held(source, home)


def test_it_goes_on_where_it_was(
    lived: Path, home: Home, tmp_path: Path, local: SqliteStore
) -> None:
    """Stopped after every single step, no piece is copied twice."""
    with (
        closing(SqliteStore(lived)) as source,
        closing(SqliteStore(tmp_path / "whole.db")) as whole,
        closing(SqliteStore(tmp_path / "new.db")) as target,
    ):
        steps = move(source, whole, local)
        local.write_text(MOVE, "")
        done = []
        for _ in range(steps):
            stopped = copied(source, target, local, MoveMark("here", "there"))
            done.append(next(stopped))
            stopped.close()
        pieces = steps // 2
        assert [number for number, _ in done] == [
            *range(1, pieces + 1),
            *[pieces + 1] * pieces,
        ]
        assert all_held(target, home) == all_held(source, home)


def test_a_target_that_does_not_keep_what_it_is_given(
    lived: Path, tmp_path: Path, local: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken for equal."""
    with (
        closing(SqliteStore(lived)) as source,
        closing(SqliteStore(tmp_path / "new.db")) as target,
    ):
        write = target.write_verdicts
        monkeypatch.setattr(
            target, "write_verdicts", lambda day, text: write(day, text + " ")
        )
        with pytest.raises(StoreError, match="does not stay equal"):
            move(source, target, local)


def test_the_mark_is_read_as_it_was_written(local: SqliteStore) -> None:
    """And whatever is no mark counts as none."""
    assert MoveMark.of(local) is None
    mark = MoveMark("here", "there", Stage.LET_GO)
    mark.keep(local)
    assert MoveMark.of(local) == mark
    for text in ("", "[]", "{", '{"old": "x"}', '{"old": 1, "new": 2, "stage": 3}'):
        local.write_text(MOVE, text)
        assert MoveMark.of(local) is None


def test_a_file_is_adopted_as_a_whole(
    lived: Path, home: Home, tmp_path: Path, local: SqliteStore
) -> None:
    """In place of what was there; texts are added; the other file stays as it was."""
    other = tmp_path / "other.db"
    with closing(SqliteStore(other)) as store:
        store.adopt(lived)
        store.write_text("decisions", "new")
    local.write_text("decisions", "old")
    local.write_text("runs", "kept")
    local.write_day(LearnedDay(home.first_day, 9, 9), {}, keep_life=True)
    before = other.read_bytes()
    local.adopt(other)
    with closing(SqliteStore(lived)) as store:
        assert all_held(local, home) == all_held(store, home)
        assert told(local, home) == told(store, home)
    assert (local.read_text("decisions"), local.read_text("runs")) == ("new", "kept")
    assert other.read_bytes() == before


def test_a_file_that_cannot_be_adopted_changes_nothing(
    lived: Path, home: Home, tmp_path: Path, local: SqliteStore
) -> None:
    """All stays as it was, and can be used as before."""
    local.adopt(lived)
    before = all_held(local, home)
    damaged = tmp_path / "damaged.db"
    whole = lived.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError):
        local.adopt(damaged)
    damaged.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError):
        local.adopt(damaged)
    assert all_held(local, home) == before
    local.write_text("still", "writable")
