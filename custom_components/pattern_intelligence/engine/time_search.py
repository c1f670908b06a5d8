"""The search for the times of day that a unit keeps more than its rhythm explains.

Every window of a set of widths, places and weekday masks is weighed by how many days
it matches beyond chance. The weighing is a bound (Hoeffding's), quick enough for all
of them; what passes is tested exactly elsewhere. The risk of a false claim is
spent in advance on all windows looked at, so that looking at more costs more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MS, MINUTE_MS, WAKING_DAY_STARTS_MS, Instants
from .evidence import Floats
from .occasions import Span
from .pattern import Anchor
from .rhythm import BINS, STEP_MINUTES, Rhythms
from .spacing import gaps_of
from .weekday_mask import MASK_ROWS, MASK_SHARES

ANCHORS: Final[tuple[Anchor, ...]] = ("each", "first", "last")
HALF_WIDTHS: Final = (2, 3, 4, 6, 9, 12, 18, 24)
"""Half widths of the windows, in bins: 10 minutes to 2 hours, by about half."""

LEAST_GAIN = 0.0
ALIKE = 1600.0
"""How alike the windows are, times days: measured on rhythms without habits, the
share of units whose least corrected p is below any level is that level at most. The
fewer days there are, the coarser are exact tails, and the fewer windows come near."""

_FEW: Final = 10.0
FEWEST_DAYS: Final = 6
FEWEST_SHARE: Final = 0.4
"""Share of days below which no claim of .5 can be made of a window."""

STEP_MS: Final = STEP_MINUTES * MINUTE_MS
WAKING_BIN: Final = WAKING_DAY_STARTS_MS // STEP_MS

_CHUNK: Final = 64
"""Units weighed at a time, to bound the memory."""

_LENGTHS: Final = 1024
"""Lengths for which the chance of being met is tabled, evenly from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window in which a unit may have a habit.

    Attributes:
        unit: whose.
        anchor: which happenings of a day count.
        low: the bin edge at which it begins, from midnight; below 0 where it spans
            midnight. Of a first or a last at least the edge at 04:00.
        high: the edge at which it ends; of a first or a last at most 04:00 of the
            next day.
        mask: the weekdays, a position in ``MASKS``.
        gain: log likelihood gained over chance, less the log of the risk spent.
    """

    unit: int
    anchor: Anchor
    low: int
    high: int
    mask: int
    gain: float

    @property
    def center(self) -> float:
        """Return its middle, minutes after midnight."""
        return self.span.center

    @property
    def span(self) -> Span:
        """Return it in minutes after midnight."""
        return Span(self.low * STEP_MINUTES, self.high * STEP_MINUTES)


@dataclass(frozen=True, eq=False)
class Units:
    """What is searched: happenings by unit, and the days on which each was there.

    Attributes:
        unit: shape (n,), ascending, from 0.
        wall: shape (n,), wall milliseconds, ascending within a unit.
        first: number of the first day.
        weekday: shape (days,), of all days from the first on, Monday is 0.
        eligible: shape (units, days), whether something could have happened.
    """

    unit: NDArray[np.int64]
    wall: Instants
    first: int
    weekday: NDArray[np.int64]
    eligible: NDArray[np.bool_]

    def of(self, unit: int) -> Instants:
        """Return the wall instants of a unit, ascending."""
        low, high = np.searchsorted(self.unit, [unit, unit + 1])
        return self.wall[low:high]

    def some(self, begin: int, end: int) -> Units:
        """Return the units from ``begin`` up to ``end``, numbered from 0."""
        low, high = np.searchsorted(self.unit, [begin, end])
        return Units(
            self.unit[low:high] - begin,
            self.wall[low:high],
            self.first,
            self.weekday,
            self.eligible[begin:end],
        )

    def by_weekday(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return sums over the eligible days of each weekday.

        Args:
            values: shape (units, days, n).

        Returns:
            Shape (units, 7, n).
        """
        sums: NDArray[np.float32] = np.matmul(self._kinds().astype(np.float32), values)
        return sums

    def eligible_by_weekday(self) -> Floats:
        """Return how many eligible days there are, shape (units, 7)."""
        days: Floats = self._kinds().sum(axis=2).astype(float)
        return days

    def _kinds(self) -> NDArray[np.bool_]:
        own = self.weekday == np.arange(7)[:, None]
        kinds: NDArray[np.bool_] = own[None] & self.eligible[:, None]
        return kinds


