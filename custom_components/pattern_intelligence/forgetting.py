"""Deleting what was learned of some entities, or all of it. Every call blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
import json
from typing import Any, Final, Self

from .decisions import DECISIONS
from .engine.pattern import Json
from .engine.sums import SUM_TABLES
from .engine.tables import DAY_TABLES, DatedTable, Table, only
from .news import TOLD
from .published import REPORT
from .renames import RENAMES
from .run_log import RUNS
from .stores.base import AggregateStore, Layer, LocalStore
from .work import NOT_BEFORE, UNSETTLED

EMPTY: Final = {REPORT: "", DECISIONS: "[]", RENAMES: "[]", RUNS: "[]", TOLD: ""}
"""Texts that tell of the household, and what they are when there is nothing to."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be forgotten.

    Attributes:
        entity_ids: the ids of entities.
        area_ids: areas; what was found of a room as such is forgotten with it.
        resolve: maps ids that entities had to those they have.
    """

    entity_ids: frozenset[str]
    area_ids: frozenset[str]
    resolve: Callable[[str], str]

    def named(self, entity_id: str) -> bool:
        """Tell whether an id is, or was, one of those entities'."""
        return not self.entity_ids.isdisjoint((entity_id, self.resolve(entity_id)))

    def in_object(self, found: Any) -> bool:
        """Tell whether an object of JSON mentions it anywhere."""
        if isinstance(found, str):
            return "." in found and self.named(found)
        if isinstance(found, Mapping):
            rooms = found.get("area_ids")
            if isinstance(rooms, list) and not self.area_ids.isdisjoint(rooms):
                return True
            return any(map(self.in_object, (*found, *found.values())))
        return isinstance(found, list) and any(map(self.in_object, found))

    def without(self, items: Sequence[Json]) -> list[Json]:
        """Return the objects that do not mention it."""
        return [item for item in items if not self.in_object(item)]


def forget(store: AggregateStore, local: LocalStore, subject: Subject) -> int:
    """Delete what was learned of a subject, in every layer.

    Args:
        store: holds the aggregates.
        local: holds texts; the decisions are the caller's to keep.
        subject: what is to be forgotten.

    Returns:
        How many rows were deleted.

    Raises:
        StoreError: the store failed; forgetting again goes on.
    """
    kept = set(store.kept_days())
    deleted = 0
    for mark in store.learned():
        if mark.day not in kept:
            continue
        found = [store.read_days(spec, mark.day, mark.day) for spec in DAY_TABLES]
        if gone := (rest := _Rest.of(found, subject)).gone:
            deleted += gone
            store.write_day(mark, rest.tables, keep_life=True)
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        for start in store.periods(layer):
            found = [
                store.read_periods(layer, spec, start, start) for spec in SUM_TABLES
            ]
            if gone := (rest := _Rest.of(found, subject)).gone:
                deleted += gone
                store.write_period(layer, start, rest.tables)
    _forget_told(store, subject)
    if text := local.read_text(REPORT):
        report = json.loads(text)
        report["patterns"] = subject.without(report["patterns"])
        local.write_text(REPORT, json.dumps(report))
    return deleted


@dataclass(frozen=True, slots=True)
class _Rest:
    """Tables by name without a subject's rows, and how many rows those were."""

    tables: Mapping[str, Table]
    gone: int

    @classmethod
    def of(cls, found: Sequence[DatedTable], subject: Subject) -> Self:
        rest = [only(table, lambda one: not subject.named(one)) for table in found]
        return cls(
            {dated.table.spec.name: dated.table for dated in rest},
            sum(len(dated.table) for dated in found)
            - sum(len(dated.table) for dated in rest),
        )


def _forget_told(store: AggregateStore, subject: Subject) -> None:
    """Delete what was told of a subject: its life, and its verdicts."""
    learned = store.learned()
    if not learned:
        return
    last = learned[-1].day
    for day, text in store.read_verdicts(learned[0].day, last).items():
        if (rest := _without(text, subject)) != text:
            store.write_verdicts(day, rest)
    while (told := store.read_life(last)) is not None:
        sunday, text = told
        if (rest := _without(text, subject)) != text:
            store.write_life(sunday, rest)
        last = sunday - timedelta(days=1)


def _without(text: str, subject: Subject) -> str:
    """Return JSON of which no item of a list mentions a subject."""
    told = json.loads(text)
    if not subject.in_object(told):
        return text
    if isinstance(told, list):
        told = subject.without(told)
    else:
        told = {
            name: subject.without(part) if isinstance(part, list) else part
            for name, part in told.items()
        }
    return json.dumps(told, separators=(",", ":"))


def forget_everything(
    store: AggregateStore, local: LocalStore, not_before: date
) -> int:
    """Delete all that was learned, decided and told.

    Args:
        store: holds the aggregates.
        local: holds texts.
        not_before: the first day that is learned from now on.

    Returns:
        How many days were known.

    Raises:
        StoreError: the store failed; forgetting again goes on.
    """
    # First, so that nothing comes back should this be as far as it gets.
    local.write_text(NOT_BEFORE, not_before.isoformat())
    count = len(store.learned())
    store.clear()
    for name, text in EMPTY.items():
        local.write_text(name, text)
    local.write_text(UNSETTLED, "")
    return count
