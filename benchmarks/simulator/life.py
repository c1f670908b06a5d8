"""Lives the days of a household: from its plan to what really happened."""

from dataclasses import dataclass, replace

import numpy as np

from .clock import DAY_SECONDS, Floats, LocalClock
from .conditions import conditional
from .habits import (
    Kept,
    arrivals,
    by_automation,
    follow,
    keep,
    keep_routine,
    respects,
    routine_steps,
    stints,
)
from .model import Entity, Runs
from .noise import arrived, motion, uses, walks
from .oddities import binges, disturbed
from .plan import ConditionRule, Plan, RoomRule, RoutineRule, SittingRule, TimedRule
from .residents import Presence, inside, live
from .settle import settle
from .sittings import sat
from .truth import Condition, PlantedOddity, Step
from .wander import moved, stays

DOOR = "binary_sensor.front_door"


@dataclass(frozen=True, slots=True)
class Life:
    """What happened: all runs, who was there, and how the timed rules were kept.

    `fires` are the instants at which automations fired, by the numbers that the
    runs' `fire` columns hold, with the entity id of each. `stays` are how rooms were
    used, `oddities` what went wrong, `sittings` when people sat in rooms, `conditions`
    what was done when one held.
    """

    runs: Runs
    presence: Presence
    kept: tuple[tuple[TimedRule | RoutineRule, Kept], ...]
    fires: tuple[tuple[float, str], ...]
    stays: tuple[tuple[RoomRule, Kept], ...] = ()
    oddities: tuple[PlantedOddity, ...] = ()
    sittings: tuple[tuple[SittingRule, Kept], ...] = ()
    conditions: tuple[tuple[ConditionRule, Condition, Kept], ...] = ()


def live_days(
    plan: Plan,
    clock: LocalClock,
    free: np.ndarray,
    rng: np.random.Generator,
    *,
    frozen: bool = False,
) -> Life:
    """Live through the days of a span.

    Args:
        plan: The household and its rules.
        clock: The span of days.
        free: Whether each day is a weekend or a public holiday.
        rng: Where chance comes from.
        frozen: Whether rules stay as they stand after the last day, and nobody goes
            on holiday: for proofs on fresh days.
    """
    vacation = None if frozen else plan.vacation
    presence = live(plan.residents, clock, free, vacation, rng)
    house = plan.house
    index = {entity.entity_id: n for n, entity in enumerate(house.entities)}
    fires: list[tuple[float, str]] = []
    parts: list[Runs] = [_coming_and_going(plan, index, clock, presence, rng)]
    kept: list[tuple[TimedRule | RoutineRule, Kept]] = []
    noise = uses(plan, clock, presence, rng)
    for rule in plan.timed:
        done = keep(rule, clock, presence, rng, told=plan.days, frozen=frozen)
        kept.append((rule, done))
        if rule.automation is not None:
            parts.append(_automated(plan, index, rule, done, fires, rng))
            continue
        people = not rule.device
        parts.append(stints(house, index, rule.step, done.instants, rng, people=people))
        if rule.anchor != "each":
            mine = noise.entity == index[rule.step.entity_id]
            fits = respects(noise.take(mine), done, rule, clock)
            drop = np.flatnonzero(mine)[~fits]
            noise = noise.take(np.delete(np.arange(len(noise)), drop))
    for routine in plan.routines:
        done = keep_routine(routine, clock, presence, rng, frozen=frozen)
        kept.append((routine, done))
        people = routine.automation is None
        fired = np.arange(len(done.instants)) + len(fires)
        if routine.automation is not None:
            fires += [(at, routine.automation) for at in done.instants.tolist()]
        for step, instants in routine_steps(routine, done, rng):
            own = stints(house, index, step, instants, rng, people=people)
            parts.append(own if people else by_automation(own, fired))
    if not frozen:
        parts += binges(plan, index, clock, rng)
    stayed, stays_kept = stays(plan, index, clock, presence, rng)
    parts += stayed
    runs = _linked(plan, index, settle(Runs.join([*parts, noise])), rng)
    runs = _seen(plan, clock, presence, index, runs, rng)
    if plan.hall is not None:
        runs = _hall(plan.hall, index, clock, runs, fires, rng)
    runs = _persons(index, clock, presence, runs)
    oddities: tuple[PlantedOddity, ...] = ()
    if not frozen:
        runs, oddities = disturbed(plan, index, clock, presence, runs, rng)
    # By chances of their own: the rest of a home is as if they were not.
    chance = rng.spawn(2)
    sittings, sittings_kept = sat(plan, clock, presence, chance[0])
    further, conditions = conditional(plan, clock, presence, fires, chance[1])
    runs = Runs.join([runs, sittings, further])
    begin, end = clock.utc(0, 0.0), clock.utc(clock.days, 0.0)
    within = (runs.start < end) & (runs.end > begin)
    return Life(
        runs.take(within),
        presence,
        tuple(kept),
        tuple(fires),
        stays_kept,
        oddities,
        sittings_kept,
        conditions,
    )


def entered(runs: Runs, entity: int, *, active: bool) -> Floats:
    """Return when an entity entered its active state, or the one of rest."""
    mine = runs.entity == entity
    return np.sort(runs.start[mine] if active else runs.end[mine])


