"""Habits of a kind of day, as people say them."""

from dataclasses import replace

import pytest

from custom_components.pattern_intelligence.engine.pattern import (
    Finding,
    PatternType,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .test_life import finding
from .test_wording import HOME


def _found(kind: str, when: When | None) -> Finding:
    """Return a habit kept on 20 of 22 days of its kind, and on 1 of 9 others."""
    found = finding(405)
    return replace(
        found,
        type=PatternType.DAY_TYPE,
        entities=(Key("light.a", "on"),),
        evidence=replace(found.evidence, days_matched=20, days_eligible=22),
        when=when,
        context={"kind": "day_type", "day_type": kind},
        details={"other_days": {"days_eligible": 9, "days_matched": 1}},
    )


@pytest.mark.parametrize(
    ("kind", "when", "title", "between"),
    [
        (
            "workday",
            When(405, 396, 412, day_kind="workday"),
            "Bathroom light turns on about 06:45 on workdays",
            "Between 06:36 and 06:52 on",
        ),
        (
            "free",
            When(570, 550, 600, "first", day_kind="free"),
            "First of the day: Bathroom light turns on about 09:30 on free days",
            "Between 09:10 and 10:00 on",
        ),
        ("free", None, "Bathroom light turns on on free days", "On"),
    ],
)
def test_a_habit_of_a_kind_of_day(
    kind: str, when: When | None, title: str, between: str
) -> None:
    """The title names the kind of day, the description compares it with the other."""
    found = _found(kind, when)
    wording = Wording(HOME)
    assert wording.title(found) == title
    assert wording.description(found) == (
        f"{between} 20 of 22 days of that kind, and on 1 of 9 other days."
    )
