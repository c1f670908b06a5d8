"""Runs the product's own engine on a simulated home, without a file in between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.pattern_intelligence.engine.analysis import (
    Detectors,
    analyze,
    detect,
)
from custom_components.pattern_intelligence.engine.civil import day_number, days_between
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.home import (
    AreaInfo,
    EntityInfo,
    Home as Context,
)
from custom_components.pattern_intelligence.engine.life import Life
from custom_components.pattern_intelligence.engine.pattern import WEEKLY, Finding
from custom_components.pattern_intelligence.engine.provenance import grade
from custom_components.pattern_intelligence.engine.rawday import (
    UNKNOWN_CARRY,
    RawDay,
    Readings,
)
from custom_components.pattern_intelligence.engine.scope import (
    Scope,
    measuring,
    tracked,
)
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sun import Position
from custom_components.pattern_intelligence.engine.window import WINDOW_DAYS
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .home_days import HomeDays
from .long_look import looked_far
from .simulator import Home


@dataclass(frozen=True, slots=True)
class _Columns:
    """A home's tracked rows, ordered by time, in milliseconds."""

    entities: tuple[str, ...]
    entity: np.ndarray
    state: np.ndarray
    instant: np.ndarray
    cause: np.ndarray
    automations: tuple[str, ...]


def context_of(home: Home) -> Context:
    """Return what the registries of a simulated home tell the engine."""
    return Context(
        ZoneInfo(home.time_zone),
        country=home.country,
        entities={
            e.entity_id: EntityInfo(
                e.entity_id,
                name=e.name,
                device_class=e.device_class,
                category=e.category,
                area_id=e.area_id,
                device_id=e.device_id,
                platform=e.platform or None,
            )
            for e in home.entities
        },
        areas={area.area_id: AreaInfo(area.name, area.floor_id) for area in home.areas},
        calendar=Calendar(holidays=frozenset(map(day_number, home.holidays))),
        position=Position(*home.position),
    )


def raw_days(home: Home, days: int | None = None) -> Iterator[RawDay]:
    """Yield the first days of a home as a source would hand them over.

    Args:
        home: The home.
        days: How many; all if none is given.
    """
    columns = _tracked(home)
    measured = _measured(home)
    recorded = _recorded(home)
    civil = context_of(home).civil
    last = home.first_day + timedelta(days=(days or home.days) - 1)
    for day in days_between(home.first_day, last):
        start, end = civil.bounds(day)
        raw = _raw_day(home, columns, recorded, day, start, end)
        yield replace(raw, readings=_readings(measured, start, end))


