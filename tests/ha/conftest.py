"""Fixtures for the tests that run a real Home Assistant."""

import pytest

# Switched off for plain tests by the conftest above.
from pytest_homeassistant_custom_component.plugins import (  # noqa: F401
    configure_event_loop,
    enable_event_loop_debug,
    verify_cleanup,
)


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the integration of this repository."""
