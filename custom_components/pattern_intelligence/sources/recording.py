"""Opens a recording of the past: a configuration directory, or a recorder's file."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from ..engine.scope import Scope
from .base import SourceError
from .config_dir import read_home
from .recorded_days import RecordedDays
from .recorder_database import RecorderDatabase
from .recorder_file import FILE_NAME, RecorderFile

_SQLITE: Final = "sqlite://"


def open_recording(
    path: Path,
    *,
    now: int,
    scope: Scope | None = None,
    zone: ZoneInfo | None = None,
    db_url: str | None = None,
) -> RecordedDays:
    """Return the history at a path, with what is known of its home.

    Args:
        path: a configuration directory, or a recorder's file. What stands beside the
            file under ``.storage`` is read too.
        now: UTC milliseconds; what is dated later is not believed.
        scope: the choice of entities.
        zone: the time zone to use instead of the home's own.
        db_url: where the recorder's database is, if not in the directory; as the
            recorder has it.

    Raises:
        SourceError: there is nothing there that can be read.
    """
    if not path.exists():
        raise SourceError("{path} is not there", path=path)
    folder = path if path.is_dir() else path.parent
    home, scope = read_home(folder, zone), scope or Scope()
    source: RecordedDays
    if db_url is not None and not db_url.startswith(_SQLITE):
        source = RecorderDatabase(db_url, home, scope, now)
    else:
        source = RecorderFile(_file_in(path, folder, db_url), home, scope, now)
    source.complete()
    return source


def _file_in(path: Path, folder: Path, db_url: str | None) -> Path:
    """Return the recorder's file.

    Raises:
        SourceError: there is none.
    """
    if db_url is not None:
        # Three slashes before a relative path, four before an absolute one.
        return folder / db_url.removeprefix(_SQLITE).removeprefix("/")
    file = path / FILE_NAME if path.is_dir() else path
    if not file.exists():
        raise SourceError(
            "{path} holds no {name}: give a configuration directory of Home "
            "Assistant, or the recorder's SQLite file",
            path=path,
            name=FILE_NAME,
        )
    return file
