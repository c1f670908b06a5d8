"""The house itself: rooms, devices, entities, and how busily each is used."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

import numpy as np

from .model import Area, Device, Entity

FLOORS = (("ground", "Ground floor"), ("upper", "Upper floor"))
ROOMS = (
    Area("hallway", "Hallway", "ground"),
    Area("kitchen", "Kitchen", "ground"),
    Area("living_room", "Living room", "ground"),
    Area("dining_room", "Dining room", "ground"),
    Area("laundry", "Laundry", "ground"),
    Area("garden", "Garden", None),
    Area("bathroom", "Bathroom", "upper"),
    Area("bedroom", "Bedroom", "upper"),
    Area("guest_room", "Guest room", "upper"),
    Area("office", "Office", "upper"),
)
HALLWAY = "hallway"
RESIDENTS = ("alex", "robin")


class Role(Enum):
    """What moves an entity."""

    USED = "used"
    MOTION = "motion"
    PERSON = "person"
    MIRROR = "mirror"
    NUMERIC = "numeric"
    QUIET = "quiet"


type Rhythm = Literal["day", "evening", "meals"]


@dataclass(frozen=True, slots=True)
class Use:
    """How an entity is used: `per_day` times, `minutes` long (median), and when.

    `modes` are there where it has programs: the share of each, its minutes, and the
    sd of their log.
    """

    role: Role
    per_day: float = 0.0
    minutes: float = 0.0
    rhythm: Rhythm = "meals"
    modes: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """The entities of one house and their use, position by position."""

    entities: tuple[Entity, ...]
    uses: tuple[Use, ...]
    devices: tuple[Device, ...]

    def where(self, role: Role) -> np.ndarray:
        """Return the positions of the entities of a role."""
        found = [n for n, use in enumerate(self.uses) if use.role is role]
        return np.array(found, np.int32)


# domain, id, area, uses a day, median minutes, rhythm, device class
_USED: tuple[tuple[str, str, str, float, float, Rhythm, str | None], ...] = (
    ("light", "hallway_ceiling", "hallway", 5, 6, "meals", None),
    ("binary_sensor", "front_door", "hallway", 6, 0.4, "day", "door"),
    ("lock", "front_door_lock", "hallway", 2, 12, "day", None),
    ("switch", "hallway_lamp", "hallway", 0.8, 90, "evening", None),
    ("light", "kitchen_ceiling", "kitchen", 6, 20, "meals", None),
    ("light", "kitchen_counter", "kitchen", 3, 25, "meals", None),
    ("switch", "coffee_machine", "kitchen", 1.5, 25, "meals", "outlet"),
    ("switch", "kettle", "kitchen", 2.5, 4, "meals", "outlet"),
    ("switch", "dishwasher", "kitchen", 0.6, 100, "evening", "outlet"),
    ("media_player", "kitchen_radio", "kitchen", 1.2, 40, "meals", "speaker"),
    ("binary_sensor", "fridge_door", "kitchen", 11, 0.4, "meals", "door"),
    ("binary_sensor", "pantry_door", "kitchen", 4, 1, "meals", "door"),
    ("fan", "extractor_hood", "kitchen", 1, 25, "meals", None),
    ("light", "living_ceiling", "living_room", 3.5, 50, "evening", None),
    ("light", "living_floor_lamp", "living_room", 2, 90, "evening", None),
    ("light", "reading_lamp", "living_room", 1.2, 60, "evening", None),
    ("media_player", "living_tv", "living_room", 2, 80, "evening", "tv"),
    ("switch", "soundbar", "living_room", 1.2, 80, "evening", "outlet"),
    ("cover", "living_blinds", "living_room", 1.4, 200, "day", "blind"),
    ("binary_sensor", "terrace_door", "living_room", 3, 4, "day", "door"),
    ("binary_sensor", "sofa", "living_room", 5, 30, "evening", "occupancy"),
    ("light", "dining_pendant", "dining_room", 2.5, 40, "meals", None),
    ("binary_sensor", "dining_window", "dining_room", 0.8, 20, "day", "window"),
    ("light", "laundry_ceiling", "laundry", 2, 6, "day", None),
    ("switch", "washing_machine", "laundry", 0.7, 90, "day", "outlet"),
    ("switch", "dryer", "laundry", 0.4, 80, "day", "outlet"),
    ("light", "garden_spots", "garden", 0.8, 120, "evening", None),
    ("switch", "irrigation", "garden", 0.3, 20, "day", None),
    ("light", "shed", "garden", 0.8, 12, "day", None),
    ("light", "bathroom_ceiling", "bathroom", 7, 8, "meals", None),
    ("light", "bathroom_mirror", "bathroom", 3, 7, "meals", None),
    ("fan", "bathroom_fan", "bathroom", 2, 15, "meals", None),
    ("binary_sensor", "bathroom_door", "bathroom", 8, 5, "meals", "door"),
    ("switch", "towel_heater", "bathroom", 0.6, 60, "day", None),
    ("light", "bedroom_ceiling", "bedroom", 3, 9, "meals", None),
    ("light", "bedside_left", "bedroom", 1.6, 25, "evening", None),
    ("light", "bedside_right", "bedroom", 1.4, 25, "evening", None),
    ("cover", "bedroom_shutter", "bedroom", 1, 300, "day", "shutter"),
    ("binary_sensor", "bedroom_window", "bedroom", 1.2, 25, "day", "window"),
    ("binary_sensor", "wardrobe", "bedroom", 3, 1.5, "meals", "door"),
    ("switch", "heated_blanket", "bedroom", 0.4, 30, "evening", None),
    ("light", "guest_ceiling", "guest_room", 1, 15, "evening", None),
    ("cover", "guest_shutter", "guest_room", 0.5, 300, "day", "shutter"),
    ("light", "office_ceiling", "office", 2, 70, "day", None),
    ("light", "desk_lamp", "office", 2, 60, "day", None),
    ("switch", "computer", "office", 1.5, 120, "day", "outlet"),
    ("switch", "printer", "office", 0.5, 6, "day", "outlet"),
    ("media_player", "office_speaker", "office", 1, 45, "day", "speaker"),
    ("binary_sensor", "office_window", "office", 0.9, 15, "day", "window"),
    ("vacuum", "robot", "living_room", 0.5, 45, "day", None),
    ("input_boolean", "guest_mode", "hallway", 0.15, 600, "day", None),
    ("climate", "bathroom_heater", "bathroom", 0.9, 60, "meals", None),
)
_MOTION = (
    "hallway",
    "kitchen",
    "living_room",
    "dining_room",
    "laundry",
    "bathroom",
    "bedroom",
    "office",
)
_STATES = {
    "cover": ("open", "closed"),
    "lock": ("unlocked", "locked"),
    "media_player": ("playing", "off"),
    "vacuum": ("cleaning", "docked"),
    "climate": ("heat", "off"),
    "person": ("home", "not_home"),
    "device_tracker": ("home", "not_home"),
}
#: Entities left as they are in every house, since planned life depends on them.
_ALWAYS = {"front_door", "hallway_ceiling", "garden_spots"}


def build(rng: np.random.Generator) -> House:
    """Draw a house: what it has, and how busily this household uses it."""
    made: list[tuple[Entity, Use]] = []
    devices: list[Device] = []
    for domain, slug, area, per_day, minutes, rhythm, device_class in _USED:
        missing = rng.random() < 0.06
        busier = float(np.exp(rng.normal(0, 0.35)))
        longer = float(np.exp(rng.normal(0, 0.25)))
        if missing and slug not in _ALWAYS:
            continue
        main = entity_of(domain, slug, area, device_class)
        devices.append(Device(f"dev_{slug}", main.name, area, "Model S"))
        use = Use(Role.USED, per_day * busier, minutes * longer, rhythm)
        made.append((main, use))
        made.extend(_siblings(main, rng))
    for area in _MOTION:
        main = entity_of("binary_sensor", f"{area}_motion", area, "motion")
        devices.append(Device(f"dev_{area}_motion", main.name, area, "Model M"))
        made.append((main, Use(Role.MOTION)))
        made.extend(_room_numbers(main, area))
    made.extend(_household())
    entities, uses = zip(*made, strict=True)
    return House(entities, uses, tuple(devices))


def entity_of(
    domain: str, slug: str, area: str | None, device_class: str | None
) -> Entity:
    """Make the main entity of a device."""
    active, rest = _STATES.get(domain, ("on", "off"))
    return Entity(
        entity_id=f"{domain}.{slug}",
        name=slug.replace("_", " ").capitalize(),
        area_id=area,
        device_id=f"dev_{slug}",
        device_class=device_class,
        active=active,
        rest=rest,
    )


def _siblings(main: Entity, rng: np.random.Generator) -> list[tuple[Entity, Use]]:
    """Make what else is on a device: power, link quality, an indicator, firmware."""
    slug = main.entity_id.partition(".")[2]

    def sibling(domain: str, what: str, **changes: object) -> Entity:
        plain = replace(main, device_class=None, active="on", rest="off")
        named = replace(
            plain,
            entity_id=f"{domain}.{slug}_{what}",
            name=f"{main.name} {what.replace('_', ' ')}",
        )
        return replace(named, **changes)  # type: ignore[arg-type]

    found: list[tuple[Entity, Use]] = []
    numeric = Use(Role.NUMERIC)
    if main.device_class == "outlet":
        power = sibling("sensor", "power", device_class="power", unit="W")
        found.append((power, numeric))
        led = sibling("switch", "led", mirrors=main.entity_id)
        found.append((led, Use(Role.MIRROR)))
    if rng.random() < 0.25:
        quality = sibling("sensor", "linkquality", unit="lqi", category="diagnostic")
        found.append((quality, numeric))
    if rng.random() < 0.15:
        update = sibling(
            "update", "firmware", device_class="firmware", category="config"
        )
        found.append((update, Use(Role.QUIET)))
    return found


def _room_numbers(motion: Entity, area: str) -> list[tuple[Entity, Use]]:
    """Make the numeric sensors of a room and the battery of its motion sensor."""
    numeric = Use(Role.NUMERIC)
    sides = (
        ("temperature", "temperature", "°C", None),
        ("humidity", "humidity", "%", None),
        ("illuminance", "illuminance", "lx", None),
        ("battery", "battery", "%", "diagnostic"),
    )
    return [
        (
            replace(
                motion,
                entity_id=f"sensor.{area}_{what}",
                name=f"{area.replace('_', ' ').capitalize()} {what}",
                device_class=device_class,
                unit=unit,
                category=category,  # type: ignore[arg-type]
            ),
            numeric,
        )
        for what, device_class, unit, category in sides
    ]


def _household() -> list[tuple[Entity, Use]]:
    """Make people, their phones, automations, and what stands for no device."""
    made: list[tuple[Entity, Use]] = []
    for name in RESIDENTS:
        person = Entity(
            entity_id=f"person.{name}",
            name=name.capitalize(),
            platform="person",
            active="home",
            rest="not_home",
        )
        phone = replace(
            person,
            entity_id=f"device_tracker.{name}_phone",
            name=f"{name.capitalize()}'s phone",
            device_id=f"dev_{name}_phone",
            platform="mobile_app",
            mirrors=person.entity_id,
        )
        made += [(person, Use(Role.PERSON)), (phone, Use(Role.MIRROR))]
    for slug, name in (("evening_light", "Evening light"), ("hall", "Hall by motion")):
        entity = Entity(
            entity_id=f"automation.{slug}", name=name, platform="automation", rest="on"
        )
        made.append((entity, Use(Role.QUIET)))
    sun = Entity(
        entity_id="sun.sun",
        name="Sun",
        platform="",
        active="above_horizon",
        rest="below_horizon",
    )
    outdoor = Entity(
        entity_id="sensor.outdoor_temperature",
        name="Outdoor temperature",
        area_id="garden",
        device_class="temperature",
        unit="°C",
    )
    energy = Entity(
        entity_id="sensor.grid_energy",
        name="Grid energy",
        device_class="energy",
        unit="kWh",
    )
    made += [(sun, Use(Role.QUIET))]
    made += [(outdoor, Use(Role.NUMERIC)), (energy, Use(Role.NUMERIC))]
    return made
