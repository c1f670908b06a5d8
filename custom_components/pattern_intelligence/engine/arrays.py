"""Array operations that give Python's lock back often, and wake up no threads.

NumPy keeps the lock for as long as some operations take, and whatever else runs in the
process stands still meanwhile: Home Assistant's event loop. Large products of matrices
it leaves to a library that sums by as many threads as there are processors.
"""

from __future__ import annotations

from typing import Final

import numpy as np

# NumPy would import it when the first median is asked for, in the middle of a run.
import numpy.ma
from numpy.typing import NDArray

from .evidence import Floats
from .tables import Numbers

_AT_ONCE: Final = 100_000
"""Numbers summed up at once: well under a millisecond on any machine."""

_ROWS_AT_ONCE: Final = 8
"""Rows multiplied at once: OpenBLAS takes threads from 262 144 products on."""


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


def multiplied(rows: Floats, matrix: Floats) -> Floats:
    """Return a product of matrices, a few rows at a time.

    Each row's sums are the same whatever rows there are besides, and however many
    processors: small products are done at once, in one order.

    Args:
        rows: shape (n, k).
        matrix: shape (k, m), not larger than 128 by 128 or so.

    Returns:
        Shape (n, m).
    """
    padded = np.zeros((-(-len(rows) // _ROWS_AT_ONCE), _ROWS_AT_ONCE, rows.shape[1]))
    padded.reshape(-1, rows.shape[1])[: len(rows)] = rows
    found: Floats = np.matmul(padded, matrix).reshape(-1, matrix.shape[1])[: len(rows)]
    return found


def distinct(values: Numbers) -> Numbers:
    """Return the distinct numbers of an array, ascending."""
    # Sorting lets others run, which NumPy's own way, by a hash table, does not.
    ordered = np.sort(values)
    first = np.ones(ordered.size, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    found: Numbers = ordered[first]
    return found


def by_owner(owner: NDArray[np.integer], instant: Numbers) -> NDArray[np.intp]:
    """Return the order by owner, then by instant; of equals as they come.

    One number tells of both: what is nearly in order is ordered in hardly more than
    one look at it.

    Args:
        owner: shape (n,), from 0 on.
        instant: shape (n,).
    """
    since = instant - instant[:1]
    apart = 2 * int(np.abs(since).max(initial=0)) + 1
    return np.argsort(owner.astype(np.int64) * apart + since, kind="stable")
