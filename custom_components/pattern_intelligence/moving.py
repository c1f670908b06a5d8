"""Moving what is learned to another store: in the background, gone on with after a kill.

Where to is kept in the config entry; how far it got, in the built-in store. Until all
was found equal, the old store is the one that counts. What becomes of the built-in
store is made in a file beside it, which takes its place at once when the entry is next
loaded: all that is learned where a move leads there, else what is too old for a server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import instance_id
from homeassistant.util import dt as dt_util

from .anew import settle
from .const import CONF_MOVE, CONF_STORE, LOGGER, LearningStatus, StoreKind
from .coordinator import Progress
from .gate import in_executor
from .influx_entry import entry_address, erase
from .move_data import name_of, store_in, switched, with_store
from .parts import Parts
from .problems import LONG, passes
from .storage import Storage, anew_path, database_path, moving_path, open_storage
from .stores.base import LocalStore, StoreDamagedError, StoreError
from .stores.copying import MOVE, MoveMark, Stage, copied
from .stores.influx.address import InfluxAddress
from .stores.sqlite import SqliteStore
from .stores.sqlite_file import remove


async def async_settle(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Bring entry and built-in store to where all was when it ended.

    What was learned anew takes its place. A move is gone on with, or forgotten where
    the entry that was moved is gone. Call it before the storage is opened.

    Raises:
        StoreError: the built-in store cannot be used.
    """
    data = entry.data
    moving, living = CONF_MOVE in data, name_of(data)
    mark = await hass.async_add_executor_job(
        _settle, database_path(hass), living, moving
    )
    if mark is None:
        return
    if mark.stage is Stage.LET_GO:
        if moving and mark.new == name_of(data[CONF_MOVE]) != living:
            hass.config_entries.async_update_entry(entry, data=switched(data))
    elif not moving:
        # It was killed before the entry was saved, or another entry was removed.
        async_restored(hass, entry)


def _settle(path: Path, living: str, moving: bool) -> MoveMark | None:
    """Return how far a move has got, if there is one. Blocks."""
    if not path.exists():
        return None
    made = moving_path(path)
    built_in = SqliteStore(path)
    try:
        onward = MoveMark(StoreKind.BUILT_IN, living)
        if not moving:
            # Else what was known before is moved first.
            remote = living != StoreKind.BUILT_IN
            settle(built_in, anew_path(path), onward if remote else None)
        mark = MoveMark.of(built_in)
        if mark is None:
            return None
        if mark.stage is Stage.LET_GO:
            if made.exists():
                built_in.adopt(made)
                remove(made)
        elif not moving and (mark.old, mark.new) != (onward.old, onward.new):
            built_in.write_text(MOVE, "")
            remove(made)
            return None
    finally:
        built_in.close()
    return mark


