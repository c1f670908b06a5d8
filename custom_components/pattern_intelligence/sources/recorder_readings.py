"""What sensors measured on a day, from the recorder's rows of it.

The numbers of sensors are among the rows that one scan of the day has found. What
weather services tell stands in their attributes, and is asked for one by one: their rows
are few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import json
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, select

from ..engine.happenings import domain_of
from ..engine.rawday import NO_READINGS, Readings
from .recorder_entities import last_states
from .recorder_scan import Scan
from .recorder_schema import STATE_ATTRIBUTES, STATES

WEATHER: Final = "weather"
"""The domain of entities whose temperature is an attribute."""

_CHUNK_ROWS: Final = 500
_STREAMED: Final = {"yield_per": _CHUNK_ROWS}

type _Columns = tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]
"""Entities, UTC seconds, values."""


def of_states(present: Mapping[int, str]) -> list[int]:
    """Return the metadata ids of those whose numbers are their states.

    Args:
        present: the sensors' and weather services' present ids, by metadata id.
    """
    return [i for i, name in present.items() if domain_of(name) != WEATHER]


def read_readings(
    connection: Connection, present: Mapping[int, str], scan: Scan, start: int, end: int
) -> Readings:
    """Return what sensors measured in an interval.

    Args:
        connection: to the recorder's database.
        present: the sensors' and weather services' present ids, by metadata id.
        scan: of the rows of that interval, :func:`of_states` among them.
        start: UTC milliseconds.
        end: the first after it.
    """
    if not present:
        return NO_READINGS
    entities = tuple(sorted(set(present.values())))
    place = {name: index for index, name in enumerate(entities)}
    number = {metadata_id: place[name] for metadata_id, name in present.items()}
    sensors = of_states(present)
    weather = sorted(present.keys() - set(sensors))
    columns = [
        _numbers(scan, {i: number[i] for i in sensors}),
        *_temperatures(connection, {i: number[i] for i in weather}, start, end),
    ]
    entity, seconds, value = map(np.concatenate, zip(*columns, strict=True))
    order = np.argsort(seconds, kind="stable")
    return Readings(
        entities,
        entity[order],
        np.rint(seconds[order] * 1000).astype(np.int64),
        value[order],
        _carried(connection, sensors, weather, number, len(entities), start),
    )


def _numbers(scan: Scan, sensors: Mapping[int, int]) -> _Columns:
    """Return the rows of which the states are numbers."""
    entity, rows = scan.of(sensors)
    value = np.array([_number(text) for text in rows.texts], np.float64)
    return entity, rows.seconds, value[rows.text]


def _temperatures(
    connection: Connection, weather: Mapping[int, int], start: int, end: int
) -> Iterator[_Columns]:
    """Yield the rows of which the attributes hold a temperature, some at a time."""
    # SQLite hands over rows as they are found; only servers must be told to.
    streamed = {} if connection.dialect.name == "sqlite" else _STREAMED
    for metadata_id, entity in weather.items():
        found = connection.execute(
            _attributes_of(metadata_id, start, end), execution_options=streamed
        )
        for rows in found.partitions(_CHUNK_ROWS):
            seconds, texts = zip(*rows, strict=True)
            told = {text: _temperature(text) for text in set(texts)}
            yield (
                np.full(len(rows), entity, np.int32),
                np.array(seconds, np.float64),
                np.array([told[text] for text in texts]),
            )


def _number(state: str | None) -> float:
    """Return the number that a state is; NaN where it is none."""
    try:
        return float(state or "")
    except ValueError:
        return np.nan


def _temperature(attributes: str | None) -> float:
    """Return the temperature among a weather service's attributes, or NaN."""
    try:
        temperature = json.loads(attributes or "")["temperature"]
    except ValueError, LookupError, TypeError:
        return np.nan
    is_number = isinstance(temperature, int | float)
    return float(temperature) if is_number else np.nan


def _attributes_of(metadata_id: int, start: int, end: int) -> Select[Any]:
    states = STATES.c
    return (
        select(states.last_updated_ts, STATE_ATTRIBUTES.c.shared_attrs)
        .select_from(_with_attributes())
        .where(
            states.metadata_id == metadata_id,
            states.last_updated_ts >= start / 1000,
            states.last_updated_ts < end / 1000,
        )
        .order_by(states.last_updated_ts)
    )


def _with_attributes() -> Any:
    return STATES.outerjoin(
        STATE_ATTRIBUTES, STATES.c.attributes_id == STATE_ATTRIBUTES.c.attributes_id
    )


def _carried(
    connection: Connection,
    sensors: Sequence[int],
    weather: Sequence[int],
    number: Mapping[int, int],
    size: int,
    start: int,
) -> NDArray[np.float64]:
    """Return each entity's value before an instant, shape (size,)."""
    before = [
        (updated, metadata_id, _number(state))
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
            before.append((float(updated), metadata_id, _temperature(text)))
    carried = np.full(size, np.nan)
    # Of two ids of one entity, the one that was written last counts.
    for _, metadata_id, value in sorted(before, key=lambda row: row[0]):
        carried[number[metadata_id]] = value
    return carried
