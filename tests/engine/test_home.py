"""What a home knows of its entities."""

import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home

from .builders import BERLIN


def test_an_old_id_leads_to_the_newest() -> None:
    """However often it was renamed."""
    home = Home(BERLIN.zone, aliases={"light.a": "light.b", "light.b": "light.c"})
    assert home.resolve("light.a") == home.resolve("light.b") == "light.c"
    assert home.resolve("light.c") == "light.c"
    assert home.resolve("light.d") == "light.d"


@pytest.mark.parametrize(
    ("known", "expected"), [((), "light.a"), (("light.b",), "light.b")]
)
def test_a_ring_of_ids_is_one_entity(known: tuple[str, ...], expected: str) -> None:
    """Renamed there and back: by the id that it has, or the first."""
    home = Home(
        BERLIN.zone,
        entities={one: EntityInfo(one) for one in known},
        aliases={"light.a": "light.b", "light.b": "light.a", "light.z": "light.b"},
    )
    for one in ("light.a", "light.b", "light.z", expected):
        assert home.resolve(one) == expected
