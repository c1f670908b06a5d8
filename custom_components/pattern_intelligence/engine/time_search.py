"""The search for the times of day that a unit keeps more than its rhythm explains.

Every window of a set of widths, places and weekday masks is weighed by how many days
it matches beyond chance. The weighing is a bound (W. Hoeffding, Probability
inequalities for sums of bounded random variables, JASA 58, 1963), quick enough for
all of them; what passes is tested exactly elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import MINUTE_MS
from .evidence import Floats
from .pattern import Anchor
from .rhythm import BINS, STEP_MS, Rhythms
from .spacing import gaps_of
from .time_grid import ANCHORS, GRID, HALF_WIDTHS, WAKING_BIN, Candidate, log_risk
from .time_units import Units
from .weekday_mask import MASK_ROWS

FEWEST_DAYS: Final = 6
"""Matches that any claim needs: a single weekday has hardly more in two months."""

FEWEST_SHARE: Final = 0.4
"""Share of days below which no claim of .5 can be made of a window."""

_CHUNK: Final = 64
"""Units weighed at a time, to bound the memory."""

_LENGTHS: Final = 1024
"""Lengths for which the chance of being met is tabled, evenly from 0 to 1."""

type Weights = NDArray[np.float32]
"""Bounds need no more digits, and there are many of them."""


def search(units: Units, rhythms: Rhythms) -> Iterator[Candidate]:
    """Yield the windows worth an exact test, by unit and anchor, best first.

    Args:
        units: what is searched.
        rhythms: of those units.
    """
    for begin in range(0, units.size, _CHUNK):
        end = min(begin + _CHUNK, units.size)
        some, own = units.some(begin, end), Rhythms(rhythms.cdf[begin:end])
        kinds = some.eligible[:, None] & (some.weekday == np.arange(7)[:, None])
        weights = kinds.astype(np.float32)
        met = _met_tables(some, own)
        for anchor in ANCHORS:
            if anchor == "each":
                matched = _each(some, weights)
            else:
                matched = _extreme(some, weights, last=anchor == "last")
            expected = _expected(anchor, own, met)
            yield from _weigh(anchor, begin, matched, expected, kinds.sum(axis=2))


def _expected(anchor: Anchor, rhythms: Rhythms, met: Weights) -> Weights:
    """Return the days matched by chance, shape (units, 7, windows)."""
    if anchor == "each":
        return _look_up(met, _passed(rhythms, GRID.high) - _passed(rhythms, GRID.low))
    start = rhythms.cdf[:, WAKING_BIN, None]
    low, high = (
        _passed(rhythms, WAKING_BIN + np.clip(edges, 0, BINS)) - start
        for edges in (GRID.low, GRID.high)
    )
    if anchor == "first":
        return _look_up(met, high) - _look_up(met, low)
    return _look_up(met, 1 - low) - _look_up(met, 1 - high)


def _passed(rhythms: Rhythms, edges: NDArray[np.int64]) -> Floats:
    """Return the rhythms passed at edges of bins, shape (units, edges)."""
    passed: Floats = rhythms.cdf[:, edges % BINS] + edges // BINS
    return passed


def _met_tables(units: Units, rhythms: Rhythms) -> Weights:
    """Return the days on which a stretch is expected to be met, by its length.

    Returns:
        Shape (units, 7, _LENGTHS + 1): sums over the eligible days of each weekday.
    """
    kept, day, _ = units.waking()
    unit, wall = units.unit[kept], units.wall[kept]
    start = rhythms.cdf[unit, WAKING_BIN]
    passed = rhythms.upto(wall % (BINS * STEP_MS) / MINUTE_MS, unit)
    gaps = gaps_of(unit * units.days + day, (passed - start) % 1.0)
    kind = unit * 7 + units.weekday[day]
    place = np.minimum(np.ceil(gaps * _LENGTHS), _LENGTHS).astype(np.int64)
    flat = kind * (_LENGTHS + 1) + place
    shape = (units.size, 7, _LENGTHS + 1)
    size = units.size * 7 * (_LENGTHS + 1)
    count = np.bincount(flat, minlength=size).reshape(shape)
    total = np.bincount(flat, gaps, minlength=size).reshape(shape)
    longer = count.sum(axis=2, keepdims=True) - np.cumsum(count, axis=2)
    lengths = np.arange(_LENGTHS + 1) / _LENGTHS
    met: Weights = (np.cumsum(total, axis=2) + longer * lengths).astype(np.float32)
    return met


def _look_up(met: Weights, length: Floats) -> Weights:
    """Return tabled values at lengths, shape (units, 7, windows)."""
    place = np.clip(length, 0.0, 1.0) * _LENGTHS
    whole = np.minimum(place.astype(np.int64), _LENGTHS - 1)[:, None]
    part = (place[:, None] - whole).astype(np.float32)
    low = np.take_along_axis(met, whole, axis=2)
    high = np.take_along_axis(met, whole + 1, axis=2)
    values: Weights = low + part * (high - low)
    return values


def _each(units: Units, weights: Weights) -> Weights:
    """Return the days matched in each window, shape (units, 7, windows)."""
    at = units.wall // STEP_MS - (units.first - 1) * BINS
    inside = (at >= 0) & (at < (units.days + 2) * BINS)
    timeline = np.zeros((units.size, (units.days + 2) * BINS + 1), np.int32)
    np.add.at(timeline, (units.unit[inside], at[inside] + 1), 1)
    np.cumsum(timeline, axis=1, out=timeline)
    matched = np.empty((units.size, 7, GRID.low.size), np.float32)
    span = units.days * BINS
    for half in HALF_WIDTHS:
        own = np.flatnonzero(GRID.half == half)
        step = max(1, half // 2)
        late = timeline[:, BINS + half : BINS + half + span : step]
        early = timeline[:, BINS - half : BINS - half + span : step]
        hit = (late > early).reshape(units.size, units.days, own.size)
        matched[:, :, own] = np.matmul(weights, hit.astype(np.float32))
    return matched


def _extreme(units: Units, weights: Weights, *, last: bool) -> Weights:
    """Return the days whose first or last lies in each window, shaped likewise."""
    kept, day, since = units.waking()
    group = units.unit[kept] * units.days + day
    chosen = np.ones(group.size, bool)
    if last:
        chosen[:-1] = group[1:] != group[:-1]
    else:
        chosen[1:] = group[1:] != group[:-1]
    observed = np.zeros((units.size * units.days, BINS + 1), np.float32)
    observed[group[chosen], since[chosen] // STEP_MS + 1] = 1
    by_weekday = np.matmul(weights, observed.reshape(units.size, units.days, -1))
    seen = np.cumsum(by_weekday, axis=2)
    low, high = np.clip(GRID.low, 0, BINS), np.clip(GRID.high, 0, BINS)
    matched: Weights = seen[:, :, high] - seen[:, :, low]
    return matched


def _weigh(
    anchor: Anchor,
    begin: int,
    matched: Weights,
    expected: Weights,
    eligible: NDArray[np.int64],
) -> Iterator[Candidate]:
    """Yield the windows whose gain pays for the risk spent on them."""
    rows = MASK_ROWS.astype(np.float32)
    k, chance = np.matmul(rows, matched), np.matmul(rows, expected)
    n = (eligible @ MASK_ROWS.T)[:, :, None]
    unit, mask, window = np.nonzero(
        (k >= FEWEST_DAYS) & (k >= FEWEST_SHARE * n) & (k > chance)
    )
    days = n[unit, mask, 0]
    own = gain(k[unit, mask, window], chance[unit, mask, window], days)
    own = own + log_risk(GRID.half[window], mask, days)
    kept = np.flatnonzero(own > 0)
    kept = kept[np.lexsort((window[kept], mask[kept], -own[kept], unit[kept]))]
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
        )


def gain(matched: Floats, expected: Floats, days: Floats) -> Floats:
    """Return the log likelihood gained over chance, Hoeffding's bound of a p.

    Args:
        matched: shape (n,), days matched.
        expected: shape (n,), days matched by chance.
        days: shape (n,), eligible days, above 0.
    """
    share, chance = matched / days, np.clip(expected / days, 1e-6, 1 - 1e-6)
    met, rest = np.clip(share, 1e-9, 1.0), np.clip(1 - share, 1e-9, 1.0)
    gained: Floats = days * (
        met * np.log(met / chance) + rest * np.log(rest / (1 - chance))
    )
    return gained
