"""The stores of a config entry: opened, closed, and deleted with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from homeassistant.core import HomeAssistant

from .const import DATABASE, StoreKind
from .stores.base import AggregateStore, LocalStore
from .stores.sqlite import SqliteStore
from .stores.sqlite_file import SIDE_FILES


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
    def local(self) -> LocalStore:
        """Return what must be there without any server."""
        return self.built_in

    def pause(self) -> None:
        """Make the file whole by itself, and let it be copied."""
        self.built_in.pause()

    def resume(self) -> None:
        """Go on as before the pause."""
        self.built_in.resume()

    def close(self) -> None:
        """Let go of all files and connections."""
        self.aggregates.close()
        self.built_in.close()


def database_path(hass: HomeAssistant) -> Path:
    """Return where the built-in store is."""
    return Path(hass.config.path(DATABASE))


def open_storage(kind: StoreKind, path: Path) -> Storage:
    """Open the stores. Blocks.

    Args:
        kind: where aggregates live.
        path: the built-in store's file.

    Raises:
        StoreError: a store cannot be opened.
    """
    built_in = SqliteStore(path)
    match kind:
        case StoreKind.BUILT_IN:
            return Storage(built_in, built_in)


def set_aside(path: Path, today: date) -> None:
    """Rename a damaged store's files, so that a new one can begin. Blocks."""
    for suffix in ("", *SIDE_FILES):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(file.with_name(f"{file.name}.damaged-{today.isoformat()}"))
