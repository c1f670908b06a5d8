"""The rows of a local day by one scan, whatever they are read for, from any database.

The scan follows the index on ``last_updated_ts``: rows are stored in the order of time,
so this touches each page once, where one range for each entity would come back to it
again and again. The database drops the rows of entities that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, and_, case, select

from .recorder_causes import BY_PARENT, BY_USER
from .recorder_schema import STATES

_CHUNK_ROWS: Final = 500
"""So few that a chunk's objects are still in the processor's cache when used."""

_STREAMED: Final = {"yield_per": _CHUNK_ROWS}


@dataclass(frozen=True, slots=True)
class Scan:
    """Columns of rows, by time, then by id.

    Attributes:
        state_id: shape (rows,), the rows' ids.
        metadata_id: shape (rows,), whose rows they are.
        text: shape (rows,), index into ``texts``.
        seconds: shape (rows,), UTC seconds: when the state was entered, which may be
            before the interval; of a sensor, when the row was written.
        by: shape (rows,), ``BY_USER``, ``BY_PARENT`` or 0.
        texts: the distinct states; that of a removed entity is empty.
    """

    state_id: NDArray[np.int64]
    metadata_id: NDArray[np.int64]
    text: NDArray[np.int32]
    seconds: NDArray[np.float64]
    by: NDArray[np.int8]
    texts: tuple[str, ...]

    def of(self, numbers: Mapping[int, int]) -> tuple[NDArray[np.int32], Scan]:
        """Return the rows of some entities, and their numbers, shape (rows,).

        Args:
            numbers: of the entities, from 0 on, by metadata id.
        """
        highest = max(self.metadata_id.max(initial=0), *numbers, 0)
        number = np.full(highest + 1, -1, np.int32)
        number[list(numbers)] = list(numbers.values())
        found = number[self.metadata_id]
        rows = np.flatnonzero(found >= 0)
        text = self.text[rows]
        # To count is many times as fast as to sort, which ``np.unique`` does.
        met = np.flatnonzero(np.bincount(text, minlength=len(self.texts)))
        place = np.zeros(len(self.texts), np.int32)
        place[met] = np.arange(met.size)
        return found[rows], Scan(
            self.state_id[rows],
            self.metadata_id[rows],
            place[text],
            self.seconds[rows],
            self.by[rows],
            tuple(self.texts[index] for index in met.tolist()),
        )


def scan_rows(
    connection: Connection,
    ids: Sequence[int],
    sensors: Sequence[int],
    start: int,
    end: int,
) -> Scan:
    """Return the rows that were written in an interval.

    Args:
        connection: to the recorder's database.
        ids: metadata ids of entities of which it matters since when a state holds.
        sensors: those of entities of which each row counts from when it was written.
        start: UTC milliseconds.
        end: the first after it.
    """
    index: dict[str, int] = {}
    seen: dict[str | None, int] = {}
    chunks: list[tuple[NDArray[Any], ...]] = [
        (
            np.zeros(0, np.int64),
            np.zeros(0, np.int64),
            np.zeros(0, np.int32),
            np.zeros(0),
            np.zeros(0, np.int8),
        )
    ]
    if ids or sensors:
        # SQLite hands over rows as they are found; only servers must be told to.
        streamed = {} if connection.dialect.name == "sqlite" else _STREAMED
        result = connection.execute(
            _rows_of(ids, sensors, start, end), execution_options=streamed
        )
        for rows in result.partitions(_CHUNK_ROWS):
            state_id, metadata_id, states, seconds, by = zip(*rows, strict=True)
            for text in dict.fromkeys(states):
                if text not in seen:
                    seen[text] = index.setdefault(text or "", len(index))
            size = len(rows)
            chunks.append(
                (
                    np.fromiter(state_id, np.int64, size),
                    np.fromiter(metadata_id, np.int64, size),
                    np.fromiter(map(seen.__getitem__, states), np.int32, size),
                    np.fromiter(seconds, np.float64, size),
                    np.fromiter(by, np.int8, size),
                )
            )
    columns = [np.concatenate(column) for column in zip(*chunks, strict=True)]
    return Scan(
        state_id=columns[0],
        metadata_id=columns[1],
        text=columns[2],
        seconds=columns[3],
        by=columns[4],
        texts=tuple(index),
    )


def _rows_of(
    ids: Sequence[int], sensors: Sequence[int], start: int, end: int
) -> Select[Any]:
    states = STATES.c
    earlier = states.last_changed_ts < states.last_updated_ts
    if sensors:
        earlier = and_(earlier, states.metadata_id.not_in(sensors))
    seconds = case((earlier, states.last_changed_ts), else_=states.last_updated_ts)
    by = case(
        (states.context_user_id_bin.is_not(None), BY_USER),
        (states.context_parent_id_bin.is_not(None), BY_PARENT),
        else_=0,
    )
    return (
        select(states.state_id, states.metadata_id, states.state, seconds, by)
        .where(
            # The sum keeps databases from using the index by entity.
            (states.metadata_id + 0).in_([*ids, *sensors]),
            states.last_updated_ts >= start / 1000,
            states.last_updated_ts < end / 1000,
        )
        .order_by(states.last_updated_ts, states.state_id)
    )
