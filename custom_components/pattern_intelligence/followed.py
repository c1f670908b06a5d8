"""Sensors of the patterns that a person follows: one for each, as long as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_time
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import PatternCoordinator
from .decisions import Decision
from .engine.pattern import Json
from .entity import PatternIntelligenceEntity
from .occurrences import Routine
from .runtime import PatternIntelligenceConfigEntry

PREFIX = "followed_"


@callback
def async_follow_patterns(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a sensor for each pattern that is followed, and remove it afterwards."""
    coordinator = entry.runtime_data.parts.coordinator
    present: set[str] = set()

    @callback
    def keep_up() -> None:
        book = coordinator.data.shown.book
        followed = {key for key, decision in book.items() if decision.followed}
        if followed == present:
            return
        for key in present - followed:
            _async_remove(hass, f"{entry.entry_id}_{PREFIX}{key}")
        async_add_entities(
            FollowedSensor(coordinator, book[key]) for key in sorted(followed - present)
        )
        present.clear()
        present.update(followed)

    registered = er.async_get(hass)
    prefix = f"{entry.entry_id}_{PREFIX}"
    followed = {key for key, one in coordinator.data.shown.book.items() if one.followed}
    for entity in er.async_entries_for_config_entry(registered, entry.entry_id):
        key = entity.unique_id.removeprefix(prefix)
        if key != entity.unique_id and key not in followed:
            registered.async_remove(entity.entity_id)
    keep_up()
    entry.async_on_unload(coordinator.async_add_listener(keep_up))


@callback
def _async_remove(hass: HomeAssistant, unique_id: str) -> None:
    registered = er.async_get(hass)
    entity_id = registered.async_get_entity_id("sensor", DOMAIN, unique_id)
    if entity_id is not None:
        registered.async_remove(entity_id)


class FollowedSensor(PatternIntelligenceEntity, SensorEntity):
    """When a pattern is expected next; where it keeps no time, how sure it is."""

    _unrecorded_attributes = frozenset(
        {
            "pattern_id",
            "title",
            "status",
            "confidence",
            "earliest",
            "latest",
            "days_matched",
            "days_eligible",
            "last_seen",
        }
    )

    def __init__(self, coordinator: PatternCoordinator, decision: Decision) -> None:
        """Take the decision by which the pattern is followed."""
        timed = Routine.of(decision.pattern) is not None
        description = SensorEntityDescription(
            key=f"{PREFIX}{decision.key}",
            translation_key="followed_time" if timed else "followed_confidence",
            device_class=SensorDeviceClass.TIMESTAMP if timed else None,
            native_unit_of_measurement=None if timed else PERCENTAGE,
            state_class=None if timed else SensorStateClass.MEASUREMENT,
        )
        super().__init__(coordinator, description)
        self._timed = timed
        self._decision = decision.key
        self._cancel: CALLBACK_TYPE | None = None
        self._attr_translation_placeholders = {"title": decision.pattern["title"]}
        self._take_over()

    @property
    @override
    def available(self) -> bool:
        """Tell whether the pattern is listed now."""
        return super().available and self._pattern is not None

    @property
    def _pattern(self) -> Json | None:
        return self.coordinator.data.shown.found.get(self._decision)

    @override
    async def async_added_to_hass(self) -> None:
        """Move on to the next time once this one is over."""
        await super().async_added_to_hass()
        self.async_on_remove(self._stop_waiting)
        self._wait()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._take_over()
        self._wait()
        super()._handle_coordinator_update()

    @callback
    def _async_passed(self, _now: datetime) -> None:
        self._cancel = None
        self._handle_coordinator_update()

    @callback
    def _stop_waiting(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    @callback
    def _wait(self) -> None:
        self._stop_waiting()
        if isinstance(due := self.native_value, datetime):
            self._cancel = async_track_point_in_time(self.hass, self._async_passed, due)

    def _take_over(self) -> None:
        """Work out what is shown of the pattern, as it was last found."""
        pattern = self._pattern
        self._attr_native_value = None
        if pattern is None:
            return
        if self._timed:
            self._attr_native_value = self._expected(pattern)
        else:
            self._attr_native_value = round(100 * pattern["confidence"])

    def _expected(self, pattern: Json) -> datetime | None:
        routine = Routine.of(pattern)
        if routine is None:
            return None
        now = dt_util.now()
        at = self._following(routine, now)
        # After the clock was put back, what is over lies ahead by the clock alone.
        if at is not None and at.timestamp() <= now.timestamp():
            at = self._following(routine, at)
        return at

    def _following(self, routine: Routine, now: datetime) -> datetime | None:
        day = routine.following(now, self.coordinator.is_holiday)
        if day is None:
            return None
        return routine.on(day, dt_util.get_default_time_zone()).at

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what the expectation rests on."""
        pattern = self._pattern
        if pattern is None:
            return None
        when, evidence = pattern["when"] or {}, pattern["evidence"]
        return {
            "pattern_id": pattern["id"],
            "title": pattern["title"],
            "status": pattern["life_status"],
            "confidence": pattern["confidence"],
            "earliest": when.get("earliest"),
            "latest": when.get("latest"),
            "days_matched": evidence["days_matched"],
            "days_eligible": evidence["days_eligible"],
            "last_seen": pattern["last_seen"],
        }
