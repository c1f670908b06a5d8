"""What a person decided of patterns.

Neither detection nor the life of patterns reads any of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
import json
from typing import Final

from .engine.pattern import Json, Status
from .stores.base import LocalStore
from .texts import items_of

DECISIONS: Final = "decisions"
"""Name of the text under which decisions are kept."""

HIDDEN: Final = frozenset({Status.DISMISSED, Status.SNOOZED})
"""Statuses of what is no longer counted or shown unless it is asked for."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one pattern.

    Attributes:
        key: names the decision; the pattern's id where no other decision has it.
        pattern: the contract's object, as it was when decided.
        decided: when, UTC in ISO form.
        last_id: the id under which the pattern was last published.
        last_when: its ``when`` as last published.
        last_duration_s: its ``duration_s`` as last published.
        history: the first day of the history in which that id was given.
        verdict: ``accepted``, ``dismissed``, ``snoozed``, or None.
        until: the first date on which a snoozed one is shown again, in ISO form.
        followed: it has a sensor of its own.
    """

    key: str
    pattern: Json
    decided: str
    last_id: str
    last_when: Json | None
    last_duration_s: Json | None
    history: str | None
    verdict: str | None = None
    until: str | None = None
    followed: bool = False

    @property
    def empty(self) -> bool:
        """Tell whether nothing is decided any more."""
        return self.verdict is None and not self.followed


type Book = Mapping[str, Decision]


@dataclass(frozen=True, slots=True)
class Shown:
    """What was found, with what was decided of it.

    Attributes:
        patterns: all of them, with the status that was decided.
        book: the decisions, brought up to date.
        found: by decision, the pattern it is about, where that is listed now.
    """

    patterns: list[Json] = field(default_factory=list)
    book: Book = field(default_factory=dict)
    found: Mapping[str, Json] = field(default_factory=dict)

    def decision_of(self, pattern_id: str) -> Decision | None:
        """Return the decision on a pattern, by the id it has now or had then."""
        for key, pattern in self.found.items():
            if pattern["id"] == pattern_id:
                return self.book[key]
        decision = self.book.get(pattern_id)
        listed = any(pattern["id"] == pattern_id for pattern in self.patterns)
        return None if listed else decision

    def pattern(self, pattern_id: str) -> Json | None:
        """Return a pattern that is listed, by its id."""
        return next((p for p in self.patterns if p["id"] == pattern_id), None)


def read_book(text: str | None) -> Book:
    """Return the decisions that were kept; what cannot be read counts as none."""
    known = Decision.__dataclass_fields__.keys()
    book = {}
    for item in items_of(text):
        try:
            decision = Decision(**{k: v for k, v in item.items() if k in known})
        except TypeError, AttributeError:
            continue
        book[decision.key] = decision
    return book


def keep_book(local: LocalStore, book: Book) -> None:
    """Write the decisions, unless that is what is kept already. Blocks.

    Raises:
        StoreError: the store failed; nothing was changed.
    """
    text = json.dumps([asdict(decision) for decision in book.values()])
    if (local.read_text(DECISIONS) or "[]") != text:
        local.write_text(DECISIONS, text)


def _bare(shown: Json) -> Json:
    """Return a pattern as it was found."""
    added = {"life_status", "followed", "snoozed_until"}
    pattern = {name: value for name, value in shown.items() if name not in added}
    return {**pattern, "status": shown["life_status"]}


def decide(
    shown: Shown,
    pattern_id: str,
    now: str,
    history: str | None,
    **changes: object,
) -> tuple[Book, Decision | None]:
    """Return the decisions with one more, or one changed.

    Args:
        shown: what is shown now.
        pattern_id: the pattern's id.
        now: when it is decided, UTC in ISO form.
        history: the first day of the history that is told now.
        changes: new values of attributes of :class:`Decision`.

    Returns:
        The decisions, and the one meant; None where nothing is decided any more.

    Raises:
        LookupError: there is neither a pattern nor a decision of that id.
    """
    decision = shown.decision_of(pattern_id)
    pattern = shown.pattern(pattern_id)
    if decision is None:
        if pattern is None:
            raise LookupError(pattern_id)
        decision = Decision(
            _unused(pattern_id, shown.book),
            _bare(pattern),
            now,
            pattern_id,
            pattern["when"],
            pattern["duration_s"],
            history,
        )
    elif pattern is not None:
        decision = replace(decision, pattern=_bare(pattern), decided=now)
    decision = replace(decision, **changes)  # type: ignore[arg-type]
    book = {key: one for key, one in shown.book.items() if key != decision.key}
    if decision.empty:
        return book, None
    return {**book, decision.key: decision}, decision


def _unused(pattern_id: str, book: Book) -> str:
    """Return a name for a decision; an id may be another's since learning anew."""
    number, name = 1, pattern_id
    while name in book:
        number += 1
        name = f"{pattern_id}_{number}"
    return name
