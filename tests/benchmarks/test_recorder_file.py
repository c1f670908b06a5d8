"""The recorder file holds what was simulated, as Home Assistant writes it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
import json
from pathlib import Path
from shutil import copytree
import sqlite3

from homeassistant.components.recorder.db_schema import SCHEMA_VERSION
import numpy as np
import pytest

from benchmarks.recorder_file import write_home
from benchmarks.simulator import Home
from benchmarks.statistics_rows import write_statistics
from custom_components.pattern_intelligence.sources.recording import open_recording


@pytest.fixture(scope="module")
def directory(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory into which the home was written."""
    path = tmp_path_factory.mktemp("home")
    write_home(home, path)
    return path


@pytest.fixture
def database(directory: Path) -> Iterator[sqlite3.Connection]:
    """Return the database."""
    with closing(sqlite3.connect(directory / "home-assistant_v2.db")) as connection:
        yield connection


def test_states_come_back(home: Home, database: sqlite3.Connection) -> None:
    """Entities, states and instants are those of the stream, row by row."""
    rows = database.execute(
        "SELECT m.entity_id, s.state, s.last_updated_ts FROM states s"
        " JOIN states_meta m USING (metadata_id) ORDER BY s.state_id"
    ).fetchall()
    stream = home.stream
    assert rows == [
        (home.entities[entity].entity_id, stream.labels[state], instant)
        for entity, state, instant in zip(
            stream.entity.tolist(),
            stream.state.tolist(),
            stream.instant.tolist(),
            strict=True,
        )
    ]


def test_last_changed_is_null_where_the_state_changed(
    home: Home, database: sqlite3.Connection
) -> None:
    """Where it is set, it is the time of an earlier row with the same state."""
    rows = database.execute(
        "SELECT metadata_id, state, last_changed_ts, last_updated_ts FROM states"
        " ORDER BY last_updated_ts, state_id"
    ).fetchall()
    since: dict[int, tuple[str, float]] = {}
    kept = 0
    for entity, state, changed, updated in rows:
        if changed is None:
            since[entity] = (state, updated)
        else:
            assert since[entity] == (state, changed)
            kept += 1
    assert kept == int((~home.stream.changed).sum())


def test_old_state_chains_within_a_run(database: sqlite3.Connection) -> None:
    """A row's old state is the entity's row before, none after each restart."""
    starts = [
        row[0]
        for row in database.execute(
            "SELECT strftime('%s', start) FROM recorder_runs ORDER BY start"
        )
    ]
    rows = database.execute(
        "SELECT state_id, metadata_id, old_state_id, last_updated_ts FROM states"
        " ORDER BY metadata_id, last_updated_ts, state_id"
    ).fetchall()
    before: dict[int, tuple[int, int]] = {}
    bounds = np.array(starts, np.float64)
    for state_id, entity, old, at in rows:
        run = int(np.searchsorted(bounds, at, side="right"))
        expected = None
        if entity in before and before[entity][1] == run:
            expected = before[entity][0]
        assert old == expected
        before[entity] = (state_id, run)
    assert len(starts) > 1


def test_automations_are_graded_by_context(
    home: Home, database: sqlite3.Connection
) -> None:
    """States that an automation set share the context of its event."""
    count = database.execute(
        "SELECT count(*) FROM states s JOIN events e USING (context_id_bin)"
        " JOIN event_types t USING (event_type_id)"
        " WHERE t.event_type = 'automation_triggered'"
    ).fetchone()[0]
    assert count == int((home.stream.context >= 0).sum())
    lonely = database.execute(
        "SELECT count(*), count(DISTINCT context_id_bin) FROM states s WHERE NOT EXISTS"
        " (SELECT 1 FROM events e WHERE e.context_id_bin = s.context_id_bin)"
    ).fetchone()
    assert lonely[0] == lonely[1]
    users = database.execute(
        "SELECT count(*), count(DISTINCT context_user_id_bin),"
        " min(length(context_user_id_bin)) FROM states"
        " WHERE context_user_id_bin IS NOT NULL"
    ).fetchone()
    assert users == (int((home.stream.user >= 0).sum()), 2, 16)


