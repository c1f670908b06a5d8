"""Which of today's findings is which of the patterns there were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .civil import DAY_MINUTES, circular_minutes
from .pattern import When

REACH_MINUTES: Final = 45.0
"""How far a habit may move between Sundays and still be the same."""


def match(
    before: Sequence[When | None], now: Sequence[When | None]
) -> list[tuple[int, int]]:
    """Pair patterns of one key with findings of that key.

    As many pairs as can be, and among those ways the least total circular distance
    in time; a pair is possible up to 45 minutes or the width of the wider of both.

    Args:
        before: times of the patterns there were; None where the type keeps none.
        now: times of the findings.

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


def _distance(old: When | None, new: When | None) -> float | None:
    """Return how far apart two times are in minutes, or None where it is too far."""
    if old is None or new is None:
        return 0.0 if old is new else None
    distance = abs(circular_minutes(new.time - old.time))
    reach = max(REACH_MINUTES, _width(old), _width(new))
    return distance if distance <= reach else None


def _width(when: When) -> float:
    return (when.latest - when.earliest) % DAY_MINUTES
