"""The path of a day: source, summarize, store, window, detect, life, publish.

Knows neither Home Assistant nor a particular store or source; every call blocks.
What it says is a function of the days learned and of the home, never of how often
or in which portions it was asked.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from .engine.analysis import Detectors, advance, analyze, detect
from .engine.civil import days_between, last_sunday, month_end, month_of, week_of
from .engine.happenings import GAP_STATES
from .engine.home import Home
from .engine.life import Life
from .engine.pattern import Finding
from .engine.rawday import RawDay
from .engine.rollup import rollup
from .engine.scope import Scope
from .engine.summarize import summarize
from .engine.tables import EXPOSURE, HAPPENINGS, HOME, Table, only
from .engine.window import WINDOW_DAYS, Window, build_window
from .phases import Phase, Phases, counted_as
from .report import Report
from .stores.base import (
    AggregateStore,
    Layer,
    LearnedDay,
    Retention,
    StoreDamagedError,
    StoreError,
)

RELEARNED_DAYS = 27
"""How far back a day may be learned again: 90 are kept and 63 looked at."""


class TooOldError(StoreError):
    """A day that is asked about can no longer be said anything about."""


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
        self._detected: tuple[bytes, Home, Sequence[Finding]] | None = None

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
        marks = self.store.learned()
        newest = marks[-1].day if marks else None
        if newest and raw.day <= _oldest_relearned(newest):
            raise TooOldError(
                f"{raw.day} is too long ago to be learned again: learn anew instead"
            )
        with self.phases.of(Phase.AGGREGATE):
            tables = summarize(raw)
        known = {mark.day for mark in marks}
        changed = raw.day in known and self._carries(raw.day) != _carried(tables)
        self._detected = None
        self.store.write_day(
            LearnedDay(raw.day, raw.rows, len(raw.entities)),
            tables,
            keep_life=newest is None or raw.day > newest,
        )
        self._roll_up_complete(raw.day, newest)
        if newest is None or last_sunday(raw.day) > last_sunday(newest):
            # Told now, while the days that this Sunday looks back on are kept.
            with self.phases.of(Phase.DETECT):
                self._fold(marks[0].day if marks else raw.day, raw.day)
        if self._retention:
            self.store.forget_before(max(newest or raw.day, raw.day), self._retention)
        return changed and raw.day + timedelta(days=1) in known

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
        self._detected = None
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
        for touched in {day, newest or day}:
            for layer in (Layer.WEEKLY, Layer.MONTHLY):
                first, last = period(layer, touched)
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
        happenings = self.store.read_days(HAPPENINGS, first, last)
        exposure = self.store.read_days(EXPOSURE, first, last)
        if exposure.day.size:
            with self.phases.of(Phase.AGGREGATE), _decoding():
                tables = rollup(self.home.civil, happenings, exposure)
            self.store.write_period(layer, first, tables)

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
        first, newest = marks[0].day, marks[-1].day
        life = self._fold(first, newest)
        window = self._window(newest)
        assert window is not None
        findings = self._detect(window)
        return Report(
            time_zone=self.home.zone.key,
            first_day=first,
            days=len(marks),
            events=sum(mark.rows for mark in marks),
            entities=marks[-1].entities,
            analysis=analyze(window, self.home, self.detectors, life, findings),
        )

    def _fold(self, first: date, last: date) -> Life:
        """Tell the Sundays not yet told; return the life as of the last one."""
        stored = self.store.read_life(last)
        with _decoding():
            life = Life.from_text(stored[1], self.home.resolve) if stored else Life()
        sunday = stored[0] if stored else None
        following = (sunday or last_sunday(first - timedelta(days=1))) + timedelta(7)
        while following <= last:
            window = self._window(following)
            if window is not None:
                findings = self._detect(window)
                life = advance(
                    window, self.home, self.detectors, life, findings, following
                )
            with self.phases.of(Phase.STORE):
                self.store.write_life(following, life.to_text())
            following += timedelta(days=7)
        return life

    def _detect(self, window: Window) -> Sequence[Finding]:
        """Return what is found, worked out once while nothing is learned."""
        known, days = self._detected, window.days.tobytes()
        if known and known[0] == days and known[1] is self.home:
            return known[2]
        findings = detect(window, self.home, self.detectors)
        self._detected = (days, self.home, findings)
        return findings

    def _window(self, last: date) -> Window | None:
        """Return the window that ends with a day; None where nothing is in it.

        Raises:
            TooOldError: a day that was learned is no longer kept.
        """
        first = last - timedelta(days=WINDOW_DAYS - 1)
        days = [m.day for m in self.store.learned() if first <= m.day <= last]
        if missing := set(days) - set(self.store.kept_days()):
            raise TooOldError(
                f"what was learned of {min(missing)} is no longer kept, so {last} "
                "cannot be looked back on: ask for a later day"
            )
        if not days:
            return None
        with self.phases.of(Phase.STORE):
            happenings = self.store.read_days(HAPPENINGS, first, last)
            exposure = self.store.read_days(EXPOSURE, first, last)
        with _decoding():
            return build_window(
                self.home.civil,
                days,
                only(happenings, self._admits),
                only(exposure, self._admits),
                self.home.resolve,
            )

    def _admits(self, stored_id: str) -> bool:
        """Tell whether the person lets an entity be looked at."""
        entity = self.home.entity(self.home.resolve(stored_id))
        return stored_id == HOME or self._scope.admits(entity)


@contextmanager
def _decoding() -> Generator[None]:
    """Tell damage of what is stored from a fault of ours.

    Raises:
        StoreDamagedError: in place of what decoding says of it.
    """
    try:
        yield
    except (ValueError, LookupError) as err:
        raise StoreDamagedError(
            f"what was learned is damaged ({err}): restore it from a backup, or learn "
            "anew"
        ) from err


def period(layer: Layer, day: date) -> tuple[date, date]:
    """Return the first and the last day of the week or month that a day lies in."""
    if layer is Layer.MONTHLY:
        return month_of(day), month_end(day)
    return week_of(day), week_of(day) + timedelta(days=6)


def _carried(tables: Mapping[str, Table]) -> dict[str, str]:
    exposure = tables[EXPOSURE.name]
    return dict(
        zip(exposure.texts("entity_id"), exposure.texts("carried_out"), strict=True)
    )


def _oldest_relearned(newest: date) -> date:
    """Return the newest day that is too old to be learned again."""
    return newest - timedelta(days=RELEARNED_DAYS)
