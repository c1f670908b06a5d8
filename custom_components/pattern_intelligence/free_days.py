"""Which days are free: by the home's country, another place, or a workday sensor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .const import LOGGER
from .engine.civil import day_number, days_between
from .engine.day_kinds import Calendar
from .engine.window import WINDOW_DAYS
from .parts import Parts
from .settings import Settings
from .sources.public_holidays import calendar_of

WORKDAY: Final = "workday"
CHECK_DATE: Final = "check_date"

DAYS_AHEAD: Final = 31
"""How far the calendar of routines is asked to look ahead."""

_DAYS_AT_ONCE: Final = 10
"""Dates asked about before the event loop gets its turn."""


async def async_free_days(
    hass: HomeAssistant, settings: Settings, today: date
) -> Calendar:
    """Return which days are free, as the person said it is to be known.

    A workday sensor that does not answer leaves it to the country.

    Args:
        hass: Home Assistant.
        settings: the person's choices.
        today: the local date.
    """
    if settings.workday_entity:
        try:
            return await _async_asked(hass, settings.workday_entity, today)
        except (HomeAssistantError, LookupError) as err:
            LOGGER.debug("%s tells no workdays: %r", settings.workday_entity, err)
    return await hass.async_add_executor_job(
        calendar_of,
        settings.country or hass.config.country,
        today,
        settings.subdivision,
    )


async def _async_asked(hass: HomeAssistant, entity_id: str, today: date) -> Calendar:
    """Ask a workday sensor about each day that is looked at, or looked ahead to.

    Raises:
        HomeAssistantError: the sensor does not answer.
        LookupError: it answers something else.
    """
    free: list[date] = []
    span = list(
        days_between(
            today - timedelta(days=WINDOW_DAYS), today + timedelta(days=DAYS_AHEAD)
        )
    )
    for number, day in enumerate(span):
        answer: Any = await hass.services.async_call(
            WORKDAY,
            CHECK_DATE,
            {CHECK_DATE: day.isoformat()},
            target={ATTR_ENTITY_ID: entity_id},
            blocking=True,
            return_response=True,
        )
        if not answer[entity_id][WORKDAY]:
            free.append(day)
        if number % _DAYS_AT_ONCE == 0:
            await asyncio.sleep(0)
    worked = {day.weekday() for day in span} - {
        weekday
        for weekday in range(7)
        if all(day in free for day in span if day.weekday() == weekday)
    }
    return Calendar(
        weekend=frozenset(range(7)) - worked,
        holidays=frozenset(map(day_number, free)),
    )


async def async_show_free_days(hass: HomeAssistant, parts: Parts) -> Calendar:
    """Look up which days are free, for the calendar of routines, and return them."""
    calendar = await async_free_days(hass, parts.settings, dt_util.now().date())
    parts.coordinator.is_holiday = is_free(calendar)
    return calendar


def is_free(calendar: Calendar) -> Callable[[date], bool]:
    """Return what tells of a date whether it is free."""

    def free(day: date) -> bool:
        return day.weekday() in calendar.weekend or day_number(day) in calendar.holidays

    return free
