"""What was found, with what a person decided of it: laid over when published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from .contract import Resolve, key_of, place_in
from .decisions import Book, Decision, Shown
from .engine.matching import match
from .engine.pattern import Json


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
                one,
                last_id=found["id"],
                last_when=found["when"],
                last_duration_s=found["duration_s"],
                history=history,
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
            foreign.setdefault(key_of(decision.pattern, resolve), []).append(decision)
    if not foreign:
        return at
    taken = set(at.values())
    free: dict[tuple[str, ...], list[int]] = {}
    for index, pattern in enumerate(patterns):
        if index not in taken:
            free.setdefault(key_of(pattern, resolve), []).append(index)
    for key, some in foreign.items():
        indices = free.get(key, [])
        pairs = match(
            [place_in(one.pattern, one.last_when, one.last_duration_s) for one in some],
            [
                place_in(one, one["when"], one["duration_s"])
                for one in (patterns[index] for index in indices)
            ],
        )
        for decision_at, index_at in pairs:
            at[some[decision_at].key] = indices[index_at]
    return at
