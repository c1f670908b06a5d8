"""A recording that is lived through again and again, under later dates."""

from dataclasses import replace
from datetime import date, timedelta

from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.sources.recorder_file import RecorderFile


class Repeated:
    """Some whole weeks of a recording, over and over.

    Each day is read from the file, so what reading costs is what it costs there: that
    depends on the rows of the day, and not on how many there are before it.

    Args:
        source: reads the recording.
        first: the first day that is repeated.
        days: how many are, whole weeks, none of which has a changed clock.
    """

    def __init__(self, source: RecorderFile, first: date, days: int) -> None:
        """Take the recording; nothing is read yet."""
        self._source = source
        self._first = first
        self._days = days

    def read(self, day: date) -> RawDay:
        """Return a day as it was lived, at the same times by the clock.

        Args:
            day: not before the first one.
        """
        civil = self._source.home.civil
        lived = self._first + timedelta(days=(day - self._first).days % self._days)
        raw = self._source.read(lived)
        start, end = civil.bounds(day)
        later = start - raw.start
        # A day of 23 hours ends early.
        rows = raw.instant + later < end
        readings, counts = raw.readings, raw.counts
        read, counted = readings.instant + later < end, counts.instant + later < end
        return replace(
            raw,
            day=day,
            start=start,
            end=end,
            entity=raw.entity[rows],
            state=raw.state[rows],
            instant=raw.instant[rows] + later,
            cause=raw.cause[rows],
            recorded=tuple(
                (low + later, min(high + later, end))
                for low, high in raw.recorded
                if low + later < end
            ),
            readings=replace(
                readings,
                entity=readings.entity[read],
                instant=readings.instant[read] + later,
                value=readings.value[read],
            ),
            counts=replace(
                counts,
                meter=counts.meter[counted],
                instant=counts.instant[counted] + later,
                amount=counts.amount[counted],
            ),
        )
