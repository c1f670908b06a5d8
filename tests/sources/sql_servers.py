"""Real servers that a recorder may use, each started once, filled from a file."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
import tempfile

from homeassistant.components.recorder.db_schema import Base
from sqlalchemy import Engine, create_engine, delete, insert, select, text
from sqlalchemy.pool import NullPool

from scripts.tools.failure import UnusableError
from scripts.tools.sql_server import KINDS, running
from tests.wanting import skip_for_want_of

_AT_ONCE = 500
_UNCHECKED = {
    "postgresql": "SET LOCAL session_replication_role = replica",
    "mysql": "SET foreign_key_checks = 0",
}
"""Lets rows that refer to each other come in any order."""


@dataclass
class SqlServers:
    """Starts servers when they are first asked for, and stops them in the end.

    Attributes:
        stack: stops them.
        running: URLs of databases, or why there is none, by the server's name.
    """

    stack: ExitStack
    running: dict[str, str | UnusableError] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return the URL of a database; the test is skipped where none can be had."""
        if name not in self.running:
            try:
                self.running[name] = self._start(name)
            except UnusableError as err:
                self.running[name] = err
        found = self.running[name]
        if isinstance(found, UnusableError):
            skip_for_want_of(KINDS[name].title, str(found))
        return found

    def _start(self, name: str) -> str:
        lies_in = Path(
            self.stack.enter_context(
                tempfile.TemporaryDirectory(prefix="pattern_intelligence.")
            )
        )
        lies_in.chmod(0o755)
        folder = lies_in / "data"
        folder.mkdir()
        url = self.stack.enter_context(running(KINDS[name], folder))
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        engine.dispose()
        return url


@contextmanager
def all_sql_servers() -> Iterator[SqlServers]:
    """Return what starts servers until the block is left."""
    with ExitStack() as stack:
        yield SqlServers(stack)


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
