"""Binary sensors: something out of the ordinary, and whether the store answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .entity import PatternIntelligenceEntity
from .runtime import PatternIntelligenceConfigEntry
from .sensor import strongest

PARALLEL_UPDATES = 0

ANOMALY: Final = BinarySensorEntityDescription(
    key="anomaly_today",
    translation_key="anomaly_today",
    device_class=BinarySensorDeviceClass.PROBLEM,
)
STORE: Final = BinarySensorEntityDescription(
    key="store_reachable",
    translation_key="store_reachable",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors."""
    coordinator = entry.runtime_data.parts.coordinator
    async_add_entities(
        [AnomalySensor(coordinator, ANOMALY), StoreSensor(coordinator, STORE)]
    )


class AnomalySensor(PatternIntelligenceEntity, BinarySensorEntity):
    """On from the run that finds an anomaly of the day just past until midnight."""

    _unrecorded_attributes = frozenset({"date", "patterns"})

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether today's run found the day before out of the ordinary."""
        yesterday = dt_util.now().date() - timedelta(days=1)
        snapshot = self.coordinator.data
        return snapshot.last_day == yesterday.isoformat() and bool(snapshot.anomalies)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return what was out of the ordinary, and when."""
        if not self.is_on:
            return {"date": None, "patterns": []}
        snapshot = self.coordinator.data
        return {"date": snapshot.last_day, "patterns": strongest(snapshot.anomalies)}


class StoreSensor(PatternIntelligenceEntity, BinarySensorEntity):
    """On while what is learned can be kept."""

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the last run could keep what it learned."""
        return self.coordinator.data.store_reachable
