"""Patterns are born, keep their ids, are missed, and come back as themselves."""

from dataclasses import replace

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.life import (
    GONE_AFTER,
    Identified,
    Life,
    identify,
    pattern_id,
    step,
)
from custom_components.pattern_intelligence.engine.pattern import (
    Evidence,
    Finding,
    PatternType,
    Provenance,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key


def finding(
    time: float, entity_id: str = "light.a", first: int = 100, confidence: float = 0.9
) -> Finding:
    """Return a habit of ten days at a time."""
    days = np.arange(first, first + 10)
    return Finding(
        type=PatternType.TIME_OF_DAY,
        entities=(Key(entity_id, "on"),),
        area_ids=(),
        confidence=confidence,
        evidence=Evidence(10, 10, 10, 1.0, 10.0, 1e-9, 1e-8),
        provenance=Provenance(0.0, 1.0, 0.0),
        eligible=days,
        matched=days,
        times=np.zeros(10),
        when=When(time % 1440, (time - 10) % 1440, (time + 10) % 1440),
    )


def _lived(life: Life, *found: Finding) -> Life:
    identified = identify(life, found)
    return step(life, [(one, Claim.of(one.finding, 0.9)) for one in identified])


def _ids(life: Life, *found: Finding) -> list[str]:
    return [one.id for one in identify(life, found)]


def test_an_id_outlives_drift_and_strength() -> None:
    """Half an hour later and less sure, it is the same habit."""
    first = _ids(Life(), finding(400))
    life = _lived(Life(), finding(400))
    assert _ids(life, finding(430, confidence=0.6)) == first


def test_newborns_of_one_key_are_numbered_by_first_day_then_from_four() -> None:
    """01:00 is later in a waking day than 07:00."""
    key = finding(0).key
    late, early, older = finding(60), finding(420), finding(800, first=90)
    assert _ids(Life(), late, early, older) == [
        pattern_id(key, 2),
        pattern_id(key, 1),
        pattern_id(key, 0),
    ]


def test_a_newborn_never_takes_an_id_that_was_used() -> None:
    """The second habit of the same entity gets the next number."""
    life = _lived(Life(), finding(400))
    key = finding(0).key
    assert _ids(life, finding(400), finding(1200)) == [
        pattern_id(key, 0),
        pattern_id(key, 1),
    ]


def test_what_is_gone_comes_back_under_its_old_id() -> None:
    """Also after months, and it knows since when."""
    life = _lived(Life(), finding(400))
    for _ in range(GONE_AFTER):
        assert not life.entries[0].gone
        life = _lived(life)
    assert life.entries[0].gone
    back = identify(life, [finding(405, first=300)])[0]
    assert (back.id, back.first_seen) == (life.entries[0].id, 100)
    assert not _lived(life, finding(405, first=300)).entries[0].gone


def test_another_anchor_or_state_is_another_habit() -> None:
    """The first of a day is not each of it."""
    each = finding(400)
    assert each.when is not None
    first = replace(each, when=replace(each.when, anchor="first"))
    off = replace(each, entities=(Key("light.a", "off"),))
    assert len({each.key, first.key, off.key}) == 3


def test_life_survives_as_text() -> None:
    """To the last digit, and equal lives are equal texts."""
    life = _lived(_lived(Life(), finding(400), finding(1 / 3, "light.ü\ud800")))
    text = life.to_text()
    assert Life.from_text(text, lambda entity_id: entity_id) == life
    assert Life.from_text(text, lambda entity_id: entity_id).to_text() == text


def test_a_renamed_entity_keeps_its_ids() -> None:
    """The stored life speaks of the old name, the finding of the new one."""
    text = _lived(Life(), finding(400, "light.old")).to_text()
    life = Life.from_text(text, lambda entity_id: entity_id.replace("old", "new"))
    assert _ids(life, finding(400, "light.new")) == _ids(
        Life(), finding(400, "light.old")
    )


def test_no_two_patterns_share_an_id_when_an_entity_takes_an_old_name() -> None:
    """The first one was renamed away; the newcomer under its name is another habit."""
    text = _lived(Life(), finding(400, "light.b")).to_text()
    life = Life.from_text(text, {"light.b": "light.c"}.get)  # type: ignore[arg-type]
    ids = _ids(life, finding(400, "light.c"), finding(400, "light.b"))
    assert len(set(ids)) == 2
    assert ids[0] == life.entries[0].id


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"entries": [{}], "record": {}}'])
def test_a_damaged_life_is_told(text: str) -> None:
    """Whatever is wrong with it is one kind of error."""
    with pytest.raises(ValueError):
        Life.from_text(text, lambda entity_id: entity_id)


def test_identified_keeps_the_order_of_findings() -> None:
    """What comes out stands where it went in."""
    found = [finding(400, "light.b"), finding(400, "light.a"), finding(900, "light.b")]
    assert [one.finding for one in identify(Life(), found)] == found
    assert isinstance(identify(Life(), found)[0], Identified)
