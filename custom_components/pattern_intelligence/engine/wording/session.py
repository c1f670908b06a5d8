"""How sessions are told."""

from __future__ import annotations

from typing import Final

from ..civil import clock
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "session.title.room": "{room} from about {time} {days}: {names}",
    "session.title": "From about {time} {days}: {names}",
    "session.description": (
        "Used in one sitting that begins between {earliest} and {latest} and takes "
        "about {median}, on {matched} of {eligible} days; by chance it would be "
        "{expected}."
    ),
    "session.waits.devices": "needs three devices in one area that people use",
    "session.waits.nothing": (
        "no devices of a room are used together beyond their own rhythms"
    ),
}

NAMED: Final = 3
"""More names than this make no title."""


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name a session."""
    when = finding.when
    assert when is not None
    names = [words.name(key.entity_id) for key in finding.entities]
    if len(names) > NAMED + 1:
        names[NAMED:] = [words.say("more", count=len(names) - NAMED)]
    told = {
        "time": clock(when.time),
        "days": words.days(when.weekdays),
        "names": words.listed(names),
    }
    if len(finding.area_ids) == 1:
        room = words.area(finding.area_ids[0])
        return words.say("session.title.room", room=room, **told)
    return words.say("session.title", **told)


def description(words: Words, finding: Finding) -> str:
    """Return when a session begins, how long it takes, and what it rests on."""
    when, lasts, evidence = finding.when, finding.duration_s, finding.evidence
    assert when is not None
    assert lasts is not None
    return words.say(
        "session.description",
        earliest=clock(when.earliest),
        latest=clock(when.latest),
        median=words.span(lasts.median),
        matched=evidence.days_matched,
        eligible=evidence.days_eligible,
        expected=evidence.expected,
    )
