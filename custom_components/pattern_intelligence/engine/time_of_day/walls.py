"""Happenings of many owners by the clock on the wall, and where instants lie in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, MINUTE_MS, Instants
from ..evidence import Floats
from ..tables import Numbers
from ..window import Window
from .spans import EACH, FIRST, Spans, first_ms


def in_order(owner: NDArray[np.integer], wall: Instants) -> NDArray[np.intp]:
    """Return the order of happenings by owner, then by the clock on the wall.

    Args:
        owner: shape (n,), whose each is.
        wall: shape (n,), in the order of time within an owner.
    """
    order = np.argsort(owner, kind="stable")
    late, early = order[1:], order[:-1]
    if ((wall[late] < wall[early]) & (owner[late] == owner[early])).any():
        # An hour of the clock came twice.
        order = np.lexsort((wall, owner))
    return order


@dataclass(frozen=True, eq=False)
class Walls:
    """When things happened.

    Attributes:
        owner: shape (n,), whose each is, ascending from 0.
        wall: shape (n,), wall milliseconds, ascending within an owner.
    """

    owner: NDArray[np.int64]
    wall: Instants

    @classmethod
    def of_keys(cls, window: Window) -> tuple[Walls, Numbers]:
        """Return the happenings of a window by key, and the row of each."""
        order = in_order(window.key, window.wall)
        return cls(window.key[order].astype(np.int64), window.wall[order]), order

    @cached_property
    def _range(self) -> tuple[int, int]:
        """Return the first instant, and a step that keeps owners apart."""
        if not self.wall.size:
            return 0, 1
        low = int(self.wall.min())
        return low, int(self.wall.max()) - low + 2

    @cached_property
    def _line(self) -> Instants:
        low, step = self._range
        return self.owner * step + (self.wall - low)

    def at(self, owner: Numbers, wall: Instants) -> Numbers:
        """Return the place of the first that is not before a wall instant.

        Args:
            owner: shape (n,).
            wall: shape (n, m), instants asked of each owner.

        Returns:
            Shape (n, m); where no later one is, the place behind the owner's last.
        """
        low, step = self._range
        asked = (wall - low).clip(0, step - 1) + owner[:, None] * step
        return np.searchsorted(self._line, asked)


@dataclass(frozen=True, eq=False)
class Met:
    """Which happenings lie in which span, on each habit-day.

    Bounds are places among the happenings, shape (n, days); ends are exclusive.

    Attributes:
        walls: the happenings.
        owner: shape (n,), whose happenings each span asks for.
        spans: the n spans.
        days: shape (days,), numbers of the habit-days.
        closed: whether the spans' ends belong to them.
    """

    walls: Walls
    owner: Numbers
    spans: Spans
    days: Numbers
    closed: bool = False

    @cached_property
    def _start(self) -> Instants:
        return self.spans.starts(self.days)

    @cached_property
    def day_low(self) -> Numbers:
        """Return where the habit-day begins."""
        return self.walls.at(self.owner, self._start)

    @cached_property
    def day_high(self) -> Numbers:
        """Return where the habit-day ends."""
        return self.walls.at(self.owner, self._start + DAY_MS)

    @cached_property
    def low(self) -> Numbers:
        """Return where the span begins."""
        low = first_ms(self.spans.low)[:, None] + self.days * DAY_MS
        return self.walls.at(self.owner, np.maximum(low, self._start))

    @cached_property
    def high(self) -> Numbers:
        """Return where the span ends."""
        high = first_ms(self.spans.high, after=self.closed)
        ends = high[:, None] + self.days * DAY_MS
        return self.walls.at(self.owner, np.minimum(ends, self._start + DAY_MS))

    @cached_property
    def hits(self) -> NDArray[np.bool_]:
        """Return on which days a span is met as its anchor asks, shape (n, days)."""
        anchor = self.spans.anchor[:, None]
        chosen = np.where(anchor == FIRST, self.day_low, self.day_high - 1)
        inside = (chosen >= self.low) & (chosen < self.high)
        return np.where(anchor == EACH, self.low < self.high, inside)

    def nearest(self) -> Floats:
        """Return the minute of the match that is nearest to a span's middle.

        Returns:
            Shape (n, days), minutes after midnight of the habit-day, nan where none
            is. Of two as near it is the earlier one.
        """
        center = self.spans.center[:, None]
        midnight = self.days * DAY_MS
        middle = first_ms(self.spans.center)[:, None] + midnight
        after = self.walls.at(self.owner, middle)
        wall = self.walls.wall
        anchor = self.spans.anchor[:, None]
        edge = np.where(anchor == FIRST, self.day_low, self.day_high - 1)
        earlier, later, lone = (
            (wall[place.clip(0, wall.size - 1)] - midnight) / MINUTE_MS
            for place in (after - 1, after, edge)
        )
        takes_earlier = (after > self.low) & (
            (after >= self.high) | (center - earlier <= later - center)
        )
        each = np.where(takes_earlier, earlier, later)
        return np.where(self.hits, np.where(anchor == EACH, each, lone), np.nan)
