"""The services that everybody may call: run the analysis, and get the patterns."""

from __future__ import annotations

from typing import Final

from homeassistant.const import ATTR_AREA_ID, ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import DOMAIN
from .engine.pattern import PatternType, Status
from .messages import async_message
from .published import Filter, empty_report
from .runner import RELEARNED_DAYS
from .runtime import async_loaded_entry
from .services_backup import async_setup_backup_services
from .services_decisions import async_setup_decision_services
from .services_forgetting import async_setup_forgetting_service
from .services_learning import async_run, async_setup_learning_service
from .services_validation import async_setup_validation_service
from .stores.base import Layer
from .work import Wish

RUN_ANALYSIS: Final = "run_analysis"
GET_PATTERNS: Final = "get_patterns"

ATTR_DAYS: Final = "days"
ATTR_SCOPE: Final = "scope"
ATTR_TYPE: Final = "type"
ATTR_STATUS: Final = "status"
ATTR_MIN_CONFIDENCE: Final = "min_confidence"

RUN_ANALYSIS_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_DAYS): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=RELEARNED_DAYS)
        ),
        vol.Optional(ATTR_SCOPE, default=Layer.DAILY.value): vol.All(
            cv.string, vol.In([layer.value for layer in Layer])
        ),
    }
)

GET_PATTERNS_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_TYPE): vol.All(
            cv.ensure_list, [vol.In([kind.value for kind in PatternType])]
        ),
        vol.Optional(ATTR_ENTITY_ID): cv.entity_ids,
        vol.Optional(ATTR_AREA_ID): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(ATTR_MIN_CONFIDENCE): vol.All(
            vol.Coerce(float), vol.Range(min=0, max=1)
        ),
        vol.Optional(ATTR_STATUS): vol.All(
            cv.ensure_list, [vol.In([status.value for status in Status])]
        ),
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the services, which are there whether or not the entry is loaded."""
    hass.services.async_register(
        DOMAIN,
        RUN_ANALYSIS,
        _async_run_analysis,
        RUN_ANALYSIS_SCHEMA,
        SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        GET_PATTERNS,
        _async_get_patterns,
        GET_PATTERNS_SCHEMA,
        SupportsResponse.ONLY,
    )
    async_setup_decision_services(hass)
    async_setup_forgetting_service(hass)
    async_setup_learning_service(hass)
    async_setup_backup_services(hass)
    async_setup_validation_service(hass)


async def _async_run_analysis(call: ServiceCall) -> ServiceResponse:
    """Run the analysis, or join the run under way, and say what it did."""
    layer, days = Layer(call.data[ATTR_SCOPE]), call.data.get(ATTR_DAYS, 0)
    if layer is Layer.DAILY:
        wish = Wish(again=days)
    else:
        wish = Wish(layers=frozenset({layer}), back=days)
    data = async_loaded_entry(call.hass).runtime_data
    data.parts.coordinator.async_refuse_while_off()
    return await async_run(data.scheduler.learner, wish)


async def _async_get_patterns(call: ServiceCall) -> ServiceResponse:
    """Return the patterns last found that are asked for, in the contract's form."""
    entry = async_loaded_entry(call.hass)
    data = call.data
    asked = Filter(
        types=frozenset(data.get(ATTR_TYPE, ())),
        entity_ids=frozenset(data.get(ATTR_ENTITY_ID, ())),
        area_ids=frozenset(data.get(ATTR_AREA_ID, ())),
        statuses=frozenset(data.get(ATTR_STATUS, ())),
        min_confidence=data.get(ATTR_MIN_CONFIDENCE, 0.0),
    )
    snapshot = entry.runtime_data.parts.coordinator.data
    if snapshot.report is None:
        why = async_message(call.hass, "nothing_learned")
        return empty_report(
            call.hass.config.time_zone,
            dict.fromkeys(entry.runtime_data.detectors, why),
        )
    patterns = [p for p in snapshot.shown.patterns if asked.admits(p)]
    return {**snapshot.report, "patterns": patterns}
