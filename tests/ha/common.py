"""What the tests of the integration in Home Assistant have in common."""

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.learner import Learner


def new_entry(**options: Any) -> MockConfigEntry:
    """Return a config entry as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Pattern Intelligence",
        data={"store": "built_in"},
        options=options,
        version=1,
        minor_version=1,
    )


async def async_set_up(hass: HomeAssistant, **options: Any) -> MockConfigEntry:
    """Set the integration up, and wait until it has learned what is due."""
    entry = new_entry(**options)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass, entry)
    return entry


async def async_learned(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until the run under way has ended."""
    await hass.async_block_till_done(wait_background_tasks=True)


def learner_of(entry: MockConfigEntry) -> Learner:
    """Return what runs."""
    learner: Learner = entry.runtime_data.scheduler.learner
    return learner
