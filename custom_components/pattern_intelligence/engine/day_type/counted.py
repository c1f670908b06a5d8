"""How often things happen on workdays, and on free days: at all, and at which time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import MINUTE_MS
from ..evidence import Floats
from ..tables import Numbers
from ..time_of_day.spans import ANCHORS, EACH, FIRST, LAST, WAKING_MINUTE, Spans
from ..time_of_day.units import Units
from ..time_of_day.weekday_mask import DaySorts

STEP_MINUTES: Final = 15
"""Coarser than that nobody compares a workday with a Sunday."""

BINS: Final = 24 * 60 // STEP_MINUTES
HALF_WIDTHS: Final = (1, 2, 4, 8)
"""Half widths of the windows, in bins: half an hour to four hours."""

AT_ALL: Final = len(ANCHORS)
"""What is asked after the anchors: whether anything happens in a waking day."""

_CHUNK: Final = 64
"""Things looked at together, to bound the memory."""

_STEP_MS: Final = STEP_MINUTES * MINUTE_MS
type Counts = NDArray[np.float32]
"""Of days, exact; rates need no more digits, and there are many of them."""


@dataclass(frozen=True, eq=False)
class Asked:
    """The questions, alike for all things.

    Attributes:
        anchor: shape (n,), positions in ``ANCHORS``, or ``AT_ALL``.
        low: shape (n,), first bin edge: from midnight, else from 04:00.
        high: shape (n,), last bin edge.
        risk: shape (n,), the share of the risk of a false claim spent on each, where
            all can be asked.
    """

    anchor: Numbers
    low: Numbers
    high: Numbers
    risk: Floats

    def spans(self, which: Numbers) -> Spans:
        """Return some in minutes after midnight of the habit-day."""
        anchor = self.anchor[which]
        since = np.where(anchor == EACH, 0.0, WAKING_MINUTE)
        return Spans(
            np.where(anchor == AT_ALL, FIRST, anchor),
            self.low[which] * float(STEP_MINUTES) + since,
            self.high[which] * float(STEP_MINUTES) + since,
        )


def _questions() -> Asked:
    middles = [np.arange(0, BINS, max(1, half // 2)) for half in HALF_WIDTHS]
    middle = np.concatenate(middles)
    half = np.repeat(HALF_WIDTHS, [own.size for own in middles])
    low, high = middle - half, middle + half
    kinds = len(ANCHORS) + 1
    # Windows of a width that overlap by more than half are hardly separate chances.
    risk = 1 / (kinds * len(HALF_WIDTHS) * BINS / half)
    inside = low.clip(0, BINS), high.clip(0, BINS)
    return Asked(
        np.append(np.repeat(np.arange(len(ANCHORS)), middle.size), AT_ALL),
        np.concatenate([low, inside[0], inside[0], [0]]),
        np.concatenate([high, inside[1], inside[1], [BINS]]),
        np.concatenate([risk, risk, risk, [1 / kinds]]),
    )


ASKED: Final = _questions()
_WINDOWS: Final = np.flatnonzero(ASKED.anchor == EACH)


@dataclass(frozen=True, eq=False)
class Counted:
    """On how many days of each kind questions are answered, workdays first.

    Attributes:
        kept: shape (kinds, units, questions), days matched.
        days: shape (kinds, units, 1), eligible days.
        rates: shape (kinds, units, questions), at which rates a day things happen
            that are kept on so many days.
        around: shape (kinds, 1, questions), of the whole home.
    """

    kept: Counts
    days: Counts
    rates: Counts
    around: Floats

    @classmethod
    def of(cls, units: Units, free: NDArray[np.bool_]) -> Counted:
        """Count the days of all units.

        Args:
            units: what is searched.
            free: shape (days,), which of all days from the first on are free.
        """
        kinds = np.array([~free, free])
        by_kind = DaySorts(free.astype(np.int64), np.eye(2), frozenset(), False)
        units = replace(units, sorts=by_kind)
        kept = np.zeros((2, units.size, ASKED.anchor.size), np.float32)
        for begin in range(0, units.size, _CHUNK):
            some = units.some(begin, begin + _CHUNK)
            kept[:, begin : begin + _CHUNK] = np.concatenate(
                [
                    _each(some),
                    _extreme(some, kinds, last=False),
                    _extreme(some, kinds, last=True),
                    _at_all(some, kinds),
                ],
                axis=2,
            )
        days = (units.eligible & kinds[:, None]).sum(axis=2).astype(np.float32)
        rates = _rates(kept, days[:, :, None])
        # As one thing that is kept on most days alike: a home of few things tells
        # little.
        around = rates.sum(axis=1, keepdims=True, dtype=np.float64) + 1.0
        return cls(kept, days[:, :, None], rates, around)

    def growth(self, unit: Numbers, question: Numbers, own: int) -> Floats:
        """Return how much more the rest of the home does on days of a kind, at least 1.

        Args:
            unit: shape (n,), the things that are left out.
            question: shape (n,), of what is counted, positions in ``ASKED``.
            own: the kind.
        """
        rest, others = (
            self.around[kind, 0, question] - self.rates[kind, unit, question]
            for kind in (own, 1 - own)
        )
        growth: Floats = np.maximum(rest / others, 1.0)
        return growth


def _rates(kept: Counts, days: Counts) -> Counts:
    """Return at which rates a day things happen that are kept on so many days."""
    days = np.maximum(days, 1.0)
    rates: Counts = -np.log1p(-np.minimum(kept / days, 1 - 0.5 / days))
    return rates


def _each(units: Units) -> Counts:
    """Return the days on which windows are met, shape (kinds, units, windows).

    Args:
        units: whose happenings, their days sorted by kind.
    """
    found = np.empty((2, units.size, _WINDOWS.size), np.float32)
    half = (ASKED.high - ASKED.low)[_WINDOWS] // 2
    widths = units.met_days(_STEP_MS, HALF_WIDTHS)
    for own, met in zip(HALF_WIDTHS, widths, strict=True):
        found[:, :, half == own] = met.transpose(1, 0, 2)
    return found


def _extreme(units: Units, kinds: NDArray[np.bool_], *, last: bool) -> Counts:
    """Return the days whose first or last lies in each window, shaped likewise."""
    unit, day, since = units.extremes(last=last)
    kind = kinds[1][day] * units.size + unit
    flat = kind * (BINS + 1) + since // _STEP_MS + 1
    counts = np.bincount(flat, minlength=2 * units.size * (BINS + 1))
    seen = np.cumsum(counts.reshape(2, units.size, BINS + 1), axis=2)
    which = (LAST if last else FIRST) == ASKED.anchor
    found = seen[:, :, ASKED.high[which]] - seen[:, :, ASKED.low[which]]
    return found.astype(np.float32)


def _at_all(units: Units, kinds: NDArray[np.bool_]) -> Counts:
    """Return the days on which anything happens, shape (kinds, units, 1)."""
    kept, day, _ = units.waking
    seen = np.zeros((units.size, units.days), bool)
    seen[units.unit[kept], day] = True
    found: Counts = (seen & kinds[:, None]).sum(axis=2, dtype=np.float32)
    return found[:, :, None]
