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

from .bursts import Bursts
from .civil import DAY_MS, MINUTE_MS, WAKING_DAY_STARTS_MS
from .evidence import Floats
from .pattern import Anchor
from .rhythm import BINS, STEP_MINUTES, Rhythms
from .tables import Numbers
from .weekday_mask import MASK_ROWS, MASK_SHARES

ANCHORS: Final[tuple[Anchor, ...]] = ("each", "first", "last")
HALF_WIDTHS: Final = np.array([2, 3, 4, 6, 9, 12, 18, 24])
"""Half widths of the windows, in bins: 10 minutes to 2 hours, by about half."""

FEWEST_DAYS: Final = 5
FEWEST_SHARE: Final = 0.4
"""Share of days below which no claim of .5 can be made of a window."""

_CHUNK: Final = 64
"""Units weighed at a time, to bound the memory."""

STEP_MS: Final = STEP_MINUTES * MINUTE_MS
WAKING_BIN: Final = WAKING_DAY_STARTS_MS // STEP_MS


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window in which a unit may have a habit.

    Attributes:
        unit: whose.
        anchor: which happenings of a day count.
        low: the bin edge at which it begins, from midnight; for a first or a last
            from 04:00. May be below 0 for each.
        high: the edge at which it ends.
        mask: the weekdays, a position in ``MASKS``.
        gain: log likelihood gained over chance, less the log of the risk spent.
    """

    unit: int
    anchor: Anchor
    low: int
    high: int
    mask: int
    gain: float


@dataclass(frozen=True, eq=False)
class Grid:
    """The windows looked at, with the risk spent on each.

    Attributes:
        low: shape (windows,), first bin edge.
        high: shape (windows,), last bin edge.
        width: shape (windows,), index into ``HALF_WIDTHS``.
        risk: shape (windows,), log of the share of the risk, for all masks.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    width: NDArray[np.int64]
    risk: Floats


