"""Opens a recording of the past: a configuration directory, or a recorder's file."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from ..engine.scope import Scope
from .base import SourceError
from .config_dir import read_home
from .recorder_file import FILE_NAME, RecorderFile


def open_recording(
    path: Path, *, now: int, scope: Scope | None = None, zone: ZoneInfo | None = None
) -> RecorderFile:
    """Return the history at a path, with what is known of its home.

    Args:
        path: a configuration directory, or a recorder's file. What stands beside the
            file under ``.storage`` is read too.
        now: UTC milliseconds; what is dated later is not believed.
        scope: the choice of entities.
        zone: the time zone to use instead of the home's own.

    Raises:
        SourceError: there is nothing there that can be read.
    """
    if not path.exists():
        raise SourceError("{path} is not there", path=path)
    file = path / FILE_NAME if path.is_dir() else path
    if not file.exists():
        raise SourceError(
            "{path} holds no {name}: give a configuration directory of Home "
            "Assistant, or the recorder's SQLite file",
            path=path,
            name=FILE_NAME,
        )
    source = RecorderFile(file, read_home(file.parent, zone), scope or Scope(), now=now)
    source.complete()
    return source
