"""The days a detector looks at: the disjoint union of their tables, as arrays.

Here neighbouring days meet: what a day alone cannot know (a bout that runs across
midnight) is joined, and instants get their reading on the home's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import DAY_MS, HOUR_MS, CivilTime, Instants, date_of, day_number
from .happenings import BOUT_GAP_MS, RULES, domain_of
from .presence import busy_days, days_of_persons
from .provenance import AUTOMATION, UNNAMED_AUTOMATION
from .tables import HOME, DatedTable, Numbers

WINDOW_DAYS = 63
"""How many local days daily detectors look back on, nine weeks."""

type Resolve = Callable[[str], str]
"""From an entity id as stored to the id the entity has now."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """An entity and the state it enters: the unit most habits are about."""

    entity_id: str
    state: str


@dataclass(frozen=True, eq=False)
class Window:
    """What happened on some days, and what could have.

    Attributes:
        civil: the home's civil time.
        days: shape (days,), ascending day numbers; days that were never learned
            are missing.
        keys: the entities and states that were entered, sorted.
        key: shape (n,), index into ``keys``; happenings are sorted by key, then
            instant.
        instant: shape (n,), UTC milliseconds.
        wall: shape (n,), wall milliseconds.
        cause: shape (n,), codes of :mod:`.provenance` into ``automations``.
        automations: entity ids; the first is the unnamed one.
        entities: the tracked entities, sorted.
        available: shape (entities, days, 24), share of each hour on the clock in
            which the entity was available and the home recorded.
        recorded: shape (days, 24), the same of the home.
        at_home: shape (days, 24), share of each hour in which anybody was home;
            None where the home has no persons.
    """

    civil: CivilTime
    days: Numbers
    keys: tuple[Key, ...]
    key: NDArray[np.int32]
    instant: Instants
    wall: Instants
    cause: NDArray[np.int16]
    automations: tuple[str, ...]
    entities: tuple[str, ...]
    available: NDArray[np.float32]
    recorded: NDArray[np.float32]
    at_home: NDArray[np.float32] | None

    @property
    def first_day(self) -> date:
        """Return the first day."""
        return date_of(self.days[0])

    @property
    def last_day(self) -> date:
        """Return the last day: the one that patterns are detected as of."""
        return date_of(self.days[-1])

    @cached_property
    def key_edges(self) -> NDArray[np.int64]:
        """Return where each key's happenings start, shape (keys + 1,)."""
        return np.searchsorted(self.key, np.arange(len(self.keys) + 1))

    @cached_property
    def key_at(self) -> dict[Key, int]:
        """Return the position of each key in ``keys``."""
        return {key: index for index, key in enumerate(self.keys)}

    @cached_property
    def entity_at(self) -> dict[str, int]:
        """Return the position of each entity in ``entities``."""
        return {entity_id: index for index, entity_id in enumerate(self.entities)}

    @cached_property
    def occupied(self) -> NDArray[np.bool_]:
        """Return in which waking days anybody was home, shape (days,).

        By persons where the home has them, else by how busy it was.
        """
        if self.at_home is not None:
            return days_of_persons(self.days, self.at_home)
        return busy_days(self.days, self.wall[self.cause < AUTOMATION])

    def of_key(self, index: int) -> slice:
        """Return where the happenings of a key are."""
        return slice(int(self.key_edges[index]), int(self.key_edges[index + 1]))


def build_window(
    civil: CivilTime,
    days: Sequence[date],
    happenings: DatedTable,
    exposure: DatedTable,
    resolve: Resolve = lambda entity_id: entity_id,
) -> Window:
    """Return the union of some days' tables.

    Args:
        civil: the home's civil time.
        days: the days learned, ascending.
        happenings: their :data:`.tables.HAPPENINGS`.
        exposure: their :data:`.tables.EXPOSURE`.
        resolve: maps ids that entities had to those they have.

    Returns:
        The window.

    Raises:
        ValueError: the same day is there twice, or out of order.
    """
    numbers = np.array([day_number(day) for day in days], np.int64)
    if (np.diff(numbers) <= 0).any():
        raise ValueError("a window is a union of different days in order")
    keys, key, instant, cause, automations = _decode(civil, happenings, resolve)
    key, instant, cause = _join_bouts(civil, keys, key, instant, cause)
    entities, available, recorded, at_home = _hours(civil, numbers, exposure, resolve)
    return Window(
        civil=civil,
        days=numbers,
        keys=keys,
        key=key,
        instant=instant,
        wall=civil.wall(instant),
        cause=cause,
        automations=automations,
        entities=entities,
        available=available,
        recorded=recorded,
        at_home=at_home,
    )


def _decode(
    civil: CivilTime, happenings: DatedTable, resolve: Resolve
) -> tuple[
    tuple[Key, ...],
    NDArray[np.int32],
    Instants,
    NDArray[np.int16],
    tuple[str, ...],
]:
    """Return the keys, and the happenings sorted by key and instant."""
    table = happenings.table
    row_keys = [
        Key(resolve(entity_id), state)
        for entity_id, state in zip(
            table.texts("entity_id"), table.texts("state"), strict=True
        )
    ]
    keys = tuple(sorted(set(row_keys)))
    key_at = {key: index for index, key in enumerate(keys)}
    offsets, lengths = codec.decode_increasing(table.texts("instants"))
    starts = {
        number: civil.start_of(date_of(number))
        for number in np.unique(happenings.day).tolist()
    }
    start = np.array([starts[n] for n in happenings.day.tolist()], np.int64)
    key = np.repeat(np.array([key_at[k] for k in row_keys], np.int32), lengths)
    instant = np.repeat(start, lengths) + offsets
    cause, automations = _causes(
        table.texts("causes"), table.texts("automations"), lengths
    )
    order = np.lexsort((instant, key))
    return keys, key[order], instant[order], cause[order], automations


