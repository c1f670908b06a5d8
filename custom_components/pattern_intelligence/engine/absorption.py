"""Larger patterns absorb what they explain, for all types together.

A sequence stands for the links between its steps, a walk between rooms for the links
of their movement sensors, a time of use for the sensors' own times, a usual duration
for the time at which it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from .civil import DAY_MINUTES, circular_minutes
from .happenings import RULES, domain_of
from .home import Home
from .pattern import Finding, Json, PatternType
from .tables import Numbers
from .window import Key

COVERED: Final = 0.7
"""Share of a pattern's days that a larger one must have in common to stand for it."""

MOVEMENT: Final = frozenset({"motion", "moving", "occupancy", "presence"})
"""Device classes of what sees people, whatever they do."""

SLACK_MINUTES: Final = 10.0
"""By how much an expected time may err."""

type Explains = Callable[[Finding, Finding, Home], bool]


def absorb(findings: Sequence[Finding], home: Home) -> list[Finding]:
    """Return the findings that no larger one explains, in their order.

    Args:
        findings: of all types, each habit once within its type.
        home: tells which entities are of one device, and in which area.
    """
    owners = sorted(
        (at for at, found in enumerate(findings) if found.type in _LARGER),
        key=lambda at: (
            _ORDER.index(findings[at].type),
            -len(findings[at].entities),
            -findings[at].confidence,
            at,
        ),
    )
    absorbed: dict[int, list[Finding]] = {}
    gone: set[int] = set()
    for owner in owners:
        if owner in gone:
            continue
        for part, explains in _LARGER[findings[owner].type].items():
            parts = [
                at
                for at, found in enumerate(findings)
                if found.type is part
                and at not in gone
                and explains(findings[owner], found, home)
                and _covers(findings[owner], found)
            ]
            if explains is _is_use:
                parts = _of_several([(at, findings[at]) for at in parts], home)
            gone.update(parts)
            absorbed.setdefault(owner, []).extend(findings[at] for at in parts)
    return [
        _standing_for(found, absorbed.get(at, ()))
        for at, found in enumerate(findings)
        if at not in gone
    ]


def _covers(owner: Finding, part: Finding) -> bool:
    """Tell whether most days of a part are days of the whole.

    A habit-day is centred on its time, so that the days of what happens around
    midnight may be numbered one apart.
    """
    times = [found.when.time for found in (owner, part) if found.when]
    apart = (-1, 0, 1) if any(map(_by_midnight, times)) else (0,)
    shared = max(_shared(owner.matched + days, part.matched) for days in apart)
    return shared >= COVERED * part.matched.size


def _by_midnight(minute: float) -> bool:
    return abs(circular_minutes(minute)) < DAY_MINUTES / 8


def _shared(days: Numbers, others: Numbers) -> int:
    return int(np.isin(others, days, assume_unique=True).sum())


def _things(found: Finding, home: Home) -> list[tuple[str, str]]:
    """Return the devices, or entities without one, and the states of a finding."""
    return [
        (home.entity(key.entity_id).device_id or key.entity_id, key.state)
        for key in found.entities
    ]


def _has_pair(sequence: Finding, link: Finding, home: Home) -> bool:
    """Tell whether a link leads from a step to a later one."""
    steps = iter(_things(sequence, home))
    return all(thing in steps for thing in _things(link, home))


def _has_moment(sequence: Finding, time: Finding, home: Home) -> bool:
    """Tell whether a time is that of a step of a sequence that starts on time."""
    if not sequence.when or not sequence.lag_s:
        return False
    if _things(time, home)[0] not in _things(sequence, home):
        return False
    return _within(
        time,
        sequence.when.earliest,
        sequence.when.latest + sequence.lag_s.p90 / 60,
    )


def _within(found: Finding, earliest: float, latest: float) -> bool:
    """Tell whether a time lies between two others of the clock, or nearly so."""
    if not found.when:
        return False
    reach = (latest - earliest) % DAY_MINUTES / 2
    middle = earliest + reach
    apart = abs(circular_minutes(found.when.time - middle))
    return apart <= reach + SLACK_MINUTES


def _is_walk(walk: Finding, link: Finding, home: Home) -> bool:
    """Tell whether a link is one room's movement sensor after the other's."""
    return len(walk.area_ids) == len(link.entities) == 2 and all(
        home.area_ids(key.entity_id) == (area_id,) and _sees_people(key, home)
        for area_id, key in zip(walk.area_ids, link.entities, strict=True)
    )


