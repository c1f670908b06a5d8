"""What the end of a day looks back on: the days before it, and what they show.

A window is built once and asked more than once: by a Sunday's life, by a day's
verdicts, and by the report.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import batched
from typing import Final

from .engine.analysis import Detectors, detect
from .engine.civil import day_number, month_end, month_of, week_of
from .engine.history import History, OnDemand
from .engine.home import Home
from .engine.pattern import Finding
from .engine.scope import Scope
from .engine.sums import (
    CONSUMPTION_SUM,
    EXPOSURE_SUM,
    HAPPENINGS_SUM,
    RUNS_SUM,
    TIMES_SUM,
    Clock,
)
from .engine.tables import (
    CONTEXT,
    EXPOSURE,
    HAPPENINGS,
    HOME,
    RUNS,
    DatedTable,
    TableSpec,
    joined,
    only,
)
from .engine.window import WINDOW_DAYS, Window, build_window
from .phases import Phase, Phases
from .stores.base import AggregateStore, Layer, StoreDamagedError, StoreError

_HAPPENED: Final = HAPPENINGS.part("instants", "causes", "automations")
_EXPOSED: Final = EXPOSURE.part("by_hour", "home_by_hour", "carried_out")
"""What a window is made of; the sums of days beside it are for charts and roll-ups."""

_SUMS: Final = {
    spec.name: spec
    for spec in (
        HAPPENINGS_SUM.part("days", "count", "user", "automation"),
        EXPOSURE_SUM.part("seconds"),
        TIMES_SUM,
        RUNS_SUM.part("days", "by_length"),
        CONSUMPTION_SUM.part("days", "hours", "amount"),
    )
}
"""What is looked at of weeks and months; what else they hold is for charts."""

_AT_ONCE: Final = 12
"""Periods read at a time: what is not looked at is gone before the next are read."""


class TooOldError(StoreError):
    """A day that is asked about can no longer be said anything about."""


class Lookback:
    """Reads windows from a store, and has the detectors look at them.

    Good for as long as nothing is learned and the home stays as it is.

    Args:
        store: where the aggregates live.
        home: the context.
        detectors: those that are switched on, by type.
        scope: what the person left out.
        phases: where the time that is spent is added up.
    """

    def __init__(
        self,
        store: AggregateStore,
        home: Home,
        detectors: Detectors,
        scope: Scope,
        phases: Phases,
    ) -> None:
        """Take the parts; nothing is read yet."""
        self.home = home
        self._store = store
        self._detectors = detectors
        self._scope = scope
        self._phases = phases
        self._whole: tuple[date, Window | None] | None = None
        self._view: tuple[date, Window | None] | None = None
        self._found: tuple[date, Sequence[Finding]] | None = None

    def whole(self, last: date) -> Window | None:
        """Return a day and all those before it that it is judged by.

        One day more than detectors look at; None where none of the latter was learned.
        It is held until they look: ask for it before :meth:`view`.

        Raises:
            TooOldError: one of the days is no longer kept.
            StoreError: the store failed.
        """
        if self._whole is None or self._whole[0] != last:
            # Let go before more is read: a window is most of what a run holds.
            self._whole = self._view = None
            self._whole = last, self._read(last)
        return self._whole[1]

    def view(self, last: date) -> Window | None:
        """Return the days that detectors look at; None where none was learned.

        Raises:
            TooOldError: a day that detectors look at is no longer kept.
            StoreError: the store failed.
        """
        if self._view is None or self._view[0] != last:
            whole = self.whole(last)
            looked_at = day_number(last) - WINDOW_DAYS + 1
            self._view = last, whole.since(looked_at) if whole else None
            self._whole = None
        return self._view[1]

    def found(self, last: date, standing: Sequence[Finding] = ()) -> Sequence[Finding]:
        """Return what is detected as of the end of a day.

        Args:
            last: the day.
            standing: what the weekly and monthly detectors say as of that day.

        Raises:
            TooOldError: a day that detectors look at is no longer kept.
            StoreError: the store failed.
        """
        if self._found is None or self._found[0] != last:
            window = self.view(last)
            found = (
                detect(window, self.home, self._detectors, standing) if window else ()
            )
            self._found = last, found
        return self._found[1]

    def history(self, last: date) -> History:
        """Return the sums of the weeks and months that were over at a day's end.

        Raises:
            StoreError: the store failed.
        """
        return History(self._sums(Layer.WEEKLY, last), self._sums(Layer.MONTHLY, last))

    def _sums(self, layer: Layer, last: date) -> Mapping[str, DatedTable]:
        """Return tables by name, each of them read when it is first asked for."""
        with self._phases.of(Phase.STORE):
            over = [
                start
                for start in self._store.periods(layer)
                if period(layer, start)[1] <= last
            ]

        def read(name: str) -> DatedTable:
            spec = _SUMS[name]
            stretches = batched(over, _AT_ONCE, strict=False)
            return joined(spec, (self._stretch(layer, spec, own) for own in stretches))

        return OnDemand(tuple(_SUMS) if over else (), read)

    def _stretch(
        self, layer: Layer, spec: TableSpec, starts: Sequence[date]
    ) -> DatedTable:
        with self._phases.of(Phase.STORE):
            rows = self._store.read_periods(layer, spec, starts[0], starts[-1])
        if layer is Layer.WEEKLY and spec is TIMES_SUM:
            # Nothing is asked about the weeks by the sun's clocks.
            rows = only(rows, {Clock.WALL}.__contains__, "clock")
        return only(rows, self._looked_at(spec))

    def _looked_at(self, spec: TableSpec) -> Callable[[str], bool]:
        """Return what tells of the ids in a table whether they are looked at."""
        numbers = spec.name in {CONTEXT.name, CONSUMPTION_SUM.name}
        admits = self._scope.admits_number if numbers else self._scope.admits

        def looked_at(stored_id: str) -> bool:
            home = self.home
            return stored_id == HOME or admits(home.entity(home.resolve(stored_id)))

        return looked_at

    def admits(self, entity_id: str) -> bool:
        """Tell whether the person lets an entity be looked at, by an id it had."""
        return self._scope.admits(self.home.entity(self.home.resolve(entity_id)))

    def _read(self, last: date) -> Window | None:
        looked_at = last - timedelta(days=WINDOW_DAYS - 1)
        whole = self.window(looked_at - timedelta(days=1), last)
        return None if whole is None or whole.last_day < looked_at else whole

    def window(self, first: date, last: date) -> Window | None:
        """Return the days from first to last; None where none of them was learned.

        Raises:
            TooOldError: one of them is no longer kept.
            StoreError: the store failed.
        """
        days = [m.day for m in self._store.learned() if first <= m.day <= last]
        if missing := set(days) - set(self._store.kept_days()):
            raise TooOldError(
                "what was learned of {day} is no longer kept, so {last} cannot be "
                "looked back on: ask for a later day",
                day=min(missing),
                last=last,
            )
        if not days:
            return None
        happenings = self._rows(_HAPPENED, days)
        exposure = self._rows(_EXPOSED, days)
        runs = self._rows(RUNS, days)
        context = self._rows(CONTEXT, days)
        with decoding():
            return build_window(
                self.home.civil,
                days,
                happenings,
                exposure,
                self.home.resolve,
                runs,
                self.home.calendar,
                context,
            )

    def _rows(self, spec: TableSpec, days: Sequence[date]) -> DatedTable:
        with self._phases.of(Phase.STORE):
            rows = self._store.read_days(spec, days[0], days[-1])
        return only(rows, self._looked_at(spec))


@contextmanager
def decoding() -> Generator[None]:
    """Tell damage of what is stored from a fault of ours.

    Raises:
        StoreDamagedError: in place of what decoding says of it.
    """
    try:
        yield
    except (ValueError, LookupError) as err:
        raise StoreDamagedError(
            "what was learned is damaged ({said}): restore it from a backup, or learn "
            "anew",
            said=err,
        ) from err


def period(layer: Layer, day: date) -> tuple[date, date]:
    """Return the first and the last day of the week or month that a day lies in."""
    if layer is Layer.MONTHLY:
        return month_of(day), month_end(day)
    return week_of(day), week_of(day) + timedelta(days=6)
