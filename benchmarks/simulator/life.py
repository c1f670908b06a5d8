"""Lives the days of a household: from its plan to what really happened."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from .clock import DAY_MINUTES, DAY_SECONDS, Floats, LocalClock
from .habits import (
    Kept,
    arrivals,
    expected_minute,
    follow,
    keep,
    keep_routine,
    respects,
    routine_steps,
    stints,
)
from .model import Entity, Runs
from .noise import motion, uses, walks
from .plan import Plan, RoutineRule, TimedRule
from .residents import Presence, inside, live
from .settle import settle
from .truth import PlantedHabit, Step

DOOR = "binary_sensor.front_door"


@dataclass(frozen=True, slots=True)
class Life:
    """What happened: all runs, who was there, and how the timed rules were kept.

    `fires` are the instants at which automations fired, by the numbers that the
    runs' `fire` columns hold, with the entity id of each.
    """

    runs: Runs
    presence: Presence
    kept: tuple[tuple[TimedRule | RoutineRule, Kept], ...]
    fires: tuple[tuple[float, str], ...]


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
        done = keep_routine(routine, clock, presence, rng)
        kept.append((routine, done))
        for step, instants in routine_steps(routine, done, rng):
            parts.append(stints(house, index, step, instants, rng))
    runs = _linked(plan, index, settle(Runs.join([*parts, noise])), rng)
    runs = _seen(plan, clock, presence, index, runs, rng)
    if plan.hall is not None:
        runs = _hall(plan.hall, index, clock, runs, fires, rng)
    runs = _persons(index, clock, presence, runs)
    begin, end = clock.utc(0, 0.0), clock.utc(clock.days, 0.0)
    within = (runs.start < end) & (runs.end > begin)
    return Life(runs.take(within), presence, tuple(kept), tuple(fires))


def entered(runs: Runs, entity: int, *, active: bool) -> Floats:
    """Return when an entity entered its active state, or the one of rest."""
    mine = runs.entity == entity
    return np.sort(runs.start[mine] if active else runs.end[mine])


def timed_truth(rule: TimedRule, kept: Kept, clock: LocalClock) -> PlantedHabit:
    """Return what a timed rule makes true."""
    spread = rule.sd
    if rule.resident >= 0 and len(kept.instants) > 1:
        _, minutes = clock.waking(kept.instants)
        spread = float(np.std(minutes))
    last = clock.days - 1 if rule.last_day is None else rule.last_day
    return PlantedHabit(
        name=rule.name,
        kind="time_of_day",
        steps=(rule.step,),
        adherence=rule.adherence,
        minute=expected_minute(rule, kept, clock),
        sd=spread,
        anchor=rule.anchor,
        weekdays=rule.weekdays,
        drift=rule.drift,
        first_day=clock.date(rule.first_day),
        last_day=clock.date(last),
        stopped=rule.last_day is not None,
        automation=rule.automation,
        eligible=tuple(kept.eligible.tolist()),
        kept=tuple(kept.days.tolist()),
        instants=tuple(kept.instants.tolist()),
    )


def step_times(
    routine: RoutineRule, kept: Kept, clock: LocalClock
) -> Iterator[PlantedHabit]:
    """Yield the times that the steps of a routine keep, since the first keeps one."""
    if routine.arrival or not len(kept.instants):
        return
    for number, step in enumerate(routine.steps):
        after = sum(routine.lags[:number])
        _, minutes = clock.waking(kept.instants + after)
        yield PlantedHabit(
            name=f"{routine.name}, step {number + 1}",
            kind="time_of_day",
            steps=(step,),
            adherence=routine.adherence * (1 - routine.skip),
            minute=float(np.median(minutes)) % DAY_MINUTES,
            sd=float(np.std(minutes)),
            anchor="first" if routine.resident >= 0 else "each",
            weekdays=routine.weekdays,
            first_day=clock.first_day,
            last_day=clock.date(clock.days - 1),
            implied=True,
            eligible=tuple(kept.eligible.tolist()),
            kept=tuple(kept.days.tolist()),
            instants=tuple((kept.instants + after).tolist()),
        )


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
    seen = motion(plan, triggers[order], names, where[order], rng)
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
