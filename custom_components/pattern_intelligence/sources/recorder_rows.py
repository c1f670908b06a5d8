"""One local day of the recorder as columns, read the same way from any database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from ..engine.happenings import GAP_STATES
from ..engine.home import Home
from ..engine.rawday import UNKNOWN_CARRY, RawDay
from ..engine.scope import Scope, measuring, tracked
from .recorder_causes import who_caused
from .recorder_entities import last_states, recorded_entities
from .recorder_readings import of_states, read_readings
from .recorder_runs import Interval
from .recorder_scan import scan_rows
from .recorder_statistics import read_counts, read_meters


def read_day(
    connection: Connection,
    day: date,
    home: Home,
    scope: Scope,
    recorded: tuple[Interval, ...],
    before: Mapping[str, str] = {},
) -> RawDay:
    """Return the rows of the entities tracked on a local day.

    Entities count from the day of their first row on, so that a day reads the same
    however much was recorded after it.

    Args:
        connection: to the recorder's database.
        day: the local date.
        home: the home's context.
        scope: the person's choice of entities.
        recorded: when Home Assistant was recording on that day.
        before: states carried out of the day before, as learned, by present entity
            id. An entity without any row is tracked while it has a known one: a
            removed one ages out.
    """
    start, end = home.civil.bounds(day)
    present = {
        metadata_id: home.resolve(entity_id)
        for metadata_id, entity_id in recorded_entities(connection, end / 1000).items()
    }
    unchanged = {i for i, state in before.items() if state not in GAP_STATES}
    entities = tracked({*present.values(), *unchanged}, home.entities, scope)
    sensors = set(measuring(present.values(), home.entities, scope))
    numbers = {entity_id: number for number, entity_id in enumerate(entities)}
    entity_of = {i: numbers[e] for i, e in sorted(present.items()) if e in numbers}
    measured = {i: name for i, name in present.items() if name in sensors}
    scan = scan_rows(connection, list(entity_of), of_states(measured), start, end)
    entity, rows = scan.of(entity_of)
    instant = np.rint(rows.seconds * 1000).astype(np.int64)
    states = {state: number for number, state in enumerate(rows.texts)}
    carried = _carried(connection, entity_of, states, start, len(entities))
    for purged in np.flatnonzero(carried == UNKNOWN_CARRY).tolist():
        if (state := before.get(entities[purged])) is not None:
            carried[purged] = states.setdefault(state, len(states))
    _carry_unchanged(carried, entity, rows.text, instant < start)
    cause, automations = who_caused(
        connection, home, rows.state_id, rows.by, (start, end)
    )
    return RawDay(
        day=day,
        start=start,
        end=end,
        entities=entities,
        states=tuple(states),
        entity=entity,
        state=rows.text,
        instant=np.clip(instant, start, end - 1),
        cause=cause,
        carried=carried,
        automations=automations,
        recorded=recorded,
        readings=read_readings(connection, measured, scan, start, end),
        counts=read_counts(
            connection, read_meters(connection, home, scope), start, end
        ),
    )


def _carried(
    connection: Connection,
    entity_of: Mapping[int, int],
    states: dict[str, int],
    start: int,
    size: int,
) -> NDArray[np.int32]:
    """Return the number of each entity's last state before the day, shape (size,)."""
    newest = np.full(size, -np.inf)
    carried = np.full(size, UNKNOWN_CARRY, np.int32)
    found = last_states(connection, list(entity_of), start / 1000)
    for metadata_id, state, updated in found:
        entity = entity_of[metadata_id]
        if updated >= newest[entity]:
            newest[entity] = updated
            carried[entity] = states.setdefault(state or "", len(states))
    return carried


def _carry_unchanged(
    carried: NDArray[np.int32],
    entity: NDArray[np.int32],
    state: NDArray[np.int32],
    older: NDArray[np.bool_],
) -> None:
    """Carry in the states of which the day only has changed attributes.

    Such a row says since when its state holds, also where the row that began it was
    purged or lost.

    Args:
        carried: shape (entities,), is changed.
        entity: shape (rows,), by time.
        state: shape (rows,).
        older: shape (rows,), whether the state was entered before the day.
    """
    first = np.full(carried.size, -1, np.int64)
    # The last one written stays: that of the first row.
    first[entity[::-1]] = np.arange(entity.size - 1, -1, -1)
    first = first[first >= 0]
    first = first[older[first]]
    carried[entity[first]] = state[first]
