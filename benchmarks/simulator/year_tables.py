"""Folds the things of `years.py` into the sums of weeks and months."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.civil import (
    DAY_MINUTES,
    CivilTime,
    day_number,
    month_end,
    month_of,
    week_of,
)
from custom_components.pattern_intelligence.engine.happenings import domain_of
from custom_components.pattern_intelligence.engine.history import History
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.sums import (
    CONSUMPTION_SUM,
    EXPOSURE_SUM,
    HAPPENINGS_SUM,
    LENGTH_BINS,
    LENGTHS_PER_OCTAVE,
    RUNS_SUM,
    SUM_TABLES,
    TIME_BINS,
    TIMES_SUM,
    Clock,
)
from custom_components.pattern_intelligence.engine.tables import (
    EXPOSURE,
    HAPPENINGS,
    Column,
    DatedTable,
    Table,
    TableSpec,
    dated,
)
from custom_components.pattern_intelligence.engine.window import Window, build_window

from .clock import Ints
from .years import Thing, Years

type Row = tuple[str | int | Ints, ...]

_DAY_BEGINS = 240
_BIN = DAY_MINUTES // TIME_BINS


def context_of(home: Years) -> Home:
    """Return what the engine is told of a home."""
    return Home(
        ZoneInfo(home.zone),
        entities={t.entity_id: EntityInfo(t.entity_id) for t in home.things},
        position=home.position,
    )


def history_of(home: Years, learned: int) -> History:
    """Return the sums of the weeks and months that are over after so many days.

    Weeks are kept for a year, months for five, as they are by default.
    """
    last = home.first_day + timedelta(days=learned - 1)
    return History(_layer(home, last, months=False), _layer(home, last, months=True))


def civil_of(home: Years) -> CivilTime:
    """Return a home's civil time."""
    return CivilTime(ZoneInfo(home.zone))


def _periods(home: Years, last: date, *, months: bool) -> Iterator[tuple[int, int]]:
    """Yield the first day and the day after of the periods that are over."""
    day = home.first_day
    while day <= last:
        first = month_of(day) if months else week_of(day)
        end = month_end(day) if months else first + timedelta(days=6)
        if end <= last:
            yield day_number(first), day_number(end) + 1
        day = end + timedelta(days=1)


def _layer(home: Years, last: date, *, months: bool) -> dict[str, DatedTable]:
    bounds = list(_periods(home, last, months=months))
    bounds = bounds[-60:] if months else bounds[-52:]
    begin = day_number(home.first_day)
    rows: dict[str, list[tuple[int, Table]]] = {spec.name: [] for spec in SUM_TABLES}
    folded = [_Folded(thing) for thing in home.things]
    for first, end in bounds:
        low, high = max(first - begin, 0), end - begin
        watched = int(home.recorded[low:high].sum())
        for spec in SUM_TABLES:
            own = [
                row
                for each in folded
                if (row := each.row(spec, low, high, watched)) is not None
            ]
            rows[spec.name].append((first, _table(spec, own)))
    return {spec.name: dated(spec, rows[spec.name]) for spec in SUM_TABLES}


def _table(spec: TableSpec, rows: list[Row]) -> Table:
    """Return a table of rows, sorted by their keys."""
    rows.sort(key=lambda row: tuple(map(str, row[: len(spec.keys)])))
    columns: dict[str, Column] = {}
    for place, name in enumerate(spec.columns):
        column = [row[place] for row in rows]
        if name in spec.numbers:
            columns[name] = np.array(column, np.int64)
        elif name in spec.bins and rows:
            columns[name] = tuple(codec.encode_bins(np.array(column)))
        else:
            columns[name] = tuple(map(str, column))
    return Table(spec, columns)


class _Folded:
    """A thing, ordered by time."""

    def __init__(self, thing: Thing) -> None:
        """Take the thing."""
        order = np.lexsort((thing.minute, thing.day))
        self.thing = thing
        self.day, self.minute = thing.day[order], thing.minute[order]
        self.seconds = thing.seconds[order].astype(np.int64)

    def row(self, spec: TableSpec, low: int, high: int, watched: int) -> Row | None:
        """Return a table's row of the days from low to before high, if there is one."""
        entity_id = self.thing.entity_id
        if spec == CONSUMPTION_SUM:
            return self._consumed(low, high)
        if domain_of(entity_id) == "sensor" or not watched:
            return None
        if spec == EXPOSURE_SUM:
            return entity_id, watched, watched * 86_400, 0
        begin, end = np.searchsorted(self.day, [low, high])
        day, minute = self.day[begin:end], self.minute[begin:end]
        if not day.size:
            return None
        if spec == HAPPENINGS_SUM:
            return entity_id, "on", np.unique(day).size, day.size, 0, 0, "", "", ""
        if spec == RUNS_SUM:
            return (entity_id, "on", *_runs(day, minute, self.seconds[begin:end]))
        assert spec == TIMES_SUM
        waking = minute >= _DAY_BEGINS
        first = np.unique(day[waking], return_index=True)[1]
        last = day.size - 1 - np.unique(day[::-1], return_index=True)[1]
        return (
            entity_id,
            "on",
            Clock.WALL.value,
            *(
                _bins(minute_of // _BIN, TIME_BINS)
                for minute_of in (minute, minute[waking][first], minute[last])
            ),
        )

    def _consumed(self, low: int, high: int) -> Row | None:
        amount = self.thing.amount
        if amount is None:
            return None
        own = amount[low:high]
        days = int((own > 0).sum())
        if not days:
            return None
        total = round(1000 * float(own.sum()))
        return self.thing.entity_id, "kWh", days, 24 * days, total, "", ""


def _runs(day: Ints, minute: np.ndarray, seconds: Ints) -> tuple[int, int, int, Ints]:
    whole = minute * 60 + seconds < 86_400
    places = np.floor(LENGTHS_PER_OCTAVE * np.log2(seconds[whole] + 1))
    return (
        np.unique(day[whole]).size,
        int(whole.sum()),
        int(seconds[whole].sum()),
        _bins(places, LENGTH_BINS),
    )


def _bins(places: np.ndarray, bins: int) -> Ints:
    return np.bincount(places.astype(np.int64), minlength=bins)


def last_window(home: Years, learned: int) -> Window:
    """Return a window of the last day learned, on which nothing is told."""
    last = home.first_day + timedelta(days=learned - 1)
    return build_window(
        civil_of(home), [last], dated(HAPPENINGS, ()), dated(EXPOSURE, ())
    )


def last_day_of(home: Years, learned: int) -> date:
    """Return the last of so many days learned."""
    return home.first_day + timedelta(days=learned - 1)
