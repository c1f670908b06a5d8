"""Turns the rules of a plan into what happened on each day."""

from dataclasses import dataclass, replace

import numpy as np

from .clock import DAY_MINUTES, Bools, Floats, Ints, LocalClock
from .house import House, Use
from .model import Runs
from .plan import LinkRule, RoutineRule, TimedRule
from .residents import Presence, inside
from .truth import Step

#: For how long (seconds) something is active before a rule puts it to rest.
_BEFORE_REST = (2400.0, 16_000.0)
#: The jitter of a habit is cut off at this many sds, as no habit is a week late.
_CUT = 2.5


@dataclass(frozen=True, slots=True)
class Kept:
    """On which days a rule could have been kept, and when it was.

    `eligible` are days, `days` and `instants` (UTC seconds) what was kept of them.
    """

    eligible: Ints
    days: Ints
    instants: Floats


def keep(
    rule: TimedRule,
    clock: LocalClock,
    presence: Presence,
    rng: np.random.Generator,
    *,
    told: int,
    frozen: bool = False,
) -> Kept:
    """Draw when a timed rule was kept.

    Args:
        rule: The rule.
        clock: The span of days.
        presence: What the residents did.
        rng: Where chance comes from.
        told: Of how many days the last has the rule's own minute, if it drifts.
        frozen: Whether to live on as after that day: no more drift or change.
    """
    days = np.arange(clock.days)
    minute = rule.minute + rng.normal(0, rule.sd, clock.days).clip(
        -_CUT * rule.sd, _CUT * rule.sd
    )
    if rule.resident >= 0:
        edge = presence.wake if rule.anchor == "first" else presence.bed
        minute = minute + edge[rule.resident]
    elif rule.drift and not frozen:
        minute = minute + rule.drift * (days - told + 1) / 7.0
    instants = clock.utc(days, minute)
    eligible = np.isin(clock.weekdays, rule.weekdays)
    if rule.weekdays == (0, 1, 2, 3, 4):
        eligible &= presence.workday
    if not frozen:
        last = clock.days - 1 if rule.last_day is None else rule.last_day
        eligible &= (days >= rule.first_day) & (days <= last)
    elif rule.last_day is not None:
        eligible &= False
    if not rule.device:
        eligible &= inside(presence.somebody, instants) & ~presence.absent
    kept = eligible & (rng.random(clock.days) < rule.adherence)
    return Kept(days[eligible], days[kept], instants[kept])


def arrivals(home: Floats, clock: LocalClock) -> Floats:
    """Return when a resident came home, from the spans of being home."""
    begin, end = clock.utc(0, 0.0), clock.utc(clock.days, 0.0)
    found: Floats = home[(home[:, 0] > begin) & (home[:, 0] < end), 0]
    return found


def keep_routine(
    rule: RoutineRule,
    clock: LocalClock,
    presence: Presence,
    rng: np.random.Generator,
    *,
    frozen: bool = False,
) -> Kept:
    """Draw when a routine was begun; what has stopped is not, in frozen days."""
    if rule.any_time:
        count = rng.poisson(rule.any_time * clock.days)
        minutes = rng.uniform(0, clock.days * DAY_MINUTES, count)
        instants = np.sort(clock.utc(0, minutes))
        instants = instants[inside(presence.anybody_up, instants)]
        days, _ = clock.local(instants)
        return Kept(days, days, instants)
    if rule.arrival:
        instants = arrivals(presence.home[rule.resident], clock)
        days, _ = clock.local(instants)
        return Kept(days, days, instants)
    timed = TimedRule(
        name=rule.name,
        step=rule.steps[0],
        minute=rule.minute,
        sd=rule.sd,
        adherence=rule.adherence,
        anchor="first" if rule.resident >= 0 else "each",
        weekdays=rule.weekdays,
        resident=rule.resident,
        last_day=rule.last_day,
        device=rule.automation is not None,
    )
    return keep(timed, clock, presence, rng, told=clock.days, frozen=frozen)


def routine_steps(
    rule: RoutineRule, kept: Kept, rng: np.random.Generator
) -> list[tuple[Step, Floats]]:
    """Draw the instants of the steps that really followed one another.

    Coming home begins with the person, whose state the residents' days make, so its
    first step is left out.
    """
    done = kept.instants
    if rule.shuffled:
        return _shuffled(rule, done, rng)
    begun = np.ones(len(done), np.bool_)
    if rule.arrival:
        begun = rng.random(len(done)) < rule.adherence
    found = [] if rule.arrival else [(rule.steps[0], done)]
    for step, lag, spread in zip(rule.steps[1:], rule.lags, rule.spreads, strict=True):
        done = done + lag * np.exp(rng.normal(0, spread, len(done)))
        taken = begun & (rng.random(len(done)) >= rule.skip)
        found.append((step, done[taken]))
    return found


