"""Sequences are told step by step."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np

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

WORDING = Wording(
    Home(
        ZoneInfo("Europe/Berlin"),
        entities={
            info.entity_id: info
            for info in (
                EntityInfo(
                    "binary_sensor.door", name="Front door", device_class="door"
                ),
                EntityInfo("light.hall", name="Hall light"),
            )
        },
    )
)


def _sequence() -> Finding:
    return replace(
        finding(0),
        type=PatternType.SEQUENCE,
        entities=(
            Key("person.anna", "home"),
            Key("binary_sensor.door", "on"),
            Key("light.hall", "on"),
        ),
        when=None,
        lag_s=Spread(75, 40, 180),
        times=np.zeros(0),
    )


def test_a_sequence_is_titled_by_its_steps() -> None:
    """The first, then the others in their order."""
    assert WORDING.title(_sequence()) == (
        "Anna comes home, then Front door opens and Hall light turns on"
    )


def test_a_sequence_is_told_with_what_it_takes() -> None:
    """From the first step to the last; ten of ten days, and by chance one."""
    assert WORDING.description(_sequence()) == (
        "After the first step the others follow in this order, typically within 75 s "
        "and mostly within 3 min, on 10 of 10 days; by chance it would be 1.0."
    )


def test_a_usual_start_is_told_if_there_is_one() -> None:
    """With the days on which it is kept."""
    timed = replace(_sequence(), when=When(1050, 1035, 1080, weekdays=(0, 1, 2, 3, 4)))
    assert WORDING.title(timed).startswith(
        "About 17:30 on weekdays: Anna comes home, then"
    )
    assert WORDING.description(timed).endswith(
        "It mostly begins between 17:15 and 18:00."
    )
