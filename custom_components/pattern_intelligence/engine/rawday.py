"""One local day as a source hands it over: columns, not objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

UNKNOWN_CARRY = -1


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