def test_attributes_name_the_entity(home: Home, database: sqlite3.Connection) -> None:
    """Each row has the attributes of its entity."""
    rows = database.execute(
        "SELECT DISTINCT m.entity_id, a.shared_attrs FROM states s"
        " JOIN states_meta m USING (metadata_id)"
        " JOIN state_attributes a USING (attributes_id)"
    ).fetchall()
    known = {entity.entity_id: entity for entity in home.entities}
    for entity_id, shared in rows:
        attributes = json.loads(shared)
        assert attributes["friendly_name"] == known[entity_id].name
        assert attributes.get("device_class") == known[entity_id].device_class
        assert attributes.get("unit_of_measurement") == known[entity_id].unit


def test_schema_is_home_assistants(database: sqlite3.Connection) -> None:
    """The version is the installed one, and all of its indexes are there."""
    assert database.execute("SELECT schema_version FROM schema_changes").fetchall() == [
        (SCHEMA_VERSION,)
    ]
    indexes = {
        row[1] for row in database.execute("PRAGMA index_list('states')").fetchall()
    }
    assert "ix_states_last_updated_ts" in indexes
    assert "ix_states_metadata_id_last_updated_ts" in indexes
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_registries_place_entities(home: Home, directory: Path) -> None:
    """Entities have a device or an area, devices an area, areas a floor."""
    stored = {
        path.name: json.loads(path.read_text(encoding="utf-8"))["data"]
        for path in (directory / ".storage").iterdir()
    }
    assert stored["core.config"]["time_zone"] == home.time_zone
    devices = {one["id"]: one for one in stored["core.device_registry"]["devices"]}
    areas = {one["id"]: one for one in stored["core.area_registry"]["areas"]}
    floors = {one["floor_id"] for one in stored["core.floor_registry"]["floors"]}
    known = {entity.entity_id: entity for entity in home.entities}
    for entry in stored["core.entity_registry"]["entities"]:
        area = entry["area_id"]
        if entry["device_id"] in devices:
            area = area or devices[entry["device_id"]]["area_id"]
        assert area == known[entry["entity_id"]].area_id
        assert area is None or area in areas
        assert entry["entity_category"] == known[entry["entity_id"]].category
    assert {area["floor_id"] for area in areas.values()} <= floors | {None}


def test_nothing_is_overwritten(home: Home, directory: Path) -> None:
    """A directory that has a database is refused."""
    with pytest.raises(FileExistsError, match="exists already"):
        write_home(home, directory)


def test_meters_have_statistics_of_years(
    directory: Path, home: Home, tmp_path: Path
) -> None:
    """Every hour from two years before on; winters count more, wherever winter is."""
    copytree(directory, tmp_path, dirs_exist_ok=True)
    with closing(sqlite3.connect(tmp_path / "home-assistant_v2.db")) as database:
        database.execute("DELETE FROM statistics")
        database.execute("DELETE FROM statistics_meta")
        write_statistics(database, home, years=2)
        database.commit()
    now = int(home.stream.instant[-1] * 1000)
    source = open_recording(tmp_path, now=now)
    meters = source.meters()
    assert {meter.unit for meter in meters} == {"kWh"}
    begun = source.begun(meters)
    assert begun is not None
    assert 729 <= (home.first_day - begun).days <= 732
    last = begun + timedelta(days=700)
    counts = source.counted(meters[0], begun, last)
    hours = np.diff(counts.instant)
    assert counts.instant.size >= 700 * 24 - 24
    assert set(hours.tolist()) == {3_600_000}
    month = (counts.instant.astype("datetime64[ms]").astype("datetime64[M]")).astype(
        int
    ) % 12
    winter = counts.amount[np.isin(month, [11, 0, 1])].mean()
    summer = counts.amount[np.isin(month, [5, 6, 7])].mean()
    north = home.position[0] > 0
    assert (winter > 1.5 * summer) if north else (summer > 1.5 * winter)


def test_what_a_recorder_counted_lately(directory: Path, home: Home) -> None:
    """Without years before, the days that are recorded have their totals."""
    source = open_recording(directory, now=int(home.stream.instant[-1] * 1000))
    raw = source.read(home.first_day + timedelta(days=1))
    assert raw.counts.amount.size == 24 * len(source.meters()) > 0
    assert raw.counts.amount.min() > 0
