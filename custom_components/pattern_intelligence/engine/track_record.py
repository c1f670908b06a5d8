"""What a home was told and what then happened: its own measure of trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, log
from typing import Any, Final

from .pattern import Json

WEEKS_SHOWN: Final = 8
"""How many weeks the published track record looks back on."""

HOMES_DIFFER: Final = 0.03
"""Standard deviation of the share by which claims come true more or less often than
detectors think, from home to home: what is shrunk towards."""

_CLIP: Final = 0.02


@dataclass(frozen=True, slots=True)
class TypeTally:
    """Sums over the occasions on which claims of one type were checked.

    Attributes:
        claims: occasions.
        happened: of them, how often what was stated happened.
        stated: sum of the confidences told.
        raw: sum of the confidences the detector gave.
        squares: sum of the squared errors of the confidences told.
        apart: sum over weeks of the square of ``happened`` less ``raw``.
    """

    claims: int = 0
    happened: int = 0
    stated: float = 0.0
    raw: float = 0.0
    squares: float = 0.0
    apart: float = 0.0

    def __add__(self, other: TypeTally) -> TypeTally:
        """Return the sum of both."""
        return TypeTally(
            self.claims + other.claims,
            self.happened + other.happened,
            self.stated + other.stated,
            self.raw + other.raw,
            self.squares + other.squares,
            self.apart + other.apart,
        )

    @property
    def doubt(self) -> float:
        """Return the variance of the share by which more happened than was thought.

        Occasions of one week hang together: while somebody is ill or a timetable is
        off, everything fails at once. So weeks are what varies (the sandwich estimator
        for clusters: K.-Y. Liang, S. L. Zeger, Biometrika 73, 1986), about no
        difference; at the least it is that of occasions by themselves.
        """
        share = self.happened / self.claims
        alone = max(share * (1 - share), _CLIP * (1 - _CLIP)) / self.claims
        return max(self.apart / self.claims**2, alone)

    @classmethod
    def of(cls, occasions: int, happened: int, stated: float, raw: float) -> TypeTally:
        """Return the tally of one claim over some occasions."""
        return cls(
            occasions,
            happened,
            occasions * stated,
            occasions * raw,
            happened * (1 - stated) ** 2 + (occasions - happened) * stated**2,
        )


type Week = Mapping[str, TypeTally]


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """The tally of a home's claims.

    Attributes:
        total: over all weeks, by type, of all that was found.
        weeks: the last weeks, newest last, by type, of what was told.
    """

    total: Week = field(default_factory=dict)
    weeks: tuple[Week, ...] = ()

    def after(self, week: Week, untold: Week | None = None) -> TrackRecord:
        """Return the record with one week more.

        Args:
            week: what came of the claims that were told.
            untold: what came of those that were found and not sure enough, once
                recalibrated. They are no claims, but were they not counted, a type
                that was mistrusted once could never be trusted again.
        """
        total = {**self.total}
        for kind in {**week, **(untold or {})}:
            checked = week.get(kind, TypeTally()) + (untold or {}).get(
                kind, TypeTally()
            )
            apart = (checked.happened - checked.raw) ** 2
            total[kind] = total.get(kind, TypeTally()) + replace(checked, apart=apart)
        return TrackRecord(
            dict(sorted(total.items())), (*self.weeks, week)[-WEEKS_SHOWN:]
        )

    def recalibrated(self, kind: str, confidence: float) -> float:
        """Return a detector's confidence, corrected by what this home has seen.

        The log odds are shifted by the difference between what happened and what was
        said, shrunk towards no shift while the weeks do not tell it surely.

        Args:
            kind: the type.
            confidence: as the detector gave it.
        """
        tally = self.total.get(kind)
        if not tally or not tally.claims:
            return confidence
        trust = HOMES_DIFFER**2 / (HOMES_DIFFER**2 + tally.doubt)
        shift = _log_odds(tally.happened / tally.claims) - _log_odds(
            tally.raw / tally.claims
        )
        return 1 / (1 + exp(-_log_odds(confidence) - trust * shift))

    def published(self) -> Json:
        """Return the contract's ``track_record``: the last eight weeks by type."""
        sums: dict[str, TypeTally] = {}
        for week in self.weeks:
            for kind, tally in week.items():
                sums[kind] = sums.get(kind, TypeTally()) + tally
        return {
            kind: {
                "claims": tally.claims,
                "stated": round(tally.stated / tally.claims, 3),
                "happened": round(tally.happened / tally.claims, 3),
                "brier": round(tally.squares / tally.claims, 3),
            }
            for kind, tally in sorted(sums.items())
            if tally.claims
        }

    def to_json(self) -> Json:
        """Return it with every figure exact."""
        return {
            "total": _week_to_json(self.total),
            "weeks": [_week_to_json(week) for week in self.weeks],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TrackRecord:
        """Return what :meth:`to_json` gave."""
        return cls(
            _week_from_json(stored["total"]),
            tuple(_week_from_json(week) for week in stored["weeks"]),
        )


def _week_to_json(week: Week) -> Json:
    return {
        kind: [t.claims, t.happened, t.stated, t.raw, t.squares, t.apart]
        for kind, t in sorted(week.items())
    }


def _week_from_json(stored: Mapping[str, list[Any]]) -> Week:
    return {kind: TypeTally(*sums) for kind, sums in stored.items()}


def _log_odds(share: float) -> float:
    clipped = min(max(share, _CLIP), 1 - _CLIP)
    return log(clipped / (1 - clipped))
