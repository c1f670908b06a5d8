"""Homes as large as wanted: several simulated households under one roof."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from benchmarks.simulator import Home, simulate
from benchmarks.simulator.clock import LocalClock
from benchmarks.simulator.house import Role
from benchmarks.simulator.model import Area, Device, Entity, Fire, Recorded, Stream
from benchmarks.simulator.sensors import readings
from benchmarks.simulator.simulate import plan_of

#: A Thursday, so that the 91st day is a Wednesday: an ordinary night.
FIRST_DAY = date(2025, 10, 9)
_TIME_ZONE = "Europe/Berlin"
#: Tells apart what automations of different households set off.
_CONTEXTS = 10_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a home is.

    Attributes:
        houses: how many households; each has about 134 entities, of which 66 are
            tracked and enter about 1 000 states a day.
        days: how many local days are recorded.
        rows: rows of the recorder a day, on the last days.
        full: how many of the last days have that many; earlier ones have only what
            is no reading of a sensor.
        watched: what fills the days are changed attributes of tracked entities,
            which have to be read, instead of readings, which have not.
    """

    houses: int
    days: int
    rows: int
    full: int
    watched: bool = False

    @property
    def name(self) -> str:
        """Return what names it among others."""
        filled = "watched" if self.watched else "rows"
        return f"{self.houses}-houses-{self.days}-days-{self.full}x{self.rows}-{filled}"


def big_home(size: Size) -> Recorded:
    """Return the recording of a home.

    Args:
        size: how large it is.
    """
    homes = [_household(number, size.days) for number in range(size.houses)]
    joined = _joined(homes)
    days = range(size.days - size.full, size.days)
    missing = size.rows * size.full - _rows_on(joined, days)
    if missing <= 0:
        return joined
    filled = _watched if size.watched else _numbers
    stream = filled(homes, joined, days, missing)
    return replace(joined, stream=_merged([joined.stream, stream]))


def _household(number: int, days: int) -> Home:
    return simulate(
        number + 1,
        days,
        noise="dense",
        time_zone=_TIME_ZONE,
        first_day=FIRST_DAY,
        rows_per_day=0,
    )


def _joined(homes: list[Home]) -> Recorded:
    """Return one home of several, the ids of each household but the first suffixed."""
    offsets = np.cumsum([0, *(len(home.entities) for home in homes)]).tolist()
    streams = [
        replace(
            home.stream,
            entity=home.stream.entity + offsets[number],
            context=_own(home.stream.context, number),
            parent=_own(home.stream.parent, number),
        )
        for number, home in enumerate(homes)
    ]
    every = list(enumerate(homes))
    return Recorded(
        time_zone=_TIME_ZONE,
        country=homes[0].country,
        position=homes[0].position,
        entities=tuple(_entity(e, n) for n, home in every for e in home.entities),
        areas=tuple(
            Area(f"{area.area_id}{_of(n)}", f"{area.name}{_of(n)}", area.floor_id)
            for n, home in every
            for area in home.areas
        ),
        floors=homes[0].floors,
        devices=tuple(_device(d, n) for n, home in every for d in home.devices),
        users=homes[0].users,
        stream=_merged(streams),
        fires=tuple(
            sorted(
                (_fire(fire, n) for n, home in every for fire in home.fires),
                key=lambda fire: fire.instant,
            )
        ),
        recorder_runs=homes[0].recorder_runs,
    )


def _of(number: int) -> str:
    return f"_{number + 1}" if number else ""


def _own(context: np.ndarray, number: int) -> np.ndarray:
    return np.where(context >= 0, context + number * _CONTEXTS, context)


def _entity(entity: Entity, number: int) -> Entity:
    end = _of(number)
    return replace(
        entity,
        entity_id=entity.entity_id + end,
        name=entity.name + end.replace("_", " "),
        area_id=entity.area_id and entity.area_id + end,
        device_id=entity.device_id and entity.device_id + end,
        mirrors=entity.mirrors and entity.mirrors + end,
    )


def _device(device: Device, number: int) -> Device:
    end = _of(number)
    return replace(
        device,
        device_id=device.device_id + end,
        name=device.name + end.replace("_", " "),
        area_id=device.area_id and device.area_id + end,
    )


