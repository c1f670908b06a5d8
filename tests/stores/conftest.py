"""Fixtures for the tests of stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.pattern_intelligence.stores.base import AggregateStore

from .influx_servers import VERSIONS, Servers, address_of, make_buckets
from .makers import InfluxFactory, SqliteFactory, StoreFactory


@pytest.fixture(params=["sqlite", *VERSIONS])
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> StoreFactory:
    """Return what opens a store, of every kind in turn."""
    if request.param == "sqlite":
        return SqliteFactory(tmp_path)
    # Home Assistant's plugin lets no test open a connection unless it says so.
    request.getfixturevalue("socket_enabled")
    servers: Servers = request.getfixturevalue("influx_servers")
    address = address_of(servers.get(request.param))
    make_buckets(address)
    return InfluxFactory(address)


@pytest.fixture
def store(factory: StoreFactory) -> Iterator[AggregateStore]:
    """Return an empty store of every kind in turn."""
    opened = factory.open()
    yield opened
    opened.close()
