"""Repairs that a person can have done for them."""

from __future__ import annotations

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .problems import STORE_DAMAGED
from .storage import database_path, set_aside
from .stores.base import StoreError


class DamagedStoreFlow(RepairsFlow):
    """Sets a damaged store aside and learns anew from what the recorder holds."""

    def __init__(self, entry_id: str) -> None:
        """Take the entry whose store it is."""
        self._entry_id = entry_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin by asking."""
        return await self.async_step_confirm()

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
                reason="not_set_aside", description_placeholders={"error": str(err)}
            )
        finally:
            entries.async_schedule_reload(self._entry_id)
        return self.async_create_entry(title="", data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that repairs an issue."""
    assert issue_id == STORE_DAMAGED
    assert data is not None
    return DamagedStoreFlow(str(data["entry_id"]))
