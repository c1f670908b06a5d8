"""What tells of a home's past: the recorder, what was learned of it, and InfluxDB.

Of a day, the recorder knows most; what was learned from it knows who did what, too;
InfluxDB does not, and may lack hours. So each day is told by the first of them that
tells anything of it, and nothing that is known is replaced by what tells less.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from .day_learning import yesterday
from .engine.home import Home
from .gate import Gate
from .readers import InfluxReader, Reader, RecorderReader, Remembered, Told
from .storage import Storage
from .stores.base import Layer, LearnedDay, LocalStore
from .stores.kept_tables import read_tables
from .stores.learned_zone import foreign_zone
from .stores.sqlite import SqliteStore

CAUSES_SINCE: Final = "causes_since"
"""Name of the text with the first day of which it is known who did what."""


@dataclass(frozen=True, slots=True)
class Known:
    """Days that were learned, and are not learned anew yet.

    Attributes:
        kept: those whose tables are kept, which can be taken along.
        summed: those of which only sums are left, which cannot.
    """

    kept: Mapping[date, LearnedDay]
    summed: Sequence[date]

    @classmethod
    def of(cls, storage: Storage, home: Home, anew: Collection[date] = ()) -> Self:
        """Return those of what is known. Blocks.

        Args:
            storage: holds what is known.
            home: the home's context.
            anew: those that are learned anew already.

        Raises:
            StoreError: the store failed.
        """
        if foreign_zone(storage.aggregates, storage.local, home.zone):
            return cls({}, ())
        last = yesterday(home)
        known = {
            mark.day: mark
            for mark in storage.aggregates.learned()
            if mark.day <= last and mark.day not in anew
        }
        # Those before what was learned last would have to be learned before it.
        since = max(anew, default=date.min)
        kept = {day for day in storage.aggregates.kept_days() if day > since}
        return cls(
            {day: mark for day, mark in known.items() if day in kept},
            [day for day in known if day not in kept],
        )


@dataclass(frozen=True, slots=True)
class Histories:
    """The places that tell of the home's past, apart from what was learned.

    Attributes:
        recorder: reads the recorder.
        past: reads InfluxDB; None where only the recorder is asked.
    """

    recorder: RecorderReader
    past: InfluxReader | None = None

    async def async_days(self, first: date) -> set[date]:
        """Return the days from the first on that any of them tells of.

        Raises:
            SourceError: one cannot be read.
        """
        days = await self.recorder.async_days()
        if self.past is not None:
            days |= await self.past.async_days()
        return {day for day in days if first <= day}

    async def async_lost(self, days: Collection[date]) -> Sequence[date]:
        """Return those of some days of which none of them tells anything at all.

        Raises:
            SourceError: one cannot be read.
        """
        lost = {*days}
        for place in (self.recorder, self.past):
            if lost and place is not None:
                lost -= await place.async_told(lost)
        return sorted(lost)


class Memory:
    """Reads days as they were learned before.

    Args:
        storage: holds what is known.
        gate: what its store is read through.
        kept: the days that can be read.
    """

    def __init__(
        self, storage: Storage, gate: Gate, kept: Mapping[date, LearnedDay]
    ) -> None:
        """Take the parts; nothing is read yet."""
        self._storage = storage
        self._gate = gate
        self._kept = kept

    async def async_read(
        self, day: date, _carried: Mapping[str, str]
    ) -> Remembered | None:
        """Return a day as it was learned; None where it is not kept any more."""
        if (mark := self._kept.get(day)) is None:
            return None
        return await self._gate.async_run(self._remembered, mark)

    def _remembered(self, mark: LearnedDay) -> Remembered | None:
        store = self._storage.aggregates
        tables = read_tables(store, Layer.DAILY, mark.day)
        # A server deletes what is too old by its own clock: it was read in part.
        return Remembered(mark, tables) if mark.day in store.kept_days() else None


class BestTold:
    """Reads each day where most is told of it, and notes of which no causes are known.

    Args:
        histories: what is read.
        memory: what is known.
        gate: what the stores are used through.
        fresh: where it is noted.
        local: says from which day on causes are known of what is known.
        again: whether InfluxDB counts for more than what is known.
    """

    def __init__(
        self,
        histories: Histories,
        memory: Memory,
        gate: Gate,
        fresh: LocalStore,
        local: LocalStore,
        *,
        again: bool,
    ) -> None:
        """Take the parts; nothing is read yet."""
        past: list[Reader] = [histories.past] if histories.past else []
        known: list[Reader] = [memory]
        rest = [*past, *known] if again else [*known, *past]
        self._readers: list[Reader] = [histories.recorder, *rest]
        self._past = histories.past
        self._gate = gate
        self._fresh = fresh
        self._local = local

    async def async_read(self, day: date, carried: Mapping[str, str]) -> Told | None:
        """Return what the first one tells that tells anything; else that nothing was."""
        best: tuple[Told, Reader] | None = None
        for reader in self._readers:
            told = await reader.async_read(day, carried)
            if told is not None and (told.rows or best is None):
                best = told, reader
            if told is not None and told.rows:
                break
        return await self._gate.async_run(self._noted, day, *best) if best else None

    def _noted(self, day: date, told: Told, reader: Reader) -> Told:
        remembered = isinstance(told, Remembered)
        since = (self._local.read_text(CAUSES_SINCE) or "") if remembered else ""
        if reader is self._past or day.isoformat() < since:
            note_without_causes(self._fresh, day)
        return told


def begin_causes(fresh: SqliteStore) -> None:
    """Note that causes are known of every day to come. Blocks.

    Of days that are learned, and nothing is noted of, they are taken for unknown.

    Raises:
        StoreError: the store failed.
    """
    if fresh.read_text(CAUSES_SINCE) is None:
        if learned := fresh.learned():
            note_without_causes(fresh, learned[-1].day)
        else:
            fresh.write_text(CAUSES_SINCE, "")


def note_without_causes(fresh: LocalStore, day: date) -> None:
    """Note that of a day, and of those before it, causes are not known. Blocks.

    Raises:
        StoreError: the store failed.
    """
    since = (day + timedelta(days=1)).isoformat()
    if since > (fresh.read_text(CAUSES_SINCE) or ""):
        fresh.write_text(CAUSES_SINCE, since)
