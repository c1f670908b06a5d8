"""Fixtures for all tests.

The Home Assistant plugin watches the event loop around every test. Most tests here
have none, so that is off by default and switched on again for those under `ha`.
"""

from collections.abc import Iterator
import os
from pathlib import Path
import shutil
import tempfile

from hypothesis import settings
import pytest

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
