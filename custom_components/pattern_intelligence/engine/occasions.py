"""On which habit-days a stated time could be kept, and on which it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import DAY_MINUTES, Instants
from .day_kinds import Calendar, weekday_of
from .eligibility import eligible_spans
from .evidence import Floats
from .pattern import When
from .tables import Numbers
from .time_of_day.spans import ANCHORS, EACH, WAKING_MINUTE, Spans
from .time_of_day.walls import Met, Walls
from .window import Key, Window

LEAST_MARGIN: Final = 10.0
"""Minutes by which a stated time is widened on either side, at the least."""


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
    spans = _stated([when])
    return Span(float(spans.low[0]), float(spans.high[0]))


def _stated(whens: Sequence[When]) -> Spans:
    return widened(
        np.array([ANCHORS.index(when.anchor) for when in whens], np.int64),
        np.array([when.earliest for when in whens]),
        np.array([when.latest for when in whens]),
    )


def widened(anchor: Numbers, earliest: Floats, latest: Floats) -> Spans:
    """Return when stated times count as kept, as :func:`span_of` has it.

    Args:
        anchor: shape (n,), positions in ``ANCHORS``.
        earliest: shape (n,), minutes after midnight.
        latest: shape (n,), minutes after midnight.
    """
    begins = np.where(anchor == EACH, 0.0, WAKING_MINUTE)
    apart = (latest - earliest) % DAY_MINUTES
    margin = np.maximum(LEAST_MARGIN, apart / 2)
    middle = (earliest + apart / 2 - begins) % DAY_MINUTES + begins
    low, high = middle - apart / 2 - margin, middle + apart / 2 + margin
    whole = high - low >= DAY_MINUTES
    low = np.where(whole, middle - DAY_MINUTES / 2, low)
    high = np.where(whole, middle + DAY_MINUTES / 2, high)
    each = anchor == EACH
    return Spans(
        anchor,
        np.where(each, low, np.maximum(low, begins)),
        np.where(each, high, np.minimum(high, begins + DAY_MINUTES)),
    )


def occasions(
    window: Window, key: Key, when: When, nearly: float = 0.0
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the habit-days on which a time could be kept, and where it was.

    Args:
        window: the window.
        key: what enters which state.
        when: the time stated.
        nearly: minutes by which it may be missed on either side and count as kept.

    Returns:
        Ascending numbers of the eligible habit-days, and whether each kept it.
    """
    spans = _stated([when])
    if nearly:
        spans = replace(spans, low=spans.low - nearly, high=spans.high + nearly)
    (eligible,), (kept,) = _kept(window, [key], [when], spans)
    return window.days[eligible], kept[eligible]


def all_occasions(
    window: Window, keys: Sequence[Key], whens: Sequence[When]
) -> tuple[Spans, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return when times count as kept, on which days each could be, and was.

    As :func:`occasions` has it, for many at once.

    Args:
        window: the window.
        keys: what enters which state, n of them.
        whens: the times stated.

    Returns:
        The n spans; and twice shape (n, days), for the habit-day of each day.
    """
    spans = _stated(whens)
    return spans, *_kept(window, keys, whens, spans)


def _kept(
    window: Window, keys: Sequence[Key], whens: Sequence[When], spans: Spans
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return on which days spans could be kept, and were, each of shape (n, days)."""
    eligible = eligible_spans(window, [key.entity_id for key in keys], spans)
    for row, when in zip(eligible, whens, strict=True):
        row &= holds(when, window.days, window.calendar)
    place = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    each = [walls_of(window, key) for key in place]
    sizes = [own.size for own in each]
    walls = Walls(np.repeat(np.arange(len(each)), sizes), np.concatenate(each))
    owner = np.array([place[key] for key in keys], np.int64)
    hits = Met(walls, owner, spans, window.days, closed=True).hits
    return eligible, eligible & hits


def holds(when: When, days: Numbers, calendar: Calendar) -> NDArray[np.bool_]:
    """Tell on which days what is stated of a time holds.

    Args:
        when: the time stated; where it says a kind of day that decides.
        days: shape (days,), numbers of habit-days.
        calendar: tells which are free.
    """
    if when.day_kind == "any":
        return np.isin(weekday_of(days), when.weekdays)
    held: NDArray[np.bool_] = calendar.free(days) == (when.day_kind == "free")
    return held


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


def walls_of(window: Window, key: Key) -> Instants:
    """Return the wall instants of a key, ascending."""
    if key not in window.key_at:
        return np.zeros(0, np.int64)
    return np.sort(window.wall[window.of_key(window.key_at[key])])
