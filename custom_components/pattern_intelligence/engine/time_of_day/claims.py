"""What is stated of windows that are kept: when to expect it next, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..civil import DAY_MINUTES
from ..eligibility import eligible_spans
from ..evidence import Floats, posteriors_since_change
from ..occasions import widened
from ..pattern import When
from ..tables import Numbers
from ..window import Window
from .drift import expected_nexts
from .grid import Candidates
from .spans import ANCHORS
from .trial import Passed, Trials
from .walls import Met, Walls
from .weekday_mask import DaySorts

RECENT_MATCHES: Final = 28
"""Matched habit-days that the stated percentiles look back on."""

PRIOR_DAYS: Final = 2.0
"""Days that the rhythm's own chance counts for in confidence.

Windows are chosen where habits look best, so that what is seen there is a little too
good; fitted to what simulated homes did next after 14 to 60 days.
"""

CHANGE_RATE: Final = 0.003
"""Share of occasions before which a habit begins, ends or changes: about once a year."""


@dataclass(frozen=True, eq=False)
class Times:
    """The times stated of windows, minutes after midnight of the habit-day.

    Attributes:
        windows: of which they are.
        sorts: of the days they are stated for.
        time: shape (n,), expected next.
        earliest: shape (n,), of the last matches one in ten was before.
        latest: shape (n,), one in ten was after.
    """

    windows: Candidates
    sorts: DaySorts
    time: Floats
    earliest: Floats
    latest: Floats

    @classmethod
    def of(cls, trials: Trials, days: Numbers, sorts: DaySorts) -> Times:
        """Return the times that windows are told by.

        Args:
            trials: of the windows.
            days: shape (days,), the days of the trials.
            sorts: of those days.
        """
        since = np.cumsum(trials.matched[:, ::-1], axis=1)[:, ::-1]
        recent = trials.matched & (since <= RECENT_MATCHES)
        ordered = np.sort(np.where(recent, trials.times, np.inf), axis=1)
        sizes = recent.sum(axis=1)
        earliest, middle, latest = (
            _quantile(ordered, sizes, share) for share in (0.1, 0.5, 0.9)
        )
        time = expected_nexts(days, trials.times, middle, int(days[-1]) + 1)
        # However steep a drift looks, the next time is among the recent ones.
        return cls(trials.windows, sorts, time.clip(earliest, latest), earliest, latest)

    def when(self, row: int) -> When:
        """Return what is stated of one of them."""
        time, earliest, latest = (
            float(figure[row]) % DAY_MINUTES
            for figure in (self.time, self.earliest, self.latest)
        )
        return When(
            time,
            earliest,
            latest,
            ANCHORS[self.windows.anchor[row]],
            *self.sorts.told(int(self.windows.mask[row])),
        )

    def confidence(
        self,
        window: Window,
        entity_ids: Sequence[str],
        passed: Passed,
        walls: Walls,
        owner: Numbers,
    ) -> tuple[Floats, Floats]:
        """Return the probability of each claim on the next eligible day.

        Also by what the units themselves do: by hand, or by automations. Both have
        the shape (n,).

        Args:
            window: the window of days.
            entity_ids: whose availability counts, for each of the n.
            passed: the happenings of units, measured by their rhythms.
            walls: all happenings that may keep a claim.
            owner: shape (n,), whose of them.
        """
        found = self.windows
        spans = widened(
            found.anchor, self.earliest % DAY_MINUTES, self.latest % DAY_MINUTES
        )
        eligible = eligible_spans(window, entity_ids, spans)
        eligible &= self.sorts.held(found.mask)
        kept = Met(walls, owner, spans, window.days, closed=True).hits
        own = Met(passed.units.walls, found.unit, spans, window.days, closed=True)
        chances = passed.chances(found.unit, own, eligible)
        expected = chances.sum(axis=1) / np.maximum(eligible.sum(axis=1), 1)
        confidence = posteriors_since_change(
            kept, eligible, expected, PRIOR_DAYS, CHANGE_RATE
        )
        shared = np.flatnonzero(((kept != own.hits) & eligible).any(axis=1))
        own_confidence = confidence.copy()
        own_confidence[shared] = posteriors_since_change(
            own.hits[shared],
            eligible[shared],
            expected[shared],
            PRIOR_DAYS,
            CHANGE_RATE,
        )
        return confidence, own_confidence


def _quantile(ordered: Floats, sizes: Numbers, share: float) -> Floats:
    """Return a quantile of each row, between two values by their distance.

    Args:
        ordered: shape (n, m), rows ascending.
        sizes: shape (n,), how many values of each row count, at least 1.
        share: which quantile, from 0 to 1.
    """
    place = (sizes - 1) * share
    whole = np.floor(place).astype(np.int64)
    rows = np.arange(sizes.size)
    low = ordered[rows, whole]
    high = ordered[rows, np.minimum(whole + 1, sizes - 1)]
    part = place - whole
    # From the nearer end, so that rounding never leaves the two.
    return np.where(
        part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part)
    )
