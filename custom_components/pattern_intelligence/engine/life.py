"""The life of patterns: a fold over Sundays, so that a run leaves no trace of itself.

``L(c) = step(L(c - 7), detect(c))``. Each finding is matched to the pattern it was on
the Sunday before, keeps its id, or is born; each claim made then is checked against
the week since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
import json
from typing import Any, Final

from .civil import DAY_MINUTES, MINUTE_MS, WAKING_DAY_STARTS_MS
from .claim import Claim
from .matching import match
from .pattern import Finding, Json
from .track_record import TrackRecord
from .window import Resolve

GONE_AFTER: Final = 4
"""Sundays without a finding after which a pattern is gone until it comes back."""

_ID_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of a pattern.

    Attributes:
        id: its id for ever.
        claim: what it said when last found; its entities, anchor and time are those
            it is matched by.
        first_seen: number of the first day it was seen on.
        missed: Sundays in a row on which it was not found.
    """

    id: str
    claim: Claim
    first_seen: int
    missed: int = 0

    @property
    def gone(self) -> bool:
        """Tell whether it is no longer listed."""
        return self.missed >= GONE_AFTER


@dataclass(frozen=True, slots=True)
class Life:
    """All patterns a home ever had, and how its claims fared.

    Attributes:
        entries: in order of birth.
        record: the tally of claims.
        standing: what the weekly and monthly detectors found when they last looked,
            as :mod:`.finding_json` has it.
    """

    entries: tuple[Entry, ...] = ()
    record: TrackRecord = field(default_factory=TrackRecord)
    standing: tuple[Json, ...] = ()

    @property
    def claims(self) -> list[Claim]:
        """Return what was claimed on the last Sunday."""
        return [entry.claim for entry in self.entries if not entry.missed]

    def to_text(self) -> str:
        """Return it as JSON, the same for equal lives."""
        return json.dumps(
            {
                "schema": 1,
                "entries": [
                    {
                        "id": entry.id,
                        "claim": entry.claim.to_json(),
                        "first_seen": entry.first_seen,
                        "missed": entry.missed,
                    }
                    for entry in self.entries
                ],
                "record": self.record.to_json(),
                "standing": self.standing,
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_text(cls, text: str, resolve: Resolve) -> Life:
        """Return what :meth:`to_text` wrote, with the ids that entities have now.

        Args:
            text: the JSON.
            resolve: maps ids that entities had to those they have.

        Raises:
            ValueError: it is no such text.
        """
        stored: dict[str, Any] = json.loads(text)
        try:
            return cls(
                tuple(
                    Entry(
                        entry["id"],
                        Claim.from_json(entry["claim"], resolve),
                        entry["first_seen"],
                        entry["missed"],
                    )
                    for entry in stored["entries"]
                ),
                TrackRecord.from_json(stored["record"]),
                tuple(stored["standing"]),
            )
        except (KeyError, TypeError) as err:
            raise ValueError("the stored life of patterns is damaged") from err


@dataclass(frozen=True, slots=True)
class Identified:
    """A finding with the id and the first day it has.

    Attributes:
        id: its id.
        finding: what was found.
        first_seen: number of the first day it was ever seen on.
    """

    id: str
    finding: Finding
    first_seen: int


def identify(life: Life, findings: Sequence[Finding]) -> list[Identified]:
    """Match findings to the patterns there were; what is left over is born.

    Args:
        life: as of the last Sunday.
        findings: what is found now.

    Returns:
        In the order of ``findings``.
    """
    by_key: dict[tuple[str, ...], list[Entry]] = {}
    for entry in life.entries:
        by_key.setdefault(entry.claim.key, []).append(entry)
    grouped: dict[tuple[str, ...], list[int]] = {}
    for index, finding in enumerate(findings):
        grouped.setdefault(finding.key, []).append(index)

    found: dict[int, Identified] = {}
    taken = {entry.id for entry in life.entries}
    for key, indices in grouped.items():
        entries = by_key.get(key, [])
        own = [findings[index] for index in indices]
        pairs = match([entry.claim.place for entry in entries], [f.place for f in own])
        for entry_at, finding_at in pairs:
            entry, finding = entries[entry_at], own[finding_at]
            found[indices[finding_at]] = Identified(
                entry.id, finding, min(entry.first_seen, int(finding.matched[0]))
            )
        born = sorted(
            (index for index in indices if index not in found),
            key=lambda index: _birth_order(findings[index]),
        )
        unused = (one for n in count() if (one := pattern_id(key, n)) not in taken)
        for index, own_id in zip(born, unused, strict=False):
            finding = findings[index]
            found[index] = Identified(own_id, finding, int(finding.matched[0]))
    return [found[index] for index in range(len(findings))]


def _birth_order(finding: Finding) -> tuple[int, float]:
    """Return by what newborns of one key are ordered: first seen, then from 04:00."""
    starts = WAKING_DAY_STARTS_MS / MINUTE_MS
    time = (finding.when.time - starts) % DAY_MINUTES if finding.when else 0.0
    return int(finding.matched[0]), time


def pattern_id(key: Sequence[str], ordinal: int) -> str:
    """Return the id of the pattern that was the ordinal-th of its key."""
    text = json.dumps([*key, ordinal], ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]


def step(life: Life, stated: Sequence[tuple[Identified, Claim]]) -> Life:
    """Return the life one Sunday later.

    Args:
        life: as of the Sunday before, with the tally of the week since.
        stated: what is found on this Sunday, and what is claimed of it.
    """
    by_id = {identified.id: (identified, claim) for identified, claim in stated}
    entries: list[Entry] = []
    for entry in life.entries:
        if entry.id in by_id:
            identified, claim = by_id.pop(entry.id)
            entries.append(Entry(entry.id, claim, identified.first_seen))
        else:
            entries.append(replace(entry, missed=entry.missed + 1))
    entries.extend(
        Entry(identified.id, claim, identified.first_seen)
        for identified, claim in by_id.values()
    )
    return Life(tuple(entries), life.record, life.standing)
