"""Writes a genuine recorder database, as Home Assistant itself would have left it."""

from contextlib import closing
from datetime import UTC, datetime
from hashlib import md5
from json import dumps
from pathlib import Path
import sqlite3

from homeassistant.components.recorder.db_schema import (
    SCHEMA_VERSION,
    Base,
    EventData,
    StateAttributes,
)
import numpy as np
from sqlalchemy import create_engine

from .recorder_rows import VARIANTS, contexts, history_of, state_rows
from .registry_files import write_registries
from .simulator.model import Entity, Recorded
from .statistics_rows import write_statistics

FILE_NAME = "home-assistant_v2.db"
#: Rows inserted at a time.
_PORTION = 200_000
_INSERT_STATES = (
    "INSERT INTO states (state_id, state, last_changed_ts, last_reported_ts,"
    " last_updated_ts, old_state_id, attributes_id, origin_idx, context_id_bin,"
    " context_user_id_bin, context_parent_id_bin, metadata_id)"
    " VALUES (?,?,?,?,?,?,?,0,?,?,?,?)"
)


def write_home(home: Recorded, directory: Path, years: float = 0) -> Path:
    """Write a Home Assistant configuration directory.

    Holds the recorder's SQLite file, and under `.storage` the core configuration
    and the registries of entities, devices, areas, floors and labels.

    Args:
        home: What to write.
        directory: Where; made if missing.
        years: How long before what is recorded its meters' statistics begin.

    Returns:
        The database file.

    Raises:
        FileExistsError: There is a database already.
    """
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / FILE_NAME
    if path.exists():
        raise FileExistsError(f"{path} exists already")
    write_registries(home, directory / ".storage")
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        indexes = _drop_indexes(database)
        with database:
            _write_runs(database, home)
            _write_states(database, home)
            _write_firings(database, home)
            write_statistics(database, home, years)
            for statement in indexes:
                database.execute(statement)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def user_id(name: str) -> str:
    """Return the id (32 hexadecimal digits) of the user of that name."""
    return md5(f"user {name}".encode(), usedforsecurity=False).hexdigest()


def _drop_indexes(database: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the large table, and return what makes them again."""
    found = database.execute(
        "SELECT name, sql FROM sqlite_master"
        " WHERE type = 'index' AND tbl_name = 'states' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in found:
        database.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]


def _write_runs(database: sqlite3.Connection, home: Recorded) -> None:
    """Write the schema's version and the runs of the recorder."""
    runs = home.recorder_runs
    database.execute(
        "INSERT INTO schema_changes (schema_version, changed) VALUES (?, ?)",
        (SCHEMA_VERSION, _stamp(runs[0].start)),
    )
    database.executemany(
        'INSERT INTO recorder_runs (start, "end", closed_incorrect, created)'
        " VALUES (?, ?, ?, ?)",
        [
            (
                _stamp(run.start),
                _stamp(run.end),
                run.closed_incorrectly,
                _stamp(run.start),
            )
            for run in runs
        ],
    )


def _write_states(database: sqlite3.Connection, home: Recorded) -> None:
    """Write entities, their attributes and all their states."""
    database.executemany(
        "INSERT INTO states_meta (metadata_id, entity_id) VALUES (?, ?)",
        [(n + 1, entity.entity_id) for n, entity in enumerate(home.entities)],
    )
    shared = [
        dumps(_attributes(entity, variant), separators=(",", ":")).encode()
        for entity in home.entities
        for variant in range(VARIANTS)
    ]
    database.executemany(
        "INSERT INTO state_attributes (attributes_id, hash, shared_attrs)"
        " VALUES (?, ?, ?)",
        [
            (n + 1, StateAttributes.hash_shared_attrs_bytes(data), data.decode())
            for n, data in enumerate(shared)
        ],
    )
    history = history_of(home.stream, home)
    users = [None, *(bytes.fromhex(user_id(name)) for name in home.users)]
    # Portions, since Python's numbers and bytes take far more room than columns.
    for first in range(0, len(home.stream), _PORTION):
        rows = state_rows(home.stream, history, users, slice(first, first + _PORTION))
        database.executemany(_INSERT_STATES, rows)


def _write_firings(database: sqlite3.Connection, home: Recorded) -> None:
    """Write an `automation_triggered` event for each firing."""
    database.execute(
        "INSERT INTO event_types (event_type_id, event_type)"
        " VALUES (1, 'automation_triggered')"
    )
    kinds = sorted(
        {(fire.entity_id, fire.name, fire.parent >= 0) for fire in home.fires}
    )
    for number, (entity_id, name, by_state) in enumerate(kinds):
        source = "state of motion sensor" if by_state else "time"
        data = dumps(
            {"name": name, "entity_id": entity_id, "source": source},
            separators=(",", ":"),
        )
        database.execute(
            "INSERT INTO event_data (data_id, hash, shared_data) VALUES (?, ?, ?)",
            (number + 1, EventData.hash_shared_data_bytes(data.encode()), data),
        )
    numbers = {kind: number + 1 for number, kind in enumerate(kinds)}
    zero = np.zeros(len(home.fires))
    ids = np.array([fire.context for fire in home.fires], np.int64)
    ups = np.array([fire.parent for fire in home.fires], np.int64)
    database.executemany(
        "INSERT INTO events (origin_idx, time_fired_ts, data_id, context_id_bin,"
        " context_parent_id_bin, event_type_id) VALUES (0, ?, ?, ?, ?, 1)",
        [
            (
                fire.instant,
                numbers[fire.entity_id, fire.name, fire.parent >= 0],
                own,
                parent if fire.parent >= 0 else None,
            )
            for fire, own, parent in zip(
                home.fires,
                contexts(ids, zero, ids),
                contexts(ups, zero, ids),
                strict=True,
            )
        ],
    )


def _attributes(entity: Entity, variant: int) -> dict[str, str | int]:
    """Return the attributes of an entity; variants differ in a number."""
    shown: dict[str, str | int] = {}
    if entity.unit is not None:
        shown["unit_of_measurement"] = entity.unit
        total = entity.device_class == "energy"
        shown["state_class"] = "total_increasing" if total else "measurement"
    if entity.device_class is not None:
        shown["device_class"] = entity.device_class
    shown["friendly_name"] = entity.name
    if variant:
        shown["brightness" if entity.domain == "light" else "linkquality"] = (
            60 * variant
        )
    return shown


def _stamp(instant: float) -> str:
    """Return an instant as the recorder's SQLite columns hold it, in UTC."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
