"""Which days are free, as the person said it is to be known."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.free_days import async_free_days, is_free
from custom_components.pattern_intelligence.settings import Settings

from .common import async_clock, async_learned, async_set_up
from .patterns import coordinator_of

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

TODAY = date(2026, 3, 2)
EPIPHANY = date(2026, 1, 6)
WORKDAY = "binary_sensor.workday_sensor"


async def _async_free(hass: HomeAssistant, settings: Settings, day: date) -> bool:
    return is_free(await async_free_days(hass, settings, TODAY))(day)


@pytest.mark.parametrize(
    ("settings", "free"),
    [
        (Settings(), False),
        (Settings(subdivision="BY"), True),
        (Settings(country="AT"), True),
        (Settings(country="NL"), False),
    ],
)
async def test_a_place(hass: HomeAssistant, settings: Settings, free: bool) -> None:
    """Epiphany is free in Bavaria and Austria, not all over Germany."""
    hass.config.country = "DE"
    assert await _async_free(hass, settings, EPIPHANY) is free
    assert await _async_free(hass, settings, date(2026, 1, 10))
    assert not await _async_free(hass, settings, date(2026, 1, 7))


async def _async_workdays(hass: HomeAssistant) -> None:
    """Set a workday sensor up, of somebody who works Tuesdays to Saturdays."""
    entry = MockConfigEntry(
        domain="workday",
        title="Workday sensor",
        options={
            "name": "Workday sensor",
            "country": "DE",
            "province": "BY",
            "workdays": ["tue", "wed", "thu", "fri", "sat"],
            "excludes": ["sun", "mon", "holiday"],
            "days_offset": 0,
            "add_holidays": ["2026-02-19"],
            "remove_holidays": [],
            "language": "de",
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(WORKDAY)


async def test_a_workday_sensor(hass: HomeAssistant) -> None:
    """It knows the weekend of its own, holidays, and days off that it was told."""
    await async_setup_component(hass, "homeassistant", {})
    await _async_workdays(hass)
    calendar = await async_free_days(hass, Settings(workday_entity=WORKDAY), TODAY)
    assert calendar.weekend == {6, 0}
    free = is_free(calendar)
    assert free(EPIPHANY)
    assert free(date(2026, 2, 19))
    assert free(date(2026, 3, 2))
    assert not free(date(2026, 2, 28))


async def test_a_workday_sensor_that_is_gone(hass: HomeAssistant) -> None:
    """Then the home's country says it."""
    hass.config.country = "DE"
    settings = Settings(workday_entity="binary_sensor.gone")
    assert await _async_free(hass, settings, date(2026, 1, 1))
    assert not await _async_free(hass, settings, EPIPHANY)


async def test_runs_know_them(hass: HomeAssistant) -> None:
    """After the first run, what looks ahead knows the holidays chosen."""
    await async_set_up(hass, holidays={"country": "AT"})
    assert coordinator_of(hass).is_holiday(EPIPHANY)
    assert not coordinator_of(hass).is_holiday(date(2026, 1, 7))


async def test_a_home_that_does_not_learn_knows_them(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """No run looks them up; in the new year those of the next one are known."""
    await async_set_up(hass, holidays={"country": "AT"})
    await hass.services.async_call(
        "switch",
        "turn_off",
        {"entity_id": "switch.pattern_intelligence_learning"},
        blocking=True,
    )
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert coordinator_of(hass).is_holiday(EPIPHANY)
    later = date(2036, 12, 26)
    assert not coordinator_of(hass).is_holiday(later)
    await async_clock(hass, freezer, "2036-12-20 01:00:00+01:00")
    assert coordinator_of(hass).is_holiday(later)
