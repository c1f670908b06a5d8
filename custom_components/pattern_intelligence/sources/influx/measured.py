"""What sensors measured, from the points of a stretch of time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import batched
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...engine.civil import DAY_MS
from ...engine.happenings import domain_of
from ...engine.home import Home
from ...engine.rawday import NO_READINGS, Readings
from .budget import Budget
from .rows import BY_ENTITY, NS, SENSOR, entity_of, instants, one_of
from .server import Rows, Server

WEATHER: Final = "weather"
"""The domain of entities whose temperature is an attribute."""

MEASURING_DOMAINS: Final = (SENSOR, WEATHER)
_FIELDS: Final = {SENSOR: '"value"::float', WEATHER: '"temperature"::float'}
_LOOKED_BACK_MS: Final = 7 * DAY_MS
"""What was measured longer ago says nothing of a day's beginning."""
_CHUNK_ROWS: Final = 2_000

type _Columns = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What sensors measured in a stretch of time, and last before it.

    Attributes:
        entities: the ids of the sensors, sorted; ids of the home's present registry.
        entity: shape (rows,), index into ``entities``.
        time: shape (rows,), nanoseconds since 1970.
        value: shape (rows,), in the sensor's unit.
    """

    entities: tuple[str, ...]
    entity: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]

    def within(self, start: int, end: int) -> Readings:
        """Return what was measured in a part of the stretch.

        Args:
            start: UTC milliseconds.
            end: the first instant after it.
        """
        if not self.entities:
            return NO_READINGS
        carried = np.full(len(self.entities), np.nan)
        entity, _, value = self._ordered(start - _LOOKED_BACK_MS, start)
        # Of several the last one counts.
        newest = entity.size - 1 - np.unique(entity[::-1], return_index=True)[1]
        carried[entity[newest]] = value[newest]
        return Readings(self.entities, *self._ordered(start, end), carried)

    def _ordered(self, start: int, end: int) -> _Columns:
        """Return the rows of an interval by time, UTC milliseconds."""
        chosen = np.flatnonzero((self.time >= start * NS) & (self.time < end * NS))
        instant = instants(self.time[chosen])
        order = np.argsort(instant, kind="stable")
        rows = chosen[order]
        return self.entity[rows], instant[order], self.value[rows]


def read_measured(
    server: Server,
    home: Home,
    wanted: Collection[str],
    start: int,
    end: int,
    budget: Budget,
) -> Measured:
    """Return what sensors measured in a stretch of time. Blocks.

    Args:
        server: asked.
        home: knows the ids that entities have now.
        wanted: ids of sensors and weather services, as written.
        start: UTC milliseconds.
        end: the first after it.
        budget: how many points there may be.

    Raises:
        CrowdedError: there are more.
        InfluxSourceError: the server is away, or says no.
    """
    entities = tuple(sorted({home.resolve(name) for name in wanted}))
    place = {name: index for index, name in enumerate(entities)}
    numbers = {name: place[home.resolve(name)] for name in wanted}
    columns: list[_Columns] = [
        (np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0))
    ]
    for asked, low, high in (
        ("last({})", start - _LOOKED_BACK_MS, start),
        ("{}", start, end),
    ):
        columns += _points(server, numbers, asked, low, high, budget)
    entity, time, value = (
        np.concatenate(column) for column in zip(*columns, strict=True)
    )
    return Measured(entities, entity, time, value)


def _points(
    server: Server,
    numbers: dict[str, int],
    asked: str,
    start: int,
    end: int,
    budget: Budget,
) -> list[_Columns]:
    """Return points of an interval: all, or each series' last one."""

    def take(rows: Rows) -> list[_Columns]:
        valued = (row for row in budget.count(rows) if row[3])
        return [_columns(some) for some in batched(valued, _CHUNK_ROWS, strict=False)]

    def _columns(rows: tuple[list[str], ...]) -> _Columns:
        size = len(rows)
        return (
            np.fromiter((numbers[entity_of(row[1])] for row in rows), np.int32, size),
            np.fromiter((int(row[2]) for row in rows), np.int64, size),
            np.fromiter((float(row[3]) for row in rows), np.float64, size),
        )

    columns: list[_Columns] = []
    for domain, field in _FIELDS.items():
        ids = [i.partition(".")[2] for i in numbers if domain_of(i) == domain]
        if not ids:
            continue
        values: dict[str, Any] = {
            "start": start * NS,
            "end": end * NS,
            "domain": domain,
            "ids": one_of(ids),
        }
        columns += server.ask(
            take,
            f"SELECT {asked.format(field)} FROM /.*/ WHERE time >= $start "  # noqa: S608
            f'AND time < $end AND "domain" = $domain AND "entity_id" =~ $ids '
            f"{BY_ENTITY}",
            values,
        )
    return columns
