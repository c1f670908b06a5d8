"""What becomes of what was learned when the config entry is removed. Every call blocks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .const import CONF_MOVE
from .influx_entry import erase
from .influx_history import set_down
from .storage import anew_path
from .stores.copying import MoveMark, Stage
from .stores.sqlite import SqliteStore


def leave(path: Path, data: Mapping[str, Any], home: str) -> None:
    """Leave all that is known as another entry should find it.

    What was under way is given up: days that were being learned anew, and what was
    copied so far of a move, of which only this entry knows where it lies.

    Args:
        path: the built-in store's file.
        data: of the config entry.
        home: the id by which a server tells homes apart.

    Raises:
        StoreError: a store failed.
    """
    if not path.exists():
        return
    built_in = SqliteStore(path)
    try:
        set_down(built_in, anew_path(path))
        mark = MoveMark.of(built_in)
        if CONF_MOVE in data and mark is not None and mark.stage is Stage.COPY:
            MoveMark(mark.old, mark.new).keep(built_in)
            if mark.last is not None:
                erase(data[CONF_MOVE], home)
    finally:
        built_in.close()
