"""Backups of all that was learned and decided: written, and restored. Blocks.

A backup is first read into a file beside the built-in store, which takes its place in
one transaction once all of it was found right.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant

from .anew import ANEW
from .decisions import DECISIONS
from .histories import CAUSES_SINCE
from .influx_history import HISTORY
from .news import TOLD
from .published import REPORT
from .renames import RENAMES
from .storage import Storage, anew_path, restoring_path
from .stores.backup_file import SUFFIX, BackupError, Summary, read_backup, write_backup
from .stores.base import StoreUnavailableError
from .stores.copying import MOVE, MoveMark
from .stores.learned_zone import TIME_ZONE, foreign_zone
from .stores.sqlite import SqliteStore
from .stores.sqlite_file import remove
from .work import NOT_BEFORE, UNSETTLED

FOLDER: Final = "pattern_intelligence_backups"
"""Where backups are written unless a path is given, in the configuration directory."""

TEXTS: Final = (
    DECISIONS,
    RENAMES,
    REPORT,
    TOLD,
    TIME_ZONE,
    CAUSES_SINCE,
    NOT_BEFORE,
    UNSETTLED,
)
"""Texts that tell of the household, not of the machine it was learned on."""


class ForbiddenPathError(BackupError):
    """The path leads to where Home Assistant may not read or write."""


def new_path(hass: HomeAssistant, given: str | None, now: datetime) -> Path:
    """Return where a backup is to be written; make the usual folder.

    Args:
        hass: Home Assistant.
        given: the path that was asked for, if one was.
        now: the local time.

    Raises:
        BackupError: nothing may be written there.
        StoreUnavailableError: nothing can.
    """
    if given is None:
        folder = Path(hass.config.path(FOLDER))
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as err:
            raise StoreUnavailableError(
                "{path} cannot be written: {reason}",
                path=folder,
                reason=err.strerror or err,
            ) from err
        return folder / f"{now:%Y-%m-%d_%H%M%S}{SUFFIX}"
    path = Path(hass.config.config_dir, given)
    # Nothing that is read by anybody else ends like this.
    if not path.name.endswith(SUFFIX) or path.name.startswith("."):
        raise BackupError("{path} has to end in {suffix}", path=given, suffix=SUFFIX)
    path = _allowed(hass, path.parent, given) / path.name
    if not path.parent.is_dir():
        raise BackupError(
            "the folder {path} is not there; make it first", path=path.parent
        )
    if path.exists() or path.is_symlink():
        raise BackupError("{path} is there already: name another file", path=path)
    return path


def present_path(hass: HomeAssistant, given: str) -> Path:
    """Return the file of a backup that is to be restored.

    Raises:
        BackupError: there is none, or nothing may be read there.
    """
    path = _allowed(hass, Path(hass.config.config_dir, given), given)
    if not path.is_file():
        raise BackupError("there is no file {path}", path=path)
    return path


def _allowed(hass: HomeAssistant, path: Path, given: str) -> Path:
    """Return a path without links, if Home Assistant may use it."""
    if "\0" in given:
        raise BackupError("a path holds no character 0: name another file")
    try:
        found = path.resolve()
        inside = found.is_relative_to(Path(hass.config.config_dir).resolve())
        if inside or hass.config.is_allowed_path(str(found)):
            return found
    except (OSError, RuntimeError, ValueError) as err:
        raise BackupError(
            "{path} cannot be used: {said}", path=given, said=err
        ) from err
    raise ForbiddenPathError(
        "{path} is not in the configuration directory: name a file there, or add its "
        "folder to allowlist_external_dirs",
        path=given,
    )


def back_up(storage: Storage, path: Path, now: datetime) -> Summary:
    """Write all that was learned and decided to a file.

    Args:
        storage: where it is kept.
        path: the file.
        now: the present time.

    Raises:
        StoreError: a store failed, or the file cannot be written.
    """
    texts = {name: text for name in TEXTS if (text := storage.local.read_text(name))}
    return write_backup(path, storage.aggregates, texts, now)


def unpack(path: Path, database: Path, zone: ZoneInfo) -> Summary:
    """Read a backup into a file beside the built-in store.

    Args:
        path: the backup.
        database: the file of the built-in store, which is left alone.
        zone: the home's.

    Raises:
        BackupError: it cannot be restored here.
        StoreError: a file cannot be read or written.
    """
    beside = restoring_path(database)
    remove(beside)
    store = SqliteStore(beside)
    try:
        found = read_backup(path, store, TEXTS)
        for name in TEXTS:
            if store.read_text(name) is None:
                store.write_text(name, "")
        _check_zone(path, store, zone)
    except BaseException:
        store.close()
        remove(beside)
        raise
    store.close()
    return found


def _check_zone(path: Path, store: SqliteStore, zone: ZoneInfo) -> None:
    if before := foreign_zone(store, store, zone):
        raise BackupError(
            "the days in {path} are those of {before}, not of {now}: set the home's "
            "time zone first",
            path=path,
            before=before,
            now=zone.key,
        )


def take_over(built_in: SqliteStore, mark: MoveMark | None) -> None:
    """Put what was unpacked in the place of the built-in store, at once.

    Args:
        built_in: the store.
        mark: what has to be done afterwards, noted in the same transaction.

    Raises:
        StoreError: all is as it was.
    """
    beside = restoring_path(built_in.path)
    store = SqliteStore(beside)
    try:
        store.write_text(MOVE, mark.to_text() if mark else "")
        # What was about to be learned anew is not wanted any more.
        for name in (ANEW, HISTORY):
            store.write_text(name, "")
    finally:
        store.close()
    built_in.adopt(beside)
    remove(beside)
    remove(anew_path(built_in.path))