def _coming_and_going(
    plan: Plan,
    index: dict[str, int],
    clock: LocalClock,
    presence: Presence,
    rng: np.random.Generator,
) -> Runs:
    """Open the front door for who leaves, and for who comes home."""
    planned = {rule.resident for rule in plan.routines if rule.arrival}
    moments: list[Floats] = []
    for number, home in enumerate(presence.home):
        moments.append(home[:-1, 1] - rng.uniform(30, 120, len(home) - 1))
        if number not in planned:
            back = arrivals(home, clock)
            moments.append(back + rng.uniform(30, 150, len(back)))
    opened = np.concatenate(moments)
    opened = opened[rng.random(len(opened)) < 0.93]
    return stints(plan.house, index, Step(DOOR, "on"), opened, rng)


def _automated(
    plan: Plan,
    index: dict[str, int],
    rule: TimedRule,
    kept: Kept,
    fires: list[tuple[float, str]],
    rng: np.random.Generator,
) -> Runs:
    """Let an automation switch something on, and off after some hours."""
    numbers = np.arange(len(kept.instants)) + len(fires)
    fires.extend((at, str(rule.automation)) for at in kept.instants.tolist())
    return Runs.of(
        index[rule.step.entity_id],
        kept.instants,
        kept.instants + rng.uniform(9000, 9300, len(kept.instants)),
        habit=True,
        fire=numbers,
        people=False,
    )


def _linked(
    plan: Plan, index: dict[str, int], runs: Runs, rng: np.random.Generator
) -> Runs:
    """Add the effects of links, in the order in which the plan names them."""
    for rule in plan.links:
        cause = index[rule.cause.entity_id]
        active = rule.cause.state == plan.house.entities[cause].active
        effects = follow(rule, entered(runs, cause, active=active), rng)
        added = stints(plan.house, index, rule.effect, np.sort(effects), rng)
        mine = runs.entity == index[rule.effect.entity_id]
        settled = settle(Runs.join([runs.take(mine), added]))
        runs = Runs.join([runs.take(~mine), settled])
    return runs


def _seen(
    plan: Plan,
    clock: LocalClock,
    presence: Presence,
    index: dict[str, int],
    runs: Runs,
    rng: np.random.Generator,
) -> Runs:
    """Let motion sensors see what people do, and how they walk about."""
    house = plan.house
    wander, rooms, target = walks(plan, clock, presence, rng)
    areas = [entity.area_id for entity in house.entities]
    names = (*rooms, *(sorted({a for a in areas if a and a not in rooms})), None)
    place = {name: number for number, name in enumerate(names)}
    lookup = np.array([place[area] for area in areas], np.int32)
    acts = runs.take(runs.people)
    # What is not meant happens by itself while everybody is asleep or away.
    began = ~acts.by_end | inside(presence.anybody_up, acts.start)
    ended = inside(presence.anybody_up, acts.end) & (rng.random(len(acts)) < 0.7)
    ended |= acts.by_end
    triggers = np.concatenate([acts.start[began], acts.end[ended], wander])
    where = np.concatenate(
        [
            lookup[acts.entity[began]],
            lookup[acts.entity[ended]],
            target.astype(np.int32),
        ]
    )
    order = np.argsort(triggers, kind="stable")
    triggers, where = triggers[order], where[order]
    seen = motion(plan, triggers, names, where, rng)
    if plan.moves:
        rooms_of = [names[room] for room in where.tolist()]
        came, targets = moved(plan.moves, triggers, rooms_of, rng)
        seen = Runs.join([seen, arrived(plan, came, targets, rng)])
    return Runs.join([runs, settle(seen)])


def _hall(
    hall: tuple[str, str],
    index: dict[str, int],
    clock: LocalClock,
    runs: Runs,
    fires: list[tuple[float, str]],
    rng: np.random.Generator,
) -> Runs:
    """Let an automation light the hallway for a while when it is dark."""
    sensor, light = index[hall[0]], index[hall[1]]
    seen = entered(runs, sensor, active=True)
    _, minute = clock.local(seen)
    seen = seen[(minute < 470) | (minute > 1070)]
    lit: list[float] = []
    dark: list[float] = []
    for at in seen.tolist():
        if dark and at < dark[-1] + 5:
            continue
        lit.append(at + 0.4)
        dark.append(at + 0.4 + float(rng.uniform(100, 140)))
    numbers = np.arange(len(lit)) + len(fires)
    fires.extend((at, "automation.hall") for at in lit)
    added = Runs.of(
        light,
        np.array(lit),
        np.array(dark),
        habit=True,
        fire=numbers,
        people=False,
    )
    mine = runs.entity == light
    settled = settle(Runs.join([runs.take(mine), added]))
    return Runs.join([runs.take(~mine), settled])


def _persons(
    index: dict[str, int], clock: LocalClock, presence: Presence, runs: Runs
) -> Runs:
    """Add when persons are home, and everything that mirrors something else."""
    parts = [runs]
    for name, home in zip(("alex", "robin"), presence.home, strict=True):
        begin = clock.utc(0, 0.0) - DAY_SECONDS
        spans = home[home[:, 1] > begin]
        number = index[f"person.{name}"]
        parts.append(
            Runs.of(number, spans[:, 0], spans[:, 1], habit=True, people=False)
        )
    return Runs.join(parts)


def mirrored(entities: tuple[Entity, ...], runs: Runs) -> Runs:
    """Return runs with those of the entities that mirror others."""
    index = {entity.entity_id: n for n, entity in enumerate(entities)}
    parts = [runs]
    for number, entity in enumerate(entities):
        if entity.mirrors is None:
            continue
        own = runs.take(runs.entity == index[entity.mirrors])
        late = 0.15 + 0.1 * (number % 3)
        same = np.full(len(own), number, np.int32)
        parts.append(
            replace(own, entity=same, start=own.start + late, end=own.end + late)
        )
    return Runs.join(parts)
