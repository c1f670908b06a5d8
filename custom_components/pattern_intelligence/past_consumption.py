"""The time before the first day learned: what long-term statistics hold of it.

They are never purged, so they reach back years on the first day. Only weeks and months
are written of it, and those once; the days themselves are not learned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .engine.civil import CivilTime
from .engine.past_consumption import sum_counts
from .engine.rawday import Counts
from .engine.rollup import merge
from .engine.sums import CONSUMPTION_SUM
from .engine.tables import Table, empty
from .lookback import period
from .stores.base import AggregateStore, Layer, Retention


@dataclass(frozen=True, slots=True)
class Past:
    """The weeks and months before the first day learned, as they are summed up.

    Attributes:
        civil: the home's civil time.
        starts: the first days of each layer's periods, ascending.
    """

    civil: CivilTime
    starts: Mapping[Layer, Sequence[date]]
    _sums: dict[tuple[Layer, date], list[Table]] = field(default_factory=dict)

    @property
    def first(self) -> date:
        """Return the first day of the first period."""
        return min(starts[0] for starts in self.starts.values())

    @property
    def before(self) -> date:
        """Return the first day after the last period."""
        return max(_after(layer, starts) for layer, starts in self.starts.items())

    def add(self, counts: Counts) -> None:
        """Add what some meters counted in all of that time."""
        for layer, starts in self.starts.items():
            tables = sum_counts(self.civil, counts, starts, _after(layer, starts))
            for start, table in zip(starts, tables, strict=True):
                self._sums.setdefault((layer, start), []).append(table)

    def write(self, store: AggregateStore) -> None:
        """Write the periods, the oldest last: where that is, all of them are.

        Raises:
            StoreError: the store failed; what is not written stays due.
        """
        for layer, starts in self.starts.items():
            for start in reversed(starts):
                tables = self._sums.get((layer, start), [empty(CONSUMPTION_SUM)])
                store.write_period(layer, start, {CONSUMPTION_SUM.name: merge(tables)})


def past_due(
    store: AggregateStore,
    civil: CivilTime,
    retention: Retention | None,
    begun: date,
    first: date | None,
) -> Past | None:
    """Return the periods of the past that are not written yet, if any are to be.

    Args:
        store: where they are to be.
        civil: the home's civil time.
        retention: how long layers are kept; None keeps everything.
        begun: the first day of which there are statistics.
        first: the first day that is learned, where none is yet.

    Raises:
        StoreError: the store failed.
    """
    learned = store.learned()
    first = learned[0].day if learned else first
    if first is None:
        return None
    newest = learned[-1].day if learned else first
    starts = {
        layer: [
            start
            for start in _periods(layer, begun, first)
            if kept is None or newest - period(layer, start)[1] < timedelta(kept)
        ]
        for layer, kept in (
            (Layer.MONTHLY, retention.monthly if retention else None),
            (Layer.WEEKLY, retention.weekly if retention else None),
        )
    }
    due = {
        layer: wanted
        for layer, wanted in starts.items()
        if wanted and wanted[0] not in store.periods(layer)
    }
    return Past(civil, due) if due else None


def _periods(layer: Layer, begun: date, first: date) -> Iterator[date]:
    """Yield the periods from that of one day to before that of another."""
    start = period(layer, begun)[0]
    while start < period(layer, first)[0]:
        yield start
        start = period(layer, start)[1] + timedelta(days=1)


def _after(layer: Layer, starts: Sequence[date]) -> date:
    return period(layer, starts[-1])[1] + timedelta(days=1)
