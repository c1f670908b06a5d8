"""Restarts, power cuts and flaps: when nothing, or nonsense, was recorded."""

from dataclasses import dataclass

import numpy as np

from .clock import DAY_SECONDS, LocalClock
from .house import House, Role
from .model import Entity, RecorderRun
from .rows import Labels, Rows

UNAVAILABLE = "unavailable"
UNKNOWN = "unknown"

#: Begin, end, and the state an entity is said to be in meanwhile, if any.
type Gap = tuple[float, float, str | None]
type Gaps = dict[int, list[Gap]]


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without recorder; a crash leaves the run unclosed until the next."""

    begin: float
    end: float
    crash: bool = False


def draw_outages(clock: LocalClock, rng: np.random.Generator) -> tuple[Outage, ...]:
    """Draw restarts (about one in nine days), and at times a power cut of hours."""
    begin, end = float(clock.utc(0, 0.0)), float(clock.utc(clock.days, 0.0))
    starts = rng.uniform(begin, end, rng.poisson(clock.days / 9))
    found = [Outage(at, at + rng.uniform(20, 100)) for at in starts.tolist()]
    if rng.random() < 0.4:
        at = rng.uniform(begin, end)
        length = rng.uniform(2, 14) * 3600
        found.append(Outage(at, at + length, crash=rng.random() < 0.5))
    apart: list[Outage] = []
    for outage in sorted(found, key=lambda one: one.begin):
        if outage.begin > (apart[-1].end if apart else begin) + 600:
            apart.append(outage)
    return tuple(one for one in apart if one.end < end - 600)


def recorder_runs(
    clock: LocalClock, outages: tuple[Outage, ...]
) -> tuple[RecorderRun, ...]:
    """Return the runs of the recorder between outages."""
    starts = [float(clock.utc(0, 0.0)), *(one.end for one in outages)]
    stops = [one.end if one.crash else one.begin for one in outages]
    crashes = [*(one.crash for one in outages), False]
    stops.append(float(clock.utc(clock.days, 0.0)) + 60)
    return tuple(map(RecorderRun, starts, stops, crashes, strict=True))


def gaps_of(
    house: House,
    outages: tuple[Outage, ...],
    begin: float,
    end: float,
    rng: np.random.Generator,
) -> Gaps:
    """Return when each entity was silent, and the state said of it meanwhile."""
    gaps: Gaps = {
        number: [
            (one.begin, one.end + float(rng.uniform(1, 25)), None) for one in outages
        ]
        for number in range(len(house.entities))
    }
    radio = rng.permutation(house.where(Role.USED))[:8].tolist()
    for number in radio:
        for at in rng.uniform(begin, end, rng.poisson((end - begin) / DAY_SECONDS / 8)):
            back = at + float(np.exp(rng.normal(5.3, 1.0)))
            clear = all(
                back < low - 60 or at > high + 60 for low, high, _ in gaps[number]
            )
            if clear and back < end - 60:
                said = UNAVAILABLE if rng.random() < 0.8 else UNKNOWN
                gaps[number].append((float(at), back, said))
    return {number: sorted(found) for number, found in gaps.items()}


def interrupt(
    rows: Rows,
    entities: tuple[Entity, ...],
    gaps: Gaps,
    begin: float,
    labels: Labels,
    rng: np.random.Generator,
) -> Rows:
    """Drop what fell into gaps, and publish every state anew after each.

    All entities are published when recording begins, too. `rows` are ordered by
    entity, then by time; so is what is returned.
    """
    keep = np.ones(len(rows.instant), np.bool_)
    added: list[tuple[int, int, float]] = []
    edges = np.searchsorted(rows.entity, np.arange(len(entities) + 1)).tolist()
    for number, entity in enumerate(entities):
        low, high = edges[number], edges[number + 1]
        instants = rows.instant[low:high]
        first = labels.code(entity.rest)
        if entity.unit is not None and high > low:
            first = int(rows.state[low])
        start: Gap = (begin - 1.0, begin + float(rng.uniform(0.1, 3)), None)
        for since, back, said in (start, *gaps[number]):
            lost = low + int(np.searchsorted(instants, since))
            kept = low + int(np.searchsorted(instants, back))
            keep[lost:kept] = False
            if said is not None:
                added.append((number, labels.code(said), since))
            elif since >= begin and rng.random() < 0.6:
                early = back - float(rng.uniform(0.3, 0.9))
                added.append((number, labels.code(UNAVAILABLE), early))
            state = int(rows.state[kept - 1]) if kept > low else first
            added.append((number, state, back))
    who, state_codes, instant = (np.array(c) for c in zip(*added, strict=True))
    return Rows.join([rows.take(keep), Rows.of(who, state_codes, instant)])
