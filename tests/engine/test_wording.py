"""Patterns speak to people, with the names that people gave things."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import (
    Finding,
    PatternType,
    Spread,
)
from custom_components.pattern_intelligence.engine.sentence import Sentence
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .test_life import finding

HOME = Home(
    ZoneInfo("Europe/Berlin"),
    entities={
        info.entity_id: info
        for info in (
            EntityInfo("light.a", name="Bathroom light"),
            EntityInfo("binary_sensor.door", name="Front door", device_class="door"),
            EntityInfo("binary_sensor.pir", name="Hall", device_class="motion"),
            EntityInfo("automation.dusk", name="Lights at dusk"),
        )
    },
)
WORDING = Wording(HOME)


@pytest.mark.parametrize(
    ("entity_id", "state", "said"),
    [
        ("light.a", "on", "Bathroom light turns on"),
        ("binary_sensor.door", "on", "Front door opens"),
        ("binary_sensor.pir", "off", "Hall becomes quiet"),
        ("binary_sensor.unknown_thing", "on", "Unknown thing turns on"),
        ("person.anna", "not_home", "Anna leaves home"),
        ("person.anna", "Work", "Anna changes to Work"),
        ("climate.flat", "heat", "Flat changes to heat"),
        ("select.mode", "on", "Mode turns on"),
    ],
)
def test_what_happens_is_said_as_people_say_it(
    entity_id: str, state: str, said: str
) -> None:
    """By device class, then domain, then state; an id is made readable."""
    assert WORDING.entered(Key(entity_id, state)) == said


def test_braces_in_names_and_states_are_only_text() -> None:
    """Whatever a device calls its state, a title is a title."""
    said = WORDING.entered(Key("select.mode", "{0} {name.__class__}"))
    assert said == "Mode changes to {0} {name.__class__}"


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        (tuple(range(7)), "every day"),
        ((0, 1, 2, 3, 4), "on weekdays"),
        ((5, 6), "at weekends"),
        ((1,), "on Tuesdays"),
        ((0, 2, 4), "on Mondays, Wednesdays and Fridays"),
    ],
)
def test_days_are_said_as_people_say_them(weekdays: tuple[int, ...], said: str) -> None:
    """Everything that has a name of its own goes by it."""
    assert WORDING.days(weekdays) == said


def test_kinds_of_days_are_said_as_people_say_them() -> None:
    """Where holidays matter, the weekdays are not the whole truth."""
    assert WORDING.days((0, 1, 2, 3, 4), "workday") == "on workdays"
    assert WORDING.days((5, 6), "free") == "on free days"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(35, "35 s"), (91.4, "91 s"), (150, "2 min"), (7199, "120 min"), (9000, "2.5 h")],
)
def test_spans_are_rounded_as_people_do(seconds: float, said: str) -> None:
    """In the smaller unit up to two of the larger: 91 s are not two minutes."""
    assert WORDING.span(seconds) == said


def test_a_time_of_day_is_titled_and_told() -> None:
    """Ten of ten days, and by chance one."""
    found = finding(405)
    assert WORDING.title(found) == "Bathroom light turns on about 06:45 every day"
    assert WORDING.description(found) == (
        "Between 06:35 and 06:55 on 10 of 10 days; by chance it would be 1.0."
    )
    assert found.when is not None
    first = replace(found, when=replace(found.when, anchor="first"))
    assert WORDING.title(first).startswith("First of the day: Bathroom light")


def _link() -> Finding:
    return replace(
        finding(0),
        type=PatternType.CO_OCCURRENCE,
        entities=(Key("binary_sensor.door", "on"), Key("light.a", "on")),
        when=None,
        lag_s=Spread(35, 12, 80),
        times=np.zeros(0),
    )


def test_a_link_is_titled_and_told() -> None:
    """The effect comes first, since that is what one sees."""
    assert WORDING.title(_link()) == "Bathroom light turns on after Front door opens"
    assert WORDING.description(_link()) == (
        "Mostly within 80 s, typically after 35 s, on 10 of 10 days; "
        "by chance it would be 1.0."
    )


def test_an_automation_that_does_it_already_is_named() -> None:
    """By the name it has."""
    automated = replace(_link(), automated_by=("automation.dusk", "automation.gone"))
    assert WORDING.description(automated).endswith(
        "Already done by Lights at dusk and Gone."
    )


@pytest.mark.parametrize(
    ("companions", "said"),
    [
        ([], ""),
        (["light.a"], " Along with it: Bathroom light."),
        (
            ["light.a", "light.b", "light.b", "light.c", "light.d"],
            " Along with it: Bathroom light, B, C and D.",
        ),
        (
            ["light.a", "light.b", "light.c", "light.d", "light.e"],
            " Along with it: Bathroom light, B, C and 2 more.",
        ),
    ],
)
def test_what_goes_along_is_named(companions: list[str], said: str) -> None:
    """Each once, and not a dozen of them."""
    alone = finding(480)
    found = replace(
        alone,
        details={
            "companions": [{"entity_id": name, "state": "on"} for name in companions]
        },
    )
    assert WORDING.description(found) == WORDING.description(alone) + said


def test_what_is_translated_is_said_in_the_language_of_the_home() -> None:
    """The rest is said in English; numbers and dates as they are written there."""
    german = Wording(
        replace(
            HOME,
            phrases={
                "entered.on": "{name} geht an",
                "number.point": ",",
                "span.hours": "{count} Std.",
                "date": "{day}.{month}.{year}",
                "waits.days": "braucht {needed} Tage, bisher {days}",
            },
        )
    )
    assert german.entered(Key("light.a", "on")) == "Bathroom light geht an"
    assert german.entered(Key("light.a", "off")) == "Bathroom light turns off"
    assert german.span(9000) == "2,5 Std."
    assert german.date(date(2026, 3, 9)) == "09.03.2026"
    waits = Sentence.of("waits.days", needed=14, days=3)
    assert german.told(waits) == "braucht 14 Tage, bisher 3"
