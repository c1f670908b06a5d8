"""A button that runs the analysis now."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import Trigger
from .coordinator import PatternCoordinator
from .entity import PatternIntelligenceEntity
from .runtime import PatternIntelligenceConfigEntry
from .scheduler import Scheduler

PARALLEL_UPDATES = 0

RUN_NOW: Final = ButtonEntityDescription(
    key="run_now",
    translation_key="run_now",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the button."""
    data = entry.runtime_data
    async_add_entities([RunButton(data.parts.coordinator, data.scheduler)])


class RunButton(PatternIntelligenceEntity, ButtonEntity):
    """Begins a run, or does nothing while one is under way."""

    def __init__(self, coordinator: PatternCoordinator, scheduler: Scheduler) -> None:
        """Take what starts runs."""
        super().__init__(coordinator, RUN_NOW)
        self._scheduler = scheduler

    @override
    async def async_press(self) -> None:
        """Learn what is due and look for patterns; nobody waits for it.

        Raises:
            ServiceValidationError: learning is switched off.
        """
        self.coordinator.async_refuse_while_off()
        self._scheduler.learner.async_start(Trigger.BUTTON)
