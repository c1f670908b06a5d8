"""How trends and yearly swings are told."""

from __future__ import annotations

from typing import Final

from ..pattern import Finding
from .words import Words

PHRASES: Final[dict[str, str]] = {
    "seasonal.trend.time.up.title": "{what} later every week",
    "seasonal.trend.time.down.title": "{what} earlier every week",
    "seasonal.trend.duration.up.title": "{what} longer every week",
    "seasonal.trend.duration.down.title": "{what} for less time every week",
    "seasonal.trend.count.up.title": "{what} more often every week",
    "seasonal.trend.count.down.title": "{what} less often every week",
    "seasonal.trend.consumption.up.title": "{what} counts more every week",
    "seasonal.trend.consumption.down.title": "{what} counts less every week",
    "seasonal.season.time.title": "{what} later in {season}",
    "seasonal.season.duration.title": "{what} longer in {season}",
    "seasonal.season.count.title": "{what} more often in {season}",
    "seasonal.season.consumption.title": "{what} counts more in {season}",
    "seasonal.first": "First of the day: {what}",
    "seasonal.last": "Last of the day: {what}",
    "seasonal.is": "{name} {state}",
    "seasonal.trend.description": (
        "From {begin} to {end} within {weeks} weeks, by {change} a week."
    ),
    "seasonal.season.description": (
        "About {high} in {high_month}, {low} in {low_month}, seen over {months} months."
    ),
    "seasonal.figure.time": "{value}",
    "seasonal.figure.count": "{value} times a week",
    "seasonal.figure.consumption": "{value} {unit} a day",
    "seasonal.change.minutes": "{value} min",
    "seasonal.change.percent": "{value} %",
    "seasonal.waits.position": (
        "nothing moves or swings beyond chance that daylight could not explain; to "
        "tell them apart it needs to know where the home is"
    ),
    "seasonal.waits.nothing": (
        "nothing moves from week to week, or swings with the year, beyond chance"
    ),
    "season.month": "{month}",
    "season.winter": "winter",
    "season.spring": "spring",
    "season.summer": "summer",
    "season.autumn": "autumn",
    "month.1": "January",
    "month.2": "February",
    "month.3": "March",
    "month.4": "April",
    "month.5": "May",
    "month.6": "June",
    "month.7": "July",
    "month.8": "August",
    "month.9": "September",
    "month.10": "October",
    "month.11": "November",
    "month.12": "December",
}


def title(words: Words, finding: Finding) -> str:
    """Return a few words that name what moves, and which way."""
    context = finding.context
    assert context is not None
    phrase = f"seasonal.{context['kind']}.{context['of']}"
    what = _what(words, finding)
    if context["kind"] == "season":
        season = _season(words, finding)
        return words.say(f"{phrase}.title", what=what, season=season)
    return words.say(
        f"{phrase}.{'up' if _change(finding) > 0 else 'down'}.title", what=what
    )


def description(words: Words, finding: Finding) -> str:
    """Return from where to where it moves."""
    details = finding.details
    if "swing" in details:
        swing = details["swing"]
        return words.say(
            "seasonal.season.description",
            high=_figure(words, finding, swing["high"], swing["unit"]),
            high_month=words.say(f"month.{swing['high_month']}"),
            low=_figure(words, finding, swing["low"], swing["unit"]),
            low_month=words.say(f"month.{swing['low_month']}"),
            months=swing["months"],
        )
    trend = details["trend"]
    unit = "minutes" if trend["unit"] == "clock" else "percent"
    return words.say(
        "seasonal.trend.description",
        begin=_figure(words, finding, trend["from"], trend["unit"]),
        end=_figure(words, finding, trend["to"], trend["unit"]),
        weeks=trend["weeks"],
        change=words.say(f"seasonal.change.{unit}", value=float(abs(_change(finding)))),
    )


def _season(words: Words, finding: Finding) -> str:
    """Return when it is most: a month where no season is known."""
    assert finding.context is not None
    if "season" in finding.context:
        return words.say(f"season.{finding.context['season']}")
    month = words.say(f"month.{finding.details['swing']['high_month']}")
    return words.say("season.month", month=month)


def _change(finding: Finding) -> float:
    """Return by how much a trend moves in a week."""
    context = finding.context
    assert context is not None
    change: float = context.get("minutes_per_week", context.get("percent_per_week"))
    return change


def _what(words: Words, finding: Finding) -> str:
    """Return what happens, lasts or counts."""
    assert finding.context is not None
    key = finding.entities[0]
    match finding.context["of"]:
        case "consumption":
            return words.name(key.entity_id)
        case "duration":
            name, state = words.name(key.entity_id), words.lasting(key)
            return words.say("seasonal.is", name=name, state=state)
    what = words.entered(key)
    if finding.when and finding.when.anchor != "each":
        return words.say(f"seasonal.{finding.when.anchor}", what=what)
    return what


def _figure(words: Words, finding: Finding, value: str | float, unit: str) -> str:
    """Return a figure as a person says it."""
    assert finding.context is not None
    match finding.context["of"]:
        case "duration":
            return words.span(float(value))
        case "consumption":
            unit = unit.removesuffix("/d")
    said = value if isinstance(value, str) else float(value)
    name = "time" if isinstance(value, str) else finding.context["of"]
    return words.say(f"seasonal.figure.{name}", value=said, unit=unit)
