"""The steps of the config flow that move what is learned to another store."""

from __future__ import annotations

import asyncio
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.core import callback

from .const import CONF_MOVE, Trigger
from .learner import Learner
from .messages import async_said
from .move_data import name_of, with_store
from .move_ending import async_call_off
from .moving import async_begin
from .runtime import RuntimeData
from .stores.base import StoreError

TAKE_ALONG = "take_along"
BEGIN_EMPTY = "begin_empty"
WATCH = "moving"
CALL_OFF = "call_off"

_STUCK = (ConfigEntryState.SETUP_ERROR, ConfigEntryState.SETUP_RETRY)
_POLL_S = 0.5
"""Seconds between two looks at whether the entry is loaded again."""


class MoveSteps(ConfigFlow):
    """Asks whether to take along what is learned, and shows how far that is."""

    _store: dict[str, Any]
    _new = ""
    _task: asyncio.Task[None] | None = None

    async def async_change_store(self, store: dict[str, Any]) -> ConfigFlowResult:
        """Go on once the store is known: ask, where it is another one.

        Args:
            store: the part of a config entry's data that describes it.
        """
        self._store = store
        entry = self._get_reconfigure_entry()
        if entry.state is not ConfigEntryState.LOADED or (
            name_of(store) == name_of(entry.data)
        ):
            return await self.async_step_begin_empty()
        return await self.async_step_other_store()

    async def async_step_other_store(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what becomes of what is learned so far."""
        return self.async_show_menu(
            step_id="other_store", menu_options=[TAKE_ALONG, BEGIN_EMPTY]
        )

    async def async_step_begin_empty(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the store, and leave what is learned where it is."""
        entry = self._get_reconfigure_entry()
        if CONF_MOVE in entry.data:
            # It was begun in another dialog.
            return await self.async_step_under_way()
        return self.async_update_reload_and_abort(
            entry, data=with_store(entry.data, self._store)
        )

    async def async_step_take_along(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin to move."""
        entry = self._get_reconfigure_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if CONF_MOVE in entry.data or name_of(self._store) == name_of(entry.data):
            # It was begun, or ended, in another dialog.
            return await self.async_step_begin_empty()
        runtime: RuntimeData = entry.runtime_data
        try:
            # What is due is learned afterwards, into the new store.
            async with runtime.scheduler.learner.async_held():
                await async_begin(self.hass, runtime.parts, self._store)
        except StoreError as err:
            return self._held_up(err)
        return await self.async_step_moving()

    async def async_step_under_way(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to do of a move that is under way."""
        return self.async_show_menu(step_id="under_way", menu_options=[WATCH, CALL_OFF])

    async def async_step_moving(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show how far it is; to close this changes nothing."""
        if self._task is None:
            entry = self._get_reconfigure_entry()
            if entry.state is ConfigEntryState.LOADED:
                _learner(entry).async_start(Trigger.MOVE)
            self._task = self.hass.async_create_task(self._async_watch())
        if not self._task.done():
            return self.async_show_progress(
                step_id=WATCH, progress_action=WATCH, progress_task=self._task
            )
        return self.async_show_progress_done(next_step_id="moved")

    async def async_step_moved(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say how it went."""
        entry = self._get_reconfigure_entry()
        if name_of(entry.data) == self._new:
            return self.async_abort(reason="moved")
        if CONF_MOVE not in entry.data:
            return self.async_abort(reason="called_off")
        loaded = entry.state is ConfigEntryState.LOADED
        return self._held_up(_learner(entry).move_error if loaded else None)

    async def async_step_call_off(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give the move up."""
        entry = self._get_reconfigure_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        runtime: RuntimeData = entry.runtime_data
        learner = runtime.scheduler.learner
        try:
            async with learner.async_held():
                given_up = await async_call_off(self.hass, runtime.parts)
        except StoreError as err:
            return self._held_up(err)
        finally:
            runtime.parts.coordinator.async_settle()
            learner.async_start(Trigger.MOVE)
        return self.async_abort(reason="called_off" if given_up else "moved")

    def _held_up(self, error: Exception | None) -> ConfigFlowResult:
        said = async_said(self.hass, error) if error else ""
        return self.async_abort(
            reason="move_held_up", description_placeholders={"error": said}
        )

    async def _async_watch(self) -> None:
        """Tell how far it is, until nothing more is done of it for now."""
        entry = self._get_reconfigure_entry()
        self._new = name_of(entry.data[CONF_MOVE])

        @callback
        def tell() -> None:
            if progress := coordinator.data.progress:
                self.async_update_progress(progress.done / progress.total)

        while CONF_MOVE in entry.data and name_of(entry.data) != self._new:
            if entry.state is ConfigEntryState.LOADED:
                learner = _learner(entry)
                coordinator = entry.runtime_data.parts.coordinator
                cancel = coordinator.async_add_listener(tell)
                try:
                    await learner.async_wait()
                finally:
                    cancel()
                if learner.move_error is not None:
                    return
            elif entry.state in _STUCK:
                return
            else:
                await asyncio.sleep(_POLL_S)


def _learner(entry: ConfigEntry[RuntimeData]) -> Learner:
    return entry.runtime_data.scheduler.learner
