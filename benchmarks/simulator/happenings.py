"""What counts as a happening: entering a state, for binary sensors once per bout."""

from dataclasses import dataclass, replace

import numpy as np

from .clock import Bools, Floats
from .model import Codes, Entity, Runs

#: Quiet time (seconds) that ends a bout.
BOUT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Happenings:
    """Columns of happenings, ordered by time.

    `active` tells whether the active state was entered or the one of rest;
    `instant` is UTC seconds; `automated` tells whether an automation did it.
    """

    entity: Codes
    active: Bools
    instant: Floats
    automated: Bools

    def __len__(self) -> int:
        """Return the number of happenings."""
        return len(self.instant)

    def of(self, entity: int, *, active: bool, by_hand: bool = False) -> Floats:
        """Return when one entity entered one state, by whomever or by no automation."""
        mine = (self.entity == entity) & (self.active == active)
        if by_hand:
            mine &= ~self.automated
        found: Floats = self.instant[mine]
        return found


def happenings(bouting: Codes, runs: Runs) -> Happenings:
    """Return what happened in runs, given the entities that have bouts."""
    flickers = np.isin(runs.entity, bouting)
    merged = bouts(runs.take(flickers))
    runs = Runs.join([runs.take(~flickers), merged])
    entities = np.concatenate([runs.entity, runs.entity])
    instants = np.concatenate([runs.start, runs.end])
    active = np.repeat([True, False], len(runs))
    order = np.lexsort((entities, instants))
    automated = np.concatenate([runs.fire, runs.fire]) >= 0
    return Happenings(entities[order], active[order], instants[order], automated[order])


def bouts(runs: Runs) -> Runs:
    """Return runs of which those less than five minutes apart are one."""
    runs = runs.take(np.lexsort((runs.start, runs.entity)))
    if not len(runs):
        return runs
    new = np.ones(len(runs), np.bool_)
    new[1:] = (runs.entity[1:] != runs.entity[:-1]) | (
        runs.start[1:] - runs.end[:-1] >= BOUT_SECONDS
    )
    last = np.append(np.flatnonzero(new)[1:] - 1, len(runs) - 1)
    return replace(runs.take(new), end=runs.end[last])


def bouting(entities: tuple[Entity, ...]) -> Codes:
    """Return the positions of the entities that flicker: binary sensors."""
    found = [n for n, e in enumerate(entities) if e.domain == "binary_sensor"]
    return np.array(found, np.int32)
