"""Config entries of earlier versions, and of newer ones."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.settings import Settings

from .common import async_learned, state_of


async def _async_set_up(
    hass: HomeAssistant, version: tuple[int, int], **options: object
) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={"store": "built_in"},
        options=options,
        version=version[0],
        minor_version=version[1],
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    return entry


async def test_from_the_first_version(hass: HomeAssistant) -> None:
    """Detectors were on or off; everything else stays as it was."""
    entry = await _async_set_up(
        hass,
        (1, 1),
        scope={"excluded_entities": ["light.hall"]},
        detectors={"time_of_day": True, "co_occurrence": False},
    )
    assert state_of(entry) is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (1, 2)
    assert entry.options == {
        "scope": {"excluded_entities": ["light.hall"]},
        "detectors": {"time_of_day": "more", "co_occurrence": "off"},
    }
    settings = Settings.of(entry)
    assert settings.enabled("time_of_day")
    assert not settings.enabled("co_occurrence")


async def test_from_the_first_version_without_options(hass: HomeAssistant) -> None:
    """What was never chosen has its defaults."""
    entry = await _async_set_up(hass, (1, 1))
    assert (entry.minor_version, dict(entry.options)) == (2, {})
    assert Settings.of(entry) == Settings()


@pytest.mark.parametrize(
    ("version", "state"),
    [
        # A newer minor version is one that this version can use.
        ((1, 9), ConfigEntryState.LOADED),
        ((2, 1), ConfigEntryState.MIGRATION_ERROR),
    ],
)
async def test_from_a_newer_version(
    hass: HomeAssistant,
    version: tuple[int, int],
    state: ConfigEntryState,
) -> None:
    """It is left untouched."""
    entry = await _async_set_up(hass, version, detectors={"time_of_day": "fewer"})
    assert state_of(entry) is state
    assert (entry.version, entry.minor_version) == version
    assert entry.options == {"detectors": {"time_of_day": "fewer"}}
