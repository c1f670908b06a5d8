"""How links are told."""

from __future__ import annotations

from typing import Final

from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "co_occurrence.title": "{effect} after {cause}",
    "co_occurrence.description": (
        "Mostly within {p90}, typically after {median}, on {matched} of {eligible} "
        "days; by chance it would be {expected}."
    ),
    "co_occurrence.waits.things": "needs two things that happen on {needed} days each",
    "co_occurrence.waits.nothing": (
        "nothing follows anything else by more than the rhythm of the day"
    ),
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name a link."""
    return words.say(
        "co_occurrence.title",
        effect=words.entered(finding.entities[-1]),
        cause=words.entered(finding.entities[0]),
    )
