"""``scripts/analyze`` as a person runs it, on real recorder files."""

from contextlib import closing
from datetime import date, datetime, timedelta
import json
from pathlib import Path
import signal
import sqlite3
import subprocess
import time

import pytest

from tests.sources.builder import BERLIN, RecorderBuilder, execute

from .conftest import CATCHABLE, DAYS, FIRST, LAST, Analyze, Outcome, analyze_command

DATABASE = "home-assistant_v2.db"
MIDDLE = FIRST + timedelta(days=15)


def _forget(
    home: Path, *, before: date | None = None, after: date | None = None
) -> None:
    """Delete the rows of the days before one, or after one."""
    kept = datetime.combine(before or FIRST, datetime.min.time(), BERLIN)
    ends = datetime.combine(after or LAST, datetime.min.time(), BERLIN)
    with closing(sqlite3.connect(home / DATABASE)) as database, database:
        database.execute(
            "DELETE FROM states WHERE last_updated_ts < ? OR last_updated_ts >= ?",
            (kept.timestamp(), (ends + timedelta(days=1)).timestamp()),
        )


def _is_one_line(outcome: Outcome, *words: str) -> None:
    """Check that it ended with one clear line and nothing else."""
    assert outcome.status == 2, outcome
    assert outcome.out == ""
    lines = outcome.err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("analyze: ")
    for word in words:
        assert word in lines[0]


def test_the_json_says_what_the_home_does(launch: Analyze, recorded: Path) -> None:
    """The habit, the link, who is in it, and what the run cost."""
    outcome = launch(recorded, "--json", "-")
    assert outcome.status == 0
    report = outcome.report
    rows = DAYS * (2 + 4 * 4 + 3 * 2)
    assert report["schema"] == 1
    assert report["home"] == {
        "time_zone": "Europe/Berlin",
        "first_day": FIRST.isoformat(),
        "last_day": LAST.isoformat(),
        "days": DAYS,
        "events": rows,
        "entities": 4,
    }
    found = {
        (
            pattern["type"],
            *(f"{one['entity_id']}={one['state']}" for one in pattern["entities"]),
        ): pattern
        for pattern in report["patterns"]
    }
    habit = found["time_of_day", "light.kitchen=on"]
    hours, minutes = habit["when"]["time"].split(":")
    assert abs(60 * int(hours) + int(minutes) - 405) <= 5
    assert habit["evidence"]["days_eligible"] <= DAYS
    link = found["co_occurrence", "binary_sensor.front_door=on", "light.hall=on"]
    assert abs(link["lag_s"]["median"] - 20) <= 2
    assert not any("light.sofa=on" in key for key in found)

    seconds = report["run"]["seconds"]
    assert set(seconds) == {"read", "aggregate", "store", "detect", "total"}
    assert all(took > 0 for took in seconds.values())
    parts = sum(took for phase, took in seconds.items() if phase != "total")
    assert parts <= seconds["total"] + 0.01
    assert report["run"]["peak_rss_mb"] >= report["run"]["rss_before_mb"] > 10


def test_the_table_names_what_was_found(launch: Analyze, recorded: Path) -> None:
    """Without arguments a table is printed; a log gets few lines and no bar."""
    outcome = launch(recorded)
    assert outcome.status == 0
    assert outcome.out.startswith(f"{DAYS} days from {FIRST} to {LAST}")
    assert "Kitchen turns on" in outcome.out
    assert "One thing after another" in outcome.out
    assert f"Learning {DAYS} days" in outcome.err
    assert not {"\r", "\x1b"} & set(outcome.err)
    assert len(outcome.err.splitlines()) < DAYS / 2


def test_a_file_is_written_beside_the_table(
    launch: Analyze, recorded: Path, tmp_path: Path
) -> None:
    """`--json FILE` holds the contract's object, and nothing else appears."""
    outcome = launch(recorded, "--last", MIDDLE, "--json", "found.json")
    assert outcome.status == 0
    assert outcome.out
    report = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert list(report) == [
        "schema",
        "home",
        "run",
        "patterns",
        "track_record",
        "not_yet",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"found.json", "temporary"}


def test_quiet_says_nothing(launch: Analyze, recorded: Path) -> None:
    """Neither table nor progress."""
    assert launch(recorded, "--last", MIDDLE, "--quiet") == Outcome(0, "", "")


def test_nothing_is_left_behind(
    launch: Analyze, home: Path, environment: dict[str, str]
) -> None:
    """The temporary store is gone, and the directory is as it was."""

    def seen() -> dict[Path, tuple[int, int]]:
        return {
            path: (path.stat().st_size, path.stat().st_mtime_ns)
            for path in home.rglob("*")
        }

    before = seen()
    assert launch(home, "--last", MIDDLE).status == 0
    assert seen() == before
    assert not list(Path(environment["TMPDIR"]).iterdir())


