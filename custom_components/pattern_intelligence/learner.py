"""One run at a time: whoever asks for a second joins the one under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
import logging
from typing import Final

from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import async_migration_in_progress

from .buckets import async_check_buckets
from .const import DOMAIN, LearningStatus, Trigger
from .messages import async_message, async_said
from .moving import Mover
from .parts import Parts
from .problems import (
    Outage,
    async_clear_issues,
    async_clear_move_held_up,
    async_note_recorded,
    async_raise_issue,
    async_raise_long_outage,
    async_raise_move_held_up,
)
from .run import Run
from .run_log import RunRecord
from .sources.base import SourceError
from .stores.base import StoreError, StoreUnavailableError
from .work import Wish

_LOGGER = logging.getLogger(__name__)

RECORDER_POLL: Final = 10
"""Seconds between two looks at whether the recorder still migrates."""

FLUSH_TIMEOUT: Final = 10
"""Seconds the recorder may take to write what it holds back."""

type OnDone = Callable[[Exception | None], None]


class Learner:
    """Starts runs, ends them, and says how they went.

    Args:
        hass: Home Assistant.
        parts: what runs work with.
        on_done: called after each run, with its error if it had one.
    """

    def __init__(self, hass: HomeAssistant, parts: Parts, on_done: OnDone) -> None:
        """Take the parts; nothing runs yet."""
        self._hass = hass
        self._parts = parts
        self._on_done = on_done
        self._outage = Outage()
        self._mover = Mover(hass, parts)
        self._task: asyncio.Task[RunRecord] | None = None
        self._wish: Wish | None = None
        self._holders = 0
        self._may_run = asyncio.Event()
        self._may_run.set()

    @callback
    def async_start(self, trigger: Trigger, wish: Wish | None = None) -> None:
        """Begin a run, or join the one under way; nobody waits for it."""
        self._task = self.async_run(trigger, wish)

    @callback
    def async_run(
        self, trigger: Trigger, wish: Wish | None = None
    ) -> asyncio.Task[RunRecord]:
        """Begin a run, or join the one under way, which then does what is wished.

        Args:
            trigger: why.
            wish: what to do beyond what is due.

        Returns:
            The run. It does not raise: its record says how it went. It is canceled
            when the config entry is unloaded or Home Assistant stops.
        """
        wish = wish or Wish()
        if self._task is None or self._task.done():
            self._wish = wish
            self._task = self._parts.entry.async_create_background_task(
                self._hass, self._async_run(trigger), f"{DOMAIN} run"
            )
        elif wish:
            self._wish = (self._wish or Wish()) | wish
        return self._task

    @property
    def move_error(self) -> StoreError | None:
        """Return why the last attempt to move came to nothing, if it did."""
        return self._mover.error

    async def async_wait(self) -> None:
        """Wait until the run under way is over, however it ends."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def async_stop(self) -> None:
        """End the run under way after the day it is in."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    @asynccontextmanager
    async def async_held(self) -> AsyncGenerator[None]:
        """End the run under way; one that is begun meanwhile waits for the end."""
        self._holders += 1
        self._may_run.clear()
        try:
            await self.async_stop()
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._may_run.set()

    async def _async_run(self, trigger: Trigger) -> RunRecord:
        await self._may_run.wait()
        run = Run(self._hass, self._parts, trigger)
        error: Exception | None = None
        try:
            if await self._mover.async_move():
                return run.record
            await self._async_wait_for_recorder()
            while self._is_on and (wish := self._wish) is not None:
                self._wish = None
                await run.async_pass(wish)
                # Whoever joins meanwhile, to the last moment, is still served.
                await run.async_keep()
                await async_check_buckets(self._hass, self._parts)
        except (StoreError, SourceError) as err:
            error = err
            self._outage.began(err)
        except Exception as err:
            _LOGGER.exception("Unexpected error while learning")
            error = err
        else:
            self._outage.ended()
        if error is not None:
            run.record.error = async_said(self._hass, error)
            run.record.error_type = type(error).__name__
            with suppress(StoreError):
                await run.async_keep()
        self._async_tell(run.record, error)
        self._on_done(error or self._mover.error)
        if run.reload:
            # Later: loading ends a run that is still under way.
            reload = self._hass.config_entries.async_schedule_reload
            self._hass.loop.call_soon(reload, self._parts.entry.entry_id)
        return run.record

    @property
    def _is_on(self) -> bool:
        """Tell whether the person lets it learn; a move goes on in any case."""
        return self._parts.coordinator.data.learning

    async def _async_wait_for_recorder(self) -> None:
        """Wait while the recorder migrates; then let it write what it holds back."""
        while async_migration_in_progress(self._hass):
            self._parts.coordinator.async_publish(
                status=LearningStatus.WAITING_FOR_RECORDER,
                message=async_message(self._hass, "waiting_for_recorder"),
            )
            await asyncio.sleep(RECORDER_POLL)
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT):
                await get_instance(self._hass).async_block_till_done()
        except TimeoutError:
            _LOGGER.debug("The recorder is busy: what it holds back is not waited for")

    def _held_up(self, error: str) -> str:
        """Return what a person is told of an outage: also what goes on meanwhile."""
        if (day := self._parts.coordinator.data.last_day) is None:
            return async_message(self._hass, "held_up", error=error)
        return async_message(self._hass, "held_up_as_of", error=error, day=day)

    @callback
    def _async_tell(self, record: RunRecord, error: Exception | None) -> None:
        """Say how a run went, in the status and in the repairs."""
        coordinator = self._parts.coordinator
        status, message = LearningStatus.IDLE, None
        if error is not None:
            status = LearningStatus.ERROR
            message = self._held_up(record.error or "")
            async_raise_issue(
                self._hass,
                self._parts.entry,
                error,
                remote=self._parts.storage.remote is not None,
            )
            away = self._outage.long and isinstance(error, StoreUnavailableError)
            if away and not self._mover.error:
                async_raise_long_outage(self._hass, error)
        else:
            async_clear_issues(self._hass)
            if report := coordinator.data.report:
                entities = report["home"]["entities"]
                async_note_recorded(self._hass, entities=entities)
            if not coordinator.data.days:
                status = LearningStatus.WAITING_FOR_HISTORY
                message = async_message(self._hass, "waiting_for_history")
            if held_up := self._mover.error:
                status = LearningStatus.ERROR
                message = async_message(
                    self._hass, "move_held_up", error=async_said(self._hass, held_up)
                )
        if self._mover.stuck and self._mover.error is not None:
            async_raise_move_held_up(self._hass, self._parts.entry, self._mover.error)
        elif self._mover.error is None:
            async_clear_move_held_up(self._hass)
        coordinator.async_publish(
            status=status,
            message=message,
            progress=None,
            store_reachable=not isinstance(error, StoreError),
        )
        if error is None and record.ended is not None:
            coordinator.async_publish(
                last_run=record.ended,
                last_seconds=record.seconds["total"],
                last_events=record.rows,
            )
