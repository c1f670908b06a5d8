"""Whole homes without habits, recorded like any other."""

from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np

from .clock import DAY_SECONDS, LocalClock
from .habits import stints
from .house import Role
from .life import mirrored
from .model import Home, Runs
from .noise import flicker, moments, uses
from .nulls import TRANSFORMS
from .outages import draw_outages, recorder_runs
from .plan import Noise, Plan
from .recording import record
from .settle import give_way, settle
from .simulate import ROWS_PER_DAY, plan_of, simulate
from .truth import Step, Truth
from .weather import temperatures

type RandomKind = Literal["poisson", "rhythm"]
type NullKind = Literal["permuted", "turned", "redrawn"]

#: Bouts a day of a motion sensor that sees nobody in particular.
_BOUTS = 12.0


def random_home(
    seed: int,
    days: int = 60,
    *,
    kind: RandomKind,
    noise: Noise = "normal",
    time_zone: str = "Europe/Berlin",
    first_day: date | None = None,
    rows_per_day: int = ROWS_PER_DAY,
) -> Home:
    """Simulate a home in which nothing has to do with anything else.

    Args:
        seed: Decides everything.
        days: How many local days are recorded.
        kind: `poisson`: everything at any time alike; `rhythm`: entities share the
            household's daily rhythm and come in bursts.
        noise: How much happens.
        time_zone: A name of the IANA database.
        first_day: The first local day; drawn if none is given.
        rows_per_day: Rows to fill each day with, by numeric sensors.
    """
    home = simulate(
        seed,
        days,
        noise=noise,
        time_zone=time_zone,
        first_day=first_day,
        rows_per_day=0,
    )
    plan = replace(plan_of(home), quiet=frozenset())
    rng = np.random.default_rng(np.random.SeedSequence([seed, 7]))
    rhythmic = kind == "rhythm"
    runs = Runs.join(
        [
            settle(uses(plan, home.clock, None, rng, rhythmic=rhythmic)),
            settle(_motion(plan, home.clock, rhythmic=rhythmic, rng=rng)),
            settle(_persons(plan, home.clock, rhythmic=rhythmic, rng=rng)),
        ]
    )
    return _recorded(home, plan, runs, rows_per_day, rng)


def null_of(
    home: Home, kind: NullKind, seed: int = 0, *, rows_per_day: int = ROWS_PER_DAY
) -> Home:
    """Take the habits out of a simulated home, as `nulls` tells.

    What an automation did is done by hand afterwards, as no automation fires then.
    """
    numbers = [home.seed, 8, list(TRANSFORMS).index(kind), seed]
    rng = np.random.default_rng(np.random.SeedSequence(numbers))
    clock = home.clock
    own = np.array([entity.mirrors is None for entity in home.entities])
    begin = clock.utc(0, 0.0)
    runs = home.runs
    runs = runs.take(own[runs.entity] & (runs.start >= begin))
    start = TRANSFORMS[kind](runs.entity, runs.start, clock, rng)
    moved = replace(
        runs,
        start=start,
        end=start + (runs.end - runs.start),
        fire=np.full(len(runs), -1, np.int64),
    )
    return _recorded(home, plan_of(home), give_way(moved), rows_per_day, rng)


def _recorded(
    home: Home, plan: Plan, runs: Runs, rows_per_day: int, rng: np.random.Generator
) -> Home:
    """Record runs in the house of a home, and forget what was true of it."""
    clock = home.clock
    runs = mirrored(plan.house.entities, runs)
    outages = draw_outages(clock, rng)
    warm = temperatures(plan.weather, clock) if plan.conditions else None
    stream, _ = record(plan.house, clock, runs, (), outages, rows_per_day, rng, warm)
    return replace(
        home,
        runs=runs,
        stream=stream,
        fires=(),
        recorder_runs=recorder_runs(clock, outages),
        truth=Truth(),
    )


def _motion(
    plan: Plan, clock: LocalClock, *, rhythmic: bool, rng: np.random.Generator
) -> Runs:
    """Let motion sensors fire for no reason."""
    parts: list[Runs] = []
    for sensor in plan.house.where(Role.MOTION):
        days = np.repeat(np.arange(clock.days), rng.poisson(_BOUTS, clock.days))
        at = clock.utc(days, moments("meals" if rhythmic else None, len(days), rng))
        parts.append(flicker(at, np.full(len(at), sensor, np.int32), -1, rng))
    return Runs.join(parts)


def _persons(
    plan: Plan, clock: LocalClock, *, rhythmic: bool, rng: np.random.Generator
) -> Runs:
    """Let people come and go at random."""
    index = {entity.entity_id: n for n, entity in enumerate(plan.house.entities)}
    parts: list[Runs] = []
    for number in plan.house.where(Role.PERSON).tolist():
        name = plan.house.entities[number].entity_id
        days = np.repeat(np.arange(clock.days), rng.poisson(1.0, clock.days))
        at = clock.utc(days, moments("day" if rhythmic else None, len(days), rng))
        runs = stints(plan.house, index, Step(name, "home"), np.sort(at), rng)
        away = rng.uniform(1, 8, len(runs)) * 3600
        until = np.append(runs.start[1:] - away[1:], at.max(initial=0) + DAY_SECONDS)
        parts.append(replace(runs, end=np.maximum(until, runs.start + 600)))
    return Runs.join(parts)
