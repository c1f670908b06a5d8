"""What is kept as text in the store, read back however damaged."""

import pytest

from custom_components.pattern_intelligence.const import Trigger
from custom_components.pattern_intelligence.published import parse
from custom_components.pattern_intelligence.renames import Renames
from custom_components.pattern_intelligence.texts import items_of


def test_what_was_kept_comes_back() -> None:
    """A list and a report are read as they were written."""
    assert items_of('[{"old": "a.b", "new": "a.c", "on": "2026-01-01"}]') == [
        {"old": "a.b", "new": "a.c", "on": "2026-01-01"}
    ]
    assert parse('{"schema": 1, "patterns": []}') == {"schema": 1, "patterns": []}


def test_nothing_kept_yet() -> None:
    """A store that is new has no texts."""
    assert items_of(None) == []
    assert parse(None) is None
    assert Renames(None).aliases == {}


@pytest.mark.parametrize("text", ["", "null", "{}", '"text"', "7"])
def test_other_things(text: str) -> None:
    """What is no list counts as an empty one, and what is no report as none."""
    assert items_of(text) == []
    assert parse(text) is None


def test_damaged_texts(complaints: list[str]) -> None:
    """They are told, and do not keep the entry from loading."""
    assert Renames('[{"old": "a').aliases == {}
    assert parse('{"schema": 1') is None
    assert len(complaints) == 1
    complaints.clear()


def test_report_of_another_schema() -> None:
    """A report of a schema to come is not shown: it is found anew at once."""
    assert parse('{"schema": 2, "patterns": []}') is None


def test_triggers_are_kept_by_name() -> None:
    """What is written of a run does not depend on Python's way to print it."""
    assert [str(trigger) for trigger in Trigger] == [
        "start",
        "nightly",
        "retry",
        "renamed",
        "move",
        "service",
        "button",
        "switched_on",
    ]
