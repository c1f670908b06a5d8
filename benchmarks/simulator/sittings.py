"""What people do in one sitting: an evening in the den, a breakfast in the nook.

Each sitting has a room of its own, whose things are also used at random. Beside them
are rooms that only look so: one whose lamps are switched on about the same minute,
each on the days it likes, and one that is merely busy in the evening.
"""

from dataclasses import replace

import numpy as np

from .clock import Floats, LocalClock
from .habits import Kept, keep
from .house import House, Role, Use, entity_of
from .model import Area, Device, Runs
from .noise import flicker, moments
from .plan import Plan, SittingRule, TimedRule
from .residents import Presence, inside
from .settle import settle
from .truth import PlantedHabit, Step

SITTING_ROOMS = (
    Area("den", "Den", "ground"),
    Area("nook", "Breakfast nook", "ground"),
    Area("attic", "Attic", "upper"),
    Area("greenhouse", "Greenhouse", None),
    Area("lounge", "Lounge", "ground"),
    Area("craft_room", "Craft room", "upper"),
)
_THINGS: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "den": (
        ("media_player", "den_tv", "tv"),
        ("light", "den_lamp", None),
        ("light", "den_strip", None),
        ("switch", "den_amplifier", None),
        ("binary_sensor", "den_motion", "motion"),
    ),
    "nook": (
        ("switch", "nook_kettle", "outlet"),
        ("switch", "nook_toaster", "outlet"),
        ("light", "nook_pendant", None),
        ("binary_sensor", "nook_cupboard", "opening"),
        ("binary_sensor", "nook_drawer", "opening"),
    ),
    "attic": (
        ("light", "attic_lamp", None),
        ("switch", "attic_printer", None),
        ("media_player", "attic_radio", "speaker"),
    ),
    "greenhouse": (
        ("light", "greenhouse_lamp", None),
        ("switch", "greenhouse_pump", None),
        ("fan", "greenhouse_fan", None),
        ("binary_sensor", "greenhouse_door", "door"),
    ),
    "lounge": tuple(("light", f"lounge_lamp_{number}", None) for number in range(4)),
    "craft_room": tuple(
        ("switch", f"craft_tool_{number}", None) for number in range(5)
    ),
}
_MOTION = "binary_sensor.den_motion"
#: Random uses a day of each thing, and of those in the room that is merely busy.
_PER_DAY, _BUSY_PER_DAY = 0.4, 2.5
#: Who sits in a room is seen this often, in seconds.
_SEEN_EVERY = 500.0
_ALONE = "alone"


def with_sittings(plan: Plan, rng: np.random.Generator) -> Plan:
    """Return a plan with rooms to sit in, behind what its house has.

    Args:
        plan: A rich plan.
        rng: Where chance comes from.
    """
    house = plan.house
    mains = [
        (entity_of(domain, slug, area, kind), slug)
        for area, things in _THINGS.items()
        for domain, slug, kind in things
    ]
    furnished = House(
        (*house.entities, *(main for main, _ in mains)),
        (*house.uses, *(Use(Role.QUIET) for _ in mains)),
        (
            *house.devices,
            *(Device(f"dev_{s}", m.name, m.area_id, "Model S") for m, s in mains),
        ),
    )
    evening = float(rng.uniform(1150, 1290))

    def rule(area: str, minute: float, **fixed: object) -> SittingRule:
        members = tuple(
            Step(main.entity_id, main.active)
            for main, _ in mains
            if main.area_id == area and main.entity_id != _MOTION
        )
        values: dict[str, object] = {
            "adherence": rng.uniform(0.72, 0.95),
            "joins": rng.uniform(0.82, 0.97),
            "sd": rng.uniform(12, 40),
            "within": rng.uniform(8, 25),
            "length": rng.uniform(40, 130),
        }
        return SittingRule(
            name=area,
            area_id=area,
            members=members,
            minute=minute,
            **(values | fixed),  # type: ignore[arg-type]
        )

    rules = (
        rule("den", evening),
        rule("nook", float(rng.uniform(390, 450)), length=float(rng.uniform(20, 40))),
        # Somebody else, at about the same time in another room.
        rule("attic", evening + float(rng.uniform(-10, 150))),
        rule("greenhouse", float(rng.uniform(600, 720)), weekdays=(5, 6)),
    )
    alone = [
        TimedRule(
            name=_ALONE,
            step=Step(main.entity_id, "on"),
            minute=evening,
            sd=float(rng.uniform(8, 30)),
            adherence=float(rng.uniform(0.7, 0.95)),
        )
        for main, _ in mains
        if main.area_id == "lounge"
    ]
    return replace(plan, house=furnished, sittings=rules, alone=tuple(alone))


