"""Bursts: what happens again and again within minutes counts once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import MINUTE_MS, Instants

BURST_GAP_MS: Final = 15 * MINUTE_MS
"""Quiet time that ends a burst: a door used, a room crossed and crossed back."""


@dataclass(frozen=True, eq=False)
class Bursts:
    """The bursts of some units, a unit being a kind of happening.

    Attributes:
        units: how many units there are.
        unit: shape (n,), ascending.
        start: shape (n,), wall milliseconds of a burst's first happening, ascending
            within a unit.
        end: shape (n,), wall milliseconds of its last happening.
    """

    units: int
    unit: NDArray[np.int64]
    start: Instants
    end: Instants

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Return where each unit's bursts begin, shape (units + 1,)."""
        return np.searchsorted(self.unit, np.arange(self.units + 1))

    def of(self, unit: int) -> slice:
        """Return where the bursts of a unit are."""
        return slice(int(self.edges[unit]), int(self.edges[unit + 1]))


def find_bursts(
    unit: NDArray[np.int64], wall: Instants, units: int, gap: int = BURST_GAP_MS
) -> Bursts:
    """Return the bursts of happenings.

    Args:
        unit: shape (n,), the unit of each happening, from 0.
        wall: shape (n,), wall milliseconds, in any order.
        units: how many units there are.
        gap: quiet milliseconds that end a burst.
    """
    order = np.lexsort((wall, unit))
    unit, wall = unit[order], wall[order]
    begins = np.ones(unit.size, bool)
    begins[1:] = (unit[1:] != unit[:-1]) | (wall[1:] - wall[:-1] >= gap)
    ends = np.ones(unit.size, bool)
    ends[:-1] = begins[1:]
    return Bursts(units, unit[begins], wall[begins], wall[ends])
