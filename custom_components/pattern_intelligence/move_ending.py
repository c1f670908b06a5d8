"""Ending a move before all is in the new store. No run may be under way."""

from __future__ import annotations

from homeassistant.core import HomeAssistant
from homeassistant.helpers import instance_id

from .const import CONF_MOVE, LOGGER
from .influx_entry import erase
from .move_data import store_in, with_store
from .parts import Parts
from .storage import database_path, moving_path
from .stores.base import StoreError
from .stores.copying import MOVE, MoveMark, Stage
from .stores.sqlite_file import remove


async def async_call_off(hass: HomeAssistant, parts: Parts) -> bool:
    """Give a move up, unless all is in the new store already.

    Returns:
        Whether it was given up.

    Raises:
        StoreError: it could not be noted; the move goes on.
    """
    entry, local = parts.entry, parts.storage.local
    mark = await parts.gate.async_run(MoveMark.of, local)
    if CONF_MOVE not in entry.data or (mark and mark.stage is Stage.LET_GO):
        return False
    await parts.gate.async_run(local.write_text, MOVE, "")
    other = entry.data[CONF_MOVE]
    hass.config_entries.async_update_entry(
        entry, data=with_store(entry.data, store_in(entry.data))
    )
    home = await instance_id.async_get(hass)
    try:
        await hass.async_add_executor_job(remove, moving_path(database_path(hass)))
        if mark is not None and mark.last is not None:
            # Else what is there was there before.
            await hass.async_add_executor_job(erase, other, home)
    except StoreError as err:
        LOGGER.warning("What was copied so far is still there: %s", err)
    return True


async def async_leave_behind(hass: HomeAssistant, parts: Parts) -> bool:
    """Give up what the old store holds, and begin in the new one.

    The entry has to be loaded again.

    Returns:
        Whether it was given up, since all is not in the new store already.

    Raises:
        StoreError: what was copied so far could not be deleted; the move goes on.
    """
    entry, local = parts.entry, parts.storage.local
    mark = await parts.gate.async_run(MoveMark.of, local)
    if CONF_MOVE not in entry.data or (mark and mark.stage is Stage.LET_GO):
        return False
    other = entry.data[CONF_MOVE]
    if mark is not None and mark.last is not None:
        # A part of what was known would be taken for all of it.
        home = await instance_id.async_get(hass)
        await hass.async_add_executor_job(erase, other, home)
    await parts.gate.async_run(local.write_text, MOVE, "")
    await hass.async_add_executor_job(remove, moving_path(database_path(hass)))
    data = with_store(entry.data, other)
    hass.config_entries.async_update_entry(entry, data=data)
    return True
