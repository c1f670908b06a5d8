"""Which happenings of many are asked first: enough to tell what cannot be a habit.

What is left out after that is tested and failed; what is kept is counted in full.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
from ..tables import Numbers

SAMPLE: Final = 256
"""Happenings that are asked, where there are more."""

_ERRORS: Final = 3.0
"""Standard errors of a share that a sample may be off by: once in 700 times, and only
of what is followed just often enough. What is sure enough to be told is followed half
of the times, and seven more away."""

_SCATTER: Final = np.uint64(0x9E3779B97F4A7C15)
"""2 to the 64th over the golden ratio: multiples of it are spread evenly (D. E. Knuth,
The Art of Computer Programming 3, 1973, section 6.4)."""

_SPARE: Final = 1.4
"""Times as many hashes as wanted are looked at: six standard errors more."""

_HALF: Final = np.uint64(32)


def sampled(instants: Instants, kind: NDArray[np.int32] | Numbers) -> NDArray[np.intp]:
    """Return the places of the happenings that are asked, ascending.

    By a hash of their instants: whatever is done every third time, or always as the
    first of a day, is among them as often as it happens. The same happenings are asked
    on the next day again.

    Args:
        instants: shape (n,), UTC milliseconds.
        kind: shape (n,), ascending, what each of them is.

    Returns:
        Of each kind at most ``SAMPLE``.
    """
    edges = np.flatnonzero(np.diff(kind, prepend=-1, append=-1))
    sizes = np.diff(edges)
    if sizes.max(initial=0) <= SAMPLE:
        return np.arange(instants.size)
    asked = np.ones(instants.size, bool)
    many = np.flatnonzero(np.repeat(sizes > SAMPLE, sizes))
    mixed = instants[many].astype(np.uint64) * _SCATTER
    mixed = (mixed ^ (mixed >> _HALF)) * _SCATTER
    asked[many] = False
    likely = _likely(mixed, np.repeat(sizes, sizes)[many], kind[many])
    many, mixed = many[likely], mixed[likely]
    # Of equal hashes, which only equal instants have, the first is asked.
    order = many[np.lexsort((mixed, kind[many]))]
    first = np.searchsorted(kind[many], kind[many])
    asked[order[np.arange(many.size) - first < SAMPLE]] = True
    return np.flatnonzero(asked)


def _likely(
    mixed: NDArray[np.uint64], size: Numbers, kind: NDArray[np.int32] | Numbers
) -> NDArray[np.bool_]:
    """Tell which may be among the least of their kind: to order those is enough.

    Args:
        mixed: shape (n,), hashes.
        size: shape (n,), how many there are of each one's kind, more than ``SAMPLE``.
        kind: shape (n,), ascending.
    """
    likely: NDArray[np.bool_] = mixed / 2.0**64 < _SPARE * SAMPLE / size
    edges = np.flatnonzero(np.diff(kind, prepend=-1))
    found = np.add.reduceat(likely, edges, dtype=np.int64) if edges.size else edges
    # What by bad luck has too few of them is ordered as a whole.
    return likely | np.repeat(found < SAMPLE, np.diff(edges, append=kind.size))


def slack(occasions: int, floor: float) -> float:
    """Return by how much less than a floor a share may seem to be, that reaches it.

    Args:
        occasions: how many there are, of which a sample is asked.
        floor: the share that must be reached.
    """
    if occasions <= SAMPLE:
        return 0.0
    return _ERRORS * math.sqrt(floor * (1 - floor) / SAMPLE)
