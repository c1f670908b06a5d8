"""Learning what a history holds into a store, and what a report needs for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from custom_components.pattern_intelligence.engine.analysis import Detectors
from custom_components.pattern_intelligence.engine.civil import days_between
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.phases import Phase, Phases
from custom_components.pattern_intelligence.report import Report
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.sources.base import DaySource, PastSource
from custom_components.pattern_intelligence.stores.base import LocalStore, Retention
from custom_components.pattern_intelligence.stores.learned_zone import (
    foreign_zone,
    note_zone,
)
from custom_components.pattern_intelligence.work import complete_periods

from .failure import UnusableError
from .progress import Progress
from .store_place import KeptStore, Place

_MADE_HERE = "analyze"
"""Name of the text by which a store is known to hold nothing but what was read."""


@dataclass(frozen=True, slots=True)
class Range:
    """The days that are asked about; None leaves an end to the history.

    Attributes:
        first: the first day to learn.
        last: the last one, as of whose end patterns are reported.
    """

    first: date | None
    last: date | None

    def of(self, extent: tuple[date, date]) -> tuple[date, date]:
        """Return the part of a history that is asked about.

        Args:
            extent: the first and the last complete day recorded.

        Raises:
            UnusableError: no day of it is.
        """
        begin, end = extent
        if self.last and self.last < begin:
            raise UnusableError(
                f"--last {self.last} is before the history, which begins on {begin}"
            )
        if self.first and self.first > end:
            raise UnusableError(
                f"--first {self.first} is after the history, which ends on {end}"
            )
        return max(begin, self.first or begin), min(end, self.last or end)


@dataclass(frozen=True, slots=True)
class Session:
    """What takes part in an analysis.

    Attributes:
        source: where the days come from.
        home: the context.
        detectors: those that look for patterns.
        phases: where time is added up.
        progress: where it is told how far it is.
    """

    source: DaySource
    home: Home
    detectors: Detectors
    phases: Phases
    progress: Progress

    def report(self, place: Place, wanted: Range) -> Report | None:
        """Learn the days that are missing, and return what is known then.

        Args:
            place: where aggregates live.
            wanted: the days asked about.

        Returns:
            None where there is no complete day.

        Raises:
            UnusableError: the days asked about cannot be had.
            SourceError: the history cannot be read.
            StoreError: the store cannot be used, or no longer keeps what is needed.
        """
        with self.phases.of(Phase.READ):
            extent = self.source.extent()
        span = wanted.of(extent) if extent else None
        with self._runner_for(place, extent, span) as runner:
            if span:
                self._learn(runner, span)
            last = span[1] if span else wanted.last or date.max
            with self.progress.task("Looking for patterns"):
                return runner.report(last)

    @contextmanager
    def _runner_for(
        self,
        place: Place,
        extent: tuple[date, date] | None,
        span: tuple[date, date] | None,
    ) -> Iterator[Runner]:
        """Open the store, or an empty one where it cannot take in the days."""
        with place.opened() as store:
            runner = self._runner(store)
            self._check_zone(store)
            own = store.read_text(_MADE_HERE) is not None or not store.learned()
            if not span or _can_take_in(runner, span):
                self._mark(store, own=own)
                self._tell_beginning(store, span)
                yield runner
                return
            learned = [mark.day for mark in store.learned()]
        assert extent
        if not own or learned[0] < extent[0] or learned[-1] > extent[1]:
            raise UnusableError(
                f"the store begins on {learned[0]}, cannot take in all days asked for, "
                "and holds what could not be learned anew: give another --store, or "
                f"--first {max(learned[0], extent[0])}"
            )
        self.progress.say(
            f"The store begins on {learned[0]} and cannot take in earlier days: "
            "learning anew"
        )
        with place.anew() as store:
            self._mark(store, own=True)
            yield self._runner(store)

    def _runner(self, store: KeptStore) -> Runner:
        return Runner(store, self.home, self.detectors, Retention(), self.phases)

    def _check_zone(self, store: KeptStore) -> None:
        if known := foreign_zone(store, store, self.home.zone):
            raise UnusableError(
                f"the store's days are those of {known}, not of {self.home.zone.key}: "
                f"give --time-zone {known}, or another --store"
            )

    def _mark(self, store: LocalStore, *, own: bool) -> None:
        note_zone(store, self.home.zone)
        if own:
            store.write_text(_MADE_HERE, "")

    def _tell_beginning(self, store: KeptStore, span: tuple[date, date] | None) -> None:
        learned = store.learned()
        if span and learned and learned[0].day < span[0]:
            self.progress.say(
                f"The store begins on {learned[0].day}: what it knows from then on "
                "counts too"
            )

    def _learn(self, runner: Runner, span: tuple[date, date]) -> None:
        with self.phases.of(Phase.READ):
            silent = self.source.silent()
        due = [day for day in runner.due(*span) if day not in silent]
        self._learn_past(runner, due)
        for layer in sorted(runner.outdated_layers()):
            for first, last in complete_periods(runner, layer, 0):
                runner.roll_up(layer, first, last)
        if not due:
            return
        with self.progress.task(f"Learning {len(due)} days", len(due)) as task:
            for day in due:
                self._learn_day(runner, day)
                task.advance(day.isoformat())

    def _learn_past(self, runner: Runner, due: Sequence[date]) -> None:
        """Sum up what meters counted before the first day, where that is not done."""
        if not isinstance(self.source, PastSource):
            return
        with self.phases.of(Phase.READ):
            meters = self.source.meters()
            begun = self.source.begun(meters)
        past = begun and runner.past_due(begun, due[0] if due else None)
        if not past:
            return
        with self.progress.task("Reading long-term statistics"):
            for meter in meters:
                with self.phases.of(Phase.READ):
                    counts = self.source.counted(meter, past.first, past.before)
                with self.phases.of(Phase.AGGREGATE):
                    past.add(counts)
            with self.phases.of(Phase.STORE):
                past.write(runner.store)

    def _learn_day(self, runner: Runner, day: date) -> None:
        again = True
        while again:
            carried = runner.carried_into(day)
            with self.phases.of(Phase.READ):
                raw = self.source.read(day, carried)
            again = runner.learn(raw)
            day += timedelta(days=1)


def _can_take_in(runner: Runner, span: tuple[date, date]) -> bool:
    """Tell whether the store can learn all days of a span that it lacks."""
    learned = {mark.day for mark in runner.store.learned()}
    missing = [day for day in days_between(*span) if day not in learned]
    return missing == runner.due(*span)
