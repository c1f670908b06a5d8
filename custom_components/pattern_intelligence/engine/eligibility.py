"""On which habit-days something could have happened.

A habit's day is the 24 hours centred on its time, so that midnight is no edge; the
day of a first or a last is the waking day, from 04:00 to 04:00. Habit-days carry the
number of the local date on which their centre (the first's or last's: 04:00) lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MINUTES, DAY_MS, MINUTE_MS, Instants
from .evidence import Floats
from .happenings import domain_of
from .pattern import Anchor
from .presence import waking_days
from .tables import Numbers
from .time_of_day.spans import ANCHORS, EACH, WAKING_MINUTE, Spans
from .window import Window

NEEDED_SHARE: Final = 0.8
"""Share of the looked-at hours in which the entity must have been available."""

HALF_DAY_MS: Final = DAY_MS // 2


def habit_day(wall: Instants, center: float, anchor: Anchor) -> Numbers:
    """Return the number of the habit-day in which each instant lies.

    Args:
        wall: shape (n,), wall milliseconds.
        center: the habit's time, minutes after midnight; not used for a first or
            a last.
        anchor: whose day it is.
    """
    if anchor != "each":
        return waking_days(wall)
    return (wall - round(center * MINUTE_MS) + HALF_DAY_MS) // DAY_MS


def closed_days(window: Window, center: float, anchor: Anchor) -> NDArray[np.bool_]:
    """Tell which habit-days lie within the days learned, as a whole.

    Args:
        window: the window.
        center: the habit's time, minutes after midnight.
        anchor: whose day it is.

    Returns:
        Shape (days,), for the habit-day with the number of each day.
    """
    before, after = window.has_neighbors
    return before if anchor == "each" and center * MINUTE_MS < HALF_DAY_MS else after


def eligible_days(
    window: Window,
    entity_id: str,
    earliest: float,
    latest: float,
    anchor: Anchor = "each",
    center: float | None = None,
) -> NDArray[np.bool_]:
    """Tell on which habit-days an entity could have kept a time.

    The home was recorded and the entity available in the hours from ``earliest`` to
    ``latest``, the habit-day is over and known as a whole, and somebody was home.

    Args:
        window: the window.
        entity_id: whose availability counts.
        earliest: minutes after midnight at which the time begins.
        latest: minutes at which it ends, above ``earliest``; both may lie outside of
            [0, 1440).
        anchor: whose day it is.
        center: the habit's time; half way between the two when not given.

    Returns:
        Shape (days,), for the habit-day with the number of each day.
    """
    number = np.array([ANCHORS.index(anchor)])
    span = Spans(number, np.array([earliest]), np.array([latest]))
    middle = span.center if center is None else np.array([center])
    found: NDArray[np.bool_] = eligible_spans(window, [entity_id], span, middle)[0]
    return found


def eligible_spans(
    window: Window,
    entity_ids: Sequence[str],
    spans: Spans,
    centers: Floats | None = None,
) -> NDArray[np.bool_]:
    """Tell on which habit-days entities could have kept times.

    As :func:`eligible_days` has it, for many at once.

    Args:
        window: the window.
        entity_ids: whose availability counts, n of them.
        spans: from when to when, n of them.
        centers: shape (n,), the habits' times; the spans' when not given.

    Returns:
        Shape (n, days).
    """
    middle = spans.center if centers is None else centers
    each = spans.anchor == EACH
    turn = np.floor((middle - np.where(each, 0.0, WAKING_MINUTE)) / DAY_MINUTES)
    low = np.floor((spans.low - turn * DAY_MINUTES) / 60).astype(np.int64)
    high = np.ceil((spans.high - turn * DAY_MINUTES) / 60).astype(np.int64)
    names = sorted(set(entity_ids))
    row = {name: place for place, name in enumerate(names)}
    asked = np.array([row[name] for name in entity_ids], np.int64)[:, None]
    hours = _hours_until(window, names)
    midnight = (window.days - window.days[0]) * 24
    begin, end = (
        (midnight + hour[:, None]).clip(0, hours.shape[1] - 1) for hour in (low, high)
    )
    # Sums of shares of an hour, told in seconds, are exact: so are differences.
    own = hours[asked, end] - hours[asked, begin]
    needed = NEEDED_SHARE * np.maximum(high - low, 1)
    eligible = own >= needed[:, None]
    before, after = window.has_neighbors
    early = each & ((middle - turn * DAY_MINUTES) * MINUTE_MS < HALF_DAY_MS)
    eligible &= np.where(early[:, None], before, after)
    people = np.array([domain_of(name) == "person" for name in names], bool)
    eligible &= people[asked] | window.occupied
    found: NDArray[np.bool_] = eligible
    return found


def _hours_until(window: Window, names: Sequence[str]) -> Floats:
    """Return how many hours entities had been available before each.

    Returns:
        Shape (names, hours + 1), since the first day's midnight; hours that were not
        learned are none.
    """
    days = window.days - window.days[0]
    hours = np.zeros((len(names), int(days[-1]) + 1, 24))
    for place, name in enumerate(names):
        entity = window.entity_at.get(name)
        share = window.recorded if entity is None else window.available[entity]
        hours[place, days] = share
    until = np.zeros((len(names), hours.shape[1] * 24 + 1))
    np.cumsum(hours.reshape(len(names), until.shape[1] - 1), axis=1, out=until[:, 1:])
    return until
