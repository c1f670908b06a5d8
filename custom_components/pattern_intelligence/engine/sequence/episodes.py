"""Episodes: some steps in order, other things in between, and how long they take.

An episode begins with each happening of its first step; each later step is taken at
its first happening after the one before. So nothing that completes it earlier is
missed (H. Mannila, H. Toivonen, A. I. Verkamo, Discovery of frequent episodes in
event sequences, 1997).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..co_occurrence.stream import Stream
from ..tables import Numbers

type Rows = NDArray[np.intp]


def followed_by(
    stream: Stream, rows: Rows, key: int, at_least_ms: int, at_most_ms: int | None
) -> Rows:
    """Return the row of a key's first happening after each of some others.

    Args:
        stream: the happenings.
        rows: shape (n,), rows of the step before, -1 where there was none.
        key: the step that follows.
        at_least_ms: how much later it has to be, at the least; exclusive.
        at_most_ms: how much later it may be; None for any.

    Returns:
        Shape (n,), -1 where it does not follow.
    """
    known = rows >= 0
    after = stream.first_after(np.maximum(rows, 0), key)
    instant = stream.window.instant
    lag = instant[after] - instant[rows]
    near = known & (after >= 0) & (lag > at_least_ms)
    if at_most_ms is not None:
        near &= lag <= at_most_ms
    return np.where(near, after, -1)


def durations(stream: Stream, occasions: Rows, keys: Sequence[int]) -> Numbers:
    """Return how long after each first step all the others had followed, in order.

    Args:
        stream: the happenings.
        occasions: shape (n,), rows of the first step.
        keys: the steps, the first among them.

    Returns:
        Shape (n,), milliseconds, -1 where they never did.
    """
    rows = occasions
    for key in keys[1:]:
        rows = followed_by(stream, rows, key, 0, None)
    instant = stream.window.instant
    return np.where(rows >= 0, instant[rows] - instant[occasions], -1)
