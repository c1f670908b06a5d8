"""All is learned anew beside what is known, and takes its place when it is complete."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from homeassistant.core import HomeAssistant

from .anew import Anew, call_off, opened, take_place
from .const import CONF_MOVE, LOGGER
from .day_learning import DayLearning, yesterday
from .engine.civil import days_between
from .engine.home import Home
from .gate import in_executor
from .influx_history import async_with_history, note_causes
from .parts import Parts
from .problems import async_raise_days_lost
from .readers import Reader, RecorderReader
from .runner import Runner
from .storage import Storage, anew_path, database_path
from .stores.base import AggregateStore, LearnedDay
from .stores.learned_zone import foreign_zone
from .stores.sqlite import SqliteStore

type Learns = Callable[[Home, AggregateStore], Runner]
"""Returns what learns into a store; it blocks."""


@dataclass(frozen=True, slots=True)
class OnlyKnown:
    """Days that were learned and that no history tells of any more.

    Attributes:
        kept: those whose tables are kept, which can be taken along.
        lost: those of which only sums are left: they would be lost.
        spare: those whose tables are kept, though a history should tell of them: it
            may turn out to tell nothing, as where InfluxDB was away for a few days.
    """

    kept: Mapping[date, LearnedDay]
    lost: Sequence[date]
    spare: Mapping[date, LearnedDay]

    @classmethod
    def of(
        cls,
        storage: Storage,
        home: Home,
        told: AbstractSet[date],
        anew: Collection[date] = (),
    ) -> Self:
        """Return those of what is known. Blocks.

        Args:
            storage: holds what is known.
            home: the home's context.
            told: the days that a history tells of.
            anew: those that are learned anew already.

        Raises:
            StoreError: the store failed.
        """
        if foreign_zone(storage.aggregates, storage.local, home.zone):
            return cls({}, (), {})
        last = yesterday(home)
        known = {
            mark.day: mark
            for mark in storage.aggregates.learned()
            if mark.day <= last and mark.day not in anew
        }
        only = {day: mark for day, mark in known.items() if day not in told}
        # Those before what was learned last would have to be learned before it.
        since = max(anew, default=date.min)
        kept = {day for day in storage.aggregates.kept_days() if day > since}
        return cls(
            {day: mark for day, mark in only.items() if day in kept},
            [day for day in only if day not in kept],
            {day: mark for day, mark in known.items() if day in kept & told},
        )


async def async_told(reader: Reader, first: date) -> set[date]:
    """Return the days from the first on that a history tells of.

    Raises:
        SourceError: it cannot be read.
    """
    extent = await reader.async_extent()
    if extent is None:
        return set()
    days = days_between(max(first, extent[0]), extent[1])
    return {*days} - {*await reader.async_silent()}


class LearningAnew:
    """Learns all anew; what is known counts until that is complete.

    Args:
        hass: Home Assistant.
        parts: what runs work with.
        days: learns days.
        learns: makes what learns into a store.
    """

    def __init__(
        self, hass: HomeAssistant, parts: Parts, days: DayLearning, learns: Learns
    ) -> None:
        """Take the parts."""
        self._hass = hass
        self._parts = parts
        self._days = days
        self._learns = learns
        self._path = anew_path(database_path(hass))

    async def async_learn(
        self, anew: Anew, home: Home, recorder: RecorderReader
    ) -> bool:
        """Learn what is missing; if nothing is any more, have it take its place.

        Args:
            anew: what is wanted.
            home: the home's context.
            recorder: reads the recorder.

        Returns:
            Whether it takes its place when the config entry is loaded again, as it
            has to be now.

        Raises:
            SourceError: the history cannot be read.
            StoreError: a store failed; what is known still counts.
        """
        parts = self._parts
        reader = await async_with_history(self._hass, parts, home, recorder, anew.where)
        told = await async_told(reader, anew.first)
        if not told:
            return False
        fresh = await parts.gate.async_run(opened, self._path, home.zone)
        try:
            complete = await self._async_complete(
                anew, home, reader, recorder, fresh, told
            )
        finally:
            await in_executor(self._hass, fresh.close)
        return complete and await self._async_take_place(anew)

    async def _async_complete(
        self,
        anew: Anew,
        home: Home,
        reader: Reader,
        recorder: RecorderReader,
        fresh: SqliteStore,
        told: set[date],
    ) -> bool:
        """Learn what is missing, and tell whether anything is learned."""
        gate, storage = self._parts.gate, self._parts.storage
        learned = [mark.day for mark in await gate.async_run(fresh.learned)]
        only = await gate.async_run(OnlyKnown.of, storage, home, told, learned)
        if only.lost and not anew.discard:
            await gate.async_run(fresh.close)
            await self._async_give_up(only.lost)
            return False
        runner = await gate.async_run(self._learns, home, fresh)
        due = await gate.async_run(runner.due, min(told), max(told))
        days = sorted({day for day in due if day in told} | only.kept.keys())
        await self._days.async_learn_past(runner, recorder.source, days)
        await self._days.async_learn(
            runner, reader, days, max(told), known=only.kept, spare=only.spare
        )
        await gate.async_run(
            note_causes, fresh, storage.local, reader.causes_since, only.kept
        )
        return bool(await gate.async_run(fresh.learned))

    async def _async_give_up(self, lost: Sequence[date]) -> None:
        LOGGER.warning(
            "Learning anew was given up: %s days are known that no history tells of",
            len(lost),
        )
        local = self._parts.storage.local
        await self._parts.gate.async_run(call_off, local, self._path)
        async_raise_days_lost(self._hass, lost)

    async def _async_take_place(self, anew: Anew) -> bool:
        gate, storage = self._parts.gate, self._parts.storage
        if storage.remote is not None:
            # A server cannot take all of it at once: the built-in store does, when
            # nothing else is at work, and all is moved from there.
            await gate.async_run(replace(anew, complete=True).keep, storage.local)
            return CONF_MOVE not in self._parts.entry.data
        await gate.async_run(take_place, storage.built_in, self._path)
        marks = await gate.async_run(storage.aggregates.learned)
        self._parts.coordinator.async_publish(
            days=len(marks), events=sum(mark.rows for mark in marks)
        )
        return False
