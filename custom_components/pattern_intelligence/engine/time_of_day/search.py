"""The search for the times of day that a unit keeps more than its rhythm explains.

Every window of a set of widths, places and weekday masks is weighed by how many days
it matches beyond chance. The weighing is a bound (W. Hoeffding, Probability
inequalities for sums of bounded random variables, JASA 58, 1963), quick enough for
all of them; what passes is tested exactly elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import running_sums
from ..civil import MINUTE_MS
from ..evidence import Floats
from ..tables import Numbers
from .grid import GRID, HALF_WIDTHS, WAKING_BIN, Candidates, log_risk
from .rhythm import BINS, STEP_MS, Rhythms
from .spacing import gaps_of, stretches
from .spans import ANCHORS, EACH, LAST
from .units import Units
from .weekday_mask import SHARED_DAYS

FEWEST_DAYS: Final = 6
"""Matches that any claim needs: a single weekday has hardly more in two months."""

FEWEST_SHARE: Final = 0.3
"""Share of days below which no claim of .5 can be made, even of what began lately."""

LEAST_LIFT: Final = 1.5
"""Times as many days as by chance: what the rhythm tells nearly as well is no news."""

KEPT_WORTH: Final = 0.1
"""Log likelihood that a matched day is worth beside what it proves.

Of windows that prove as much the one kept on more days is told: it helps more to know.
"""

PEAKS: Final = 4
"""Windows of a unit and anchor that are examined: more have hardly ever been kept."""

_CHUNK: Final = 16
_CHUNK_MASKS: Final = 2048
"""Units, and units times masks, weighed at a time, to bound the memory."""

_COUNTED: Final = 48
"""Units whose days are counted at a time, which takes less memory."""

_LENGTHS: Final = 1024
"""Lengths for which the chance of being met is tabled, evenly from 0 to 1."""

type Weights = NDArray[np.float32]
"""Bounds need no more digits, and there are many of them."""


def search(
    units: Units,
    rhythms: Rhythms,
    fewest_share: float = FEWEST_SHARE,
    anchors: Sequence[int] = tuple(range(len(ANCHORS))),
) -> Candidates:
    """Return the windows worth an exact test: of each unit and anchor its best peaks.

    Args:
        units: what is searched.
        rhythms: of those units.
        fewest_share: share of days on which a window has to be met.
        anchors: which happenings of a day are looked at, positions in ``ANCHORS``.
    """
    found: list[Candidates] = []
    at_once = min(_CHUNK, max(1, _CHUNK_MASKS // len(units.sorts.rows)))
    counted_at_once = max(1, _COUNTED // at_once) * at_once
    for begin in range(0, units.size, at_once):
        end = min(begin + at_once, units.size)
        at = begin % counted_at_once
        if not at and EACH in anchors:
            counted = _counted(units.some(begin, begin + counted_at_once))
        some, own = units.some(begin, end), Rhythms(rhythms.cdf[begin:end])
        rows = some.sorts.rows.astype(np.float32)
        sorts = np.arange(rows.shape[1])[:, None]
        days = some.eligible[:, None] & (some.sorts.sort == sorts)
        masks = np.matmul(rows, days.astype(np.float32))
        met = _met_tables(some, own)
        for anchor in anchors:
            if anchor == EACH:
                matched = np.matmul(rows, counted[at : at + some.size])
            else:
                matched = _extreme(some, last=anchor == LAST)
            least = np.maximum(FEWEST_DAYS, fewest_share * masks.sum(2))
            unit, mask, window = _peaks(
                anchor, own, matched, met, masks.sum(2), np.ceil(least)
            )
            low, high = _edges(anchor, window)
            which = np.full(unit.size, anchor)
            found.append(Candidates(begin + unit, which, low, high, mask))
    return Candidates.join(found)


def _edges(anchor: int, window: Numbers) -> tuple[Numbers, Numbers]:
    """Return the edges of windows of the grid, in bins from midnight."""
    low, high = GRID.low[window], GRID.high[window]
    if anchor == EACH:
        return low, high
    return WAKING_BIN + low.clip(0, BINS), WAKING_BIN + high.clip(0, BINS)


def _peaks(
    anchor: int,
    rhythms: Rhythms,
    matched: Weights,
    met: Weights,
    days: Weights,
    least: Weights,
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the windows whose gain pays for the risk spent on them, best first.

    Windows that state the same as a better one of the unit are left out.

    Args:
        anchor: which happenings count.
        rhythms: of the units.
        matched: shape (units, masks, windows), days matched.
        met: as :func:`_met_tables` gives it.
        days: shape (units, masks), eligible days.
        least: shape (units, masks), whole days that have to be matched.

    Returns:
        Unit, mask and window, by unit.
    """
    # Days are whole: they are compared as they are stored.
    often = np.flatnonzero(matched >= least.astype(np.float32)[:, :, None])
    unit, rest = np.divmod(often, matched[0].size)
    mask, window = np.divmod(rest, matched.shape[2])
    chance = _expected(anchor, rhythms, met, unit, mask, window)
    kept = matched.ravel()[often].astype(float)
    lifted = np.flatnonzero(kept >= LEAST_LIFT * chance)
    unit, mask, window = unit[lifted], mask[lifted], window[lifted]
    chance, kept = chance[lifted], kept[lifted]
    own = gain(kept, chance, days[unit, mask].astype(float)) + log_risk(
        GRID.half[window], mask, days[unit, 0].astype(float)
    )
    left = np.flatnonzero(own > 0)
    score = own + KEPT_WORTH * kept
    left = left[np.lexsort((window[left], mask[left], -score[left], unit[left]))]
    unit, mask, window = unit[left], mask[left], window[left]
    rest, peaks = np.arange(left.size), [left[:0]]
    for _ in range(PEAKS):
        # Of those left of each unit the first is the best.
        new = np.append(True, unit[rest[1:]] != unit[rest[:-1]])[: rest.size]
        peaks.append(rest[new])
        best = rest[new][np.cumsum(new) - 1]
        same = SHARED_DAYS[mask[best], mask[rest]]
        if anchor == EACH:
            same &= _overlap(window[best], window[rest])
        rest = rest[~same]
    best = np.concatenate(peaks)
    best = best[np.argsort(unit[best], kind="stable")]
    return unit[best], mask[best], window[best]


