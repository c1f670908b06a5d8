"""The switch that pauses learning, and the button that runs it."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import (
    async_begin,
    async_call,
    async_clock,
    async_learned,
    async_set_up,
    shown,
)
from .history import async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

SWITCH = "switch.pattern_intelligence_learning"
BUTTON = "button.pattern_intelligence_run_now"


async def _async_turn(hass: HomeAssistant, how: str) -> None:
    await hass.services.async_call(
        "switch", f"turn_{how}", {"entity_id": SWITCH}, blocking=True
    )


async def _async_press(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": BUTTON}, blocking=True
    )
    await async_learned(hass)


def _is(hass: HomeAssistant) -> str:
    state = hass.states.get(SWITCH)
    assert state is not None
    return state.state


async def test_paused_nights_are_made_up_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, written: DayTap
) -> None:
    """No night, restart or rename learns anything; switched on, all is due."""
    await async_record(hass, household(days(date(2026, 2, 20), 14)))
    entry = await async_set_up(hass)
    assert _is(hass) == "on"
    assert len(written.days) == 10
    await _async_turn(hass, "off")
    assert shown(hass, "status") == "switched_off"
    await async_clock(hass, freezer, "2026-03-03 04:06:00+01:00")
    await async_clock(hass, freezer, "2026-03-04 04:06:00+01:00")
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert (_is(hass), shown(hass, "status")) == ("off", "switched_off")
    assert len(written.days) == 10
    await _async_turn(hass, "on")
    await async_learned(hass)
    assert written.days[10:] == [date(2026, 3, 2), date(2026, 3, 3)]
    assert shown(hass, "status") == "idle"


@pytest.mark.parametrize(
    ("service", "data"),
    [("run_analysis", {}), ("relearn", {"first_day": "2026-03-01"})],
)
async def test_it_alone_owns_the_pause(
    hass: HomeAssistant, service: str, data: dict[str, str]
) -> None:
    """Neither a service nor the button learns while it is off."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    await async_set_up(hass)
    await _async_turn(hass, "off")
    with pytest.raises(ServiceValidationError) as raised:
        await async_call(hass, service, **data)
    assert raised.value.translation_key == "learning_off"
    with pytest.raises(ServiceValidationError) as raised:
        await _async_press(hass)
    assert raised.value.translation_key == "learning_off"
    assert _is(hass) == "off"


async def test_forgetting_while_it_is_off(hass: HomeAssistant) -> None:
    """To forget is no learning: it works, and learns nothing afterwards."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    await async_set_up(hass)
    await _async_turn(hass, "off")
    await async_call(hass, "forget", everything=True)
    await async_learned(hass)
    assert shown(hass, "days_learned") == "0"
    assert shown(hass, "status") == "switched_off"


async def test_switched_off_during_a_run(hass: HomeAssistant, written: DayTap) -> None:
    """The run ends after the day it is in."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    written.stop_before(date(2026, 2, 22))
    await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await _async_turn(hass, "off")
    await async_learned(hass)
    assert written.days == days(date(2026, 2, 20), 3)
    assert shown(hass, "status") == "switched_off"


async def test_switch_that_cannot_be_kept(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays as it was, and says why."""
    await async_set_up(hass)

    def full(_store: SqliteStore, _name: str, _text: str) -> None:
        raise StoreUnavailableError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "write_text", full)
        with pytest.raises(HomeAssistantError) as raised:
            await _async_turn(hass, "off")
    assert raised.value.translation_key == "not_kept"
    assert _is(hass) == "on"


async def test_button(hass: HomeAssistant, written: DayTap) -> None:
    """It learns what is due, without anybody waiting for the night."""
    await async_set_up(hass)
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    assert written.days == []
    await _async_press(hass)
    assert len(written.days) == 10
