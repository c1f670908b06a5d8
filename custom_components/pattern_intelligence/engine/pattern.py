"""A pattern: what a detector finds, and the object that others are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

import numpy as np

from .civil import clock, date_of
from .tables import Numbers
from .window import Key

type Context = Mapping[str, Any]
type Json = dict[str, Any]
type Anchor = Literal["each", "first", "last"]
type DayKind = Literal["any", "workday", "free"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class PatternType(StrEnum):
    """The ten types, one for each detector."""

    TIME_OF_DAY = "time_of_day"
    CO_OCCURRENCE = "co_occurrence"
    SEQUENCE = "sequence"
    ROOM_BASED = "room_based"
    DURATION = "duration"
    ANOMALY = "anomaly"
    SESSION = "session"
    DAY_TYPE = "day_type"
    CONTEXTUAL = "contextual"
    SEASONAL = "seasonal"


WEEKLY: Final = frozenset({PatternType.SESSION, PatternType.DAY_TYPE})
"""Types that are found as of the end of a week."""

MONTHLY: Final = frozenset({PatternType.CONTEXTUAL, PatternType.SEASONAL})
"""Types that are found as of the end of a month."""


OF_ROOMS: Final = frozenset({PatternType.ROOM_BASED, PatternType.SESSION})
"""Types whose areas are the subject; others have those their entities are in now."""


class Status(StrEnum):
    """Where a pattern stands in its life, or what the person decided of it."""

    NEW = "new"
    ACTIVE = "active"
    CHANGED = "changed"
    FADING = "fading"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"


@dataclass(frozen=True, slots=True)
class When:
    """The time of day a pattern keeps.

    Attributes:
        time: expected next, minutes after local midnight in [0, 1440), of the clock.
        earliest: 10th percentile of the last 28 matched habit-days, minutes.
        latest: 90th percentile; less than ``earliest`` where it spans midnight.
        anchor: whether each happening is meant, or a waking day's first or last.
        weekdays: the weekdays on which it holds, Monday is 0.
        day_kind: ``any``, or ``workday`` or ``free`` where holidays matter.
        day: the date, of an anomaly.
    """

    time: float
    earliest: float
    latest: float
    anchor: Anchor = "each"
    weekdays: tuple[int, ...] = tuple(range(7))
    day_kind: DayKind = "any"
    day: date | None = None

    def as_json(self) -> Json:
        """Return the object of the contract."""
        return {
            "time": clock(self.time),
            "earliest": clock(self.earliest),
            "latest": clock(self.latest),
            "anchor": self.anchor,
            "weekdays": [WEEKDAYS[day] for day in self.weekdays],
            "day_kind": self.day_kind,
            "date": self.day.isoformat() if self.day else None,
        }


@dataclass(frozen=True, slots=True)
class Spread:
    """How far figures in seconds spread: a lag, a duration."""

    median: float
    p10: float
    p90: float

    def as_json(self) -> Json:
        """Return the object of the contract."""
        return {
            "median": _short(self.median),
            "p10": _short(self.p10),
            "p90": _short(self.p90),
        }


type Place = When | Spread | None
"""What tells patterns of one key apart: their time, or how long they last."""


def place_of(type_: PatternType, when: When | None, duration_s: Spread | None) -> Place:
    """Return by what a pattern is told from others of its key.

    There are no two sequences of the same steps, whether they keep a time or not.
    """
    if type_ is PatternType.SEQUENCE:
        return None
    return duration_s if type_ is PatternType.DURATION else when


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim rests on.

    Attributes:
        days_eligible: days on which it could have happened.
        days_matched: days on which it did.
        occurrences: how often, for information.
        expected: the days that chance alone would match.
        lift: ``days_matched / expected``, or None where the type has none.
        p_value: of ``days_matched`` or more by chance.
        q_value: after control of the false discovery rate within the type.
    """

    days_eligible: int
    days_matched: int
    occurrences: int
    expected: float
    lift: float | None
    p_value: float
    q_value: float

    def as_json(self) -> Json:
        """Return the object of the contract."""
        return {
            "days_eligible": self.days_eligible,
            "days_matched": self.days_matched,
            "occurrences": self.occurrences,
            "expected": _short(self.expected),
            "lift": None if self.lift is None else _short(self.lift),
            "p_value": _short(self.p_value),
            "q_value": _short(self.q_value),
        }


@dataclass(frozen=True, slots=True)
class Provenance:
    """Shares of the occurrences by who caused them; they add up to 1."""

    user: float
    physical: float
    automation: float

    def as_json(self) -> Json:
        """Return the object of the contract."""
        return {
            "user": round(self.user, 3),
            "physical": round(self.physical, 3),
            "automation": round(self.automation, 3),
        }


