"""The recorder's tables, as far as they are read, and whether they can be.

Columns carry no type: values come as the database's driver hands them over, which is
what makes reading fast, and the same on SQLite, MariaDB and PostgreSQL.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, TableClause, column, inspect, select, table

from .base import SourceError, SourceUnavailableError

OLDEST_SCHEMA: Final = 38
"""The first schema in which ``states_meta`` holds the entity ids."""


def _table(name: str, *columns: str) -> TableClause:
    return table(name, *(column(each) for each in columns))


STATES: Final = _table(
    "states",
    "state_id",
    "metadata_id",
    "state",
    "last_changed_ts",
    "last_updated_ts",
    "attributes_id",
    "context_id_bin",
    "context_user_id_bin",
    "context_parent_id_bin",
)
STATES_META: Final = _table("states_meta", "metadata_id", "entity_id")
STATE_ATTRIBUTES: Final = _table("state_attributes", "attributes_id", "shared_attrs")
EVENTS: Final = _table(
    "events", "event_id", "event_type_id", "data_id", "time_fired_ts", "context_id_bin"
)
EVENT_TYPES: Final = _table("event_types", "event_type_id", "event_type")
EVENT_DATA: Final = _table("event_data", "data_id", "shared_data")
RECORDER_RUNS: Final = _table(
    "recorder_runs", "run_id", "start", "end", "closed_incorrect"
)
STATISTICS: Final = _table("statistics", "metadata_id", "start_ts", "sum")
STATISTICS_META: Final = _table(
    "statistics_meta",
    "id",
    "statistic_id",
    "source",
    "unit_of_measurement",
    "has_sum",
)

_SCHEMA_CHANGES: Final = _table("schema_changes", "change_id", "schema_version")
_READ: Final = (
    STATES,
    STATES_META,
    STATE_ATTRIBUTES,
    EVENTS,
    EVENT_TYPES,
    EVENT_DATA,
    RECORDER_RUNS,
    STATISTICS,
    STATISTICS_META,
)


def check_schema(connection: Connection) -> None:
    """Make sure that the database is a recorder's that can be read.

    What counts are the columns that are read, not the version alone: a newer Home
    Assistant may have changed nothing that matters here.

    Args:
        connection: to the recorder's database.

    Raises:
        SourceUnavailableError: it is of an older schema, or being migrated from one.
        SourceError: it is no recorder's database, or of a schema nobody here knows.
    """
    present = {
        name: {each["name"] for each in columns}
        for (_, name), columns in inspect(connection).get_multi_columns().items()
    }
    if STATES.name not in present:
        raise SourceError(
            "this database holds no history of Home Assistant: it has no table 'states'"
        )
    version = _version(connection, present)
    if version is not None and version < OLDEST_SCHEMA:
        raise SourceUnavailableError(
            "the recorder's database has schema {version}, too old to be read, "
            "or is being migrated: start a current Home Assistant on it and wait "
            "until it has finished",
            version=version,
        )
    missing = [
        f"{each.name}.{name}"
        for each in _READ
        for name in each.c.keys()  # noqa: SIM118
        if name not in present.get(each.name, ())
    ]
    if missing:
        raise SourceError(
            "the recorder's database has schema {version}, which this version "
            "cannot read (no {missing}): update Pattern Intelligence",
            version=version or "without a version",
            missing=missing[0],
        )
    if "entity_id" in present[STATES.name] and _is_moving_ids(connection):
        raise SourceUnavailableError(
            "the recorder's database is being migrated: wait until Home Assistant has "
            "finished"
        )


def _version(connection: Connection, present: dict[str, set[str]]) -> int | None:
    needed = set(_SCHEMA_CHANGES.c.keys())
    if not needed <= present.get(_SCHEMA_CHANGES.name, set()):
        return None
    changes = _SCHEMA_CHANGES.c
    newest = select(changes.schema_version).order_by(changes.change_id.desc()).limit(1)
    version = connection.execute(newest).scalar()
    return None if version is None else int(version)


def _is_moving_ids(connection: Connection) -> bool:
    """Tell whether rows still wait for their entity's id to be moved away."""
    waiting = (
        select(STATES.c.state_id)
        .where(STATES.c.metadata_id.is_(None), column("entity_id").is_not(None))
        .limit(1)
    )
    return connection.execute(waiting).first() is not None
