"""What rooms see: people who stay in one at its hours, and who go to another one."""

import numpy as np

from .clock import Floats, LocalClock
from .habits import Kept, keep
from .model import Runs
from .plan import MoveRule, Plan, RoomRule, TimedRule
from .residents import Presence
from .truth import PlantedHabit, Step

#: Who is in a room is seen this often, in seconds, and each time for so long.
_SEEN_EVERY = 240.0
_SEEN_FOR = (30.0, 170.0)
#: Acts in a room that are this close together (seconds) are one visit.
_VISIT = 150.0


def times_of(rule: RoomRule) -> TimedRule:
    """Return when a room's use begins, as a timed rule."""
    return TimedRule(
        name=rule.name,
        step=Step(rule.sensor, "on"),
        minute=rule.begin,
        sd=rule.sd,
        adherence=rule.adherence,
        weekdays=rule.weekdays,
    )


def stays(
    plan: Plan,
    index: dict[str, int],
    clock: LocalClock,
    presence: Presence,
    rng: np.random.Generator,
) -> tuple[list[Runs], tuple[tuple[RoomRule, Kept], ...]]:
    """Draw when rooms were in use, and what their sensors saw of it."""
    parts: list[Runs] = []
    kept: list[tuple[RoomRule, Kept]] = []
    for rule in plan.rooms:
        done = keep(times_of(rule), clock, presence, rng, told=plan.days)
        kept.append((rule, done))
        seen: list[Floats] = []
        for begin in done.instants.tolist():
            length = (rule.end - rule.begin) * 60 + rng.normal(0, rule.sd * 60)
            times = begin + np.cumsum(rng.exponential(_SEEN_EVERY, 200))
            seen.append(np.append(begin, times[times < begin + length]))
        at = np.concatenate(seen) if seen else np.zeros(0)
        until = at + rng.uniform(*_SEEN_FOR, len(at))
        parts.append(Runs.of(index[rule.sensor], at, until, habit=True))
    return parts, tuple(kept)


def moved(
    rules: tuple[MoveRule, ...],
    instants: Floats,
    rooms: list[str | None],
    rng: np.random.Generator,
) -> tuple[Floats, list[str]]:
    """Draw who goes on to another room after having been in one.

    Args:
        rules: Who goes where.
        instants: When somebody was seen to do something, ascending.
        rooms: In which room each time.
        rng: Where chance comes from.

    Returns:
        When people come to which room.
    """
    where = np.array([room or "" for room in rooms])
    arrived: list[Floats] = []
    targets: list[str] = []
    for rule in rules:
        own = instants[where == rule.origin]
        last = np.append(np.diff(own) > _VISIT, len(own) > 0)
        left = own[last[: len(own)]]
        goes = left[rng.random(len(left)) < rule.adherence]
        lag = rule.lag * np.exp(rng.normal(0, 0.3, len(goes)))
        arrived.append(goes + lag)
        targets += [rule.target] * len(goes)
    return (np.concatenate(arrived) if arrived else np.zeros(0)), targets


def room_truth(rule: RoomRule, kept: Kept, clock: LocalClock) -> PlantedHabit:
    """Return what a room's use makes true."""
    return PlantedHabit(
        name=rule.name,
        kind="room_based",
        steps=(Step(rule.sensor, "on"),),
        area_ids=(rule.area_id,),
        adherence=rule.adherence,
        minute=rule.begin,
        until=rule.end,
        sd=rule.sd,
        weekdays=rule.weekdays,
        first_day=clock.first_day,
        last_day=clock.date(clock.days - 1),
        eligible=tuple(kept.eligible.tolist()),
        kept=tuple(kept.days.tolist()),
        instants=tuple(kept.instants.tolist()),
    )


def move_truth(rule: MoveRule, clock: LocalClock) -> PlantedHabit:
    """Return what a way from room to room makes true."""
    return PlantedHabit(
        name=rule.name,
        kind="room_based",
        steps=(),
        area_ids=(rule.origin, rule.target),
        adherence=rule.adherence,
        lag=rule.lag,
        first_day=clock.first_day,
        last_day=clock.date(clock.days - 1),
    )
