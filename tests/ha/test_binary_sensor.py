"""The binary sensors, and what other entities say of anomalies and the store."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.pattern_intelligence.stores.base import (
    StoreError,
    StoreUnavailableError,
)

from .common import async_call, async_clock, async_set_up, attribute, shown
from .history import async_record, days, household
from .patterns import anomaly, async_show
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

ANOMALY = "binary_sensor.pattern_intelligence_anomaly_today"
STORE = "binary_sensor.pattern_intelligence_store_reachable"


def _is(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


async def test_anomalies(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """What was odd on the last day learned counts, what was before does not."""
    await async_set_up(hass)
    assert _is(hass, ANOMALY) == "off"
    assert shown(hass, "anomalies_yesterday") == "unknown"
    await async_show(hass, anomaly("a", "2026-02-27"))
    assert _is(hass, ANOMALY) == "off"
    assert shown(hass, "anomalies_yesterday") == "0"
    await async_show(hass, anomaly("a", "2026-02-27"), anomaly("b", "2026-03-01"))
    assert _is(hass, ANOMALY) == "on"
    assert shown(hass, "anomalies_yesterday") == "1"
    assert attribute(hass, "anomalies_yesterday", "date") == "2026-03-01"
    state = hass.states.get(ANOMALY)
    assert state is not None
    assert [p["id"] for p in state.attributes["patterns"]] == ["b"]

    # When the day is over, today's anomaly is yesterday's.
    await async_clock(hass, freezer, "2026-03-03 00:00:00+01:00")
    assert _is(hass, ANOMALY) == "off"


async def test_an_anomaly_that_is_dismissed(hass: HomeAssistant) -> None:
    """Whoever knows why it was odd can switch the warning off."""
    await async_set_up(hass)
    await async_show(hass, anomaly("b", "2026-03-01"))
    await async_call(hass, "dismiss_pattern", pattern_id="b")
    await hass.async_block_till_done()
    assert _is(hass, ANOMALY) == "off"


async def test_store_that_says_no(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """It is off, too, while a store that answers keeps nothing."""
    await async_record(hass, household(days(date(2026, 2, 25), 5)))
    written.failure = StoreError("no")
    await async_set_up(hass)
    assert _is(hass, STORE) == "off"
    written.failure = None
    await async_call(hass, "run_analysis")
    assert _is(hass, STORE) == "on"
    complaints.clear()


async def test_store_that_is_away(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    complaints: list[str],
) -> None:
    """It is off while the store does not answer, and on again afterwards."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    written.failure = StoreUnavailableError("away")
    await async_set_up(hass)
    assert _is(hass, STORE) == "off"
    assert shown(hass, "status") == "error"
    written.failure = None
    await async_clock(hass, freezer, "2026-03-02 12:06:00+01:00")
    assert _is(hass, STORE) == "on"
    assert len(complaints) == 1
    complaints.clear()
