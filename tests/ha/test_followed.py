"""The sensors of patterns that are followed."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.pattern_intelligence.decisions import DECISIONS

from .common import async_call, async_clock, async_learned, async_set_up
from .patterns import async_show, coordinator_of, habit, when

pytestmark = pytest.mark.freeze_time("2026-03-02 05:00:00+00:00")

MORNING = habit("morning", when("06:45", "06:31", "06:58"))
LINK = habit("link", None, type="co_occurrence", confidence=0.835)
SENSOR = "sensor.pattern_intelligence_next_habit_morning"
LINK_SENSOR = "sensor.pattern_intelligence_confidence_habit_link"


def _state(hass: HomeAssistant, entity_id: str = SENSOR) -> Any:
    state = hass.states.get(entity_id)
    assert state is not None
    return state


async def test_a_habit_with_a_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It says when it is expected next, and moves on once that is over."""
    await async_set_up(hass)
    await async_show(hass, MORNING)
    response = await async_call(hass, "follow_pattern", pattern_id="morning")
    assert response["followed"]
    await hass.async_block_till_done()
    assert _state(hass).state == "2026-03-02T05:45:00+00:00"
    attributes = dict(_state(hass).attributes)
    assert attributes.pop("friendly_name") == (
        "Pattern Intelligence Next: Habit morning"
    )
    assert attributes == {
        "device_class": "timestamp",
        "pattern_id": "morning",
        "title": "Habit morning",
        "status": "active",
        "confidence": 0.8,
        "earliest": "06:31",
        "latest": "06:58",
        "days_matched": 36,
        "days_eligible": 40,
        "last_seen": "2026-03-01",
    }
    await async_clock(hass, freezer, "2026-03-02 06:45:00+01:00")
    assert _state(hass).state == "2026-03-03T05:45:00+00:00"


async def test_a_habit_without_a_time(hass: HomeAssistant) -> None:
    """Of a link there is to say how sure it is."""
    await async_set_up(hass)
    await async_show(hass, LINK)
    await async_call(hass, "follow_pattern", pattern_id="link")
    await hass.async_block_till_done()
    state = _state(hass, LINK_SENSOR)
    assert state.state == "84"
    assert state.attributes["unit_of_measurement"] == "%"


async def test_no_longer_found(hass: HomeAssistant) -> None:
    """While the pattern is not listed, its sensor is not available."""
    await async_set_up(hass)
    await async_show(hass, MORNING)
    await async_call(hass, "follow_pattern", pattern_id="morning")
    await async_show(hass, LINK)
    assert _state(hass).state == "unavailable"
    await async_show(hass, MORNING)
    assert _state(hass).state == "2026-03-02T05:45:00+00:00"


async def test_unfollowed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """Its sensor is gone with it, from the registry, too."""
    await async_set_up(hass)
    await async_show(hass, MORNING, LINK)
    await async_call(hass, "follow_pattern", pattern_id="morning")
    await async_call(hass, "follow_pattern", pattern_id="link")
    await hass.async_block_till_done()
    await async_call(hass, "unfollow_pattern", pattern_id="morning")
    await hass.async_block_till_done()
    assert hass.states.get(SENSOR) is None
    assert entity_registry.async_get(SENSOR) is None
    assert _state(hass, LINK_SENSOR)


async def test_it_outlives_a_reload(hass: HomeAssistant) -> None:
    """The sensor is there at once, before anything is found again."""
    entry = await async_set_up(hass)
    await async_show(hass, MORNING)
    await async_call(hass, "follow_pattern", pattern_id="morning")
    await async_call(hass, "accept_pattern", pattern_id="morning")
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert _state(hass).state == "unavailable"
    await async_show(hass, MORNING)
    assert _state(hass).state == "2026-03-02T05:45:00+00:00"
    # What is followed and accepted stays followed when that is taken back.
    await async_call(hass, "restore_pattern", pattern_id="morning")
    await hass.async_block_till_done()
    assert _state(hass)


async def test_a_habit_that_loses_its_time(hass: HomeAssistant) -> None:
    """While it is found, but keeps no time any more, nothing is expected."""
    await async_set_up(hass)
    lasting = {"type": "duration", "title": "Oven"}
    await async_show(hass, habit("oven", when("11:00", "10:50", "11:10"), **lasting))
    await async_call(hass, "follow_pattern", pattern_id="oven")
    await hass.async_block_till_done()
    sensor = "sensor.pattern_intelligence_next_oven"
    assert _state(hass, sensor).state == "2026-03-02T10:00:00+00:00"
    await async_show(hass, habit("oven", None, **lasting))
    assert _state(hass, sensor).state == "unknown"
    assert _state(hass, sensor).attributes["confidence"] == 0.8


async def test_a_habit_of_no_day_to_come(hass: HomeAssistant) -> None:
    """Nothing is expected of what only happens on workdays when all days are free."""
    await async_set_up(hass)
    coordinator_of(hass).is_holiday = lambda _: True
    time = when("06:45", "06:31", "06:58", day_kind="workday")
    await async_show(hass, habit("morning", time))
    await async_call(hass, "follow_pattern", pattern_id="morning")
    await hass.async_block_till_done()
    assert _state(hass).state == "unknown"


async def test_decisions_that_were_lost(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """What is no longer followed leaves no sensor behind."""
    entry = await async_set_up(hass)
    await async_show(hass, MORNING)
    await async_call(hass, "follow_pattern", pattern_id="morning")
    await hass.async_block_till_done()
    entry.runtime_data.parts.storage.local.write_text(DECISIONS, "[]")
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert entity_registry.async_get(SENSOR) is None


@pytest.mark.freeze_time("2026-10-25 01:10:00+00:00")
async def test_a_time_that_the_clock_shows_again(hass: HomeAssistant) -> None:
    """At 02:10 after the clock was put back, 02:30 is over: it comes tomorrow."""
    await async_set_up(hass)
    await async_show(hass, habit("morning", when("02:30", "02:20", "02:40")))
    await async_call(hass, "follow_pattern", pattern_id="morning")
    await hass.async_block_till_done()
    assert _state(hass).state == "2026-10-26T01:30:00+00:00"
