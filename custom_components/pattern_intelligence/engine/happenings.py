"""What counts as a happening: rules for each domain, and bouts.

Every row of the recorder is not one. A happening is the entry into a state that a
person would name: a light goes on, a cover opens, a player plays, somebody comes
home. Gaps, restarts, changed attributes and states on the way to another are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import MINUTE_MS, SECOND_MS
from .rawday import UNKNOWN_CARRY, RawDay, by_entity

BOUT_GAP_MS: Final = 5 * MINUTE_MS
"""Quiet time that ends a bout of a sensor that flickers."""

PRESS_SLACK_MS: Final = 5 * SECOND_MS
"""How far a press may lie from the row that announces it."""

GAP_STATES: Final = frozenset({"", "unavailable", "unknown"})
PRESSED: Final = "pressed"
ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class DomainRule:
    """How the states of a domain are read.

    Attributes:
        counted: the states whose entry is a happening; ``ANY`` for all.
        same_as: states that stand for another one.
        passing: states on the way to another; a row with one is passed over.
        bouts: the state whose repeated entries are one bout, if any; its end
            (``off``) then counts when the bout is over.
        pressed: the state is the time of the last press.
    """

    counted: frozenset[str] = frozenset({"on", "off"})
    same_as: tuple[tuple[str, str], ...] = ()
    passing: frozenset[str] = frozenset()
    bouts: str | None = None
    pressed: bool = False


_SWITCHED = DomainRule()
_FREE = DomainRule(counted=frozenset({ANY}))
_PRESS = DomainRule(pressed=True)
_OPENED = DomainRule(
    counted=frozenset({"open", "closed"}),
    same_as=(("opening", "open"), ("closing", "closed")),
)

RULES: Final[dict[str, DomainRule]] = {
    "alarm_control_panel": DomainRule(
        counted=frozenset({ANY}), passing=frozenset({"arming", "disarming", "pending"})
    ),
    "binary_sensor": DomainRule(bouts="on"),
    "button": _PRESS,
    "climate": _FREE,
    "cover": _OPENED,
    "device_tracker": _FREE,
    "event": _PRESS,
    "fan": _SWITCHED,
    "humidifier": _SWITCHED,
    "input_boolean": _SWITCHED,
    "input_button": _PRESS,
    "input_number": _FREE,
    "input_select": _FREE,
    "lawn_mower": DomainRule(counted=frozenset({"mowing", "docked"})),
    "light": _SWITCHED,
    "lock": DomainRule(
        counted=frozenset({"locked", "unlocked"}),
        same_as=(
            ("locking", "locked"),
            ("unlocking", "unlocked"),
            ("opening", "unlocked"),
            ("open", "unlocked"),
        ),
        passing=frozenset({"jammed"}),
    ),
    "media_player": DomainRule(
        counted=frozenset({"playing", "on", "off"}),
        same_as=(("buffering", "playing"), ("paused", "idle"), ("standby", "off")),
        bouts="playing",
    ),
    "number": _FREE,
    "person": _FREE,
    "remote": _SWITCHED,
    "scene": _PRESS,
    "script": DomainRule(counted=frozenset({"on"})),
    "select": _FREE,
    "sensor": _FREE,
    "siren": _SWITCHED,
    "switch": _SWITCHED,
    "vacuum": DomainRule(counted=frozenset({"cleaning", "docked"})),
    "valve": _OPENED,
    "water_heater": _FREE,
}


def domain_of(entity_id: str) -> str:
    """Return the domain of an entity id."""
    return entity_id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Happenings:
    """The happenings of one day, by entity, state and instant.

    Attributes:
        entity: shape (n,), index into the day's entities.
        state: shape (n,), index into ``states``.
        instant: shape (n,), UTC milliseconds.
        cause: shape (n,), codes of :mod:`.provenance`.
        states: the states entered, sorted.
    """

    entity: NDArray[np.int32]
    state: NDArray[np.int32]
    instant: NDArray[np.int64]
    cause: NDArray[np.int16]
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a recorded state of a domain means."""

    name: str
    gap: bool = False
    passing: bool = False
    counted: bool = False


def read_state(domain: str, state: str) -> Reading:
    """Return what a recorded state of a domain that has rules means."""
    if state in GAP_STATES:
        return Reading("", gap=True)
    rule = RULES[domain]
    if rule.pressed:
        return Reading(PRESSED, counted=True)
    if state in rule.passing:
        return Reading(state, passing=True)
    name = dict(rule.same_as).get(state, state)
    return Reading(name, counted=name in rule.counted or ANY in rule.counted)


def _pressed_at(state: str) -> int | None:
    try:
        moment = datetime.fromisoformat(state)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return int(moment.timestamp() * 1000)