def _causes(
    causes: tuple[str, ...], names: tuple[str, ...], lengths: Numbers
) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Return each happening's cause, with automations numbered for the window."""
    named = sorted({name for row in set(names) for name in row.split()})
    automations = (UNNAMED_AUTOMATION, *named)
    number = {name: index for index, name in enumerate(automations)}
    cause = np.zeros(int(lengths.sum()), np.int16)
    starts = np.cumsum(lengths) - lengths
    rows = [row for row, text in enumerate(causes) if text]
    values, counts = codec.decode([causes[row] for row in rows])
    at = 0
    for row, count in zip(rows, counts.tolist(), strict=True):
        own = values[at : at + count]
        at += count
        if names[row]:
            mine = np.array([0, *(number[name] for name in names[row].split())])
            own = np.where(
                own > AUTOMATION,
                AUTOMATION + mine[np.maximum(own - AUTOMATION, 0)],
                own,
            )
        cause[starts[row] : starts[row] + count] = own
    return cause, automations


def _join_bouts(
    civil: CivilTime,
    keys: tuple[Key, ...],
    key: NDArray[np.int32],
    instant: Instants,
    cause: NDArray[np.int16],
) -> tuple[NDArray[np.int32], Instants, NDArray[np.int16]]:
    """Drop the end and the beginning that midnight made of one bout."""
    begins = {
        k.entity_id: i
        for i, k in enumerate(keys)
        if (rule := RULES.get(domain_of(k.entity_id))) and k.state == rule.bouts
    }
    edges = np.searchsorted(key, np.arange(len(keys) + 1))
    drop = np.zeros(key.size, bool)
    for i, k in enumerate(keys):
        begin = begins.get(k.entity_id, i)
        if begin == i:
            continue
        ends = instant[edges[i] : edges[i + 1]]
        starts = instant[edges[begin] : edges[begin + 1]]
        after = np.searchsorted(starts, ends, "right")
        near = np.flatnonzero(after < starts.size)
        near = near[starts[after[near]] - ends[near] < BOUT_GAP_MS]
        drop[edges[i] + near] = True
        drop[edges[begin] + after[near]] = True
    return key[~drop], instant[~drop], cause[~drop]


def _hours(
    civil: CivilTime, days: Numbers, exposure: DatedTable, resolve: Resolve
) -> tuple[
    tuple[str, ...],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.float32] | None,
]:
    """Return the entities and the shares of hours, on the clock, of their exposure."""
    table = exposure.table
    ids = [resolve(entity_id) for entity_id in table.texts("entity_id")]
    entities = tuple(sorted(set(ids) - {HOME}))
    entity_at = {entity_id: index for index, entity_id in enumerate(entities)}
    day_at = {number: index for index, number in enumerate(days.tolist())}
    shares = {n: _Hours.of(civil, date_of(n)) for n in days.tolist()}
    recorded = np.zeros((days.size, 24), np.float32)
    available = np.zeros((len(entities), days.size, 24), np.float32)
    own, own_sizes = codec.decode(table.texts("by_hour"))
    home, home_sizes = codec.decode(table.texts("home_by_hour"))
    own_ends, home_ends = np.cumsum(own_sizes), np.cumsum(home_sizes)
    for row in np.flatnonzero(np.array([i == HOME for i in ids], bool)):
        n = int(exposure.day[row])
        seconds = own[own_ends[row] - own_sizes[row] : own_ends[row]]
        recorded[day_at[n]] = shares[n].on_clock(seconds)
    person_rows = np.flatnonzero(home_sizes)
    at_home = np.zeros((days.size, 24), np.float32) if person_rows.size else None
    rows = np.flatnonzero(np.array([i != HOME for i in ids], bool))
    entity = np.array([entity_at.get(i, -1) for i in ids], np.int64)
    day = np.searchsorted(days, exposure.day)
    available[entity[rows], day[rows]] = recorded[day[rows]]
    for row in rows[own_sizes[rows] > 0].tolist():
        seconds = own[own_ends[row] - own_sizes[row] : own_ends[row]]
        available[entity[row], day[row]] = shares[int(exposure.day[row])].on_clock(
            seconds
        )
    for row in person_rows.tolist():
        assert at_home is not None
        seconds = home[home_ends[row] - home_sizes[row] : home_ends[row]]
        share = shares[int(exposure.day[row])].on_clock(seconds)
        np.maximum(at_home[day[row]], share, out=at_home[day[row]])
    return entities, available, recorded, at_home


@dataclass(frozen=True, slots=True)
class _Hours:
    """How the hours since a day's first instant lie on its clock.

    Attributes:
        clock: shape (hours,), the hour on the clock in which each begins.
        length: shape (24,), how many seconds each hour on the clock has.
    """

    clock: Numbers
    length: NDArray[np.float32]

    @classmethod
    def of(cls, civil: CivilTime, day: date) -> _Hours:
        start, end = civil.bounds(day)
        begins = np.arange(start, end, HOUR_MS, dtype=np.int64)
        clock = civil.wall(begins) % DAY_MS // HOUR_MS
        lengths = np.diff(np.append(begins, end)) / 1000
        return cls(clock, np.bincount(clock, lengths, minlength=24).astype(np.float32))

    def on_clock(self, seconds: Numbers) -> NDArray[np.float32]:
        """Return the share of each hour on the clock; of one that is skipped, 0."""
        sums = np.bincount(self.clock, seconds, minlength=24).astype(np.float32)
        share: NDArray[np.float32] = sums / np.maximum(self.length, 1)
        return share
