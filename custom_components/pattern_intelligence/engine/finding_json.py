"""A finding as JSON with every figure exact, for those that are kept when found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .exact import (
    renamed,
    spread_from_json,
    spread_to_json,
    time_from_json,
    time_to_json,
)
from .home import Home
from .keys import Key, Resolve
from .pattern import OF_ROOMS, Evidence, Finding, Json, PatternType, Provenance


def to_json(finding: Finding) -> Json:
    """Return a finding as what JSON can hold."""
    return {
        "type": finding.type.value,
        "entities": [[key.entity_id, key.state] for key in finding.entities],
        "area_ids": list(finding.area_ids) if finding.type in OF_ROOMS else [],
        "confidence": finding.confidence,
        "evidence": _evidence_to_json(finding.evidence),
        "provenance": [
            finding.provenance.user,
            finding.provenance.physical,
            finding.provenance.automation,
        ],
        "eligible": finding.eligible.tolist(),
        "matched": finding.matched.tolist(),
        "times": finding.times.tolist(),
        "when": time_to_json(finding.when),
        "lag_s": spread_to_json(finding.lag_s),
        "duration_s": spread_to_json(finding.duration_s),
        "context": dict(finding.context) if finding.context else None,
        "automated_by": list(finding.automated_by),
        "details": dict(finding.details),
    }


def from_json(stored: Mapping[str, Any], resolve: Resolve, home: Home) -> Finding:
    """Return the finding that :func:`to_json` was given.

    Args:
        stored: what it returned.
        resolve: maps ids that entities had to those they have.
        home: tells the areas they are in now.

    Raises:
        LookupError: it is no such object.
        ValueError: it is no such object.
    """
    kind = PatternType(stored["type"])
    entities = tuple(
        Key(resolve(entity), state) for entity, state in stored["entities"]
    )
    area_ids = (
        tuple(stored["area_ids"])
        if kind in OF_ROOMS
        else home.area_ids(*(key.entity_id for key in entities))
    )
    return Finding(
        type=kind,
        entities=entities,
        area_ids=area_ids,
        confidence=stored["confidence"],
        evidence=Evidence(*stored["evidence"]),
        provenance=Provenance(*stored["provenance"]),
        eligible=np.array(stored["eligible"], np.int64),
        matched=np.array(stored["matched"], np.int64),
        times=np.array(stored["times"], np.float64),
        when=time_from_json(stored["when"]),
        lag_s=spread_from_json(stored["lag_s"]),
        duration_s=spread_from_json(stored["duration_s"]),
        context=renamed(stored["context"], resolve),
        automated_by=tuple(map(resolve, stored["automated_by"])),
        details=renamed(stored["details"], resolve),
    )


def _evidence_to_json(evidence: Evidence) -> list[float | None]:
    return [
        evidence.days_eligible,
        evidence.days_matched,
        evidence.occurrences,
        evidence.expected,
        evidence.lift,
        evidence.p_value,
        evidence.q_value,
    ]
