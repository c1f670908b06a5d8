"""All is learned anew beside what is known, and takes its place when it is complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from homeassistant.core import HomeAssistant

from .anew import Anew, call_off, opened, take_place
from .const import CONF_MOVE, LOGGER
from .day_learning import DayLearning
from .engine.home import Home
from .gate import in_executor
from .histories import BestTold, Histories, Known, Memory, begin_causes
from .influx_history import async_with_history
from .parts import Parts
from .problems import async_raise_days_lost
from .readers import RecorderReader
from .runner import Runner
from .storage import Storage, anew_path, database_path
from .stores.base import AggregateStore
from .stores.sqlite import SqliteStore

type Learns = Callable[[Home, AggregateStore], Runner]
"""Returns what learns into a store; it blocks."""


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
        histories = await async_with_history(
            self._hass, parts, home, recorder, anew.where
        )
        told = await histories.async_days(anew.first)
        if not told:
            return False
        fresh = await parts.gate.async_run(opened, self._path, home.zone)
        try:
            lost = await self._async_fill(anew, home, histories, fresh, told)
            complete = bool(await parts.gate.async_run(fresh.learned))
        finally:
            await in_executor(self._hass, fresh.close)
        if lost:
            await self._async_give_up(lost)
            return False
        return complete and await self._async_take_place(anew)

    async def _async_fill(
        self,
        anew: Anew,
        home: Home,
        histories: Histories,
        fresh: SqliteStore,
        told: set[date],
    ) -> Sequence[date]:
        """Learn what is missing, and return the days that are lost by it unasked."""
        gate, storage = self._parts.gate, self._parts.storage
        known = await gate.async_run(_missing, storage, home, fresh)
        if not anew.discard and (lost := await histories.async_lost(known.summed)):
            return lost
        await gate.async_run(begin_causes, fresh)
        runner = await gate.async_run(self._learns, home, fresh)
        due = await gate.async_run(runner.due, min(told), max(told))
        days = sorted({day for day in due if day in told} | known.kept.keys())
        await self._days.async_learn_past(runner, histories.recorder.source, days)
        reader = BestTold(
            histories,
            Memory(storage, gate, known.kept),
            gate,
            fresh,
            storage.local,
            again=anew.again,
        )
        await self._days.async_learn(runner, reader, days, max(told))
        if anew.discard:
            return ()
        # Learning years takes long: what was told of at first may be gone by now.
        return (await gate.async_run(_missing, storage, home, fresh)).summed

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


def _missing(storage: Storage, home: Home, fresh: SqliteStore) -> Known:
    """Return what is known and not learned anew yet. Blocks."""
    return Known.of(storage, home, [mark.day for mark in fresh.learned()])
