"""Whether a session is kept: half of its members begun within the time stated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, Instants
from ..day_kinds import weekday_of
from ..eligibility import eligible_spans
from ..evidence import Floats
from ..occasions import Span, walls_of
from ..pattern import When
from ..tables import Numbers
from ..time_of_day.spans import EACH, Spans
from ..window import Key, Window
from .sittings import half_of

RECENT_SITTINGS: Final = 28
"""Matched days that the stated figures look back on."""

RARE: Final = 5.0
"""Percent of the sittings that may begin before the time that is told, and as many
after it: unlike a time of day it is not widened before it is checked."""

AT_HOME: Final = 0.5
"""Share of the time stated for which somebody has to be home."""

HOURS: Final = 24

type Clock = np.ndarray[tuple[int], np.dtype[np.float64]]


def stated_by_recent(begin: Clock, begun: Clock) -> tuple[float, float]:
    """Return from when to when a session is said to start.

    As with the use of a room, all but one in twenty: what is told counts as it is.

    Args:
        begin: shape (n,), when each sitting began, in minutes, the newest last.
        begun: shape (n,), when all who took part had begun.
    """
    earliest = float(np.percentile(begin[-RECENT_SITTINGS:], RARE))
    latest = float(np.percentile(begun[-RECENT_SITTINGS:], 100 - RARE))
    return earliest, max(latest, earliest)


def stated_by_others(begin: Clock, begun: Clock) -> tuple[Instants, Instants]:
    """Return what would be said without each of the recent sittings.

    Takes what :func:`stated_by_recent` takes, at least two.

    Returns:
        Milliseconds, of the last sittings up to ``RECENT_SITTINGS``. Those before
        have no part in what is said.
    """
    recent = min(begin.size, RECENT_SITTINGS)
    # The one before takes the place of the one that is left out.
    asked = np.arange(-min(begin.size, recent + 1), 0)
    left_out = np.arange(-recent, 0)
    others = np.broadcast_to(asked, (recent, asked.size))
    others = others[others != left_out[:, None]].reshape(recent, asked.size - 1)
    earliest = np.percentile(begin[others], RARE, axis=1)
    latest = np.percentile(begun[others], 100 - RARE, axis=1)
    low, high = (
        np.rint(minutes * MINUTE_MS).astype(np.int64)
        for minutes in (earliest, np.maximum(latest, earliest))
    )
    return low, high


def begun_within(
    window: Window, keys: Sequence[Key], when: When
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the days on which a session could begin when stated, and where it did.

    Args:
        window: the window.
        keys: the members.
        when: the time stated, taken as it is.

    Returns:
        Ascending numbers of the eligible habit-days, and on which of them at least
        half of the members were begun from ``earliest`` to ``latest``.
    """
    length = (when.latest - when.earliest) % DAY_MINUTES
    middle = (when.earliest + length / 2) % DAY_MINUTES
    span = Span(middle - length / 2, middle + length / 2)
    eligible = eligible_for(window, [key.entity_id for key in keys], span)
    eligible &= np.isin(weekday_of(window.days), when.weekdays)
    days = window.days[eligible]
    low = days * DAY_MS + round(span.low * MINUTE_MS)
    high = days * DAY_MS + round(span.high * MINUTE_MS)
    return days, begun_between(window, keys, low, high)


def begun_between(
    window: Window, keys: Sequence[Key], low: Instants, high: Instants
) -> NDArray[np.bool_]:
    """Tell in which stretches at least half of some keys were begun, shape (n,).

    Args:
        window: the window.
        keys: the members.
        low: shape (n,), wall instants at which the stretches begin.
        high: shape (n,), the last of each.
    """
    begun = np.zeros(low.size, np.int64)
    for key in keys:
        wall = walls_of(window, key)
        begun += np.searchsorted(wall, high, "right") > np.searchsorted(wall, low)
    found: NDArray[np.bool_] = begun >= half_of(len(keys))
    return found


def eligible_for(window: Window, ids: Sequence[str], span: Span) -> NDArray[np.bool_]:
    """Tell on which habit-days a span could be kept by all of some entities.

    Args:
        window: the window.
        ids: the entities.
        span: from when to when.
    """
    size = len(ids)
    spans = Spans(
        np.full(size, EACH), np.full(size, span.low), np.full(size, span.high)
    )
    there: NDArray[np.bool_] = eligible_spans(window, ids, spans)
    found: NDArray[np.bool_] = np.logical_and.reduce(there) & _somebody(window, span)
    return found


def _somebody(window: Window, span: Span) -> NDArray[np.bool_]:
    """Tell on which habit-days somebody was home for half of a span, shape (days,).

    As far as persons tell.
    """
    if window.at_home is None:
        return np.ones(window.days.size, bool)
    # A span may begin on the day before, and end on the day after.
    place = window.days - window.days[0] + 1
    hours = np.zeros((int(place[-1]) + 2, HOURS))
    hours[place] = window.at_home
    first, end = int(span.low // 60), int(-(-span.high // 60))
    asked = place[:, None] * HOURS + np.arange(first, end)
    share: Floats = hours.ravel()[asked.clip(0, hours.size - 1)].mean(axis=1)
    return share >= AT_HOME