def _overlap(one: Numbers, other: Numbers) -> NDArray[np.bool_]:
    """Tell which windows of the grid overlap, shape (n,)."""
    apart = np.abs((GRID.low + GRID.high)[other] - (GRID.low + GRID.high)[one])
    apart = np.minimum(apart, 2 * BINS - apart)
    overlap: NDArray[np.bool_] = apart < 2 * (GRID.half[other] + GRID.half[one])
    return overlap


def _expected(
    anchor: int,
    rhythms: Rhythms,
    met: Weights,
    unit: Numbers,
    mask: Numbers,
    window: Numbers,
) -> Floats:
    """Return the days that windows match by chance, shape (n,)."""
    low, high = (_passed(rhythms, unit, edge) for edge in _edges(anchor, window))
    start = 0.0 if anchor == EACH else rhythms.cdf[unit, WAKING_BIN]
    longer, shorter = stretches(np.array(anchor), low - start, high - start)
    expected = _look_up(met, unit, mask, longer)
    if anchor == EACH:
        return expected
    return np.asarray(expected - _look_up(met, unit, mask, shorter))


def _passed(rhythms: Rhythms, unit: Numbers, edge: Numbers) -> Floats:
    """Return the rhythms passed at edges of bins, shape (n,)."""
    turns, place = np.divmod(edge, BINS)
    passed: Floats = rhythms.cdf[unit, place] + turns
    return passed


