"""One history that lies in two places: one reaches back farther, one knows more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ..engine.civil import days_between
from ..engine.rawday import NO_COUNTS, Counts

type Extent = tuple[date, date] | None
"""The first and the last complete local day that a place tells of, if any."""


@dataclass(frozen=True, slots=True)
class Succession:
    """Tells which of two places a day is read from.

    Attributes:
        past: the days of the one that reaches back farther.
        recent: the days of the one that knows more of those that it has.
    """

    past: Extent
    recent: Extent

    @property
    def extent(self) -> Extent:
        """Return the first and the last complete local day of either, if any."""
        found = [extent for extent in (self.past, self.recent) if extent]
        if not found:
            return None
        return min(first for first, _ in found), max(last for _, last in found)

    @property
    def since(self) -> date | None:
        """Return the first day of the one that knows more, if it has any."""
        return self.recent[0] if self.recent else None

    def is_recent(self, day: date) -> bool:
        """Tell whether a day is read from the one that knows more."""
        return self.since is not None and self.since <= day

    def silent(
        self, past: Collection[date], recent: Collection[date]
    ) -> frozenset[date]:
        """Return the days of which neither tells anything.

        Args:
            past: those of the one that reaches back farther.
            recent: those of the other one.
        """
        days = {day for day in past if not self.is_recent(day)}
        days |= {day for day in recent if self.is_recent(day)}
        if self.past and self.recent:
            day = timedelta(days=1)
            days |= {*days_between(self.past[1] + day, self.recent[0] - day)}
        return frozenset(days)


def joined(parts: Sequence[Counts]) -> Counts:
    """Return what several meters counted as one table of all of them."""
    meters = sorted({key for part in parts for key in part.meters})
    if not meters:
        return NO_COUNTS
    place = {key: number for number, key in enumerate(meters)}
    return Counts(
        tuple(meters),
        np.concatenate(
            [
                np.array([place[key] for key in part.meters], np.int32)[part.meter]
                for part in parts
                if part.meters
            ]
        ),
        np.concatenate([part.instant for part in parts if part.meters]),
        np.concatenate([part.amount for part in parts if part.meters]),
    )
