"""Sums of weeks and months of a few things, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import floor, log2

import numpy as np

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.civil import (
    day_number,
    days_between,
    month_end,
    month_of,
    week_of,
)
from custom_components.pattern_intelligence.engine.history import History
from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import (
    Column,
    DatedTable,
    Table,
    TableSpec,
    dated,
)

type Happened = tuple[str, str, date, float, int]


@dataclass
class Told:
    """What is known of some days.

    Attributes:
        first: the first day.
        last: the last day.
        happened: entity, state, day, minute on the clock, and seconds it lasted.
        used: entity, day and how much a meter counted in thousandths.
        automated: entities whose happenings automations caused.
        unwatched: days on which nothing was recorded.
    """

    first: date
    last: date
    happened: list[Happened] = field(default_factory=list)
    used: list[tuple[str, date, int]] = field(default_factory=list)
    automated: frozenset[str] = frozenset()
    unwatched: frozenset[date] = frozenset()

    @property
    def days(self) -> list[date]:
        """Return all days."""
        return list(days_between(self.first, self.last))

    def add(
        self,
        entity_id: str,
        minutes: Iterable[tuple[date, float]],
        seconds: int = 60,
        state: str = "on",
    ) -> None:
        """Let something happen at minutes of days."""
        self.happened += [
            (entity_id, state, day, minute, seconds) for day, minute in minutes
        ]

    def history(self) -> History:
        """Return the sums of the weeks and months that are over."""
        return History(
            self._sums(
                [(week_of(day), week_of(day) + timedelta(6)) for day in self.days]
            ),
            self._sums([(month_of(day), month_end(day)) for day in self.days]),
        )

    def _sums(self, periods: Sequence[tuple[date, date]]) -> dict[str, DatedTable]:
        over = [one for one in dict.fromkeys(periods) if one[1] <= self.last]
        first_of = dict(zip(self.days, (first for first, _ in periods), strict=True))
        happened: dict[date, list[Happened]] = {first: [] for first, _ in over}
        for one in self.happened:
            happened.get(first_of.get(one[2], self.last), []).append(one)
        rows = [
            (first, self._rows(first, last, happened[first])) for first, last in over
        ]
        return {
            spec.name: dated(
                spec,
                [
                    (day_number(first), _table(spec, own[spec.name]))
                    for first, own in rows
                ],
            )
            for spec in SUM_TABLES
        }

    def _rows(
        self, first: date, last: date, happened: Sequence[Happened]
    ) -> dict[str, list[tuple[str | int, ...]]]:
        rows: dict[str, list[tuple[str | int, ...]]] = {s.name: [] for s in SUM_TABLES}
        watched = len(
            [d for d in self.days if first <= d <= last and d not in self.unwatched]
        )
        by_key: dict[tuple[str, str], list[tuple[date, float, int]]] = {}
        for entity_id, state, day, minute, seconds in happened:
            by_key.setdefault((entity_id, state), []).append((day, minute, seconds))
        for entity_id in sorted({each[0] for each in self.happened}):
            rows["exposure_sum"].append((entity_id, watched, watched * 86_400, 0))
        for (entity_id, state), own in sorted(by_key.items()):
            days = len({day for day, _, _ in own})
            by_rule = len(own) if entity_id in self.automated else 0
            rows["happenings_sum"].append(
                (entity_id, state, days, len(own), 0, by_rule, "", "", "")
            )
            whole = [s for _, minute, s in own if minute * 60 + s < 86_400]
            lengths = [floor(4 * log2(seconds + 1)) for seconds in whole]
            rows["runs_sum"].append(
                (entity_id, state, days, len(whole), sum(whole), _bins(lengths, 80))
            )
            if not by_rule:
                rows["times_sum"].append((entity_id, state, "wall", *_times(own)))
        for entity_id in sorted({each[0] for each in self.used}):
            amounts = [
                amount
                for each, day, amount in self.used
                if each == entity_id and first <= day <= last
            ]
            if amounts:
                hours = 24 * len(amounts)
                rows["consumption_sum"].append(
                    (entity_id, "kWh", len(amounts), hours, sum(amounts), "", "")
                )
        return rows


def _times(own: list[tuple[date, float, int]]) -> tuple[str, str, str]:
    """Return the bins of each, first and last."""
    firsts: dict[date, float] = {}
    lasts: dict[date, float] = {}
    for day, minute, _ in sorted(own):
        if minute >= 240:
            firsts.setdefault(day, minute)
        lasts[day] = minute
    each, first, last = (
        _bins([int(minute // 10) for minute in minutes], 144)
        for minutes in ([m for _, m, _ in own], firsts.values(), lasts.values())
    )
    return each, first, last


def _bins(places: Sequence[int], bins: int) -> str:
    counts = np.bincount(np.array(places, np.int64), minlength=bins)
    return codec.encode_bins(counts[None])[0]


def _table(spec: TableSpec, rows: list[tuple[str | int, ...]]) -> Table:
    columns: dict[str, Column] = {}
    for place, name in enumerate(spec.columns):
        column = [row[place] for row in rows]
        columns[name] = (
            np.array(column, np.int64)
            if name in spec.numbers
            else tuple(map(str, column))
        )
    return Table(spec, columns)
