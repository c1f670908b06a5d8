"""Makes a home: plan, life, recording, and the truth about it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from .calendar import COUNTRY, POSITION, holidays
from .clock import Bools, LocalClock
from .draw import draw
from .entailed import Entailment
from .happenings import Happenings, bouting, happenings
from .house import FLOORS, RESIDENTS, ROOMS, Role
from .life import Life, entered, live_days, mirrored, step_times, timed_truth
from .model import Home, Runs
from .outages import draw_outages, recorder_runs
from .plan import LinkRule, Noise, Plan, RoutineRule, TimedRule
from .recording import record
from .truth import PlantedHabit, Step, Truth

ROWS_PER_DAY = 10_000
#: Homes begin on a day of these two years, so that some see a DST change.
_ORIGIN = date(2024, 9, 1)
_ORIGIN_DAYS = 600


@dataclass(frozen=True, slots=True)
class _Seeds:
    """Independent generators for each stage of the making of a home."""

    plan: np.random.Generator
    life: np.random.Generator
    record: np.random.Generator
    fresh: np.random.Generator

    @staticmethod
    def of(seed: int) -> _Seeds:
        """Return the generators of a seed."""
        spawned = np.random.SeedSequence(seed).spawn(4)
        return _Seeds(*(np.random.default_rng(one) for one in spawned))


def simulate(
    seed: int,
    days: int = 60,
    *,
    after: int = 0,
    noise: Noise = "normal",
    time_zone: str = "Europe/Berlin",
    first_day: date | None = None,
    rows_per_day: int = ROWS_PER_DAY,
) -> Home:
    """Simulate a household of two with its habits.

    Args:
        seed: Decides everything; the same arguments make the same home.
        days: How many local days are recorded, and the truth told as of.
        after: How many more days follow, recorded too.
        noise: How restless the household is.
        time_zone: A name of the IANA database.
        first_day: The first local day; drawn if none is given.
        rows_per_day: Rows to fill each day with, by numeric sensors; what people
            and their motion sensors do comes first and may be more.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: The time zone is not known.
    """
    seeds = _Seeds.of(seed)
    drawn = _ORIGIN + timedelta(days=int(seeds.plan.integers(_ORIGIN_DAYS)))
    first_day = first_day or drawn
    plan = draw(seeds.plan, days, noise)
    clock = LocalClock.of(time_zone, first_day, days + after)
    feasts = holidays(first_day, clock.days)
    life = live_days(plan, clock, _free(clock, feasts), seeds.life)
    home = _home(seed, plan, clock, life, feasts, time_zone, rows_per_day, seeds.record)
    return replace(home, truth=_truth(plan, clock, life))


def fresh_days(home: Home, days: int) -> tuple[Happenings, LocalClock]:
    """Live on in a simulated home, its habits as they stood at the end.

    The days begin on a Monday without DST changes near, no holiday among them.

    Args:
        home: What `simulate` returned.
        days: For how long.

    Returns:
        Everything that happened, and the clock of those days.
    """
    plan = plan_of(home)
    clock = LocalClock.of("UTC", date(2001, 1, 1), days)
    rng = _Seeds.of(home.seed).fresh
    life = live_days(plan, clock, clock.weekdays >= 5, rng, frozen=True)
    runs = mirrored(plan.house.entities, life.runs)
    return happenings(bouting(plan.house.entities), runs), clock


def plan_of(home: Home) -> Plan:
    """Return the plan that a simulated home was lived by."""
    rng = _Seeds.of(home.seed).plan
    rng.integers(_ORIGIN_DAYS)
    return draw(rng, home.told, home.noise)


def _free(clock: LocalClock, feasts: frozenset[date]) -> Bools:
    """Tell which days are weekends or holidays."""
    feast = np.array([clock.date(day) in feasts for day in range(clock.days)])
    free: Bools = (clock.weekdays >= 5) | feast
    return free


def _home(
    seed: int,
    plan: Plan,
    clock: LocalClock,
    life: Life,
    feasts: frozenset[date],
    time_zone: str,
    rows_per_day: int,
    rng: np.random.Generator,
) -> Home:
    """Record a life."""
    runs = mirrored(plan.house.entities, life.runs)
    outages = draw_outages(clock, rng)
    house = plan.house
    stream, fires = record(house, clock, runs, life.fires, outages, rows_per_day, rng)
    return Home(
        seed=seed,
        noise=plan.noise,
        time_zone=time_zone,
        country=COUNTRY,
        position=POSITION,
        first_day=clock.first_day,
        days=clock.days,
        told=plan.days,
        entities=house.entities,
        areas=ROOMS,
        floors=FLOORS,
        devices=house.devices,
        users=RESIDENTS,
        holidays=feasts,
        runs=runs,
        stream=stream,
        fires=fires,
        recorder_runs=recorder_runs(clock, outages),
        somebody=life.presence.somebody,
        truth=Truth(),
    )


def _truth(plan: Plan, clock: LocalClock, life: Life) -> Truth:
    """Collect what a life makes true."""
    habits: list[PlantedHabit] = []
    for rule, kept in life.kept:
        if isinstance(rule, TimedRule):
            habits.append(timed_truth(rule, kept, clock))
        else:
            habits += _routine_truths(rule, plan, clock, life.runs)
            habits += step_times(rule, kept, clock)
    for link in plan.links:
        habits.append(_link_truth(link, plan, clock, life.runs))
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
    off = [((Step(s[0].entity_id, "off"),), name) for s, name in automated]
    return Truth(habits=tuple(habits), links=links, automated=tuple(automated + off))


def _routine_truths(
    rule: RoutineRule, plan: Plan, clock: LocalClock, runs: Runs
) -> list[PlantedHabit]:
    """Return the sequence a routine is, and the pairs of its neighboring steps."""
    each = {
        "adherence": (1 - rule.skip) * rule.adherence,
        "first_day": clock.first_day,
        "last_day": clock.date(clock.days - 1),
        "weekdays": rule.weekdays,
    }
    found = [
        PlantedHabit(
            name=rule.name,
            kind="sequence",
            steps=rule.steps,
            lag=sum(rule.lags),
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
        found.append(_link_truth(link, plan, clock, runs))
    return found


def _link_truth(
    rule: LinkRule, plan: Plan, clock: LocalClock, runs: Runs
) -> PlantedHabit:
    """Return what a link makes true, and how often it then happened."""
    index = {entity.entity_id: n for n, entity in enumerate(plan.house.entities)}

    def at(step: Step) -> np.ndarray:
        number = index[step.entity_id]
        active = step.state == plan.house.entities[number].active
        return entered(runs, number, active=active)

    causes, effects = at(rule.cause), at(rule.effect)
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
