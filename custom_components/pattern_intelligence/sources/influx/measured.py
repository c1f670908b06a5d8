"""What sensors measured on a day, from the points of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...engine.civil import DAY_MS
from ...engine.happenings import domain_of
from ...engine.home import Home
from ...engine.rawday import NO_READINGS, Readings
from .rows import BY_ENTITY, NS, SENSOR, entity_of, instants, one_of
from .server import Rows, Server

WEATHER: Final = "weather"
"""The domain of entities whose temperature is an attribute."""

MEASURING_DOMAINS: Final = (SENSOR, WEATHER)
_FIELDS: Final = {SENSOR: '"value"::float', WEATHER: '"temperature"::float'}
_LOOKED_BACK_MS: Final = 7 * DAY_MS
"""What was measured longer ago says nothing of a day's beginning."""

type _Columns = tuple[list[str], NDArray[np.int64], NDArray[np.float64]]
"""Ids as written, UTC milliseconds, values."""


def read_measured(
    server: Server, home: Home, wanted: Collection[str], start: int, end: int
) -> Readings:
    """Return what sensors measured in an interval. Blocks.

    Args:
        server: asked.
        home: knows the ids that entities have now.
        wanted: ids of sensors and weather services, as written.
        start: UTC milliseconds.
        end: the first after it.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    if not wanted:
        return NO_READINGS
    entities = tuple(sorted({home.resolve(name) for name in wanted}))
    place = {name: index for index, name in enumerate(entities)}
    names, instant, value = _points(server, wanted, "{}", start, end)
    carried = np.full(len(entities), np.nan)
    earlier = _points(server, wanted, "last({})", start - _LOOKED_BACK_MS, start)
    for i in np.argsort(earlier[1], kind="stable").tolist():
        carried[place[home.resolve(earlier[0][i])]] = earlier[2][i]
    entity = np.fromiter((place[home.resolve(n)] for n in names), np.int32, len(names))
    order = np.argsort(instant, kind="stable")
    return Readings(entities, entity[order], instant[order], value[order], carried)


def _points(
    server: Server, wanted: Collection[str], asked: str, start: int, end: int
) -> _Columns:
    """Return points of an interval: all, or each series' last one."""
    names: list[str] = []
    columns: list[list[Any]] = [[], []]
    for domain, field in _FIELDS.items():
        ids = [i.partition(".")[2] for i in wanted if domain_of(i) == domain]
        if not ids:
            continue

        def take(rows: Rows) -> list[tuple[str, int, float]]:
            return [
                (entity_of(row[1]), int(row[2]), float(row[3]))
                for row in rows
                if row[3]
            ]

        for name, time, value in server.ask(
            take,
            f"SELECT {asked.format(field)} FROM /.*/ WHERE time >= $start "  # noqa: S608
            f'AND time < $end AND "domain" = $domain AND "entity_id" =~ $ids '
            f"{BY_ENTITY}",
            {
                "start": start * NS,
                "end": end * NS,
                "domain": domain,
                "ids": one_of(ids),
            },
        ):
            names.append(name)
            columns[0].append(time)
            columns[1].append(value)
    return names, instants(np.array(columns[0], np.int64)), np.array(columns[1], float)
