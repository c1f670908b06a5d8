"""Copies a recorder's file into a database on a server, which it empties first."""

from functools import cache
from pathlib import Path

from homeassistant.components.recorder.db_schema import Base
from sqlalchemy import Engine, create_engine, delete, insert, select, text
from sqlalchemy.pool import NullPool

_AT_ONCE = 500
_UNCHECKED = {
    "postgresql": "SET LOCAL session_replication_role = replica",
    "mysql": "SET foreign_key_checks = 0",
}
"""Lets rows that refer to each other come in any order."""

_FILLED = [
    Base.metadata.tables[name]
    for name in (
        *("schema_changes", "recorder_runs", "states_meta", "state_attributes"),
        *("states", "event_types", "event_data", "events"),
        *("statistics_meta", "statistics"),
    )
]
"""What is read of a recorder's tables, in an order in which they can be filled."""


@cache
def _engine(url: str) -> Engine:
    return create_engine(url)


def prepare(url: str) -> None:
    """Make the recorder's tables in a database."""
    Base.metadata.create_all(_engine(url))


def fill(url: str, path: Path) -> None:
    """Put all rows of a recorder's file in the place of those in a database."""
    old = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with old.connect() as origin, _engine(url).begin() as connection:
        connection.execute(text(_UNCHECKED[connection.dialect.name]))
        for table in reversed(_FILLED):
            connection.execute(delete(table))
        for table in _FILLED:
            found = origin.execute(select(table)).mappings()
            while some := found.fetchmany(_AT_ONCE):
                connection.execute(insert(table), [dict(row) for row in some])