def _shuffled(
    rule: RoutineRule, begun: Floats, rng: np.random.Generator
) -> list[tuple[Step, Floats]]:
    """Draw the instants of steps that come in another order each time."""
    places = [begun]
    for lag, spread in zip(rule.lags, rule.spreads, strict=True):
        places.append(places[-1] + lag * np.exp(rng.normal(0, spread, len(begun))))
    instants = rng.permuted(np.stack(places), axis=0)
    return [(step, np.sort(at)) for step, at in zip(rule.steps, instants, strict=True)]


def follow(rule: LinkRule, causes: Floats, rng: np.random.Generator) -> Floats:
    """Draw when the effect of a link was entered, given its cause's instants."""
    followed = causes[rng.random(len(causes)) < rule.adherence]
    return followed + rule.lag * np.exp(rng.normal(0, rule.spread, len(followed)))


def stints(
    house: House,
    index: dict[str, int],
    step: Step,
    instants: Floats,
    rng: np.random.Generator,
    *,
    people: bool = True,
) -> Runs:
    """Return runs of a step's entity that enter its state at the instants.

    A state of rest is entered at the end of a run that began so long before, and
    so differently long, that its begin has nothing to do with the habit.
    """
    number = index[step.entity_id]
    by_end = step.state == house.entities[number].rest
    if by_end:
        length = rng.uniform(*_BEFORE_REST, len(instants))
    else:
        length = lengths(house.uses[number], len(instants), rng)
    return Runs.of(
        number,
        instants - length if by_end else instants,
        instants if by_end else instants + length,
        habit=True,
        user=clicks(house, number, len(instants), rng) if people else -1,
        people=people,
        by_end=by_end,
    )


def lengths(use: Use, size: int, rng: np.random.Generator) -> Floats:
    """Draw how long (seconds) an entity stays in its active state."""
    if use.modes:
        share, minutes, spread = np.array(use.modes).T
        which = rng.choice(len(share), size, p=share)
        programmed: Floats = minutes[which] * 60 * np.exp(rng.normal(0, spread[which]))
        return programmed
    drawn = use.minutes * 60 * np.exp(rng.normal(0, 0.6, size))
    return np.clip(drawn, 3.0, 14 * 3600.0)


def clicks(
    house: House, entity: int, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw which resident did it in the app, -1 where a hand or the device did."""
    if house.entities[entity].domain == "binary_sensor":
        return np.full(size, -1, np.int8)
    who = rng.integers(0, 2, size)
    return np.where(rng.random(size) < 0.35, who, -1).astype(np.int8)


def by_automation(runs: Runs, fires: Ints) -> Runs:
    """Return runs that firings of an automation made, not people."""
    none = np.full(len(runs), -1, np.int8)
    return replace(runs, fire=fires, user=none)


def respects(runs: Runs, kept: Kept, rule: TimedRule, clock: LocalClock) -> Bools:
    """Tell which runs leave a day's first (last) use to be the first (last)."""
    days, _ = clock.waking(kept.instants)
    limits = dict(zip(days.tolist(), kept.instants.tolist(), strict=True))
    if rule.anchor == "first":
        mine, _ = clock.waking(runs.start)
        after = np.array([limits.get(day, -np.inf) for day in mine.tolist()])
        return runs.start > after + 90.0
    mine, _ = clock.waking(runs.start)
    before = np.array([limits.get(day, np.inf) for day in mine.tolist()])
    ends, _ = clock.waking(runs.end)
    until = np.array([limits.get(day, np.inf) for day in ends.tolist()])
    return (runs.start < before - 90.0) & (runs.end < until - 60.0)


def expected_minute(rule: TimedRule, kept: Kept, clock: LocalClock) -> float:
    """Return the wall-clock minute at which a rule is expected next.

    What counts from a waking or bedtime has no planned minute: its median is taken.
    """
    if rule.resident < 0:
        return rule.minute % DAY_MINUTES
    _, minutes = clock.waking(kept.instants)
    return float(np.median(minutes)) % DAY_MINUTES if len(minutes) else 0.0
