"""Verdicts are kept exactly as they were found."""

from dataclasses import replace

import pytest

from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import Finding
from custom_components.pattern_intelligence.engine.verdicts import from_text, to_text

from .detectors.test_anomaly import HOME, LAST, judged, uses, window


@pytest.fixture(name="found", scope="module")
def found_fixture() -> list[Finding]:
    """Return a day's verdicts: a party, and a lamp left on."""
    party = [
        row
        for entity in ("light.a", "light.b")
        for row in uses(entity, LAST, range(607, 1247, 32))
    ]
    stove = uses("switch.stove", LAST, [700], 600)
    return judged(
        window([*party, *stove], only=lambda row: row.entity_id != "switch.stove")
    )


def test_what_is_read_is_what_was_written(found: list[Finding]) -> None:
    """Every figure, the date, and what came together."""
    assert len(found) == 2
    read = from_text(to_text(found), HOME.resolve, HOME)
    for one, other in zip(found, read, strict=True):
        assert one.key == other.key
        assert one.when == other.when
        assert one.confidence == other.confidence
        assert one.evidence == other.evidence
        assert one.provenance == other.provenance
        assert one.duration_s == other.duration_s
        assert one.details == other.details
        assert one.area_ids == other.area_ids
        assert one.eligible.tolist() == other.eligible.tolist()
        assert one.matched.tolist() == other.matched.tolist()
    assert to_text(read) == to_text(found)


def test_a_day_without_verdicts_is_kept_too() -> None:
    """It was judged, and nothing was odd."""
    assert from_text(to_text(()), HOME.resolve, HOME) == []


def test_renamed_entities_are_found_under_their_new_ids(found: list[Finding]) -> None:
    """Also those that are only named, in the area they are in now."""
    names = {"light.a": "light.parlor", "light.b": "light.porch"}
    home = replace(
        Home(HOME.zone),
        entities={"light.parlor": EntityInfo("light.parlor", area_id="parlor")},
    )
    text = to_text(found)
    read = from_text(text, lambda entity_id: names.get(entity_id, entity_id), home)
    party = next(one for one in read if one.details["kind"] == "too_many")
    assert {key.entity_id for key in party.entities} == set(names.values())
    (other,) = party.details["others"]
    assert other["entity_id"] == party.entities[1].entity_id
    assert party.area_ids == ("parlor",)


def test_damage_is_told(found: list[Finding]) -> None:
    """A text that is none of ours."""
    with pytest.raises(ValueError, match="damaged"):
        from_text('[{"type": "anomaly"}]', HOME.resolve, HOME)
