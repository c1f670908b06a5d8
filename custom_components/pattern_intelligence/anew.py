"""Learning all anew, from before the first day known, into tables of their own.

What is known counts until those are complete; then they take its place at once. Killed
at any moment, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from zoneinfo import ZoneInfo

from .stores.base import LocalStore, StoreDamagedError
from .stores.copying import MOVE, MoveMark
from .stores.learned_zone import foreign_zone, note_zone
from .stores.noted import Noted
from .stores.sqlite import SqliteStore
from .stores.sqlite_file import remove
from .work import NOT_BEFORE

ANEW: Final = "anew"
"""Name of the text that says what is being learned anew."""

IN_RECORDER: Final = "recorder"
IN_INFLUXDB: Final = "influxdb"


@dataclass(frozen=True, slots=True)
class Anew(Noted):
    """What is being learned anew.

    Attributes:
        first: the first day; all that there is counts from then on.
        where: the history lies, besides the recorder.
        discard: whether days that are known may be lost by it.
        again: whether InfluxDB counts for more than what is known.
        complete: whether it only has to take the place of what is known.
    """

    first: date
    where: str = IN_RECORDER
    discard: bool = False
    again: bool = False
    complete: bool = False

    NAME: ClassVar[str] = ANEW

    @classmethod
    def _from_told(cls, told: Mapping[str, Any]) -> Self:
        return cls(
            date.fromisoformat(told["first"]),
            told["where"],
            discard=told["discard"],
            again=told.get("again", False),
            complete=told["complete"],
        )

    def _told(self) -> Mapping[str, Any]:
        return {
            "first": self.first.isoformat(),
            "where": self.where,
            "discard": self.discard,
            "again": self.again,
            "complete": self.complete,
        }


def begin(local: LocalStore, path: Path, anew: Anew) -> None:
    """Have all be learned anew by the next run. Blocks.

    Args:
        local: notes it.
        path: the file in which it is done; what an earlier one left there is deleted.
        anew: what is wanted.

    Raises:
        StoreError: it cannot be noted; nothing was changed.
    """
    call_off(local, path)
    anew.keep(local)
    if local.read_text(NOT_BEFORE):
        local.write_text(NOT_BEFORE, anew.first.isoformat())


def call_off(local: LocalStore, path: Path) -> None:
    """Give up learning anew, if that is what is done. Blocks.

    Raises:
        StoreError: the store failed.
    """
    if local.read_text(ANEW):
        local.write_text(ANEW, "")
    remove(path)


def reopen(local: LocalStore) -> None:
    """Note that what was learned anew will lack days that are learned now. Blocks.

    Else it could take the place of what is known without them, should the history be
    away until then.

    Raises:
        StoreError: the store failed.
    """
    if (anew := Anew.of(local)) is not None and anew.complete:
        replace(anew, complete=False).keep(local)


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


def take_place(built_in: SqliteStore, path: Path, mark: MoveMark | None = None) -> None:
    """Put what was learned anew in the place of what the built-in store holds, at once.

    Blocks.

    Args:
        built_in: the store.
        path: the file that is complete; it is deleted in the end.
        mark: what has to be moved afterwards, noted in the same transaction.

    Raises:
        StoreError: all is as it was.
    """
    fresh = SqliteStore(path)
    try:
        fresh.write_text(ANEW, "")
        if mark is not None:
            fresh.write_text(MOVE, mark.to_text())
    finally:
        fresh.close()
    built_in.adopt(path)
    remove(path)


def _holds_days(path: Path) -> bool:
    """Tell whether anything was learned anew: nothing never takes the place of all."""
    if not path.exists():
        return False
    fresh = SqliteStore(path)
    try:
        return bool(fresh.learned())
    finally:
        fresh.close()


def settle(built_in: SqliteStore, path: Path, mark: MoveMark | None) -> None:
    """Let what was learned anew take its place, if it is complete. Blocks.

    Args:
        built_in: the store; no other has it open.
        path: the file in which it was learned.
        mark: what has to be moved afterwards.

    Raises:
        StoreError: the built-in store failed.
    """
    anew = Anew.of(built_in)
    if anew is None or not anew.complete:
        return
    with suppress(StoreDamagedError):
        if _holds_days(path):
            take_place(built_in, path, mark)
            return
    # The next run begins again.
    replace(anew, complete=False).keep(built_in)
