"""Titles and descriptions of patterns: a module for each type, and what all share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ..civil import clock
from ..home import Home
from ..pattern import Finding, PatternType
from . import (
    anomaly,
    co_occurrence,
    contextual,
    day_type,
    duration,
    general,
    room_based,
    seasonal,
    sequence,
    session,
    time_of_day,
)
from .words import Words

PHRASES: Final[dict[str, str]] = {
    **general.PHRASES,
    **time_of_day.PHRASES,
    **co_occurrence.PHRASES,
    **duration.PHRASES,
    **sequence.PHRASES,
    **anomaly.PHRASES,
    **room_based.PHRASES,
    **session.PHRASES,
    **day_type.PHRASES,
    **contextual.PHRASES,
    **seasonal.PHRASES,
}
"""All phrases in English, by name."""

_TITLES: Final[Mapping[PatternType, Callable[[Words, Finding], str]]] = {
    PatternType.TIME_OF_DAY: time_of_day.title,
    PatternType.CO_OCCURRENCE: co_occurrence.title,
    PatternType.DURATION: duration.title,
    PatternType.SEQUENCE: sequence.title,
    PatternType.ANOMALY: anomaly.title,
    PatternType.ROOM_BASED: room_based.title,
    PatternType.SESSION: session.title,
    PatternType.DAY_TYPE: day_type.title,
    PatternType.CONTEXTUAL: contextual.title,
    PatternType.SEASONAL: seasonal.title,
}

_DESCRIPTIONS: Final[Mapping[PatternType, Callable[[Words, Finding], str]]] = {
    PatternType.DURATION: duration.description,
    PatternType.SEQUENCE: sequence.description,
    PatternType.ANOMALY: anomaly.description,
    PatternType.ROOM_BASED: room_based.description,
    PatternType.SESSION: session.description,
    PatternType.DAY_TYPE: day_type.description,
    PatternType.CONTEXTUAL: contextual.description,
    PatternType.SEASONAL: seasonal.description,
}
"""Of types that say more than their phrase with the usual figures."""

NAMED_COMPANIONS: Final = 3
"""More names than this make no sentence."""


class Wording(Words):
    """Puts findings into words.

    Args:
        home: whose names and language are used.
    """

    def __init__(self, home: Home) -> None:
        """Take the home; what is not translated to its language is said in English."""
        super().__init__(home, {**PHRASES, **home.phrases})

    def title(self, finding: Finding) -> str:
        """Return a few words that name a finding."""
        return _TITLES[finding.type](self, finding)

    def description(self, finding: Finding) -> str:
        """Return a sentence or two that say what a finding rests on."""
        sentences = [_DESCRIPTIONS.get(finding.type, _usual)(self, finding)]
        if along := _companions(self, finding):
            sentences.append(self.say("along", names=along))
        if finding.automated_by:
            names = [self.name(entity_id) for entity_id in finding.automated_by]
            sentences.append(self.say("automated", automations=self.listed(names)))
        return " ".join(sentences)


def _companions(words: Words, finding: Finding) -> str:
    """Return the names of what else a finding stands for; of many, the first."""
    entities = [each["entity_id"] for each in finding.details.get("companions", ())]
    names = [words.name(entity_id) for entity_id in dict.fromkeys(entities)]
    if len(names) > NAMED_COMPANIONS + 1:
        more = words.say("more", count=len(names) - NAMED_COMPANIONS)
        names[NAMED_COMPANIONS:] = [more]
    return words.listed(names)


def _usual(words: Words, finding: Finding) -> str:
    """Return the type's phrase with the figures that most types have."""
    evidence = finding.evidence
    values: dict[str, object] = {
        "matched": evidence.days_matched,
        "eligible": evidence.days_eligible,
        "expected": evidence.expected,
    }
    if finding.when:
        values["earliest"] = clock(finding.when.earliest)
        values["latest"] = clock(finding.when.latest)
    if finding.lag_s:
        values["median"] = words.span(finding.lag_s.median)
        values["p90"] = words.span(finding.lag_s.p90)
    return words.say(f"{finding.type.value}.description", **values)
