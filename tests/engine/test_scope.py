"""Tracked is what a person would name, as far as the registries tell."""

import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo
from custom_components.pattern_intelligence.engine.scope import Scope, tracked


def _tracked(*entities: EntityInfo, scope: Scope | None = None) -> tuple[str, ...]:
    known = {entity.entity_id: entity for entity in entities}
    return tracked(known, known, scope or Scope())


def test_strangers_are_taken_by_their_domain() -> None:
    """A database without registries still tells something."""
    ids = ["light.b", "sun.sun", "light.a", "sensor.temperature", "update.core"]
    assert tracked(ids, {}, Scope()) == ("light.a", "light.b")


@pytest.mark.parametrize(
    "entity",
    [
        EntityInfo("switch.led", category="config"),
        EntityInfo("binary_sensor.link", category="diagnostic"),
        EntityInfo("light.hidden", hidden=True),
        EntityInfo("binary_sensor.low", device_class="battery"),
        EntityInfo("sensor.power", device_class="power"),
    ],
)
def test_what_tells_of_devices_is_left_out(entity: EntityInfo) -> None:
    """Diagnostic, configuration, hidden, and sensors of numbers."""
    assert _tracked(entity) == ()


def test_an_enum_sensor_has_states() -> None:
    """A washing machine's program is something that happens."""
    entity = EntityInfo("sensor.washer", device_class="enum", options=("run", "idle"))
    assert _tracked(entity) == ("sensor.washer",)


def test_siblings_follow_the_one_that_leads_their_device() -> None:
    """A light's own switch and select are left out; another device's stay."""
    assert _tracked(
        EntityInfo("light.lamp", device_id="d1"),
        EntityInfo("switch.lamp_child_lock", device_id="d1"),
        EntityInfo("select.lamp_effect", device_id="d1"),
        EntityInfo("switch.plug", device_id="d2"),
    ) == ("light.lamp", "switch.plug")


def test_persons_stand_for_their_trackers() -> None:
    """A tracker alone is better than nobody."""
    phone = EntityInfo("device_tracker.phone")
    assert _tracked(phone) == ("device_tracker.phone",)
    assert _tracked(phone, EntityInfo("person.a")) == ("person.a",)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(domains=frozenset({"cover"})),
        Scope(excluded_entities=frozenset({"light.a"})),
        Scope(excluded_areas=frozenset({"attic"})),
        Scope(excluded_labels=frozenset({"private"})),
    ],
)
def test_the_person_decides(scope: Scope) -> None:
    """By domain, entity, area or label."""
    entity = EntityInfo("light.a", area_id="attic", labels=frozenset({"private"}))
    assert _tracked(entity) == ("light.a",)
    assert _tracked(entity, scope=scope) == ()
