"""Days by the sun: each happening belongs to the sunrise or sunset it is nearest to.

A day by the sun has the number of the local date of its event, and offsets are minutes
after the event, negative before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, HOUR_MS, MINUTE_MS, Instants
from ..eligibility import NEEDED_SHARE
from ..evidence import Floats
from ..happenings import domain_of
from ..home import Home
from ..provenance import AUTOMATION
from ..sun import Position, SunEvent, sun_times
from ..tables import Numbers
from ..window import Key, Window

_HALF_DAY_MS: Final = DAY_MS // 2


@dataclass(frozen=True, eq=False)
class SunDays:
    """When the sun rises or sets on the days of a window, and on the one after.

    Attributes:
        event: which of the two.
        first: number of the first day.
        wall: shape (days + 1,), wall milliseconds, of all days from the first on, those
            in holes too, and of the day after the last; NaN where the sun stays up or
            down.
    """

    event: SunEvent
    first: int
    wall: Floats

    @classmethod
    def of(
        cls, window: Window, home: Home, position: Position, event: SunEvent
    ) -> SunDays:
        """Return those of a window.

        Args:
            window: the window of days.
            home: tells its civil time.
            position: where it is.
            event: which of the two.
        """
        first = int(window.days[0])
        days = np.arange(first, int(window.days[-1]) + 2)
        return cls(event, first, sun_times(position, home.civil, event, days))

    @property
    def days(self) -> int:
        """Return how many days there are, those in holes too, without the last."""
        return self.wall.size - 1

    @cached_property
    def usual(self) -> float:
        """Return the usual time of the event, milliseconds after midnight."""
        since = self.wall - (self.first + np.arange(self.wall.size)) * DAY_MS
        known = since[np.isfinite(since)]
        return float(known.mean()) if known.size else float("nan")

    def minutes(self, days: Numbers) -> Floats:
        """Return the event's minutes after the midnight of days.

        Args:
            days: shape (n,), numbers of days of the window, or of the one after.
        """
        found: Floats = (self.wall[days - self.first] - days * DAY_MS) / MINUTE_MS
        return found

    def since(self, wall: Instants) -> tuple[Numbers, Floats]:
        """Return to which day happenings belong, and how long after its event.

        Args:
            wall: shape (n,), wall milliseconds.

        Returns:
            The place of the day, and minutes, both of shape (n,); NaN on days without
            an event and on those that are not of the window.
        """
        if np.isnan(self.usual):
            return np.zeros(wall.size, np.int64), np.full(wall.size, np.nan)
        centered = wall - round(self.usual) + _HALF_DAY_MS
        place = centered // DAY_MS - self.first
        inside = (place >= 0) & (place < self.days)
        place = np.where(inside, place, 0)
        offset = np.where(inside, (wall - self.wall[place]) / MINUTE_MS, np.nan)
        return place, offset

    def eligible(
        self, window: Window, entity_id: str, low: float, high: float
    ) -> NDArray[np.bool_]:
        """Tell on which days of the window something could have been done by the sun.

        The home was recorded and the entity available for most of the hours from one
        offset to the other, these were over, and somebody was home that day.

        Args:
            window: the window of days.
            entity_id: whose availability counts.
            low: minutes after the event at which it begins.
            high: minutes after it at which it ends.

        Returns:
            Shape (days,), for each day of the window.
        """
        event = self.wall[window.days - self.first]
        known = np.isfinite(event)
        event = np.where(known, event, 0.0)
        hours = _hours_until(window, entity_id)
        midnight = self.first * DAY_MS
        begin = np.floor((event + low * MINUTE_MS - midnight) / HOUR_MS)
        end = np.ceil((event + high * MINUTE_MS - midnight) / HOUR_MS)
        within = known & (begin >= 0) & (end < hours.size)
        begin, end = (
            np.where(within, edge, 0).astype(np.int64) for edge in (begin, end)
        )
        there = hours[end] - hours[begin] >= NEEDED_SHARE * np.maximum(end - begin, 1)
        found: NDArray[np.bool_] = within & there
        return found & (window.occupied | (domain_of(entity_id) == "person"))


def by_hand(window: Window, key: Key) -> tuple[Instants, NDArray[np.int16]]:
    """Return when a key was entered by anybody but an automation, and who did it.

    Args:
        window: the window of days.
        key: what is entered.

    Returns:
        Wall milliseconds in ascending order, and codes of provenance.
    """
    if key not in window.key_at:
        return np.zeros(0, np.int64), np.zeros(0, np.int16)
    rows = window.of_key(window.key_at[key])
    wall, cause = window.wall[rows], window.cause[rows]
    hand = cause < AUTOMATION
    order = np.argsort(wall[hand], kind="stable")
    return wall[hand][order], cause[hand][order]


def _hours_until(window: Window, entity_id: str) -> Floats:
    """Return how many hours an entity had been available before each.

    Returns:
        Shape (hours + 1,), since the first day's midnight.
    """
    at = window.entity_at.get(entity_id)
    share = window.recorded if at is None else window.available[at]
    days = window.days - window.days[0]
    hours = np.zeros((int(days[-1]) + 1, 24))
    hours[days] = share
    return np.append(0.0, np.cumsum(hours.ravel()))
