"""Everything people do without any habit, and what their walking about sets off."""

from dataclasses import dataclass, replace

import numpy as np

from .clock import DAY_MINUTES, DAY_SECONDS, Floats, LocalClock
from .habits import clicks, lengths
from .house import HALLWAY, Rhythm, Role
from .model import Codes, Runs
from .plan import Noise, Plan
from .residents import Presence, inside

#: Bumps of a day's rhythm: weight, wall-clock minute, sd in minutes. No bump is
#: narrower than two hours: what is narrower would be a habit.
_RHYTHMS: dict[Rhythm, tuple[tuple[float, float, float], ...]] = {
    "meals": ((0.33, 460, 130), (0.27, 770, 160), (0.4, 1160, 150)),
    "evening": ((0.15, 480, 180), (0.85, 1220, 140)),
    "day": ((1.0, 850, 230),),
}
_FLAT = 0.12
_BURST = 0.22
_NIGHT_VISITS = ("light.bathroom_ceiling", "binary_sensor.bathroom_door")


@dataclass(frozen=True, slots=True)
class Level:
    """How restless a household is: factors on uses, bursts, and walks an hour."""

    uses: float
    bursts: float
    walks: float
    nights: float


LEVELS: dict[Noise, Level] = {
    "normal": Level(1.0, _BURST, 2.0, 0.2),
    "dense": Level(2.5, 1.5 * _BURST, 5.0, 0.5),
}
#: Random uses a day of what a link or a routine sets in motion.
_QUIET_PER_DAY = 0.25


def moments(rhythm: Rhythm | None, size: int, rng: np.random.Generator) -> Floats:
    """Draw wall-clock minutes from a rhythm, or evenly where it is none."""
    flat = rng.uniform(0, DAY_MINUTES, size)
    if rhythm is None:
        return flat
    bumps = np.array(_RHYTHMS[rhythm])
    which = rng.choice(len(bumps), size, p=bumps[:, 0])
    drawn = rng.normal(bumps[which, 1], bumps[which, 2]) % DAY_MINUTES
    return np.where(rng.random(size) < _FLAT, flat, drawn)


def uses(
    plan: Plan,
    clock: LocalClock,
    presence: Presence | None,
    rng: np.random.Generator,
    *,
    rhythmic: bool = True,
) -> Runs:
    """Draw the random uses of every entity that people use.

    Args:
        plan: The household.
        clock: The span of days.
        presence: When anybody is up, outside of which nothing is used; none for a
            home that is only random.
        rng: Where chance comes from.
        rhythmic: Whether the day has a rhythm, or every minute is alike.
    """
    level = LEVELS[plan.noise]
    house = plan.house
    parts: list[Runs] = []
    for entity in house.where(Role.USED).tolist():
        use = house.uses[entity]
        name = house.entities[entity].entity_id
        quiet = name in plan.quiet
        rate = min(use.per_day, _QUIET_PER_DAY) if quiet else use.per_day
        busy = rng.gamma(4.0, 0.25, clock.days) if rhythmic else np.ones(clock.days)
        counts = rng.poisson(rate * level.uses * busy)
        days = np.repeat(np.arange(clock.days), counts)
        rhythm = use.rhythm if rhythmic else None
        start = clock.utc(days, moments(rhythm, len(days), rng))
        if rhythmic:
            start = _bursts(start, level.bursts, rng)
        if presence is not None:
            start = start[inside(presence.anybody_up, start)]
            if name in _NIGHT_VISITS:
                start = np.concatenate([start, _nights(level, clock, presence, rng)])
        size = len(start)
        parts.append(
            Runs.of(
                entity,
                start,
                start + lengths(use, size, rng),
                user=clicks(house, entity, size, rng),
            )
        )
    return Runs.join(parts)


def walks(
    plan: Plan, clock: LocalClock, presence: Presence, rng: np.random.Generator
) -> tuple[Floats, tuple[str, ...], np.ndarray]:
    """Draw when people wander, and where to: instants, rooms, index of the room."""
    rooms = tuple(
        str(plan.house.entities[n].area_id) for n in plan.house.where(Role.MOTION)
    )
    found: list[Floats] = []
    for up in presence.up:
        count = rng.poisson(LEVELS[plan.noise].walks * 24 * clock.days)
        start = clock.utc(0, 0.0) + rng.uniform(0, DAY_SECONDS * clock.days, count)
        found.append(start[inside(up, start)])
    instants = np.concatenate(found)
    return instants, rooms, rng.integers(0, len(rooms), len(instants))


