"""Only what has a thing or a room in common is asked whether it explains something."""

from dataclasses import replace

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.keys import Key
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.engine.related import Related

from .builders import BERLIN
from .test_life import finding

HOME = Home(
    BERLIN.zone,
    entities={
        info.entity_id: info
        for info in (
            EntityInfo("light.a", device_id="lamp", area_id="hall"),
            EntityInfo("switch.a", device_id="lamp"),
            EntityInfo("light.b", area_id="hall"),
            EntityInfo("light.c", area_id="attic"),
            EntityInfo("binary_sensor.d", device_class="motion"),
        )
    },
)


def about(*entities: str, areas: tuple[str, ...] = ()) -> Finding:
    """Return a finding about some entities and areas."""
    keys = tuple(Key(entity_id, "on") for entity_id in entities)
    return replace(finding(400), entities=keys, area_ids=areas)


def related(owner: Finding, *others: Finding) -> list[int]:
    """Return which of some findings are related to the first."""
    found = Related.of([owner, *others], HOME).to(0, PatternType.TIME_OF_DAY)
    assert found[0] == 0
    return found[1:]


def test_by_the_device() -> None:
    """Siblings are one thing."""
    assert related(about("switch.a"), about("light.a"), about("light.b")) == [1]


def test_by_the_entity() -> None:
    """Also one that the registries do not know."""
    assert related(about("lock.x", "light.c"), about("lock.y"), about("lock.x")) == [2]


def test_by_the_room() -> None:
    """Of its entities, or its own."""
    use = about(areas=("hall",))
    assert related(use, about("light.a"), about("light.c"), about("light.b")) == [1, 3]
    assert related(about("light.a"), about("light.c"), about("light.b")) == [2]


def test_sensors_alone_are_related_to_everything() -> None:
    """What only they tell of, anybody's doing may explain; but not with a lamp."""
    seen, lit = about("binary_sensor.d"), about("binary_sensor.d", "light.c")
    assert related(about("light.a"), seen, lit) == [1]
    assert related(seen, about("light.a"), lit) == [2]
