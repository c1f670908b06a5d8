"""What is new since it was last told: patterns found, changed, fading, and anomalies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
import json
from typing import Final

from .engine.pattern import Json, PatternType, Status

TOLD: Final = "told"
"""Name of the text that says which patterns were told of, since when, and as what."""

WEEK: Final = timedelta(days=7)


class NewsKind(StrEnum):
    """What there is to tell of a pattern."""

    DISCOVERED = "discovered"
    CHANGED = "changed"
    FADED = "faded"
    ANOMALY = "anomaly"


_BY_STATUS: Final = {
    Status.CHANGED: NewsKind.CHANGED,
    Status.FADING: NewsKind.FADED,
}


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell.

    Attributes:
        kind: what kind of news it is.
        pattern: the contract's object.
    """

    kind: NewsKind
    pattern: Json


@dataclass(frozen=True, slots=True)
class Told:
    """What was told so far.

    Attributes:
        types: the types of patterns that were looked for.
        since: by id, the local date on which a pattern was first told of, ISO form.
        status: by id, the status that was last told.
    """

    types: frozenset[str] = frozenset()
    since: Mapping[str, str] | None = None
    status: Mapping[str, str] | None = None

    @classmethod
    def from_text(cls, text: str | None) -> Told:
        """Return what was kept; what cannot be read counts as nothing told."""
        try:
            kept = json.loads(text or "{}")
            return cls(frozenset(kept["types"]), kept["since"], kept["status"])
        except ValueError, LookupError, TypeError:
            return cls()

    def to_text(self) -> str:
        """Return it as the text that is kept."""
        return json.dumps(
            {
                "types": sorted(self.types),
                "since": self.since or {},
                "status": self.status or {},
            }
        )

    def new_since(self, day: date) -> frozenset[str]:
        """Return the ids of patterns that were first told of on a date or later."""
        first = day.isoformat()
        return frozenset(
            id_ for id_, since in (self.since or {}).items() if since >= first
        )

    def tell(self, report: Json, today: date) -> tuple[Told, list[News]]:
        """Return what is told once a report is, and what of it is news.

        What is found at the very first look for a type is no news: it was there all
        the time.

        Args:
            report: the contract's object, as it was found.
            today: the local date.
        """
        since, status = dict(self.since or {}), dict(self.status or {})
        news: list[News] = []
        for pattern in report["patterns"]:
            id_ = pattern["id"]
            kind = _BY_STATUS.get(pattern["status"])
            if id_ not in since:
                kind = (
                    NewsKind.ANOMALY
                    if pattern["type"] == PatternType.ANOMALY
                    else NewsKind.DISCOVERED
                )
            elif status.get(id_) == pattern["status"]:
                kind = None
            if kind is not None and pattern["type"] in self.types:
                news.append(News(kind, pattern))
            since.setdefault(id_, today.isoformat())
            status[id_] = pattern["status"]
        looked_for = {*report["not_yet"], *(p["type"] for p in report["patterns"])}
        return Told(self.types | looked_for, since, status), news
