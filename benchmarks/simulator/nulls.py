"""Homes without any habit: drawn so, or made of a home by taking its order away.

The three ways of taking it away work on any happenings that belong to entities, so
they serve for real recordings, too. None of them moves anything out of the span of
days, and each keeps how much happens in a day: `permuted` keeps every entity's days
whole and takes away what ties entities together; `turned` keeps them whole but for
their place in the 24 hours; `redrawn` keeps, of each day, the bursts.
"""

from collections.abc import Callable

import numpy as np

from .clock import DAY_MINUTES, Floats, Ints, LocalClock

#: What begins within this many seconds of the last is part of its burst.
BURST_SECONDS = 900.0
#: The sd (minutes) by which a profile is smoothed: what is left has no habit.
SMOOTHING = 120.0

type Transform = Callable[[np.ndarray, Floats, LocalClock, np.random.Generator], Floats]


def permuted(
    entity: np.ndarray, start: Floats, clock: LocalClock, rng: np.random.Generator
) -> Floats:
    """Give the days of each entity another order; the wall-clock time stays.

    Habits of an entity alone that hold on every day survive this: it is a null for
    what ties entities together, and for weekdays.

    Args:
        entity: Whose each happening is.
        start: UTC seconds, within the clock's span.
        clock: The span of days.
        rng: Where chance comes from.

    Returns:
        The new instants, in the given order.
    """
    day, minute = clock.local(start)
    orders = _by_entity(entity, lambda: rng.permutation(clock.days))
    return clock.utc(orders(entity, day.clip(0, clock.days - 1)), minute)


def turned(
    entity: np.ndarray, start: Floats, clock: LocalClock, rng: np.random.Generator
) -> Floats:
    """Turn each day of each entity by a random part of 24 hours, round its ends.

    Takes and returns what `permuted` does.
    """
    day, minute = clock.local(start)
    shifts = _by_entity(entity, lambda: rng.integers(0, DAY_MINUTES * 60, clock.days))
    shift = shifts(entity, day.clip(0, clock.days - 1)) / 60.0
    return clock.utc(day, (minute + shift) % DAY_MINUTES)


def redrawn(
    entity: np.ndarray,
    start: Floats,
    clock: LocalClock,
    rng: np.random.Generator,
    *,
    smoothing: float = SMOOTHING,
) -> Floats:
    """Draw the time of each burst anew from its entity's own smoothed profile.

    The profile is that of the begins of the entity's bursts on all days, smoothed
    by a normal curve with a sd of two hours around the clock. A burst stays whole
    and on its day. Takes and returns what `permuted` does; `smoothing` is that sd
    in minutes.
    """
    order = np.lexsort((start, entity))
    who, at = entity[order], start[order]
    new = np.ones(len(at), np.bool_)
    new[1:] = (who[1:] != who[:-1]) | (at[1:] - at[:-1] > BURST_SECONDS)
    burst = np.cumsum(new) - 1
    begin, owner = at[new], who[new]
    day, minute = clock.local(begin)
    low = np.searchsorted(owner, owner, side="left")
    high = np.searchsorted(owner, owner, side="right")
    model = low + (rng.random(len(begin)) * (high - low)).astype(np.int64)
    drawn = minute[model] + rng.normal(0, smoothing, len(begin))
    moved = clock.utc(day, drawn % DAY_MINUTES) - begin
    result = np.empty(len(start))
    result[order] = at + moved[burst]
    return result


TRANSFORMS: dict[str, Transform] = {
    "permuted": permuted,
    "turned": turned,
    "redrawn": redrawn,
}


def _by_entity(
    entity: np.ndarray, draw: Callable[[], Ints]
) -> Callable[[np.ndarray, Ints], Ints]:
    """Draw something per entity and day, and return how to look it up."""
    known = np.unique(entity)
    drawn = [draw() for _ in known]
    table = np.stack(drawn) if drawn else np.zeros((0, 1), np.int64)

    def look_up(who: np.ndarray, day: Ints) -> Ints:
        found: Ints = table[np.searchsorted(known, who), day]
        return found

    return look_up
