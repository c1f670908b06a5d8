"""The points of a stretch of time as columns, whichever layout they were written in.

Core's ``influxdb`` integration writes a point for each state that is neither
``unknown`` nor ``unavailable``, at the time at which it was set. Its measurement is the
unit, the entity's id, the domain and device class, or one name for all; the tags
``domain`` and ``entity_id`` (without the domain) are there in each layout. The field
``state`` holds a text, ``value`` a number: of ``on``, ``home`` and the like both are
there, of a state that reads as a number only ``value``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import batched
import re
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...engine.happenings import ANY, RULES, domain_of
from .budget import Budget
from .server import Rows, Server

NS: Final = 1_000_000
"""Nanoseconds of a millisecond."""

SENSOR: Final = "sensor"
_TAGS: Final = re.compile(r"domain=([a-z0-9_]+),entity_id=([a-z0-9_]+)")
_CHUNK_ROWS: Final = 2_000
BY_ENTITY: Final = 'GROUP BY "domain", "entity_id"'
_WITHIN: Final = "time >= $start AND time < $end"

type ReadNumber = Callable[[str, float], str]
"""Says how Home Assistant writes a number as the state of an entity."""


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a stretch of time, in the order of their series.

    Attributes:
        entities: the ids that occur, as written, in the order of their numbers.
        states: the distinct states, in the order of theirs.
        entity: shape (points,), index into ``entities``.
        state: shape (points,), index into ``states``.
        time: shape (points,), nanoseconds since 1970.
    """

    entities: tuple[str, ...]
    states: tuple[str, ...]
    entity: NDArray[np.int32]
    state: NDArray[np.int32]
    time: NDArray[np.int64]

    @property
    def instant(self) -> NDArray[np.int64]:
        """Return UTC milliseconds, shape (points,)."""
        return instants(self.time)

    def within(self, start: int, end: int) -> Points:
        """Return the points of a part of the stretch.

        Args:
            start: UTC milliseconds.
            end: the first instant after it.
        """
        chosen = (self.time >= start * NS) & (self.time < end * NS)
        entity, entities = _numbered_anew(self.entity[chosen], self.entities)
        state, states = _numbered_anew(self.state[chosen], self.states)
        return Points(entities, states, entity, state, self.time[chosen])


def _numbered_anew(
    number: NDArray[np.int32], names: Sequence[str]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return numbers of those names alone that occur, in the order in which they do."""
    used, first, place = np.unique(number, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(used.size, np.int32)
    rank[order] = np.arange(used.size, dtype=np.int32)
    return rank[place], tuple(names[each] for each in used[order].tolist())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose points are asked for.

    Attributes:
        domains: of the entities.
        numeric_sensors: ids of the sensors that are told by words of which some read
            as numbers; of other sensors numbers are not asked for.
    """

    domains: Collection[str]
    numeric_sensors: Collection[str] = ()

    @property
    def texts(self) -> list[str]:
        """Return the domains whose states are words of their own.

        Of sensors, of which there are many, those that are told by words are meant.
        """
        return sorted(set(self.domains) - set(self.mixed))

    @property
    def mixed(self) -> list[str]:
        """Return the domains whose states are any words, and may read as numbers."""
        return sorted(
            each
            for each in self.domains
            if ANY in RULES[each].counted and each != SENSOR
        )

    @property
    def numeric_domains(self) -> list[str]:
        """Return the domains of entities whose states may read as numbers."""
        return [*self.mixed, *([SENSOR] if self.numeric_sensors else [])]

    def is_number(self, entity_id: str) -> bool:
        """Tell whether a number may be the state of an entity that is asked for."""
        return domain_of(entity_id) != SENSOR or entity_id in self.numeric_sensors


type _Columns = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]


