"""Learning all anew, from before the first day known, into tables of their own.

What is known counts until those are complete; then they take its place at once. Killed
at any moment, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from .storage import Storage
from .stores.base import LocalStore, StoreDamagedError
from .stores.copying import MoveMark, copied
from .stores.learned_zone import foreign_zone, note_zone
from .stores.sqlite import SqliteStore
from .stores.sqlite_file import remove
from .work import NOT_BEFORE

ANEW: Final = "anew"
"""Name of the text that says from which day on all is being learned anew."""

_TAKEN_OVER: Final = MoveMark("anew", "store")


def begin(local: LocalStore, path: Path, first: date) -> None:
    """Have all be learned anew by the next run. Blocks.

    Args:
        local: notes it.
        path: the file in which it is done; what an earlier one left there is deleted.
        first: the first day.

    Raises:
        StoreError: it cannot be noted; nothing was changed.
    """
    remove(path)
    local.write_text(ANEW, first.isoformat())
    if local.read_text(NOT_BEFORE):
        local.write_text(NOT_BEFORE, first.isoformat())


def call_off(local: LocalStore, path: Path) -> None:
    """Give up learning anew, if that is what is done. Blocks.

    Raises:
        StoreError: the store failed.
    """
    if local.read_text(ANEW):
        local.write_text(ANEW, "")
    remove(path)


def opened(path: Path, zone: ZoneInfo) -> SqliteStore:
    """Return the store in which all is learned anew. Blocks.

    Args:
        path: its file; what is damaged, or of days that begin at other times, is
            learned from the first day again.
        zone: the home's time zone.

    Raises:
        StoreError: the file cannot be used.
    """
    try:
        store = SqliteStore(path)
    except StoreDamagedError:
        remove(path)
        store = SqliteStore(path)
    if foreign_zone(store, store, zone):
        store.close()
        remove(path)
        store = SqliteStore(path)
    note_zone(store, zone)
    return store


def taken_over(storage: Storage, fresh: SqliteStore) -> Generator[tuple[int, int]]:
    """Put what was learned anew in the place of what is known.

    Each step blocks. A file takes the other's place at once; a server is written to
    from it, as long as that takes.

    Args:
        storage: holds what is known.
        fresh: is complete; its file is deleted in the end.

    Yields:
        How many steps are done, and how many there are in all.

    Raises:
        StoreError: a store failed; doing it again goes on.
    """
    if storage.remote is not None:
        yield from copied(fresh, storage.aggregates, fresh, _TAKEN_OVER)
    fresh.close()
    if storage.remote is None:
        storage.built_in.adopt(fresh.path)
    storage.local.write_text(ANEW, "")
    remove(fresh.path)
