"""What is read off a published pattern is what its detector claimed."""

from dataclasses import replace

import numpy as np

from benchmarks.claims import all_told, claim_of
from custom_components.pattern_intelligence.engine.civil import date_of
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.pattern import (
    Finding,
    Pattern,
    PatternType,
    Spread,
    Status,
)
from custom_components.pattern_intelligence.engine.window import Key
from tests.engine.test_life import finding


def _published(found: Finding) -> dict[str, object]:
    day = date_of(int(found.matched[0]))
    return Pattern("id", found, Status.ACTIVE, 0.75, day, "title", "").as_json()


def test_a_time_comes_back() -> None:
    """Times are published to the minute, confidence as it was told."""
    found = finding(420, confidence=0.75)
    assert claim_of(_published(found)) == Claim.of(found, 0.75)


def test_rooms_come_back() -> None:
    """A move has no entities and no time, but rooms in order and a lag."""
    move = replace(
        finding(420, confidence=0.75),
        type=PatternType.ROOM_BASED,
        entities=(),
        area_ids=("gym", "bath"),
        when=None,
        lag_s=Spread(30, 10, 90),
        times=np.zeros(0),
    )
    assert claim_of(_published(move)) == Claim.of(move, 0.75)


def test_an_entity_as_a_whole_comes_back() -> None:
    """A state of null means the entity as a whole."""
    whole = replace(finding(420, confidence=0.75), entities=(Key("light.a", ""),))
    assert claim_of(_published(whole)).entities == (Key("light.a", ""),)


def test_what_patterns_stand_for_is_told() -> None:
    """Parts, and what goes along with a time, in the order they are named."""
    along = {"entity_id": "light.b", "state": "on"}
    time = {
        "type": "time_of_day",
        "entities": [{"entity_id": "light.a", "state": "on"}],
        "companions": [along],
    }
    pair = {"type": "co_occurrence", "entities": [], "companions": [along]}
    whole = {"type": "sequence", "entities": [], "stands_for": [time, pair]}
    told = list(all_told([whole]))
    assert told[:2] == [whole, time]
    assert told[2]["entities"] == [along]
    assert told[2]["along"] is True
    assert told[3:] == [pair]


def test_what_goes_along_on_a_kind_of_days_is_told() -> None:
    """A heater that goes on with the lamp on workdays is claimed to do so, too."""
    along = {"entity_id": "switch.heater", "state": "on"}
    lamp = {"entity_id": "light.a", "state": "on"}
    workdays = {"type": "day_type", "entities": [lamp], "companions": [along]}
    first, second = all_told([workdays])
    assert first is workdays
    assert second["entities"] == [along]