def _fire(fire: Fire, number: int) -> Fire:
    parent = fire.parent + number * _CONTEXTS if fire.parent >= 0 else fire.parent
    return replace(
        fire,
        entity_id=fire.entity_id + _of(number),
        context=fire.context + number * _CONTEXTS,
        parent=parent,
    )


def _merged(streams: list[Stream]) -> Stream:
    """Return all rows by time, their states numbered anew."""
    labels = list(dict.fromkeys(label for s in streams for label in s.labels))
    code = {label: number for number, label in enumerate(labels)}
    states = [
        np.array([code[label] for label in s.labels], np.int32)[s.state]
        for s in streams
    ]
    columns = {
        name: np.concatenate([getattr(s, name) for s in streams])
        for name in ("entity", "instant", "changed", "user", "context", "parent")
    }
    stream = Stream(state=np.concatenate(states), labels=tuple(labels), **columns)
    return stream.take(np.lexsort((stream.entity, stream.instant)))


def _rows_on(home: Recorded, days: range) -> int:
    clock = LocalClock.of(home.time_zone, FIRST_DAY, days.stop)
    begin, end = clock.utc(days.start, 0.0), clock.utc(days.stop, 0.0)
    instant = home.stream.instant
    return int(((instant >= begin) & (instant < end)).sum())


def _numbers(homes: list[Home], joined: Recorded, days: range, rows: int) -> Stream:
    """Return readings of the sensors of all households on some days."""
    first = homes[0].clock.date(days.start)
    clock = LocalClock.of(_TIME_ZONE, first, len(days))
    parts = [
        readings(
            plan_of(home).house,
            clock,
            rows // len(homes),
            np.random.default_rng([number, rows]),
        )
        for number, home in enumerate(homes)
    ]
    offsets = np.cumsum([0, *(len(home.entities) for home in homes)])
    entity = np.concatenate([p[0] + offsets[n] for n, p in enumerate(parts)])
    tenths, state = np.unique(
        np.concatenate([p[2] for p in parts]), return_inverse=True
    )
    return _unremarkable(
        entity,
        state,
        np.concatenate([p[1] for p in parts]),
        tuple(f"{value / 10:.1f}" for value in tenths.tolist()),
        changed=True,
    )


def _watched(homes: list[Home], joined: Recorded, days: range, rows: int) -> Stream:
    """Return changed attributes of what people use, on some days."""
    rng = np.random.default_rng(rows)
    clock = LocalClock.of(_TIME_ZONE, FIRST_DAY, days.stop)
    begin, end = float(clock.utc(days.start, 0.0)), float(clock.utc(days.stop, 0.0))
    uses = [use for home in homes for use in plan_of(home).house.uses]
    used = np.array([n for n, use in enumerate(uses) if use.role is Role.USED])
    stream = joined.stream
    states, instants, entities = [], [], []
    order = np.argsort(stream.entity, kind="stable")
    edges = np.searchsorted(stream.entity[order], np.arange(len(uses) + 1))
    for number in used.tolist():
        own = order[edges[number] : edges[number + 1]]
        at = np.sort(rng.uniform(begin, end, rows // used.size))
        held = np.searchsorted(stream.instant[own], at, "right") - 1
        states.append(stream.state[own[held[held >= 0]]])
        instants.append(at[held >= 0])
        entities.append(np.full(instants[-1].size, number))
    return _unremarkable(
        np.concatenate(entities),
        np.concatenate(states),
        np.concatenate(instants),
        stream.labels,
        changed=False,
    )


def _unremarkable(
    entity: np.ndarray,
    state: np.ndarray,
    instant: np.ndarray,
    labels: tuple[str, ...],
    *,
    changed: bool,
) -> Stream:
    """Return rows that nobody caused."""
    size = instant.size
    return Stream(
        entity.astype(np.int32),
        state.astype(np.int32),
        instant,
        np.full(size, changed),
        np.full(size, -1, np.int8),
        np.full(size, -1, np.int64),
        np.full(size, -1, np.int64),
        labels,
    )
