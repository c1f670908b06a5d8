"""Where ``--store`` says that aggregates live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import tempfile
from typing import Final, Protocol

from custom_components.pattern_intelligence.stores.base import (
    AggregateStore,
    LocalStore,
    StoreError,
)
from custom_components.pattern_intelligence.stores.influx.address import (
    InfluxAddress,
    address_from,
)
from custom_components.pattern_intelligence.stores.influx.buckets import ensure_endless
from custom_components.pattern_intelligence.stores.influx.servers import server_at
from custom_components.pattern_intelligence.stores.influx.store import InfluxStore
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore, path_of
from custom_components.pattern_intelligence.stores.sqlite_file import remove

from .failure import UnusableError

_HTTP: Final = frozenset({"http", "https"})
_HOME: Final = "offline"
"""The home of what is learned from recordings: as a file, a prefix holds one home."""


class KeptStore(AggregateStore, LocalStore, Protocol):
    """A store of aggregates that also keeps texts by name."""


class Place(Protocol):
    """A place where a store is."""

    def opened(self) -> AbstractContextManager[KeptStore]:
        """Open the store until the block is left."""

    def anew(self) -> AbstractContextManager[KeptStore]:
        """Open an empty store, which takes the place of the old one."""


@dataclass(frozen=True, slots=True)
class SqlitePlace:
    """A store in an SQLite file.

    Attributes:
        path: the file, which need not be there yet.
    """

    path: Path

    @contextmanager
    def opened(self) -> Iterator[SqliteStore]:
        """Open the store until the block is left."""
        store = SqliteStore(self.path)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def anew(self) -> Iterator[SqliteStore]:
        """Open an empty store, which takes the place of the old one at the end.

        When the block is left by an error the old one stays as it was.
        """
        fresh = SqlitePlace(self.path.with_name(f".{self.path.name}.{os.getpid()}"))
        try:
            with fresh.opened() as store:
                yield store
            # Closed, it is one file; what lies beside the old one is not its own.
            remove(self.path)
            fresh.path.replace(self.path)
        finally:
            remove(fresh.path)


@dataclass(frozen=True, slots=True)
class InfluxPlace:
    """A store in InfluxDB, in buckets that keep for ever.

    Attributes:
        address: the server.
    """

    address: InfluxAddress

    @contextmanager
    def opened(self) -> Iterator[InfluxStore]:
        """Open the store until the block is left; its buckets are made if need be."""
        server = server_at(self.address)
        store = InfluxStore(server, _HOME)
        try:
            ensure_endless(server)
            yield store
        finally:
            store.close()

    @contextmanager
    def anew(self) -> Iterator[InfluxStore]:
        """Empty the store, and open it.

        When that is interrupted, the next run goes on with what was learned till then.
        """
        with self.opened() as store:
            store.clear()
            yield store


@contextmanager
def place_of(url: str | None) -> Iterator[Place]:
    """Give the place that a URL names, or one that is gone when the block is left.

    Args:
        url: as ``--store`` has it; None for a temporary store.

    Raises:
        UnusableError: the URL names nothing that can be used.
    """
    if url is None:
        with tempfile.TemporaryDirectory(
            prefix="pattern_intelligence.", ignore_cleanup_errors=True
        ) as directory:
            yield SqlitePlace(Path(directory) / "store.db")
        return
    if url.partition(":")[0] in _HTTP:
        try:
            address = address_from(os.environ, url)
        except StoreError as err:
            raise UnusableError(f"--store: {err}") from err
        yield InfluxPlace(address)
        return
    try:
        path = path_of(url)
    except StoreError as err:
        raise UnusableError(f"--store: {err}") from err
    if path.is_dir():
        raise UnusableError(f"--store: {path} is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise UnusableError(
            f"--store: the folder {path.absolute().parent} is not there; make it first"
        )
    yield SqlitePlace(path)
