"""One run: what is due is learned day by day, off the event loop, and published."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_dumps
from homeassistant.util import dt as dt_util

from .anew import reopen
from .const import LOGGER, LearningStatus, Trigger
from .day_learning import DayLearning, yesterday
from .decisions import keep_book
from .engine.detectors import registry
from .engine.home import Home
from .engine.pattern import Json
from .free_days import async_show_free_days
from .gate import in_executor
from .home_context import async_build_home
from .influx_history import wanted_anew, with_causes
from .learning_anew import LearningAnew
from .news import TOLD, News, Told
from .parts import Parts
from .phases import Phases
from .published import REPORT, admitted, count_changes
from .readers import RecorderReader
from .run_log import RUNS, RunRecord, appended, resident_mb
from .runner import Runner
from .sources.recorder import RecorderSource
from .storage import anew_path, database_path
from .stores.base import AggregateStore, StoreError
from .stores.learned_zone import foreign_zone, note_zone
from .work import NOT_BEFORE, UNSETTLED, Wish, complete_periods, days_to_learn


class Run:
    """A run, from the first look at what is due to the patterns it found.

    Attributes:
        record: what it did so far.
        reload: whether it goes on once the config entry is loaded again.
    """

    def __init__(self, hass: HomeAssistant, parts: Parts, trigger: Trigger) -> None:
        """Begin."""
        self._hass = hass
        self._parts = parts
        self._phases = Phases()
        self._began = hass.loop.time()
        report = parts.coordinator.data.report
        self._before: list[Json] = report["patterns"] if report else []
        self._bytes = parts.coordinator.data.store_bytes
        self.record = RunRecord(dt_util.utcnow(), trigger)
        self.reload = False
        self._days = DayLearning(hass, parts, self.record)

    async def async_pass(self, wish: Wish) -> None:
        """Learn what is due and what is wished, then say what is known.

        Args:
            wish: what to do beyond what is due.

        Raises:
            StoreError: the store failed; what is not learned stays due.
            SourceError: the history cannot be read.
        """
        parts = self._parts
        parts.coordinator.async_publish(
            status=LearningStatus.LEARNING, message=None, progress=None
        )
        await parts.gate.async_run(parts.renames.keep, parts.storage.local)
        calendar = await async_show_free_days(self._hass, parts)
        home = replace(
            await async_build_home(self._hass, calendar),
            aliases=parts.renames.aliases,
        )
        runner = await parts.gate.async_run(self._runner, home)
        outdated = await parts.gate.async_run(runner.outdated_layers)
        source = RecorderSource(self._hass, home, parts.settings.scope)
        reader = RecorderReader(self._hass, source, self._phases)
        extent = await reader.async_extent()
        if extent is not None:
            await parts.gate.async_run(self._check_zone, home)
            await self._async_forget_after(runner, yesterday(home))
            silent = await reader.async_silent()
            days = [
                day
                for day in await parts.gate.async_run(self._due, runner, extent, wish)
                if day not in silent
            ]
            if days:
                await parts.gate.async_run(reopen, parts.storage.local)
            await self._days.async_learn_past(runner, source, days)
            await self._days.async_learn(
                runner, reader, days, extent[1], self._async_report
            )
            await parts.gate.async_run(self._days.settle)
        path = anew_path(database_path(self._hass))
        if anew := await parts.gate.async_run(
            wanted_anew, parts.storage.local, path, parts.entry
        ):
            # That takes long: what is known counts, and is shown, meanwhile.
            await self._async_report(runner, yesterday(home))
            learning = LearningAnew(self._hass, parts, self._days, self._runner)
            self.reload = await learning.async_learn(anew, home, reader)
            runner = await parts.gate.async_run(self._runner, home)
        for layer in sorted(wish.layers | outdated):
            back = 0 if layer in outdated else wish.back
            for first, last in await parts.gate.async_run(
                complete_periods, runner, layer, back
            ):
                await parts.gate.async_run(runner.roll_up, layer, first, last)
                self.record.periods += 1
        await self._async_report(runner, yesterday(home))

    async def async_keep(self) -> None:
        """Keep what the run did and, if it went well, what entities show.

        Raises:
            StoreError: the store failed.
        """
        parts, hass = self._parts, self._hass
        async with parts.gate, parts.deciding:
            told, news = await in_executor(hass, self._keep, dt_util.now().date())
            known = parts.coordinator.data.told
            parts.coordinator.async_publish(told=told, store_bytes=self._bytes)
            parts.coordinator.async_tell(news)
            # Last: rather told twice than, stopped in between, never.
            if told != known:
                await in_executor(hass, self._keep_told, told)

    def _runner(self, home: Home, store: AggregateStore | None = None) -> Runner:
        """Return what learns into a store, by default the one that counts.

        Blocks: it imports the detectors.
        """
        self.record.rss_before_mb = self.record.rss_before_mb or resident_mb()
        detectors = {
            kind: detector
            for kind, detector in registry().items()
            if self._parts.settings.enabled(kind.value)
        }
        store = store or self._parts.storage.aggregates
        scope = self._parts.settings.scope
        return Runner(
            store, home, detectors, self._parts.settings.retention, self._phases, scope
        )

    def _check_zone(self, home: Home) -> None:
        """Begin anew where what was learned is of days that begin at other times."""
        storage = self._parts.storage
        if before := foreign_zone(storage.aggregates, storage.local, home.zone):
            storage.aggregates.clear()
            LOGGER.info(
                "The time zone was %s and is %s: all that the recorder holds is "
                "learned anew",
                before,
                home.zone.key,
            )
        note_zone(storage.local, home.zone)

    async def _async_forget_after(self, runner: Runner, last: date) -> None:
        """Unlearn days that are still to come: the clock was ahead."""
        count = await self._parts.gate.async_run(runner.forget_after, last)
        if count:
            LOGGER.info("The clock was ahead: %s days after %s unlearned", count, last)
            marks = await self._parts.gate.async_run(runner.store.learned)
            self._parts.coordinator.async_publish(
                days=len(marks), events=sum(mark.rows for mark in marks)
            )

    def _due(
        self, runner: Runner, extent: tuple[date, date], wish: Wish
    ) -> Sequence[date]:
        local = self._parts.storage.local
        return days_to_learn(
            runner,
            extent,
            wish,
            local.read_text(UNSETTLED),
            local.read_text(NOT_BEFORE),
        )

    async def _async_report(self, runner: Runner, last: date) -> None:
        """Find what is known at the end of a day, and publish it."""
        report = await self._parts.gate.async_run(self._find, runner, last)
        if report is None:
            return
        self.record.patterns = len(report["patterns"])
        self.record.changed = count_changes(self._before, report["patterns"])
        self.record.took(self._phases, self._hass.loop.time() - self._began)
        self._parts.coordinator.async_publish(
            report={**report, "run": self.record.cost()},
            days=report["home"]["days"],
            events=report["home"]["events"],
        )

    def _find(self, runner: Runner, last: date) -> Json | None:
        report = runner.report(last)
        self.record.sample_memory()
        if report is None:
            return None
        found = with_causes(report.as_json(), self._parts.storage.local)
        return admitted(found, runner.home, self._parts.settings.scope)

    def _keep(self, today: date) -> tuple[Told, list[News]]:
        local, snapshot = self._parts.storage.local, self._parts.coordinator.data
        self.record.ended = dt_util.utcnow()
        self.record.took(self._phases, self._hass.loop.time() - self._began)
        local.write_text(RUNS, appended(local.read_text(RUNS), self.record))
        if not snapshot.report or self.record.error:
            return snapshot.told, []
        local.write_text(REPORT, json_dumps(snapshot.report))
        keep_book(local, snapshot.shown.book)
        with suppress(StoreError):
            self._bytes = self._parts.storage.aggregates.size().size
        return snapshot.told.tell(snapshot.report, today)

    def _keep_told(self, told: Told) -> None:
        self._parts.storage.local.write_text(TOLD, told.to_text())
