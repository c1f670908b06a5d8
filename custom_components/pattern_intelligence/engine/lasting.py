"""Which states last in a way that a person would name: rules for each domain.

That a light is on for two hours says something, that it is off is merely the rest of
the day. How long a day's states lasted is found here; days are joined by
:mod:`.runs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import codec
from .happenings import ANY, domain_of, read_state
from .rawday import UNKNOWN_CARRY, RawDay, by_entity
from .runs import (
    CARRIED_IN,
    CARRIED_OUT,
    UNSEEN_BEGIN,
    UNSEEN_END,
    Fragments,
    flickers,
    join,
)
from .tables import RUNS, Numbers, Table, empty

AWAY: Final = "not_home"
"""Stands for wherever somebody is who is not at home: a trip is one absence."""


@dataclass(frozen=True, slots=True)
class LastingRule:
    """Of which states of a domain it is told how long they last.

    Attributes:
        states: those states; ``ANY`` for all but the resting one.
        resting: the state in which nothing goes on.
        away: every state but the resting one stands for being away.
    """

    states: frozenset[str] = frozenset({"on"})
    resting: str = ""
    away: bool = False


_SWITCHED = LastingRule()
_MODES = LastingRule(frozenset({ANY}))
_OPENED = LastingRule(frozenset({"open"}))
_HEATED = LastingRule(frozenset({ANY}), resting="off")
_PLACES = LastingRule(frozenset({ANY}), resting="home", away=True)

LASTING: Final[dict[str, LastingRule]] = {
    "alarm_control_panel": LastingRule(frozenset({ANY}), resting="disarmed"),
    "binary_sensor": _SWITCHED,
    "climate": _HEATED,
    "cover": _OPENED,
    "device_tracker": _PLACES,
    "fan": _SWITCHED,
    "humidifier": _SWITCHED,
    "input_boolean": _SWITCHED,
    "input_select": _MODES,
    "lawn_mower": LastingRule(frozenset({"mowing"})),
    "light": _SWITCHED,
    "lock": LastingRule(frozenset({"unlocked"})),
    "media_player": LastingRule(frozenset({"playing", "on"})),
    "person": _PLACES,
    "remote": _SWITCHED,
    "select": _MODES,
    "sensor": _MODES,
    "siren": _SWITCHED,
    "switch": _SWITCHED,
    "vacuum": LastingRule(frozenset({"cleaning"})),
    "valve": _OPENED,
    "water_heater": _HEATED,
}

_GAP: Final = -1
_OTHER: Final = -2
_PASSING: Final = -3


def summarize_runs(raw: RawDay) -> Table:
    """Return the :data:`.tables.RUNS` of a day.

    Args:
        raw: the day's rows.
    """
    if not raw.entities:
        return empty(RUNS)
    found, states = find_runs(raw)
    _, starts, lengths = np.unique(found.key, return_index=True, return_counts=True)
    rows = found.key[starts]
    width = max(len(states), 1)
    offsets = np.stack((found.begin, found.end), axis=1).reshape(-1) - raw.start
    unseen = found.unseen.astype(np.int64)
    told = np.logical_or.reduceat(unseen > 0, starts) if starts.size else starts > 0
    carried = found.carried.astype(np.int64)
    return Table(
        RUNS,
        {
            "entity_id": tuple(raw.entities[key // width] for key in rows.tolist()),
            "state": tuple(states[key % width] for key in rows.tolist()),
            "carried": np.bitwise_or.reduceat(carried, starts)
            if starts.size
            else np.zeros(0, np.int64),
            "spans": tuple(codec.encode_increasing(offsets, 2 * lengths)),
            "unseen": tuple(
                codec.encode(
                    unseen[np.repeat(told, lengths)], np.where(told, lengths, 0)
                )
            ),
        },
    )


def find_runs(raw: RawDay) -> tuple[Fragments, tuple[str, ...]]:
    """Return how long the states of a day lasted within it.

    A run's begin is seen when the row before it, of the same entity and the same run
    of Home Assistant, held another known state; its end when the row after it does.

    Args:
        raw: the day's rows; of one entity at least.

    Returns:
        The day's fragments, ordered by key and begin, and the states there are; a
        key is an entity's index times the number of states, plus the state's.
    """
    entity, instant, state, states = _held(raw)
    starts, stops = _recorded_from(raw)
    session = np.searchsorted(starts, instant, "right")
    # A carried state comes first, and is older than any start of Home Assistant.
    same = np.append(False, (entity[1:] == entity[:-1]) & (session[1:] == session[:-1]))
    changed = np.flatnonzero(~same | np.append(True, state[1:] != state[:-1]))
    entity, state, session = entity[changed], state[changed], session[changed]
    last = (
        instant[np.append(changed[1:], instant.size) - 1] if changed.size else instant
    )
    instant, same = instant[changed], same[changed]
    known = state != _GAP

    goes_on = np.append(same[1:], False)
    stop = np.maximum(stops[session], last)
    end = np.where(goes_on, np.append(instant[1:], 0), stop)
    ended = goes_on & np.append(known[1:], False)
    begun = same & np.append(False, known[:-1])
    carried_in = np.append(True, entity[1:] != entity[:-1])
    carried_out = ~goes_on & (end == raw.end)

    own = np.flatnonzero(state >= 0)
    key = entity[own].astype(np.int64) * max(len(states), 1) + state[own]
    order = np.argsort(key, kind="stable")
    own, key = own[order], key[order]
    carried = carried_in * CARRIED_IN + carried_out * CARRIED_OUT
    unseen = ~(begun | carried_in) * UNSEEN_BEGIN + ~(ended | carried_out) * UNSEEN_END
    found = Fragments(
        key,
        instant[own],
        end[own],
        carried[own].astype(np.int8),
        unseen[own].astype(np.int8),
    )
    return join(found, _flickering(raw, states, key)), states


def _flickering(
    raw: RawDay, states: tuple[str, ...], key: Numbers
) -> NDArray[np.bool_]:
    width = max(len(states), 1)
    which = np.zeros(len(raw.entities) * width, bool)
    for code in np.unique(key).tolist():
        which[code] = flickers(raw.entities[code // width], states[code % width])
    return which[key]


def _held(
    raw: RawDay,
) -> tuple[NDArray[np.int32], Numbers, NDArray[np.int32], tuple[str, ...]]:
    """Return what lasting states the entities were in, the one carried in first.

    Returns:
        Entities, ascending; instants, ascending within an entity, the day's start for
        the state carried in; states as index into the names that come last, or less
        than 0.
    """
    domains = [domain_of(entity_id) for entity_id in raw.entities]
    distinct = sorted(set(domains))
    width = max(len(raw.states), 1)
    number = {domain: index for index, domain in enumerate(distinct)}
    base = np.array([number[domain] for domain in domains], np.int64) * width
    order = by_entity(raw)
    entity = raw.entity[order]
    reading = base[entity] + raw.state[order]
    carried = np.where(raw.carried == UNKNOWN_CARRY, -1, base + raw.carried)

    used = np.zeros(len(distinct) * width, bool)
    used[reading] = True
    used[carried[carried >= 0]] = True
    read = {
        code: lasting_state(distinct[code // width], raw.states[code % width])
        for code in np.flatnonzero(used).tolist()
    }
    names = tuple(sorted({name for name in read.values() if isinstance(name, str)}))
    place = {name: index for index, name in enumerate(names)}
    meaning = np.full(used.size + 1, _GAP, np.int32)
    for code, name in read.items():
        meaning[code] = place[name] if isinstance(name, str) else name

    covered = bool(raw.recorded) and raw.recorded[0][0] <= raw.start
    before = meaning[carried] if covered else np.full(carried.size, _GAP, np.int32)
    state = meaning[reading]
    kept = state != _PASSING
    entity, state, instant = entity[kept], state[kept], raw.instant[order][kept]
    at = np.searchsorted(entity, np.arange(len(raw.entities)))
    return (
        np.insert(entity, at, np.arange(len(raw.entities), dtype=np.int32)),
        np.insert(instant, at, raw.start),
        np.insert(state, at, np.where(before == _PASSING, _GAP, before)),
        names,
    )


def lasting_state(domain: str, state: str) -> str | int:
    """Return the name of a lasting state, or a code below 0 for what is none."""
    reading = read_state(domain, state)
    rule = LASTING.get(domain)
    if reading.gap:
        return _GAP
    if reading.passing:
        return _PASSING
    if rule is None or reading.name == rule.resting:
        return _OTHER
    if rule.away:
        return AWAY
    return reading.name if rule.states & {ANY, reading.name} else _OTHER


def _recorded_from(raw: RawDay) -> tuple[Numbers, Numbers]:
    """Return when Home Assistant started on a day, and when each run of it ended.

    The run that was there when the day began comes first among the ends.
    """
    later = [(start, end) for start, end in raw.recorded if start > raw.start]
    before = [end for start, end in raw.recorded if start <= raw.start]
    return (
        np.array([start for start, _ in later], np.int64),
        np.array([*(before or [raw.start])[-1:], *(end for _, end in later)], np.int64),
    )
