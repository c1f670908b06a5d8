"""One local day of the recorder as columns, read the same way from any database.

The rows of a day come by one scan of the index on ``last_updated_ts``: rows are stored
in the order of time, so this touches each page once, where one range for each entity
would come back to it again and again. The database drops the rows of entities that
are not tracked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, case, select

from ..engine.happenings import GAP_STATES
from ..engine.home import Home
from ..engine.rawday import UNKNOWN_CARRY, RawDay
from ..engine.scope import Scope, measuring, tracked
from .recorder_causes import BY_PARENT, BY_USER, who_caused
from .recorder_entities import last_states, recorded_entities
from .recorder_readings import read_readings
from .recorder_runs import Interval
from .recorder_schema import STATES
from .recorder_statistics import read_counts, read_meters

_CHUNK_ROWS: Final = 500
"""So few that a chunk's objects are still in the processor's cache when used."""

_STREAMED: Final = {"yield_per": _CHUNK_ROWS}


@dataclass(slots=True)
class _States:
    """The distinct states met so far, numbered as they come."""

    index: dict[str, int]
    seen: dict[str | None, int]

    def number(self, states: Sequence[str | None]) -> NDArray[np.int32]:
        """Return the numbers of states; a missing one is that of a removed entity."""
        for state in dict.fromkeys(states):
            if state not in self.seen:
                text = state or ""
                self.seen[state] = self.index.setdefault(text, len(self.index))
        numbers = map(self.seen.__getitem__, states)
        return np.fromiter(numbers, np.int32, len(states))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Columns of the day's rows, by time.

    Attributes:
        state_id: the rows' ids.
        entity: whose rows they are, an index into the day's entities.
        state: numbers of :class:`_States`.
        instant: when the state was entered, UTC milliseconds, may be before the day.
        by: ``BY_USER``, ``BY_PARENT`` or 0.
    """

    state_id: NDArray[np.int64]
    entity: NDArray[np.int32]
    state: NDArray[np.int32]
    instant: NDArray[np.int64]
    by: NDArray[np.int8]


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
    states = _States({}, {})
    rows = _read_rows(connection, entity_of, states, start, end)
    carried = _carried(connection, entity_of, states, start, len(entities))
    for purged in np.flatnonzero(carried == UNKNOWN_CARRY).tolist():
        if (state := before.get(entities[purged])) is not None:
            carried[purged] = states.number([state])[0]
    _carry_unchanged(carried, rows, start)
    cause, automations = who_caused(
        connection, home, rows.state_id, rows.by, (start, end)
    )
    return RawDay(
        day=day,
        start=start,
        end=end,
        entities=entities,
        states=tuple(states.index),
        entity=rows.entity,
        state=rows.state,
        instant=np.clip(rows.instant, start, end - 1),
        cause=cause,
        carried=carried,
        automations=automations,
        recorded=recorded,
        readings=read_readings(
            connection,
            {i: name for i, name in present.items() if name in sensors},
            start,
            end,
        ),
        counts=read_counts(
            connection, read_meters(connection, home, scope), start, end
        ),
    )


def _rows_of_day(ids: Sequence[int], start: int, end: int) -> Select[Any]:
    states = STATES.c
    changed = case(
        (states.last_changed_ts < states.last_updated_ts, states.last_changed_ts),
        else_=states.last_updated_ts,
    )
    by = case(
        (states.context_user_id_bin.is_not(None), BY_USER),
        (states.context_parent_id_bin.is_not(None), BY_PARENT),
        else_=0,
    )
    return (
        select(states.state_id, states.metadata_id, states.state, changed, by)
        .where(
            # The sum keeps databases from using the index by entity.
            (states.metadata_id + 0).in_(ids),
            states.last_updated_ts >= start / 1000,
            states.last_updated_ts < end / 1000,
        )
        .order_by(states.last_updated_ts, states.state_id)
    )


def _read_rows(
    connection: Connection,
    entity_of: Mapping[int, int],
    states: _States,
    start: int,
    end: int,
) -> _Rows:
    chunks: list[tuple[NDArray[Any], ...]] = [
        (
            np.zeros(0, np.int64),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
            np.zeros(0, np.float64),
            np.zeros(0, np.int8),
        )
    ]
    if entity_of:
        # SQLite hands over rows as they are found; only servers must be told to.
        streamed = {} if connection.dialect.name == "sqlite" else _STREAMED
        result = connection.execute(
            _rows_of_day(list(entity_of), start, end), execution_options=streamed
        )
        for rows in result.partitions(_CHUNK_ROWS):
            state_id, metadata_id, state, changed, by = zip(*rows, strict=True)
            size = len(rows)
            chunks.append(
                (
                    np.fromiter(state_id, np.int64, size),
                    np.fromiter(
                        map(entity_of.__getitem__, metadata_id), np.int32, size
                    ),
                    states.number(state),
                    np.fromiter(changed, np.float64, size),
                    np.fromiter(by, np.int8, size),
                )
            )
    columns = [np.concatenate(column) for column in zip(*chunks, strict=True)]
    instant = np.rint(columns[3] * 1000).astype(np.int64)
    return _Rows(columns[0], columns[1], columns[2], instant, columns[4])


def _carried(
    connection: Connection,
    entity_of: Mapping[int, int],
    states: _States,
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
            carried[entity] = states.number([state])[0]
    return carried


def _carry_unchanged(carried: NDArray[np.int32], rows: _Rows, start: int) -> None:
    """Carry in the states of which the day only has changed attributes.

    Such a row says since when its state holds, also where the row that began it was
    purged or lost.
    """
    first = np.full(carried.size, -1, np.int64)
    # The last one written stays: that of the first row.
    first[rows.entity[::-1]] = np.arange(rows.entity.size - 1, -1, -1)
    touched = np.flatnonzero(first >= 0)
    first = first[touched]
    older = rows.instant[first] < start
    carried[touched[older]] = rows.state[first[older]]
