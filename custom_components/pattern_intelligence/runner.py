"""The path of a day: source, summarize, store, window, detect, life, publish.

Knows neither Home Assistant nor a particular store or source; every call blocks.
What it says is a function of the days learned and of the home, never of how often
or in which portions it was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from .chronicle import RELEARNED_DAYS, Chronicle
from .engine.analysis import Detectors, analyze
from .engine.civil import days_between
from .engine.happenings import GAP_STATES
from .engine.home import Home
from .engine.rawday import RawDay
from .engine.rollup import SUMMED, rollup
from .engine.scope import Scope
from .engine.summarize import summarize
from .engine.sums import HAPPENINGS_SUM, TIMES_SUM
from .engine.tables import EXPOSURE, HOME, Table
from .lookback import Lookback, TooOldError, decoding, period
from .past_consumption import Past, past_due
from .phases import Phase, Phases, counted_as
from .report import Report
from .stores.base import AggregateStore, Layer, LearnedDay, Retention


class Runner:
    """Learns days into a store and says what is known at the end of one.

    Args:
        store: where the aggregates live.
        home: the context; replace it before a report when registries changed.
        detectors: those that are switched on, by type.
        retention: how long layers are kept; None keeps everything.
        phases: where the time that is spent is added up.
        scope: what the person left out; not looked at, though what was learned of it
            stays.

    Attributes:
        to_follow: how many days will be learned before anything is asked for. A day
            of which nothing will be kept by then is not judged.
    """

    def __init__(
        self,
        store: AggregateStore,
        home: Home,
        detectors: Detectors,
        retention: Retention | None = None,
        phases: Phases | None = None,
        scope: Scope | None = None,
    ) -> None:
        """Take the parts; nothing is read yet."""
        self.store = store
        self.home = home
        self.detectors = detectors
        self.phases = phases or Phases()
        self._scope = scope or Scope()
        self._retention = retention
        self._told: Chronicle | None = None
        self.to_follow = 0

    def due(self, first: date, last: date) -> list[date]:
        """Return the days that are recorded but not learned, oldest first.

        Days before the first one ever learned are not due: to learn those is to
        learn anew.

        Args:
            first: the first complete day recorded.
            last: the last one.
        """
        learned = [mark.day for mark in self.store.learned()]
        known = set(learned)
        begin = max(first, learned[0]) if learned else first
        newest = learned[-1] if learned else None
        return [
            day
            for day in days_between(begin, last)
            if day not in known and (newest is None or day > _oldest_relearned(newest))
        ]

    @counted_as(Phase.STORE)
    def learn(self, raw: RawDay) -> bool:
        """Learn one day, or learn it again.

        Args:
            raw: the day's rows.

        Returns:
            Whether the day after, already learned, should be learned again since
            what is carried into it has changed.

        Raises:
            TooOldError: the day is too far back for the life of patterns to be told
                again from it.
            StoreError: the store failed; the day stays due.
        """
        with self.phases.of(Phase.AGGREGATE):
            tables = summarize(raw)
        return self.take(LearnedDay(raw.day, raw.rows, len(raw.entities)), tables)

    @counted_as(Phase.STORE)
    def take(self, learned: LearnedDay, tables: Mapping[str, Table]) -> bool:
        """Learn one day, or learn it again, from what was summarized of it before.

        Args:
            learned: the day.
            tables: what it left behind, by name.

        Returns:
            As :meth:`learn`, which raises the same.
        """
        day = learned.day
        marks = self.store.learned()
        newest = marks[-1].day if marks else None
        if newest and day <= _oldest_relearned(newest):
            raise TooOldError(
                "{day} is too long ago to be learned again: learn anew instead",
                day=day,
            )
        known = {mark.day for mark in marks}
        changed = day in known and self._carries(day) != _carried(tables)
        if newest and day > newest and self._told is None:
            # What a day learned again dropped: as soon as newer ones are learned, it
            # is too far back to be told.
            with self.phases.of(Phase.DETECT):
                self._chronicle().tell(marks[0].day, newest)
        self._told = None
        self.store.write_day(learned, tables, keep_life=newest is None or day > newest)
        self._roll_up_complete(day, newest)
        if newest is None or day > newest:
            # Told now, while the days that are looked back on are kept.
            with self.phases.of(Phase.DETECT):
                self._chronicle().tell(marks[0].day if marks else day, day)
        if self._retention:
            self.store.forget_before(max(newest or day, day), self._retention)
        return changed and day + timedelta(days=1) in known

    @counted_as(Phase.STORE)
    def forget_after(self, last: date) -> int:
        """Unlearn the days of a clock that was ahead, so that theirs can be learned.

        Not more of them than can be learned again: what would then be too far back to
        look at is not given up for a clock that is behind.

        Args:
            last: the last day that can be over by the clock.

        Returns:
            How many days were unlearned.

        Raises:
            StoreError: the store failed.
        """
        ahead = [mark for mark in self.store.learned() if mark.day > last]
        if not 0 < len(ahead) <= RELEARNED_DAYS:
            return 0
        self._told = None
        self.store.forget_after(last)
        return len(ahead)

    @counted_as(Phase.STORE)
    def carried_into(self, day: date) -> dict[str, str]:
        """Return the states carried into a day, by the ids that entities have now.

        Empty where the day before is not learned, or no longer kept.

        Raises:
            StoreError: the store failed.
        """
        carried: dict[str, str] = {}
        for entity_id, state in self._carries(day - timedelta(days=1)).items():
            present = self.home.resolve(entity_id)
            # Of an id that was given away, what it was left with says nothing.
            if entity_id != HOME and carried.get(present, "") in GAP_STATES:
                carried[present] = state
        return carried

    def _carries(self, day: date) -> dict[str, str]:
        return _carried({EXPOSURE.name: self.store.read_days(EXPOSURE, day, day).table})

    def _roll_up_complete(self, day: date, newest: date | None) -> None:
        """Write the periods that a day completed, and those it is part of."""
        end = max(newest or day, day)
        touched = {
            (layer, *period(layer, one))
            for one in (day, newest or day)
            for layer in (Layer.WEEKLY, Layer.MONTHLY)
        }
        for layer, first, last in sorted(touched):
            if last <= end:
                self.roll_up(layer, first, last)

    @counted_as(Phase.STORE)
    def roll_up(self, layer: Layer, first: date, last: date) -> None:
        """Write the roll-up of a complete period from the days learned of it.

        Args:
            layer: weekly or monthly.
            first: the first day of the period.
            last: the last day of it.
        """
        days = {spec.name: self.store.read_days(spec, first, last) for spec in SUMMED}
        if days[EXPOSURE.name].day.size:
            with self.phases.of(Phase.AGGREGATE), decoding():
                tables = rollup(self.home.civil, days, self.home.position)
            self.store.write_period(layer, first, tables)

    @counted_as(Phase.STORE)
    def outdated_layers(self) -> set[Layer]:
        """Return the layers that an older version summed up, which lack tables.

        Raises:
            StoreError: the store failed.
        """
        found = set()
        for layer in (Layer.WEEKLY, Layer.MONTHLY):
            newest = self.store.periods(layer)[-1:]
            happened, times = (
                sum(
                    len(self.store.read_periods(layer, spec, at, at).table)
                    for at in newest
                )
                for spec in (HAPPENINGS_SUM, TIMES_SUM)
            )
            if happened and not times:
                found.add(layer)
        return found

    @counted_as(Phase.STORE)
    def past_due(self, begun: date, first: date | None) -> Past | None:
        """Return the weeks and months of the past that are to be summed up, if any.

        Args:
            begun: the first day of which there are long-term statistics.
            first: the first day to learn, where none is learned yet.

        Raises:
            StoreError: the store failed.
        """
        return past_due(self.store, self.home.civil, self._retention, begun, first)

    @counted_as(Phase.DETECT)
    def report(self, last: date) -> Report | None:
        """Return what is known at the end of a day, or None before the first.

        Sundays that have passed since the last report are told first, and kept.

        Args:
            last: the day; what was learned after it is not looked at.

        Raises:
            TooOldError: a day that this needs is no longer kept.
            StoreError: the store failed.
        """
        marks = [mark for mark in self.store.learned() if mark.day <= last]
        if not marks:
            return None
        self.to_follow = 0
        first, newest = marks[0].day, marks[-1].day
        chronicle = self._chronicle()
        life = chronicle.tell(first, newest)
        window = chronicle.past.view(newest)
        assert window is not None
        analysis = analyze(
            window,
            self.home,
            self.detectors,
            life,
            [*chronicle.found(newest, life), *chronicle.verdicts(newest)],
            len(marks),
        )
        return Report(
            time_zone=self.home.zone.key,
            first_day=first,
            days=len(marks),
            events=sum(mark.rows for mark in marks),
            entities=marks[-1].entities,
            analysis=analysis,
        )

    def _chronicle(self) -> Chronicle:
        """Return what is told of the past, anew where the home has changed."""
        if self._told is None or self._told.past.home is not self.home:
            past = Lookback(
                self.store, self.home, self.detectors, self._scope, self.phases
            )
            self._told = Chronicle(self.store, past, self.detectors, self.phases)
        forgotten = self._retention and self.to_follow >= self._retention.daily
        self._told.judges = not forgotten
        return self._told


def _carried(tables: Mapping[str, Table]) -> dict[str, str]:
    exposure = tables[EXPOSURE.name]
    return dict(
        zip(exposure.texts("entity_id"), exposure.texts("carried_out"), strict=True)
    )


def _oldest_relearned(newest: date) -> date:
    """Return the newest day that is too old to be learned again."""
    return newest - timedelta(days=RELEARNED_DAYS)
