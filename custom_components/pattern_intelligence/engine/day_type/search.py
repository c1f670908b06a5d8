"""The search for what is kept on one kind of days and hardly on the other.

Of each thing it is asked whether it happens at all on a waking day, whether within a
window of the clock, and whether its first or last of the day lies there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import running_sums
from ..civil import MINUTE_MS
from ..evidence import Floats
from ..tables import Numbers
from ..time_of_day.search import FEWEST_DAYS, KEPT_WORTH
from ..time_of_day.spans import ANCHORS, EACH, FIRST, LAST, WAKING_MINUTE, Spans
from ..time_of_day.units import Units

STEP_MINUTES: Final = 15
"""Coarser than that nobody compares a workday with a Sunday."""

BINS: Final = 24 * 60 // STEP_MINUTES
HALF_WIDTHS: Final = (1, 2, 4, 8)
"""Half widths of the windows, in bins: half an hour to four hours."""

CLEARLY: Final = 0.15
"""Share of days by which something is kept more often, at the least, to be news."""

OFTEN: Final = 0.5
"""Share of days below which nothing is a habit of that kind of day."""

LEAST_RATIO: Final = 2.0
"""Times as large a share as of the other days: else it is a habit of both."""

ALIKE: Final = 3.0
"""How much less than so many separate chances the questions of a thing are.

