"""Tells what is true of a home: what was planted in it, and what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from .clock import DAY_MINUTES, Bools, Floats, LocalClock
from .conditions import condition_truth
from .entailed import Entailment
from .habits import Kept, expected_minute
from .house import Role
from .life import Life, entered
from .model import Runs
from .plan import LinkRule, Plan, RoutineRule, TimedRule
from .programs import program_truths
from .sittings import sitting_truth
from .truth import PlantedHabit, Step, Truth
from .wander import move_truth, room_truth


def truth_of(plan: Plan, clock: LocalClock, life: Life) -> Truth:
    """Return what a life makes true.

    Args:
        plan: The rules it was lived by.
        clock: The span of its days.
        life: What happened.
    """
    habits: list[PlantedHabit] = []
    for rule, kept in life.kept:
        if isinstance(rule, TimedRule):
            habits.append(_timed_truth(rule, kept, clock))
        else:
            habits += _routine_truths(rule, plan, clock, life.runs)
            habits += _step_times(rule, kept, clock)
    for link in plan.links:
        habits.append(_link_truth(link, plan, clock, life.runs))
    habits += [room_truth(rule, kept, clock) for rule, kept in life.stays]
    habits += [sitting_truth(rule, kept, clock) for rule, kept in life.sittings]
    habits += [condition_truth(*one, clock) for one in life.conditions]
    habits += [move_truth(rule, clock) for rule in plan.moves]
    habits += program_truths(plan, clock, life.runs)
    judge = Entailment(plan)
    moved = (Role.USED, Role.MOTION, Role.PERSON, Role.MIRROR)
    steps = [
        Step(entity.entity_id, state)
        for entity, use in zip(plan.house.entities, plan.house.uses, strict=True)
        if use.role in moved
        for state in (entity.active, entity.rest)
    ]
    links = frozenset((a, b) for a in steps for b in steps if judge.follows(a, b))
    automated = [
        ((rule.step,), rule.automation) for rule in plan.timed if rule.automation
    ]
    if plan.hall is not None:
        lit = Step(plan.hall[1], "on")
        automated.append(((lit,), "automation.hall"))
    automated += [
        ((step,), rule.automation)
        for rule in plan.routines
        if rule.automation
        for step in rule.steps
    ]
    automated += [
        ((rule.step,), rule.automation) for rule in plan.conditions if rule.automation
    ]
    index = {entity.entity_id: entity for entity in plan.house.entities}
    off = [
        ((Step(s[0].entity_id, index[s[0].entity_id].rest),), name)
        for s, name in automated
    ]
    return Truth(
        habits=tuple(habits),
        links=links,
        automated=tuple(automated + off),
        oddities=life.oddities,
    )


def _routine_truths(
    rule: RoutineRule, plan: Plan, clock: LocalClock, runs: Runs
) -> list[PlantedHabit]:
    """Return the sequence a routine is, and the pairs of its neighboring steps.

    Steps in any order make no sequence, nor any one pair of them.
    """
    if rule.shuffled:
        return []
    stopped = rule.last_day is not None
    each = {
        "adherence": (1 - rule.skip) * rule.adherence,
        "first_day": clock.first_day,
        "last_day": clock.date(
            clock.days - 1 if rule.last_day is None else rule.last_day
        ),
        "weekdays": rule.weekdays,
    }
    begun = _entered(plan, runs, rule.steps[0])
    followed = in_order(
        [_entered(plan, runs, step) for step in rule.steps],
        2
        + sum(
            lag * float(np.exp(2.5 * spread))
            for lag, spread in zip(rule.lags, rule.spreads, strict=True)
        ),
    )
    days, _ = clock.local(begun)
    found = [
        PlantedHabit(
            name=rule.name,
            kind="sequence",
            steps=rule.steps,
            lag=sum(rule.lags),
            stopped=stopped,
            automation=rule.automation,
            eligible=tuple(days.tolist()),
            kept=tuple(days[followed].tolist()),
            instants=tuple(begun[followed].tolist()),
            realized=float(followed.mean()) if len(begun) else None,
            **each,  # type: ignore[arg-type]
        )
    ]
    pairs = zip(rule.steps, rule.steps[1:], rule.lags, rule.spreads, strict=False)
    for before, after, lag, spread in pairs:
        link = LinkRule(
            name=f"{rule.name}, a step",
            cause=before,
            effect=after,
            lag=lag,
            spread=spread,
            adherence=1 - rule.skip,
        )
        pair = _link_truth(link, plan, clock, runs)
        found.append(replace(pair, stopped=stopped, automation=rule.automation))
    return found


def in_order(steps: Sequence[Floats], within: float) -> Bools:
    """Tell which first steps were followed by all others, each after the one before.

    Args:
        steps: When each step was done, ascending.
        within: Seconds after the first by which the last must be done.
    """
    at = steps[0]
    for step in steps[1:]:
        padded = np.append(step, np.inf)
        at = padded[np.searchsorted(step, at, side="right")]
    followed: Bools = at - steps[0] <= within
    return followed


def _link_truth(
    rule: LinkRule, plan: Plan, clock: LocalClock, runs: Runs
) -> PlantedHabit:
    """Return what a link makes true, and how often it then happened."""
    causes = _entered(plan, runs, rule.cause)
    effects = _entered(plan, runs, rule.effect)
    limit = rule.lag * np.exp(2.5 * rule.spread) + 2
    later = np.searchsorted(effects, causes, side="right")
    padded = np.append(effects, np.inf)
    followed = padded[later] - causes <= limit
    days, _ = clock.local(causes)
    return PlantedHabit(
        name=rule.name,
        kind="co_occurrence",
        steps=(rule.cause, rule.effect),
        adherence=rule.adherence,
        lag=rule.lag,
        first_day=clock.first_day,
        last_day=clock.date(clock.days - 1),
        eligible=tuple(days.tolist()),
        kept=tuple(days[followed].tolist()),
        instants=tuple(causes[followed].tolist()),
        realized=float(followed.mean()) if len(causes) else None,
    )


def _entered(plan: Plan, runs: Runs, step: Step) -> Floats:
    """Return when a step was done, by whomever."""
    ids = [entity.entity_id for entity in plan.house.entities]
    number = ids.index(step.entity_id)
    active = step.state == plan.house.entities[number].active
    return entered(runs, number, active=active)


def _timed_truth(rule: TimedRule, kept: Kept, clock: LocalClock) -> PlantedHabit:
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


def _step_times(
    routine: RoutineRule, kept: Kept, clock: LocalClock
) -> Iterator[PlantedHabit]:
    """Yield the times that the steps of a routine keep, since the first keeps one."""
    loose = routine.arrival or routine.any_time or routine.shuffled
    if loose or not len(kept.instants):
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
            stopped=routine.last_day is not None,
            automation=routine.automation,
            eligible=tuple(kept.eligible.tolist()),
            kept=tuple(kept.days.tolist()),
            instants=tuple((kept.instants + after).tolist()),
        )
