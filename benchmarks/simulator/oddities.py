"""What is out of the ordinary: single evenings, and what goes wrong on known days."""

from dataclasses import replace

import numpy as np

from .clock import Bools, LocalClock
from .habits import stints
from .model import Runs
from .plan import Oddity, Plan
from .residents import Presence, inside
from .settle import settle
from .truth import PlantedOddity, Step

#: A binge: its first minute, and the minutes from one use to the next.
_BINGE_FROM, _BINGE_STEP = 1140.0, 11.0
#: How often, and between which minutes, something is used far too often.
_MANY, _MANY_FROM, _MANY_TO = 16, 600.0, 1320.0
#: The minutes of a night at which something is used that never is.
AT_NIGHT = (180.0, 197.0, 215.0)
#: Nights of no use between these minutes make that an hour at which it never is.
_NIGHT = (90.0, 300.0)
LEFT_ON_SECONDS = 9 * 3600.0
#: What is left on was switched on after this minute.
_LEFT_ON_FROM = 720.0
#: A steady habit is missed when nothing happens within so many minutes of it.
MISSED_WITHIN = 60.0


def binges(
    plan: Plan, index: dict[str, int], clock: LocalClock, rng: np.random.Generator
) -> list[Runs]:
    """Return the uses of single evenings."""
    found: list[Runs] = []
    for binge in plan.binges:
        minutes = _BINGE_FROM + _BINGE_STEP * np.arange(binge.times)
        at = clock.utc(binge.day, minutes + rng.uniform(-2, 2, binge.times))
        found.append(Runs.of(index[binge.entity_id], at, at + 120.0, habit=True))
    return found


def disturbed(
    plan: Plan,
    index: dict[str, int],
    clock: LocalClock,
    presence: Presence,
    runs: Runs,
    rng: np.random.Generator,
) -> tuple[Runs, tuple[PlantedOddity, ...]]:
    """Let go wrong what is to, on the days there are.

    Returns:
        All runs, and what did go wrong: what is used at night is only odd where the
        night has never seen it, and nothing is missed while nobody is home.
    """
    planted: list[PlantedOddity] = []
    for oddity in plan.oddities:
        if oddity.day >= clock.days - 1:
            continue
        number = index[oddity.entity_id]
        mine = runs.entity == number
        own = _disturb(plan, oddity, number, clock, presence, runs.take(mine), rng)
        if own is not None:
            runs = Runs.join([runs.take(~mine), own])
            planted.append(PlantedOddity(oddity.kind, oddity.entity_id, oddity.day))
    return runs, tuple(planted)


def _disturb(
    plan: Plan,
    oddity: Oddity,
    number: int,
    clock: LocalClock,
    presence: Presence,
    own: Runs,
    rng: np.random.Generator,
) -> Runs | None:
    """Return an entity's runs with the oddity, or None where it would be none."""
    day, minute = clock.local(own.start)
    waking, _ = clock.waking(own.start)
    on_the_day = (waking == oddity.day) | (day == oddity.day)
    match oddity.kind:
        case "silent":
            return own.take(day < oddity.day)
        case "none":
            return own.take(~on_the_day)
        case "missed":
            rule = next(r for r in plan.timed if r.step.entity_id == oddity.entity_id)
            near = (day == oddity.day) & (np.abs(minute - rule.minute) < MISSED_WITHIN)
            return own.take(~near) if near.any() else None
        case "left_on":
            return _left_on(own, (day == oddity.day) & (minute >= _LEFT_ON_FROM))
        case "hour":
            night = (minute > _NIGHT[0]) & (minute < _NIGHT[1])
            at = clock.utc(oddity.day, np.array(AT_NIGHT))
            if night.any() or not inside(presence.somebody, at).all():
                return None
        case "many":
            at = np.sort(
                clock.utc(oddity.day, rng.uniform(_MANY_FROM, _MANY_TO, _MANY))
            )
    active = plan.house.entities[number].active
    step = Step(oddity.entity_id, active)
    added = stints(plan.house, {step.entity_id: number}, step, at, rng)
    brief = replace(added, end=np.minimum(added.end, added.start + 300.0))
    return settle(Runs.join([own, brief]))


def _left_on(own: Runs, candidates: Bools) -> Runs | None:
    """Return runs of which the first candidate goes on for hours."""
    if not candidates.any():
        return None
    first = int(np.flatnonzero(candidates)[np.argmin(own.start[candidates])])
    end = own.end.copy()
    end[first] = own.start[first] + LEFT_ON_SECONDS
    swallowed = (own.start > own.start[first]) & (own.start < end[first] + 60)
    return replace(own, end=end).take(~swallowed)
