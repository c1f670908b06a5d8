"""When a habit is expected next: from the weekdays and the times that it states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Self

from .contract import when_of
from .engine.civil import DAY_MINUTES, circular_minutes
from .engine.occasions import WAKING_MINUTE
from .engine.pattern import Json, PatternType

type IsHoliday = Callable[[date], bool]

UNFORESEEABLE: Final = frozenset({"numeric", "state"})
"""Kinds of conditions of which nobody knows today whether they hold tomorrow."""

NO_ROUTINE: Final = frozenset({PatternType.ANOMALY, PatternType.SEASONAL})

_LEAST: Final = timedelta(minutes=1)
_LOOK_AHEAD: Final = 28
"""Days after which a habit that has one weekday and keeps to workdays comes by."""


@dataclass(frozen=True, slots=True)
class Expected:
    """When a habit is expected once.

    Attributes:
        start: from when on.
        at: at what time most likely.
        end: until when, after ``start``.
    """

    start: datetime
    at: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Routine:
    """The days and times of a pattern.

    Attributes:
        pattern: the contract's object.
        weekdays: the weekdays on which it holds, Monday is 0.
        day_kind: ``any``, ``workday`` or ``free``.
        low: minutes after midnight of the habit-day at which it begins, may be
            negative.
        at: minutes at which it is expected.
        high: minutes at which it ends, may be more than a day.
    """

    pattern: Json
    weekdays: frozenset[int]
    day_kind: str
    low: float
    at: float
    high: float

    @classmethod
    def of(cls, pattern: Json) -> Self | None:
        """Return a pattern's days and times; None where it has none to look ahead to.

        Times lie in the habit-day: around their own date, or in the waking day of
        a first or a last.
        """
        when = when_of(pattern["when"])
        context = pattern["context"] or {}
        if (
            when is None
            or pattern["type"] in NO_ROUTINE
            or context.get("kind") in UNFORESEEABLE
        ):
            return None
        begins = 0.0 if when.anchor == "each" else WAKING_MINUTE
        half = (when.latest - when.earliest) % DAY_MINUTES / 2
        middle = (when.earliest + half - begins) % DAY_MINUTES + begins
        kind: str = when.day_kind
        if kind == "any" and context.get("kind") == "day_type":
            kind = str(context.get("day_type"))
        return cls(
            pattern,
            frozenset(when.weekdays),
            kind,
            middle - half,
            middle + circular_minutes(when.time - middle),
            middle + half,
        )

    def holds_on(self, day: date, is_holiday: IsHoliday) -> bool:
        """Tell whether the habit is expected on a habit-day."""
        usual = day.weekday() in self.weekdays
        match self.day_kind:
            case "workday":
                return usual and not is_holiday(day)
            case "free":
                return usual or is_holiday(day)
            case _:
                return usual

    def on(self, day: date, zone: tzinfo) -> Expected:
        """Return when it is expected on a habit-day, by the local clock."""
        start = _instant(day, self.low, zone)
        return Expected(
            start,
            _instant(day, self.at, zone),
            # The clock may skip from within the span to behind its end.
            max(_instant(day, self.high, zone), start + _LEAST),
        )

    def between(
        self, first: date, last: date, zone: tzinfo, is_holiday: IsHoliday
    ) -> Iterator[Expected]:
        """Yield when it is expected on the habit-days from first to last."""
        day = first
        while day <= last:
            if self.holds_on(day, is_holiday):
                yield self.on(day, zone)
            day += timedelta(days=1)

    def following(
        self, now: datetime, is_holiday: IsHoliday, *, by_end: bool = False
    ) -> date | None:
        """Return the habit-day on which it is expected next.

        Args:
            now: local time.
            is_holiday: tells public holidays.
            by_end: one that is going on counts; else its time must lie ahead.
        """
        today = now.date()
        minute = now.hour * 60 + now.minute + now.second / 60
        mark = max(self.high, self.low + 1) if by_end else self.at
        for ahead in range(-1, _LOOK_AHEAD):
            if mark + ahead * DAY_MINUTES > minute:
                day = today + timedelta(days=ahead)
                if self.holds_on(day, is_holiday):
                    return day
        return None


def routines(patterns: list[Json]) -> list[Routine]:
    """Return the days and times of those patterns that have any to look ahead to."""
    return [one for pattern in patterns if (one := Routine.of(pattern)) is not None]


def no_holidays(_day: date) -> bool:
    """Tell of every day that it is no public holiday."""
    return False


def _instant(day: date, minutes: float, zone: tzinfo) -> datetime:
    """Return when the local clock shows a time; in a skipped hour, that hour later."""
    wall = datetime.combine(day, time()) + timedelta(minutes=round(minutes))
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
