"""One piece of blocking work at a time, and none while a backup is copied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

LONGEST_PAUSE: Final = timedelta(hours=2)
"""A backup that never reports its end holds up nothing for longer."""

_BACKUP_UNTIL: Final[HassKey[datetime]] = HassKey(f"{DOMAIN}_backup_until")
"""Outlives config entries, so that one reloaded during a backup knows of it."""


@callback
def async_backup_began(hass: HomeAssistant) -> None:
    """Note that files are being copied from now on."""
    hass.data[_BACKUP_UNTIL] = dt_util.utcnow() + LONGEST_PAUSE


@callback
def async_backup_ended(hass: HomeAssistant) -> None:
    """Note that files are no longer copied; saying so twice does no harm."""
    hass.data.pop(_BACKUP_UNTIL, None)


@callback
def async_backup_under_way(hass: HomeAssistant) -> bool:
    """Tell whether files are being copied."""
    until = hass.data.get(_BACKUP_UNTIL)
    return until is not None and dt_util.utcnow() < until


class Gate:
    """Lets pieces of work through one by one; closed, it lets none through.

    ``async with`` it around what belongs together.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin open."""
        self._hass = hass
        self._lock = asyncio.Lock()
        self._cancel_opening: CALLBACK_TYPE | None = None
        self._opened: Callable[[], None] | None = None

    async def __aenter__(self) -> None:
        """Wait for one's turn."""
        await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        """Let the next one through."""
        self._lock.release()

    async def async_run[*Ts, T](self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Run blocking work in the executor when its turn has come."""
        async with self:
            return await in_executor(self._hass, work, *args)

    async def async_close(self, opened: Callable[[], None]) -> None:
        """Wait for the work under way, then let none through.

        Args:
            opened: called when it opens again.
        """
        if self._opened is not None:
            return
        self._opened = opened
        try:
            await self._lock.acquire()
        except asyncio.CancelledError:
            self._opened = None
            raise
        if not self._wanted():
            self._lock.release()
            return
        self._cancel_opening = async_call_later(
            self._hass, LONGEST_PAUSE, self._async_reopen
        )

    def _wanted(self) -> bool:
        """Tell whether nobody has opened it again while it was being closed."""
        return self._opened is not None

    @callback
    def _async_reopen(self, _now: datetime) -> None:
        self.async_open()

    @callback
    def async_open(self) -> None:
        """Let work through again; opening an open gate does no harm."""
        opened = self._opened
        self.async_give_up()
        if opened is not None:
            opened()

    @callback
    def async_give_up(self) -> None:
        """Let work through again, and tell nobody: all is being closed."""
        self._opened = None
        if self._cancel_opening is not None:
            self._cancel_opening()
            self._cancel_opening = None
            self._lock.release()


async def in_executor[*Ts, T](
    hass: HomeAssistant, work: Callable[[*Ts], T], *args: *Ts
) -> T:
    """Run blocking work; when canceled, wait for it nevertheless."""
    # Home Assistant cancels the jobs of background tasks when it stops, which ends
    # the waiting but not the work.
    return await finished(hass.loop.run_in_executor(None, work, *args))


async def finished[T](future: asyncio.Future[T]) -> T:
    """Return a future's result; when canceled, not before it is there.

    So nobody closes a store under work that has begun.
    """
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            try:
                await asyncio.wait([future])
            except asyncio.CancelledError:
                continue
        raise
