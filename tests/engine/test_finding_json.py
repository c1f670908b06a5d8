"""What is kept of a finding is all of it, under the ids that entities have now."""

from dataclasses import fields, replace
from datetime import date
import json
from typing import Any

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.finding_json import (
    from_json,
    to_json,
)
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import (
    Finding,
    PatternType,
    Spread,
    When,
)
from custom_components.pattern_intelligence.engine.verdicts import from_text, to_text
from custom_components.pattern_intelligence.engine.window import Key

from .builders import BERLIN
from .test_life import finding

HOME = Home(
    BERLIN.zone,
    entities={"light.new": EntityInfo("light.new", area_id="hall")},
    aliases={"light.old": "light.new"},
)
WHOLE = replace(
    finding(480),
    type=PatternType.ANOMALY,
    entities=(Key("light.new", "on"), Key("light.new", "")),
    area_ids=("hall",),
    confidence=0.1 + 0.2,
    eligible=np.array([20_000, 20_003]),
    matched=np.array([20_003]),
    times=np.array([1 / 3]),
    when=When(1.5, 1.25, 2.75, "last", (0, 6), "free", date(2026, 3, 1)),
    lag_s=Spread(1.0, 0.1, 3.0),
    duration_s=Spread(10.0, 9.9, 11.0),
    context={"kind": "state", "entity_id": "light.new"},
    automated_by=("automation.dusk",),
    details={"seen": 3, "others": [{"entity_id": "light.new", "state": None}]},
)


def _same(one: Finding, other: Finding) -> bool:
    def comparable(value: Any) -> Any:
        return value.tolist() if isinstance(value, np.ndarray) else value

    return all(
        comparable(getattr(one, each.name)) == comparable(getattr(other, each.name))
        for each in fields(Finding)
    )


@pytest.mark.parametrize(
    "found",
    [
        WHOLE,
        replace(
            finding(480), entities=(), area_ids=("bath",), type=PatternType.ROOM_BASED
        ),
        replace(
            finding(0),
            entities=(Key("light.new", "on"),),
            area_ids=("hall",),
            when=None,
        ),
    ],
)
def test_every_figure_comes_back(found: Finding) -> None:
    """Through text, to the last bit."""
    stored = json.loads(json.dumps(to_json(found)))
    assert _same(from_json(stored, HOME.resolve, HOME), found)
    assert [
        _same(each, found) for each in from_text(to_text([found]), HOME.resolve, HOME)
    ] == [True]


def test_renamed_entities() -> None:
    """In all places where one is named; its area is the one it has now."""
    text = to_text([WHOLE]).replace("light.new", "light.old")
    (found,) = from_text(text, HOME.resolve, HOME)
    assert _same(found, WHOLE)


@pytest.mark.parametrize("text", ["", "{", "[1]", "[{}]", '{"a": 1}', "null"])
def test_what_is_no_such_text(text: str) -> None:
    """Damage is told from a fault of ours."""
    with pytest.raises(ValueError, match=r"damaged|Expecting|JSON"):
        from_text(text, HOME.resolve, HOME)
