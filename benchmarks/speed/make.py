"""Makes a recording, or the store of one: the process behind `Data`."""

from datetime import timedelta
import json
from pathlib import Path
import sys
from typing import Any


def _record(size: dict[str, Any], into: Path) -> None:
    from benchmarks.recorder_file import write_home

    from .big_home import Size, big_home

    write_home(big_home(Size(**size)), into)


def _learn(recording: Path, days: int, into: Path) -> None:
    from scripts.tools.offline import without_home_assistant

    without_home_assistant()

    from custom_components.pattern_intelligence.engine.civil import days_between
    from custom_components.pattern_intelligence.engine.detectors import registry
    from custom_components.pattern_intelligence.runner import Runner
    from custom_components.pattern_intelligence.stores.base import Retention
    from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

    from .probe import opened

    source = opened(recording)
    extent = source.extent()
    assert extent
    last = extent[0] + timedelta(days=days - 1)
    store = SqliteStore(into / "store.db")
    for day in days_between(extent[0], last):
        detectors = registry() if last - day < timedelta(days=14) else {}
        Runner(store, source.home, detectors, Retention()).learn(source.read(day))
    store.close()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    if "size" in given:
        _record(given["size"], Path(given["into"]))
    else:
        _learn(Path(given["recording"]), given["days"], Path(given["into"]))
