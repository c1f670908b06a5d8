"""Entities that were renamed: their old ids keep leading to what was learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import json
from typing import Final

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    HomeAssistant,
    callback,
    split_entity_id,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .engine.pattern import Json
from .stores.base import LocalStore
from .texts import items_of

RENAMES: Final = "renames"
"""Name of the text under which renames are kept."""

KNOWN_IDS: Final = "entity_ids"
"""Name of the text that says which id each registry entry had when last seen."""


class Renames:
    """The renames of entities, in the order in which they were made.

    Aliases have no dates: what an id that two entities had one after the other left
    behind counts for the one that has it now, or that had it last.

    Args:
        kept: what :meth:`keep` wrote of renames, or None.
        known: what it wrote of ids, or None.
    """

    def __init__(self, kept: str | None, known: str | None = None) -> None:
        """Begin with the renames that were kept."""
        self._renames: list[Json] = items_of(kept)
        self._kept = len(self._renames)
        self._aliases: dict[str, str] = {}
        for rename in self._renames:
            self._follow(rename["old"], rename["new"])
        self._ids: dict[str, str] = next(iter(items_of(known)), {})
        self._kept_ids = self._ids.copy()

    def keep(self, local: LocalStore) -> None:
        """Write what is not yet kept. Blocks.

        Raises:
            StoreError: the store failed; what was not kept is tried again next time.
        """
        # Copied first: a rename in neither is found again, one in the ids alone is not.
        ids = self._ids.copy()
        if (count := len(self._renames)) > self._kept:
            local.write_text(RENAMES, json.dumps(self._renames[:count]))
            self._kept = count
        if ids != self._kept_ids:
            local.write_text(KNOWN_IDS, json.dumps([ids]))
            self._kept_ids = ids

    def clear(self) -> None:
        """Note that nothing is kept any more that an old id could lead to."""
        self._renames, self._kept = [], 0
        self._aliases.clear()

    @property
    def aliases(self) -> Mapping[str, str]:
        """Return ids that entities had, and the ids they have now.

        An id that was given to an entity again is nobody's alias any more.
        """
        return self._aliases.copy()

    def resolve(self, entity_id: str) -> str:
        """Return the id an entity has now, from one that it had."""
        return self._aliases.get(entity_id, entity_id)

    def add(self, old: str | None, new: str, on: str) -> None:
        """Note that an entity has a new id.

        Args:
            old: the id it had; None where the entity itself is new.
            new: the id it has.
            on: the local date.
        """
        self._renames.append({"old": old, "new": new, "on": on})
        self._follow(old, new)

    def _follow(self, old: str | None, new: str) -> None:
        """Lead all earlier ids straight to the new one, which is in use from now on."""
        if old:
            for had, has in self._aliases.items():
                if has == old:
                    self._aliases[had] = new
            self._aliases[old] = new
        self._aliases.pop(new, None)

    @callback
    def async_catch_up(self, hass: HomeAssistant) -> None:
        """Note what was renamed while nobody listened."""
        today = dt_util.now().date().isoformat()
        registered = er.async_get(hass).entities
        ids = {entry.id: entry.entity_id for entry in registered.values()}
        moved = {
            key: (old, ids[key])
            for key, old in self._ids.items()
            if ids.get(key, old) != old
        }
        left = {old for old, _ in moved.values()}
        taken = left & {new for _, new in moved.values()}
        # Ids may have changed hands: the entities concerned step aside first.
        for key, (old, new) in moved.items():
            if taken & {old, new}:
                aside = f"{split_entity_id(old)[0]}.{key}"
                self.add(old, aside, today)
                moved[key] = (aside, new)
        for old, new in moved.values():
            self.add(old, new, today)
        for entity_id in self._aliases.keys() & registered.keys():
            self.add(None, entity_id, today)
        self._ids = ids

    @callback
    def async_listen(
        self, hass: HomeAssistant, renamed: Callable[[], None]
    ) -> CALLBACK_TYPE:
        """Follow the entity registry.

        Args:
            hass: Home Assistant.
            renamed: called after a rename was noted.

        Returns:
            What ends it.
        """

        registered = er.async_get(hass)

        @callback
        def updated(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
            data = event.data
            entity_id = data["entity_id"]
            today = dt_util.now().date().isoformat()
            if (entry := registered.async_get(entity_id)) is not None:
                self._ids[entry.id] = entity_id
            if data["action"] == "update" and "old_entity_id" in data:
                self.add(data["old_entity_id"], entity_id, today)
            elif data["action"] == "create" and entity_id in self._aliases:
                self.add(None, entity_id, today)
            else:
                return
            renamed()

        return hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, updated)
