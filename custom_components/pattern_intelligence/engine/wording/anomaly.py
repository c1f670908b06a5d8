"""How a day that was out of the ordinary is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..civil import clock
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "anomaly.too_many.title": "{name} was used far more than usual",
    "anomaly.too_few.title": "{name} was used far less than usual",
    "anomaly.none.title": "{name} was not used at all",
    "anomaly.odd_hour.title": "{name} was used at an unusual hour",
    "anomaly.left_on.title": "{name} was {state} for unusually long",
    "anomaly.goes_on.title": "{name} has been {state} for unusually long",
    "anomaly.missed.title": "Not this time: {what} about {time}",
    "anomaly.silent.title": "{name} fell silent",
    "anomaly.unavailable.title": "{name} became unavailable",
    "anomaly.too_many": "{seen} times on {date}, where {expected} were to be expected.",
    "anomaly.too_few": "{seen} times on {date}, where {expected} were to be expected.",
    "anomaly.none": "Not once on {date}, where {expected} times were to be expected.",
    "anomaly.odd_hour": (
        "{seen} times about {time} on {date}; otherwise it is hardly ever used then."
    ),
    "anomaly.left_on": "Since {time} for {seen}, as of {date}; usually {expected}.",
    "anomaly.missed": "On {date} it did not happen, after {kept} of {of} days.",
    "anomaly.silent": (
        "Nothing after {time} on {date}, though {expected} more times were to be "
        "expected while others went on."
    ),
    "anomaly.unavailable": "Since about {time} on {date}, for the first time in {days} days.",
    "anomaly.others": "So were others: {names}.",
    "anomaly.waits.days": "needs {needed} days to know what is usual, {days} so far",
    "anomaly.waits.nothing": "no day was out of the ordinary",
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that say what was out of the ordinary."""
    assert finding.when is not None
    key, facts = finding.entities[0], finding.details
    return words.say(
        f"anomaly.{_phrase(facts)}.title",
        name=words.name(key.entity_id),
        state=words.lasting(key) if key.state else "",
        what=words.entered(key) if key.state else "",
        time=clock(finding.when.time),
    )


def description(words: Words, finding: Finding) -> str:
    """Return what was expected, what was seen, and what else was odd that day."""
    when, facts = finding.when, finding.details
    assert when is not None
    assert when.day is not None
    lasted = facts["kind"] == "left_on"
    told = words.say(
        f"anomaly.{_sentence(facts)}",
        seen=words.span(facts["seen"]) if lasted else round(facts["seen"]),
        expected=words.span(facts["expected"]) if lasted else _about(facts["expected"]),
        date=words.date(when.day),
        time=clock(when.time),
        kept=facts.get("kept"),
        of=facts.get("of"),
        days=facts.get("days"),
    )
    names = [words.name(other["entity_id"]) for other in facts["others"]]
    if not names:
        return told
    return f"{told} {words.say('anomaly.others', names=words.listed(names))}"


def _phrase(facts: Mapping[str, Any]) -> str:
    if facts["kind"] == "left_on" and facts.get("goes_on"):
        return "goes_on"
    return _sentence(facts)


def _sentence(facts: Mapping[str, Any]) -> str:
    if facts["kind"] == "too_few" and not facts["seen"]:
        return "none"
    return str(facts["kind"])


def _about(number: float) -> float:
    return round(number) if number >= 10 else float(number)
