"""The search for what is done at a distance from sunrise or sunset on many days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import MINUTE_MS
from ..evidence import Floats
from ..tables import Numbers
from ..time_of_day.rhythm import Rhythms
from ..time_of_day.search import FEWEST_DAYS, FEWEST_SHARE, KEPT_WORTH, LEAST_LIFT, gain
from ..time_of_day.units import Units
from .sun_days import SunDays

STEP_MINUTES: Final = 5

REACH_MINUTES: Final = 180
"""How far from its event the middle of a habit may be: else it is not of the sun."""

HALF_WIDTHS: Final = (2, 4, 6, 9)
"""Half widths of the windows, in steps: 10 to 45 minutes."""

_MARGIN: Final = HALF_WIDTHS[-1]
_MIDDLE: Final = REACH_MINUTES // STEP_MINUTES + _MARGIN
_BINS: Final = 2 * _MIDDLE
_CHUNK: Final = 16
"""Units looked at together, to bound the memory."""


def _windows() -> tuple[Numbers, Numbers]:
    """Return the bin edges of all windows, widths one after the other."""
    low, high = [], []
    for half in HALF_WIDTHS:
        middle = np.arange(_MARGIN, _BINS - _MARGIN + 1, max(1, half // 2))
        low.append(middle - half)
        high.append(middle + half)
    return np.concatenate(low), np.concatenate(high)


LOW, HIGH = _windows()

RISK: Final = 1 / (
    2 * len(HALF_WIDTHS) * 2 * REACH_MINUTES / (HIGH - LOW) / STEP_MINUTES
)
"""Shape (windows,), the share of the risk of a false claim spent on each.

Evenly on events and widths; windows of a width that overlap by more than half are
hardly separate chances.
"""


@dataclass(frozen=True, eq=False)
class Suspects:
    """What seems to follow the sun.

    Attributes:
        unit: shape (n,), of which unit.
        low: shape (n,), minutes after the event at which its window begins.
        high: shape (n,), minutes at which it ends.
        risk: shape (n,), the share of the risk spent on the window.
    """

    unit: Numbers
    low: Floats
    high: Floats
    risk: Floats

    def take(self, which: NDArray[np.intp]) -> Suspects:
        """Return some of them."""
        return Suspects(
            self.unit[which], self.low[which], self.high[which], self.risk[which]
        )


def suspects(units: Units, rhythms: Rhythms, sun: SunDays) -> Suspects:
    """Return of each unit the window that tells most, if any does.

    Args:
        units: what people and devices did.
        rhythms: of those units.
        sun: the days by one of its events.
    """
    if np.isnan(sun.usual):
        none = np.zeros(0)
        return Suspects(none.astype(np.int64), none, none, none)
    place, offset = sun.since(units.wall)
    at = np.floor(offset / STEP_MINUTES) + _MIDDLE
    inside = np.isfinite(at) & (at >= 0) & (at < _BINS)
    unit, place, at = units.unit[inside], place[inside], at[inside].astype(np.int64)
    known = np.isfinite(sun.wall[:-1])
    eligible = units.eligible & known
    kept = np.zeros((units.size, LOW.size))
    for begin in range(0, units.size, _CHUNK):
        size = min(_CHUNK, units.size - begin)
        first, last = np.searchsorted(unit, [begin, begin + size])
        own = slice(first, last)
        flat = ((unit[own] - begin) * sun.days + place[own]) * (_BINS + 1) + at[own] + 1
        counts = np.bincount(flat, minlength=size * sun.days * (_BINS + 1))
        seen = np.cumsum(
            counts.reshape(size, sun.days, _BINS + 1).astype(np.int16), axis=2
        )
        days = eligible[begin : begin + size, :, None]
        parts = [(high > low) & days for low, high in _edges_of(seen)]
        kept[begin : begin + size] = np.concatenate(
            [met.sum(axis=1, dtype=np.int16) for met in parts], axis=1
        )
    return _best(kept, eligible.sum(axis=1), _expected(units, rhythms, sun, eligible))


def _edges_of(
    seen: NDArray[np.int16],
) -> Iterator[tuple[NDArray[np.int16], NDArray[np.int16]]]:
    """Yield running counts at the begins and ends of windows, by width."""
    for half in HALF_WIDTHS:
        step = max(1, half // 2)
        before, after = (
            seen[:, :, _MARGIN + apart : _BINS - _MARGIN + 1 + apart : step]
            for apart in (-half, half)
        )
        yield before, after


def _expected(
    units: Units, rhythms: Rhythms, sun: SunDays, eligible: NDArray[np.bool_]
) -> Floats:
    """Return about how many days each window is met by chance, shape (units, windows)."""
    usual = sun.usual / MINUTE_MS
    every = np.full(_BINS + 1, usual) + (np.arange(_BINS + 1) - _MIDDLE) * STEP_MINUTES
    passed = rhythms.upto(every, np.arange(units.size)[:, None])
    low, high = passed[:, LOW], passed[:, HIGH]
    days = eligible.sum(axis=1)[:, None]
    a_day = np.bincount(units.unit, minlength=units.size)[:, None] / np.maximum(days, 1)
    expected: Floats = days * -np.expm1(-a_day * (high - low))
    return expected


def _best(kept: Floats, days: Numbers, expected: Floats) -> Suspects:
    least = np.maximum(FEWEST_DAYS, FEWEST_SHARE * days)[:, None]
    often = (kept >= least) & (kept >= LEAST_LIFT * expected)
    unit, window = np.nonzero(often)
    own = kept[unit, window]
    told = gain(own, expected[unit, window], days[unit].astype(float))
    told += np.log(RISK[window])
    worth = np.where(told > 0, told + KEPT_WORTH * own, 0.0)
    order = np.lexsort((window, -worth, unit))
    first = np.append(True, unit[order][1:] != unit[order][:-1])[: order.size]
    chosen = order[first & (worth[order] > 0)]
    window = window[chosen]
    return Suspects(
        unit[chosen],
        (LOW[window] - _MIDDLE) * float(STEP_MINUTES),
        (HIGH[window] - _MIDDLE) * float(STEP_MINUTES),
        RISK[window],
    )
