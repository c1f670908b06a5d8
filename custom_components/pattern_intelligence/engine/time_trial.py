"""The exact test of a window of the clock: days matched against chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .civil import DAY_MINUTES, DAY_MS, MINUTE_MS
from .eligibility import eligible_days, habit_day
from .evidence import Floats, poisson_binomial_tail
from .occasions import WAKING_MINUTE, Span, member_of, weekday_of
from .pattern import Anchor
from .rhythm import Rhythms
from .spacing import gaps_of, met_within, stretches
from .tables import Numbers
from .time_grid import Candidate, log_risk
from .time_search import gain
from .time_units import Units
from .weekday_mask import MASK_ROWS, best_mask
from .window import Window


@dataclass(frozen=True, eq=False)
class Tested:
    """A window that was tested exactly.

    Attributes:
        candidate: the window, with the mask that tells best when it is kept.
        eligible: numbers of the eligible habit-days.
        matched: those of them that matched.
        times: minutes after midnight of the habit-day, one for each match: the one
            nearest to the window's middle.
        chances: shape (eligible,), the chance of a match on each.
        days: eligible habit-days of all weekdays together.
    """

    candidate: Candidate
    eligible: Numbers
    matched: Numbers
    times: Floats
    chances: Floats
    days: int

    @property
    def expected(self) -> float:
        """Return the days matched by chance."""
        return float(self.chances.sum())

    @property
    def risk(self) -> float:
        """Return the share of the risk spent on the window."""
        return float(
            np.exp(
                log_risk(
                    np.array([self.candidate.half]),
                    np.array([self.candidate.mask]),
                    np.array([float(self.days)]),
                )
            )[0]
        )

    @property
    def gain(self) -> float:
        """Return the log likelihood gained over chance."""
        days = np.array([float(max(self.eligible.size, 1))])
        return float(
            gain(np.array([float(self.matched.size)]), np.array([self.expected]), days)[
                0
            ]
        )


def examine(
    window: Window, entity_id: str, units: Units, rhythms: Rhythms, candidate: Candidate
) -> Tested:
    """Return a window's days, matches and chances, with the mask that fits best.

    Args:
        window: the window of days.
        entity_id: whose availability counts.
        units: what was searched.
        rhythms: of all units.
        candidate: the window of the clock.
    """
    anchor, span = candidate.anchor, candidate.span
    eligible = window.days[
        eligible_days(window, entity_id, span.low, span.high, anchor, span.center)
    ]
    wall = units.of(candidate.unit)
    number = habit_day(wall, span.center, anchor)
    minutes = (wall - number * DAY_MS) / MINUTE_MS
    inside = (minutes >= span.low) & (minutes < span.high) & member_of(eligible, number)
    if anchor == "first":
        inside[1:] &= number[1:] != number[:-1]
    elif anchor == "last":
        inside[:-1] &= number[1:] != number[:-1]
    matched, times = _nearest(number[inside], minutes[inside], span.center)
    mask = best_mask(_by_weekday(matched), _by_weekday(eligible))
    days = eligible.size
    eligible = eligible[MASK_ROWS[mask, weekday_of(eligible)] > 0]
    kept = MASK_ROWS[mask, weekday_of(matched)] > 0
    return Tested(
        replace(candidate, mask=mask),
        eligible,
        matched[kept],
        times[kept],
        chances_of(units, rhythms, candidate.unit, anchor, span, eligible),
        days,
    )


def _nearest(days: Numbers, times: Floats, center: float) -> tuple[Numbers, Floats]:
    """Return the days, each once, and of each the time nearest to the center."""
    order = np.lexsort((np.abs(times - center), days))
    days, times = days[order], times[order]
    first = np.ones(days.size, bool)
    first[1:] = days[1:] != days[:-1]
    return days[first], times[first]


def _by_weekday(days: Numbers) -> Floats:
    return np.bincount(weekday_of(days), minlength=7).astype(float)


def chances_of(
    units: Units, rhythms: Rhythms, unit: int, anchor: Anchor, span: Span, days: Numbers
) -> Floats:
    """Return the chance of a match on each day, if the rhythm were all there is.

    Args:
        units: what was searched.
        rhythms: of all units.
        unit: which one.
        anchor: which happenings of a day count.
        span: the window of the clock.
        days: shape (days,), ascending habit-days.
    """
    wall = units.of(unit)
    number = habit_day(wall, span.center, anchor)
    kept = member_of(days, number)
    number, wall = number[kept], wall[kept]
    trial = np.searchsorted(days, number)
    begin = span.center - DAY_MINUTES / 2 if anchor == "each" else WAKING_MINUTE
    edges = rhythms.upto(np.array([begin, span.low, span.high]), np.full(3, unit))
    passed = rhythms.upto(wall % DAY_MS / MINUTE_MS, np.full(wall.size, unit))
    gaps = gaps_of(number, (passed - edges[0]) % 1.0)
    low, high = np.clip(edges[1:] - edges[0], 0.0, 1.0)[:, None]
    longer, shorter = (
        met_within(gaps, trial, days.size, float(length[0]))
        for length in stretches(anchor, low, high)
    )
    return longer - shorter


def p_values(tested: Sequence[Tested]) -> Floats:
    """Return the exact p of each window's matches, shape (tested,)."""
    longest = max((own.chances.size for own in tested), default=0)
    chances = np.zeros((len(tested), longest))
    for row, own in enumerate(tested):
        chances[row, : own.chances.size] = own.chances.clip(0.0, 1.0)
    matched = np.array([own.matched.size for own in tested], np.int64)
    return poisson_binomial_tail(chances, matched)
