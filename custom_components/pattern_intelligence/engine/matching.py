"""Which of today's findings is which of the patterns there were."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from typing import Final

from .civil import DAY_MINUTES, circular_minutes
from .pattern import Place, Spread, When

REACH_MINUTES: Final = 45.0
"""How far a habit may move between Sundays and still be the same."""

REACH_FACTOR: Final = 1.5
"""By how much a duration may grow or shrink; two programs are further apart."""

_FINE: Final = 2**20
"""Distances are whole numbers of such parts of a minute: a way's total is exact."""


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
    distances = [[_distance(old, new) for old in before] for new in now]
    whole = [
        [inf if own is None else round(own * _FINE) for own in row] for row in distances
    ]
    # To leave one alone costs more than any way of pairing all others.
    alone = 1 + sum(own for row in whole for own in row if own < inf)
    taken = _assigned(
        [
            [*row, *(alone if other == finding else inf for other in range(len(now)))]
            for finding, row in enumerate(whole)
        ]
    )
    return [(at, finding) for finding, at in enumerate(taken) if at < len(before)]


def _assigned(costs: Sequence[Sequence[float]]) -> list[int]:
    """Return a column of its own for each row, at the least total cost.

    Rows are taken in one after the other, each by the shortest way of moving earlier
    ones on (H. W. Kuhn, The Hungarian method for the assignment problem, Naval
    Research Logistics Quarterly 2, 1955).

    Args:
        costs: by row and column, whole numbers or infinity, so that sums are exact;
            every row has a column that it alone can have.
    """
    width = len(costs[0]) if costs else 0
    # What a row and a column pay is never more than their cost, and it where paired.
    of_row, of_column = [0.0] * len(costs), [0.0] * (width + 1)
    # The last column stands for the row that is taken in.
    owner = [-1] * (width + 1)
    for row in range(len(costs)):
        owner[width] = row
        least, since = [inf] * width, [width] * width
        tried, at = [width], width
        while owner[at] >= 0:
            own = owner[at]
            left = [column for column in range(width) if column not in tried]
            for column in left:
                way = costs[own][column] - of_row[own] - of_column[column]
                if way < least[column]:
                    least[column], since[column] = way, at
            at = min(left, key=least.__getitem__)
            step = least[at]
            for column in tried:
                of_row[owner[column]] += step
                of_column[column] -= step
            for column in left:
                least[column] -= step
            tried.append(at)
        while at != width:
            owner[at] = owner[since[at]]
            at = since[at]
    found = {own: column for column, own in enumerate(owner[:width]) if own >= 0}
    return [found[row] for row in range(len(costs))]


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
