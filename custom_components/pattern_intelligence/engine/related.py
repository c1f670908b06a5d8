"""Which patterns have a thing or a room in common: only those can explain each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .home import Home
from .pattern import Finding, PatternType

type _Subject = tuple[str, str]
"""What a pattern is about: a kind of thing, and its id."""

_ANYTHING: _Subject = "", ""
"""What patterns are about that name sensors alone: whoever is seen does anything."""


@dataclass(frozen=True, eq=False)
class Related:
    """Some findings by what they are about.

    Attributes:
        about: what each finding is about.
        those: for a type and what it may be about, the positions of its findings.
    """

    about: list[set[_Subject]]
    those: dict[tuple[PatternType, _Subject], list[int]]

    @classmethod
    def of(cls, findings: Sequence[Finding], home: Home) -> Related:
        """Return the relations of some findings."""
        about = [_subjects(found, home) for found in findings]
        those: dict[tuple[PatternType, _Subject], list[int]] = {}
        for at, (found, own) in enumerate(zip(findings, about, strict=True)):
            for subject in own:
                those.setdefault((found.type, subject), []).append(at)
        return cls(about, those)

    def to(self, owner: int, kind: PatternType) -> list[int]:
        """Return the findings of a type that are related to one, ascending."""
        subjects = self.about[owner] | {_ANYTHING}
        return sorted(
            {at for own in subjects for at in self.those.get((kind, own), ())}
        )


def _subjects(found: Finding, home: Home) -> set[_Subject]:
    ids = [key.entity_id for key in found.entities]
    areas = {*found.area_ids, *home.area_ids(*ids)}
    subjects = {
        *(("device", home.unit(entity_id)) for entity_id in ids),
        *(("entity", entity_id) for entity_id in ids),
        *(("area", area_id) for area_id in areas),
    }
    if ids and all(map(home.sees_people, ids)):
        subjects.add(_ANYTHING)
    return subjects
