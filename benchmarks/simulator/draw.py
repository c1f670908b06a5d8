"""Draws the rules of a household: which habits it has, and of which entities."""

from collections.abc import Collection

import numpy as np

from .house import House, Role, build
from .plan import LinkRule, Noise, Plan, RoutineRule, TimedRule
from .residents import Resident, draw_resident
from .truth import Anchor, Step

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WORKWEEK = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)
#: Entities that planned life moves itself; no habit is drawn for them.
_TAKEN = (
    "light.hallway_ceiling",
    "binary_sensor.front_door",
    "light.garden_spots",
)


class Pool:
    """Hands out entities of a house, each to one rule only."""

    def __init__(
        self,
        house: House,
        rng: np.random.Generator,
        taken: Collection[str] = (),
    ) -> None:
        """Take a house; what is taken is not handed out."""
        used = [int(n) for n in house.where(Role.USED)]
        order = rng.permutation(used)
        self._free = [
            int(n)
            for n in order
            if house.entities[n].entity_id not in {*_TAKEN, *taken}
        ]
        self._house = house
        self._rng = rng

    def pick(self, low: float = 0.0, high: float = 99.0, short: bool = False) -> str:
        """Take an entity used between `low` and `high` times a day, if any is left."""
        fits = [
            n
            for n in self._free
            if low <= self._house.uses[n].per_day <= high
            and (not short or self._house.uses[n].minutes <= 60)
        ]
        chosen = fits[0] if fits else self._free[0]
        self._free.remove(chosen)
        return self._house.entities[chosen].entity_id

    def step(self, entity_id: str, rest_share: float = 0.0) -> Step:
        """Make a step of an entity: its active state, at times that of rest."""
        for entity in self._house.entities:
            if entity.entity_id == entity_id:
                rests = self._rng.random() < rest_share
                return Step(entity_id, entity.rest if rests else entity.active)
        raise KeyError(entity_id)


def draw(
    rng: np.random.Generator, days: int, noise: Noise, *, vacations: bool = True
) -> Plan:
    """Draw a household with its habits.

    Args:
        rng: Where chance comes from.
        days: For how long it is going to be recorded.
        noise: Whether its people use everything a normal amount, or far more.
        vacations: Whether they may go on holiday meanwhile.
    """
    house = build(rng)
    residents = (draw_resident(rng), draw_resident(rng))
    pool = Pool(house, rng)
    quiet: set[str] = set()
    routines = _routines(pool, residents, rng, quiet)
    links = _links(pool, rng, quiet)
    timed = [
        *_clock(pool, rng, days),
        *_edges(pool, residents, rng),
        _automated(rng),
    ]
    vacation = None
    if vacations and days >= 21 and rng.random() < 0.7:
        length = int(rng.integers(3, 8))
        vacation = (int(rng.integers(3, days - length - 3)), length)
    return Plan(
        days=days,
        house=house,
        residents=residents,
        noise=noise,
        timed=tuple(timed),
        links=tuple(links),
        routines=tuple(routines),
        hall=("binary_sensor.hallway_motion", "light.hallway_ceiling"),
        quiet=frozenset(quiet),
        vacation=vacation,
    )


def _clock(pool: Pool, rng: np.random.Generator, days: int) -> list[TimedRule]:
    """Draw habits tied to the clock; some drift, stop, begin, or cross midnight."""
    rules: list[TimedRule] = []

    def add(name: str, **fixed: object) -> TimedRule:
        weekdays = _mask(rng)
        drawn = _moment(rng, weekdays)
        minute = fixed.get("minute", drawn)
        late = isinstance(minute, float) and minute > 660
        values: dict[str, object] = {
            # What is put to rest early in the day would have begun in the night.
            "step": pool.step(pool.pick(0.2, 4), 0.25 if late else 0.0),
            "weekdays": weekdays,
            "minute": minute,
            "sd": float(np.exp(rng.uniform(np.log(3), np.log(30)))),
            "adherence": rng.uniform(0.5, 0.98),
        }
        rules.append(TimedRule(name=name, **(values | fixed)))  # type: ignore[arg-type]
        return rules[-1]

    for number in range(int(rng.integers(2, 5))):
        add(f"clock {number + 1}")
    first = add("first of two peaks", weekdays=EVERY_DAY, minute=rng.uniform(370, 450))
    add("second of two peaks", step=first.step, minute=rng.uniform(1130, 1330))
    around = float(rng.uniform(-18, 15)) % 1440
    add("around midnight", weekdays=EVERY_DAY, minute=around, sd=rng.uniform(5, 15))
    drift = float(rng.choice([-1, 1]) * rng.uniform(2, 5))
    add("drifting", drift=drift, adherence=rng.uniform(0.7, 0.98))
    add("timer", device=True, minute=rng.uniform(0, 1440), sd=rng.uniform(3, 8))
    if rng.random() < 0.5:
        add("stopped", weekdays=EVERY_DAY, last_day=int(0.6 * days))
    else:
        add("begun", weekdays=EVERY_DAY, first_day=int(0.4 * days))
    return rules


