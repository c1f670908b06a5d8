"""From a day's rows to its base tables: everything later stages will ever see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import HOUR_MS, SECOND_MS
from .consumption import summarize_consumption
from .context import summarize_context
from .happenings import GAP_STATES, domain_of, find_happenings
from .lasting import summarize_runs
from .provenance import AUTOMATION, USER
from .rawday import UNKNOWN_CARRY, RawDay, by_entity
from .tables import (
    CONSUMPTION,
    CONTEXT,
    EXPOSURE,
    HAPPENINGS,
    HOME,
    RUNS,
    Numbers,
    Table,
)

PERSON = "person"
AT_HOME = "home"


def summarize(raw: RawDay) -> dict[str, Table]:
    """Return the base tables of a day.

    A pure function of the day's rows: reading the day again gives equal tables.

    Args:
        raw: the day's rows.

    Returns:
        The tables of :data:`.tables.DAY_TABLES` by name.
    """
    return {
        HAPPENINGS.name: _happenings(raw),
        EXPOSURE.name: _exposure(raw),
        RUNS.name: summarize_runs(raw),
        CONTEXT.name: summarize_context(raw),
        CONSUMPTION.name: summarize_consumption(raw),
    }


def _happenings(raw: RawDay) -> Table:
    found = find_happenings(raw)
    key = found.entity.astype(np.int64) * max(len(found.states), 1) + found.state
    _, starts, lengths = np.unique(key, return_index=True, return_counts=True)
    offset = found.instant - raw.start
    entity = [raw.entities[i] for i in found.entity[starts].tolist()]
    causes, automations = _causes(raw, found.cause, starts, lengths)
    return Table(
        HAPPENINGS,
        {
            "entity_id": tuple(entity),
            "state": tuple(found.states[i] for i in found.state[starts].tolist()),
            "count": lengths.astype(np.int64),
            "first_ms": offset[starts],
            "last_ms": offset[starts + lengths - 1],
            "user": _count(found.cause == USER, starts),
            "automation": _count(found.cause >= AUTOMATION, starts),
            "instants": tuple(codec.encode_increasing(offset, lengths)),
            "causes": causes,
            "automations": automations,
        },
    )


def _count(which: NDArray[np.bool_], starts: NDArray[np.intp]) -> Numbers:
    if not starts.size:
        return np.zeros(0, np.int64)
    return np.add.reduceat(which.astype(np.int64), starts)


def _causes(
    raw: RawDay,
    cause: NDArray[np.int16],
    starts: NDArray[np.intp],
    lengths: NDArray[np.intp],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return each row's codes, renumbered to the automations that it names."""
    codes: list[NDArray[np.int64]] = []
    names: list[str] = []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        own = cause[start : start + length].astype(np.int64)
        named = np.unique(own[own > AUTOMATION])
        names.append(" ".join(raw.automations[i - AUTOMATION] for i in named))
        if named.size:
            renamed = AUTOMATION + 1 + np.searchsorted(named, own)
            own = np.where(own > AUTOMATION, renamed, own)
        codes.append(own if own.any() else own[:0])
    flat = np.concatenate(codes) if codes else np.zeros(0, np.int64)
    return tuple(codec.encode(flat, np.array([c.size for c in codes]))), tuple(names)


