"""Names that the modules of the integration share."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
import logging
from math import inf
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "pattern_intelligence"
LOGGER: Final = logging.getLogger(__package__)
PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
]

CONF_STORE: Final = "store"
CONF_INFLUXDB: Final = "influxdb"
CONF_MOVE: Final = "move"
CONF_SCOPE: Final = "scope"
CONF_EXCLUDED_AREAS: Final = "excluded_areas"
CONF_EXCLUDED_DOMAINS: Final = "excluded_domains"
CONF_EXCLUDED_ENTITIES: Final = "excluded_entities"
CONF_EXCLUDED_LABELS: Final = "excluded_labels"
CONF_SCHEDULE: Final = "schedule"
CONF_TIME: Final = "time"
CONF_DETECTORS: Final = "detectors"
CONF_RETENTION: Final = "retention"
CONF_NOTIFICATIONS: Final = "notifications"
CONF_HOLIDAYS: Final = "holidays"
CONF_COUNTRY: Final = "country"
CONF_SUBDIVISION: Final = "subdivision"
CONF_WORKDAY_ENTITY: Final = "workday_entity"
CONF_STORAGE: Final = "storage"
CONF_KEEP_DATA: Final = "keep_data"

DEFAULT_TIME: Final = time(4, 5)
"""No zone skips or doubles this minute, and the recorder purges just after it."""

DATABASE: Final = "pattern_intelligence.db"
"""The built-in store, in the configuration directory."""


class StoreKind(StrEnum):
    """Where aggregates may live."""

    BUILT_IN = "built_in"
    INFLUXDB_2 = "influxdb_2"
    INFLUXDB_1 = "influxdb_1"


class Sensitivity(StrEnum):
    """How many patterns of a type are wanted, and how sure they are to be."""

    OFF = "off"
    FEWER = "fewer"
    BALANCED = "balanced"
    MORE = "more"


LISTED_FROM: Final = {
    Sensitivity.OFF: inf,
    Sensitivity.FEWER: 0.8,
    Sensitivity.BALANCED: 0.65,
    Sensitivity.MORE: 0.0,
}
"""The least confidence that is shown; all that is found at all is at least 0.5."""


class LearningStatus(StrEnum):
    """What the integration is doing, as the status sensor says it."""

    IDLE = "idle"
    LEARNING = "learning"
    MOVING = "moving"
    WAITING_FOR_HISTORY = "waiting_for_history"
    WAITING_FOR_RECORDER = "waiting_for_recorder"
    PAUSED = "paused"
    SWITCHED_OFF = "switched_off"
    ERROR = "error"


class Trigger(StrEnum):
    """Why a run began."""

    START = "start"
    NIGHTLY = "nightly"
    RETRY = "retry"
    RENAMED = "renamed"
    MOVE = "move"
    SERVICE = "service"
    BUTTON = "button"
    SWITCHED_ON = "switched_on"