def _edges(
    pool: Pool, residents: tuple[Resident, ...], rng: np.random.Generator
) -> list[TimedRule]:
    """Draw what is a waking day's first or last use of something used all day."""
    rules: list[TimedRule] = []
    for anchor, number in (("first", rng.integers(3, 6)), ("last", rng.integers(2, 5))):
        for count in range(int(number)):
            step = pool.step(pool.pick(1.5, 12), 0.5 if anchor == "last" else 0.0)
            own = rng.random() < 0.35
            resident = -1 if own else int(rng.integers(len(residents)))
            after = rng.uniform(3, 40) if anchor == "first" else -rng.uniform(3, 40)
            clock = rng.uniform(1110, 1200) if anchor == "first" else 1250.0
            edge: Anchor = "first" if anchor == "first" else "last"
            rules.append(
                TimedRule(
                    name=f"{anchor} {count + 1}",
                    step=step,
                    anchor=edge,
                    minute=clock + rng.uniform(-15, 15) if own else after,
                    sd=rng.uniform(45, 75) if own else rng.uniform(4, 20),
                    adherence=rng.uniform(0.75, 0.98),
                    resident=resident,
                )
            )
    return rules


def _links(pool: Pool, rng: np.random.Generator, quiet: set[str]) -> list[LinkRule]:
    """Draw links of two entities, and one cause that two effects share."""
    rules: list[LinkRule] = []

    def add(name: str, cause: Step, low: float, high: float) -> None:
        effect = pool.pick(0.3, 3, short=True)
        quiet.add(effect)
        rules.append(
            LinkRule(
                name=name,
                cause=cause,
                effect=pool.step(effect, 0.2),
                lag=float(np.exp(rng.uniform(np.log(low), np.log(high)))),
                spread=rng.uniform(0.2, 0.6),
                adherence=rng.uniform(0.5, 0.95),
            )
        )

    for number in range(int(rng.integers(3, 5))):
        add(f"link {number + 1}", pool.step(pool.pick(0.8, 3.5), 0.2), 5, 480)
    shared = pool.step(pool.pick(0.8, 3.5))
    add("common cause, near", shared, 10, 40)
    add("common cause, far", shared, 90, 400)
    return rules


def _routines(
    pool: Pool,
    residents: tuple[Resident, ...],
    rng: np.random.Generator,
    quiet: set[str],
) -> list[RoutineRule]:
    """Draw a coming-home routine, and one in the evening or after waking."""

    def steps(number: int, rest_share: float) -> tuple[Step, ...]:
        chosen = [pool.pick(0.3, 2.5, short=True) for _ in range(number)]
        quiet.update(chosen)
        return tuple(pool.step(entity_id, rest_share) for entity_id in chosen)

    def lags(number: int) -> tuple[float, ...]:
        return tuple(float(lag) for lag in np.exp(rng.uniform(2.5, 5.3, number)))

    person = int(rng.integers(len(residents)))
    home = ("alex", "robin")[person]
    coming = int(rng.integers(1, 3))
    arrival = RoutineRule(
        name="coming home",
        steps=(
            Step(f"person.{home}", "home"),
            Step("binary_sensor.front_door", "on"),
            *steps(coming, 0.0),
        ),
        lags=(rng.uniform(40, 120), *lags(coming)),
        spreads=tuple(rng.uniform(0.15, 0.4, coming + 1)),
        adherence=rng.uniform(0.8, 0.97),
        skip=rng.uniform(0.02, 0.12),
        resident=person,
        arrival=True,
    )
    number = int(rng.integers(3, 6))
    waking = rng.random() < 0.5
    other = RoutineRule(
        name="after waking" if waking else "evening round",
        steps=steps(number, 0.0 if waking else 0.5),
        lags=lags(number - 1),
        spreads=tuple(rng.uniform(0.2, 0.5, number - 1)),
        adherence=rng.uniform(0.65, 0.95),
        skip=rng.uniform(0.02, 0.12),
        minute=rng.uniform(10, 40) if waking else rng.uniform(1200, 1350),
        sd=rng.uniform(5, 15) if waking else rng.uniform(20, 50),
        weekdays=EVERY_DAY if rng.random() < 0.6 else WORKWEEK,
        resident=int(rng.integers(len(residents))) if waking else -1,
    )
    return [arrival, other]


def _automated(rng: np.random.Generator) -> TimedRule:
    """Draw the evening light that an automation switches already."""
    return TimedRule(
        name="automated evening light",
        step=Step("light.garden_spots", "on"),
        minute=float(rng.integers(76, 88) * 15),
        sd=0.05,
        adherence=1.0,
        device=True,
        automation="automation.evening_light",
    )


def _mask(rng: np.random.Generator) -> tuple[int, ...]:
    """Draw the weekdays of a habit."""
    chance = rng.random()
    if chance < 0.45:
        return EVERY_DAY
    if chance < 0.75:
        return WORKWEEK
    if chance < 0.86:
        return WEEKEND
    return (int(rng.integers(7)),)


def _moment(rng: np.random.Generator, weekdays: tuple[int, ...]) -> float:
    """Draw a minute at which somebody is usually home on those days."""
    if not set(weekdays) & set(WORKWEEK):
        return float(rng.uniform(540, 1410))
    if rng.random() < 0.3:
        return float(rng.uniform(360, 465))
    return float(rng.uniform(1110, 1410))
