"""The days of a recorded home, summarized once and looked at in any window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from custom_components.pattern_intelligence.engine.civil import day_number, days_between
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import (
    CONTEXT,
    EXPOSURE,
    HAPPENINGS,
    RUNS,
    Table,
    dated,
)
from custom_components.pattern_intelligence.engine.window import Window, build_window
from custom_components.pattern_intelligence.sources.config_dir import (
    read_home as config_home,
    zone_named,
)
from custom_components.pattern_intelligence.sources.recorder_file import (
    FILE_NAME,
    RecorderFile,
)


@dataclass(frozen=True)
class HomeDays:
    """A home and the tables of its days.

    Attributes:
        name: what it is called in reports.
        home: the context.
        days: the days, ascending, each with its base tables by name.
    """

    name: str
    home: Home
    days: Sequence[tuple[date, dict[str, Table]]]

    def window(self, first: date, last: date) -> Window:
        """Return the window over the days from first to last."""
        days = [(day, tables) for day, tables in self.days if first <= day <= last]
        happenings, exposure, runs, context = (
            dated(spec, [(day_number(day), own[spec.name]) for day, own in days])
            for spec in (HAPPENINGS, EXPOSURE, RUNS, CONTEXT)
        )
        return build_window(
            self.home.civil,
            [day for day, _ in days],
            happenings,
            exposure,
            self.home.resolve,
            runs,
            self.home.calendar,
            context,
        )


def read_home(path: Path, time_zone: str | None, now: datetime) -> HomeDays:
    """Return all complete days of a recording.

    Args:
        path: a Home Assistant configuration directory, or a recorder's file.
        time_zone: the home's, where the recording does not say it.
        now: what is dated later is not believed.

    Raises:
        SourceError: the recording cannot be read.
    """
    zone = zone_named(time_zone) if time_zone else None
    folder, file = (path, path / FILE_NAME) if path.is_dir() else (path.parent, path)
    source = RecorderFile(
        file, config_home(folder, zone), Scope(), round(now.timestamp() * 1000)
    )
    home = source.complete()
    extent = source.extent()
    return HomeDays(
        path.stem,
        home,
        [(day, summarize(source.read(day))) for day in days_between(*extent)]
        if extent
        else [],
    )
