"""Which entities are tracked: those whose happenings a person would name.

Left out by what the registries say of them, never by substrings of their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from .happenings import RULES
from .home import EntityInfo

NOISY_CLASSES: Final = frozenset(
    {
        "battery",
        "battery_charging",
        "cold",
        "connectivity",
        "heat",
        "moisture",
        "plug",
        "power",
        "problem",
        "safety",
        "tamper",
        "update",
    }
)
"""Device classes of binary sensors that tell of devices, not of people."""

_ONLY_ENUM: Final = frozenset({"sensor"})
_LEADING: Final = (
    "light",
    "cover",
    "lock",
    "fan",
    "media_player",
    "climate",
    "vacuum",
    "humidifier",
    "water_heater",
    "valve",
    "alarm_control_panel",
    "lawn_mower",
    "siren",
)
_FOLLOWING: Final = frozenset(
    {"switch", "select", "number", "button", "sensor", "remote", "scene"}
)

MEASURED_CLASSES: Final = (
    "temperature",
    "illuminance",
    "irradiance",
    "humidity",
    "precipitation_intensity",
    "wind_speed",
)
"""Device classes of sensors whose numbers habits may follow, the first ones first."""

MOST_MEASURING: Final = 32
"""So many sensors' numbers are read at most."""

METER_CLASSES: Final = frozenset({"energy", "gas", "water"})
"""Device classes of what counts consumption."""

METER_UNITS: Final = frozenset(
    {"Wh", "kWh", "MWh", "GWh", "J", "kJ", "MJ", "GJ", "m³", "L", "gal", "ft³", "CCF"}
)
"""Units of consumption, where no registry tells what a meter is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the person left out, and what is looked at.

    Attributes:
        domains: domains to look at; None for all that have rules.
        excluded_entities: entity ids.
        excluded_areas: area ids.
        excluded_labels: label ids.
    """

    domains: frozenset[str] | None = None
    excluded_entities: frozenset[str] = frozenset()
    excluded_areas: frozenset[str] = frozenset()
    excluded_labels: frozenset[str] = frozenset()

    def admits(self, entity: EntityInfo) -> bool:
        """Tell whether the person lets an entity be looked at."""
        return (
            (self.domains is None or entity.domain in self.domains)
            and entity.entity_id not in self.excluded_entities
            and entity.area_id not in self.excluded_areas
            and not entity.labels & self.excluded_labels
        )

    def admits_number(self, entity: EntityInfo) -> bool:
        """Tell whether the person lets an entity's numbers be looked at.

        What domains habits are looked for in says nothing of what they may follow.
        """
        return replace(self, domains=None).admits(entity)


def tracked(
    recorded: Iterable[str], entities: Mapping[str, EntityInfo], scope: Scope
) -> tuple[str, ...]:
    """Return the ids of the entities whose rows are read, sorted.

    Args:
        recorded: entity ids that have rows.
        entities: what is known of them; an id that is missing is taken as it is.
        scope: the person's choice.
    """
    known = [entities.get(i) or EntityInfo(i) for i in sorted(set(recorded))]
    persons = any(entity.domain == "person" for entity in known)
    leaders = {e.device_id for e in known if e.device_id and e.domain in _LEADING}
    return tuple(
        entity.entity_id
        for entity in known
        if _has_happenings(entity)
        and not (entity.device_id in leaders and entity.domain in _FOLLOWING)
        and not (persons and entity.domain == "device_tracker")
        and scope.admits(entity)
    )


def _has_happenings(entity: EntityInfo) -> bool:
    if entity.domain not in RULES or entity.category or entity.hidden:
        return False
    if entity.domain in _ONLY_ENUM:
        return entity.device_class == "enum"
    return not (
        entity.domain == "binary_sensor" and entity.device_class in NOISY_CLASSES
    )


def measuring(
    recorded: Iterable[str], entities: Mapping[str, EntityInfo], scope: Scope
) -> tuple[str, ...]:
    """Return the ids of the sensors and weather services whose numbers are read.

    Where there are more than :data:`MOST_MEASURING`, the first of each kind in every
    area go before the second ones.

    Args:
        recorded: entity ids that have rows.
        entities: what is known of them.
        scope: the person's choice.
    """
    known = [entities.get(i) or EntityInfo(i) for i in sorted(set(recorded))]
    met: Counter[tuple[int, str | None]] = Counter()
    ranked = []
    for entity in known:
        rank = _measured_rank(entity)
        if rank is not None and scope.admits_number(entity):
            kind = rank, entity.area_id
            ranked.append((met[kind], rank, entity.entity_id))
            met[kind] += 1
    return tuple(sorted(name for *_, name in sorted(ranked)[:MOST_MEASURING]))


def _measured_rank(entity: EntityInfo) -> int | None:
    """Return how soon a kind of sensor is chosen; None for what is none."""
    if entity.category or entity.hidden:
        return None
    if entity.domain == "weather":
        return 0
    if entity.domain != "sensor" or entity.device_class not in MEASURED_CLASSES:
        return None
    return 1 + MEASURED_CLASSES.index(entity.device_class)


def is_meter(entity: EntityInfo, unit: str, scope: Scope) -> bool:
    """Tell whether what an entity counts is consumption.

    Args:
        entity: what is known of it; of one that was removed, its id alone.
        unit: the unit of its statistics.
        scope: the person's choice.
    """
    if not scope.admits_number(entity) or entity.category:
        return False
    if entity.device_class is None:
        return unit in METER_UNITS
    return entity.device_class in METER_CLASSES