def _grid() -> Grid:
    lows, highs, widths, risks = [], [], [], []
    for index, half in enumerate(HALF_WIDTHS.tolist()):
        centers = np.arange(0, BINS, max(1, half // 4))
        lows.append(centers - half)
        highs.append(centers + half)
        widths.append(np.full(centers.size, index))
        # Windows that overlap by more than half are hardly separate chances.
        separate = BINS / half
        risks.append(np.full(centers.size, -np.log(separate * HALF_WIDTHS.size)))
    return Grid(
        np.concatenate(lows),
        np.concatenate(highs),
        np.concatenate(widths),
        np.concatenate(risks) - np.log(len(ANCHORS)),
    )


GRID: Final = _grid()


def log_risk(half: int, mask: int) -> float:
    """Return the log of the share of the risk spent on one window.

    Args:
        half: its half width in bins.
        mask: its weekdays.
    """
    return float(
        np.log(MASK_SHARES[mask])
        - np.log(BINS / half * HALF_WIDTHS.size)
        - np.log(len(ANCHORS))
    )


@dataclass(frozen=True, eq=False)
class Days:
    """The days that are searched, without holes.

    Attributes:
        first: number of the first day.
        weekday: shape (days,), Monday is 0.
        eligible: shape (units, days), whether something could have happened.
    """

    first: int
    weekday: NDArray[np.int64]
    eligible: NDArray[np.bool_]


def search(
    bursts: Bursts, starts: Rhythms, ends: Rhythms, days: Days
) -> Iterator[Candidate]:
    """Yield the windows worth an exact test, by unit and anchor, best first.

    Args:
        bursts: of all units.
        starts: the rhythms of the bursts' starts.
        ends: the rhythms of the bursts' ends.
        days: the days searched.
    """
    for begin in range(0, bursts.units, _CHUNK):
        units = np.arange(begin, min(begin + _CHUNK, bursts.units))
        for anchor in ANCHORS:
            if anchor == "each":
                matched, expected = _each(bursts, starts, days, units)
            elif anchor == "first":
                matched, expected = _first(bursts, starts, days, units)
            else:
                matched, expected = _last(bursts, ends, days, units)
            yield from _weigh(anchor, units, matched, expected, days)


def _rows(bursts: Bursts, units: NDArray[np.int64]) -> tuple[slice, NDArray[np.int64]]:
    rows = slice(int(bursts.edges[units[0]]), int(bursts.edges[units[-1] + 1]))
    return rows, bursts.unit[rows] - units[0]


def _by_weekday(values: Floats, days: Days, units: NDArray[np.int64]) -> Floats:
    """Return sums over the eligible days of each weekday.

    Args:
        values: shape (units, days, windows).
        days: the days.
        units: which units.
    """
    kinds = (days.weekday == np.arange(7)[:, None])[None] & days.eligible[units, None]
    sums: Floats = np.matmul(kinds.astype(np.float32), values)
    return sums


def _each(
    bursts: Bursts, rhythms: Rhythms, days: Days, units: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return days matched and expected, shape (units, 7, windows), of each."""
    rows, unit = _rows(bursts, units)
    count = days.weekday.size
    at = bursts.start[rows] // STEP_MS - (days.first - 1) * BINS
    inside = (at >= 0) & (at < (count + 2) * BINS)
    timeline = np.zeros((units.size, (count + 2) * BINS + 1), np.int32)
    np.add.at(timeline, (unit[inside], at[inside] + 1), 1)
    np.cumsum(timeline, axis=1, out=timeline)
    matched = np.empty((units.size, 7, GRID.low.size), np.float32)
    for index in range(HALF_WIDTHS.size):
        own = np.flatnonzero(GRID.width == index)
        low, high = GRID.low[own], GRID.high[own]
        step = int(low[1] - low[0])
        begin, end = BINS + int(low[0]), BINS + int(high[0])
        span = count * BINS
        hit = timeline[:, end : end + span] > timeline[:, begin : begin + span]
        shaped = hit.reshape(units.size, count, BINS)[:, :, ::step]
        matched[:, :, own] = _by_weekday(shaped.astype(np.float32), days, units)
    number = np.zeros((units.size, count), np.int64)
    day = at // BINS - 1
    kept = (day >= 0) & (day < count)
    np.add.at(number, (unit[kept], day[kept]), 1)
    cdf = rhythms.cdf[units]
    mass = _turned(cdf, GRID.high) - _turned(cdf, GRID.low)
    missed = np.log1p(-np.minimum(mass, 1 - 1e-9)).astype(np.float32)
    expected = np.empty_like(matched)
    for row, own_days in enumerate(number):
        counts, which = np.unique(own_days, return_inverse=True)
        kinds = np.zeros((7, counts.size), np.float32)
        kept = days.eligible[units[row]]
        np.add.at(kinds, (days.weekday[kept], which[kept]), 1)
        chance = -np.expm1(counts.astype(np.float32)[:, None] * missed[row])
        expected[row] = kinds @ chance
    return matched.astype(float), expected.astype(float)


def _turned(cdf: Floats, edges: NDArray[np.int64]) -> Floats:
    values: Floats = cdf[:, edges % BINS] + edges // BINS
    return values


def _first(
    bursts: Bursts, rhythms: Rhythms, days: Days, units: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return days matched and expected, shape (units, 7, windows), of the first."""
    rows, unit = _rows(bursts, units)
    since = bursts.start[rows] - WAKING_DAY_STARTS_MS
    number, bins = _extreme(unit, since, days, units.size, np.minimum)
    before = 1 - waking_cdf(rhythms, units)
    chance = 1 - np.exp(
        number[:, :, None].astype(np.float32)
        * np.log(np.maximum(before, 1e-30))[:, None].astype(np.float32)
    )
    return _waking(bins, chance, days, units)


def _last(
    bursts: Bursts, rhythms: Rhythms, days: Days, units: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return days matched and expected, shape (units, 7, windows), of the last."""
    rows, unit = _rows(bursts, units)
    since = bursts.end[rows] - WAKING_DAY_STARTS_MS
    number, bins = _extreme(unit, since, days, units.size, np.maximum)
    chance = np.exp(
        number[:, :, None].astype(np.float32)
        * np.log(np.maximum(waking_cdf(rhythms, units), 1e-30))[:, None].astype(
            np.float32
        )
    )
    chance[number == 0] = 0
    return _waking(bins, chance, days, units)


def waking_cdf(rhythms: Rhythms, units: NDArray[np.int64]) -> Floats:
    """Return distributions from 04:00 on, shape (units, BINS + 1)."""
    cdf = rhythms.cdf[units]
    edges = np.arange(WAKING_BIN, WAKING_BIN + BINS + 1)
    turned = _turned(cdf, edges) - cdf[:, WAKING_BIN, None]
    result: Floats = np.clip(turned, 0.0, 1.0)
    return result


def _extreme(
    unit: NDArray[np.int64],
    since: NDArray[np.int64],
    days: Days,
    units: int,
    pick: np.ufunc,
) -> tuple[Numbers, Numbers]:
    """Return how many bursts each day has, and the bin of its first or last.

    Returns:
        Two arrays of shape (units, days); the bin is -1 where there is none.
    """
    count = days.weekday.size
    day = since // DAY_MS - days.first
    inside = (day >= 0) & (day < count)
    unit, day = unit[inside], day[inside]
    bins = since[inside] % DAY_MS // STEP_MS
    number = np.zeros((units, count), np.int64)
    np.add.at(number, (unit, day), 1)
    least = pick is np.minimum
    best = np.full((units, count), BINS if least else -1, np.int64)
    pick.at(best, (unit, day), bins)
    best[number == 0] = -1
    return number, best


def _waking(
    bins: Numbers, chance: Floats, days: Days, units: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    observed = np.zeros((*bins.shape, BINS + 1), np.float32)
    unit, day = np.nonzero(bins >= 0)
    observed[unit, day, bins[unit, day] + 1] = 1
    seen = np.cumsum(_by_weekday(observed, days, units), axis=2)
    likely = _by_weekday(chance.astype(np.float32), days, units)
    low, high = np.clip(GRID.low, 0, BINS), np.clip(GRID.high, 0, BINS)
    return (
        seen[:, :, high] - seen[:, :, low],
        likely[:, :, high] - likely[:, :, low],
    )


def _weigh(
    anchor: Anchor,
    units: NDArray[np.int64],
    matched: Floats,
    expected: Floats,
    days: Days,
) -> Iterator[Candidate]:
    """Yield the windows whose gain pays for the risk spent on them."""
    rows = MASK_ROWS.astype(np.float32)
    k = np.matmul(rows, matched)
    chance = np.matmul(rows, expected)
    kinds = (days.weekday == np.arange(7)[:, None]).astype(np.float32)
    n = (days.eligible[units].astype(np.float32) @ kinds.T @ rows.T)[:, :, None]
    unit, mask, window = np.nonzero(
        (k >= FEWEST_DAYS) & (k >= FEWEST_SHARE * n) & (k > chance)
    )
    share = k[unit, mask, window] / n[unit, mask, 0]
    mean = np.clip(chance[unit, mask, window] / n[unit, mask, 0], 1e-6, 1 - 1e-6)
    gain = n[unit, mask, 0] * _divergence(share, mean)
    gain = gain + GRID.risk[window] + np.log(MASK_SHARES)[mask]
    kept = np.flatnonzero(gain > 0)
    kept = kept[np.lexsort((window[kept], mask[kept], -gain[kept], unit[kept]))]
    for i in kept.tolist():
        at = window[i]
        yield Candidate(
            int(units[unit[i]]),
            anchor,
            int(GRID.low[at]),
            int(GRID.high[at]),
            int(mask[i]),
            float(gain[i]),
        )


def _divergence(share: Floats, chance: Floats) -> Floats:
    """Return the divergence of Bernoulli distributions, elementwise, in nats."""
    rest = np.clip(1 - share, 1e-9, None)
    result: Floats = share * np.log(np.maximum(share, 1e-9) / chance) + rest * np.log(
        rest / (1 - chance)
    )
    return result
