"""What a published pattern claims, as a detector's tally takes it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.pattern import (
    WEEKDAYS,
    PatternType,
    Spread,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key

type Json = Mapping[str, Any]


def claim_of(pattern: Json) -> Claim:
    """Return what a pattern of the contract claims.

    Raises:
        KeyError: A field of the contract is missing.
    """
    confidence = float(pattern["confidence"])
    return Claim(
        type=PatternType(pattern["type"]),
        entities=tuple(
            Key(one["entity_id"], one["state"] or "") for one in pattern["entities"]
        ),
        area_ids=tuple(pattern["area_ids"]),
        when=_when(pattern["when"]),
        lag_s=_spread(pattern["lag_s"]),
        duration_s=_spread(pattern["duration_s"]),
        context=pattern["context"],
        raw=confidence,
        stated=confidence,
        automated=bool(pattern.get("automated_by")),
    )


def all_told(patterns: Sequence[Json]) -> Iterator[Json]:
    """Yield patterns, and what they say they stand for.

    What goes along with a time is told with that time, and marked as `along`.
    """
    for pattern in patterns:
        yield pattern
        yield from _companions(pattern)
        yield from all_told(pattern.get("stands_for", ()))


def _companions(pattern: Json) -> Iterator[Json]:
    for one in pattern.get("companions", ()):
        if pattern["type"] in {"time_of_day", "day_type"}:
            yield {**pattern, "entities": [one], "along": True}


def _when(stored: Json | None) -> When | None:
    if stored is None:
        return None
    return When(
        _minute(stored["time"]),
        _minute(stored["earliest"]),
        _minute(stored["latest"]),
        stored["anchor"],
        tuple(WEEKDAYS.index(day) for day in stored["weekdays"]),
        stored["day_kind"],
    )


def _minute(text: str) -> float:
    """Return the minute of a time such as 06:45."""
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60.0 + int(minutes)


def _spread(stored: Json | None) -> Spread | None:
    if stored is None:
        return None
    return Spread(stored["median"], stored["p10"], stored["p90"])
