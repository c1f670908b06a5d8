"""One history that lies in two places: one reaches back farther, one knows more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from ..engine.civil import days_between
from ..engine.rawday import NO_COUNTS, Counts, RawDay
from .base import DaySource, Meter, PastSource


class Succession:
    """A day source, and a source of the past, that reads each day from one of two.

    Every call belongs where those of the recent source do.

    Args:
        past: reaches back farther.
        recent: knows more of the days that it has.
        counted: knows what meters counted.

    Attributes:
        since: the first day of the one that knows more, once that was asked.
    """

    def __init__(self, past: DaySource, recent: DaySource, counted: PastSource) -> None:
        """Take both; nothing is read yet."""
        self._past = past
        self._recent = recent
        self._counted = counted
        self.since: date | None = None

    def extent(self) -> tuple[date, date] | None:
        """Return the first and the last complete local day of either, if any."""
        old, new = self._past.extent(), self._recent.extent()
        self.since = new[0] if new else None
        found = [extent for extent in (old, new) if extent]
        if not found:
            return None
        return min(first for first, _ in found), max(last for _, last in found)

    def silent(self) -> Collection[date]:
        """Return the days of which neither tells anything."""
        old, new = self._past.extent(), self._recent.extent()
        days = {*self._past.silent()}
        if new:
            days = {day for day in days if day < new[0]}
            days |= {day for day in self._recent.silent() if new[0] <= day}
        if old and new:
            day = timedelta(days=1)
            days |= {*days_between(old[1] + day, new[0] - day)}
        return days

    def read(self, day: date, carried: Mapping[str, str] = {}) -> RawDay:
        """Return the rows of a day from the one that knows more of it."""
        if self.since is None:
            self.extent()
        if self.since is not None and self.since <= day:
            return self._recent.read(day, carried)
        # Long-term statistics are never purged.
        return replace(self._past.read(day, carried), counts=self._counts(day))

    def _counts(self, day: date) -> Counts:
        """Return what all meters counted on a day."""
        parts = [
            self._counted.counted(meter, day, day + timedelta(days=1))
            for meter in self._counted.meters()
        ]
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

    def meters(self) -> Sequence[Meter]:
        """Return the meters of which there are long-term statistics."""
        return self._counted.meters()

    def begun(self, meters: Sequence[Meter]) -> date | None:
        """Return the first local day on which one of them counted, if any did."""
        return self._counted.begun(meters)

    def counted(self, meter: Meter, first: date, before: date) -> Counts:
        """Return what a meter counted in a time."""
        return self._counted.counted(meter, first, before)
