"""Homes without habits, made of a window of a real one by taking its order away."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.simulator.clock import LocalClock
from benchmarks.simulator.nulls import TRANSFORMS
from custom_components.pattern_intelligence.engine.civil import DAY_MS
from custom_components.pattern_intelligence.engine.window import Window

NULLS = tuple(TRANSFORMS)


def null_window(
    window: Window,
    kind: str,
    rng: np.random.Generator,
    groups: Sequence[Collection[str]] | None = None,
) -> Window:
    """Return a window whose happenings were moved as one of the transforms does.

    How long states lasted is left as it is.

    Args:
        window: the home.
        kind: the name of a transform.
        rng: where chance comes from.
        groups: ids of the entities that are moved, those of a group as if they were
            one; each entity by itself if none are given.
    """
    span = int(window.days[-1] - window.days[0]) + 1
    clock = LocalClock.of(window.civil.zone.key, window.first_day, span)
    if groups is None:
        groups = [
            {entity} for entity in dict.fromkeys(k.entity_id for k in window.keys)
        ]
    group_of = {entity: n for n, group in enumerate(groups) for entity in group}
    of_key = np.array(
        [group_of.get(key.entity_id, -1) for key in window.keys], np.int32
    )
    mine = np.flatnonzero(of_key[window.key] >= 0)
    start = window.instant[mine] / 1000
    moved = TRANSFORMS[kind](of_key[window.key[mine]], start, clock, rng)
    instant = window.instant.copy()
    instant[mine] = np.round(moved * 1000).astype(np.int64)
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
