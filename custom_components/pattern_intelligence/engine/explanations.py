"""Which pattern explains which: what a whole has to be for a part not to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from .civil import DAY_MINUTES, circular_minutes
from .contextual.sun_claims import SUN, hours_of
from .happenings import RULES, domain_of
from .home import Home
from .keys import Key
from .pattern import Finding, PatternType
from .seasonal.by_sun import is_the_suns
from .sun import SunEvent
from .tying import Thing, thing_of

SLACK_MINUTES: Final = 10.0
"""By how much an expected time may err."""

type Explains = Callable[[Finding, Finding, Home], bool]


def _things(found: Finding, home: Home) -> list[Thing]:
    """Return the devices, or entities without one, and the states of a finding."""
    return [thing_of(key, home) for key in found.entities]


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
        home.area_ids(key.entity_id) == (area_id,) and home.sees_people(key.entity_id)
        for area_id, key in zip(walk.area_ids, link.entities, strict=True)
    )


def is_use(use: Finding, time: Finding, home: Home) -> bool:
    """Tell whether a time is when something first or last is used in a room in use.

    Or when a movement sensor sees that it is. What keeps a time of its own does not
    follow the room.
    """
    own = time.entities[0]
    return (
        use.when is not None
        and time.when is not None
        and use.area_ids == home.area_ids(own.entity_id)
        and (time.when.anchor != "each" or home.sees_people(own.entity_id))
        and _within(time, use.when.earliest, use.when.latest)
    )


def of_several(parts: Sequence[tuple[int, Finding]], home: Home) -> list[int]:
    """Return the parts that a room stands for: one thing's time is that thing's."""
    things = {
        _things(found, home)[0][0]
        for _, found in parts
        if not home.sees_people(found.entities[0].entity_id)
    }
    return [
        at
        for at, found in parts
        if len(things) > 1 or home.sees_people(found.entities[0].entity_id)
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


def _does_all(sequence: Finding, session: Finding, home: Home) -> bool:
    """Tell whether the steps of a sequence are all there is to a session."""
    steps = {device for device, _ in _things(sequence, home)}
    return steps >= {
        device
        for key, (device, _) in zip(
            session.entities, _things(session, home), strict=True
        )
        if not home.sees_people(key.entity_id)
    }


def _has_member(session: Finding, time: Finding, home: Home) -> bool:
    """Tell whether a time is when a member of a session is begun, or ended."""
    if not session.when:
        return False
    begins, lasts = session.when, session.duration_s
    if _things(time, home)[0] in _things(session, home):
        return _within(time, begins.earliest, begins.latest)
    members = {key.entity_id: key for key in session.entities}
    own = time.entities[0]
    began = members.get(own.entity_id)
    return (
        began is not None
        and lasts is not None
        and _ends(began, own)
        and _within(
            time, begins.earliest + lasts.p10 / 60, begins.latest + lasts.p90 / 60
        )
    )


def _has_both(session: Finding, link: Finding, home: Home) -> bool:
    """Tell whether a link is between two members of a session."""
    return set(_things(link, home)) <= set(_things(session, home))


def _is_sat_in(session: Finding, use: Finding, home: Home) -> bool:
    """Tell whether a room comes into use since a session is held in it."""
    if not session.when or not use.when or session.area_ids != use.area_ids:
        return False
    lasts = session.duration_s.p90 / 60 if session.duration_s else 0.0
    return _within(use, session.when.earliest, session.when.latest + lasts)


def _is_of_such_days(shift: Finding, time: Finding, home: Home) -> bool:
    """Tell whether a time is the half of a shift between workdays and free days."""
    if not time.when or _things(time, home) != _things(shift, home):
        return False
    kind = shift.context["day_type"] if shift.context else ""
    usual = (5, 6) if kind == "free" else (0, 1, 2, 3, 4)
    days = shift.when.weekdays if shift.when else usual
    return (time.when.day_kind == kind or set(time.when.weekdays) <= set(days)) and (
        shift.when is None or _within(time, shift.when.earliest, shift.when.latest)
    )


def _is_step_of(whole: Finding, shift: Finding, home: Home) -> bool:
    """Tell whether what shifts is a step of a sequence, or a member of a session.

    At another time of the day than the whole it is a habit of its own.
    """
    if _things(shift, home)[0] not in _things(whole, home):
        return False
    lag = whole.lag_s.p90 / 60 if whole.lag_s else 0.0
    return not whole.when or (
        not shift.when or _within(shift, whole.when.earliest, whole.when.latest + lag)
    )


def _is_used_on(use: Finding, shift: Finding, home: Home) -> bool:
    """Tell whether what shifts sees people in a room that is used on such days."""
    own = shift.entities[0]
    return (
        use.area_ids == home.area_ids(own.entity_id)
        and home.sees_people(own.entity_id)
        and (
            not use.when
            or not shift.when
            or _within(shift, use.when.earliest, use.when.latest)
        )
    )


def _keeps_its_time(contextual: Finding, time: Finding, home: Home) -> bool:
    """Tell whether a time of day is that of a habit by the sun, or under a condition.

    What the sun explains better than the clock has moved with it.
    """
    if not time.when or _things(time, home) != _things(contextual, home):
        return False
    earliest, latest = hours_of(contextual, home)
    return _within(time, earliest, latest)


def _moves_with_the_sun(contextual: Finding, moving: Finding, home: Home) -> bool:
    """Tell whether a time moves, or swings, since the habit keeps to the sun."""
    context, move = contextual.context, moving.context
    return (
        context is not None
        and move is not None
        and context["kind"] == SUN
        and move["of"] == "time"
        and _keeps_its_time(contextual, moving, home)
        and is_the_suns(moving, SunEvent(context["anchor"]), home)
    )


def _has_it(whole: Finding, contextual: Finding, home: Home) -> bool:
    """Tell whether what depends on a state is done together with it anyway."""
    context = contextual.context
    if not context or context["kind"] != "state":
        return False
    things = [device for device, _ in _things(whole, home)]
    return {
        _things(contextual, home)[0][0],
        home.unit(context["entity_id"]),
    } <= set(things)


LARGER: Final[Mapping[PatternType, Mapping[PatternType, Explains]]] = {
    PatternType.SEQUENCE: {
        PatternType.CO_OCCURRENCE: _has_pair,
        PatternType.TIME_OF_DAY: _has_moment,
        PatternType.ROOM_BASED: _is_begun_by,
        PatternType.SESSION: _does_all,
        PatternType.DAY_TYPE: _is_step_of,
        PatternType.CONTEXTUAL: _has_it,
    },
    PatternType.SESSION: {
        PatternType.CO_OCCURRENCE: _has_both,
        PatternType.TIME_OF_DAY: _has_member,
        PatternType.ROOM_BASED: _is_sat_in,
        PatternType.DAY_TYPE: _is_step_of,
        PatternType.CONTEXTUAL: _has_it,
    },
    PatternType.ROOM_BASED: {
        PatternType.CO_OCCURRENCE: _is_walk,
        PatternType.TIME_OF_DAY: is_use,
        PatternType.DAY_TYPE: _is_used_on,
    },
    PatternType.DAY_TYPE: {PatternType.TIME_OF_DAY: _is_of_such_days},
    PatternType.CONTEXTUAL: {
        PatternType.TIME_OF_DAY: _keeps_its_time,
        PatternType.SEASONAL: _moves_with_the_sun,
    },
    PatternType.DURATION: {PatternType.TIME_OF_DAY: _is_run},
    PatternType.TIME_OF_DAY: {PatternType.ROOM_BASED: _is_all_of_it},
}
"""By the type of the whole, then of the part.

What people do stands before where they are, and that before how long.
"""
