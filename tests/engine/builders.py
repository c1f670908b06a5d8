"""Homes of a few lines, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    CivilTime,
    day_number,
    days_between,
)
from custom_components.pattern_intelligence.engine.detectors import Detector
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.rawday import UNKNOWN_CARRY, RawDay
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import (
    EXPOSURE,
    HAPPENINGS,
    RUNS,
    DatedTable,
    Table,
    TableSpec,
    dated as union,
)
from custom_components.pattern_intelligence.engine.window import Window, build_window
from custom_components.pattern_intelligence.engine.wording import Wording

BERLIN = CivilTime(ZoneInfo("Europe/Berlin"))


@dataclass(frozen=True)
class Row:
    """A row of the recorder, by the local clock.

    Attributes:
        at: local wall time, ISO; the first of two equal readings.
        entity_id: the entity.
        state: the state entered.
        cause: code of provenance.
    """

    at: str
    entity_id: str
    state: str
    cause: int = 0


def instant(civil: CivilTime, at: str, fold: int = 0) -> int:
    """Return a local wall time as UTC milliseconds."""
    moment = datetime.fromisoformat(at).replace(tzinfo=civil.zone, fold=fold)
    return round(moment.timestamp() * 1000)


def raw_day(
    day: date,
    rows: Sequence[Row],
    *,
    civil: CivilTime = BERLIN,
    tracked: Iterable[str] = (),
    carried: dict[str, str] | None = None,
    recorded: Sequence[tuple[int, int]] | None = None,
    automations: tuple[str, ...] = ("",),
) -> RawDay:
    """Return a day of some rows; recorded throughout when not said otherwise."""
    carried = carried or {}
    start, end = civil.bounds(day)
    entities = tuple(sorted({*tracked, *carried, *(row.entity_id for row in rows)}))
    states = tuple(sorted({*carried.values(), *(row.state for row in rows)}))
    return RawDay(
        day=day,
        start=start,
        end=end,
        entities=entities,
        states=states,
        entity=np.array([entities.index(row.entity_id) for row in rows], np.int32),
        state=np.array([states.index(row.state) for row in rows], np.int32),
        instant=np.array([instant(civil, row.at) for row in rows], np.int64),
        cause=np.array([row.cause for row in rows], np.int16),
        carried=np.array(
            [
                states.index(carried[entity]) if entity in carried else UNKNOWN_CARRY
                for entity in entities
            ],
            np.int32,
        ),
        automations=automations,
        recorded=tuple(recorded if recorded is not None else ((start, end),)),
    )


def raw_days(
    first: date,
    last: date,
    rows: Iterable[Row],
    *,
    civil: CivilTime = BERLIN,
    tracked: Iterable[str] = (),
    before: dict[str, str] | None = None,
    automations: tuple[str, ...] = ("",),
) -> list[RawDay]:
    """Return the days from first to last, each with its rows and what it carries.

    Args:
        first: the first day.
        last: the last day.
        rows: all rows, in any order.
        civil: the home's civil time.
        tracked: entities that are there even without rows.
        before: states before the first day; "off" for who is not named.
        automations: what causes above the unnamed automation stand for.
    """
    ordered = sorted(rows, key=lambda row: instant(civil, row.at))
    entities = sorted({*tracked, *(row.entity_id for row in ordered)})
    carried = {entity: (before or {}).get(entity, "off") for entity in entities}
    days = []
    for day in days_between(first, last):
        start, end = civil.bounds(day)
        own = [row for row in ordered if start <= instant(civil, row.at) < end]
        days.append(
            raw_day(day, own, civil=civil, carried=carried, automations=automations)
        )
        carried |= {row.entity_id: row.state for row in own}
    return days


def dated(
    days: Sequence[tuple[date, Mapping[str, Table]]], spec: TableSpec
) -> DatedTable:
    """Return a table's rows of several days."""
    return union(spec, [(day_number(day), tables[spec.name]) for day, tables in days])


def window_of(days: Sequence[RawDay], civil: CivilTime = BERLIN) -> Window:
    """Return the window over some days."""
    tables = [(raw.day, summarize(raw)) for raw in days]
    return build_window(
        civil,
        [day for day, _ in tables],
        dated(tables, HAPPENINGS),
        dated(tables, EXPOSURE),
        runs=dated(tables, RUNS),
    )


def waits_for(detector: Detector, window: Window, home: Home) -> str:
    """Return why a detector finds nothing, in English."""
    return Wording(home).told(detector.waits_for(window, home))
