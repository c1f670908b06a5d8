"""The days a detector looks at: the disjoint union of their tables, as arrays.

Here neighbouring days meet: what a day alone cannot know (a bout that runs across
midnight) is joined, and instants get their reading on the home's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import DAY_MS, CivilTime, Instants, date_of, day_number
from .day_kinds import WEEKENDS, Calendar
from .entries import Entries
from .happenings import BOUT_GAP_MS, RULES, domain_of
from .hours import hours_of
from .keys import Key, Resolve
from .measured import NOTHING_MEASURED, Measured, measured_of
from .presence import busy_days, days_of_persons
from .provenance import AUTOMATION, UNNAMED_AUTOMATION
from .runs import NO_RUNS, Runs, build_runs
from .tables import CONTEXT, HOME, DatedTable, Numbers, dated, taken

WINDOW_DAYS = 63
"""How many local days daily detectors look back on, nine weeks."""

__all__ = ["WINDOW_DAYS", "Key", "Resolve", "Window", "build_window"]


@dataclass(frozen=True, eq=False)
class Window:
    """What happened on some days, and what could have.

    Attributes:
        civil: the home's civil time.
        days: shape (days,), ascending day numbers; days that were never learned
            are missing.
        keys: the entities and states that were entered, sorted.
        key: shape (n,), index into ``keys``; happenings are sorted by key, then
            instant.
        instant: shape (n,), UTC milliseconds.
        wall: shape (n,), wall milliseconds.
        cause: shape (n,), codes of :mod:`.provenance` into ``automations``.
        automations: entity ids; the first is the unnamed one.
        entities: the tracked entities, sorted.
        available: shape (entities, days, 24), share of each hour on the clock in
            which the entity was available and the home recorded.
        recorded: shape (days, 24), the same of the home.
        at_home: shape (days, 24), share of each hour in which anybody was home;
            None where the home has no persons.
        runs: how long states lasted.
        calendar: which days are free.
        measured: what it was like, by hour on the clock.
        removed: entities of earlier days that were no more when the last day ended:
            not merely unavailable.
    """

    civil: CivilTime
    days: Numbers
    keys: tuple[Key, ...]
    key: NDArray[np.int32]
    instant: Instants
    wall: Instants
    cause: NDArray[np.int16]
    automations: tuple[str, ...]
    entities: tuple[str, ...]
    available: NDArray[np.float32]
    recorded: NDArray[np.float32]
    at_home: NDArray[np.float32] | None
    runs: Runs = NO_RUNS
    calendar: Calendar = WEEKENDS
    measured: Measured = NOTHING_MEASURED
    removed: frozenset[str] = frozenset()

    @property
    def first_day(self) -> date:
        """Return the first day."""
        return date_of(self.days[0])

    @property
    def last_day(self) -> date:
        """Return the last day: the one that patterns are detected as of."""
        return date_of(self.days[-1])

    @cached_property
    def key_edges(self) -> NDArray[np.int64]:
        """Return where each key's happenings start, shape (keys + 1,)."""
        return np.searchsorted(self.key, np.arange(len(self.keys) + 1))

    @cached_property
    def key_at(self) -> dict[Key, int]:
        """Return the position of each key in ``keys``."""
        return {key: index for index, key in enumerate(self.keys)}

    @cached_property
    def entity_at(self) -> dict[str, int]:
        """Return the position of each entity in ``entities``."""
        return {entity_id: index for index, entity_id in enumerate(self.entities)}

    @cached_property
    def has_neighbors(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return whether the day before each, and the one after, are there, too."""
        joined = np.diff(self.days) == 1
        return np.append(False, joined), np.append(joined, False)

    @cached_property
    def occupied(self) -> NDArray[np.bool_]:
        """Return in which waking days anybody was home, shape (days,).

        By persons where the home has them, else by how busy it was.
        """
        if self.at_home is not None:
            return days_of_persons(self.days, self.at_home)
        return busy_days(self.days, self.wall[self.cause < AUTOMATION])

    def since(self, first: int) -> Window:
        """Return what there is of the days from one on.

        What midnight made of one bout stays joined with the day before.

        Args:
            first: number of the first day to keep.
        """
        kept = self.days >= first
        if kept.all():
            return self
        rows = self.wall >= first * DAY_MS
        start = self.civil.start_of(date_of(first))
        used = np.unique(self.key[rows])
        return replace(
            self,
            days=self.days[kept],
            keys=tuple(self.keys[at] for at in used.tolist()),
            key=np.searchsorted(used, self.key[rows]).astype(np.int32),
            instant=self.instant[rows],
            wall=self.wall[rows],
            cause=self.cause[rows],
            available=self.available[:, kept],
            recorded=self.recorded[kept],
            at_home=None if self.at_home is None else self.at_home[kept],
            runs=self.runs.since(start),
            measured=self.measured.of_days(kept),
        )

    def automations_among(self, cause: NDArray[np.int16] | Numbers) -> tuple[str, ...]:
        """Return the automations that have names among some causes, sorted."""
        codes = np.unique(cause[cause > AUTOMATION]) - AUTOMATION
        return tuple(sorted({self.automations[code] for code in codes.tolist()}))

    def of_key(self, index: int) -> slice:
        """Return where the happenings of a key are."""
        return slice(int(self.key_edges[index]), int(self.key_edges[index + 1]))


def build_window(
    civil: CivilTime,
    days: Sequence[date],
    happenings: DatedTable,
    exposure: DatedTable,
    resolve: Resolve = lambda entity_id: entity_id,
    runs: DatedTable | None = None,
    calendar: Calendar = WEEKENDS,
    context: DatedTable | None = None,
) -> Window:
    """Return the union of some days' tables.

    Args:
        civil: the home's civil time.
        days: the days learned, ascending.
        happenings: their :data:`.tables.HAPPENINGS`.
        exposure: their :data:`.tables.EXPOSURE`.
        resolve: maps ids that entities had to those they have.
        runs: their :data:`.tables.RUNS`, where it is asked how long states lasted.
        calendar: which days are free.
        context: their :data:`.tables.CONTEXT`, where it is asked what it was like.

    Returns:
        The window.

    Raises:
        ValueError: the same day is there twice, or out of order.
    """
    numbers = np.array([day_number(day) for day in days], np.int64)
    if (np.diff(numbers) <= 0).any():
        raise ValueError("a window is a union of different days in order")
    keys, key, instant, cause, automations = _decode(civil, happenings, resolve)
    entries = Entries(keys, key, instant, cause)
    lasting = NO_RUNS if runs is None else build_runs(civil, runs, entries, resolve)
    key, instant, cause = _join_bouts(civil, entries)
    del entries
    entities, available, recorded, at_home = hours_of(civil, numbers, exposure, resolve)
    return Window(
        civil=civil,
        days=numbers,
        keys=keys,
        key=key,
        instant=instant,
        wall=civil.wall(instant),
        cause=cause,
        automations=automations,
        entities=entities,
        available=available,
        recorded=recorded,
        at_home=at_home,
        runs=lasting,
        calendar=calendar,
        measured=measured_of(civil, numbers, context or dated(CONTEXT, ()), resolve),
        removed=_removed(exposure, numbers, resolve),
    )


def _removed(exposure: DatedTable, days: Numbers, resolve: Resolve) -> frozenset[str]:
    """Return the entities that no state is known of when the last day ends."""
    table = exposure.table
    ids, held = table.texts("entity_id"), table.texts("carried_out")
    today = np.flatnonzero(exposure.day == days[-1:]).tolist()
    there = {resolve(ids[row]) for row in today if held[row]}
    return frozenset(map(resolve, {*ids} - {HOME})) - there


def _decode(
    civil: CivilTime, happenings: DatedTable, resolve: Resolve
) -> tuple[
    tuple[Key, ...],
    NDArray[np.int32],
    Instants,
    NDArray[np.int16],
    tuple[str, ...],
]:
    """Return the keys, and the happenings sorted by key and instant."""
    table = happenings.table
    ids, states = table.texts("entity_id"), table.texts("state")
    present = {entity_id: resolve(entity_id) for entity_id in dict.fromkeys(ids)}
    pairs = list(zip(map(present.__getitem__, ids), states, strict=True))
    distinct = sorted(set(pairs))
    number = {pair: index for index, pair in enumerate(distinct)}
    row_key = np.fromiter(map(number.__getitem__, pairs), np.int32, len(pairs))
    # Rows come by day: ordered by key, their happenings are by key and instant.
    rows = np.argsort(row_key, kind="stable")
    offsets, lengths = codec.decode_increasing(taken(table.texts("instants"), rows))
    numbers, day = np.unique(happenings.day[rows], return_inverse=True)
    starts = np.array([civil.start_of(date_of(n)) for n in numbers.tolist()], np.int64)
    key = np.repeat(row_key[rows], lengths)
    instant = np.repeat(starts[day], lengths)
    instant += offsets
    cause, automations = _causes(
        taken(table.texts("causes"), rows),
        taken(table.texts("automations"), rows),
        lengths,
        resolve,
    )
    if ((key[1:] == key[:-1]) & (instant[1:] < instant[:-1])).any():
        # Two ids of one entity shared a day.
        order = np.lexsort((instant, key))
        key, instant, cause = key[order], instant[order], cause[order]
    return tuple(Key(*pair) for pair in distinct), key, instant, cause, automations


def _causes(
    causes: Sequence[str], names: Sequence[str], lengths: Numbers, resolve: Resolve
) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Return each happening's cause, with automations numbered for the window."""
    lists = {text: number for number, text in enumerate(dict.fromkeys(names))}
    named = sorted({resolve(name) for text in lists for name in text.split()})
    automations = (UNNAMED_AUTOMATION, *named)
    code = {name: AUTOMATION + index for index, name in enumerate(automations)}
    # A row's codes from AUTOMATION + 1 on stand for the names in its own list.
    meaning = np.tile(
        np.arange(AUTOMATION + 1 + len(named), dtype=np.int16), (len(lists), 1)
    )
    for text, number in lists.items():
        for place, name in enumerate(text.split(), start=AUTOMATION + 1):
            meaning[number, place] = code[resolve(name)]

    cause = np.zeros(int(lengths.sum()), np.int16)
    told = np.fromiter(map(bool, causes), bool, len(causes))
    rows = np.flatnonzero(told)
    values, counts = codec.decode(taken(causes, rows))
    row_list = np.fromiter(map(lists.__getitem__, names), np.int64, len(names))
    cause[np.repeat(told, lengths)] = meaning[np.repeat(row_list[rows], counts), values]
    return cause, automations


def _join_bouts(
    civil: CivilTime, entries: Entries
) -> tuple[NDArray[np.int32], Instants, NDArray[np.int16]]:
    """Drop the end and the beginning that midnight made of one bout."""
    key, instant, order = entries.key, entries.instant, entries.order
    ordered = key[order]
    entity = entries.of_key[ordered]
    begins = np.array([_begins_a_bout(k) for k in entries.keys], bool)[ordered]
    same = entity[1:] == entity[:-1]
    # Within a day the bouts are joined already; what precedes the end is in the bout.
    joined = same & ~begins[:-1] & begins[1:]
    joined[:1] = False
    joined[1:] &= begins[:-2] & same[:-1]
    at = np.flatnonzero(joined)
    left, back = order[at], order[at + 1]
    over_midnight = (instant[back] - instant[left] < BOUT_GAP_MS) & (
        civil.wall(instant[back]) // DAY_MS > civil.wall(instant[left]) // DAY_MS
    )
    kept = np.ones(key.size, bool)
    kept[left[over_midnight]] = False
    kept[back[over_midnight]] = False
    return key[kept], instant[kept], entries.cause[kept]


def _begins_a_bout(key: Key) -> bool:
    rule = RULES.get(domain_of(key.entity_id))
    return rule is not None and key.state == rule.bouts
