"""What sensors measured on a day, from the recorder's rows of it.

The rows of a sensor come by the index on entity and time: of all rows of a day, these
are few, and the database touches no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
import json
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, select

from ..engine.happenings import domain_of
from ..engine.rawday import NO_READINGS, Readings
from .recorder_entities import last_states
from .recorder_schema import STATE_ATTRIBUTES, STATES

WEATHER: Final = "weather"
"""The domain of entities whose temperature is an attribute."""

_CHUNK_ROWS: Final = 500
_CHUNK_IDS: Final = 900
_STREAMED: Final = {"yield_per": _CHUNK_ROWS}

type _Columns = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]
"""Metadata ids, UTC seconds, values."""


class _Values(dict[str | None, float]):
    """The numbers that texts stand for, each looked at once; NaN for no number."""

    def __missing__(self, text: str | None) -> float:
        value = self[text] = self.read(text or "")
        return value

    def read(self, text: str) -> float:
        """Return the number that a state is."""
        try:
            return float(text)
        except ValueError:
            return np.nan


class _Temperatures(_Values):
    """The temperatures that attributes hold."""

    def read(self, text: str) -> float:
        """Return the temperature among a weather service's attributes."""
        try:
            temperature = json.loads(text)["temperature"]
        except ValueError, LookupError, TypeError:
            return np.nan
        is_number = isinstance(temperature, int | float)
        return float(temperature) if is_number else np.nan


def read_readings(
    connection: Connection, present: Mapping[int, str], start: int, end: int
) -> Readings:
    """Return what sensors measured in an interval.

    Args:
        connection: to the recorder's database.
        present: the sensors' and weather services' present ids, by metadata id.
        start: UTC milliseconds.
        end: the first after it.
    """
    if not present:
        return NO_READINGS
    entities = tuple(sorted(set(present.values())))
    place = {name: index for index, name in enumerate(entities)}
    sensors = [i for i, name in present.items() if domain_of(name) != WEATHER]
    weather = [i for i, name in present.items() if domain_of(name) == WEATHER]
    columns = [
        *_values(connection, _rows_of(sensors, start, end), _Values()),
        *_values(connection, _attributes_of(weather, start, end), _Temperatures()),
    ]
    ids, seconds, value = map(np.concatenate, zip(*columns, strict=True))
    order = np.argsort(seconds, kind="stable")
    number = np.zeros(max(present) + 1, np.int32)
    for metadata_id, name in present.items():
        number[metadata_id] = place[name]
    return Readings(
        entities,
        number[ids[order]],
        np.rint(seconds[order] * 1000).astype(np.int64),
        value[order],
        _carried(connection, sensors, weather, number, len(entities), start),
    )


def _rows_of(ids: Sequence[int], start: int, end: int) -> list[Select[Any]]:
    states = STATES.c
    return [
        select(states.metadata_id, states.last_updated_ts, states.state)
        .where(
            states.metadata_id.in_(some),
            states.last_updated_ts >= start / 1000,
            states.last_updated_ts < end / 1000,
        )
        .order_by(states.metadata_id, states.last_updated_ts)
        for some in batched(ids, _CHUNK_IDS, strict=False)
    ]


def _attributes_of(ids: Sequence[int], start: int, end: int) -> list[Select[Any]]:
    states = STATES.c
    return [
        select(
            states.metadata_id,
            states.last_updated_ts,
            STATE_ATTRIBUTES.c.shared_attrs,
        )
        .select_from(_with_attributes())
        .where(
            states.metadata_id == metadata_id,
            states.last_updated_ts >= start / 1000,
            states.last_updated_ts < end / 1000,
        )
        .order_by(states.last_updated_ts)
        for metadata_id in ids
    ]


def _with_attributes() -> Any:
    return STATES.outerjoin(
        STATE_ATTRIBUTES, STATES.c.attributes_id == STATE_ATTRIBUTES.c.attributes_id
    )


def _values(
    connection: Connection, questions: Iterable[Select[Any]], values: _Values
) -> Iterator[_Columns]:
    """Yield the rows that answer questions, some at a time; an empty lot first."""
    yield np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    # SQLite hands over rows as they are found; only servers must be told to.
    streamed = {} if connection.dialect.name == "sqlite" else _STREAMED
    for question in questions:
        found = connection.execute(question, execution_options=streamed)
        for rows in found.partitions(_CHUNK_ROWS):
            ids, seconds, texts = zip(*rows, strict=True)
            size = len(rows)
            yield (
                np.fromiter(ids, np.int64, size),
                np.fromiter(seconds, np.float64, size),
                np.fromiter(map(values.__getitem__, texts), np.float64, size),
            )


def _carried(
    connection: Connection,
    sensors: Sequence[int],
    weather: Sequence[int],
    number: NDArray[np.int32],
    size: int,
    start: int,
) -> NDArray[np.float64]:
    """Return each entity's value before an instant, shape (size,)."""
    states, temperatures = _Values(), _Temperatures()
    before = [
        (updated, metadata_id, states[state])
        for metadata_id, state, updated in last_states(
            connection, sensors, start / 1000
        )
    ]
    for metadata_id in weather:
        newest = (
            select(STATES.c.last_updated_ts, STATE_ATTRIBUTES.c.shared_attrs)
            .select_from(_with_attributes())
            .where(
                STATES.c.metadata_id == metadata_id,
                STATES.c.last_updated_ts < start / 1000,
            )
            .order_by(STATES.c.last_updated_ts.desc())
            .limit(1)
        )
        for updated, text in connection.execute(newest):
            before.append((float(updated), metadata_id, temperatures[text]))
    carried = np.full(size, np.nan)
    # Of two ids of one entity, the one that was written last counts.
    for _, metadata_id, value in sorted(before, key=lambda row: row[0]):
        carried[number[metadata_id]] = value
    return carried
