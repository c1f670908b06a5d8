"""How sequences are told."""

from __future__ import annotations

from typing import Final

from ..civil import clock
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "sequence.title": "{first}, then {others}",
    "sequence.title.timed": "About {time} {days}: {first}, then {others}",
    "sequence.description": (
        "After the first step the others follow in this order, typically within "
        "{median} and mostly within {p90}, on {matched} of {eligible} days; "
        "by chance it would be {expected}."
    ),
    "sequence.start": "It mostly begins between {earliest} and {latest}.",
    "sequence.waits.devices": (
        "needs {count} devices that are used on {needed} days each"
    ),
    "sequence.waits.nothing": "no three things are mostly done in the same order",
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name a sequence."""
    first, *others = [words.entered(key) for key in finding.entities]
    steps = {"first": first, "others": words.listed(others)}
    when = finding.when
    if when is None:
        return words.say("sequence.title", **steps)
    return words.say(
        "sequence.title.timed",
        time=clock(when.time),
        days=words.days(when.weekdays, when.day_kind),
        **steps,
    )


def description(words: Words, finding: Finding) -> str:
    """Return how long a sequence takes, what it rests on, and when it begins."""
    evidence, lag = finding.evidence, finding.lag_s
    assert lag is not None
    sentence = words.say(
        "sequence.description",
        median=words.span(lag.median),
        p90=words.span(lag.p90),
        matched=evidence.days_matched,
        eligible=evidence.days_eligible,
        expected=evidence.expected,
    )
    if finding.when is None:
        return sentence
    start = words.say(
        "sequence.start",
        earliest=clock(finding.when.earliest),
        latest=clock(finding.when.latest),
    )
    return f"{sentence} {start}"
