"""What can go wrong, and how a person hears of it."""

from __future__ import annotations

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, LOGGER
from .sources.base import SourceError, SourceUnavailableError
from .stores.base import (
    StoreDamagedError,
    StoreError,
    StoreTooNewError,
    StoreUnavailableError,
)

STORE_DAMAGED = "store_damaged"
STORE_TOO_NEW = "store_too_new"
RECORDER_UNREADABLE = "recorder_unreadable"
ISSUES = (STORE_DAMAGED, STORE_TOO_NEW, RECORDER_UNREADABLE)


def passes(error: Exception) -> bool:
    """Tell whether waiting may help."""
    return isinstance(error, StoreUnavailableError | SourceUnavailableError)


@callback
def async_raise_issue(
    hass: HomeAssistant, entry: ConfigEntry[Any], error: Exception
) -> None:
    """Create the repair issue for an error that a person can do something about."""
    match error:
        case StoreDamagedError():
            issue = STORE_DAMAGED
        case StoreTooNewError():
            issue = STORE_TOO_NEW
        case SourceError() if not passes(error):
            issue = RECORDER_UNREADABLE
        case _:
            return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        data={"entry_id": entry.entry_id},
        is_fixable=issue == STORE_DAMAGED,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders={"error": str(error)},
    )


@callback
def async_clear_issues(hass: HomeAssistant) -> None:
    """Delete the issues: all is well, or the entry is gone."""
    for issue in ISSUES:
        ir.async_delete_issue(hass, DOMAIN, issue)


class Outage:
    """Says once that learning is held up, and once that it goes on."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self._ongoing = False

    def began(self, error: StoreError | SourceError) -> None:
        """Log an error, unless learning was held up already."""
        if not self._ongoing:
            LOGGER.warning("Learning is held up, no day is lost: %s", error)
        self._ongoing = True

    def ended(self) -> None:
        """Log that learning goes on, if it was held up."""
        if self._ongoing:
            LOGGER.info("Learning goes on")
        self._ongoing = False