@callback
def async_restored(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Have a home go on from the built-in store, and move from there to its server."""
    store = {CONF_STORE: StoreKind.BUILT_IN.value}
    data = with_store(entry.data, store, store_in(entry.data))
    hass.config_entries.async_update_entry(entry, data=data)


def _begin(local: LocalStore, made: Path, begun: MoveMark) -> None:
    # First, or what is made from now on could be taken for what was made before.
    begun.keep(local)
    remove(made)


async def async_begin(
    hass: HomeAssistant, parts: Parts, store: Mapping[str, Any]
) -> None:
    """Have all moved to another store by the next run.

    Args:
        hass: Home Assistant.
        parts: what runs work with; no run may be under way.
        store: the part of a config entry's data that describes the store.

    Raises:
        StoreError: the built-in store failed; nothing is begun.
    """
    entry = parts.entry
    begun = MoveMark(name_of(entry.data), name_of(store))
    made = moving_path(database_path(hass))
    await parts.gate.async_run(_begin, parts.storage.local, made, begun)
    data = with_store(entry.data, store_in(entry.data), store)
    hass.config_entries.async_update_entry(entry, data=data)


class Mover:
    """Does what has to be done of a move.

    Args:
        hass: Home Assistant.
        parts: what runs work with.

    Attributes:
        error: why the last attempt came to nothing, if it did.
    """

    def __init__(self, hass: HomeAssistant, parts: Parts) -> None:
        """Take the parts."""
        self._hass = hass
        self._parts = parts
        self._held_up_since = dt_util.utcnow()
        self.error: StoreError | None = None

    @property
    def stuck(self) -> bool:
        """Tell whether somebody should look after it."""
        if self.error is None:
            return False
        long = dt_util.utcnow() - self._held_up_since >= LONG
        return long or not passes(self.error)

    async def async_move(self) -> bool:
        """Go on with the move, if there is one.

        Returns:
            Whether all is in the other store by now: the entry is loaded again.
        """
        before, self.error = self.error, None
        if CONF_MOVE not in self._parts.entry.data:
            return False
        try:
            return await self._async_go_on()
        except StoreError as err:
            self.error = err
            if before is None:
                self._held_up_since = dt_util.utcnow()
                LOGGER.warning("Moving is held up, and goes on later: %s", err)
        return False

    async def _async_go_on(self) -> bool:
        path = database_path(self._hass)
        entry, gate, local = (
            self._parts.entry,
            self._parts.gate,
            self._parts.storage.local,
        )
        mark = await gate.async_run(MoveMark.of, local)
        if mark is not None and mark.stage is Stage.LET_GO:
            if mark.new == name_of(entry.data):
                await self._async_let_go()
                return False
            if mark.new == name_of(entry.data[CONF_MOVE]):
                self._switch()
                return True
        begun = MoveMark(name_of(entry.data), name_of(entry.data[CONF_MOVE]))
        if mark is None or replace(mark, last=None) != begun:
            await gate.async_run(_begin, local, moving_path(path), begun)
        await self._async_copy(begun)
        done = MoveMark(begun.old, begun.new, Stage.LET_GO)
        try:
            await gate.async_run(done.keep, local)
        except asyncio.CancelledError:
            # What is learned may change before the next run, which compares anew.
            await in_executor(self._hass, begun.keep, local)
            raise
        self._switch()
        return True

    async def _async_copy(self, begun: MoveMark) -> None:
        """Copy and compare everything.

        Raises:
            StoreError: a store failed, or both do not become equal.
        """
        parts = self._parts
        home = await instance_id.async_get(self._hass)
        address = entry_address(parts.entry.data[CONF_MOVE])
        path = moving_path(database_path(self._hass))
        there = await parts.gate.async_run(_opened, path, address, home)
        steps = copied(
            parts.storage.aggregates, there.aggregates, parts.storage.local, begun
        )
        publish = parts.coordinator.async_publish
        publish(status=LearningStatus.MOVING, message=None, progress=None)
        try:
            await parts.gate.async_run(_check_apart, parts.storage, there)
            while step := await parts.gate.async_run(next, steps, None):
                publish(progress=Progress(*step))
        finally:
            await in_executor(self._hass, there.close)

    @callback
    def _switch(self) -> None:
        """Have the entry loaded again, with the new store."""
        entry, entries = self._parts.entry, self._hass.config_entries
        entries.async_update_entry(entry, data=switched(entry.data))
        entries.async_schedule_reload(entry.entry_id)

    async def _async_let_go(self) -> None:
        """Delete what the old store still holds; the built-in one was replaced."""
        entry = self._parts.entry
        home = await instance_id.async_get(self._hass)
        try:
            await self._parts.gate.async_run(erase, entry.data[CONF_MOVE], home)
        except StoreError as err:
            LOGGER.warning("What was learned is still in the old store, too: %s", err)
        self._hass.config_entries.async_update_entry(
            entry, data=with_store(entry.data, store_in(entry.data))
        )


def _opened(path: Path, address: InfluxAddress | None, home: str) -> Storage:
    """Open the new store; what becomes of the built-in one is made in a file."""
    try:
        return open_storage(path, address, home)
    except StoreDamagedError:
        # Nobody but a move needs it, and what is missing is found by comparing.
        remove(path)
        return open_storage(path, address, home)


def _check_apart(old: Storage, new: Storage) -> None:
    """Make sure that what is cleared is not what is copied.

    Raises:
        StoreError: it is, or a server is away.
    """
    here, there = old.remote, new.remote
    if here is not None and there is not None and here.same_as(there):
        raise StoreError(
            "both addresses lead to the same store: call moving off, then change the "
            "address without taking anything along"
        )
