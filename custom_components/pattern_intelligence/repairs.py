"""Repairs that a person can have done for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import instance_id
from homeassistant.util import dt as dt_util

from .buckets import RETENTION, async_change
from .influx_entry import erase
from .messages import async_said
from .move_ending import async_call_off, async_leave_behind
from .parts import Parts
from .problems import INFLUXDB_DAMAGED, MOVE_HELD_UP, STORE_DAMAGED
from .runtime import RuntimeData
from .storage import database_path, set_aside
from .stores.base import StoreError

CALL_OFF: Final = "call_off"
LEAVE_BEHIND: Final = "leave_behind"


class _AskingFlow(RepairsFlow, ABC):
    """A repair of an entry's store that a person has to confirm.

    Args:
        entry_id: the entry.
    """

    def __init__(self, entry_id: str) -> None:
        """Take the entry whose store it is."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin by asking."""
        return await self.async_step_confirm()

    @abstractmethod
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then repair."""


class DamagedStoreFlow(_AskingFlow):
    """Sets a damaged store aside and learns anew from what the recorder holds."""

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then begin anew."""
        if user_input is None:
            return self.async_show_form(step_id="confirm")
        entries = self.hass.config_entries
        await entries.async_unload(self._entry_id)
        try:
            await self.hass.async_add_executor_job(
                set_aside, database_path(self.hass), dt_util.now().date()
            )
        except StoreError as err:
            return self.async_abort(
                reason="not_set_aside",
                description_placeholders={"error": async_said(self.hass, err)},
            )
        finally:
            entries.async_schedule_reload(self._entry_id)
        return self.async_create_entry(title="", data={})


class DamagedInfluxFlow(_AskingFlow):
    """Deletes what a server holds, and learns anew from what the recorder holds."""

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then begin anew."""
        if user_input is None:
            return self.async_show_form(step_id="confirm")
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is not None:
            try:
                await self._async_delete(entry)
            except StoreError as err:
                return self.async_abort(
                    reason="not_deleted",
                    description_placeholders={"error": async_said(self.hass, err)},
                )
        self.hass.config_entries.async_schedule_reload(self._entry_id)
        return self.async_create_entry(title="", data={})

    async def _async_delete(self, entry: ConfigEntry[Any]) -> None:
        """Delete all points of the home.

        Raises:
            StoreError: the server is away, or says no.
        """
        if entry.state is ConfigEntryState.LOADED:
            parts = entry.runtime_data.parts
            # A run under way would write days into what is empty by then.
            async with entry.runtime_data.scheduler.learner.async_held():
                await parts.gate.async_run(parts.storage.aggregates.clear)
            return
        home = await instance_id.async_get(self.hass)
        await self.hass.async_add_executor_job(erase, entry.data, home)


class RetentionFlow(_AskingFlow):
    """Changes for how long a bucket keeps points."""

    def __init__(self, entry_id: str, bucket: str, days: int) -> None:
        """Take the bucket, and for how many days it should keep points."""
        super().__init__(entry_id)
        self._bucket = bucket
        self._days = days

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say what will be deleted, then change it."""
        names = {"bucket": self._bucket, "days": str(self._days)}
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", description_placeholders=names
            )
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is not None:
            try:
                await async_change(self.hass, entry, self._bucket, self._days)
            except StoreError as err:
                return self.async_abort(
                    reason="not_changed",
                    description_placeholders=names
                    | {"error": async_said(self.hass, err)},
                )
        return self.async_create_entry(title="", data={})


class MoveFlow(RepairsFlow):
    """Ends a move that does not come to its end by itself."""

    def __init__(self, entry_id: str, error: str) -> None:
        """Take the entry that is moved, and what holds it up."""
        self._entry_id = entry_id
        self._error = error

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask how."""
        return self.async_show_menu(
            step_id="init",
            menu_options=[CALL_OFF, LEAVE_BEHIND],
            description_placeholders={"error": self._error},
        )

    async def async_step_call_off(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Leave all where it is."""
        return await self._async_end(async_call_off)

    async def async_step_leave_behind(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say what is lost, then begin in the new store."""
        if user_input is None:
            return self.async_show_form(step_id=LEAVE_BEHIND)
        return await self._async_end(async_leave_behind)

    async def _async_end(
        self, end: Callable[[HomeAssistant, Parts], Awaitable[bool]]
    ) -> RepairsFlowResult:
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        data: RuntimeData = entry.runtime_data
        try:
            async with data.scheduler.learner.async_held():
                await end(self.hass, data.parts)
        except StoreError as err:
            return self.async_abort(
                reason="not_ended",
                description_placeholders={"error": async_said(self.hass, err)},
            )
        finally:
            self.hass.config_entries.async_schedule_reload(self._entry_id)
        return self.async_create_entry(title="", data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that repairs an issue."""
    assert data is not None
    entry_id = str(data["entry_id"])
    if issue_id.startswith(RETENTION):
        return RetentionFlow(entry_id, str(data["bucket"]), int(data["days"] or 0))
    if issue_id == MOVE_HELD_UP:
        return MoveFlow(entry_id, str(data["error"]))
    if issue_id == INFLUXDB_DAMAGED:
        return DamagedInfluxFlow(entry_id)
    assert issue_id == STORE_DAMAGED
    return DamagedStoreFlow(entry_id)
