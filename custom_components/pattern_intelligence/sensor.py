"""Sensors: how many patterns there are, and how learning goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.json import json_bytes

from .const import LearningStatus
from .coordinator import Snapshot
from .engine.pattern import Json
from .entity import PatternIntelligenceEntity
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

    value: Callable[[Snapshot], int | str | datetime | None]
    attributes: Callable[[Snapshot], Mapping[str, Any]] | None = None


def _progress(snapshot: Snapshot) -> Mapping[str, Any]:
    progress = snapshot.progress
    return {
        "message": snapshot.message,
        "progress": progress
        and {"days_done": progress.done, "days_total": progress.total},
    }


SENSORS: Final = (
    PatternSensorDescription(
        key="patterns",
        translation_key="patterns",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda snapshot: len(snapshot.patterns),
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
    async_add_entities(
        PatternSensor(coordinator, description)
        for description in (*SENSORS, *(of_type(kind) for kind in kinds))
    )


class PatternSensor(PatternIntelligenceEntity, SensorEntity):
    """A figure of what was learned."""

    entity_description: PatternSensorDescription
    _unrecorded_attributes = frozenset({"message", "patterns", "progress"})

    @property
    @override
    def native_value(self) -> int | str | datetime | None:
        """Return the figure."""
        return self.entity_description.value(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what belongs to it."""
        attributes = self.entity_description.attributes
        return attributes(self.coordinator.data) if attributes else None
