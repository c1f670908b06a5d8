"""Learns some of the days in InfluxDB: the process behind `influx_history`.

Everything is imported before the measurement begins: that is idle.
"""

from scripts.tools.offline import without_home_assistant

if __name__ == "__main__":
    without_home_assistant()

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime
import json
from pathlib import Path
import sys
from typing import Any, Final

from custom_components.pattern_intelligence.engine.civil import days_between
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.phases import Phase
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.sources.config_dir import read_home
from custom_components.pattern_intelligence.sources.influx.place import InfluxPlace
from custom_components.pattern_intelligence.sources.influx.server import Server
from custom_components.pattern_intelligence.sources.influx.source import InfluxSource
from custom_components.pattern_intelligence.stores.base import Retention
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .speed.meter import Meter

_LATER: Final = datetime(2040, 1, 1, tzinfo=UTC)
_LAST_YEAR: Final = {"light.nothing": "off"}
"""Stands for what a day before would have left, where nothing is learned."""


def _learn(order: Mapping[str, Any]) -> dict[str, Any]:
    """Learn the days from first to last that are not learned; return what it took."""
    folder = Path(order["folder"])
    home = read_home(folder)
    place = InfluxPlace(order["url"], order["bucket"], token=order["token"])
    source = InfluxSource(Server(place), home, Scope(), int(_LATER.timestamp() * 1000))
    first, last = map(date.fromisoformat, (order["first"], order["last"]))
    only_read = order["only_read"]
    with closing(SqliteStore(folder / "store.db")) as store:
        meter = Meter()
        runner = Runner(store, home, registry(), Retention(), meter)
        extent, silent = source.known_extent(), source.silent()
        assert extent[1] >= last
        days = [*days_between(first, last)] if only_read else runner.due(first, last)
        rows = 0
        for number, day in enumerate(days):
            if day in silent:
                continue
            carried = _LAST_YEAR if only_read else runner.carried_into(day)
            with meter.of(Phase.READ):
                raw = source.read(day, carried)
            rows += raw.rows
            if not only_read:
                runner.to_follow = len(days) - number - 1 + order["to_follow"]
                runner.learn(raw)
                if day.isoweekday() == 7:
                    print(f"{day} learned", file=sys.stderr, flush=True)
        report = None if only_read else runner.report(last)
        size = store.size().size or 0
        told = meter.result()
    return {
        "days": len(days),
        "states": rows,
        "s": round(told["seconds"]["total"], 1),
        "s of CPU": round(told["cpu"]["total"], 1),
        "s of CPU, reading": round(told["cpu"]["read"], 1),
        "MB above idle, reading": round(told["peak_mb"].get("read", 0.0), 1),
        "MB above idle": round(told["peak_mb"].get("total", 0.0), 1),
        "MB idle": round(told["idle_mb"] or 0.0, 1),
        "store, MB": round(size / 1e6, 1),
        "patterns": len(report.analysis.patterns) if report else "",
    }


if __name__ == "__main__":
    json.dump(_learn(json.loads(sys.argv[1])), sys.stdout)
