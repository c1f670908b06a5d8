"""Homes without habits, made of a window of a real one by taking its order away."""

from dataclasses import replace

import numpy as np

from benchmarks.simulator.clock import LocalClock
from benchmarks.simulator.nulls import TRANSFORMS
from custom_components.pattern_intelligence.engine.civil import DAY_MS
from custom_components.pattern_intelligence.engine.window import Window

NULLS = tuple(TRANSFORMS)


def null_window(window: Window, kind: str, rng: np.random.Generator) -> Window:
    """Return a window whose happenings were moved as one of the transforms does.

    Args:
        window: the home.
        kind: the name of a transform.
        rng: where chance comes from.
    """
    span = int(window.days[-1] - window.days[0]) + 1
    clock = LocalClock.of(window.civil.zone.key, window.first_day, span)
    entity_of = {key.entity_id: n for n, key in enumerate(window.keys)}
    entities = np.array([entity_of[key.entity_id] for key in window.keys], np.int32)
    start = TRANSFORMS[kind](entities[window.key], window.instant / 1000, clock, rng)
    instant = np.round(start * 1000).astype(np.int64)
    day = window.civil.wall(instant) // DAY_MS
    order = np.lexsort((instant, window.key))
    # A burst may run over the end of the last day; what is outside was never seen.
    order = order[np.isin(day[order], window.days)]
    return replace(
        window,
        key=window.key[order],
        instant=instant[order],
        wall=window.civil.wall(instant[order]),
        cause=window.cause[order],
    )
