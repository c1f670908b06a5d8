"""On how many days things follow the clock at the least: a bound, looked up in cells.

Most of what is tested by the longest lag follows no more than by chance. How often it
would have, is at least how often it covers the whole cell of the clock in which each
occasion lies: that is one product of counts, where the exact answer is a look-up for
every occasion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS, MINUTE_MS, WAKING_DAY_STARTS_MS, Instants
from ..tables import Numbers
from .crossday import Bits, Days
from .manners import LAGS_MS

CELL_MS: Final = MINUTE_MS * 5 // 2
"""A part of an hour, and of the longest lag: what happens covers most of it."""

CELLS: Final = DAY_MS // CELL_MS

_AT_ONCE: Final = 1 << 16
"""Happenings looked at together, so that memory stays small in a large home."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """When things would follow within the longest lag.

    Attributes:
        days: the days compared.
        least: shape (keys, 2 * cells), on how many days, known and counted, whatever
            happens in a cell since 04:00 would be followed: workdays, then free days.
    """

    days: Days
    least: NDArray[np.float32]

    @classmethod
    def of(cls, days: Days, key: NDArray[np.int32], wall: Instants) -> Coverage:
        """Return that of some happenings.

        Args:
            days: the days compared.
            key: shape (n,), their keys.
            wall: shape (n,), wall milliseconds.
        """
        bits = _covered(days, key, wall)
        for row, own in enumerate(days.window.keys):
            bits[row] &= days.available(own.entity_id).repeat(HOUR_MS // CELL_MS)
        bit = np.left_shift(np.uint64(1), np.arange(days.count, dtype=np.uint64))
        least = [
            np.bitwise_count(
                bits & np.bitwise_or.reduce(bit[days.counted & kind], initial=0)
            )
            for kind in (~days.free, days.free)
        ]
        return cls(days, np.concatenate(least, axis=1).astype(np.float32))

    def by_cell(self, day: Numbers, offset: Numbers) -> NDArray[np.float32]:
        """Return how many occasions lie in each cell, shape (2 * cells,).

        Args:
            day: shape (n,), the day of each.
            offset: shape (n,), milliseconds of the clock since 04:00.
        """
        cell = self.days.free[day] * CELLS + offset // CELL_MS
        return np.bincount(cell, minlength=2 * CELLS).astype(np.float32)

    def would(
        self, keys: Sequence[int], cells: NDArray[np.float32], occasions: int
    ) -> list[int]:
        """Return on how many days keys would have followed occasions at the least.

        All days of all occasions together, each without its own.

        Args:
            keys: which.
            cells: how many occasions lie in each cell.
            occasions: how many there are.
        """
        # Whole numbers, exact in this type up to sixteen millions.
        days = np.einsum("kc,c->k", self.least[keys], cells)
        least: list[int] = np.maximum(days - occasions, 0).astype(np.int64).tolist()
        return least


def _covered(days: Days, key: NDArray[np.int32], wall: Instants) -> Bits:
    """Return on which days one happening covers a whole cell, shape (keys, cells)."""
    bits = np.zeros(len(days.window.keys) * CELLS, np.uint64)
    for begin in range(0, key.size, _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        _cover(bits, days, key[some], wall[some])
    return bits.reshape(-1, CELLS)


def _cover(bits: Bits, days: Days, key: NDArray[np.int32], wall: Instants) -> None:
    """Add the days of some happenings to those of each key's cells, in place."""
    row = key * np.int64(CELLS)
    # Cells are counted from 04:00 of the first day on.
    since = wall - (days.first * DAY_MS + WAKING_DAY_STARTS_MS)
    begun, ended = -((LAGS_MS[-1] - since) // CELL_MS), since // CELL_MS
    for later in range(LAGS_MS[-1] // CELL_MS):
        cell = begun + later
        inside = (cell < ended) & (cell >= 0) & (cell < days.count * CELLS)
        day, of_day = np.divmod(cell[inside], CELLS)
        np.bitwise_or.at(
            bits,
            row[inside] + of_day,
            np.left_shift(np.uint64(1), day.astype(np.uint64)),
        )
