"""An event entity: patterns discovered, changed and fading, and anomalies."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PatternIntelligenceEntity
from .news import News, NewsKind
from .runtime import PatternIntelligenceConfigEntry
from .sensor import TITLE_LENGTH

PARALLEL_UPDATES = 0

NEWS: Final = EventEntityDescription(
    key="news",
    translation_key="news",
    event_types=[kind.value for kind in NewsKind],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entity."""
    async_add_entities([NewsEvent(entry.runtime_data.parts.coordinator, NEWS)])


class NewsEvent(PatternIntelligenceEntity, EventEntity):
    """Happens once for everything that is news after a run."""

    entity_description: EventEntityDescription
    _unrecorded_attributes = frozenset(
        {"pattern_id", "type", "title", "time", "date", "confidence"}
    )

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for news."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, self.coordinator.news_signal, self._async_happen
            )
        )

    @callback
    def _async_happen(self, news: list[News]) -> None:
        for one in news:
            when = one.pattern["when"] or {}
            self._trigger_event(
                one.kind.value,
                {
                    "pattern_id": one.pattern["id"],
                    "type": one.pattern["type"],
                    "title": one.pattern["title"][:TITLE_LENGTH],
                    "time": when.get("time"),
                    "date": when.get("date"),
                    "confidence": one.pattern["confidence"],
                },
            )
            self.async_write_ha_state()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Do nothing: what is news is told apart."""
