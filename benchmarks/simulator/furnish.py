"""What fully furnished houses have beside the plain ones: rooms, devices, programs."""

from dataclasses import replace

import numpy as np

from .house import ROOMS, House, Rhythm, Role, Use, entity_of
from .model import Area, Device, Entity

FURNISHED_ROOMS = (
    *ROOMS,
    Area("studio", "Studio", "upper"),
    Area("gym", "Gym", "ground"),
)

# domain, id, area, uses a day, median minutes, rhythm, device class
_MORE: tuple[tuple[str, str, str, float, float, Rhythm, str | None], ...] = (
    ("binary_sensor", "studio_presence", "studio", 0.3, 6, "day", "occupancy"),
    ("binary_sensor", "gym_presence", "gym", 0.3, 6, "day", "occupancy"),
    ("light", "studio_lamp", "studio", 0.5, 30, "evening", None),
    ("media_player", "gym_speaker", "gym", 0.4, 30, "day", "speaker"),
    ("switch", "stove", "kitchen", 1.6, 22, "meals", None),
    ("switch", "toaster", "kitchen", 0.9, 4, "meals", None),
    ("switch", "microwave", "kitchen", 1.1, 5, "meals", None),
    ("switch", "blender", "kitchen", 0.5, 3, "meals", None),
    ("light", "pantry_light", "kitchen", 1.2, 5, "meals", None),
    ("binary_sensor", "cutlery_drawer", "kitchen", 2.2, 0.3, "meals", "opening"),
    ("binary_sensor", "cup_cabinet", "kitchen", 2.4, 0.3, "meals", "opening"),
    ("media_player", "bathroom_radio", "bathroom", 0.9, 20, "meals", "speaker"),
    ("switch", "hair_dryer", "bathroom", 0.8, 6, "meals", None),
    ("light", "shower_light", "bathroom", 1.3, 12, "meals", None),
    ("binary_sensor", "medicine_cabinet", "bathroom", 0.9, 0.4, "meals", "opening"),
    ("fan", "bedroom_fan", "bedroom", 0.5, 45, "evening", None),
    ("light", "wardrobe_light", "bedroom", 1.1, 4, "meals", None),
    ("switch", "night_light", "bedroom", 0.4, 50, "evening", None),
    ("cover", "office_blind", "office", 0.6, 240, "day", "blind"),
    ("light", "monitor_backlight", "office", 0.9, 50, "day", None),
    ("switch", "document_scanner", "office", 0.5, 4, "day", None),
    ("light", "stairs", "hallway", 2.4, 3, "meals", None),
    ("light", "porch", "hallway", 0.8, 30, "evening", None),
    ("binary_sensor", "back_door", "hallway", 1.4, 1, "day", "door"),
    ("binary_sensor", "mailbox", "hallway", 0.8, 0.3, "day", "opening"),
    ("light", "tv_backlight", "living_room", 0.9, 60, "evening", None),
    ("switch", "game_console", "living_room", 0.6, 60, "evening", None),
    ("switch", "amplifier", "living_room", 0.7, 55, "evening", None),
    ("light", "sideboard", "dining_room", 0.8, 40, "meals", None),
    ("binary_sensor", "detergent_drawer", "laundry", 0.5, 0.4, "day", "opening"),
    ("light", "guest_lamp", "guest_room", 0.5, 20, "evening", None),
    ("switch", "garden_pump", "garden", 0.4, 25, "day", None),
)
#: How long what has a program runs: share of each, minutes, sd of their log.
PROGRAMS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "fan.bathroom_fan": ((1.0, 20.0, 0.05),),
    "switch.stove": ((1.0, 24.0, 0.12),),
    "media_player.living_tv": ((1.0, 120.0, 0.15),),
    "switch.washing_machine": ((0.6, 48.0, 0.04), (0.4, 112.0, 0.03)),
    "light.shower_light": ((1.0, 11.0, 0.14),),
}
#: Uses a day that a program needs, so that there are enough of it to learn.
_RUNS_A_DAY = 1.2


def furnished(house: House, rng: np.random.Generator) -> House:
    """Return a house with more in it, behind what it has.

    Args:
        house: A plain house.
        rng: Where chance comes from.
    """
    uses = [
        replace(
            use,
            per_day=max(use.per_day, _RUNS_A_DAY),
            modes=PROGRAMS[entity.entity_id],
        )
        if entity.entity_id in PROGRAMS
        else use
        for entity, use in zip(house.entities, house.uses, strict=True)
    ]
    entities = list(house.entities)
    devices = list(house.devices)
    for domain, slug, area, per_day, minutes, rhythm, device_class in _MORE:
        main = entity_of(domain, slug, area, device_class)
        busier, longer = np.exp(rng.normal(0, (0.3, 0.2)))
        entities.append(main)
        devices.append(Device(f"dev_{slug}", main.name, area, "Model S"))
        modes = PROGRAMS.get(main.entity_id, ())
        rate = per_day * float(busier)
        uses.append(
            Use(
                Role.USED,
                max(rate, _RUNS_A_DAY) if modes else rate,
                minutes * float(longer),
                rhythm,
                modes,
            )
        )
    entities.append(
        Entity(
            entity_id="automation.good_night",
            name="Good night",
            platform="automation",
            rest="on",
        )
    )
    uses.append(Use(Role.QUIET))
    return House(tuple(entities), tuple(uses), tuple(devices))
