"""What is known of the home besides its history: registries, place and language.

Looked up when detecting, never stored in an aggregate: names and areas change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from .civil import CivilTime
from .day_kinds import Calendar
from .happenings import domain_of
from .sun import Position

MOVEMENT: Final = frozenset({"motion", "moving", "occupancy", "presence"})
"""Device classes of what sees people, whatever they do."""


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """What the registries and the last state say of an entity.

    Attributes:
        entity_id: the id it has now.
        name: its friendly name, or None where nobody gave one.
        device_class: as its integration or the person set it.
        category: ``diagnostic``, ``config`` or None.
        area_id: its own area, or its device's.
        device_id: the device it belongs to.
        platform: the integration that provides it.
        labels: label ids, its own and its device's.
        hidden: hidden by the person or by an integration.
        options: the states of an enum sensor or a select; None where it has none.
    """

    entity_id: str
    name: str | None = None
    device_class: str | None = None
    category: str | None = None
    area_id: str | None = None
    device_id: str | None = None
    platform: str | None = None
    labels: frozenset[str] = frozenset()
    hidden: bool = False
    options: tuple[str, ...] | None = None

    @property
    def domain(self) -> str:
        """Return the domain."""
        return domain_of(self.entity_id)


@dataclass(frozen=True, slots=True)
class AreaInfo:
    """An area of the home.

    Attributes:
        name: as the person named it.
        floor_id: the floor it is on, if any.
    """

    name: str
    floor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The context of an analysis.

    Attributes:
        zone: the time zone.
        country: ISO 3166 code, or None.
        language: BCP 47 tag of the texts for persons.
        phrases: what patterns say in that language, by the names that
            :mod:`.wording` has; what is missing is said in English.
        entities: by entity id.
        areas: by area id.
        aliases: ids that entities had, and the ids they have now.
        calendar: which days are free.
        position: where it is; None where that is unknown, and nothing of the sun said.
    """

    zone: ZoneInfo
    country: str | None = None
    language: str = "en"
    phrases: Mapping[str, str] = field(default_factory=dict)
    entities: Mapping[str, EntityInfo] = field(default_factory=dict)
    areas: Mapping[str, AreaInfo] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    position: Position | None = None

    @property
    def civil(self) -> CivilTime:
        """Return the home's civil time."""
        return _civil(self.zone)

    def resolve(self, entity_id: str) -> str:
        """Return the id an entity has now, from one that it had.

        Where aliases lead in a ring, all of it is one entity: by the id that the
        registries know, else by the first in order.
        """
        way = [entity_id]
        while newer := self.aliases.get(way[-1]):
            if newer in way:
                ring = sorted(way[way.index(newer) :])
                return next((one for one in ring if one in self.entities), ring[0])
            way.append(newer)
        return way[-1]

    def entity(self, entity_id: str) -> EntityInfo:
        """Return what is known of an entity; of a stranger, its id alone."""
        return self.entities.get(entity_id) or EntityInfo(entity_id)

    def unit(self, entity_id: str) -> str:
        """Return the device an entity is on, or itself where it is on none."""
        return self.entity(entity_id).device_id or entity_id

    def sees_people(self, entity_id: str) -> bool:
        """Tell whether an entity sees people, whatever they do."""
        return self.entity(entity_id).device_class in MOVEMENT

    def area_ids(self, *entity_ids: str) -> tuple[str, ...]:
        """Return the areas of entities in order, each once."""
        areas = [self.entity(entity_id).area_id for entity_id in entity_ids]
        return tuple(dict.fromkeys(area for area in areas if area))


@lru_cache(maxsize=8)
def _civil(zone: ZoneInfo) -> CivilTime:
    """Return the civil time of a zone, which remembers when its days begin."""
    return CivilTime(zone)
