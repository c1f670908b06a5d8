"""Rooms and ways between them are told with the names that people gave them."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from custom_components.pattern_intelligence.engine.home import (
    AreaInfo,
    EntityInfo,
    Home,
)
from custom_components.pattern_intelligence.engine.pattern import (
    Evidence,
    PatternType,
    Spread,
    When,
)
from custom_components.pattern_intelligence.engine.wording import Wording

from .test_life import finding

WORDING = Wording(
    Home(
        ZoneInfo("Europe/Berlin"),
        entities={
            "light.desk": EntityInfo("light.desk", name="Desk lamp"),
            "switch.printer": EntityInfo("switch.printer", name="Printer"),
        },
        areas={"study": AreaInfo("Study"), "hall": AreaInfo("Long hall")},
    )
)
EVIDENCE = Evidence(40, 36, 41, 9.04, 3.98, 1e-9, 1e-8)
USE = replace(
    finding(575.0),
    type=PatternType.ROOM_BASED,
    entities=(),
    area_ids=("study",),
    evidence=EVIDENCE,
    when=When(575.0, 570.0, 615.0, weekdays=(0, 1, 2, 3, 4)),
)
MOVE = replace(
    USE, area_ids=("study", "hall"), when=None, lag_s=Spread(24.0, 10.0, 50.0)
)


def test_the_use_of_a_room_is_told_with_its_time_and_days() -> None:
    """When it begins, in which window, on how many days."""
    assert WORDING.title(USE) == "Study in use from about 09:35 on weekdays"
    assert WORDING.description(USE) == (
        "Between 09:30 and 10:15 on 36 of 40 days; by chance it would be 9.0."
    )


def test_devices_of_a_use_are_named_once() -> None:
    """Also where two states of one belong to it."""
    devices = [
        {"entity_id": "light.desk", "state": "on"},
        {"entity_id": "switch.printer", "state": "on"},
        {"entity_id": "light.desk", "state": "flash"},
    ]
    said = WORDING.description(replace(USE, details={"devices": devices}))
    assert said.endswith(" Used then: Desk lamp and Printer.")


def test_a_move_names_both_rooms_in_order() -> None:
    """The later room first, as in the title of a link."""
    assert WORDING.title(MOVE) == "Long hall after Study"
    assert WORDING.description(MOVE) == (
        "The next room in use, typically after 24 s, on 36 of 40 days; "
        "by chance it would be 9.0."
    )


def test_a_room_without_a_name_is_made_readable() -> None:
    """An area that was removed is told by its id."""
    assert WORDING.title(replace(USE, area_ids=("wine_cellar",))).startswith(
        "Wine cellar in use"
    )
