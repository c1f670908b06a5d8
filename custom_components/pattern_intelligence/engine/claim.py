"""What a pattern states, apart from what it rests on: enough to check it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .exact import (
    renamed,
    spread_from_json,
    spread_to_json,
    time_from_json,
    time_to_json,
)
from .pattern import (
    Context,
    Finding,
    Json,
    PatternType,
    Place,
    Spread,
    When,
    identity,
    place_of,
)
from .window import Key, Resolve


@dataclass(frozen=True, slots=True)
class Claim:
    """A stated habit.

    Attributes:
        type: the detector's type.
        entities: as in the finding.
        area_ids: as in the finding.
        when: as in the finding.
        lag_s: as in the finding.
        duration_s: as in the finding.
        context: as in the finding.
        raw: the confidence the detector gave.
        stated: the confidence that was told, recalibrated.
        automated: whether it is what automations do.
    """

    type: PatternType
    entities: tuple[Key, ...]
    area_ids: tuple[str, ...]
    when: When | None
    lag_s: Spread | None
    duration_s: Spread | None
    context: Context | None
    raw: float
    stated: float
    automated: bool = False

    @classmethod
    def of(cls, finding: Finding, stated: float) -> Claim:
        """Return what is claimed of a finding.

        Args:
            finding: what was found.
            stated: the confidence told.
        """
        return cls(
            finding.type,
            finding.entities,
            finding.area_ids,
            finding.when,
            finding.lag_s,
            finding.duration_s,
            finding.context,
            finding.confidence,
            stated,
            finding.automated,
        )

    @property
    def key(self) -> tuple[str, ...]:
        """Return what makes it the same habit, as :attr:`Finding.key` has it."""
        return identity(
            self.type, self.entities, self.area_ids, self.when, self.context
        )

    @property
    def place(self) -> Place:
        """Return by what it is told from others of its key, as a finding's is."""
        return place_of(self.type, self.when, self.duration_s)

    def to_json(self) -> Json:
        """Return it with every figure exact."""
        return {
            "type": self.type.value,
            "entities": [[key.entity_id, key.state] for key in self.entities],
            "area_ids": list(self.area_ids),
            "when": time_to_json(self.when),
            "lag_s": spread_to_json(self.lag_s),
            "duration_s": spread_to_json(self.duration_s),
            "context": dict(self.context) if self.context else None,
            "raw": self.raw,
            "stated": self.stated,
            "automated": self.automated,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], resolve: Resolve) -> Claim:
        """Return what :meth:`to_json` gave, with the ids that entities have now."""
        return cls(
            PatternType(stored["type"]),
            tuple(Key(resolve(entity), state) for entity, state in stored["entities"]),
            tuple(stored["area_ids"]),
            time_from_json(stored["when"]),
            spread_from_json(stored["lag_s"]),
            spread_from_json(stored["duration_s"]),
            renamed(stored["context"], resolve),
            stored["raw"],
            stored["stated"],
            stored.get("automated", False),
        )
