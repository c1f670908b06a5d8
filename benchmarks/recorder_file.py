"""Writes a genuine recorder database, as Home Assistant itself would have left it."""

from contextlib import closing
from datetime import UTC, datetime
from hashlib import md5
from itertools import repeat
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

from .registry_files import write_registries
from .simulator.clock import Floats, Ints
from .simulator.model import Entity, Recorded, Stream

FILE_NAME = "home-assistant_v2.db"
#: How many different sets of attributes an entity shows, the plain one included.
_VARIANTS = 4
_INSERT_STATES = (
    "INSERT INTO states (state_id, state, last_changed_ts, last_reported_ts,"
    " last_updated_ts, old_state_id, attributes_id, origin_idx, context_id_bin,"
    " context_user_id_bin, context_parent_id_bin, metadata_id)"
    " VALUES (?,?,?,?,?,?,?,0,?,?,?,?)"
)


def write_home(home: Recorded, directory: Path) -> Path:
    """Write a Home Assistant configuration directory.

    Holds the recorder's SQLite file, and under `.storage` the core configuration
    and the registries of entities, devices, areas, floors and labels.

    Args:
        home: What to write.
        directory: Where; made if missing.

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
        for variant in range(_VARIANTS)
    ]
    database.executemany(
        "INSERT INTO state_attributes (attributes_id, hash, shared_attrs)"
        " VALUES (?, ?, ?)",
        [
            (n + 1, StateAttributes.hash_shared_attrs_bytes(data), data.decode())
            for n, data in enumerate(shared)
        ],
    )
    stream = home.stream
    number = np.arange(1, len(stream) + 1)
    changed_at, variant, old = _history(stream, home)
    users = [None, *(bytes.fromhex(user_id(name)) for name in home.users)]
    contexts = _contexts(stream.context, stream.instant, number)
    parents = _contexts(stream.parent, np.zeros(len(stream)), number)
    has_parent = (stream.parent >= 0).tolist()
    database.executemany(
        _INSERT_STATES,
        zip(
            number.tolist(),
            [stream.labels[code] for code in stream.state.tolist()],
            changed_at,
            repeat(None),
            stream.instant.tolist(),
            old,
            (stream.entity * _VARIANTS + variant + 1).tolist(),
            contexts,
            [users[who + 1] for who in stream.user.tolist()],
            [p if has else None for p, has in zip(parents, has_parent, strict=True)],
            (stream.entity + 1).tolist(),
        ),
    )


def _history(
    stream: Stream, home: Recorded
) -> tuple[list[float | None], Ints, list[int | None]]:
    """Return when each state last changed, its attributes, and the row before it.

    The first is none where the row itself is the change; the last is none where
    Home Assistant knew no state before, at first and after each restart.
    """
    size = len(stream)
    order = np.lexsort((np.arange(size), stream.entity))
    entity = stream.entity[order]
    place = np.arange(size)
    first = np.ones(size, np.bool_)
    first[1:] = entity[1:] != entity[:-1]
    changed = stream.changed[order] | first
    since = order[np.maximum.accumulate(np.where(changed, place, 0))]
    changed_at = np.empty(size)
    changed_at[order] = stream.instant[since]
    own = np.empty(size, np.bool_)
    own[order] = changed
    variant = np.empty(size, np.int64)
    variant[order] = np.cumsum(~changed) % (_VARIANTS - 1) + 1
    starts = np.array([run.start for run in home.recorder_runs])
    run = np.searchsorted(starts, stream.instant[order], side="right")
    anew = first.copy()
    anew[1:] |= run[1:] != run[:-1]
    old = np.zeros(size, np.int64)
    old[order[1:]] = order[:-1] + 1
    old[order[anew]] = 0
    times = [
        None if fresh else at
        for at, fresh in zip(changed_at.tolist(), own.tolist(), strict=True)
    ]
    return times, np.where(own, 0, variant), [row or None for row in old.tolist()]


def _contexts(number: Ints, instant: Floats, row: Ints) -> list[bytes]:
    """Return ids of contexts: 6 bytes of milliseconds, 10 that tell them apart.

    A context that several rows share is the same in all of them.
    """
    own = number < 0
    parts = np.zeros((len(number), 2), ">u8")
    milliseconds = np.where(own, instant * 1000, 0).astype(np.uint64)
    parts[:, 0] = (milliseconds << np.uint64(16)) | np.where(own, 1, 2).astype("u8")
    parts[:, 1] = np.where(own, row, number)
    packed = parts.tobytes()
    return [packed[at : at + 16] for at in range(0, len(packed), 16)]


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
                _contexts(ids, zero, ids),
                _contexts(ups, zero, ids),
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
