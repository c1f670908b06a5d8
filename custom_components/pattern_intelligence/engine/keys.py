"""The unit that most habits are about, and how stored ids find their entities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

type Resolve = Callable[[str], str]
"""From an entity id as stored to the id the entity has now."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """An entity and the state it enters: the unit most habits are about."""

    entity_id: str
    state: str
