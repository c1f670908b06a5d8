"""What the tests of the integration in Home Assistant have in common."""

from datetime import datetime
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.pattern_intelligence.const import DATABASE, DOMAIN
from custom_components.pattern_intelligence.learner import Learner

PREFIX = "sensor.pattern_intelligence_"


def new_entry(**options: Any) -> MockConfigEntry:
    """Return a config entry as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Pattern Intelligence",
        data={"store": "built_in"},
        options=options,
        version=1,
        minor_version=2,
    )


async def async_begin(hass: HomeAssistant, **options: Any) -> MockConfigEntry:
    """Set the integration up, and let it learn meanwhile."""
    entry = new_entry(**options)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    return entry


async def async_set_up(hass: HomeAssistant, **options: Any) -> MockConfigEntry:
    """Set the integration up, and wait until it has learned what is due."""
    entry = await async_begin(hass, **options)
    await async_learned(hass)
    return entry


async def async_learned(hass: HomeAssistant) -> None:
    """Wait until the run under way has ended."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def async_clock(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, now: str
) -> None:
    """Set the clock, let what is scheduled until then happen, and wait for it."""
    freezer.move_to(datetime.fromisoformat(now))
    async_fire_time_changed(hass)
    await async_learned(hass)


async def async_call(hass: HomeAssistant, service: str, **data: Any) -> dict[str, Any]:
    """Call a service of the integration, and return its response."""
    response = await hass.services.async_call(
        DOMAIN, service, data, blocking=True, return_response=True
    )
    assert isinstance(response, dict)
    return response


def shown(hass: HomeAssistant, key: str) -> str:
    """Return the state of a sensor."""
    state = hass.states.get(PREFIX + key)
    assert state is not None
    return state.state


def attribute(hass: HomeAssistant, key: str, name: str) -> Any:
    """Return an attribute of a sensor."""
    state = hass.states.get(PREFIX + key)
    assert state is not None
    return state.attributes[name]


def state_of(entry: MockConfigEntry) -> ConfigEntryState:
    """Return the state the entry is in by now."""
    state: ConfigEntryState = entry.state
    return state


def learner_of(entry: MockConfigEntry) -> Learner:
    """Return what runs."""
    learner: Learner = entry.runtime_data.scheduler.learner
    return learner


def store_file(hass: HomeAssistant) -> Path:
    """Return where the built-in store is."""
    return Path(hass.config.path(DATABASE))
