"""A calendar of what the household usually does, so that one can look ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import PatternCoordinator
from .entity import PatternIntelligenceEntity
from .occurrences import Expected, IsHoliday, Routine, routines
from .runtime import PatternIntelligenceConfigEntry

PARALLEL_UPDATES = 0

ROUTINES: Final = CalendarEntityDescription(key="routines", translation_key="routines")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendar."""
    async_add_entities([RoutineCalendar(entry.runtime_data.parts.coordinator)])


class RoutineCalendar(PatternIntelligenceEntity, CalendarEntity):
    """Shows each habit that keeps a time, on the days on which it is expected."""

    entity_description: CalendarEntityDescription

    def __init__(self, coordinator: PatternCoordinator) -> None:
        """Begin with the habits that are known."""
        super().__init__(coordinator, ROUTINES)
        self._shown = coordinator.data.shown
        self._routines = routines(coordinator.data.patterns)
        self._next: CalendarEvent | None = None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return what is expected now, or else next."""
        now = dt_util.now()
        if self._next is None or self._next.end_datetime_local <= now:
            self._next = self._following(now)
        return self._next

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Take over the habits there are now."""
        snapshot = self.coordinator.data
        if snapshot.shown is not self._shown:
            self._shown = snapshot.shown
            self._routines = routines(snapshot.patterns)
            self._next = None
        super()._handle_coordinator_update()

    def _following(self, now: datetime) -> CalendarEvent | None:
        is_holiday = self.coordinator.is_holiday
        ahead = [
            (day.toordinal() * 24 * 60 + routine.low, index, day)
            for index, routine in enumerate(self._routines)
            if (day := routine.following(now, is_holiday, by_end=True)) is not None
        ]
        if not ahead:
            return None
        _, index, day = min(ahead)
        routine = self._routines[index]
        return _event(routine, routine.on(day, dt_util.get_default_time_zone()))

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what is expected within a range of time."""
        return await hass.async_add_executor_job(
            _events,
            self._routines,
            dt_util.as_local(start_date),
            dt_util.as_local(end_date),
            dt_util.get_default_time_zone(),
            self.coordinator.is_holiday,
        )


def _events(
    known: Sequence[Routine],
    start: datetime,
    end: datetime,
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> list[CalendarEvent]:
    """Return the events that overlap a range, in their order."""
    margin = timedelta(days=1)
    first, last = start.date() - margin, end.date() + margin
    found = [
        _event(routine, expected)
        for routine in known
        for expected in routine.between(first, last, zone, is_holiday)
        if expected.start < end and expected.end > start
    ]
    return sorted(found, key=lambda event: event.start_datetime_local.astimezone(UTC))


def _event(routine: Routine, expected: Expected) -> CalendarEvent:
    pattern = routine.pattern
    confidence = round(pattern["confidence"] * 100)
    return CalendarEvent(
        start=expected.start,
        end=expected.end,
        summary=pattern["title"],
        description=f"{pattern['description']} ({confidence} %)",
        uid=f"{pattern['id']}_{expected.start.date().isoformat()}",
    )
