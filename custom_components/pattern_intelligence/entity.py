"""What all entities have in common."""

from __future__ import annotations

from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import PatternCoordinator


class PatternIntelligenceEntity(CoordinatorEntity[PatternCoordinator]):
    """An entity of the one device, which stands for the service."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: PatternCoordinator, description: EntityDescription
    ) -> None:
        """Take its description; its unique id follows from the description's key."""
        super().__init__(coordinator)
        self.entity_description = description
        assert coordinator.config_entry is not None
        entry_id = coordinator.config_entry.entry_id
        self._attr_unique_id = f"{entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry_id)},
            entry_type=DeviceEntryType.SERVICE,
            translation_key="home",
        )
