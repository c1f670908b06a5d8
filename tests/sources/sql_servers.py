"""Real servers that a recorder may use, each started once, filled from a file."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
import tempfile

from benchmarks.recorder_copy import prepare
from scripts.tools.failure import UnusableError
from scripts.tools.sql_server import KINDS, running
from tests.wanting import skip_for_want_of


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
        prepare(url)
        return url


@contextmanager
def all_sql_servers() -> Iterator[SqlServers]:
    """Return what starts servers until the block is left."""
    with ExitStack() as stack:
        yield SqlServers(stack)