def test_a_database_alone_needs_a_time_zone(analyze: Analyze, home: Path) -> None:
    """Beside no registries its path works with `--time-zone`, else it asks for it."""
    database = home.parent / "alone.db"
    (home / DATABASE).rename(database)
    _is_one_line(analyze(database), "--time-zone")
    outcome = analyze(database, "--time-zone", "Europe/Berlin", "--json", "-")
    assert outcome.status == 0
    assert outcome.report["home"]["days"] == DAYS


def test_a_store_is_gone_on_with(analyze: Analyze, home: Path) -> None:
    """Only missing days are read, and all is as if learned at once."""
    whole = analyze(home, "--json", "-").known
    begun = analyze(home, "--store", "sqlite:kept.db", "--last", MIDDLE, "--quiet")
    assert begun.status == 0
    _forget(home, before=MIDDLE)
    again = analyze(home, "--store", "sqlite:kept.db", "--json", "-")
    assert again.known == whole
    assert f"Learning {(LAST - MIDDLE).days} days" in again.err
    assert f"The store begins on {FIRST}" in again.err
    third = analyze(home, "--store", "sqlite:kept.db", "--json", "-")
    assert third.known == whole
    assert "Learning" not in third.err


def test_looking_back_is_as_if_history_ended_there(
    analyze: Analyze, home: Path
) -> None:
    """`--last` looks at nothing after it, whatever a store knows."""
    assert analyze(home, "--store", "sqlite:kept.db", "--quiet").status == 0
    back = analyze(home, "--store", "sqlite:kept.db", "--last", MIDDLE, "--json", "-")
    fresh = analyze(home, "--last", MIDDLE, "--json", "-")
    _forget(home, after=MIDDLE)
    ended = analyze(home, "--json", "-")
    assert back.known == fresh.known == ended.known
    assert ended.known["home"]["last_day"] == MIDDLE.isoformat()
    assert ended.known["patterns"]


def test_earlier_days_are_learned_anew(analyze: Analyze, home: Path) -> None:
    """A store that began later takes them in from the beginning, or says why not."""
    whole = analyze(home, "--json", "-").known
    later = FIRST + timedelta(days=7)
    store = ("--store", "sqlite:kept.db")
    assert analyze(home, *store, "--first", later, "--quiet").status == 0
    began = analyze(home, *store, "--first", later, "--json", "-").known
    assert began["home"]["first_day"] == later.isoformat()
    assert began["home"]["days"] == DAYS - 7
    assert analyze(home, *store, "--json", "-").known == whole

    assert analyze(home, "--store", "sqlite:b.db", "--first", later).status == 0
    _forget(home, after=LAST - timedelta(days=1))
    _is_one_line(analyze(home, "--store", "sqlite:b.db"), f"--first {later}")


def test_only_the_detectors_asked_for(analyze: Analyze, recorded: Path) -> None:
    """`--detectors` leaves the others out, and changes nothing for those it names."""
    everything = analyze(recorded, "--json", "-").report["patterns"]
    found = analyze(recorded, "--detectors", "co_occurrence", "--json", "-").report
    assert {pattern["type"] for pattern in found["patterns"]} == {"co_occurrence"}
    assert "time_of_day" not in found["not_yet"]
    links = [p["id"] for p in everything if p["type"] == "co_occurrence"]
    assert [p["id"] for p in found["patterns"]] == links


