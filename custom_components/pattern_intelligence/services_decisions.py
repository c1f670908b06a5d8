"""The services by which a person decides on patterns; they ask for an admin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .engine.pattern import Status
from .messages import async_said
from .runtime import async_loaded_entry
from .stores.base import StoreError

ACCEPT_PATTERN: Final = "accept_pattern"
DISMISS_PATTERN: Final = "dismiss_pattern"
RESTORE_PATTERN: Final = "restore_pattern"
FOLLOW_PATTERN: Final = "follow_pattern"
UNFOLLOW_PATTERN: Final = "unfollow_pattern"

ATTR_PATTERN_ID: Final = "pattern_id"
ATTR_DAYS: Final = "days"
LONGEST_SNOOZE: Final = 365

PATTERN_SCHEMA: Final = vol.Schema({vol.Required(ATTR_PATTERN_ID): cv.string})
DISMISS_SCHEMA: Final = PATTERN_SCHEMA.extend(
    {
        vol.Optional(ATTR_DAYS): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=LONGEST_SNOOZE)
        )
    }
)


@callback
def async_setup_decision_services(hass: HomeAssistant) -> None:
    """Register the services, which are there whether or not the entry is loaded."""
    for name, handler, schema in (
        (ACCEPT_PATTERN, _async_accept, PATTERN_SCHEMA),
        (DISMISS_PATTERN, _async_dismiss, DISMISS_SCHEMA),
        (RESTORE_PATTERN, _async_restore, PATTERN_SCHEMA),
        (FOLLOW_PATTERN, _async_follow, PATTERN_SCHEMA),
        (UNFOLLOW_PATTERN, _async_unfollow, PATTERN_SCHEMA),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, handler, schema, SupportsResponse.OPTIONAL
        )


async def _async_accept(call: ServiceCall) -> ServiceResponse:
    return await _async_decide(call, {"verdict": Status.ACCEPTED.value, "until": None})


async def _async_dismiss(call: ServiceCall) -> ServiceResponse:
    """Hide a pattern for good, or for some days."""
    verdict, until = Status.DISMISSED, None
    if days := call.data.get(ATTR_DAYS):
        verdict = Status.SNOOZED
        until = (dt_util.now().date() + timedelta(days=days)).isoformat()
    return await _async_decide(call, {"verdict": verdict.value, "until": until})


async def _async_restore(call: ServiceCall) -> ServiceResponse:
    return await _async_decide(call, {"verdict": None, "until": None})


async def _async_follow(call: ServiceCall) -> ServiceResponse:
    return await _async_decide(call, {"followed": True})


async def _async_unfollow(call: ServiceCall) -> ServiceResponse:
    return await _async_decide(call, {"followed": False})


async def _async_decide(
    call: ServiceCall, changes: Mapping[str, Any]
) -> ServiceResponse:
    """Record what was decided, and say what stands now.

    Raises:
        ServiceValidationError: there is no such pattern.
        HomeAssistantError: it could not be kept; nothing was changed.
    """
    parts = async_loaded_entry(call.hass).runtime_data.parts
    pattern_id = call.data[ATTR_PATTERN_ID]
    try:
        decision = await parts.async_decide(call.hass, pattern_id, changes)
    except LookupError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_pattern",
            translation_placeholders={"pattern_id": pattern_id},
        ) from err
    except StoreError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_kept",
            translation_placeholders={"error": async_said(call.hass, err)},
        ) from err
    listed = parts.coordinator.data.shown.pattern(pattern_id)
    return {
        "pattern_id": pattern_id,
        "title": (listed or (decision.pattern if decision else {})).get("title"),
        "status": listed["status"] if listed else decision and decision.verdict,
        "followed": decision is not None and decision.followed,
        "snoozed_until": decision.until if decision else None,
    }
