"""How usual lengths are told."""

from __future__ import annotations

from typing import Final

from ..civil import clock
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "duration.title": "{name} usually {state} for {median}",
    "duration.description": (
        "Eight in ten times for {p10} to {p90}; about as long on {matched} of "
        "{eligible} days."
    ),
    "duration.above": "Of what lasts {above} or longer.",
    "duration.below": "Of what lasts less than {below}.",
    "duration.between": "Of what lasts {above} to {below}.",
    "duration.begins": "It usually begins about {time} {days}.",
    "lasts.on": "on",
    "lasts.open": "open",
    "lasts.unlocked": "unlocked",
    "lasts.playing": "playing",
    "lasts.cleaning": "cleaning",
    "lasts.mowing": "mowing",
    "lasts.person.not_home": "away",
    "lasts.device_tracker.not_home": "away",
    "lasts.binary_sensor.door.on": "open",
    "lasts.binary_sensor.motion.on": "in use",
    "lasts.other": "in state {state}",
    "duration.waits.days": (
        "needs something to last a while on {needed} days, {days} so far"
    ),
    "duration.waits.nothing": "nothing lasts about as long each time",
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name a usual length."""
    assert finding.duration_s is not None
    key = finding.entities[0]
    return words.say(
        "duration.title",
        name=words.name(key.entity_id),
        state=words.lasting(key),
        median=words.span(finding.duration_s.median),
    )


def description(words: Words, finding: Finding) -> str:
    """Return what a usual length rests on, and of which runs it holds."""
    spread, evidence = finding.duration_s, finding.evidence
    assert spread is not None
    told = [
        words.say(
            "duration.description",
            p10=words.span(spread.p10),
            p90=words.span(spread.p90),
            matched=evidence.days_matched,
            eligible=evidence.days_eligible,
        ),
        *_of_which(words, finding),
    ]
    if finding.when:
        told.append(
            words.say(
                "duration.begins",
                time=clock(finding.when.time),
                days=words.days(finding.when.weekdays, finding.when.day_kind),
            )
        )
    return " ".join(told)


def _of_which(words: Words, finding: Finding) -> list[str]:
    """Return the sentence that says between which lengths it holds, if any."""
    bounds = {
        name: words.span(float(seconds))
        for name in ("above", "below")
        if (seconds := (finding.context or {}).get(f"{name}_s")) is not None
    }
    if not bounds:
        return []
    phrase = "between" if len(bounds) == 2 else next(iter(bounds))
    return [words.say(f"duration.{phrase}", **bounds)]