def find_happenings(raw: RawDay) -> Happenings:
    """Return what happened on a day.

    A state counts when the row before it, of the same entity and the same run of
    Home Assistant, held another known state. What changed during a gap happened
    at a time nobody knows, so it does not count.

    Args:
        raw: the day's rows.

    Returns:
        The happenings, ordered by entity, then state, then instant.
    """
    domains = [domain_of(entity_id) for entity_id in raw.entities]
    order = by_entity(raw)
    entity, state = raw.entity[order], raw.state[order]
    instant, cause = raw.instant[order], raw.cause[order]

    width = max(len(raw.states), 1)
    readings, reading = _readings(domains, raw.states, entity, state, width)
    keep = ~np.array([r.passing for r in readings], bool)[reading]
    entity, state, instant = entity[keep], state[keep], instant[keep]
    cause, reading = cause[keep], reading[keep]

    names = sorted({r.name for r in readings})
    name_at = {name: index for index, name in enumerate(names)}
    name = np.array([name_at[r.name] for r in readings], np.int32)[reading]
    gap = np.array([r.gap for r in readings], bool)[reading]
    counted = np.array([r.counted for r in readings], bool)[reading]

    first = np.ones(entity.size, bool)
    first[1:] = entity[1:] != entity[:-1]
    before_name = np.roll(name, 1)
    before_gap = np.roll(gap, 1)
    before_name[first] = -1
    before_gap[first] = True
    for row in np.flatnonzero(first):
        carried = raw.carried[entity[row]]
        if carried != UNKNOWN_CARRY:
            before = read_state(domains[entity[row]], raw.states[carried])
            before_name[row] = name_at.get(before.name, -1)
            before_gap[row] = before.gap or before.passing

    changed = ~gap & ~before_gap & (name != before_name)
    changed &= ~_republished(raw, entity, instant)
    inside = _inside_bouts(domains, names, entity, before_name, name, instant, changed)
    found = changed & counted & ~inside
    found |= _presses(raw, domains, entity, state, instant)

    result = np.flatnonzero(found)
    result = result[np.lexsort((instant[result], name[result], entity[result]))]
    return Happenings(
        entity[result],
        name[result],
        instant[result],
        cause[result],
        tuple(names),
    )


def _readings(
    domains: Sequence[str],
    states: Sequence[str],
    entity: NDArray[np.int32],
    state: NDArray[np.int32],
    width: int,
) -> tuple[list[Reading], NDArray[np.int64]]:
    """Return the distinct readings of a day and which of them each row has."""
    distinct = sorted(set(domains))
    domain_at = {domain: index for index, domain in enumerate(distinct)}
    domain = np.array([domain_at[name] for name in domains], np.int64)
    pairs, reading = np.unique(domain[entity] * width + state, return_inverse=True)
    return [
        read_state(distinct[pair // width], states[pair % width])
        for pair in pairs.tolist()
    ], reading


def _republished(
    raw: RawDay, entity: NDArray[np.int32], instant: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell the first row of each entity after a start of Home Assistant."""
    starts = np.array(
        [start for start, _ in raw.recorded if start > raw.start], np.int64
    )
    run = np.searchsorted(starts, instant, "right")
    new_run = np.zeros(entity.size, bool)
    if entity.size:
        new_run[0] = run[0] > 0
        same = entity[1:] == entity[:-1]
        new_run[1:] = np.where(same, run[1:] != run[:-1], run[1:] > 0)
    return new_run


def _presses(
    raw: RawDay,
    domains: Sequence[str],
    entity: NDArray[np.int32],
    state: NDArray[np.int32],
    instant: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Tell the rows that announce a press: their state is (nearly) their instant."""
    pressed = np.array([RULES[domain].pressed for domain in domains], bool)
    found = np.zeros(entity.size, bool)
    for row in np.flatnonzero(pressed[entity]) if pressed.any() else ():
        moment = _pressed_at(raw.states[state[row]])
        repeated = (
            row > 0 and entity[row] == entity[row - 1] and state[row] == state[row - 1]
        )
        found[row] = (
            moment is not None
            and not repeated
            and abs(moment - int(instant[row])) <= PRESS_SLACK_MS
        )
    return found


def _inside_bouts(
    domains: Sequence[str],
    names: Sequence[str],
    entity: NDArray[np.int32],
    before: NDArray[np.int32],
    name: NDArray[np.int32],
    instant: NDArray[np.int64],
    changed: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell the entries and exits that lie within a bout of their entity.

    An exit followed by an entry within five minutes ends nothing, and that entry
    begins nothing.
    """
    inside = np.zeros(entity.size, bool)
    on = np.array(
        [names.index(b) if (b := RULES[d].bouts) in names else -2 for d in domains]
        or [-2],
        np.int32,
    )
    rows = np.flatnonzero(changed & (on[entity] >= 0))
    if rows.size < 2:
        return inside
    here, following = rows[:-1], rows[1:]
    broken = (
        (entity[here] == entity[following])
        & (before[here] == on[entity[here]])
        & (name[following] == on[entity[following]])
        & (instant[following] - instant[here] < BOUT_GAP_MS)
    )
    inside[here[broken]] = True
    inside[following[broken]] = True
    return inside
