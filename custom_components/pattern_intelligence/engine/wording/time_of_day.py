"""How times of day are told."""

from __future__ import annotations

from typing import Final

from ..civil import clock
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "time_of_day.each.title": "{what} about {time} {days}",
    "time_of_day.first.title": "First of the day: {what} about {time} {days}",
    "time_of_day.last.title": "Last of the day: {what} about {time} {days}",
    "time_of_day.description": (
        "Between {earliest} and {latest} on {matched} of {eligible} days; "
        "by chance it would be {expected}."
    ),
    "time_of_day.waits.nothing": (
        "nothing keeps a time of day more closely than the day's rhythm explains"
    ),
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name a time of day."""
    when = finding.when
    assert when is not None
    return words.say(
        f"time_of_day.{when.anchor}.title",
        what=words.entered(finding.entities[0]),
        time=clock(when.time),
        days=words.days(when.weekdays, when.day_kind),
    )
