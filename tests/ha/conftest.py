"""Fixtures for the tests that run a real Home Assistant."""

from homeassistant.components.recorder import Recorder
import pytest

# Switched off for plain tests by the conftest above.
from pytest_homeassistant_custom_component.plugins import (  # noqa: F401
    configure_event_loop,
    enable_event_loop_debug,
    verify_cleanup,
)

# Imported before Home Assistant looks for it, or the plugin's own folder of that
# name is found first.
import custom_components  # noqa: F401


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Let Home Assistant load the integration of this repository.

    It depends on the recorder, whose fixture must come before that of `hass`.
    """
