"""The store in InfluxDB: aggregates as points, with a watermark that says what counts."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from threading import RLock
from time import time as time_of_day
from typing import Final

from ...engine.civil import date_of, day_number
from ...engine.tables import DatedTable, Table, TableSpec
from ..base import (
    Layer,
    LearnedDay,
    Retention,
    StoreDamagedError,
    StoreError,
    StoreSize,
)
from ..spans import coarse, last_of, outdated
from . import told
from .address import home_tag
from .attic import Attic, AtticStore, in_attic, pieces_in
from .keeper import Keeper
from .points import LAST_NS
from .server import Server
from .watermark import Kind, Shelf, Watermark
from .writer import Writer

_LOT: Final = 30
"""So many points of time that are too old are deleted together."""

DAYS: Final = (Layer.DAILY, Kind.TABLES)
VERDICTS: Final = (Layer.DAILY, Kind.VERDICTS)
LIFE: Final = (Layer.WEEKLY, Kind.LIFE)


class InfluxStore:
    """An :class:`~..base.AggregateStore` in InfluxDB, and texts by name.

    A day's points are written first, under a version of their own, and the watermark
    last: killed at any moment, the day is there as a whole or not at all. What is not
    valid is never read, and deleted when the server is there.

    Args:
        server: holds the points; its buckets must exist.
        home: the id by which the points of homes are told apart.
        attic: takes what is older than the server keeps, which refuses it; None where
            nothing is.
        clock: returns the seconds since 1970.
    """

    def __init__(
        self,
        server: Server,
        home: str,
        attic: AtticStore | None = None,
        clock: Callable[[], float] = time_of_day,
    ) -> None:
        """Take the parts; nothing is sent yet."""
        self.server = server
        self._home = home_tag(home)
        self._attic = Attic(attic)
        self._keeper = Keeper(server, self._home, clock)
        self._writer = Writer(server, self._keeper, self._attic, self._home)
        self._lock = RLock()
        self._closed = False

    def learned(self) -> Sequence[LearnedDay]:
        """Return every day ever learned, ascending, also those no longer kept."""
        with self._reading() as mark:
            return [
                LearnedDay(date_of(day), rows, entities)
                for day, (rows, entities) in sorted(mark.learned.items())
            ]

    def write_day(
        self, learned: LearnedDay, tables: Mapping[str, Table], *, keep_life: bool
    ) -> None:
        """Write a day with its mark, or replace it, as a whole or not at all."""
        number = day_number(learned.day)
        with self._changing() as mark:
            self._writer.replace(mark, DAYS, number, tables, learned)
            mark.learned[number] = (learned.rows, learned.entities)
            if not keep_life:
                for shelf in (LIFE, VERDICTS):
                    mark.drop_where(shelf, lambda day: day >= number)

    def write_marks(self, learned: Sequence[LearnedDay]) -> None:
        """Note days as learned of which no daily tables are kept, or no longer."""
        with self._changing() as mark:
            for each in learned:
                number = day_number(each.day)
                mark.drop(DAYS, number)
                mark.learned[number] = (each.rows, each.entities)

    def read_days(self, spec: TableSpec, first: date, last: date) -> DatedTable:
        """Return a table's rows of the kept days from first to last, both included."""
        return self._read(Layer.DAILY, spec, first, last)

    def kept_days(self) -> Sequence[date]:
        """Return the days whose daily tables are still held, ascending."""
        return self._held(Layer.DAILY)

    def write_period(
        self, layer: Layer, start: date, tables: Mapping[str, Table]
    ) -> None:
        """Write the roll-up of the week or month that begins at a date."""
        shelf = (coarse(layer), Kind.TABLES)
        with self._changing() as mark:
            self._writer.replace(mark, shelf, day_number(start), tables, None)

    def read_periods(
        self, layer: Layer, spec: TableSpec, first: date, last: date
    ) -> DatedTable:
        """Return a table's rows of the periods that begin from first to last."""
        return self._read(coarse(layer), spec, first, last)

    def periods(self, layer: Layer) -> Sequence[date]:
        """Return the first days of the periods held, ascending."""
        return self._held(coarse(layer))

    def write_life(self, sunday: date, life: str) -> None:
        """Write the life of patterns as of the end of a Sunday."""
        with self._changing() as mark:
            self._writer.tell(mark, LIFE, day_number(sunday), life)

    def read_life(self, last: date) -> tuple[date, str] | None:
        """Return the newest life that is not after a date, with its Sunday."""
        with self._reading() as mark:
            before = [day for day in mark.valid[LIFE] if day <= day_number(last)]
            if not before:
                return None
            sunday = max(before)
            found = self._told(mark, LIFE, sunday, sunday)
        return (date_of(sunday), found[sunday]) if sunday in found else None

    def write_verdicts(self, day: date, verdicts: str) -> None:
        """Write what was out of the ordinary on a day; kept as long as the day is."""
        with self._changing() as mark:
            self._writer.tell(mark, VERDICTS, day_number(day), verdicts)

    def read_verdicts(self, first: date, last: date) -> Mapping[date, str]:
        """Return the verdicts of the days from first to last that have any."""
        with self._reading() as mark:
            found = self._told(mark, VERDICTS, day_number(first), day_number(last))
        return {date_of(day): text for day, text in sorted(found.items())}

    def forget_before(self, newest: date, retention: Retention) -> None:
        """Delete what is older than its layer keeps."""
        with self._changing() as mark:
            for layer, kept in (
                (Layer.DAILY, retention.daily),
                (Layer.WEEKLY, retention.weekly),
                (Layer.MONTHLY, retention.monthly),
            ):
                old = outdated(mark.learned, newest, kept)
                for shelf in mark.valid:
                    if shelf[0] is layer:
                        mark.drop_where(shelf, _ended_by(shelf, old))

    def forget_after(self, last: date) -> None:
        """Unlearn the days after one, as a whole or not at all."""
        number = day_number(last)
        with self._changing() as mark:
            mark.learned = {d: m for d, m in mark.learned.items() if d <= number}
            newest = max(mark.learned, default=0)
            for shelf in mark.valid:
                # What was told of later dates did not know the days still to come.
                is_told = shelf in {LIFE, VERDICTS}
                ended = _ended_by(shelf, newest if is_told else number)
                mark.drop_where(shelf, ended, keep=True)

    def size(self) -> StoreSize:
        """Return how much is held: points by layer, and dates of what is told."""
        with self._reading() as mark:
            return StoreSize(None, self._keeper.count(mark))

    def clear(self) -> None:
        """Delete everything learned; texts, such as decisions, stay."""
        with self._lock:
            self._keeper.clear()
            self._attic.clear()

    def erase(self) -> None:
        """Delete every point of the home, what is learned and all else.

        Raises:
            StoreError: the server is away, or says no.
        """
        with self._lock:
            self._keeper.forget()
            for layer in Layer:
                self.server.delete(layer, self._home, 0, LAST_NS)

    def same_as(self, other: InfluxStore) -> bool:
        """Tell whether both lead to the same points, by whatever address.

        Raises:
            StoreError: a server is away, or what it holds is damaged.
        """
        mine, its = self._written(), other._written()
        return mine == its and bool(mine.learned)

    def _written(self) -> Watermark:
        with self._lock:
            self._keeper.forget()
            with self._reading() as mark:
                return mark

    def read_text(self, name: str) -> str | None:
        """Return a text, or None where there is none."""
        with self._reading() as mark:
            return mark.texts.get(name)

    def write_text(self, name: str, text: str) -> None:
        """Write a text, durably."""
        with self._changing() as mark:
            mark.texts[name] = text

    def close(self) -> None:
        """Let go of the connection; closing twice does no harm."""
        with self._lock:
            self._closed = True
            self.server.link.close()

    @contextmanager
    def _reading(self) -> Generator[Watermark]:
        with self._lock:
            if self._closed:
                raise StoreError("the connection to InfluxDB was closed")
            yield self._keeper.current()

    @contextmanager
    def _changing(self) -> Generator[Watermark]:
        """Write the watermark at the end, or forget what was changed of it."""
        with self._reading() as mark:
            before, aside = mark.as_text(), pieces_in(mark)
            try:
                yield mark
                if mark.as_text() != before:
                    self._keeper.put(mark)
            except BaseException:
                self._keeper.forget()
                raise
            # What was asked for is done; what is left over can wait.
            with suppress(StoreError):
                self._keeper.sweep(mark, _LOT)
            with suppress(StoreError):
                self._attic.let_go(aside - pieces_in(mark))

    def _read(
        self, layer: Layer, spec: TableSpec, first: date, last: date
    ) -> DatedTable:
        shelf = (layer, Kind.TABLES)
        with self._reading() as mark:
            dense = self._keeper.rows(
                mark, shelf, told.dense_of(spec), day_number(first), day_number(last)
            )
            found = told.tables_of(spec, dense)
            return self._attic.with_rows(mark, shelf, spec, (first, last), found)

    def _held(self, layer: Layer) -> list[date]:
        shelf = (layer, Kind.TABLES)
        with self._reading() as mark:
            there = self._keeper.there(mark, layer)
            known = mark.valid[shelf].keys()
            there |= in_attic(mark, shelf, 0, max(known, default=0))
            lost = known - there
            if lost:
                # Its retention may have been changed meanwhile.
                self._keeper.look_at_buckets()
            lost = {day for day in lost if not self._keeper.too_old(layer, day)}
        if lost:
            raise StoreDamagedError(
                "the bucket {bucket} no longer holds what was learned of {day}: "
                "restore it from a backup, or learn anew",
                bucket=self.server.link.address.bucket(layer),
                day=date_of(max(lost)),
            )
        return [date_of(day) for day in sorted(there)]

    def _told(
        self, mark: Watermark, shelf: Shelf, first: int, last: int
    ) -> dict[int, str]:
        """Return the texts of the dates from first to last."""
        rows = self._keeper.rows(mark, shelf, told.spec_of(shelf), first, last)
        return told.texts_of(rows) | self._attic.texts(mark, shelf, first, last)


def _ended_by(shelf: Shelf, number: int) -> Callable[[int], bool]:
    """Return what tells whether the span of a date has ended by a day."""
    layer, kind = shelf
    # What is told of a week is told of its Sunday.
    span = layer if kind is Kind.TABLES else Layer.DAILY
    return lambda start: day_number(last_of(span, date_of(start))) <= number
