"""Reading patterns back from the contract's JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from .engine.pattern import (
    WEEKDAYS,
    Json,
    PatternType,
    Place,
    Spread,
    When,
    identity,
    place_of,
)
from .engine.window import Key

type Resolve = Callable[[str], str]


def key_of(pattern: Json, resolve: Resolve) -> tuple[str, ...]:
    """Return what makes a pattern the same habit; an anomaly is one of its day."""
    when = pattern["when"]
    return (
        *identity(
            PatternType(pattern["type"]),
            tuple(
                Key(resolve(entity["entity_id"]), entity["state"] or "")
                for entity in pattern["entities"]
            ),
            tuple(pattern["area_ids"]),
            when_of(when),
            pattern["context"],
        ),
        (when or {}).get("date") or "",
    )


def place_in(pattern: Json, when: Json | None, duration_s: Json | None) -> Place:
    """Return what tells a pattern from others of its key."""
    return place_of(
        PatternType(pattern["type"]),
        when_of(when),
        Spread(**duration_s) if duration_s else None,
    )


def when_of(when: Json | None) -> When | None:
    """Return the time that the contract's ``when`` tells."""
    if when is None:
        return None
    return When(
        time=_minutes(when["time"]),
        earliest=_minutes(when["earliest"]),
        latest=_minutes(when["latest"]),
        anchor=when["anchor"],
        weekdays=tuple(WEEKDAYS.index(day) for day in when["weekdays"]),
        day_kind=when["day_kind"],
        day=date.fromisoformat(when["date"]) if when["date"] else None,
    )


def _minutes(clock: str) -> float:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + float(minutes)
