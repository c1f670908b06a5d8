"""Which of today's findings is which of the patterns there were."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final

from .civil import DAY_MINUTES, circular_minutes
from .pattern import Place, Spread, When

REACH_MINUTES: Final = 45.0
"""How far a habit may move between Sundays and still be the same."""

REACH_FACTOR: Final = 1.5
"""By how much a duration may grow or shrink; two programs are further apart."""


def match(before: Sequence[Place], now: Sequence[Place]) -> list[tuple[int, int]]:
    """Pair patterns of one key with findings of that key.

    As many pairs as can be, and among those ways the least total circular distance
    in time; a pair is possible up to 45 minutes or the width of the wider of both.
    Durations are paired by the ratio of their medians in the same way.

    Args:
        before: places of the patterns there were; None where the type keeps none.
        now: places of the findings.

    Returns:
        Indices into ``before`` and ``now``, ordered by the latter.
    """
    # Best way for each set of patterns used: more pairs first, then less distance.
    ways: dict[int, tuple[int, float, tuple[tuple[int, int], ...]]] = {0: (0, 0.0, ())}
    for finding, new in enumerate(now):
        longer = dict(ways)
        for used, (count, total, pairs) in ways.items():
            for pattern, old in enumerate(before):
                distance = _distance(old, new)
                if distance is None or used & 1 << pattern:
                    continue
                key = used | 1 << pattern
                way = (count - 1, total + distance, (*pairs, (pattern, finding)))
                if key not in longer or way < longer[key]:
                    longer[key] = way
        ways = longer
    return list(min(ways.values())[2])


def _distance(old: Place, new: Place) -> float | None:
    """Return how far apart two places are, or None where it is too far."""
    if isinstance(old, When) and isinstance(new, When):
        distance = abs(circular_minutes(new.time - old.time))
        reach = max(REACH_MINUTES, _width(old), _width(new))
    elif isinstance(old, Spread) and isinstance(new, Spread):
        distance = abs(log(new.median / old.median))
        reach = max(log(REACH_FACTOR), _ratio(old), _ratio(new))
    else:
        return 0.0 if old is new else None
    return distance if distance <= reach else None


def _width(when: When) -> float:
    return (when.latest - when.earliest) % DAY_MINUTES


def _ratio(spread: Spread) -> float:
    return log(spread.p90 / spread.p10)
