"""The calendar of expected routines."""

from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.pattern_intelligence.engine.pattern import Json

from .common import async_call, async_clock, async_set_up
from .patterns import anomaly, async_show, habit, when

pytestmark = pytest.mark.freeze_time("2026-03-02 05:00:00+00:00")

CALENDAR = "calendar.pattern_intelligence_expected_routines"
MORNING = habit("morning", when("06:45", "06:31", "06:58"))
EVENING = habit("evening", when("21:30", "21:00", "22:00", weekdays=["tue", "thu"]))


async def _async_events(hass: HomeAssistant, start: str, end: str) -> list[Json]:
    response = await hass.services.async_call(
        "calendar",
        "get_events",
        {"start_date_time": start, "end_date_time": end},
        target={"entity_id": CALENDAR},
        blocking=True,
        return_response=True,
    )
    assert response is not None
    events: Any = response[CALENDAR]
    found: list[Json] = events["events"]
    return found


def _state(hass: HomeAssistant) -> Any:
    state = hass.states.get(CALENDAR)
    assert state is not None
    return state


async def test_events_of_some_days(hass: HomeAssistant) -> None:
    """Three mornings and, on Tuesday, the evening; no anomaly and no link."""
    await async_set_up(hass)
    link = habit("link", None, type="co_occurrence")
    await async_show(hass, EVENING, MORNING, link, anomaly("odd", "2026-03-01"))
    events = await _async_events(
        hass, "2026-03-02 00:00:00+01:00", "2026-03-05 00:00:00+01:00"
    )
    assert [(event["start"], event["summary"]) for event in events] == [
        ("2026-03-02T06:31:00+01:00", "Habit morning"),
        ("2026-03-03T06:31:00+01:00", "Habit morning"),
        ("2026-03-03T21:00:00+01:00", "Habit evening"),
        ("2026-03-04T06:31:00+01:00", "Habit morning"),
    ]
    assert events[0]["end"] == "2026-03-02T06:58:00+01:00"
    assert events[0]["description"] == "What morning is. (80 %)"


async def test_events_that_reach_into_the_range(hass: HomeAssistant) -> None:
    """One that began before midnight is there until it ends, and not after."""
    await async_set_up(hass)
    await async_show(hass, habit("night", when("23:50", "23:30", "00:10")))
    assert await _async_events(
        hass, "2026-03-03 00:05:00+01:00", "2026-03-03 01:00:00+01:00"
    )
    assert not await _async_events(
        hass, "2026-03-03 00:10:00+01:00", "2026-03-03 01:00:00+01:00"
    )


async def test_the_clock_changes(hass: HomeAssistant) -> None:
    """A habit of 06:45 stays at 06:45 when summer time begins on 29 March 2026."""
    await async_set_up(hass)
    await async_show(hass, MORNING)
    events = await _async_events(
        hass, "2026-03-28 00:00:00+01:00", "2026-03-30 00:00:00+02:00"
    )
    assert [event["start"] for event in events] == [
        "2026-03-28T06:31:00+01:00",
        "2026-03-29T06:31:00+02:00",
    ]


async def test_its_state(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """It is on while something is expected, and then shows what comes next."""
    await async_set_up(hass)
    assert _state(hass).state == "off"
    assert "message" not in _state(hass).attributes
    await async_show(hass, MORNING, EVENING)
    assert _state(hass).state == "off"
    assert _state(hass).attributes["message"] == "Habit morning"
    assert _state(hass).attributes["start_time"] == "2026-03-02 06:31:00"
    await async_clock(hass, freezer, "2026-03-02 06:31:00+01:00")
    assert _state(hass).state == "on"
    await async_clock(hass, freezer, "2026-03-02 06:58:00+01:00")
    assert _state(hass).state == "off"
    assert _state(hass).attributes["start_time"] == "2026-03-03 06:31:00"


async def test_dismissed_routines_are_not_expected(hass: HomeAssistant) -> None:
    """What the person hides does not fill the calendar."""
    await async_set_up(hass)
    await async_show(hass, MORNING, EVENING)
    await async_call(hass, "dismiss_pattern", pattern_id="morning")
    await hass.async_block_till_done()
    assert _state(hass).attributes["message"] == "Habit evening"
    start = datetime.fromisoformat("2026-03-03T20:00:00+00:00")
    assert _state(hass).attributes["start_time"] == (
        f"{start.date().isoformat()} 21:00:00"
    )
