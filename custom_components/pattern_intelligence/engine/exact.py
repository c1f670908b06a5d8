"""Times and spreads as JSON with every figure exact, for what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from .keys import Resolve
from .pattern import Spread, When


def time_to_json(when: When | None) -> list[Any] | None:
    """Return a time as a list, or None where there is none."""
    if when is None:
        return None
    return [
        when.time,
        when.earliest,
        when.latest,
        when.anchor,
        list(when.weekdays),
        when.day_kind,
        when.day.isoformat() if when.day else None,
    ]


def time_from_json(stored: Sequence[Any] | None) -> When | None:
    """Return what :func:`time_to_json` was given."""
    if stored is None:
        return None
    time, earliest, latest, anchor, weekdays, day_kind, day = stored
    return When(
        time,
        earliest,
        latest,
        anchor,
        tuple(weekdays),
        day_kind,
        date.fromisoformat(day) if day else None,
    )


def spread_to_json(spread: Spread | None) -> list[float] | None:
    """Return a spread as a list, or None where there is none."""
    return [spread.median, spread.p10, spread.p90] if spread else None


def spread_from_json(stored: Sequence[float] | None) -> Spread | None:
    """Return what :func:`spread_to_json` was given."""
    return Spread(*stored) if stored else None


def renamed(value: Any, resolve: Resolve) -> Any:
    """Return what was stored, with the ids that the entities named in it have now."""
    if isinstance(value, dict):
        return {
            name: resolve(each)
            if name == "entity_id" and isinstance(each, str)
            else renamed(each, resolve)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [renamed(each, resolve) for each in value]
    return value
