"""What is stated of habits of a kind of day: when to expect them, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, WAKING_DAY_STARTS_MS
from ..eligibility import eligible_days
from ..evidence import LISTED_FROM, Floats, posteriors_since_change
from ..occasions import member_of, occasions, walls_of
from ..pattern import DayKind, When
from ..tables import Numbers
from ..time_of_day.claims import CHANGE_RATE, PRIOR_DAYS, RECENT_MATCHES
from ..time_of_day.drift import expected_nexts
from ..time_of_day.spans import ANCHORS, WAKING_MINUTE
from ..time_of_day.weekday_mask import EVERY_DAY
from ..window import Key, Window
from .trial import KindTrials

_TOLD_SHARE: Final = (LISTED_FROM + 1) / 2
_TOLD_DAYS: Final = 12 * _TOLD_SHARE * (1 - _TOLD_SHARE) / (1 - LISTED_FROM) ** 2 - 1
"""Days that the mean share of what is told counts for in confidence: eight.

Of what is told nothing is known but that it is worth telling: it may be kept on any
share of its days, from that on which it is listed to all of them. So wide is a Beta
distribution of the same mean after so many days.
"""


def at_all(
    window: Window, key: Key, *, free: bool
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the eligible waking days of a kind, and on which anything happened."""
    begin, end = WAKING_MINUTE, WAKING_MINUTE + DAY_MINUTES
    eligible = eligible_days(window, key.entity_id, begin, end, "first")
    days = window.days[eligible & (window.calendar.free(window.days) == free)]
    seen = np.unique((walls_of(window, key) - WAKING_DAY_STARTS_MS) // DAY_MS)
    return days, member_of(seen, days)


def whens(window: Window, trials: KindTrials) -> list[When | None]:
    """Return the times stated, none where it is told that something happens at all."""
    suspects = trials.suspects
    if not suspects.unit.size:
        return []
    weekend = window.calendar.weekend
    times = np.where(trials.own, trials.times, np.nan)
    recent = [row[~np.isnan(row)][-RECENT_MATCHES:] for row in times]
    middle = np.array([np.median(row) for row in recent])
    expected = expected_nexts(window.days, times, middle, int(window.days[-1]) + 1)
    found: list[When | None] = []
    for row, timed in enumerate(suspects.timed.tolist()):
        if not timed:
            found.append(None)
            continue
        earliest, latest = np.percentile(recent[row], [10, 90]).tolist()
        free = bool(suspects.free[row])
        kind: DayKind = "free" if free else "workday"
        # However steep a drift looks, the next time is among the recent ones.
        time = float(np.clip(expected[row], earliest, latest))
        found.append(
            When(
                time % DAY_MINUTES,
                earliest % DAY_MINUTES,
                latest % DAY_MINUTES,
                ANCHORS[suspects.spans.anchor[row]],
                tuple(day for day in EVERY_DAY if (day in weekend) == free),
                kind,
            )
        )
    return found


def confidences(
    window: Window, keys: Sequence[Key], trials: KindTrials, stated: list[When | None]
) -> Floats:
    """Return the probability of each claim on the next day of its kind, shape (n,).

    Args:
        window: the window of days.
        keys: of the n claims.
        trials: of them.
        stated: their times, as :func:`whens` gives them.
    """
    happened = [
        at_all(window, key, free=free)[1]
        if when is None
        else occasions(window, key, when)[1]
        for key, when, free in zip(
            keys, stated, trials.suspects.free.tolist(), strict=True
        )
    ]
    # Begins from what the other days give: it was picked since it looked best.
    eligible = (trials.eligible & trials.own).sum(axis=1)
    expected = trials.expected / eligible
    sizes = np.array([kept.size for kept in happened], np.int64)
    found = np.empty(sizes.size)
    # As many occasions together: sums have the same digits in whatever company.
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        kept = np.array([happened[row] for row in rows.tolist()])
        found[rows] = posteriors_since_change(
            kept, np.ones_like(kept), expected[rows], PRIOR_DAYS, CHANGE_RATE
        )
    return credible(found, sizes)


def credible(shares: Floats, occasions: Numbers) -> Floats:
    """Return shares of few occasions, nearer to what is usual of what is told.

    What was kept on all of some days is rarely kept on all that follow, and what was
    kept on half of them more often: the fewer days, the more so (H. Bühlmann,
    Experience rating and credibility, ASTIN Bulletin 4, 1967).

    Args:
        shares: shape (n,), as they were seen.
        occasions: shape (n,), on how many occasions.
    """
    total = shares * occasions + _TOLD_SHARE * _TOLD_DAYS
    near: Floats = total / (occasions + _TOLD_DAYS)
    return near
