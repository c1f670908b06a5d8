"""What was last found, as entities and services give it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import json
from typing import Final

from .engine.home import Home
from .engine.pattern import Json
from .engine.scope import Scope
from .report import SCHEMA

REPORT: Final = "report"
"""Name of the text under which the last report is kept."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which patterns are asked for; what is empty asks for all.

    Attributes:
        types: pattern types.
        entity_ids: at least one of them takes part.
        area_ids: at least one of them takes part.
        statuses: statuses.
        min_confidence: the least confidence.
    """

    types: frozenset[str] = frozenset()
    entity_ids: frozenset[str] = frozenset()
    area_ids: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    min_confidence: float = 0.0

    def admits(self, pattern: Json) -> bool:
        """Tell whether a pattern is asked for."""
        return (
            pattern["confidence"] >= self.min_confidence
            and (not self.types or pattern["type"] in self.types)
            and (not self.statuses or pattern["status"] in self.statuses)
            and (not self.entity_ids or not self.entity_ids.isdisjoint(takers(pattern)))
            and (not self.area_ids or not self.area_ids.isdisjoint(pattern["area_ids"]))
        )


def takers(pattern: Json) -> list[str]:
    """Return the ids of the entities that take part in a pattern."""
    return [entity["entity_id"] for entity in pattern["entities"]]


def admitted(report: Json, home: Home, scope: Scope) -> Json:
    """Return a report without the patterns of what the person left out.

    Args:
        report: the contract's object.
        home: what is known of the entities.
        scope: the person's choice.
    """
    return {
        **report,
        "patterns": [
            pattern
            for pattern in report["patterns"]
            if all(scope.admits(home.entity(entity)) for entity in takers(pattern))
        ],
    }


def empty_report(time_zone: str, not_yet: Mapping[str, str]) -> Json:
    """Return what is known before anything was learned."""
    return {
        "schema": SCHEMA,
        "home": {
            "time_zone": time_zone,
            "first_day": None,
            "last_day": None,
            "days": 0,
            "events": 0,
            "entities": 0,
        },
        "run": {"seconds": {}, "peak_rss_mb": None, "rss_before_mb": None},
        "patterns": [],
        "track_record": {},
        "not_yet": dict(not_yet),
    }


def parse(text: str | None) -> Json | None:
    """Return a kept report; None where there is none, or none of this schema."""
    try:
        report = json.loads(text or "null")
    except ValueError:
        return None
    if isinstance(report, dict) and report.get("schema") == SCHEMA:
        return report
    return None


def count_changes(before: Iterable[Json], after: Iterable[Json]) -> int:
    """Return how many patterns are new, gone, or differ in status or time."""
    old = {pattern["id"]: _face(pattern) for pattern in before}
    new = {pattern["id"]: _face(pattern) for pattern in after}
    return sum(old.get(key) != new.get(key) for key in {*old, *new})


def _face(pattern: Json) -> tuple[str, Json | None]:
    return pattern["status"], pattern["when"]
