"""Draws what six detectors are tried on, beside the rules of a plain household.

Routines of all kinds, rooms in use at their hours, ways from room to room, and, after
the days that rules are told for, what is out of the ordinary; and what only looks
like a habit: the same steps in another order each time, a routine that was given up,
one that an automation does, a single evening's binge, a sensor that holds.
"""

from dataclasses import replace
from typing import cast

import numpy as np

from .conditions import with_conditions
from .draw import EVERY_DAY, WEEKEND, WORKWEEK, Pool
from .furnish import PROGRAMS, furnished
from .plan import Binge, MoveRule, Oddity, Plan, RoomRule, RoutineRule, TimedRule
from .sittings import with_sittings
from .truth import OddityKind

#: Days after those told on which something may go wrong: by then 63 are behind.
_ODD_FROM, _ODD_EVERY = 5, 4
#: A routine that was given up was so this many days before the last one told.
_GIVEN_UP = 61
_STEADY = "steady"
_SILENT = "binary_sensor.living_room_motion"
_BUSY = "binary_sensor.kitchen_motion"


def enrich(plan: Plan, rng: np.random.Generator) -> Plan:
    """Return a household's plan with more in it.

    Args:
        plan: What `draw` returned.
        rng: Where chance comes from.
    """
    house = furnished(plan.house, rng)
    taken = {rule.step.entity_id for rule in plan.timed} | set(PROGRAMS)
    taken |= {s.entity_id for rule in plan.links for s in (rule.cause, rule.effect)}
    taken |= {step.entity_id for rule in plan.routines for step in rule.steps}
    rooms = _rooms(rng)
    taken |= {rule.sensor for rule in rooms}
    pool = Pool(house, rng, taken)
    quiet = set(plan.quiet)
    routines = _routines(pool, plan.days, rng, quiet)
    steady = TimedRule(
        name=_STEADY,
        step=pool.step(pool.pick(0.2, 1.2)),
        minute=float(rng.uniform(1130, 1290)),
        sd=4.0,
        adherence=1.0,
        # Whoever is home: what people do is left out when they are out.
        device=True,
    )
    quiet.add(steady.step.entity_id)
    chance = rng.spawn(1)[0]
    binge = Binge(pool.pick(0.3, 1.0, short=True), int(0.3 * plan.days), 10)
    richer = replace(
        plan,
        house=house,
        timed=(*plan.timed, steady),
        routines=(*plan.routines, *routines),
        quiet=frozenset(quiet),
        rooms=rooms,
        moves=(
            MoveRule(
                name="to the shower",
                origin="gym",
                target="bathroom",
                adherence=rng.uniform(0.8, 0.95),
                lag=rng.uniform(20, 60),
            ),
            MoveRule(
                name="with the laundry",
                origin="laundry",
                target="bedroom",
                adherence=rng.uniform(0.75, 0.95),
                lag=rng.uniform(15, 40),
            ),
        ),
        binges=(binge,),
        held=("binary_sensor.dining_room_motion", 90.0),
        oddities=_oddities(pool, plan.days, steady, rng),
    )
    further = chance.spawn(1)[0]
    return with_conditions(with_sittings(richer, chance), further)


def _rooms(rng: np.random.Generator) -> tuple[RoomRule, ...]:
    """Draw the hours at which two rooms are in use."""
    evening, morning = rng.uniform(1140, 1260), rng.uniform(560, 640)
    return (
        RoomRule(
            name="studio in the evening",
            area_id="studio",
            sensor="binary_sensor.studio_presence",
            begin=float(evening),
            end=float(evening + rng.uniform(50, 110)),
            sd=rng.uniform(4, 14),
            adherence=rng.uniform(0.75, 0.95),
        ),
        RoomRule(
            name="gym on free days",
            area_id="gym",
            sensor="binary_sensor.gym_presence",
            begin=float(morning),
            end=float(morning + rng.uniform(40, 80)),
            sd=rng.uniform(4, 14),
            adherence=rng.uniform(0.8, 0.97),
            weekdays=WEEKEND,
        ),
    )


def _routines(
    pool: Pool, days: int, rng: np.random.Generator, quiet: set[str]
) -> tuple[RoutineRule, ...]:
    """Draw routines of every kind."""

    def routine(name: str, number: int, **fixed: object) -> RoutineRule:
        chosen = [pool.pick(0.3, 2.5, short=True) for _ in range(number)]
        quiet.update(chosen)
        values: dict[str, object] = {
            "steps": tuple(pool.step(entity_id) for entity_id in chosen),
            "lags": tuple(np.exp(rng.uniform(2.7, 5.3, number - 1)).tolist()),
            "spreads": tuple(rng.uniform(0.15, 0.45, number - 1).tolist()),
            "adherence": rng.uniform(0.75, 0.97),
            "skip": rng.uniform(0.01, 0.05),
        }
        return RoutineRule(name=name, **(values | fixed))  # type: ignore[arg-type]

    ended = max(days - _GIVEN_UP, int(0.35 * days))
    night = float(rng.uniform(-8, 4)) % 1440
    return (
        routine("across midnight", 4, minute=night, sd=rng.uniform(4, 12)),
        routine("at any time", int(rng.integers(3, 7)), any_time=1.3, adherence=1.0),
        routine(
            "on workdays",
            3,
            minute=rng.uniform(1090, 1180),
            sd=rng.uniform(5, 15),
            weekdays=WORKWEEK,
        ),
        routine("in any order", 4, any_time=1.0, adherence=1.0, shuffled=True),
        routine(
            "given up",
            3,
            minute=rng.uniform(1190, 1290),
            sd=rng.uniform(5, 12),
            weekdays=EVERY_DAY,
            last_day=ended,
        ),
        routine(
            "automated good night",
            3,
            lags=(1.0, 2.0),
            spreads=(0.1, 0.1),
            adherence=1.0,
            skip=0.0,
            minute=float(rng.integers(88, 92) * 15),
            sd=0.05,
            automation="automation.good_night",
        ),
    )


def _oddities(
    pool: Pool, days: int, steady: TimedRule, rng: np.random.Generator
) -> tuple[Oddity, ...]:
    """Draw what goes wrong after the days told; what falls silent stays so."""
    about: dict[OddityKind, str] = {
        "many": pool.pick(0.4, 1.6, short=True),
        "none": _BUSY,
        "hour": pool.pick(1.0, 4.0, short=True),
        "left_on": str(rng.choice(["switch.stove", "light.shower_light"])),
        "missed": steady.step.entity_id,
    }
    kinds = cast(list[OddityKind], rng.permutation(list(about)).tolist())
    found = [
        Oddity(kind, about[kind], days + _ODD_FROM + _ODD_EVERY * number)
        for number, kind in enumerate(kinds)
    ]
    last = days + _ODD_FROM + _ODD_EVERY * len(kinds)
    return (*found, Oddity("silent", _SILENT, last))
