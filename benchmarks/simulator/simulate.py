"""Makes a home: plan, life, recording, and the truth about it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from .calendar import COUNTRY, POSITION, holidays
from .clock import Bools, LocalClock
from .conditions import CONDITION_ROOMS
from .draw import draw
from .enrich import enrich
from .furnish import FURNISHED_ROOMS
from .happenings import Happenings, bouting, happenings
from .house import FLOORS, RESIDENTS, ROOMS
from .life import Life, live_days, mirrored
from .model import Home
from .outages import Outage, draw_outages, recorder_runs
from .plan import Noise, Plan
from .recording import record
from .sittings import SITTING_ROOMS
from .told import truth_of
from .truth import Truth
from .weather import temperatures

ROWS_PER_DAY = 10_000
#: Homes begin on a day of these two years, so that some see a DST change.
_ORIGIN = date(2024, 9, 1)
_ORIGIN_DAYS = 600
_RICH_ROOMS = (*FURNISHED_ROOMS, *SITTING_ROOMS, *CONDITION_ROOMS)


@dataclass(frozen=True, slots=True)
class _Seeds:
    """Independent generators for each stage of the making of a home."""

    plan: np.random.Generator
    life: np.random.Generator
    record: np.random.Generator
    fresh: np.random.Generator
    rich: np.random.Generator

    @staticmethod
    def of(seed: int) -> _Seeds:
        """Return the generators of a seed."""
        spawned = np.random.SeedSequence(seed).spawn(5)
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
    rich: bool = False,
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
        rich: Whether to plant what `enrich` tells, too: what all six detectors of
            a day look for. Without it homes are smaller.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: The time zone is not known.
    """
    seeds = _Seeds.of(seed)
    drawn = _ORIGIN + timedelta(days=int(seeds.plan.integers(_ORIGIN_DAYS)))
    first_day = first_day or drawn
    plan = draw(seeds.plan, days, noise)
    if rich:
        plan = enrich(plan, seeds.rich)
    clock = LocalClock.of(time_zone, first_day, days + after)
    feasts = holidays(first_day, clock.days)
    life = live_days(plan, clock, _free(clock, feasts), seeds.life)
    home = _home(seed, plan, clock, life, feasts, time_zone, rows_per_day, seeds.record)
    return replace(home, truth=truth_of(plan, clock, life))


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


def fresh_home(home: Home, days: int) -> Home:
    """Return the recording of such days, as `fresh_days` lives them.

    Nothing is out of the ordinary in it, and the recorder is never down.

    Args:
        home: What `simulate` returned.
        days: For how long.
    """
    plan = plan_of(home)
    clock = LocalClock.of("UTC", date(2001, 1, 1), days)
    rng = _Seeds.of(home.seed).fresh
    life = live_days(plan, clock, clock.weekdays >= 5, rng, frozen=True)
    return _home(home.seed, plan, clock, life, frozenset(), "UTC", 0, rng, outages=())


def plan_of(home: Home) -> Plan:
    """Return the plan that a simulated home was lived by."""
    rng = _Seeds.of(home.seed).plan
    rng.integers(_ORIGIN_DAYS)
    plan = draw(rng, home.told, home.noise)
    return enrich(plan, _Seeds.of(home.seed).rich) if home.rich else plan


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
    outages: tuple[Outage, ...] | None = None,
) -> Home:
    """Record a life; outages are drawn unless some are given."""
    runs = mirrored(plan.house.entities, life.runs)
    if outages is None:
        outages = draw_outages(clock, rng)
    house = plan.house
    warm = temperatures(plan.weather, clock) if plan.conditions else None
    stream, fires = record(
        house, clock, runs, life.fires, outages, rows_per_day, rng, warm
    )
    return Home(
        seed=seed,
        rich=bool(plan.rooms),
        noise=plan.noise,
        time_zone=time_zone,
        country=COUNTRY,
        position=POSITION,
        first_day=clock.first_day,
        days=clock.days,
        told=plan.days,
        entities=house.entities,
        areas=_RICH_ROOMS if plan.rooms else ROOMS,
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
