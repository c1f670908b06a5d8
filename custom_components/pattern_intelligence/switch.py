"""The switch that pauses learning; nothing else does."""

from __future__ import annotations

from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN, Trigger
from .entity import PatternIntelligenceEntity
from .gate import in_executor
from .learning import keep_learning
from .messages import async_said
from .runtime import PatternIntelligenceConfigEntry, RuntimeData
from .stores.base import StoreError

PARALLEL_UPDATES = 1

LEARNING: Final = SwitchEntityDescription(
    key="learning",
    translation_key="learning",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switch."""
    async_add_entities([LearningSwitch(entry.runtime_data)])


class LearningSwitch(PatternIntelligenceEntity, SwitchEntity):
    """On while days are learned; days missed meanwhile are made up for."""

    def __init__(self, data: RuntimeData) -> None:
        """Take what it pauses."""
        super().__init__(data.parts.coordinator, LEARNING)
        self._data = data

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether days are learned."""
        return self.coordinator.data.learning

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Learn from now on, and what is due at once."""
        await self._async_set(on=True)
        self._data.scheduler.learner.async_start(Trigger.SWITCHED_ON)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Learn nothing more; a run under way ends after the day it is in."""
        await self._async_set(on=False)
        await self._data.scheduler.learner.async_stop()
        self.coordinator.async_settle()

    async def _async_set(self, *, on: bool) -> None:
        """Keep it at once, so that it lasts over a crash, too.

        Raises:
            HomeAssistantError: it could not be kept; it stays as it was.
        """
        try:
            local = self._data.parts.storage.local
            await in_executor(self.hass, keep_learning, local, on)
        except StoreError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="not_kept",
                translation_placeholders={"error": async_said(self.hass, err)},
            ) from err
        self.coordinator.async_publish(learning=on)
