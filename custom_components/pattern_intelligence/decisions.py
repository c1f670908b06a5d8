"""What a person decided of patterns, laid over what was found when it is published.

Neither detection nor the life of patterns reads any of this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
import json
from typing import Final

from .engine.matching import match
from .engine.pattern import WEEKDAYS, Json, PatternType, Status, When, identity
from .engine.window import Key
from .stores.base import LocalStore
from .texts import items_of

DECISIONS: Final = "decisions"
"""Name of the text under which decisions are kept."""

HIDDEN: Final = frozenset({Status.DISMISSED, Status.SNOOZED})
"""Statuses of what is no longer counted or shown unless it is asked for."""

type Resolve = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one pattern.

    Attributes:
        key: names the decision; the pattern's id where no other decision has it.
        pattern: the contract's object, as it was when decided.
        decided: when, UTC in ISO form.
        last_id: the id under which the pattern was last published.
        last_when: its ``when`` as last published.
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


def lay_over(
    report: Json | None,
    book: Book,
    resolve: Resolve,
    today: date,
    listed_from: Callable[[str], float] = lambda _: 0.0,
) -> Shown:
    """Return what was found, with what was decided of it.

    Args:
        report: the contract's object; None before anything was found.
        book: the decisions.
        resolve: maps ids that entities had to those they have.
        today: the local date; what was snoozed until then is shown again.
        listed_from: for a type, the least confidence that the person wants to see;
            what is accepted or followed is shown nevertheless.
    """
    if report is None:
        return Shown(book=book)
    patterns: list[Json] = report["patterns"]
    history = report["home"]["first_day"]
    at = _follow(list(book.values()), patterns, history, resolve)
    current: dict[str, Decision] = {}
    decided: dict[int, Decision] = {}
    for key, decision in book.items():
        one = decision
        if one.until is not None and one.until <= today.isoformat():
            one = replace(one, verdict=None, until=None)
        if (index := at.get(key)) is not None:
            found = patterns[index]
            one = replace(
                one, last_id=found["id"], last_when=found["when"], history=history
            )
            decided[index] = one
        if not one.empty:
            current[key] = one
    shown: list[Json] = []
    found_by_key: dict[str, Json] = {}
    for index, pattern in enumerate(patterns):
        about = decided.get(index)
        if about is None and pattern["confidence"] < listed_from(pattern["type"]):
            continue
        shown.append(_with(pattern, about))
        if about is not None and about.key in current:
            found_by_key[about.key] = shown[-1]
    return Shown(shown, current, found_by_key)


def _with(pattern: Json, decision: Decision | None) -> Json:
    """Return a pattern with what was decided of it."""
    verdict = decision.verdict if decision else None
    return {
        **pattern,
        "status": verdict or pattern["status"],
        "life_status": pattern["status"],
        "followed": decision is not None and decision.followed,
        "snoozed_until": decision.until if decision else None,
    }


def _bare(shown: Json) -> Json:
    """Return a pattern as it was found."""
    added = {"life_status", "followed", "snoozed_until"}
    pattern = {name: value for name, value in shown.items() if name not in added}
    return {**pattern, "status": shown["life_status"]}


def _follow(
    decisions: Sequence[Decision],
    patterns: Sequence[Json],
    history: str | None,
    resolve: Resolve,
) -> dict[str, int]:
    """Return which of the patterns each decision is about, where it is listed.

    While the same history is told on, an id stays with its habit. Once it was learned
    anew, ids may have changed hands: then the kept pattern is matched like any other.
    """
    by_id = {pattern["id"]: index for index, pattern in enumerate(patterns)}
    at: dict[str, int] = {}
    foreign: dict[tuple[str, ...], list[Decision]] = {}
    for decision in decisions:
        if decision.history == history:
            if decision.last_id in by_id:
                at[decision.key] = by_id[decision.last_id]
        else:
            foreign.setdefault(_key(decision.pattern, resolve), []).append(decision)
    if not foreign:
        return at
    taken = set(at.values())
    free: dict[tuple[str, ...], list[int]] = {}
    for index, pattern in enumerate(patterns):
        if index not in taken:
            free.setdefault(_key(pattern, resolve), []).append(index)
    for key, some in foreign.items():
        indices = free.get(key, [])
        pairs = match(
            [when_of(decision.last_when) for decision in some],
            [when_of(patterns[index]["when"]) for index in indices],
        )
        for decision_at, index_at in pairs:
            at[some[decision_at].key] = indices[index_at]
    return at


def _key(pattern: Json, resolve: Resolve) -> tuple[str, ...]:
    """Return what makes a pattern the same habit; an anomaly is one of its day."""
    when = pattern["when"]
    return (
        *identity(
            PatternType(pattern["type"]),
            tuple(
                Key(resolve(entity["entity_id"]), entity["state"] or "")
                for entity in pattern["entities"]
            ),
            tuple(pattern["area_ids"]),
            when_of(when),
            pattern["context"],
        ),
        (when or {}).get("date") or "",
    )


def when_of(when: Json | None) -> When | None:
    """Return the time that the contract's ``when`` tells."""
    if when is None:
        return None
    return When(
        time=_minutes(when["time"]),
        earliest=_minutes(when["earliest"]),
        latest=_minutes(when["latest"]),
        anchor=when["anchor"],
        weekdays=tuple(WEEKDAYS.index(day) for day in when["weekdays"]),
        day_kind=when["day_kind"],
        day=date.fromisoformat(when["date"]) if when["date"] else None,
    )


def _minutes(clock: str) -> float:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + float(minutes)


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
