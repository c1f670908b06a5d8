"""How habits that depend on something else than the clock are told."""

from __future__ import annotations

from typing import Final

from ..civil import clock
from ..keys import Key
from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "contextual.sunrise.before.title": "{what} {minutes} min before sunrise",
    "contextual.sunrise.after.title": "{what} {minutes} min after sunrise",
    "contextual.sunset.before.title": "{what} {minutes} min before sunset",
    "contextual.sunset.after.title": "{what} {minutes} min after sunset",
    "contextual.sun.description": (
        "It follows the sun rather than the clock: on {matched} of {eligible} days; by "
        "chance it would be {expected}. Next about {time}."
    ),
    "contextual.numeric.below.title": (
        "{what} about {time} when {name} is below {limit}"
    ),
    "contextual.numeric.above.title": (
        "{what} about {time} when {name} is above {limit}"
    ),
    "contextual.state.title": "{what} about {time} while {name} is {state}",
    "contextual.condition.description": (
        "Between {earliest} and {latest} on {matched} of {eligible} days with that "
        "condition, and on {others_matched} of {others} days without it."
    ),
    "lasts.person.home": "home",
    "contextual.waits.nothing": (
        "nothing follows the sun, the weather or a state more closely than the clock"
    ),
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name a habit and what it follows."""
    context, when = finding.context, finding.when
    assert context is not None
    assert when is not None
    what = words.entered(finding.entities[0])
    if context["kind"] == "sun":
        offset = context["offset_min"]
        side = "before" if offset < 0 else "after"
        return words.say(
            f"contextual.{context['anchor']}.{side}.title",
            what=what,
            minutes=abs(offset),
        )
    values = {
        "what": what,
        "time": clock(when.time),
        "name": words.name(context["entity_id"]),
    }
    if context["kind"] == "state":
        state = words.lasting(Key(context["entity_id"], context["state"]))
        return words.say("contextual.state.title", **values, state=state)
    side = "below" if "below" in context else "above"
    return words.say(f"contextual.numeric.{side}.title", **values, limit=context[side])


def description(words: Words, finding: Finding) -> str:
    """Return on how many days it happened, and on how many others."""
    assert finding.when is not None
    evidence = finding.evidence
    values: dict[str, object] = {
        "matched": evidence.days_matched,
        "eligible": evidence.days_eligible,
    }
    others = finding.details.get("otherwise")
    if others is None:
        return words.say(
            "contextual.sun.description",
            **values,
            expected=evidence.expected,
            time=clock(finding.when.time),
        )
    return words.say(
        "contextual.condition.description",
        **values,
        earliest=clock(finding.when.earliest),
        latest=clock(finding.when.latest),
        others_matched=others["days_matched"],
        others=others["days_eligible"],
    )
