"""Habits that follow the sun, the weather or what is on, and what only seems to.

Each has a thing of its own in the conservatory or the basement. What only seems to:
things done by the clock, also such as was moved as the sun moves, one that an
automation does at sunset, one of the cold season whatever the weather, and ones that
share nothing but the rhythm of the day with the weather or with what is on.
"""

from dataclasses import replace

import numpy as np

from custom_components.pattern_intelligence.engine.civil import CivilTime, day_number
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)

from .calendar import POSITION
from .clock import DAY_MINUTES, Bools, Floats, LocalClock
from .habits import Kept
from .house import House, Role, Use, entity_of
from .model import Area, Device, Entity, Runs
from .noise import moments
from .plan import ConditionRule, Plan
from .residents import Presence, inside
from .settle import settle
from .truth import Condition, PlantedHabit, Step
from .weather import OUTDOOR, at_minute, temperatures

CONDITION_ROOMS = (
    Area("conservatory", "Conservatory", "ground"),
    Area("basement", "Basement", "ground"),
)
_AUTOMATION = "automation.steps_at_sunset"
_THINGS: tuple[tuple[str, str, str, str | None], ...] = (
    ("light", "conservatory_lamp", "conservatory", None),
    ("cover", "conservatory_blind", "conservatory", "blind"),
    ("light", "conservatory_strip", "conservatory", None),
    ("cover", "conservatory_awning", "conservatory", "awning"),
    ("light", "conservatory_steps", "conservatory", None),
    ("switch", "basement_heater", "basement", "outlet"),
    ("fan", "basement_fan", "basement", None),
    ("switch", "basement_humidifier", "basement", "outlet"),
    ("switch", "basement_kiln", "basement", "outlet"),
    ("light", "basement_bench", "basement", None),
    ("light", "basement_shelf", "basement", None),
    ("switch", "basement_pump", "basement", "outlet"),
)
#: Random uses a day of each thing.
_PER_DAY = 0.15
#: How far back rules look for what is usual: as far as a detector does.
_LOOKED_BACK = 56
#: Minutes by which a habit of the clock was moved, and how long ago, in days.
_MOVED, _MOVED_AGO = 40.0, 26
#: How likely what is on one day is so on the next, too.
_PERSISTS = 0.6
_ON_FOR = 330.0


def with_conditions(plan: Plan, rng: np.random.Generator) -> Plan:
    """Return a plan with habits that have conditions, behind what its house has.

    Args:
        plan: A rich plan.
        rng: Where chance comes from.
    """
    house = plan.house
    mains = [(entity_of(d, slug, area, kind), slug) for d, slug, area, kind in _THINGS]
    automation = Entity(
        entity_id=_AUTOMATION, name="Steps at sunset", platform="automation", rest="on"
    )
    furnished = House(
        (*house.entities, *(main for main, _ in mains), automation),
        (*house.uses, *(Use(Role.QUIET) for _ in (*mains, automation))),
        (
            *house.devices,
            *(Device(f"dev_{s}", m.name, m.area_id, "Model C") for m, s in mains),
        ),
    )
    steps = {slug: Step(main.entity_id, main.active) for main, slug in mains}

    def rule(name: str, slug: str, kind: str, **fixed: object) -> ConditionRule:
        values: dict[str, object] = {
            "minute": rng.uniform(1120, 1290),
            "sd": rng.uniform(4, 15),
            "adherence": rng.uniform(0.75, 0.97),
        }
        return ConditionRule(
            name=name,
            step=steps[slug],
            kind=kind,
            **(values | fixed),  # type: ignore[arg-type]
        )

    kiln = steps["basement_kiln"].entity_id
    rules = (
        rule("sunset", "conservatory_lamp", "sunset", minute=rng.uniform(-25, 45)),
        rule("sunrise", "conservatory_blind", "sunrise", minute=rng.uniform(-10, 60)),
        rule("clock", "conservatory_strip", "clock", minute=rng.uniform(960, 1290)),
        rule("moved", "conservatory_awning", "moved", minute=rng.uniform(960, 1290)),
        rule(
            "automated at sunset",
            "conservatory_steps",
            "sunset",
            minute=0.0,
            sd=0.2,
            adherence=1.0,
            automation=_AUTOMATION,
        ),
        rule("cold", "basement_heater", "below", share=rng.uniform(0.35, 0.6)),
        rule("warm", "basement_fan", "above", share=rng.uniform(0.4, 0.65)),
        rule("winter", "basement_humidifier", "season"),
        rule("while on", "basement_bench", "state", entity_id=kiln),
        rule("same rhythm", "basement_shelf", "any", share=rng.uniform(0.4, 0.6)),
        rule("weekdays", "basement_pump", "workdays"),
    )
    return replace(
        plan,
        house=furnished,
        conditions=rules,
        weather=int(rng.integers(1 << 31)),
    )


