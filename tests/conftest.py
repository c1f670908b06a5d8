"""Fixtures for all tests.

The Home Assistant plugin watches the event loop around every test. Most tests here
have none, so that is off by default and switched on again for those under `ha`.
"""

from collections.abc import Iterator
import os
from pathlib import Path
import shutil
import tempfile
from typing import TYPE_CHECKING

from hypothesis import settings
import pytest

from .wanting import wanting

if TYPE_CHECKING:
    from .sources.sql_servers import SqlServers
    from .stores.influx_servers import Servers

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(autouse=True)
def configure_event_loop() -> None:
    """Leave the event loop alone: plain tests have none."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the event loop alone: plain tests have none."""


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Check nothing afterwards: plain tests leave no task or timer behind."""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every user may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def influx_servers() -> Iterator[Servers]:
    """Return what starts real servers of InfluxDB, each once."""
    # Only tests that want a server pay for what it takes.
    from .stores.influx_servers import all_servers

    with all_servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def sql_servers() -> Iterator[SqlServers]:
    """Return what starts servers that a recorder may use, each once."""
    from .sources.sql_servers import all_sql_servers

    with all_sql_servers() as servers:
        yield servers


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped for want of what."""
    skipped = terminalreporter.stats.get("skipped", [])
    for what, count in sorted(wanting(skipped).items()):
        terminalreporter.write_line(f"skipped for want of {what}: {count}")
