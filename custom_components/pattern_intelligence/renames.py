"""Entities that were renamed: their old ids keep leading to what was learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import json
from typing import Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .engine.pattern import Json
from .stores.base import LocalStore
from .texts import items_of

RENAMES: Final = "renames"
"""Name of the text under which renames are kept."""


class Renames:
    """The renames of entities, in the order in which they were made.

    Args:
        kept: what :meth:`keep` wrote, or None.
    """

    def __init__(self, kept: str | None) -> None:
        """Begin with the renames that were kept."""
        self._renames: list[Json] = items_of(kept)
        self._kept = len(self._renames)

    def keep(self, local: LocalStore) -> None:
        """Write what is not yet kept. Blocks.

        Raises:
            StoreError: the store failed; what was not kept is tried again next time.
        """
        if (count := len(self._renames)) > self._kept:
            local.write_text(RENAMES, json.dumps(self._renames[:count]))
            self._kept = count

    @property
    def aliases(self) -> Mapping[str, str]:
        """Return ids that entities had, and the ids they got then.

        An id that was given to an entity again is nobody's alias any more.
        """
        aliases: dict[str, str] = {}
        for rename in self._renames:
            if rename["old"]:
                aliases[rename["old"]] = rename["new"]
            aliases.pop(rename["new"], None)
        return aliases

    def add(self, old: str | None, new: str, on: str) -> None:
        """Note that an entity has a new id.

        Args:
            old: the id it had; None where the entity itself is new.
            new: the id it has.
            on: the local date.
        """
        self._renames.append({"old": old, "new": new, "on": on})

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

        @callback
        def updated(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
            data = event.data
            today = dt_util.now().date().isoformat()
            if data["action"] == "update" and "old_entity_id" in data:
                self.add(data["old_entity_id"], data["entity_id"], today)
            elif data["action"] == "create" and data["entity_id"] in self.aliases:
                self.add(None, data["entity_id"], today)
            else:
                return
            renamed()

        return hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, updated)