def test_another_time_zone_needs_another_store(
    analyze: Analyze, recorded: Path
) -> None:
    """Days of two zones are never mixed."""
    store = ("--store", "sqlite:kept.db", "--last", FIRST + timedelta(days=2))
    assert analyze(recorded, *store).status == 0
    _is_one_line(
        analyze(recorded, *store, "--time-zone", "Asia/Tokyo"), "Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], ["nowhere", "is not there"]),
        (["HOME", "--time-zone", "Europe/Atlantis"], ["Europe/Atlantis"]),
        (["HOME", "--first", "2026-03-19", "--last", "2026-03-12"], ["--first"]),
        (["HOME", "--first", "2026-12-01"], ["--first", f"{LAST}"]),
        (["HOME", "--last", "2026-01-01"], ["--last", f"{FIRST}"]),
        (["HOME", "--last", "tomorrow"], ["tomorrow", "2026-02-28"]),
        (["HOME", "--detectors", "astrology"], ["astrology", "time_of_day"]),
        (["HOME", "--json", "missing/found.json"], ["missing/found.json"]),
        (["HOME", "--json", "."], ["cannot be written"]),
        (["HOME", "--store", "http://localhost:8086"], ["INFLUXDB_V2_ORG"]),
        (["HOME", "--store", "mysql://somewhere"], ["sqlite:PATH"]),
        (["HOME", "--store", "sqlite:missing/kept.db"], ["missing"]),
        (["HOME", "--store", "sqlite:."], ["folder"]),
        (["HOME", "--store", f"sqlite:HOME/{DATABASE}"], ["another program"]),
        (["HOME", "--colour"], ["--colour", "--help"]),
        ([], ["CONFIG_DIR"]),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else None,
)
def test_unusable_arguments_end_with_one_line(
    analyze: Analyze,
    home: Path,
    arguments: list[str],
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is wrong and what to do, and no traceback."""
    monkeypatch.delenv("INFLUXDB_V2_ORG", raising=False)
    given = [argument.replace("HOME", str(home)) for argument in arguments]
    _is_one_line(analyze(*given), *words)


def test_unusable_databases_end_with_one_line(analyze: Analyze, home: Path) -> None:
    """Missing, empty, of another kind, cut short, of an unknown schema."""
    database = home / DATABASE
    whole = database.read_bytes()
    for content, word in (
        (None, "home-assistant_v2.db"),
        (b"", "empty"),
        (b"no database at all\n" * 100, "not an SQLite database"),
        (whole[: len(whole) // 2], "damaged"),
    ):
        database.unlink(missing_ok=True)
        if content is not None:
            database.write_bytes(content)
        _is_one_line(analyze(home), word)
    database.write_bytes(whole)
    execute(database, "ALTER TABLE states RENAME COLUMN last_updated_ts TO updated")
    _is_one_line(analyze(home), "schema", "update")


def test_a_locked_database_ends_with_one_line(analyze: Analyze, home: Path) -> None:
    """Another program holds it: try again later."""
    with closing(sqlite3.connect(home / DATABASE)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("BEGIN EXCLUSIVE")
        _is_one_line(analyze(home), "locked", "later")


def test_no_history_yet_is_no_error(analyze: Analyze, home: Path) -> None:
    """Nothing recorded, or not a whole day: no pattern, and a sentence."""
    database = home / DATABASE
    database.unlink()
    with RecorderBuilder(database) as recorder:
        recorder.pulse("2026-03-09 09:00", "2026-03-09 18:00")
    outcome = analyze(home, "--json", "-")
    assert outcome.status == 0
    assert outcome.report["home"]["days"] == 0
    assert outcome.report["patterns"] == []
    assert set(outcome.report["not_yet"]) >= {"time_of_day", "co_occurrence"}
    assert "No complete day" in analyze(home).out
    execute(database, "DELETE FROM states")
    assert "No complete day" in analyze(home).out


def test_days_in_the_future_are_not_believed(analyze: Analyze, home: Path) -> None:
    """A clock that jumped ahead by years adds no day."""
    execute(
        home / DATABASE,
        "INSERT INTO states (metadata_id, state, last_updated_ts, origin_idx)"
        " SELECT metadata_id, 'on', unixepoch('2090-01-01'), 0 FROM states_meta",
    )
    outcome = analyze(home, "--json", "-")
    assert outcome.status == 0
    assert outcome.report["home"]["last_day"] == LAST.isoformat()


def test_a_failing_run_leaves_the_old_file(
    analyze: Analyze, home: Path, tmp_path: Path
) -> None:
    """`--json FILE` is written as a whole or not at all."""
    found = tmp_path / "found.json"
    found.write_text("old", encoding="utf-8")
    (home / DATABASE).write_bytes(b"")
    assert analyze(home, "--json", found).status == 2
    assert found.read_text(encoding="utf-8") == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"found.json", "home"}


@pytest.mark.parametrize("number", CATCHABLE)
def test_stopped_it_cleans_up(
    recorded: Path, environment: dict[str, str], number: signal.Signals
) -> None:
    """No temporary store stays, and no traceback is shown."""
    temporary = Path(environment["TMPDIR"])
    with subprocess.Popen(  # noqa: S603
        analyze_command(recorded), env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        while not list(temporary.rglob("store.db")) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode > 2
    assert "Traceback" not in told
    assert not list(temporary.iterdir())


def test_a_reader_who_has_seen_enough(
    recorded: Path, environment: dict[str, str]
) -> None:
    """Standard output that is closed early is no reason for a traceback."""
    with subprocess.Popen(  # noqa: S603
        analyze_command(recorded, "--last", MIDDLE),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        told = process.stderr.read()
    assert "Traceback" not in told
    assert "BrokenPipe" not in told