def _exposure(raw: RawDay) -> Table:
    hours = -((raw.start - raw.end) // HOUR_MS)
    recorded = by_hour(raw.recorded, raw.start, hours)
    rows: dict[str, tuple[Numbers, Numbers | None, str, str]] = {
        HOME: (recorded, None, "", "")
    }
    gaps = np.array([state in GAP_STATES for state in raw.states], bool)
    for own in _entity_days(raw):
        rows[own.entity_id] = _exposed(raw, own, gaps, recorded)
    ids = tuple(sorted(rows))
    seconds = [rows[i][0] for i in ids]
    at_home = [_or_nothing(rows[i][1]) for i in ids]
    differs = [
        own if i == HOME or not np.array_equal(own, recorded) else own[:0]
        for i, own in zip(ids, seconds, strict=True)
    ]
    return Table(
        EXPOSURE,
        {
            "entity_id": ids,
            "seconds": np.array([int(own.sum()) for own in seconds], np.int64),
            "by_hour": _encoded(differs),
            "home_by_hour": _encoded(at_home),
            "carried_in": tuple(rows[i][2] for i in ids),
            "carried_out": tuple(rows[i][3] for i in ids),
        },
    )


def _or_nothing(values: Numbers | None) -> Numbers:
    return np.zeros(0, np.int64) if values is None else values


def _encoded(values: list[Numbers]) -> tuple[str, ...]:
    return tuple(
        codec.encode(np.concatenate(values), np.array([v.size for v in values]))
    )


@dataclass(frozen=True, slots=True)
class _EntityDay:
    """One entity's rows of a day in order.

    Attributes:
        entity_id: the entity.
        carried: index of the state carried into the day, or ``UNKNOWN_CARRY``.
        state: shape (rows,), indices into the day's states.
        instant: shape (rows,), UTC milliseconds, ascending.
    """

    entity_id: str
    carried: int
    state: NDArray[np.int32]
    instant: NDArray[np.int64]


def _entity_days(raw: RawDay) -> list[_EntityDay]:
    order = by_entity(raw)
    state, instant = raw.state[order], raw.instant[order]
    edges = np.searchsorted(raw.entity[order], np.arange(len(raw.entities) + 1))
    return [
        _EntityDay(entity_id, int(raw.carried[i]), state[a:b], instant[a:b])
        for i, (entity_id, a, b) in enumerate(
            zip(raw.entities, edges[:-1], edges[1:], strict=True)
        )
    ]


def _exposed(
    raw: RawDay, own: _EntityDay, gaps: NDArray[np.bool_], recorded: Numbers
) -> tuple[Numbers, Numbers | None, str, str]:
    """Return an entity's seconds by hour, those at home, and what it carries."""
    carried_in = raw.states[own.carried] if own.carried != UNKNOWN_CARRY else ""
    carried_out = raw.states[own.state[-1]] if own.state.size else carried_in
    person = domain_of(own.entity_id) == PERSON
    available, at_home = recorded, None
    if person or carried_in in GAP_STATES or gaps[own.state].any():
        states = [carried_in] + [raw.states[i] for i in own.state.tolist()]
        edges = [raw.start, *own.instant.tolist(), raw.end]
        spans = list(zip(edges[:-1], edges[1:], states, strict=True))
        known = [(a, b) for a, b, state in spans if state not in GAP_STATES]
        hours = recorded.size
        available = by_hour(_both(known, raw.recorded), raw.start, hours)
        if person:
            home = [(a, b) for a, b, state in spans if state == AT_HOME]
            at_home = by_hour(_both(home, raw.recorded), raw.start, hours)
    return available, at_home, carried_in, carried_out


def _both(
    spans: Iterable[tuple[int, int]], others: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return where two lists of intervals overlap."""
    others = list(others)
    return [
        (max(a, c), min(b, d))
        for a, b in spans
        for c, d in others
        if max(a, c) < min(b, d)
    ]


def by_hour(spans: Iterable[tuple[int, int]], start: int, hours: int) -> Numbers:
    """Return how many seconds of each hour the intervals cover.

    Args:
        spans: disjoint intervals in UTC milliseconds.
        start: the first instant of the first hour.
        hours: how many hours.

    Returns:
        Shape (hours,), whole seconds, rounded down.
    """
    edges = start + HOUR_MS * np.arange(hours + 1, dtype=np.int64)
    covered = np.zeros(hours, np.int64)
    for first, last in spans:
        clipped = np.clip(edges, first, last)
        covered += np.diff(clipped)
    return covered // SECOND_MS