def _sees_people(key: Key, home: Home) -> bool:
    return home.entity(key.entity_id).device_class in MOVEMENT


def _is_use(use: Finding, time: Finding, home: Home) -> bool:
    """Tell whether a time is when something first or last is used in a room in use.

    Or when a movement sensor sees that it is. What keeps a time of its own does not
    follow the room.
    """
    own = time.entities[0]
    return (
        use.when is not None
        and time.when is not None
        and use.area_ids == home.area_ids(own.entity_id)
        and (time.when.anchor != "each" or _sees_people(own, home))
        and _within(time, use.when.earliest, use.when.latest)
    )


def _of_several(parts: Sequence[tuple[int, Finding]], home: Home) -> list[int]:
    """Return the parts that a room stands for: one thing's time is that thing's."""
    things = {
        _things(found, home)[0][0]
        for _, found in parts
        if not _sees_people(found.entities[0], home)
    }
    return [
        at
        for at, found in parts
        if len(things) > 1 or _sees_people(found.entities[0], home)
    ]


def _is_run(run: Finding, time: Finding, home: Home) -> bool:
    """Tell whether a time is when a usual duration begins or ends."""
    if not run.when or not run.duration_s:
        return False
    (began,), (told,) = run.entities, time.entities
    if began.entity_id != told.entity_id:
        return False
    lasts = run.duration_s
    if began == told:
        return _within(time, run.when.earliest, run.when.latest)
    return _ends(began, told) and _within(
        time,
        run.when.earliest + lasts.p10 / 60,
        run.when.latest + lasts.p90 / 60,
    )


def _ends(began: Key, told: Key) -> bool:
    """Tell whether entering a state ends another one: there is no third."""
    domain = domain_of(began.entity_id)
    if domain == "person":
        # Being away ends at home, wherever else somebody was.
        return (began.state, told.state) == ("not_home", "home")
    rule = RULES.get(domain)
    return rule is not None and rule.counted == {began.state, told.state}


def _is_all_of_it(time: Finding, use: Finding, home: Home) -> bool:
    """Tell whether a room comes into use by one thing, at that thing's time."""
    own = time.entities[0].entity_id
    devices = {each["entity_id"] for each in use.details.get("devices", ())}
    return devices <= {own} and _begins_use(time, own, use, home)


def _is_begun_by(sequence: Finding, use: Finding, home: Home) -> bool:
    """Tell whether a room comes into use since a sequence is begun in it."""
    return _begins_use(sequence, sequence.entities[0].entity_id, use, home)


def _begins_use(owner: Finding, entity_id: str, use: Finding, home: Home) -> bool:
    return (
        use.when is not None
        and use.area_ids == home.area_ids(entity_id)
        and _within(owner, use.when.earliest, use.when.latest)
    )


_LARGER: Final[Mapping[PatternType, Mapping[PatternType, Explains]]] = {
    PatternType.SEQUENCE: {
        PatternType.CO_OCCURRENCE: _has_pair,
        PatternType.TIME_OF_DAY: _has_moment,
        PatternType.ROOM_BASED: _is_begun_by,
    },
    PatternType.ROOM_BASED: {
        PatternType.CO_OCCURRENCE: _is_walk,
        PatternType.TIME_OF_DAY: _is_use,
    },
    PatternType.DURATION: {PatternType.TIME_OF_DAY: _is_run},
    PatternType.TIME_OF_DAY: {PatternType.ROOM_BASED: _is_all_of_it},
}

_ORDER: Final = tuple(_LARGER)
"""What people do stands before where they are, and that before how long."""


def _standing_for(owner: Finding, parts: Sequence[Finding]) -> Finding:
    """Return a finding that tells what it stands for."""
    if not parts:
        return owner
    told: list[Json] = [
        {
            "type": part.type.value,
            "entities": [
                {"entity_id": key.entity_id, "state": key.state or None}
                for key in part.entities
            ],
            "area_ids": list(part.area_ids),
            "when": part.when.as_json() if part.when else None,
            "lag_s": part.lag_s.as_json() if part.lag_s else None,
            "confidence": round(part.confidence, 3),
            "companions": [],
            **part.details,
        }
        for part in parts
    ]
    return replace(owner, details={**owner.details, "stands_for": told})
