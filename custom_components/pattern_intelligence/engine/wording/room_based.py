"""How the use of rooms, and the ways between them, are told."""

from __future__ import annotations

from typing import Final

from ..civil import clock
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "room_based.use.title": "{room} in use from about {time} {days}",
    "room_based.use.description": (
        "Between {earliest} and {latest} on {matched} of {eligible} days; by chance "
        "it would be {expected}."
    ),
    "room_based.use.devices": "Used then: {devices}.",
    "room_based.move.title": "{second} after {first}",
    "room_based.move.description": (
        "The next room in use, typically after {median}, on {matched} of {eligible} "
        "days; by chance it would be {expected}."
    ),
    "room_based.waits.rooms": (
        "needs devices in two areas that tell when people are there"
    ),
    "room_based.waits.nothing": (
        "no room has times of its own, and none leads to another"
    ),
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name the use of a room, or a move."""
    rooms = [words.area(area_id) for area_id in finding.area_ids]
    if finding.when is None:
        return words.say("room_based.move.title", first=rooms[0], second=rooms[-1])
    return words.say(
        "room_based.use.title",
        room=rooms[0],
        time=clock(finding.when.time),
        days=words.days(finding.when.weekdays, finding.when.day_kind),
    )


def description(words: Words, finding: Finding) -> str:
    """Return what a use or a move rests on, and the devices that belong to it."""
    evidence = finding.evidence
    days = {
        "matched": evidence.days_matched,
        "eligible": evidence.days_eligible,
        "expected": evidence.expected,
    }
    if finding.when is None:
        assert finding.lag_s is not None
        median = words.span(finding.lag_s.median)
        return words.say("room_based.move.description", median=median, **days)
    sentence = words.say(
        "room_based.use.description",
        earliest=clock(finding.when.earliest),
        latest=clock(finding.when.latest),
        **days,
    )
    names = [words.name(own["entity_id"]) for own in finding.details.get("devices", ())]
    if not names:
        return sentence
    named = words.listed(list(dict.fromkeys(names)))
    return f"{sentence} {words.say('room_based.use.devices', devices=named)}"
