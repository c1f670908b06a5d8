"""The first learning, from what the recorder holds."""

from datetime import date

from homeassistant.core import HomeAssistant
import pytest

from .common import async_set_up
from .history import async_record, days, household

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


async def test_learns_all_complete_days(hass: HomeAssistant) -> None:
    """The 28 days of February and the first of March are learned, today is not."""
    await async_record(hass, household(days(date(2026, 2, 1), 30)))
    await async_set_up(hass)
    state = hass.states.get("sensor.pattern_intelligence_days_learned")
    assert state is not None
    assert state.state == "29"
