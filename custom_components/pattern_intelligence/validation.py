"""Holds what was learned day by day against a batch run over the same days.

The batch reads every day that is still recorded once more, all in one go, and looks for
patterns in them at the end. What was learned night by night, however it was interrupted,
moved or restored, has to be the same: row by row, and in what is found in it. Every call
blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from .engine.analysis import Detectors, analyze, detect
from .engine.civil import days_between
from .engine.home import Home
from .engine.life import Life
from .engine.pattern import Json
from .engine.rawday import RawDay
from .engine.scope import Scope
from .engine.summarize import summarize
from .engine.tables import HOME, Table
from .engine.window import WINDOW_DAYS
from .lookback import Lookback
from .phases import Phases
from .stores.base import AggregateStore, Layer, LearnedDay
from .stores.kept_tables import read_tables

LISTED: Final = 50
"""So many differences are told one by one."""

type Key = tuple[str, ...]
type Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same.

    Attributes:
        day: the local date.
        what: the table, or what else of the day.
        key: identifies the row in it.
        learned: what was learned; None where there is no such row.
        batch: what the batch run says; None where there is none.
    """

    day: date
    what: str
    key: Key
    learned: Json | None
    batch: Json | None

    def as_json(self) -> Json:
        """Return it for a response."""
        return {
            "day": self.day.isoformat(),
            "what": self.what,
            "key": list(self.key),
            "learned": self.learned,
            "batch": self.batch,
        }


class Validation:
    """Compares days as they come, and in the end what is found in all of them.

    Args:
        learned: the store that counts; it is only read.
        batch: an empty store, which takes the days that are read again.
        home: the context.
        detectors: those that are switched on, by type.
        scope: what the person left out: what was learned of it is not compared.
    """

    def __init__(
        self,
        learned: AggregateStore,
        batch: AggregateStore,
        home: Home,
        detectors: Detectors,
        scope: Scope,
    ) -> None:
        """Take the parts; nothing is read yet."""
        self._learned = learned
        self._batch = batch
        self._home = home
        self._detectors = detectors
        self._pasts = [
            Lookback(store, home, detectors, scope, Phases())
            for store in (learned, batch)
        ]
        self._marks: dict[date, LearnedDay] = {}
        self._differences: list[Difference] = []
        self._count = 0
        self._rows = 0
        self._days: list[date] = []
        self._lost: list[date] = []

    def days(self, extent: tuple[date, date], silent: Collection[date]) -> list[date]:
        """Return the days that can be compared, oldest first: learned, and recorded.

        Args:
            extent: the first and the last complete day recorded.
            silent: days that are not to be learned.

        Raises:
            StoreError: the store failed.
        """
        self._marks = {mark.day: mark for mark in self._learned.learned()}
        kept = set(self._learned.kept_days())
        first = max(extent[0], min(self._marks, default=extent[0]))
        recorded = list(days_between(first, extent[1]))
        self._lost = [
            day for day in recorded if day not in self._marks and day not in silent
        ]
        return [day for day in recorded if day in kept]

    def compare(self, raw: RawDay) -> None:
        """Compare a day that was read again.

        Args:
            raw: its rows, read with the states that were carried into it when learned.

        Raises:
            StoreError: a store failed.
        """
        day, mark = raw.day, self._marks[raw.day]
        tables = summarize(raw)
        again = LearnedDay(day, raw.rows, len(raw.entities))
        self._batch.write_day(again, tables, keep_life=True)
        self._days.append(day)
        self._rows += raw.rows
        known = read_tables(self._learned, Layer.DAILY, day)
        # Of what was left out since, nothing is read.
        if mark.rows != again.rows and mark.entities == again.entities:
            self._add(
                Difference(day, "rows", (), {"rows": mark.rows}, {"rows": again.rows})
            )
        for name, found in read_tables(self._batch, Layer.DAILY, day).items():
            for difference in self._differing(day, known[name], found):
                self._add(difference)

    def _add(self, difference: Difference) -> None:
        self._count += 1
        if len(self._differences) < LISTED:
            self._differences.append(difference)

    def _differing(
        self, day: date, learned: Table, batch: Table
    ) -> Iterator[Difference]:
        """Yield the rows of a table that differ."""
        before, after = self._rows_of(learned), self._rows_of(batch)
        for key in sorted(before.keys() | after.keys()):
            old, new = before.get(key), after.get(key)
            if old is not None and new is not None:
                names = [name for name in old if old[name] != new[name]]
                if not names:
                    continue
                old, new = ({name: row[name] for name in names} for row in (old, new))
            yield Difference(day, learned.spec.name, key, old, new)

    def _rows_of(self, table: Table) -> dict[Key, Json]:
        """Return rows by key, of what is looked at and by the ids it has now."""
        spec = table.spec
        columns = [
            table.numbers(name).tolist() if name in spec.numbers else table.texts(name)
            for name in spec.columns
        ]
        found = {}
        for row in zip(*columns, strict=True):
            told = dict(zip(spec.columns, row, strict=True))
            stored = told[spec.keys[0]]
            if stored == HOME or self._pasts[0].admits(stored):
                told[spec.keys[0]] = self._home.resolve(stored)
                key = tuple(told.pop(name) for name in spec.keys)
                found[key] = told
        return found

    def report(self) -> Json:
        """Return whether all is equal, or what differs.

        Raises:
            StoreError: a store failed.
        """
        learned, batch = map(self._found, self._pasts)
        only_learned = [one for one in learned if one not in batch]
        only_batch = [one for one in batch if one not in learned]
        equal = not (self._count or self._lost or only_learned or only_batch)
        return {
            "equal": equal and bool(self._days),
            "first_day": self._days[0].isoformat() if self._days else None,
            "last_day": self._days[-1].isoformat() if self._days else None,
            "days": len(self._days),
            "rows": self._rows,
            "patterns": len(learned),
            "days_not_learned": [day.isoformat() for day in self._lost],
            "rows_that_differ": self._count,
            "differences": [each.as_json() for each in self._differences],
            "patterns_only_learned": [one["title"] for one in only_learned],
            "patterns_only_batch": [one["title"] for one in only_batch],
        }

    def _found(self, past: Lookback) -> Sequence[Json]:
        """Return the patterns in the days compared, as one look at them finds them."""
        if not self._days:
            return []
        last = self._days[-1]
        first = max(self._days[0], last - timedelta(days=WINDOW_DAYS - 1))
        window = past.window(first, last)
        if window is None:
            return []
        findings = detect(window, self._home, self._detectors)
        analysis = analyze(window, self._home, self._detectors, Life(), findings)
        return [pattern.as_json() for pattern in analysis.patterns]
