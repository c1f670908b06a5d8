"""What a recorder keeps of a life: rows, restarts, flaps, updates of attributes."""

import numpy as np

from .clock import Floats, LocalClock
from .house import House, Role
from .model import Fire, Runs, Stream
from .outages import Outage, gaps_of, interrupt
from .rows import Labels, Rows
from .sensors import readings
from .weather import OUTDOOR


def record(
    house: House,
    clock: LocalClock,
    runs: Runs,
    fires: tuple[tuple[float, str], ...],
    outages: tuple[Outage, ...],
    rows_per_day: int,
    rng: np.random.Generator,
    outdoor: Floats | None = None,
) -> tuple[Stream, tuple[Fire, ...]]:
    """Return the rows a recorder keeps, and the firings of automations.

    Args:
        house: Its entities.
        clock: The span of days.
        runs: What happened, mirrors included.
        fires: Instants and entity ids of automations that fired.
        outages: When the recorder was down.
        rows_per_day: How many rows to fill each day with, by numeric sensors.
        rng: Where chance comes from.
        outdoor: How warm it is outside at every hour of the days, where a sensor of
            the house tells.
    """
    labels = Labels()
    parts = _discrete(house, runs, labels, rng)
    parts += _quiet(house, clock, fires, labels, rng)
    so_far = sum(len(part.instant) for part in parts)
    wanted = max(rows_per_day * clock.days - so_far, 0)
    parts.append(_numeric(house, clock, wanted, labels, rng))
    if outdoor is not None:
        parts[-1] = parts[-1].take(parts[-1].entity != _thermometer(house))
        parts.append(_outdoors(house, clock, outdoor, labels))
    rows = Rows.join(parts)
    begin, end = float(clock.utc(0, 0.0)), float(clock.utc(clock.days, 0.0))
    gaps = gaps_of(house, outages, begin, end, rng)
    rows = interrupt(rows, house.entities, gaps, begin, labels, rng)
    rows = rows.take((rows.instant >= begin) & (rows.instant < end))
    rows = rows.take(np.lexsort((rows.entity, rows.instant)))
    fired = tuple(
        Fire(
            at,
            name,
            next(e.name for e in house.entities if e.entity_id == name),
            2 * number,
            2 * number + 1 if name == "automation.hall" else -1,
        )
        for number, (at, name) in enumerate(fires)
    )
    parents = np.array([one.parent for one in fired] or [-1], np.int64)
    stream = Stream(
        rows.entity,
        rows.state,
        rows.instant,
        rows.changed,
        rows.user,
        np.where(rows.fire >= 0, 2 * rows.fire, -1),
        np.where(rows.fire >= 0, parents[rows.fire], -1),
        labels.all(),
    )
    return stream, tuple(one for one in fired if begin <= one.instant < end)


def _discrete(
    house: House, runs: Runs, labels: Labels, rng: np.random.Generator
) -> list[Rows]:
    """Return both ends of every run, and attributes changing meanwhile."""
    on = np.array([labels.code(e.active) for e in house.entities], np.int32)
    off = np.array([labels.code(e.rest) for e in house.entities], np.int32)
    telling = ("light", "media_player", "cover", "climate", "vacuum")
    tells = np.array([entity.domain in telling for entity in house.entities])
    talk = tells[runs.entity] & (rng.random(len(runs)) < 0.4)
    during = runs.start[talk] + rng.uniform(0.02, 0.9, int(talk.sum())) * (
        runs.end[talk] - runs.start[talk]
    )
    who = runs.entity[talk]
    return [
        Rows.of(
            runs.entity, on[runs.entity], runs.start, user=runs.user, fire=runs.fire
        ),
        Rows.of(
            runs.entity, off[runs.entity], runs.end, user=runs.user, fire=runs.fire
        ),
        Rows.of(who, on[who], during, changed=False),
    ]


def _quiet(
    house: House,
    clock: LocalClock,
    fires: tuple[tuple[float, str], ...],
    labels: Labels,
    rng: np.random.Generator,
) -> list[Rows]:
    """Return rows of the sun, of automations and of pending updates."""
    parts: list[Rows] = []
    days = np.arange(clock.days)
    season = np.cos(2 * np.pi * (days + clock.first_day.timetuple().tm_yday) / 365)
    for number in house.where(Role.QUIET).tolist():
        entity = house.entities[number]
        on, off = labels.code(entity.active), labels.code(entity.rest)
        if entity.domain == "sun":
            rise = clock.utc(days, 375 + 105 * season)
            parts.append(Rows.of(number, on, rise))
            parts.append(Rows.of(number, off, clock.utc(days, 1110 - 135 * season)))
            seen = clock.utc(
                np.repeat(days, 30), rng.uniform(500, 950, 30 * clock.days)
            )
            parts.append(Rows.of(number, on, seen, changed=False))
        elif entity.domain == "automation":
            at = np.array([t for t, name in fires if name == entity.entity_id])
            mine = [n for n, f in enumerate(fires) if f[1] == entity.entity_id]
            fire = np.array(mine, np.int64)
            parts.append(Rows.of(number, on, at + 0.05, changed=False, fire=fire))
        else:
            # Drawn for all, so that a home does not depend on how many there are.
            due = clock.utc(rng.integers(0, clock.days, 2), rng.uniform(0, 1440, 2))
            if entity.domain == "update":
                parts.append(Rows.of(number, np.array([on, off]), np.sort(due)))
    return parts


def _thermometer(house: House) -> int:
    """Return the position of the sensor that tells how warm it is outside."""
    return next(n for n, e in enumerate(house.entities) if e.entity_id == OUTDOOR)


def _outdoors(house: House, clock: LocalClock, outdoor: Floats, labels: Labels) -> Rows:
    """Return what is told of the outdoors, once an hour."""
    tenths = np.round(outdoor.ravel() * 10).astype(np.int64)
    found, inverse = np.unique(tenths, return_inverse=True)
    codes = np.array([labels.code(f"{value / 10:.1f}") for value in found.tolist()])
    days, hours = np.divmod(np.arange(tenths.size), 24)
    at = clock.utc(days, hours * 60.0 + 0.5)
    return Rows.of(_thermometer(house), codes[inverse], at)


def _numeric(
    house: House, clock: LocalClock, rows: int, labels: Labels, rng: np.random.Generator
) -> Rows:
    """Return readings; one that repeats the last only updates attributes."""
    entity, instant, value = readings(house, clock, rows, rng)
    found, inverse = np.unique(value, return_inverse=True)
    codes = np.array([labels.code(f"{tenths / 10:.1f}") for tenths in found.tolist()])
    same = np.zeros(len(value), np.bool_)
    same[1:] = (value[1:] == value[:-1]) & (entity[1:] == entity[:-1])
    return Rows.of(entity, codes[inverse], instant, changed=~same)
