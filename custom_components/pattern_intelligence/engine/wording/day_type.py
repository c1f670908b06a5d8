"""How habits of one kind of day are told."""

from __future__ import annotations

from typing import Final

from ..civil import clock
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "day_type.each.title": "{what} about {time} {days}",
    "day_type.first.title": "First of the day: {what} about {time} {days}",
    "day_type.last.title": "Last of the day: {what} about {time} {days}",
    "day_type.any.title": "{what} {days}",
    "day_type.between": (
        "Between {earliest} and {latest} on {matched} of {eligible} days of that kind, "
        "and on {others_matched} of {others} other days."
    ),
    "day_type.at_all": (
        "On {matched} of {eligible} days of that kind, and on {others_matched} of "
        "{others} other days."
    ),
    "day_type.waits.nothing": (
        "workdays and free days do not differ by more than the home's own rhythm"
    ),
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name a habit and its kind of day."""
    assert finding.context is not None
    what = words.entered(finding.entities[0])
    days = words.days((), finding.context["day_type"])
    when = finding.when
    if when is None:
        return words.say("day_type.any.title", what=what, days=days)
    return words.say(
        f"day_type.{when.anchor}.title", what=what, time=clock(when.time), days=days
    )


def description(words: Words, finding: Finding) -> str:
    """Return on how many days of both kinds it happened."""
    others = finding.details["other_days"]
    values: dict[str, object] = {
        "matched": finding.evidence.days_matched,
        "eligible": finding.evidence.days_eligible,
        "others_matched": others["days_matched"],
        "others": others["days_eligible"],
    }
    if finding.when is None:
        return words.say("day_type.at_all", **values)
    return words.say(
        "day_type.between",
        earliest=clock(finding.when.earliest),
        latest=clock(finding.when.latest),
        **values,
    )
