"""What seems to follow the sun, tested: against the rhythm, and against the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, MINUTE_MS
from ..evidence import Floats, poisson_binomial_tail
from ..home import Home
from ..keys import Key
from ..tables import Numbers
from ..time_of_day.rhythm import STEP_MINUTES, Rhythms
from ..time_of_day.units import Units
from ..window import Window
from .clocks import Around, by_a_changing_wall, by_the_sun, by_the_wall
from .months import Months
from .sun_days import SunDays
from .sun_search import Suspects

_AROUND_MINUTES: Final = 300.0
"""Within this of a sun's habit a time of the wall may explain it."""

_BURST_MS: Final = 120 * MINUTE_MS
"""What happens again within two hours counts together as one, to tell clocks apart.

The whole of a morning may be early or late.
"""

_LEAST_DENSITY: Final = 1e-6
"""A minute, of any rhythm: even in the night something may happen."""


@dataclass(frozen=True, eq=False)
class SunTrials:
    """Windows by the sun that were tested against their units' rhythms.

    Attributes:
        sun: the days.
        suspects: the n windows.
        eligible: shape (n, days), by the days of the window.
        matched: shape (n, days).
        chances: shape (n, days), of a match by the rhythm, on eligible days.
        p_values: shape (n,), of as many matches by the rhythm.
    """

    sun: SunDays
    suspects: Suspects
    eligible: NDArray[np.bool_]
    matched: NDArray[np.bool_]
    chances: Floats
    p_values: Floats

    @classmethod
    def of(
        cls,
        window: Window,
        keys: Sequence[Key],
        units: Units,
        rhythms: Rhythms,
        sun: SunDays,
        found: Suspects,
    ) -> Self:
        """Test what a search has found.

        Args:
            window: the window of days.
            keys: of all units.
            units: what was searched.
            rhythms: of those units.
            sun: the days by the event.
            found: the n windows.
        """
        eligible = np.zeros((found.unit.size, window.days.size), bool)
        matched, chances = np.zeros_like(eligible), np.zeros(eligible.shape)
        place = window.days - sun.first
        minutes = sun.minutes(window.days)
        for row in range(found.unit.size):
            unit, low, high = int(found.unit[row]), found.low[row], found.high[row]
            own = sun.eligible(window, keys[unit].entity_id, low, high)
            day, offset = sun.since(units.wall[_rows(units, unit)])
            inside = (offset >= low) & (offset < high)
            met = np.bincount(day[inside], minlength=sun.days) > 0
            many = np.bincount(day[np.isfinite(offset)], minlength=sun.days)
            eligible[row], matched[row] = own, met[place] & own
            begin = np.where(own, minutes, 0.0)
            before, after = (
                rhythms.upto(begin + edge, np.full(begin.size, unit))
                for edge in (low, high)
            )
            chance = 1 - (1 - (after - before).clip(0, 1)) ** many[place]
            chances[row] = np.where(own, chance, 0.0)
        tail = poisson_binomial_tail(chances, matched.sum(axis=1))
        return cls(sun, found, eligible, matched, chances, tail)

    def take(self, which: NDArray[np.intp]) -> Self:
        """Return some of them."""
        return type(self)(
            self.sun,
            self.suspects.take(which),
            self.eligible[which],
            self.matched[which],
            self.chances[which],
            self.p_values[which],
        )

    @property
    def corrected(self) -> Floats:
        """Return p corrected for all windows looked at, shape (n,)."""
        return (self.p_values / self.suspects.risk).clip(max=1.0)

    def surely_more(self, share: float) -> Floats:
        """Return the p of each, were chance that much more, shape (n,).

        Args:
            share: of days, by which chance is raised on each.
        """
        raised = np.where(self.eligible, self.chances + share, 0.0).clip(0.0, 1.0)
        return poisson_binomial_tail(raised, self.matched.sum(axis=1))

    def better(
        self,
        home: Home,
        months: Months,
        keys: Sequence[Key],
        units: Units,
        rhythms: Rhythms,
    ) -> Floats:
        """Return the log likelihood ratio of the sun against the wall's clock.

        Args:
            home: tells where it is.
            months: what the time before the window tells.
            keys: of all units.
            units: what was searched.
            rhythms: of those units.

        Returns:
            Shape (n,).
        """
        found = self.suspects
        around = _around(units, rhythms, self.sun, found)
        middle, half = (found.low + found.high) / 2, (found.high - found.low) / 2
        sun = by_the_sun(around, middle, half)
        wall = by_the_wall(around, middle, half)
        earlier = months.better(
            home,
            self.sun.event,
            [keys[unit] for unit in found.unit.tolist()],
            (sun.center, sun.spread),
            (wall.center, wall.spread),
        )
        ratio = sun.gain - wall.gain + earlier
        left = np.flatnonzero(ratio > 0)
        if left.size:
            changing = by_a_changing_wall(around.take(left), wall.take(left))
            against = sun.gain[left] - changing + earlier[left]
            ratio[left] = np.minimum(ratio[left], against)
        return ratio


def _rows(units: Units, unit: int) -> slice:
    low, high = np.searchsorted(units.unit, [unit, unit + 1])
    return slice(int(low), int(high))


def _around(units: Units, rhythms: Rhythms, sun: SunDays, found: Suspects) -> Around:
    """Return what happened around the windows of each row."""
    parts: list[tuple[Numbers | Floats, ...]] = []
    total = np.zeros(found.unit.size)
    for row, unit in enumerate(found.unit.tolist()):
        wall = units.wall[_rows(units, unit)]
        near = np.searchsorted(wall, wall + _BURST_MS, "right") - np.searchsorted(
            wall, wall - _BURST_MS
        )
        weight = 1.0 / near
        place, offset = sun.since(wall)
        middle = (found.low[row] + found.high[row]) / 2
        own = np.abs(offset - middle) <= _AROUND_MINUTES
        total[row] = weight.sum()
        day = place[own] + sun.first
        bins = wall[own] % DAY_MS // (STEP_MINUTES * MINUTE_MS)
        cdf = rhythms.cdf[unit]
        density = np.maximum((cdf[bins + 1] - cdf[bins]) / STEP_MINUTES, _LEAST_DENSITY)
        minutes = (wall[own] - day * DAY_MS) / MINUTE_MS
        owner = np.full(minutes.size, row)
        parts.append(
            (owner, minutes, minutes - offset[own], place[own], weight[own], density)
        )
    owner, minutes, event, days, weight, density = (
        np.concatenate(columns) for columns in zip(*parts, strict=True)
    )
    return Around(owner, minutes, event, days, weight, density, total)
