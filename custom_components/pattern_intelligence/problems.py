"""What can go wrong, and how a person hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .messages import async_said
from .sources.base import SourceError, SourceUnavailableError
from .stores.base import (
    StoreDamagedError,
    StoreError,
    StoreRefusedError,
    StoreTooNewError,
    StoreUnavailableError,
)

STORE_DAMAGED = "store_damaged"
INFLUXDB_DAMAGED = "influxdb_damaged"
STORE_TOO_NEW = "store_too_new"
RECORDER_UNREADABLE = "recorder_unreadable"
STORE_UNREACHABLE = "store_unreachable"
NOTHING_RECORDED = "nothing_recorded"
DAYS_LOST = "days_lost"
MOVE_HELD_UP = "move_held_up"
ISSUES = (
    STORE_DAMAGED,
    INFLUXDB_DAMAGED,
    STORE_TOO_NEW,
    RECORDER_UNREADABLE,
    STORE_UNREACHABLE,
    NOTHING_RECORDED,
)
LASTING = (DAYS_LOST, MOVE_HELD_UP)
"""Issues that do not end with a run that went well."""

LONG: Final = timedelta(days=1)
"""How long a store may be away before a person should look after it."""


def passes(error: Exception) -> bool:
    """Tell whether waiting may help."""
    return isinstance(error, StoreUnavailableError | SourceUnavailableError)


@callback
def async_raise_issue(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    error: Exception,
    *,
    remote: bool = False,
) -> None:
    """Create the repair issue for an error that a person can do something about.

    Args:
        hass: Home Assistant.
        entry: the config entry.
        error: what went wrong.
        remote: whether it is a server's, not the file's.
    """
    match error:
        case StoreDamagedError():
            issue = INFLUXDB_DAMAGED if remote else STORE_DAMAGED
        case StoreRefusedError():
            entry.async_start_reauth(hass)
            return
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
        is_fixable=issue in {STORE_DAMAGED, INFLUXDB_DAMAGED},
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders={"error": async_said(hass, error)},
    )


@callback
def async_raise_long_outage(hass: HomeAssistant, error: Exception) -> None:
    """Create the repair issue for a store that has been away for long."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        STORE_UNREACHABLE,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=STORE_UNREACHABLE,
        translation_placeholders={"error": async_said(hass, error)},
    )


@callback
def async_note_recorded(hass: HomeAssistant, *, entities: int) -> None:
    """Create or delete the repair issue for a recorder that records nothing of use.

    Args:
        hass: Home Assistant.
        entities: how many entities were tracked on the last day learned.
    """
    if entities:
        ir.async_delete_issue(hass, DOMAIN, NOTHING_RECORDED)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        NOTHING_RECORDED,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=NOTHING_RECORDED,
    )


def said_of(days: Sequence[date]) -> dict[str, str]:
    """Return how many days there are, and the first and the last, for a text."""
    return {
        "count": str(len(days)),
        "first": min(days).isoformat(),
        "last": max(days).isoformat(),
    }


@callback
def async_raise_days_lost(hass: HomeAssistant, days: Sequence[date]) -> None:
    """Create the repair issue for days that learning anew would have lost."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        DAYS_LOST,
        is_fixable=False,
        # It is said once: what was wanted is given up.
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=DAYS_LOST,
        translation_placeholders=said_of(days),
    )


@callback
def async_clear_days_lost(hass: HomeAssistant) -> None:
    """Delete that issue: all is learned anew again."""
    ir.async_delete_issue(hass, DOMAIN, DAYS_LOST)


@callback
def async_raise_move_held_up(
    hass: HomeAssistant, entry: ConfigEntry[Any], error: Exception
) -> None:
    """Create the repair issue for a move that does not come to its end."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        MOVE_HELD_UP,
        data={"entry_id": entry.entry_id, "error": async_said(hass, error)},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=MOVE_HELD_UP,
    )


@callback
def async_clear_move_held_up(hass: HomeAssistant) -> None:
    """Delete that issue: it goes on, or was ended."""
    ir.async_delete_issue(hass, DOMAIN, MOVE_HELD_UP)


@callback
def async_clear_lasting(hass: HomeAssistant) -> None:
    """Delete the issues that no run ends: the entry is gone."""
    for issue in LASTING:
        ir.async_delete_issue(hass, DOMAIN, issue)


@callback
def async_clear_issues(hass: HomeAssistant) -> None:
    """Delete the issues: all is well, or the entry is gone."""
    for issue in ISSUES:
        ir.async_delete_issue(hass, DOMAIN, issue)


@callback
def async_clear_of_store(hass: HomeAssistant, *, remote: bool) -> None:
    """Delete the issues of a store that is not in use, or could be opened.

    Learning may be switched off, so that no run does.

    Args:
        hass: Home Assistant.
        remote: whether a server is in use, which was not asked yet.
    """
    for issue in (STORE_DAMAGED, STORE_TOO_NEW):
        ir.async_delete_issue(hass, DOMAIN, issue)
    if not remote:
        for issue in (INFLUXDB_DAMAGED, STORE_UNREACHABLE):
            ir.async_delete_issue(hass, DOMAIN, issue)


class Outage:
    """Says once that learning is held up, and once that it goes on."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self._since: datetime | None = None

    @property
    def long(self) -> bool:
        """Tell whether it has lasted for so long that somebody should know."""
        return self._since is not None and dt_util.utcnow() - self._since >= LONG

    def began(self, error: StoreError | SourceError) -> None:
        """Log an error, unless learning was held up already."""
        if self._since is None:
            LOGGER.warning("Learning is held up, no day is lost: %s", error)
            self._since = dt_util.utcnow()

    def ended(self) -> None:
        """Log that learning goes on, if it was held up."""
        if self._since is not None:
            LOGGER.info("Learning goes on")
        self._since = None
