"""Fixtures for the tests that run a real Home Assistant."""

from collections.abc import Generator
import logging

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
import pytest

# Switched off for plain tests by the conftest above.
from pytest_homeassistant_custom_component.plugins import (  # noqa: F401
    configure_event_loop,
    enable_event_loop_debug,
    verify_cleanup,
)

# Imported before Home Assistant looks for it, or the plugin's own folder of that
# name is found first.
import custom_components

from .taps import DayTap

# The plugin has every SQL statement logged, which takes longer than to execute it.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

OURS = f"{custom_components.__name__}.pattern_intelligence"


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Let Home Assistant load the integration of this repository.

    It depends on the recorder, whose fixture must come before that of `hass`.
    """


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a configuration directory of its own: the store lives there."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
async def berlin(hass: HomeAssistant, auto_enable_custom_integrations: None) -> None:
    """Move the home to where the clocks change."""
    await hass.config.async_set_time_zone("Europe/Berlin")


@pytest.fixture(autouse=True)
def complaints() -> Generator[list[str]]:
    """Collect what our loggers complain of; a test that expects it takes it away."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    listener = Listener(logging.WARNING)
    logging.getLogger(OURS).addHandler(listener)
    yield heard
    logging.getLogger(OURS).removeHandler(listener)
    assert heard == []


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> DayTap:
    """Listen to the days that are written to the store."""
    return DayTap(monkeypatch)
