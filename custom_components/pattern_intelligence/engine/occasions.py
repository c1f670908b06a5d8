"""On which habit-days a stated time could be kept, and on which it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MINUTES, DAY_MS, MINUTE_MS, WAKING_DAY_STARTS_MS, Instants
from .eligibility import eligible_days, habit_day
from .pattern import When
from .tables import Numbers
from .window import Key, Window

LEAST_MARGIN: Final = 10.0
"""Minutes by which a stated time is widened on either side, at the least."""

WAKING_MINUTE: Final = WAKING_DAY_STARTS_MS / MINUTE_MS


@dataclass(frozen=True, slots=True)
class Span:
    """A stated time of day, widened as the contract has it.

    Attributes:
        low: minutes after midnight of the habit-day at which it begins; may be
            negative.
        high: minutes at which it ends, above ``low``.
    """

    low: float
    high: float

    @property
    def length(self) -> float:
        """Return the minutes from end to end."""
        return self.high - self.low

    @property
    def center(self) -> float:
        """Return the minutes half way between the ends."""
        return (self.low + self.high) / 2


def span_of(when: When) -> Span:
    """Return when a stated time counts as kept.

    Both ends are widened by max(10 min, half their distance). For a first or a last
    the waking day bounds it.
    """
    begins = 0.0 if when.anchor == "each" else WAKING_MINUTE
    apart = (when.latest - when.earliest) % DAY_MINUTES
    margin = max(LEAST_MARGIN, apart / 2)
    middle = (when.earliest + apart / 2 - begins) % DAY_MINUTES + begins
    low, high = middle - apart / 2 - margin, middle + apart / 2 + margin
    if high - low >= DAY_MINUTES:
        low, high = middle - DAY_MINUTES / 2, middle + DAY_MINUTES / 2
    if when.anchor != "each":
        low, high = max(low, begins), min(high, begins + DAY_MINUTES)
    return Span(low, high)


def occasions(
    window: Window, key: Key, when: When
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the habit-days on which a time could be kept, and where it was.

    Args:
        window: the window.
        key: what enters which state.
        when: the time stated.

    Returns:
        Ascending numbers of the eligible habit-days, and whether each kept it.
    """
    span = span_of(when)
    eligible = eligible_days(
        window, key.entity_id, span.low, span.high, when.anchor, span.center
    )
    eligible &= np.isin(np.arange(7), when.weekdays)[weekday_of(window.days)]
    days = window.days[eligible]
    wall = walls_of(window, key)
    number = habit_day(wall, span.center, when.anchor)
    minutes = (wall - number * DAY_MS) / MINUTE_MS
    inside = (minutes >= span.low) & (minutes <= span.high)
    if when.anchor == "first":
        inside[1:] &= number[1:] != number[:-1]
    elif when.anchor == "last":
        inside[:-1] &= number[1:] != number[:-1]
    return days, member_of(number[inside], days)


def member_of(days: Numbers, values: Numbers) -> NDArray[np.bool_]:
    """Tell which values are among days in ascending order.

    Args:
        days: shape (days,), ascending.
        values: shape (n,), in any order.
    """
    if not days.size:
        return np.zeros(values.size, bool)
    at = np.searchsorted(days, values).clip(max=days.size - 1)
    found: NDArray[np.bool_] = days[at] == values
    return found


def weekday_of(days: Numbers) -> Numbers:
    """Return the weekdays of day numbers, Monday is 0."""
    # 1970-01-01 was a Thursday.
    return (days + 3) % 7


def walls_of(window: Window, key: Key) -> Instants:
    """Return the wall instants of a key, ascending."""
    if key not in window.key_at:
        return np.zeros(0, np.int64)
    return np.sort(window.wall[window.of_key(window.key_at[key])])
