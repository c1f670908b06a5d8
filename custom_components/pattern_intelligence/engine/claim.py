"""What a pattern states, apart from what it rests on: enough to check it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .pattern import Context, Finding, Json, PatternType, Spread, When, identity
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
        )

    @property
    def key(self) -> tuple[str, ...]:
        """Return what makes it the same habit, as :attr:`Finding.key` has it."""
        return identity(
            self.type, self.entities, self.area_ids, self.when, self.context
        )

    def to_json(self) -> Json:
        """Return it with every figure exact."""
        when = self.when
        return {
            "type": self.type.value,
            "entities": [[key.entity_id, key.state] for key in self.entities],
            "area_ids": list(self.area_ids),
            "when": when
            and [
                when.time,
                when.earliest,
                when.latest,
                when.anchor,
                list(when.weekdays),
                when.day_kind,
            ],
            "lag_s": _spread_to_json(self.lag_s),
            "duration_s": _spread_to_json(self.duration_s),
            "context": dict(self.context) if self.context else None,
            "raw": self.raw,
            "stated": self.stated,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], resolve: Resolve) -> Claim:
        """Return what :meth:`to_json` gave, with the ids that entities have now."""
        when = stored["when"]
        return cls(
            PatternType(stored["type"]),
            tuple(Key(resolve(entity), state) for entity, state in stored["entities"]),
            tuple(stored["area_ids"]),
            when and When(when[0], when[1], when[2], when[3], tuple(when[4]), when[5]),
            _spread_from_json(stored["lag_s"]),
            _spread_from_json(stored["duration_s"]),
            stored["context"],
            stored["raw"],
            stored["stated"],
        )


def _spread_to_json(spread: Spread | None) -> list[float] | None:
    return [spread.median, spread.p10, spread.p90] if spread else None


def _spread_from_json(stored: list[float] | None) -> Spread | None:
    return Spread(*stored) if stored else None
