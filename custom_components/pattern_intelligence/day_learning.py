"""Days that are due are read and learned one after the other, off the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import LOGGER
from .coordinator import Progress
from .engine.home import Home
from .gate import in_executor
from .parts import Parts
from .past_consumption import Past
from .readers import Reader, Remembered, Told, async_in_recorder
from .run_log import RunRecord
from .runner import Runner
from .sources.base import PastSource
from .stores.base import LearnedDay
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
    ) -> None:
        """Learn days in order; where one changes what the next begins with, that too.

        A day that is not told whole any more is left as it is.

        Args:
            runner: learns them.
            reader: reads them.
            days: oldest first.
            last: the last day there is.
            show: called on Sundays where what is known by then counts.
        """
        queue, done = list(days), 0
        gate, publish = self._parts.gate, self._parts.coordinator.async_publish
        while queue:
            publish(progress=Progress(done, done + len(queue)))
            day = queue.pop(0)
            runner.to_follow = 0 if show else len(queue)
            done += 1
            carried = await gate.async_run(runner.carried_into, day)
            # A server may be silent for minutes: at the gate, nobody waits for it.
            told = await reader.async_read(day, carried)
            if told is None:
                LOGGER.debug("%s is not told whole any more, and left as it is", day)
                continue
            again, marks = await gate.async_run(self._learn, runner, told)
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

    def _learn(self, runner: Runner, told: Told) -> tuple[bool, Sequence[LearnedDay]]:
        """Learn a day; return whether the next is to be learned again, and all days."""
        if isinstance(told, Remembered):
            return runner.take(told.learned, told.tables), runner.store.learned()
        if any(mark.day == told.day for mark in runner.store.learned()):
            self._parts.storage.local.write_text(UNSETTLED, told.day.isoformat())
        again = runner.learn(told)
        self._record.sample_memory()
        self._record.days += 1
        self._record.rows += told.rows
        return again, runner.store.learned()


def yesterday(home: Home) -> date:
    """Return the last day that is over by the clock."""
    now = int(dt_util.utcnow().timestamp() * 1000)
    return home.civil.day_of(now) - timedelta(days=1)
