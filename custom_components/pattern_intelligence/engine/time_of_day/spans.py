"""Many stretches of the clock at once, each with the days on which it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, WAKING_DAY_STARTS_MS, Instants
from ..evidence import Floats
from ..pattern import Anchor
from ..tables import Numbers

ANCHORS: Final[tuple[Anchor, ...]] = ("each", "first", "last")
"""In the order of their numbers."""

EACH, FIRST, LAST = range(3)

WAKING_MINUTE: Final = WAKING_DAY_STARTS_MS / MINUTE_MS


@dataclass(frozen=True, eq=False)
class Spans:
    """Stretches of the clock.

    Attributes:
        anchor: shape (n,), which happenings of a day count, a position in
            ``ANCHORS``.
        low: shape (n,), minutes after midnight of the habit-day at which they begin;
            may be negative.
        high: shape (n,), minutes at which they end, above ``low``.
    """

    anchor: NDArray[np.int64]
    low: Floats
    high: Floats

    @property
    def length(self) -> Floats:
        """Return the minutes from end to end."""
        return self.high - self.low

    @property
    def center(self) -> Floats:
        """Return the minutes half way between the ends."""
        return (self.low + self.high) / 2

    @property
    def day_begins(self) -> Floats:
        """Return the minutes at which the habit-day begins, shape (n,)."""
        each = self.anchor == EACH
        return np.where(each, self.center - DAY_MINUTES / 2, WAKING_MINUTE)

    def take(self, which: NDArray[np.intp]) -> Spans:
        """Return some of them."""
        return Spans(self.anchor[which], self.low[which], self.high[which])

    def starts(self, days: Numbers) -> Instants:
        """Return the wall instants at which habit-days begin.

        Args:
            days: shape (days,), their numbers.

        Returns:
            Shape (n, days).
        """
        each = np.rint(self.center * MINUTE_MS).astype(np.int64) - DAY_MS // 2
        begins = np.where(self.anchor == EACH, each, WAKING_DAY_STARTS_MS)
        return begins[:, None] + days * DAY_MS


def first_ms(minutes: Floats, *, after: bool = False) -> Instants:
    """Return the first whole millisecond that is not before some minutes.

    As told by comparing minutes: what is rounded when they are multiplied must not
    decide.

    Args:
        minutes: shape (n,).
        after: ask for the first that is after them instead.
    """
    found = np.floor(minutes * MINUTE_MS).astype(np.int64) - 1
    for _ in range(3):
        early = found / MINUTE_MS
        found += (early <= minutes) if after else (early < minutes)
    return found
