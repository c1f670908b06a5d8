"""Fixtures for the tests of stores."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
import tempfile

import pytest

from custom_components.pattern_intelligence.stores.base import AggregateStore

from .makers import SqliteFactory, StoreFactory

NOBODY = 65534


@pytest.fixture(params=[SqliteFactory])
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> StoreFactory:
    """Return what opens a store, of every kind in turn."""
    made: StoreFactory = request.param(tmp_path)
    return made


@pytest.fixture
def store(factory: StoreFactory) -> Iterator[AggregateStore]:
    """Return an empty store of every kind in turn."""
    opened = factory.open()
    yield opened
    opened.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every user may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be somebody whom permissions bind, also where tests are run by root."""
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if privileged:
            os.seteuid(0)