class _Taker:
    """Numbers entities and states as they come, answer by answer."""

    def __init__(self, read_number: ReadNumber, budget: Budget) -> None:
        """Begin with none."""
        self._budget = budget
        self.entities: dict[str, int] = {}
        self.states: dict[str, int] = {}
        self._read_number = read_number
        self._tags: dict[str, int] = {}

    def texts(self, rows: Rows) -> list[_Columns]:
        """Return the columns of rows of the field ``state``."""
        return [
            self._columns(tags, times, states)
            for some in batched(self._budget.count(rows), _CHUNK_ROWS, strict=False)
            for _, tags, times, states in [zip(*some, strict=True)]
        ]

    def mixed(self, rows: Rows) -> list[_Columns]:
        """Return the columns of rows of the fields ``state`` and ``value``."""
        return self.texts(
            [*row[:3], row[3] or self._number(row[1], row[4])] for row in rows
        )

    def numbers(self, rows: Rows) -> list[_Columns]:
        """Return the columns of rows of the field ``value``."""
        return self.texts([*row[:3], self._number(row[1], row[3])] for row in rows)

    def _columns(
        self, tags: Sequence[str], times: Sequence[str], states: Sequence[str]
    ) -> _Columns:
        for each in dict.fromkeys(tags):
            if each not in self._tags:
                entity_id = entity_of(each)
                number = self.entities.setdefault(entity_id, len(self.entities))
                self._tags[each] = number if entity_id else -1
        for state in dict.fromkeys(states):
            self.states.setdefault(state, len(self.states))
        size = len(tags)
        entity = np.fromiter(map(self._tags.__getitem__, tags), np.int32, size)
        state_of = np.fromiter(map(self.states.__getitem__, states), np.int32, size)
        time = np.fromiter(map(int, times), np.int64, size)
        known = entity >= 0
        return entity[known], state_of[known], time[known]

    def _number(self, tags: str, value: str) -> str:
        return self._read_number(entity_of(tags), float(value))


def entity_of(tags: str) -> str:
    """Return the entity's id from the tags a point is grouped by; empty where none."""
    found = _TAGS.fullmatch(tags)
    return f"{found[1]}.{found[2]}" if found else ""


def instants(time: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return UTC milliseconds, rounded as the recorder's seconds are.

    Args:
        time: shape (n,), nanoseconds since 1970; below a microsecond lies only what
            the client lost in a floating number.
    """
    seconds = np.rint(time / 1000) / 1_000_000
    rounded: NDArray[np.int64] = np.rint(seconds * 1000).astype(np.int64)
    return rounded


def instant_of(time: int) -> int:
    """Return UTC milliseconds of one instant; see :func:`instants`."""
    return int(instants(np.array([time], np.int64))[0])


def read_points(
    server: Server,
    wanted: Wanted,
    start: int,
    end: int,
    read_number: ReadNumber,
    budget: Budget,
) -> Points:
    """Return the points of a stretch of time. Blocks.

    Args:
        server: asked.
        wanted: whose points.
        start: UTC milliseconds.
        end: the first instant after it.
        read_number: how a number is written as a state.
        budget: how many points there may be.

    Raises:
        CrowdedError: there are more.
        InfluxSourceError: the server is away, or says no.
    """
    taker = _Taker(read_number, budget)
    columns: list[_Columns] = [
        (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64))
    ]
    span: dict[str, Any] = {"start": start * NS, "end": end * NS}
    where = f'{_WITHIN} AND "domain" =~ $domains'
    if wanted.texts:
        columns += server.ask(
            taker.texts,
            f'SELECT "state"::string FROM /.*/ WHERE {where} {BY_ENTITY}',  # noqa: S608
            span | {"domains": one_of(wanted.texts)},
        )
    if wanted.mixed:
        columns += server.ask(
            taker.mixed,
            'SELECT "state"::string, "value"::float FROM /.*/ '  # noqa: S608
            f"WHERE {where} {BY_ENTITY}",
            span | {"domains": one_of(wanted.mixed)},
        )
    if wanted.numeric_sensors:
        ids = [each.partition(".")[2] for each in wanted.numeric_sensors]
        columns += server.ask(
            taker.numbers,
            f'SELECT "value"::float FROM /.*/ WHERE {where} '  # noqa: S608
            f'AND "entity_id" =~ $ids {BY_ENTITY}',
            span | {"domains": one_of([SENSOR]), "ids": one_of(ids)},
        )
    entity, state, time = (
        np.concatenate(column) for column in zip(*columns, strict=True)
    )
    return Points(tuple(taker.entities), tuple(taker.states), entity, state, time)


def one_of(texts: Collection[str]) -> dict[str, str]:
    """Return a regular expression, as it is bound, that is one of some texts."""
    return {"regex": f"^({'|'.join(map(re.escape, sorted(texts)))})$"}