def conditional(
    plan: Plan,
    clock: LocalClock,
    presence: Presence,
    fires: list[tuple[float, str]],
    rng: np.random.Generator,
) -> tuple[Runs, tuple[tuple[ConditionRule, Condition, Kept], ...]]:
    """Draw all that is done under conditions.

    Nothing of it is seen elsewhere, so that the rest of a home stays as it is.
    """
    index = {entity.entity_id: n for n, entity in enumerate(plan.house.entities)}
    parts = [Runs.of(0, np.zeros(0), np.zeros(0))]
    kept: list[tuple[ConditionRule, Condition, Kept]] = []
    busy = _busy_days(clock, rng)
    for rule in plan.conditions:
        minute, holds, condition = _lived(rule, plan, clock, presence, busy, rng)
        minute = minute + rng.normal(0, rule.sd, clock.days).clip(
            -2.5 * rule.sd, 2.5 * rule.sd
        )
        instants = clock.utc(np.arange(clock.days), minute)
        free = ~presence.absent
        if rule.kind not in {"sunrise", "clock", "moved"} and rule.automation is None:
            # The others are what a device does by itself.
            free &= inside(presence.somebody, instants)
        did = free & (rng.random(clock.days) < np.where(holds, rule.adherence, 0.03))
        days = np.flatnonzero(free & holds)
        of_them = np.flatnonzero(did & holds)
        kept.append((rule, condition, Kept(days, of_them, instants[of_them])))
        at = instants[did]
        fired = np.full(len(at), -1, np.int64)
        if rule.automation is not None:
            fired = np.arange(len(at)) + len(fires)
            fires += [(moment, rule.automation) for moment in at.tolist()]
        lasts = rng.uniform(1200, 7200, len(at))
        parts.append(
            Runs.of(
                index[rule.step.entity_id],
                at,
                at + lasts,
                habit=True,
                fire=fired,
            )
        )
    if plan.conditions:
        parts += _at_random(plan, index, clock, presence, rng)
        parts.append(_kiln(plan, index, clock, busy, rng))
    joined = settle(Runs.join(parts))
    return replace(joined, people=np.zeros(len(joined), np.bool_)), tuple(kept)


def _lived(
    rule: ConditionRule,
    plan: Plan,
    clock: LocalClock,
    presence: Presence,
    busy: Bools,
    rng: np.random.Generator,
) -> tuple[Floats, Bools, Condition]:
    """Return the minute of a rule on each day, and on which days it holds."""
    minute, holds = np.full(clock.days, rule.minute), np.ones(clock.days, np.bool_)
    recent = slice(max(plan.days - _LOOKED_BACK, 0), plan.days)
    warm = at_minute(temperatures(plan.weather, clock), minute)
    match rule.kind:
        case "sunset" | "sunrise":
            minute = sun_minutes(clock, rule.kind) + rule.minute
            return minute, holds, Condition(rule.kind, offset=rule.minute)
        case "moved":
            minute = minute - _MOVED * (
                np.arange(clock.days) >= recent.stop - _MOVED_AGO
            )
        case "below":
            limit = float(np.quantile(warm[recent], rule.share))
            return minute, warm < limit, Condition("below", OUTDOOR, limit=limit)
        case "above":
            limit = float(np.quantile(warm[recent], 1 - rule.share))
            return minute, warm > limit, Condition("above", OUTDOOR, limit=limit)
        case "season":
            holds = np.arange(clock.days) >= recent.stop - _LOOKED_BACK // 2
        case "state":
            return minute, busy, Condition("state", rule.entity_id)
        case "any":
            holds = rng.random(clock.days) < rule.share
        case "workdays":
            holds = presence.workday.copy()
    return minute, holds, Condition("none")


def sun_minutes(clock: LocalClock, event: str) -> Floats:
    """Return the minutes after each day's midnight at which the sun rises or sets."""
    days = np.arange(clock.days) + day_number(clock.first_day)
    times = sun_times(Position(*POSITION), CivilTime(clock.zone), SunEvent(event), days)
    found: Floats = times / 60_000 - days * float(DAY_MINUTES)
    return found


def condition_truth(
    rule: ConditionRule, condition: Condition, kept: Kept, clock: LocalClock
) -> PlantedHabit:
    """Return what a rule makes true: of some, that there is no condition."""
    return PlantedHabit(
        name=rule.name,
        kind="contextual",
        steps=(rule.step,),
        adherence=rule.adherence,
        minute=rule.minute,
        sd=rule.sd,
        condition=condition,
        automation=rule.automation,
        first_day=clock.first_day,
        last_day=clock.date(clock.days - 1),
        eligible=tuple(kept.eligible.tolist()),
        kept=tuple(kept.days.tolist()),
        instants=tuple(kept.instants.tolist()),
    )


def _busy_days(clock: LocalClock, rng: np.random.Generator) -> Bools:
    """Draw on which days the kiln is on: often several in a row."""
    busy = rng.random(clock.days) < 0.5
    stays = rng.random(clock.days) < _PERSISTS - 0.5
    for day in range(1, clock.days):
        if stays[day]:
            busy[day] = busy[day - 1]
    return busy


def _kiln(
    plan: Plan,
    index: dict[str, int],
    clock: LocalClock,
    busy: Bools,
    rng: np.random.Generator,
) -> Runs:
    """Switch the kiln on in the afternoon, well before what is done while it is on."""
    (name,) = {rule.entity_id for rule in plan.conditions if rule.kind == "state"}
    days = np.flatnonzero(busy)
    begin = clock.utc(days, 1020 + rng.normal(0, 25, len(days)).clip(-60, 60))
    lasts = 60 * (_ON_FOR + rng.normal(0, 20, len(days)))
    return Runs.of(index[name], begin, begin + lasts, habit=True)


def _at_random(
    plan: Plan,
    index: dict[str, int],
    clock: LocalClock,
    presence: Presence,
    rng: np.random.Generator,
) -> list[Runs]:
    """Draw random uses of everything."""
    parts: list[Runs] = []
    for rule in plan.conditions:
        days = np.repeat(np.arange(clock.days), rng.poisson(_PER_DAY, clock.days))
        start = clock.utc(days, moments("evening", len(days), rng))
        start = start[inside(presence.anybody_up, start)]
        lasts = rng.exponential(900, len(start)) + 5
        parts.append(Runs.of(index[rule.step.entity_id], start, start + lasts))
    return parts
