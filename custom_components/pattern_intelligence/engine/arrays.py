"""Array operations that give Python's lock back often.

NumPy keeps the lock for as long as some operations take, and whatever else runs in the
process stands still meanwhile: Home Assistant's event loop.
"""

from __future__ import annotations

from typing import Final

import numpy as np

# NumPy would import it when the first median is asked for, in the middle of a run.
import numpy.ma

from .tables import Numbers

_AT_ONCE: Final = 100_000
"""Numbers summed up at once: well under a millisecond on any machine."""


def running_sums[S: tuple[int, ...], T: np.number](
    values: np.ndarray[S, np.dtype[T]],
) -> np.ndarray[S, np.dtype[T]]:
    """Return the running sums along the last axis, of the same type.

    Args:
        values: of two or more dimensions.
    """
    sums = np.empty_like(values)
    rows = max(1, _AT_ONCE * len(values) // max(values.size, 1))
    for start in range(0, len(values), rows):
        some = slice(start, start + rows)
        np.cumsum(values[some], axis=-1, out=sums[some])
    return sums


def distinct(values: Numbers) -> Numbers:
    """Return the distinct numbers of an array, ascending."""
    # Sorting lets others run, which NumPy's own way, by a hash table, does not.
    ordered = np.sort(values)
    first = np.ones(ordered.size, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    found: Numbers = ordered[first]
    return found
