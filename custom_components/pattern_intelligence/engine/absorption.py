"""Larger patterns absorb what they explain, for all types together.

A sequence stands for the links between its steps, a session for the times of its
members, a walk between rooms for the links of their movement sensors, a time of use for
the sensors' own times, a usual duration for the time at which it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .civil import DAY_MINUTES, circular_minutes
from .explanations import LARGER, is_use, of_several
from .home import Home
from .pattern import MONTHLY, Finding, Json, PatternType
from .related import Related
from .tables import Numbers
from .tying import COVERED


def absorb(findings: Sequence[Finding], home: Home) -> list[Finding]:
    """Return the findings that no larger one explains, in their order.

    Args:
        findings: of all types, each habit once within its type.
        home: tells which entities are of one device, and in which area.
    """
    order = {kind: place for place, kind in enumerate(LARGER)}
    owners = sorted(
        (at for at, found in enumerate(findings) if found.type in LARGER),
        key=lambda at: (
            order[findings[at].type],
            -len(findings[at].entities),
            -findings[at].confidence,
            at,
        ),
    )
    related = Related.of(findings, home)
    absorbed: dict[int, list[Finding]] = {}
    gone: set[int] = set()
    for owner in owners:
        if owner in gone:
            continue
        for part, explains in LARGER[findings[owner].type].items():
            parts = [
                at
                for at in related.to(owner, part)
                if at not in gone
                and explains(findings[owner], findings[at], home)
                and _covers(findings[owner], findings[at])
            ]
            if explains is is_use:
                parts = of_several([(at, findings[at]) for at in parts], home)
            gone.update(parts)
            own = absorbed.setdefault(owner, [])
            for at in parts:
                own += findings[at], *absorbed.pop(at, ())
    return [
        _standing_for(found, absorbed.get(at, ()))
        for at, found in enumerate(findings)
        if at not in gone
    ]


def _covers(owner: Finding, part: Finding) -> bool:
    """Tell whether most days of a part are days of the whole.

    A habit-day is centred on its time, so that the days of what happens around
    midnight may be numbered one apart. What a month's end has found knows nothing of
    the days since. A trend or a swing is of weeks and months, and has no days.
    """
    if part.type is PatternType.SEASONAL:
        return True
    days = part.matched
    if owner.type in MONTHLY:
        days = days[days <= owner.eligible[-1]]
        if days.size < part.matched.size / 2:
            return False
    times = [found.when.time for found in (owner, part) if found.when]
    apart = (-1, 0, 1) if any(map(_by_midnight, times)) else (0,)
    shared = max(_shared(owner.matched + shift, days) for shift in apart)
    return shared >= COVERED * days.size


def _by_midnight(minute: float) -> bool:
    return abs(circular_minutes(minute)) < DAY_MINUTES / 8


def _shared(days: Numbers, others: Numbers) -> int:
    return int(np.isin(others, days, assume_unique=True).sum())


def _standing_for(owner: Finding, parts: Sequence[Finding]) -> Finding:
    """Return a finding that tells what it stands for."""
    if not parts:
        return owner
    told: list[Json] = [
        {
            "type": part.type.value,
            "entities": [
                {"entity_id": key.entity_id, "state": key.state or None}
                for key in part.entities
            ],
            "area_ids": list(part.area_ids),
            "when": part.when.as_json() if part.when else None,
            "lag_s": part.lag_s.as_json() if part.lag_s else None,
            "confidence": round(part.confidence, 3),
            "companions": [],
            **part.details,
        }
        for part in parts
    ]
    return replace(owner, details={**owner.details, "stands_for": told})
