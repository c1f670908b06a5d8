"""What is known of a home at the end of a day, as the contract has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .engine.analysis import Analysis
from .engine.pattern import Json

SCHEMA = 1
"""Of the JSON that a report is written as."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a home at the end of a day.

    Attributes:
        time_zone: the home's.
        first_day: the first day learned.
        days: how many days were learned.
        events: how many rows of the recorder they had.
        entities: how many entities were tracked on the last day.
        analysis: the patterns.
    """

    time_zone: str
    first_day: date
    days: int
    events: int
    entities: int
    analysis: Analysis

    def as_json(self) -> Json:
        """Return the contract's object, without what a run cost."""
        return {
            "schema": SCHEMA,
            "home": {
                "time_zone": self.time_zone,
                "first_day": self.first_day.isoformat(),
                "last_day": self.analysis.last_day.isoformat(),
                "days": self.days,
                "events": self.events,
                "entities": self.entities,
            },
            "patterns": [pattern.as_json() for pattern in self.analysis.patterns],
            "track_record": self.analysis.track_record,
            "not_yet": dict(self.analysis.not_yet),
        }
