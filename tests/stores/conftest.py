"""Fixtures for the tests of stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.pattern_intelligence.stores.base import AggregateStore

from .makers import SqliteFactory, StoreFactory


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