@dataclass(frozen=True, eq=False)
class Grid:
    """The windows looked at, for each and for the waking day's anchors alike.

    Attributes:
        low: shape (windows,), first bin edge, from the day's begin.
        high: shape (windows,), last bin edge.
        half: shape (windows,), half width in bins.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    half: NDArray[np.int64]


def _grid() -> Grid:
    # Steps of a quarter of the width: a habit is never far off a window's middle.
    middles = [np.arange(0, BINS, max(1, half // 2)) for half in HALF_WIDTHS]
    middle = np.concatenate(middles)
    half = np.repeat(HALF_WIDTHS, [own.size for own in middles])
    return Grid(middle - half, middle + half, half)


GRID: Final = _grid()


def log_risk(half: NDArray[np.int64], mask: NDArray[np.int64], days: Floats) -> Floats:
    """Return the log of the share of the risk that is spent on windows.

    It is spent evenly on anchors and widths, and evenly on the windows of a width,
    of which those that overlap by more than half are hardly separate chances. All
    overlap somehow, so that together they are ``_ALIKE`` / days times fewer.

    Args:
        half: shape (n,), half widths in bins.
        mask: shape (n,), weekdays, positions in ``MASKS``.
        days: shape (n,), eligible days.
    """
    chances = len(ANCHORS) * len(HALF_WIDTHS) * BINS / half
    alike = np.log(ALIKE) - np.log(np.maximum(days, _FEW))
    shares: Floats = np.log(MASK_SHARES[mask]) - np.log(chances) + alike
    return shares


def search(units: Units, rhythms: Rhythms) -> Iterator[Candidate]:
    """Yield the windows worth an exact test, by unit and anchor, best first.

    Args:
        units: what is searched.
        rhythms: of those units.
    """
    for begin in range(0, units.eligible.shape[0], _CHUNK):
        end = min(begin + _CHUNK, units.eligible.shape[0])
        some, own = units.some(begin, end), Rhythms(rhythms.cdf[begin:end])
        met = _met_tables(some, own)
        eligible = some.eligible_by_weekday()
        waking = _passed(own, WAKING_BIN + np.clip(GRID.low, 0, BINS))
        waking_end = _passed(own, WAKING_BIN + np.clip(GRID.high, 0, BINS))
        for anchor in ANCHORS:
            if anchor == "each":
                matched = _each(some)
                length = _passed(own, GRID.high) - _passed(own, GRID.low)
                expected = _look_up(met, length)
            elif anchor == "first":
                matched = _extreme(some, last=False)
                expected = _look_up(met, waking_end) - _look_up(met, waking)
            else:
                matched = _extreme(some, last=True)
                expected = _look_up(met, 1 - waking) - _look_up(met, 1 - waking_end)
            yield from _weigh(anchor, begin, matched, expected, eligible)


def _passed(rhythms: Rhythms, edges: NDArray[np.int64]) -> Floats:
    """Return the rhythm passed at edges, from 04:00 where they are from there on."""
    cdf = rhythms.cdf
    passed: Floats = cdf[:, edges % BINS] + edges // BINS
    if edges.min() >= WAKING_BIN:
        passed = np.clip(passed - cdf[:, WAKING_BIN, None], 0.0, 1.0)
    return passed


def _met_tables(units: Units, rhythms: Rhythms) -> NDArray[np.float32]:
    """Return the days on which a stretch is expected to be met, by its length.

    Returns:
        Shape (units, 7, _LENGTHS + 1): sums over the eligible days of each weekday.
    """
    number, days = units.eligible.shape
    since = units.wall - WAKING_DAY_STARTS_MS
    day = since // DAY_MS - units.first
    kept = (day >= 0) & (day < days)
    kept[kept] = units.eligible[units.unit[kept], day[kept]]
    unit, day, wall = units.unit[kept], day[kept], units.wall[kept]
    start = rhythms.cdf[unit, WAKING_BIN]
    passed = rhythms.upto(wall % DAY_MS / MINUTE_MS, unit)
    gaps = gaps_of(unit * days + day, (passed - start) % 1.0)
    kind = unit * 7 + units.weekday[day]
    place = np.minimum(np.ceil(gaps * _LENGTHS), _LENGTHS).astype(np.int64)
    flat = kind * (_LENGTHS + 1) + place
    size = number * 7 * (_LENGTHS + 1)
    shape = (number, 7, _LENGTHS + 1)
    count = np.bincount(flat, minlength=size).reshape(shape)
    total = np.bincount(flat, gaps, minlength=size).reshape(shape)
    longer = count.sum(axis=2, keepdims=True) - np.cumsum(count, axis=2)
    lengths = np.arange(_LENGTHS + 1) / _LENGTHS
    met: NDArray[np.float32] = (np.cumsum(total, axis=2) + longer * lengths).astype(
        np.float32
    )
    return met


def _look_up(met: NDArray[np.float32], length: Floats) -> NDArray[np.float32]:
    """Return tabled values at lengths, shape (units, windows)."""
    place = np.clip(length, 0.0, 1.0) * _LENGTHS
    whole = np.minimum(place.astype(np.int64), _LENGTHS - 1)[:, None]
    part = (place[:, None] - whole).astype(np.float32)
    low = np.take_along_axis(met, whole, axis=2)
    high = np.take_along_axis(met, whole + 1, axis=2)
    values: NDArray[np.float32] = low + part * (high - low)
    return values


def _each(units: Units) -> NDArray[np.float32]:
    """Return the days matched in each window, shape (units, 7, windows)."""
    number, count = units.eligible.shape
    at = units.wall // STEP_MS - (units.first - 1) * BINS
    inside = (at >= 0) & (at < (count + 2) * BINS)
    timeline = np.zeros((number, (count + 2) * BINS + 1), np.int32)
    np.add.at(timeline, (units.unit[inside], at[inside] + 1), 1)
    np.cumsum(timeline, axis=1, out=timeline)
    matched = np.empty((number, 7, GRID.low.size), np.float32)
    span = count * BINS
    for half in HALF_WIDTHS:
        own = np.flatnonzero(GRID.half == half)
        begin, end = BINS - half, BINS + half
        hit = timeline[:, end : end + span] > timeline[:, begin : begin + span]
        shaped = hit.reshape(number, count, BINS)[:, :, GRID.low[own] + half]
        matched[:, :, own] = units.by_weekday(shaped.astype(np.float32))
    return matched


def _extreme(units: Units, *, last: bool) -> NDArray[np.float32]:
    """Return the days whose first or last lies in each window."""
    number, count = units.eligible.shape
    since = units.wall - WAKING_DAY_STARTS_MS
    group = units.unit * (count + 2) + np.clip(since // DAY_MS - units.first, -1, count)
    chosen = np.ones(group.size, bool)
    if last:
        chosen[:-1] = group[1:] != group[:-1]
    else:
        chosen[1:] = group[1:] != group[:-1]
    unit, since = units.unit[chosen], since[chosen]
    day = since // DAY_MS - units.first
    inside = (day >= 0) & (day < count)
    unit, day, since = unit[inside], day[inside], since[inside]
    observed = np.zeros((number, count, BINS + 1), np.float32)
    observed[unit, day, since % DAY_MS // STEP_MS + 1] = 1
    seen = np.cumsum(units.by_weekday(observed), axis=2)
    low, high = np.clip(GRID.low, 0, BINS), np.clip(GRID.high, 0, BINS)
    matched: NDArray[np.float32] = seen[:, :, high] - seen[:, :, low]
    return matched


def _weigh(
    anchor: Anchor,
    begin: int,
    matched: NDArray[np.float32],
    expected: NDArray[np.float32],
    eligible: Floats,
) -> Iterator[Candidate]:
    """Yield the windows whose gain pays for the risk spent on them."""
    rows = MASK_ROWS.astype(np.float32)
    k, chance = np.matmul(rows, matched), np.matmul(rows, expected)
    n = (eligible @ MASK_ROWS.T)[:, :, None]
    unit, mask, window = np.nonzero(
        (k >= FEWEST_DAYS) & (k >= FEWEST_SHARE * n) & (k > chance)
    )
    days = n[unit, mask, 0]
    gain = days * divergence(
        k[unit, mask, window] / days, chance[unit, mask, window] / days
    ) + log_risk(GRID.half[window], mask, days)
    kept = np.flatnonzero(gain > LEAST_GAIN)
    kept = kept[np.lexsort((window[kept], mask[kept], -gain[kept], unit[kept]))]
    low, high = GRID.low, GRID.high
    if anchor != "each":
        low, high = (WAKING_BIN + np.clip(edges, 0, BINS) for edges in (low, high))
    for i in kept.tolist():
        yield Candidate(
            begin + int(unit[i]),
            anchor,
            int(low[window[i]]),
            int(high[window[i]]),
            int(mask[i]),
            float(gain[i]),
        )


def divergence(share: Floats, chance: Floats) -> Floats:
    """Return the divergence of Bernoulli distributions, elementwise, in nats."""
    chance = np.clip(chance, 1e-6, 1 - 1e-6)
    met = np.clip(share, 1e-9, 1.0)
    rest = np.clip(1 - share, 1e-9, 1.0)
    result: Floats = met * np.log(met / chance) + rest * np.log(rest / (1 - chance))
    return result
