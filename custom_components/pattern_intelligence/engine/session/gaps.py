"""How far apart things of one sitting happen: the home's own scale of gaps.

Within a sitting one thing follows the other in minutes, and the next sitting is hours
away. On a logarithmic scale that makes two heaps of gaps; where a gap is as likely of
the one as of the other, a sitting ends.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..civil import HOUR_MS, MINUTE_MS
from ..evidence import Floats
from ..tables import Numbers

SHORTEST_MS: Final = 15 * MINUTE_MS
"""Whoever does nothing for less may still be there."""

LONGEST_MS: Final = 40 * MINUTE_MS
"""Whoever does nothing for longer has done with it."""

USUAL_MS: Final = 20 * MINUTE_MS
"""Where the gaps do not tell."""

ENOUGH: Final = 100
"""Gaps from which heaps can be told apart."""

_ROUNDS: Final = 40
_LEAST_SPREAD: Final = 0.3
_BINS: Final = 96
_SPAN: Final = (np.log(MINUTE_MS / 6), np.log(24 * HOUR_MS))


def gap_scale(gaps: Numbers) -> int:
    """Return the gap that ends a sitting, in milliseconds.

    Two normal heaps of the logarithm, by expectation and maximization (A. P. Dempster,
    N. M. Laird, D. B. Rubin, JRSS B 39, 1977), over a histogram.

    Args:
        gaps: shape (n,), milliseconds between happenings in one room and day.
    """
    if gaps.size < ENOUGH:
        return USUAL_MS
    logs = np.log(np.maximum(gaps, 1))
    count, edges = np.histogram(logs.clip(*_SPAN), _BINS, _SPAN)
    middle = (edges[:-1] + edges[1:]) / 2
    mean = np.log(np.array([5.0, 180.0]) * MINUTE_MS)
    spread, weight = np.ones(2), np.full(2, 0.5)
    for _ in range(_ROUNDS):
        share = _densities(middle, mean, spread, weight)
        share /= share.sum(axis=0)
        held = share * count
        total = held.sum(axis=1).clip(1e-9)
        weight = total / total.sum()
        mean = held @ middle / total
        spread = np.sqrt((held * (middle - mean[:, None]) ** 2).sum(axis=1) / total)
        spread = spread.clip(_LEAST_SPREAD)
    place = np.linspace(np.log(SHORTEST_MS), np.log(LONGEST_MS), 200)
    short, long = _densities(place, mean, spread, weight)
    apart = np.flatnonzero(long >= short)
    return round(float(np.exp(place[apart[0] if apart.size else -1])))


def _densities(place: Floats, mean: Floats, spread: Floats, weight: Floats) -> Floats:
    """Return what each heap has at some places, shape (2, n)."""
    away = (place - mean[:, None]) / spread[:, None]
    found: Floats = (weight / spread)[:, None] * np.exp(-0.5 * away * away) + 1e-300
    return found
