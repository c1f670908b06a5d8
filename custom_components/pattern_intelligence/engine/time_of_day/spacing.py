"""The chance of a match, given how a day's happenings are spaced.

Measured by its own rhythm (:mod:`.rhythm`), a day's happenings lie on a circle of
length 1. If the rhythm is all there is, turning them along it changes nothing. So
the chance that a stretch of it holds one, or the first or the last of the day, is the
share of turns for which it does. Bursts, or a device that rests after use, need no
model: the spacing they leave is kept as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..tables import Numbers
from .spans import EACH, FIRST


def gaps_of(group: Numbers, passed: Floats) -> Floats:
    """Return the distance on the circle from each happening to its next one.

    Args:
        group: shape (n,), ascending: happenings of one group share a circle.
        passed: shape (n,), their places in [0, 1], ascending within a group.

    Returns:
        Shape (n,); the distances of a group add up to 1.
    """
    if not group.size:
        return passed
    starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    ends = np.append(starts[1:], group.size) - 1
    gaps = np.empty_like(passed)
    gaps[:-1] = passed[1:] - passed[:-1]
    gaps[ends] = 1 - (passed[ends] - passed[starts])
    return gaps


def met_within(
    gaps: Floats, trial: NDArray[np.int64], trials: int, length: Floats | float
) -> Floats:
    """Return the share of turns for which a stretch of a length is met.

    That is the union of as long arcs before every happening of a trial's circle.

    Args:
        gaps: shape (n,), distances on the circles.
        trial: shape (n,), to which trial each belongs.
        trials: how many trials there are; one without happenings is never met.
        length: of the stretch, in [0, 1], or of each gap's own, shape (n,).

    Returns:
        Shape (trials,).
    """
    return np.bincount(trial, np.minimum(gaps, length), minlength=trials).astype(float)


def stretches(anchor: Numbers, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return two lengths whose chances of being met differ by the chance of a match.

    The first of a day lies between two places when the stretch up to the later one is
    met and that up to the earlier one is not; the last likewise from the far end.

    Args:
        anchor: shape (n,), which happenings count, positions in ``ANCHORS``.
        low: shape (n,), where windows begin, measured by the rhythm, from the day's
            begin.
        high: shape (n,), where they end.
    """
    each, first = anchor == EACH, anchor == FIRST
    longer = np.where(each, high - low, np.where(first, high, 1 - low))
    return longer, np.where(each, 0.0, np.where(first, low, 1 - high))