def identity(
    type_: PatternType,
    entities: tuple[Key, ...],
    area_ids: tuple[str, ...],
    when: When | None,
    context: Context | None,
) -> tuple[str, ...]:
    """Return what makes a habit the same: never a time, a weekday or a strength.

    Areas count only where they are the subject, since an entity's area may change.
    How long something lasts may get a time, or other lengths beside it, and lose them;
    a sequence may get a usual start and lose it; a session in a room may gain members
    and lose them. An anomaly is of its date, a trend or a swing of what is measured.
    """
    if type_ in {PatternType.DURATION, PatternType.SEQUENCE}:
        when = context = None
    if type_ is PatternType.SESSION and area_ids:
        entities = ()
    return (
        type_.value,
        *(f"{key.entity_id}={key.state}" for key in entities),
        *(area_ids if type_ in OF_ROOMS else ()),
        when.anchor if when else "",
        str(context.get("kind", "")) if context else "",
        str(context.get("entity_id", "")) if context else "",
        *((str(when.day),) if type_ is PatternType.ANOMALY and when else ()),
        *((str(context["of"]),) if type_ is PatternType.SEASONAL and context else ()),
    )


@dataclass(frozen=True, eq=False)
class Finding:
    """What a detector reports, before it has an identity.

    Attributes:
        type: the detector's type.
        entities: entities and states, in the order the type gives them; a state of
            "" means the entity as a whole.
        area_ids: areas of those entities, or the rooms themselves.
        confidence: the raw probability, of what the contract says for the type.
        evidence: what it rests on.
        provenance: who caused the occurrences.
        when: the time it keeps, if any.
        lag_s: from the first entity to the last, if any.
        duration_s: how long it lasts, if it says so.
        context: the condition, if any.
        automated_by: automations that already do this.
        eligible: shape (days_eligible,), ascending numbers of the habit-days.
        matched: shape (days_matched,), those of them that matched.
        times: shape (days_matched,), minutes from the centre of each match, or
            empty where the type keeps no time.
        details: more fields for the JSON, of one type only.
    """

    type: PatternType
    entities: tuple[Key, ...]
    area_ids: tuple[str, ...]
    confidence: float
    evidence: Evidence
    provenance: Provenance
    eligible: Numbers
    matched: Numbers
    times: np.ndarray[tuple[int], np.dtype[np.float64]]
    when: When | None = None
    lag_s: Spread | None = None
    duration_s: Spread | None = None
    context: Context | None = None
    automated_by: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """Return what makes it the same habit."""
        return identity(
            self.type, self.entities, self.area_ids, self.when, self.context
        )

    @property
    def place(self) -> Place:
        """Return by what it is told from others of its key."""
        return place_of(self.type, self.when, self.duration_s)

    @property
    def automated(self) -> bool:
        """Tell whether it is what automations do."""
        return bool(self.automated_by)

    @property
    def first_seen(self) -> date:
        """Return the first day it occurred on."""
        return date_of(self.matched[0])

    @property
    def last_seen(self) -> date:
        """Return the last day it occurred on."""
        return date_of(self.matched[-1])


@dataclass(frozen=True, eq=False)
class Pattern:
    """A finding with an identity, a status and words.

    Attributes:
        id: stable from run to run and from store to store.
        finding: what was found.
        status: where it stands.
        confidence: the finding's, recalibrated by what this home has seen.
        first_seen: the first day it was ever seen on.
        title: a few words for a person.
        description: a sentence or two.
    """

    id: str
    finding: Finding
    status: Status
    confidence: float
    first_seen: date
    title: str
    description: str

    def as_json(self) -> Json:
        """Return the object of the contract."""
        found = self.finding
        return {
            "id": self.id,
            "type": found.type.value,
            "title": self.title,
            "description": self.description,
            "entities": [
                {"entity_id": key.entity_id, "state": key.state or None}
                for key in found.entities
            ],
            "area_ids": list(found.area_ids),
            "when": found.when.as_json() if found.when else None,
            "lag_s": found.lag_s.as_json() if found.lag_s else None,
            "duration_s": found.duration_s.as_json() if found.duration_s else None,
            "context": dict(found.context) if found.context else None,
            "evidence": found.evidence.as_json(),
            "confidence": round(self.confidence, 3),
            "provenance": found.provenance.as_json(),
            "automated_by": list(found.automated_by),
            "first_seen": self.first_seen.isoformat(),
            "last_seen": found.last_seen.isoformat(),
            "status": self.status.value,
            **found.details,
        }


def _short(value: float) -> float:
    """Return a figure with five significant digits, as exact as it deserves."""
    return float(f"{value:.5g}")
