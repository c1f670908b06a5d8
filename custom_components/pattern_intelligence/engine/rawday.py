"""One local day as a source hands it over: columns, not objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

UNKNOWN_CARRY = -1


@dataclass(frozen=True, slots=True)
class Readings:
    """What sensors measured on a day.

    Attributes:
        entities: the ids of the sensors, sorted; ids of the home's present registry.
        entity: shape (rows,), index into ``entities``.
        instant: shape (rows,), UTC milliseconds within the day, ascending.
        value: shape (rows,), in the sensor's unit; NaN where none was known.
        carried: shape (entities,), the value before the day, or NaN.
    """

    entities: tuple[str, ...]
    entity: NDArray[np.int32]
    instant: NDArray[np.int64]
    value: NDArray[np.float64]
    carried: NDArray[np.float64]


NO_READINGS: Final = Readings(
    (),
    np.zeros(0, np.int32),
    np.zeros(0, np.int64),
    np.zeros(0),
    np.zeros(0),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What meters counted in the hours of a day, or of a longer time.

    Attributes:
        meters: entity id and unit, sorted; ids of the home's present registry.
        meter: shape (rows,), index into ``meters``.
        instant: shape (rows,), when the hour began, UTC milliseconds.
        amount: shape (rows,), thousandths of the unit.
    """

    meters: tuple[tuple[str, str], ...]
    meter: NDArray[np.int32]
    instant: NDArray[np.int64]
    amount: NDArray[np.int64]


NO_COUNTS: Final = Counts(
    (), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64)
)


@dataclass(frozen=True, slots=True)
class RawDay:
    """The recorder's rows of the tracked entities on one local day.

    Rows are in any order; equal instants keep the order they have here.

    Attributes:
        day: the local date.
        start: its first instant, UTC milliseconds.
        end: the first instant after it, UTC milliseconds.
        entities: the ids of the tracked entities, sorted; ids of the home's
            present registry.
        states: the distinct states that occur, as recorded.
        entity: shape (rows,), index into ``entities``.
        state: shape (rows,), index into ``states``.
        instant: shape (rows,), UTC milliseconds within ``[start, end)``.
        cause: shape (rows,), codes of :mod:`.provenance`.
        carried: shape (entities,), index into ``states`` of the last row before
            the day, ``UNKNOWN_CARRY`` where there is none.
        automations: what the codes from ``provenance.AUTOMATION`` up stand for.
        recorded: intervals ``[start, end)`` of the day in which Home Assistant was
            recording, ascending and disjoint, UTC milliseconds.
        readings: what sensors measured.
        counts: what meters counted.
    """

    day: date
    start: int
    end: int
    entities: tuple[str, ...]
    states: tuple[str, ...]
    entity: NDArray[np.int32]
    state: NDArray[np.int32]
    instant: NDArray[np.int64]
    cause: NDArray[np.int16]
    carried: NDArray[np.int32]
    automations: tuple[str, ...]
    recorded: tuple[tuple[int, int], ...]
    readings: Readings = NO_READINGS
    counts: Counts = NO_COUNTS

    @property
    def rows(self) -> int:
        """Return how many rows of the recorder the day has."""
        return int(self.instant.size)


def by_entity(raw: RawDay) -> NDArray[np.intp]:
    """Return the order of the rows by entity, then instant, then as they come."""
    entity: NDArray[np.int32 | np.int16] = raw.entity
    if (raw.instant[1:] < raw.instant[:-1]).any():
        order: NDArray[np.intp] = np.lexsort((raw.instant, entity))
        return order
    if len(raw.entities) <= np.iinfo(np.int16).max:
        # Small numbers are sorted in one pass, many times as fast.
        entity = entity.astype(np.int16)
    return np.argsort(entity, kind="stable")
