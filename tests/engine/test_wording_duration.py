"""How long things usually last, said as people say it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import (
    Finding,
    PatternType,
    Spread,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .test_life import finding

HOME = Home(
    ZoneInfo("Europe/Berlin"),
    entities={
        info.entity_id: info
        for info in (
            EntityInfo("switch.washer", name="Washing machine"),
            EntityInfo("binary_sensor.door", name="Front door", device_class="door"),
            EntityInfo("automation.dark", name="Lights out"),
        )
    },
)
WORDING = Wording(HOME)


def _length() -> Finding:
    return replace(
        finding(0),
        type=PatternType.DURATION,
        entities=(Key("switch.washer", "on"),),
        when=None,
        duration_s=Spread(2700, 2580, 2880),
        times=np.zeros(0),
    )


def test_a_length_is_titled_and_told() -> None:
    """Ten of ten days."""
    assert WORDING.title(_length()) == "Washing machine usually on for 45 min"
    assert WORDING.description(_length()) == (
        "Eight in ten times for 43 min to 48 min; about as long on 10 of 10 days."
    )


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        (4380.0, None, "Of what lasts 73 min or longer."),
        (None, 4380.0, "Of what lasts less than 73 min."),
        (1200.0, 4380.0, "Of what lasts 20 min to 73 min."),
    ],
)
def test_it_is_said_of_which_runs_a_length_holds(
    above: float | None, below: float | None, said: str
) -> None:
    """One program of several."""
    context = {"kind": "lasting", "above_s": above, "below_s": below}
    assert WORDING.description(replace(_length(), context=context)).endswith(said)


def test_the_usual_begin_is_told() -> None:
    """Where there is one."""
    begins = replace(_length(), when=When(405, 395, 415, weekdays=(5, 6)))
    assert WORDING.description(begins).endswith(
        "It usually begins about 06:45 at weekends."
    )


def test_what_ends_it_is_named() -> None:
    """After all else that is said."""
    automated = replace(_length(), automated_by=("automation.dark",))
    assert WORDING.description(automated).endswith("Already done by Lights out.")


@pytest.mark.parametrize(
    ("entity_id", "state", "said"),
    [
        ("binary_sensor.door", "on", "Front door usually open for 45 min"),
        ("person.anna", "not_home", "Anna usually away for 45 min"),
        ("media_player.tv", "playing", "Tv usually playing for 45 min"),
        ("sensor.oven", "baking", "Oven usually in state baking for 45 min"),
    ],
)
def test_states_are_named_as_people_name_them(
    entity_id: str, state: str, said: str
) -> None:
    """By device class, then domain, then state."""
    found = replace(_length(), entities=(Key(entity_id, state),))
    assert WORDING.title(found) == said