def patterns_of(
    home: Home, days: int, detectors: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return the patterns known after the first days, learned as a home learns.

    Day after day goes through the runner into a store of its own.

    Args:
        home: The home.
        days: How many of its days are learned.
        detectors: Types to look for; all there are if none is given.
    """
    return lived_with(home, (days,), detectors)[0]


def lived_with(
    home: Home, days: Sequence[int], detectors: Sequence[str] | None = None
) -> list[list[dict[str, Any]]]:
    """Return the patterns known after so many days each, learned as a home learns.

    Args:
        home: The home.
        days: Numbers of days learned, ascending.
        detectors: As for `patterns_of`.
    """
    reports: list[list[dict[str, Any]]] = []
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "store.db")
        try:
            runner = Runner(store, context_of(home), chosen(detectors))
            for number, raw in enumerate(raw_days(home, days[-1]), start=1):
                runner.learn(raw)
                if number in days:
                    report = runner.report(raw.day)
                    patterns = report.analysis.patterns if report else ()
                    reports.append([one.as_json() for one in patterns])
        finally:
            store.close()
    return reports


def detected_in(
    home: Home, days: int, detectors: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return what detection alone finds after the first days, several times faster.

    Without a past of claims nothing is recalibrated by the home's track record.
    Takes what `patterns_of` takes.
    """
    last = home.first_day + timedelta(days=days - 1)
    known = days_of(home, days)
    return detected_as_of(known, last, chosen(detectors))


def days_of(home: Home, days: int | None = None) -> HomeDays:
    """Return the tables of a home's first days, to look at in any window.

    Args:
        home: The home.
        days: How many; all if none is given.
    """
    tables = [(raw.day, summarize(raw)) for raw in raw_days(home, days)]
    return HomeDays(f"home {home.seed}", context_of(home), tables)


def detected_as_of(
    known: HomeDays, last: date, detectors: Detectors
) -> list[dict[str, Any]]:
    """Return the patterns that detection alone finds as of the end of a day.

    What looks once a week looked on the last Sunday, what looks once a month at the end
    of the last one, on the sums of all days before.

    Args:
        known: The days of a home.
        last: The last day looked at.
        detectors: Those that are asked.
    """
    window = known.window(last - timedelta(days=WINDOW_DAYS - 1), last)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    standing: list[Finding] = []
    if known.days[0][0] <= sunday:
        then = known.window(sunday - timedelta(days=WINDOW_DAYS - 1), sunday)
        for kind, detector in detectors.items():
            if kind in WEEKLY:
                standing += detector.detect(then, known.home)
    standing += looked_far(known, last, detectors)
    findings = detect(window, known.home, detectors, standing)
    analysis = analyze(window, known.home, detectors, Life(), findings)
    return [pattern.as_json() for pattern in analysis.patterns]


def chosen(names: Sequence[str] | None) -> Detectors:
    """Return the detectors of those types."""
    return {
        kind: detector
        for kind, detector in registry().items()
        if names is None or kind.value in names
    }


def _tracked(home: Home) -> _Columns:
    """Return the rows of the entities that the engine tracks."""
    ids = [entity.entity_id for entity in home.entities]
    chosen = tracked(ids, context_of(home).entities, Scope())
    place = {name: number for number, name in enumerate(chosen)}
    lookup = np.array([place.get(name, -1) for name in ids], np.int32)
    stream = home.stream
    mine = stream.take(lookup[stream.entity] >= 0)
    automations = ("", *sorted({fire.entity_id for fire in home.fires}))
    opened = {fire.context: automations.index(fire.entity_id) for fire in home.fires}
    cause = [
        grade(
            has_user=user >= 0,
            has_parent=parent >= 0,
            automation=opened.get(context) if context >= 0 else None,
        )
        for user, parent, context in zip(
            mine.user.tolist(), mine.parent.tolist(), mine.context.tolist(), strict=True
        )
    ]
    return _Columns(
        chosen,
        lookup[mine.entity],
        mine.state,
        np.round(mine.instant * 1000).astype(np.int64),
        np.array(cause, np.int16),
        automations,
    )


def _measured(home: Home) -> Readings:
    """Return all readings of the sensors whose numbers the engine reads."""
    ids = [entity.entity_id for entity in home.entities]
    chosen = measuring(ids, context_of(home).entities, Scope())
    place = {name: number for number, name in enumerate(chosen)}
    lookup = np.array([place.get(name, -1) for name in ids], np.int32)
    mine = home.stream.take(lookup[home.stream.entity] >= 0)
    used = np.unique(mine.state)
    values = np.array([_number(home.stream.labels[code]) for code in used.tolist()])
    return Readings(
        chosen,
        lookup[mine.entity],
        np.round(mine.instant * 1000).astype(np.int64),
        values[np.searchsorted(used, mine.state)],
        np.full(len(chosen), np.nan),
    )


def _number(state: str) -> float:
    try:
        return float(state)
    except ValueError:
        return np.nan


def _readings(measured: Readings, start: int, end: int) -> Readings:
    """Return those of a day."""
    low, high = np.searchsorted(measured.instant, [start, end])
    carried = measured.carried.copy()
    # Assigning in order leaves the last value of each sensor.
    carried[measured.entity[:low]] = measured.value[:low]
    return replace(
        measured,
        entity=measured.entity[low:high],
        instant=measured.instant[low:high],
        value=measured.value[low:high],
        carried=carried,
    )


def _recorded(home: Home) -> list[tuple[int, int]]:
    """Return when the home recorded, as a source would tell it, in milliseconds.

    A crash is noticed at the next start alone, so a run ends with its last row.
    """
    found = []
    for run in home.recorder_runs:
        begin, end = round(run.start * 1000), round(run.end * 1000)
        if run.closed_incorrectly:
            rows = home.stream.instant
            end = round(float(rows[rows < run.end].max()) * 1000) + 1
        found.append((begin, end))
    return found


def _raw_day(
    home: Home,
    columns: _Columns,
    runs: Sequence[tuple[int, int]],
    day: date,
    start: int,
    end: int,
) -> RawDay:
    """Cut one day out of a home's rows."""
    low, high = np.searchsorted(columns.instant, [start, end])
    carried = np.full(len(columns.entities), UNKNOWN_CARRY, np.int32)
    # Assigning in order leaves the last state of each entity.
    carried[columns.entity[:low]] = columns.state[:low]
    codes, state = np.unique(
        np.concatenate([columns.state[low:high], carried]), return_inverse=True
    )
    known = codes[codes != UNKNOWN_CARRY]
    state -= len(codes) - len(known)
    recorded = [(max(start, first), min(end, last)) for first, last in runs]
    return RawDay(
        day=day,
        start=start,
        end=end,
        entities=columns.entities,
        states=tuple(home.stream.labels[code] for code in known.tolist()),
        entity=columns.entity[low:high],
        state=state[: high - low].astype(np.int32),
        instant=columns.instant[low:high],
        cause=columns.cause[low:high],
        carried=state[high - low :].astype(np.int32),
        automations=columns.automations,
        recorded=tuple(span for span in recorded if span[0] < span[1]),
    )
