"""The stores of a config entry: opened, closed, and deleted with it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from glob import escape
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from .const import DATABASE
from .stores.base import AggregateStore, LocalStore, StoreUnavailableError
from .stores.influx.address import InfluxAddress
from .stores.influx.servers import server_at
from .stores.influx.store import InfluxStore
from .stores.sqlite import SqliteStore
from .stores.sqlite_file import SIDE_FILES, remove

_DAMAGED: Final = ".damaged-"
_ASIDE: Final = (".moving", ".restoring", ".anew")


@dataclass(frozen=True, slots=True)
class Storage:
    """Where a home's knowledge is kept. Every call blocks.

    Attributes:
        built_in: the file in the configuration directory, always there.
        aggregates: where the daily, weekly and monthly layers live.
    """

    built_in: SqliteStore
    aggregates: AggregateStore

    @property
    def remote(self) -> InfluxStore | None:
        """Return the store on a server, which may be away; None where there is none."""
        store = self.aggregates
        return store if isinstance(store, InfluxStore) else None

    @property
    def local(self) -> LocalStore:
        """Return what must be there without any server."""
        return self.built_in

    def pause(self) -> None:
        """Make the file whole by itself, and let it be copied."""
        self.built_in.pause()

    def resume(self) -> None:
        """Go on as before the pause."""
        self.built_in.resume()

    def hurry(self) -> None:
        """Have a server asked nothing twice from now on; this does not block."""
        if (store := self.remote) is not None:
            store.server.link.hurry()

    def close(self) -> None:
        """Let go of all files and connections."""
        self.aggregates.close()
        self.built_in.close()


def database_path(hass: HomeAssistant) -> Path:
    """Return where the built-in store is."""
    return Path(hass.config.path(DATABASE))


def moving_path(path: Path) -> Path:
    """Return the file in which the built-in store is made that a move leads to."""
    return path.with_name(f"{path.name}{_ASIDE[0]}")


def restoring_path(path: Path) -> Path:
    """Return the file in which a backup is unpacked."""
    return path.with_name(f"{path.name}{_ASIDE[1]}")


def anew_path(path: Path) -> Path:
    """Return the file in which all is learned anew."""
    return path.with_name(f"{path.name}{_ASIDE[2]}")


def open_storage(path: Path, address: InfluxAddress | None, home: str) -> Storage:
    """Open the stores; nothing is asked of a server yet. Blocks.

    Args:
        path: the built-in store's file.
        address: of the server on which aggregates live; None for the built-in store.
        home: the id by which a server tells homes apart.

    Raises:
        StoreError: a store cannot be opened.
    """
    built_in = SqliteStore(path)
    if address is None:
        return Storage(built_in, built_in)
    # What is too old for the server lies in the file until it is summed up.
    return Storage(built_in, InfluxStore(server_at(address), home, attic=built_in))


def set_aside(path: Path, today: date) -> None:
    """Rename a damaged store's files, so that a new one can begin. Blocks.

    They keep belonging together, as ``NAME.damaged-DATE`` and ``…-wal`` beside it.

    Raises:
        StoreUnavailableError: one cannot be renamed; all are as they were.
    """
    new = _unused(path.with_name(f"{path.name}{_DAMAGED}{today.isoformat()}"))
    renamed: list[tuple[Path, Path]] = []
    try:
        # The log first: beside a new file, an old one's would be taken for its own.
        for suffix in (*SIDE_FILES, ""):
            old = path.with_name(path.name + suffix)
            if old.exists():
                renamed.append((old, old.rename(new.with_name(new.name + suffix))))
    except OSError as err:
        with suppress(OSError):
            for before, after in renamed:
                after.rename(before)
        raise StoreUnavailableError(
            "{path} cannot be renamed: {reason}", path=path, reason=err.strerror
        ) from err


def _unused(path: Path) -> Path:
    """Return a path beside which nothing was set aside before."""
    number, free = 1, path
    while any(free.with_name(free.name + s).exists() for s in ("", *SIDE_FILES)):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def delete_all(path: Path) -> None:
    """Delete the built-in store, and all that lies beside it. Blocks.

    Raises:
        StoreUnavailableError: a file cannot be deleted.
    """
    remove(path)
    for suffix in _ASIDE:
        remove(path.with_name(path.name + suffix))
    for aside in path.parent.glob(f"{escape(path.name)}{_DAMAGED}*"):
        remove(aside)
