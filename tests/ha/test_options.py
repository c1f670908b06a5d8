"""What options change in what is shown; what was learned they never change."""

from datetime import date
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from custom_components.pattern_intelligence.settings import Settings
from custom_components.pattern_intelligence.stores.base import Retention

from .common import async_call, async_learned, async_set_up, shown
from .history import KETTLE, async_record, days, household
from .test_config_flow import OPTIONS

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


async def _async_choose(hass: HomeAssistant, entry_id: str, **chosen: Any) -> Any:
    flow = await hass.config_entries.options.async_init(entry_id)
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"], OPTIONS | chosen
    )
    await async_learned(hass)
    return result


async def test_sensitivity(hass: HomeAssistant) -> None:
    """Fewer are those that were there and are sure enough; all come back."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    entry = await async_set_up(hass)
    everything = (await async_call(hass, "get_patterns"))["patterns"]
    for wanted, least in (("fewer", 0.8), ("balanced", 0.65), ("more", 0.0)):
        result = await _async_choose(
            hass,
            entry.entry_id,
            detectors=OPTIONS["detectors"] | {"time_of_day": wanted},
        )
        assert result["type"] is FlowResultType.CREATE_ENTRY
        found = (await async_call(hass, "get_patterns"))["patterns"]
        assert found == [
            pattern
            for pattern in everything
            if pattern["type"] != "time_of_day" or pattern["confidence"] >= least
        ]
        assert shown(hass, "days_learned") == "29"


async def test_what_is_chosen(hass: HomeAssistant) -> None:
    """Each section's choice is a setting."""
    entry = await async_set_up(hass)
    await _async_choose(
        hass,
        entry.entry_id,
        retention={"daily": 120, "weekly": 400, "monthly": 3650},
        notifications=OPTIONS["notifications"] | {"anomaly": True, "faded": True},
        holidays={"country": "DE", "workday_entity": "binary_sensor.workday"},
    )
    settings = Settings.of(entry)
    assert settings.retention == Retention(120, 400, 3650)
    assert settings.notifications == {"anomaly", "faded"}
    assert (settings.country, settings.subdivision) == ("DE", None)
    assert settings.workday_entity == "binary_sensor.workday"


async def test_the_parts_of_the_country_chosen(hass: HomeAssistant) -> None:
    """The form offers those of the home's country, or of the one that is set."""
    hass.config.country = "DE"
    entry = await async_set_up(hass)
    await _async_choose(hass, entry.entry_id, holidays={"subdivision": "BY"})
    assert Settings.of(entry).subdivision == "BY"
    with pytest.raises(InvalidData):
        await _async_choose(hass, entry.entry_id, holidays={"subdivision": "CA"})
    await _async_choose(hass, entry.entry_id, holidays={"country": "US"})
    await _async_choose(
        hass, entry.entry_id, holidays={"country": "US", "subdivision": "CA"}
    )
    assert Settings.of(entry).subdivision == "CA"


async def test_a_part_of_another_country_is_not_suggested(hass: HomeAssistant) -> None:
    """It could not be chosen: whoever changed the country would be stuck with it."""
    entry = await async_set_up(hass, holidays={"country": "US", "subdivision": "BY"})
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["data_schema"] is not None
    holidays = next(
        part for name, part in flow["data_schema"].schema.items() if name == "holidays"
    )
    suggested = {
        str(name): (name.description or {}).get("suggested_value")
        for name in holidays.schema.schema
    }
    assert suggested["country"] == "US"
    assert suggested["subdivision"] is None


@pytest.mark.parametrize(
    "chosen",
    [
        {"retention": {"daily": 89, "weekly": 365, "monthly": 1825}},
        {"detectors": OPTIONS["detectors"] | {"time_of_day": "lots"}},
        {"holidays": {"country": "XX"}},
    ],
)
async def test_what_cannot_be_chosen(
    hass: HomeAssistant, chosen: dict[str, Any]
) -> None:
    """What is looked back on is kept; only what there is can be chosen."""
    entry = await async_set_up(hass)
    with pytest.raises(InvalidData):
        await _async_choose(hass, entry.entry_id, **chosen)


async def test_a_longer_retention_keeps_more(hass: HomeAssistant) -> None:
    """Of 100 days, 90 are kept by default, and all with a longer retention."""
    await async_record(hass, household(days(date(2025, 11, 22), 100)))
    entry = await async_set_up(
        hass, retention={"daily": 120.0, "weekly": 365.0, "monthly": 1825.0}
    )
    store = entry.runtime_data.parts.storage.aggregates
    assert len(store.kept_days()) == 100
    await _async_choose(hass, entry.entry_id)
    await async_call(hass, "run_analysis", days=1)
    store = entry.runtime_data.parts.storage.aggregates
    assert len(store.kept_days()) == 90
    assert shown(hass, "days_learned") == "100"


async def test_options_while_learning_is_off(hass: HomeAssistant) -> None:
    """What is left out is hidden at once, though no run looks at it."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    entry = await async_set_up(hass)
    await hass.services.async_call(
        "switch",
        "turn_off",
        {"entity_id": "switch.pattern_intelligence_learning"},
        blocking=True,
    )
    assert (await async_call(hass, "get_patterns", entity_id=KETTLE))["patterns"]
    await _async_choose(
        hass,
        entry.entry_id,
        scope=OPTIONS["scope"] | {"excluded_entities": [KETTLE]},
        detectors=OPTIONS["detectors"] | {"time_of_day": "off"},
    )
    assert shown(hass, "status") == "switched_off"
    found = await async_call(hass, "get_patterns", entity_id=KETTLE)
    assert found["patterns"] == []
    found = await async_call(hass, "get_patterns", type="time_of_day")
    assert found["patterns"] == []
    assert shown(hass, "days_learned") == "29"
