"""Days that are due are read and learned one after the other, off the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .coordinator import Progress
from .engine.home import Home
from .engine.rawday import RawDay
from .gate import in_executor
from .parts import Parts
from .past_consumption import Past
from .readers import Reader, async_in_recorder
from .run_log import RunRecord
from .runner import Runner
from .sources.base import PastSource
from .stores.base import Layer, LearnedDay
from .stores.kept_tables import read_tables
from .work import NOT_BEFORE, UNSETTLED

type Shows = Callable[[Runner, date], Awaitable[None]]
"""Publishes what is known at the end of a day."""


class DayLearning:
    """Reads days and learns them, and notes what it took.

    Args:
        hass: Home Assistant.
        parts: what the entry is made of.
        record: where it is noted what was done.
    """

    def __init__(self, hass: HomeAssistant, parts: Parts, record: RunRecord) -> None:
        """Take the parts."""
        self._hass = hass
        self._parts = parts
        self._record = record

    async def async_learn(
        self,
        runner: Runner,
        reader: Reader,
        days: Sequence[date],
        last: date,
        show: Shows | None = None,
        known: Mapping[date, LearnedDay] = {},
        spare: Mapping[date, LearnedDay] = {},
    ) -> None:
        """Learn days in order; where one changes what the next begins with, that too.

        Args:
            runner: learns them.
            reader: reads them.
            days: oldest first.
            last: the last day there is.
            show: called on Sundays where what is known by then counts.
            known: those that are taken from what is known, since nobody else tells
                of them any more.
            spare: those that are taken from what is known where nothing is read of
                them.
        """
        queue, done = list(days), 0
        publish = self._parts.coordinator.async_publish
        while queue:
            publish(progress=Progress(done, done + len(queue)))
            day = queue.pop(0)
            runner.to_follow = 0 if show else len(queue)
            async with self._parts.gate:
                if (mark := known.get(day)) is not None:
                    again = await in_executor(self._hass, self._take, runner, mark)
                else:
                    carried = await in_executor(self._hass, runner.carried_into, day)
                    raw = await reader.async_read(day, carried)
                    if not raw.rows and (mark := spare.get(day)) is not None:
                        again = await in_executor(self._hass, self._take, runner, mark)
                    else:
                        again = await in_executor(self._hass, self._learn, runner, raw)
                marks = await in_executor(self._hass, runner.store.learned)
            done += 1
            if show:
                publish(days=len(marks), events=sum(mark.rows for mark in marks))
            following = day + timedelta(days=1)
            if again and following <= last and following not in queue[:1]:
                queue.insert(0, following)
            if show and queue and day.isoweekday() == 7 and day == marks[-1].day:
                await show(runner, day)

    def settle(self) -> None:
        """Note that no day waits for the one before it any more."""
        local = self._parts.storage.local
        if local.read_text(UNSETTLED):
            local.write_text(UNSETTLED, "")

    async def async_learn_past(
        self, runner: Runner, source: PastSource, days: Sequence[date]
    ) -> None:
        """Sum up what meters counted before the first day, where that is not done.

        Args:
            runner: whose store it is for.
            source: reads it.
            days: the days to learn, oldest first.
        """
        meters = await async_in_recorder(self._hass, source.meters)
        begun = await async_in_recorder(self._hass, source.begun, meters)
        if begun is None:
            return
        async with self._parts.gate:
            past = await in_executor(self._hass, self._past_due, runner, begun, days)
            if past is None:
                return
            for meter in meters:
                counts = await async_in_recorder(
                    self._hass, source.counted, meter, past.first, past.before
                )
                await in_executor(self._hass, past.add, counts)
            await in_executor(self._hass, past.write, runner.store)

    def _past_due(
        self, runner: Runner, begun: date, days: Sequence[date]
    ) -> Past | None:
        # What a person had forgotten stays forgotten.
        if self._parts.storage.local.read_text(NOT_BEFORE):
            return None
        return runner.past_due(begun, days[0] if days else None)

    def _take(self, runner: Runner, mark: LearnedDay) -> bool:
        store = self._parts.storage.aggregates
        return runner.take(mark, read_tables(store, Layer.DAILY, mark.day))

    def _learn(self, runner: Runner, raw: RawDay) -> bool:
        if any(mark.day == raw.day for mark in runner.store.learned()):
            self._parts.storage.local.write_text(UNSETTLED, raw.day.isoformat())
        again = runner.learn(raw)
        self._record.sample_memory()
        self._record.days += 1
        self._record.rows += raw.rows
        return again


def yesterday(home: Home) -> date:
    """Return the last day that is over by the clock."""
    now = int(dt_util.utcnow().timestamp() * 1000)
    return home.civil.day_of(now) - timedelta(days=1)