The first and the last of what happens once a day are the thing itself. Measured with
workdays and free days dealt anew: p is below any level three times more seldom, still.
"""

LIKELIEST: Final = 4
"""Questions to a thing, by a quick guess, that are examined to find the best."""

AT_ALL: Final = len(ANCHORS)
"""What is asked after the anchors: whether anything happens in a waking day."""

_CHUNK: Final = 64
"""Things looked at together, to bound the memory."""

_STEP_MS: Final = STEP_MINUTES * MINUTE_MS
_TINY: Final = 1e-9

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
_ALIKE_FROM: Final = np.flatnonzero(np.diff(ASKED.risk, prepend=0.0))
"""Where questions begin that are spent as much on as the ones behind them."""


@dataclass(frozen=True, eq=False)
class Suspects:
    """What seems to be kept on one kind of days.

    Attributes:
        unit: shape (n,), of which unit.
        question: shape (n,), positions in ``ASKED``.
        free: shape (n,), whether on the free days, else on workdays.
        growth: shape (n,), how much more the rest of the home does then on days of
            the kind, at least 1.
        risk: shape (n,), the share of the risk of a false claim spent on the question.
    """

    unit: Numbers
    question: Numbers
    free: NDArray[np.bool_]
    growth: Floats
    risk: Floats

    def take(self, which: NDArray[np.bool_]) -> Suspects:
        """Return some of them."""
        return Suspects(
            self.unit[which],
            self.question[which],
            self.free[which],
            self.growth[which],
            self.risk[which],
        )


def suspects(
    units: Units, free: NDArray[np.bool_]
) -> tuple[Suspects, NDArray[np.bool_]]:
    """Return of each unit and kind of day the question that tells most, if any does.

    Args:
        units: what is searched.
        free: shape (days,), which of all days from the first on are free.

    Returns:
        Them, and of which kinds (workdays, free days) and units anything could be
        asked, shape (2, units).
    """
    kinds = np.array([~free, free])
    kept = np.zeros((2, units.size, ASKED.anchor.size), np.float32)
    for begin in range(0, units.size, _CHUNK):
        some = units.some(begin, begin + _CHUNK)
        weights = (some.eligible & kinds[:, None]).astype(np.float32)
        kept[:, begin : begin + _CHUNK] = np.concatenate(
            [
                _each(some, weights),
                _extreme(some, kinds, last=False),
                _extreme(some, kinds, last=True),
                _at_all(some, kinds),
            ],
            axis=2,
        )
    days = (units.eligible & kinds[:, None]).sum(axis=2).astype(np.float32)[:, :, None]
    rates = _rates(kept, days)
    # As one thing that is kept on most days alike: a home of few things tells little.
    around = rates.sum(axis=1, keepdims=True, dtype=np.float64) + 1.0
    asked = [_askable(kept, days, own) for own in (0, 1)]
    spent = [_spent(own) for own in asked]
    found = [
        _best(kept, days, rates, around, own, could, total)
        for own, (could, total) in enumerate(zip(asked, spent, strict=True))
    ]
    unit, question, growth = (np.concatenate(own) for own in zip(*found, strict=True))
    kind = np.repeat([0, 1], [own.size for own, _, _ in found])
    risk = ALIKE * ASKED.risk[question] / np.array(spent)[kind, unit]
    return (
        Suspects(unit, question, kind > 0, growth, risk.clip(max=1.0)),
        np.array([could.any(axis=1) for could in asked]),
    )


def _askable(kept: Counts, days: Counts, own: int) -> NDArray[np.bool_]:
    """Return what could be told of a kind, whichever of the days it was kept on.

    What is kept too seldom in all, or on too many days, cannot stand out, and what
    cannot is no chance to be wrong (R. E. Tarone, A modified Bonferroni method for
    discrete data, Biometrics 46, 1990).

    Args:
        kept: as for :func:`_best`.
        days: as for :func:`_best`.
        own: the kind that is asked about.

    Returns:
        Shape (units, questions).
    """
    total = kept[0] + kept[1]
    mine, theirs = days[own], days[1 - own]
    could: NDArray[np.bool_] = (
        (total >= np.maximum(FEWEST_DAYS, OFTEN * mine))
        & (total <= mine + theirs / LEAST_RATIO)
        & (mine >= FEWEST_DAYS)
        & (theirs > 0)
    )
    return could


def _spent(could: NDArray[np.bool_]) -> Floats:
    """Return the shares of the risk of all that could be told of each unit."""
    count = np.add.reduceat(could, _ALIKE_FROM, axis=1, dtype=np.int64)
    total: Floats = (count * ASKED.risk[_ALIKE_FROM]).sum(axis=1)
    return total


def _rates(kept: Counts, days: Counts) -> Counts:
    """Return at which rates a day things happen that are kept on so many days."""
    days = np.maximum(days, 1.0)
    rates: Counts = -np.log1p(-np.minimum(kept / days, 1 - 0.5 / days))
    return rates


def _best(
    kept: Counts,
    days: Counts,
    rates: Counts,
    around: Floats,
    own: int,
    could: NDArray[np.bool_],
    spent: Floats,
) -> tuple[Numbers, Numbers, Floats]:
    """Return unit, question and growth of what tells most, by unit.

    Args:
        kept: shape (kinds, units, questions), days matched.
        days: shape (kinds, units, 1), eligible days.
        rates: shape (kinds, units, questions), as :func:`_rates` gives them.
        around: shape (kinds, 1, questions), of the whole home.
        own: the kind that is asked about.
        could: shape (units, questions), what could be told of it.
        spent: shape (units,), the shares of the risk of all that could be.
    """
    often = kept[own] >= np.maximum(FEWEST_DAYS, OFTEN * days[own])
    unit, question = np.nonzero(often & could)
    at = unit, question
    mine, theirs = (days[kind, unit, 0].astype(float) for kind in (own, 1 - own))
    did, others = (kept[kind][at].astype(float) for kind in (own, 1 - own))
    share, least = did / mine, others / theirs
    rest, rest_others = (
        around[kind, 0, question] - rates[kind][at] for kind in (own, 1 - own)
    )
    growth = np.maximum(rest / rest_others, 1.0)
    grown = 1 - (1 - least) ** growth
    both = (did + others) / (mine + theirs)
    gain = mine * _divergence(share, np.maximum(grown, both))
    gain += theirs * _divergence(least, both)
    gain += np.log(ASKED.risk[question] / spent[unit])
    told = (gain > 0) & (share >= LEAST_RATIO * least) & (share >= grown + CLEARLY)
    worth = np.where(told, gain + KEPT_WORTH * did, 0.0)
    order = np.lexsort((question, -worth, unit))
    order = order[worth[order] > 0]
    begin = np.searchsorted(unit[order], unit[order])
    chosen = order[np.arange(order.size) - begin < LIKELIEST]
    return unit[chosen], question[chosen], growth[chosen]


def _divergence(share: Floats, chance: Floats) -> Floats:
    """Return how unlikely a share is by chance, in log likelihood a day."""
    chance = chance.clip(_TINY, 1 - _TINY)
    rest, met = np.clip(1 - share, _TINY, 1.0), np.clip(share, _TINY, 1.0)
    found: Floats = met * np.log(met / chance) + rest * np.log(rest / (1 - chance))
    return found


def _each(units: Units, weights: Counts) -> Counts:
    """Return the days on which windows are met, shape (kinds, units, windows).

    Args:
        units: whose happenings.
        weights: shape (kinds, units, days), 1 for days that count.
    """
    at = units.wall // _STEP_MS - (units.first - 1) * BINS
    inside = (at >= 0) & (at < (units.days + 2) * BINS)
    width = (units.days + 2) * BINS + 1
    timeline = np.bincount(
        units.unit[inside] * width + at[inside] + 1, minlength=units.size * width
    )
    seen = running_sums(timeline.reshape(units.size, width).astype(np.int32))
    found = np.empty((2, units.size, _WINDOWS.size), np.float32)
    half = (ASKED.high - ASKED.low)[_WINDOWS] // 2
    span = units.days * BINS
    for own in HALF_WIDTHS:
        step = max(1, own // 2)
        late = seen[:, BINS + own : BINS + own + span : step]
        early = seen[:, BINS - own : BINS - own + span : step]
        hit = (late > early).reshape(units.size, units.days, -1).astype(np.float32)
        found[:, :, half == own] = np.matmul(weights.transpose(1, 0, 2), hit).transpose(
            1, 0, 2
        )
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
