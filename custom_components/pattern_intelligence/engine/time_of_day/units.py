"""What is searched for times of day: the happenings of keys, and when each was there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..arrays import running_sums
from ..civil import DAY_MS, WAKING_DAY_STARTS_MS, Instants
from ..eligibility import NEEDED_SHARE
from ..evidence import Floats
from ..happenings import BOUT_GAP_MS
from ..provenance import AUTOMATION
from ..tables import Numbers
from ..window import Window
from .rhythm import BINS, STEP_MS
from .walls import Walls, in_order
from .weekday_mask import DaySorts


@dataclass(frozen=True, eq=False)
class Units:
    """Happenings by unit, a unit being a key, or what automations do to it.

    Attributes:
        unit: shape (n,), ascending, from 0.
        wall: shape (n,), wall milliseconds, ascending within a unit.
        first: number of the first day.
        sorts: of all days from the first on.
        eligible: shape (units, days), whether something could have happened.
    """

    unit: NDArray[np.int64]
    wall: Instants
    first: int
    sorts: DaySorts
    eligible: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Return how many units there are."""
        return int(self.eligible.shape[0])

    @property
    def days(self) -> int:
        """Return how many days there are, those in holes too."""
        return int(self.sorts.sort.size)

    @cached_property
    def walls(self) -> Walls:
        """Return when things happened, by their unit."""
        return Walls(self.unit, self.wall)

    def some(self, begin: int, end: int) -> Units:
        """Return the units from ``begin`` up to ``end``, numbered from 0."""
        low, high = np.searchsorted(self.unit, [begin, end])
        return Units(
            self.unit[low:high] - begin,
            self.wall[low:high],
            self.first,
            self.sorts,
            self.eligible[begin:end],
        )

    @cached_property
    def waking(self) -> tuple[NDArray[np.bool_], Numbers, Instants]:
        """Return which happenings lie in an eligible waking day, its place, and when.

        The first has the shape (n,); of those the day's place, and the milliseconds
        since 04:00.
        """
        since = self.wall - WAKING_DAY_STARTS_MS
        day = since // DAY_MS - self.first
        kept = (day >= 0) & (day < self.days)
        kept[kept] = self.eligible[self.unit[kept], day[kept]]
        return kept, day[kept], since[kept] % DAY_MS

    def extremes(self, *, last: bool) -> tuple[Numbers, Numbers, Instants]:
        """Return each unit's first, or last, of each eligible waking day.

        Returns:
            The unit, the day's place, and the milliseconds since 04:00 of each, all of
            the same shape.
        """
        kept, day, since = self.waking
        unit = self.unit[kept]
        group = unit * self.days + day
        chosen = np.ones(group.size, bool)
        if last:
            chosen[:-1] = group[1:] != group[:-1]
        else:
            chosen[1:] = group[1:] != group[:-1]
        return unit[chosen], day[chosen], since[chosen]

    def met_days(
        self, step_ms: int, half_widths: Sequence[int]
    ) -> Iterator[NDArray[np.int64]]:
        """Yield on how many eligible days windows of the clock are met, by width.

        What happens in quick succession meets one stretch of middles: only its ends
        are counted, on each day apart.

        Args:
            step_ms: the width of a bin; it divides the day.
            half_widths: of the windows, in bins, a quarter of a day at most. Their
                middles lie half of that apart, at least a bin, from midnight on.

        Yields:
            Shape (units, sorts of days, middles), the narrowest windows first.
        """
        bins = DAY_MS // step_ms
        at = self.wall // step_ms - self.first * bins
        day, place = np.divmod(at, bins)
        since = np.full(at.size, 2 * bins)
        own = self.unit[1:] == self.unit[:-1]
        since[1:][own] = np.diff(at)[own]
        new_day = np.append(True, day[1:] != day[:-1])[: at.size]
        first = np.arange(at.size)
        for half in sorted(half_widths):
            first = first[(since[first] > 2 * half) | new_day[first]]
            last = np.append(first[1:], at.size)[: first.size] - 1
            # From the middle after the last one that is met already.
            low = place[first] + 1 + np.maximum(half - since[first], -half)
            high = place[last] + half + 1
            met = self._stretches(self.unit[first], day[first], low, high, bins)
            yield met[:, :, : bins : max(1, half // 2)]

    def _stretches(
        self, unit: Numbers, day: Numbers, low: Numbers, high: Numbers, bins: int
    ) -> Numbers:
        """Return on how many eligible days of each sort stretches meet each bin.

        Args:
            unit: shape (n,), whose they are.
            day: shape (n,), the places of the days from whose midnight they count.
            low: shape (n,), the first bin; below 0 on the day before.
            high: shape (n,), the bin after the last; beyond ``bins`` on the next day.
            bins: of a day.

        Returns:
            Shape (units, sorts, bins + 1), nothing in the last; none counts twice.
        """
        sorts = self.sorts.rows.shape[1]
        rows, row = self.size * sorts + 1, self._row_of_day
        # Those that reach into the day before, or the next one, count on both.
        parts = (
            np.flatnonzero(low < 0),
            np.arange(low.size),
            np.flatnonzero(high > bins),
        )
        kept = np.concatenate(parts)
        turn = np.repeat([-1, 0, 1], [part.size for part in parts])
        on = (day[kept] + turn + 1).clip(0, self.days + 1)
        begins, moved = row[unit[kept], on] * (bins + 1), turn * bins
        first, after = (
            np.bincount(
                begins + (edge[kept] - moved).clip(0, bins),
                minlength=rows * (bins + 1),
            )
            for edge in (low, high)
        )
        edges = first - after
        return running_sums(edges.reshape(rows, -1))[:-1].reshape(self.size, sorts, -1)

    @cached_property
    def _row_of_day(self) -> Numbers:
        """Return where eligible days are counted, by unit and sort, shape (units, n).

        The days have one before them and one after; what is not eligible is counted
        behind all others.
        """
        sorts = self.sorts.rows.shape[1]
        rows = np.full((self.size, self.days + 2), self.size * sorts, np.int64)
        own = np.arange(self.size)[:, None] * sorts + self.sorts.sort
        rows[:, 1:-1] = np.where(self.eligible, own, self.size * sorts)
        return rows

    def profile(self) -> Floats:
        """Return how often bins of the day were met, shape (units, BINS).

        Of what happens again within minutes only the first counts.
        """
        begins = np.ones(self.unit.size, bool)
        begins[1:] = (self.unit[1:] != self.unit[:-1]) | (
            self.wall[1:] - self.wall[:-1] >= BOUT_GAP_MS
        )
        kept = self.waking[0] & begins
        flat = self.unit[kept] * BINS + self.wall[kept] % DAY_MS // STEP_MS
        counts = np.bincount(flat, minlength=self.size * BINS)
        return counts.reshape(self.size, BINS).astype(float)


def units_of(
    window: Window, fewest_days: int
) -> tuple[Numbers, NDArray[np.bool_], Units]:
    """Return the units of a window whose marginal totals allow a habit.

    Args:
        window: the window.
        fewest_days: on how many days something has to have happened.

    Returns:
        The position of each unit's key, whether it is what automations do, and the
        units.
    """
    unit = 2 * window.key.astype(np.int64) + (window.cause >= AUTOMATION)
    days = _days_of(unit, window.wall // DAY_MS, 2 * len(window.keys))
    kept = np.flatnonzero(days >= fewest_days)
    place = np.full(2 * len(window.keys), -1, np.int64)
    place[kept] = np.arange(kept.size)
    chosen = np.flatnonzero(place[unit] >= 0)
    unit, wall = place[unit[chosen]], window.wall[chosen]
    order = in_order(unit, wall)
    first, last = (int(window.days[0]), int(window.days[-1])) if kept.size else (0, 0)
    number = np.arange(first, last + 1)
    units = Units(
        unit[order],
        wall[order],
        first,
        DaySorts.of(number, window.calendar),
        _eligible(window, kept // 2, number),
    )
    return kept // 2, kept % 2 == 1, units


def _days_of(unit: Numbers, day: Numbers, units: int) -> Numbers:
    """Return on how many days each unit happened, shape (units,)."""
    if not day.size:
        return np.zeros(units, np.int64)
    low = int(day.min())
    width = int(day.max()) - low + 1
    happened = np.zeros(units * width, bool)
    happened[unit * width + (day - low)] = True
    found: Numbers = happened.reshape(units, width).sum(axis=1)
    return found


def _eligible(window: Window, keys: Numbers, number: Numbers) -> NDArray[np.bool_]:
    """Return on which days the entity of each key was there, shape (keys, days)."""
    if not keys.size:
        return np.zeros((0, number.size), bool)
    at = np.minimum(np.searchsorted(window.days, number), window.days.size - 1)
    here = np.isin(number, window.days) & window.occupied[at]
    recorded = window.recorded.sum(axis=1)
    hours = window.available.sum(axis=2)
    entities = [
        window.entity_at.get(window.keys[key].entity_id) for key in keys.tolist()
    ]
    rows = [recorded if entity is None else hours[entity] for entity in entities]
    enough = np.array(rows)[:, at] >= 24 * NEEDED_SHARE
    eligible: NDArray[np.bool_] = enough & here
    return eligible