def _met_tables(units: Units, rhythms: Rhythms) -> Weights:
    """Return the days on which a stretch is expected to be met, by its length.

    Returns:
        Shape (units, masks, _LENGTHS + 1): sums over the eligible days of each mask.
    """
    kept, day, _ = units.waking
    unit, wall = units.unit[kept], units.wall[kept]
    start = rhythms.cdf[unit, WAKING_BIN]
    passed = rhythms.upto(wall % (BINS * STEP_MS) / MINUTE_MS, unit)
    gaps = gaps_of(unit * units.days + day, (passed - start) % 1.0)
    rows = units.sorts.rows.astype(np.float32)
    sorts = rows.shape[1]
    kind = unit * sorts + units.sorts.sort[day]
    place = np.minimum(np.ceil(gaps * _LENGTHS), _LENGTHS).astype(np.int64)
    flat = kind * (_LENGTHS + 1) + place
    shape = (units.size, sorts, _LENGTHS + 1)
    size = units.size * sorts * (_LENGTHS + 1)
    count = np.bincount(flat, minlength=size).reshape(shape)
    total = np.bincount(flat, gaps, minlength=size).reshape(shape)
    shorter = running_sums(count)
    # Few arrays of this size, or the processor waits for memory.
    met = np.subtract(shorter[..., -1:], shorter, dtype=np.float64)
    met *= np.arange(_LENGTHS + 1) / _LENGTHS
    met += running_sums(total)
    by_mask: Weights = np.matmul(rows, met.astype(np.float32))
    return by_mask


def _look_up(met: Weights, unit: Numbers, mask: Numbers, lengths: Floats) -> Floats:
    """Return tabled values at lengths, shape (n,).

    Args:
        met: as :func:`_met_tables` gives it.
        unit: shape (n,).
        mask: shape (n,).
        lengths: shape (n,).
    """
    place = np.clip(lengths, 0.0, 1.0) * _LENGTHS
    whole = np.minimum(place.astype(np.int64), _LENGTHS - 1)
    flat = (unit * met.shape[1] + mask) * met.shape[2] + whole
    low, high = met.take(flat), met.take(flat + 1)
    values: Floats = low + (place - whole) * (high - low)
    return values


def _counted(units: Units) -> Weights:
    """Return the days matched in each window, shape (units, sorts, windows)."""
    widths = units.met_days(STEP_MS, HALF_WIDTHS)
    return np.concatenate([met.astype(np.float32) for met in widths], axis=2)


def _extreme(units: Units, *, last: bool) -> Weights:
    """Return the days whose first or last lies in each window, shaped likewise."""
    unit, day, since = units.extremes(last=last)
    rows = units.sorts.rows.astype(np.float32)
    sorts = rows.shape[1]
    kind = unit * sorts + units.sorts.sort[day]
    flat = kind * (BINS + 1) + since // STEP_MS + 1
    counts = np.bincount(flat, minlength=units.size * sorts * (BINS + 1))
    by_kind = counts.reshape(units.size, sorts, BINS + 1).astype(np.float32)
    seen = running_sums(np.matmul(rows, by_kind))
    # Beyond the day's ends nothing more is seen.
    widest = HALF_WIDTHS[-1]
    seen = np.pad(seen, ((0, 0), (0, 0), (widest, widest)), "edge")
    matched = np.empty((*seen.shape[:2], GRID.low.size), np.float32)
    for half in HALF_WIDTHS:
        first, after = np.searchsorted(GRID.half, [half, half + 1])
        step = max(1, half // 2)
        low, high = (seen[:, :, at : at + BINS : step] for at in _around(half))
        np.subtract(high, low, out=matched[:, :, first:after])
    return matched


def _around(half: int) -> tuple[int, int]:
    """Return where windows of a width begin and end, in what is padded by the widest."""
    return HALF_WIDTHS[-1] - half, HALF_WIDTHS[-1] + half


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
