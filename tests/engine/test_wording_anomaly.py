"""A day that was out of the ordinary, told to people."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import (
    Evidence,
    Finding,
    PatternType,
    Provenance,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

HOME = Home(
    ZoneInfo("Europe/Berlin"),
    entities={
        info.entity_id: info
        for info in (
            EntityInfo("light.a", name="Lamp"),
            EntityInfo("light.b", name="Other lamp"),
            EntityInfo("switch.stove", name="Stove"),
        )
    },
)


def anomaly(kind: str, entity_id: str = "light.a", **facts: Any) -> Finding:
    """Return what was found on a Monday."""
    state = "on" if kind in {"left_on", "missed"} else ""
    days = np.arange(20_000, 20_063)
    return Finding(
        PatternType.ANOMALY,
        (Key(entity_id, state),),
        (),
        0.9,
        Evidence(63, 1, 1, 0.001, None, 1e-5, 1e-3),
        Provenance(0.0, 1.0, 0.0),
        days,
        days[-1:],
        np.zeros(0),
        When(215.0, 195.0, 230.0, weekdays=(0,), day=date(2026, 3, 9)),
        context={"kind": kind},
        details={"kind": kind, "others": [], **facts},
    )


@pytest.mark.parametrize(
    ("found", "title", "description"),
    [
        (
            anomaly("too_many", expected=2.13, seen=16.0),
            "Lamp was used far more than usual",
            "16 times on 2026-03-09, where 2.1 were to be expected.",
        ),
        (
            anomaly("too_few", expected=24.6, seen=2.0),
            "Lamp was used far less than usual",
            "2 times on 2026-03-09, where 25 were to be expected.",
        ),
        (
            anomaly("too_few", expected=24.6, seen=0.0),
            "Lamp was not used at all",
            "Not once on 2026-03-09, where 25 times were to be expected.",
        ),
        (
            anomaly("odd_hour", expected=0.001, seen=3.0),
            "Lamp was used at an unusual hour",
            "3 times about 03:35 on 2026-03-09; otherwise it is hardly ever used then.",
        ),
        (
            anomaly("left_on", "switch.stove", expected=1500.0, seen=32400.0),
            "Stove was on for unusually long",
            "Since 03:35 for 9.0 h, as of 2026-03-09; usually 25 min.",
        ),
        (
            anomaly(
                "left_on", "switch.stove", expected=1500.0, seen=32400.0, goes_on=True
            ),
            "Stove has been on for unusually long",
            "Since 03:35 for 9.0 h, as of 2026-03-09; usually 25 min.",
        ),
        (
            anomaly("missed", expected=1.0, seen=0.0, kept=60, of=61),
            "Not this time: Lamp turns on about 03:35",
            "On 2026-03-09 it did not happen, after 60 of 61 days.",
        ),
        (
            anomaly("silent", expected=14.2, seen=0.0),
            "Lamp fell silent",
            (
                "Nothing after 03:35 on 2026-03-09, though 14 more times were to be "
                "expected while others went on."
            ),
        ),
        (
            anomaly("unavailable", expected=1.0, seen=0.0, days=62),
            "Lamp became unavailable",
            "Since about 03:35 on 2026-03-09, for the first time in 62 days.",
        ),
    ],
)
def test_every_kind_is_told(found: Finding, title: str, description: str) -> None:
    """What was expected, and what was seen."""
    wording = Wording(HOME)
    assert wording.title(found) == title
    assert wording.description(found) == description


def test_what_came_together_is_named() -> None:
    """By the names that people gave."""
    others = [{"entity_id": "light.b"}, {"entity_id": "switch.stove"}]
    found = anomaly("too_many", expected=2.0, seen=16.0, others=others)
    told = Wording(HOME).description(found)
    assert told.endswith("to be expected. So were others: Other lamp and Stove.")
