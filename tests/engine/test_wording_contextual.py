"""Habits of the sun, numbers and states, as people say them."""

from dataclasses import replace

import pytest

from custom_components.pattern_intelligence.engine.pattern import (
    Context,
    Finding,
    PatternType,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .test_life import finding
from .test_wording import HOME


def _found(context: Context) -> Finding:
    """Return a habit kept on 20 of 22 days; 4.5 of them by chance."""
    found = finding(1005)
    details = {"otherwise": {"days_eligible": 9, "days_matched": 1}}
    return replace(
        found,
        type=PatternType.CONTEXTUAL,
        entities=(Key("light.a", "on"),),
        evidence=replace(
            found.evidence, days_matched=20, days_eligible=22, expected=4.5
        ),
        when=When(1005, 996, 1012),
        context=context,
        details={} if context["kind"] == "sun" else details,
    )


@pytest.mark.parametrize(
    ("context", "title"),
    [
        (
            {"kind": "sun", "anchor": "sunset", "offset_min": 12},
            "Bathroom light turns on 12 min after sunset",
        ),
        (
            {"kind": "sun", "anchor": "sunrise", "offset_min": -20},
            "Bathroom light turns on 20 min before sunrise",
        ),
        (
            {"kind": "numeric", "entity_id": "sensor.outdoor", "below": 5.0},
            "Bathroom light turns on about 16:45 when Outdoor is below 5.0",
        ),
        (
            {"kind": "numeric", "entity_id": "sensor.outdoor", "above": 21.5},
            "Bathroom light turns on about 16:45 when Outdoor is above 21.5",
        ),
        (
            {"kind": "state", "entity_id": "person.ada", "state": "home"},
            "Bathroom light turns on about 16:45 while Ada is home",
        ),
        (
            {"kind": "state", "entity_id": "switch.kiln", "state": "on"},
            "Bathroom light turns on about 16:45 while Kiln is on",
        ),
    ],
)
def test_titles(context: Context, title: str) -> None:
    """What is done, and what it follows."""
    assert Wording(HOME).title(_found(context)) == title


def test_of_the_sun_it_is_said_what_the_clock_would_be() -> None:
    """And how much more than by chance."""
    said = Wording(HOME).description(
        _found({"kind": "sun", "anchor": "sunset", "offset_min": 12})
    )
    assert said == (
        "It follows the sun rather than the clock: on 20 of 22 days; by chance it "
        "would be 4.5. Next about 16:45."
    )


def test_of_a_condition_it_is_said_what_is_without() -> None:
    """On days with it, and on others."""
    said = Wording(HOME).description(
        _found({"kind": "numeric", "entity_id": "sensor.outdoor", "below": 5.0})
    )
    assert said == (
        "Between 16:36 and 16:52 on 20 of 22 days with that condition, and on 1 of 9 "
        "days without it."
    )
