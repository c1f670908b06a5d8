"""Sensors: how many patterns there are, and how learning goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfInformation, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.json import json_bytes
from homeassistant.util import dt as dt_util

from .const import LearningStatus
from .coordinator import Snapshot
from .engine.pattern import Json
from .entity import PatternIntelligenceEntity
from .followed import async_follow_patterns
from .news import WEEK
from .runtime import PatternIntelligenceConfigEntry

PARALLEL_UPDATES = 0

SHOWN_PATTERNS: Final = 10
ATTRIBUTE_BYTES: Final = 4096
TITLE_LENGTH: Final = 160


@dataclass(frozen=True, kw_only=True)
class PatternSensorDescription(SensorEntityDescription):
    """A sensor, and where its value comes from.

    Attributes:
        value: its value in a snapshot.
        attributes: its attributes, if it has any.
    """

    value: Callable[[Snapshot], int | float | str | datetime | None]
    attributes: Callable[[Snapshot], Mapping[str, Any]] | None = None


def _progress(snapshot: Snapshot) -> Mapping[str, Any]:
    progress = snapshot.progress
    return {
        "message": snapshot.message,
        "progress": progress
        and {"days_done": progress.done, "days_total": progress.total},
    }


def _new_this_week(snapshot: Snapshot) -> list[Json]:
    """Return the patterns that were first told of in the last seven days."""
    new = snapshot.told.new_since(dt_util.now().date() - WEEK + timedelta(days=1))
    return [pattern for pattern in snapshot.patterns if pattern["id"] in new]


SENSORS: Final = (
    PatternSensorDescription(
        key="patterns",
        translation_key="patterns",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda snapshot: len(snapshot.patterns),
    ),
    PatternSensorDescription(
        key="new_this_week",
        translation_key="new_this_week",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda snapshot: len(_new_this_week(snapshot)),
        attributes=lambda snapshot: {"patterns": strongest(_new_this_week(snapshot))},
    ),
    PatternSensorDescription(
        key="anomalies_yesterday",
        translation_key="anomalies_yesterday",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda snapshot: (
            len(snapshot.anomalies) if snapshot.report is not None else None
        ),
        attributes=lambda snapshot: {
            "date": snapshot.last_day,
            "patterns": strongest(snapshot.anomalies),
        },
    ),
    PatternSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[status.value for status in LearningStatus],
        value=lambda snapshot: snapshot.shown_status.value,
        attributes=_progress,
    ),
    PatternSensorDescription(
        key="last_run",
        translation_key="last_run",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda snapshot: snapshot.last_run,
    ),
    PatternSensorDescription(
        key="last_run_duration",
        translation_key="last_run_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value=lambda snapshot: snapshot.last_seconds,
    ),
    PatternSensorDescription(
        key="last_run_events",
        translation_key="last_run_events",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda snapshot: snapshot.last_events,
    ),
    PatternSensorDescription(
        key="store_size",
        translation_key="store_size",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda snapshot: snapshot.store_bytes,
    ),
    PatternSensorDescription(
        key="next_run",
        translation_key="next_run",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda snapshot: snapshot.next_run,
    ),
    PatternSensorDescription(
        key="days_learned",
        translation_key="days_learned",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL,
        value=lambda snapshot: snapshot.days,
    ),
    PatternSensorDescription(
        key="events_processed",
        translation_key="events_processed",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL,
        value=lambda snapshot: snapshot.events,
    ),
)


def of_type(kind: str) -> PatternSensorDescription:
    """Return the sensor that shows the patterns of a type."""
    return PatternSensorDescription(
        key=f"patterns_{kind}",
        translation_key=f"patterns_{kind}",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda snapshot: sum(p["type"] == kind for p in snapshot.patterns),
        attributes=lambda snapshot: {
            "patterns": strongest([p for p in snapshot.patterns if p["type"] == kind])
        },
    )


def strongest(patterns: list[Json]) -> list[Json]:
    """Return the first of some patterns in brief, at most ten and 4 kB.

    Args:
        patterns: surest first.
    """
    brief: list[Json] = []
    size = 2
    for pattern in patterns[:SHOWN_PATTERNS]:
        when = pattern["when"] or {}
        one = {
            "id": pattern["id"],
            "title": pattern["title"][:TITLE_LENGTH],
            "time": when.get("time"),
            "weekdays": when.get("weekdays"),
            "confidence": pattern["confidence"],
        }
        size += len(json_bytes(one)) + 1
        if size > ATTRIBUTE_BYTES:
            break
        brief.append(one)
    return brief


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors, one more for each detector that is switched on."""
    coordinator = entry.runtime_data.parts.coordinator
    kinds = entry.runtime_data.detectors
    async_follow_patterns(hass, entry, async_add_entities)
    async_add_entities(
        PatternSensor(coordinator, description)
        for description in (*SENSORS, *(of_type(kind) for kind in kinds))
    )


class PatternSensor(PatternIntelligenceEntity, SensorEntity):
    """A figure of what was learned."""

    entity_description: PatternSensorDescription
    _unrecorded_attributes = frozenset({"date", "message", "patterns", "progress"})

    @property
    @override
    def native_value(self) -> int | float | str | datetime | None:
        """Return the figure."""
        return self.entity_description.value(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what belongs to it."""
        attributes = self.entity_description.attributes
        return attributes(self.coordinator.data) if attributes else None
