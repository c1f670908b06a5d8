"""Sessions are told with their room, their time and what is used in them."""

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
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .test_life import finding

WORDING = Wording(
    Home(
        ZoneInfo("Europe/Berlin"),
        entities={
            "light.sofa": EntityInfo("light.sofa", name="Sofa lamp"),
            "media_player.tv": EntityInfo("media_player.tv", name="Television"),
        },
        areas={"living": AreaInfo("Living room")},
    )
)
EVENING = replace(
    finding(1215.0),
    type=PatternType.SESSION,
    entities=(
        Key("light.sofa", "on"),
        Key("media_player.tv", "playing"),
        Key("switch.amplifier", "on"),
    ),
    area_ids=("living",),
    evidence=Evidence(40, 33, 33, 8.04, 4.1, 1e-9, 1e-8),
    when=When(1215.0, 1180.0, 1250.0, weekdays=(4, 5)),
    duration_s=Spread(5400.0, 3600.0, 9000.0),
)


def test_a_session_is_named_by_its_room_and_what_is_used() -> None:
    """With the names that people gave."""
    assert WORDING.title(EVENING) == (
        "Living room from about 20:15 on Fridays and Saturdays: "
        "Sofa lamp, Television and Amplifier"
    )


def test_a_session_without_a_room_is_named_by_what_is_used() -> None:
    """Of more than four things three are named."""
    many = tuple(Key(f"light.lamp_{number}", "on") for number in range(5))
    assert WORDING.title(replace(EVENING, area_ids=(), entities=many)) == (
        "From about 20:15 on Fridays and Saturdays: Lamp 0, Lamp 1, Lamp 2 and 2 more"
    )


def test_a_session_tells_its_begin_its_length_and_its_days() -> None:
    """What chance would give is told, too."""
    assert WORDING.description(EVENING) == (
        "Used in one sitting that begins between 19:40 and 20:50 and takes about "
        "90 min, on 33 of 40 days; by chance it would be 8.0."
    )