def motion(
    plan: Plan,
    triggers: Floats,
    rooms: tuple[str | None, ...],
    where: Codes,
    rng: np.random.Generator,
) -> Runs:
    """Let the motion sensors see people at instants in rooms.

    Most see somebody come in shortly before they do something; who crosses the
    hallway is seen there, too; each flickers a few times while somebody is there,
    and one of the house chatters.
    """
    house = plan.house
    sensors = house.where(Role.MOTION)
    by_room = {house.entities[n].area_id: n for n in sensors.tolist()}
    chatters = int(rng.choice(sensors))
    table = np.array([by_room.get(room, -1) for room in rooms], np.int32)
    sensor = table[where]
    lead = np.where(
        rng.random(len(triggers)) < 0.7,
        -rng.uniform(2, 25, len(triggers)),
        rng.uniform(0, 20, len(triggers)),
    )
    passing = rng.random(len(triggers)) < 0.45
    hall = by_room[HALLWAY]
    seen = sensor >= 0
    at = np.concatenate(
        [
            (triggers + lead)[seen],
            (triggers + lead - rng.uniform(4, 15, len(triggers)))[passing],
        ]
    )
    who = np.concatenate([sensor[seen], np.full(int(passing.sum()), hall, np.int32)])
    runs = flicker(at, who, chatters, rng)
    return runs if plan.held is None else _held(plan, *plan.held, runs)


def _held(plan: Plan, sensor: str, seconds: float, runs: Runs) -> Runs:
    """Let one sensor stay on for a fixed time after the last it saw."""
    ids = [entity.entity_id for entity in plan.house.entities]
    mine = runs.entity == ids.index(sensor)
    own = runs.take(mine)
    alone = np.diff(own.start, prepend=-np.inf) > seconds + 5
    own = own.take(alone)
    return Runs.join([runs.take(~mine), replace(own, end=own.start + seconds)])


def arrived(plan: Plan, at: Floats, rooms: list[str], rng: np.random.Generator) -> Runs:
    """Let motion sensors see who comes straight to a room."""
    sensors = plan.house.where(Role.MOTION).tolist()
    by_room = {plan.house.entities[n].area_id: n for n in sensors}
    who = np.array([by_room[room] for room in rooms], np.int32)
    return flicker(at, who, -1, rng)


def flicker(at: Floats, sensor: Codes, chatters: int, rng: np.random.Generator) -> Runs:
    """Make bouts of pulses that begin at instants."""
    nervous = sensor == chatters
    pulses = np.where(
        nervous, rng.geometric(0.12, len(at)), rng.geometric(0.5, len(at))
    )
    which = np.repeat(np.arange(len(at)), pulses)
    fast = nervous[which]
    long = np.where(
        fast, rng.uniform(2, 6, len(which)), rng.uniform(15, 60, len(which))
    )
    gap = np.where(
        fast, rng.uniform(3, 20, len(which)), rng.uniform(15, 150, len(which))
    )
    passed = np.cumsum(long + gap) - (long + gap)
    first = np.cumsum(pulses) - pulses
    start = at[which] + passed - passed[first][which]
    return Runs.of(sensor[which], start, start + long, people=False)


def _bursts(start: Floats, share: float, rng: np.random.Generator) -> Floats:
    """Let some uses be followed by one to three more within minutes."""
    again = start[rng.random(len(start)) < share]
    more = rng.integers(1, 4, len(again))
    which = np.repeat(np.arange(len(again)), more)
    return np.concatenate([start, again[which] + 60 + rng.exponential(420, len(which))])


def _nights(
    level: Level, clock: LocalClock, presence: Presence, rng: np.random.Generator
) -> Floats:
    """Draw visits in the night, by people who were asleep."""
    days = np.flatnonzero(rng.random(clock.days) < level.nights)
    at = clock.utc(days, rng.uniform(60, 340, len(days)))
    return at[inside(presence.somebody, at)]