def sat(
    plan: Plan, clock: LocalClock, presence: Presence, rng: np.random.Generator
) -> tuple[Runs, tuple[tuple[SittingRule, Kept], ...]]:
    """Draw all that happens in the rooms to sit in.

    Nothing of it is seen elsewhere, so that the rest of a home stays as it is.
    """
    house = plan.house
    index = {entity.entity_id: n for n, entity in enumerate(house.entities)}
    parts: list[Runs] = []
    kept: list[tuple[SittingRule, Kept]] = []
    seen: list[Floats] = []
    for rule in plan.sittings:
        # Sittings go on in fresh days as they were: they neither drift nor stop.
        done = keep(_begins(rule), clock, presence, rng, told=plan.days)
        kept.append((rule, done))
        size = len(done.instants)
        length = rule.length * 60 * np.exp(rng.normal(0, 0.25, size))
        for step in rule.members:
            joins = rng.random(size) < rule.joins
            start = done.instants + rng.uniform(0, rule.within * 60, size)
            short = step.entity_id.startswith("binary_sensor")
            last = rng.uniform(5, 60, size) if short else length
            end = np.maximum(start + 5, done.instants + last)
            end = np.where(short, start + last, end)
            parts.append(
                Runs.of(index[step.entity_id], start[joins], end[joins], habit=True)
            )
        if rule.area_id == "den":
            for begin, lasts in zip(done.instants, length, strict=True):
                at = begin + np.cumsum(rng.exponential(_SEEN_EVERY, 200))
                seen.append(np.append(begin, at[at < begin + lasts]))
    for alone in plan.alone:
        done = keep(alone, clock, presence, rng, told=plan.days)
        number = index[alone.step.entity_id]
        parts.append(Runs.of(number, done.instants, done.instants + 3000.0, habit=True))
    parts += _at_random(plan, index, clock, presence, rng, seen)
    if not parts:
        return Runs.join([Runs.of(0, np.zeros(0), np.zeros(0))]), ()
    joined = settle(Runs.join(parts))
    return replace(joined, people=np.zeros(len(joined), np.bool_)), tuple(kept)


def sitting_truth(rule: SittingRule, kept: Kept, clock: LocalClock) -> PlantedHabit:
    """Return what a sitting makes true."""
    return PlantedHabit(
        name=f"sitting in the {rule.name}",
        kind="session",
        steps=rule.members,
        area_ids=(rule.area_id,),
        adherence=rule.adherence,
        minute=rule.minute % 1440,
        sd=rule.sd,
        duration=rule.length * 60,
        weekdays=rule.weekdays,
        first_day=clock.first_day,
        last_day=clock.date(clock.days - 1),
        eligible=tuple(kept.eligible.tolist()),
        kept=tuple(kept.days.tolist()),
        instants=tuple(kept.instants.tolist()),
    )


def _begins(rule: SittingRule) -> TimedRule:
    return TimedRule(
        name=rule.name,
        step=rule.members[0],
        minute=rule.minute,
        sd=rule.sd,
        adherence=rule.adherence,
        weekdays=rule.weekdays,
    )


def _at_random(
    plan: Plan,
    index: dict[str, int],
    clock: LocalClock,
    presence: Presence,
    rng: np.random.Generator,
    seen: list[Floats],
) -> list[Runs]:
    """Draw random uses of everything, and what the motion sensor sees."""
    parts: list[Runs] = []
    names = {step.entity_id for rule in plan.sittings for step in rule.members}
    names |= {rule.step.entity_id for rule in plan.alone}
    busy = {name for name in index if ".craft_tool_" in name}
    for name in sorted(names | busy):
        rate = _BUSY_PER_DAY if name in busy else _PER_DAY
        days = np.repeat(np.arange(clock.days), rng.poisson(rate, clock.days))
        start = clock.utc(days, moments("evening", len(days), rng))
        start = start[inside(presence.anybody_up, start)]
        parts.append(
            Runs.of(index[name], start, start + rng.exponential(900, len(start)) + 5)
        )
        if ".den_" in name:
            seen.append(start)
    if seen:
        at = np.concatenate(seen)
        sensor = np.full(len(at), index[_MOTION], np.int32)
        parts.append(flicker(at, sensor, -1, rng))
    return parts
