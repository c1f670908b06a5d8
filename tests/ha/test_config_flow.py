"""The config flow and the options flow."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.settings import Settings

from .common import PREFIX, async_learned, async_set_up, new_entry

KINDS = [kind.value for kind in registry()]
NOTHING_LEFT_OUT: dict[str, list[str]] = {
    "excluded_areas": [],
    "excluded_domains": [],
    "excluded_entities": [],
    "excluded_labels": [],
}
OPTIONS: dict[str, Any] = {
    "scope": NOTHING_LEFT_OUT,
    "schedule": {"time": "04:05:00"},
    "detectors": dict.fromkeys(KINDS, "more"),
    "retention": {"daily": 90, "weekly": 365, "monthly": 1825},
    "notifications": {
        "discovered": False,
        "changed": False,
        "faded": False,
        "anomaly": False,
    },
    "holidays": {},
    "storage": {"keep_data": False},
}


async def _async_to_scope(hass: HomeAssistant) -> str:
    """Answer the first step; return the flow's id."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"store": "built_in"}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "scope"
    flow_id: str = result["flow_id"]
    return flow_id


async def test_defaults_leave_nothing_out(hass: HomeAssistant) -> None:
    """Two steps answered with nothing make an entry that looks at everything."""
    result = await hass.config_entries.flow.async_configure(
        await _async_to_scope(hass), {}
    )
    await async_learned(hass)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Pattern Intelligence"
    assert result["data"] == {"store": "built_in"}
    assert result["options"] == {"scope": NOTHING_LEFT_OUT}
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (1, 2)
    assert Settings.of(entry) == Settings()


async def test_scope_is_kept(hass: HomeAssistant) -> None:
    """What is left out in the flow is out of the scope."""
    result = await hass.config_entries.flow.async_configure(
        await _async_to_scope(hass),
        {
            "excluded_areas": ["guest_room"],
            "excluded_domains": ["climate"],
            "excluded_entities": ["light.aquarium"],
            "excluded_labels": ["private"],
        },
    )
    await async_learned(hass)
    scope = Settings.of(result["result"]).scope
    assert scope.domains is not None
    assert "climate" not in scope.domains
    assert "light" in scope.domains
    assert scope == Scope(
        scope.domains,
        frozenset({"light.aquarium"}),
        frozenset({"guest_room"}),
        frozenset({"private"}),
    )


async def test_unknown_store_is_refused(hass: HomeAssistant) -> None:
    """Only stores that exist can be chosen; the flow can then be finished."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    with pytest.raises(InvalidData):
        await hass.config_entries.flow.async_configure(
            result["flow_id"], {"store": "cloud"}
        )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"store": "built_in"}
    )
    assert result["step_id"] == "scope"


async def test_only_one_entry(hass: HomeAssistant) -> None:
    """A home needs it once."""
    new_entry().add_to_hass(hass)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


async def test_options_show_what_is_set_and_reload(hass: HomeAssistant) -> None:
    """The form proposes what is set; what is saved takes effect at once."""
    entry = await async_set_up(hass, schedule={"time": "03:15:00"})
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "init"
    assert result["data_schema"] is not None
    schedule = next(
        section
        for key, section in result["data_schema"].schema.items()
        if key == "schedule"
    )
    proposed = next(iter(schedule.schema.schema)).description
    assert proposed == {"suggested_value": "03:15:00"}

    before = entry.runtime_data
    result = await hass.config_entries.options.async_configure(
        result["flow_id"],
        OPTIONS
        | {
            "scope": NOTHING_LEFT_OUT | {"excluded_entities": ["light.hall"]},
            "schedule": {"time": "02:30:00"},
            "storage": {"keep_data": True},
        },
    )
    await async_learned(hass)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not before
    settings = Settings.of(entry)
    assert settings.time.isoformat() == "02:30:00"
    assert settings.keep_data
    assert settings.scope == Scope(excluded_entities=frozenset({"light.hall"}))


async def test_a_detector_switched_off_has_no_sensor(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """Its sensor goes with it, and comes back with it."""
    entry = await async_set_up(hass)
    links = PREFIX + "link_patterns"
    assert entity_registry.async_get(links)
    for enabled, wanted in ((False, "off"), (True, "fewer")):
        result = await hass.config_entries.options.async_init(entry.entry_id)
        await hass.config_entries.options.async_configure(
            result["flow_id"],
            OPTIONS | {"detectors": OPTIONS["detectors"] | {"co_occurrence": wanted}},
        )
        await async_learned(hass)
        assert (entity_registry.async_get(links) is not None) is enabled
        assert (hass.states.get(links) is not None) is enabled
        assert hass.states.get(PREFIX + "time_of_day_patterns")


async def test_core_influxdb_without_an_address(hass: HomeAssistant) -> None:
    """Nothing is prefilled from it, and nobody is asked to learn from there."""
    MockConfigEntry(domain="influxdb", data={"api_version": "1"}).add_to_hass(hass)
    await _async_to_scope(hass)
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    for kind, url in (("influxdb_1", ""), ("influxdb_2", None)):
        form = await hass.config_entries.flow.async_configure(
            flow["flow_id"], {"store": kind}
        )
        assert form["step_id"] == kind
        assert form["data_schema"] is not None
        (field,) = (key for key in form["data_schema"].schema if key == "url")
        assert (field.description or {}).get("suggested_value") == url
        hass.config_entries.flow.async_abort(flow["flow_id"])
        flow = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
