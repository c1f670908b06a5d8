"""One comparison with a batch run at a time: who asks meanwhile gets its answer, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
import tempfile

from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .engine.detectors import registry
from .engine.home import Home
from .engine.pattern import Json
from .free_days import async_free_days
from .gate import finished, in_executor
from .home_context import async_build_home
from .messages import async_said
from .parts import Parts
from .runner import Runner
from .sources.base import SourceError
from .sources.recorder import RecorderSource
from .stores.base import StoreError, StoreUnavailableError
from .stores.sqlite import SqliteStore
from .validation import Validation


class Validator:
    """Reads all that is recorded again, and says whether the same was learned.

    Args:
        hass: Home Assistant.
        parts: what runs work with.
    """

    def __init__(self, hass: HomeAssistant, parts: Parts) -> None:
        """Take the parts; nothing is read yet."""
        self._hass = hass
        self._parts = parts
        self._task: asyncio.Task[Json | StoreError | SourceError] | None = None

    async def async_run(self) -> Json:
        """Compare, or wait for the comparison under way, and return its report.

        Raises:
            HomeAssistantError: it was stopped, or a store or the recorder failed.
        """
        if self._task is None or self._task.done():
            self._task = self._parts.entry.async_create_background_task(
                self._hass, self._async_validate(), f"{DOMAIN} validation"
            )
        task = self._task
        await asyncio.wait([task])
        if task.cancelled():
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="validation_stopped"
            )
        found = task.result()
        if isinstance(found, Exception):
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="not_compared",
                translation_placeholders={"error": async_said(self._hass, found)},
            ) from found
        return found

    async def async_stop(self) -> None:
        """End the comparison under way after the day it is in."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _async_validate(self) -> Json | StoreError | SourceError:
        """Return the report, or why there is none: several may have asked."""
        hass, parts = self._hass, self._parts
        beside = ExitStack()
        try:
            calendar = await async_free_days(hass, parts.settings, dt_util.now().date())
            home = replace(
                await async_build_home(hass, calendar), aliases=parts.renames.aliases
            )
            batch = await in_executor(hass, _batch, beside)
            return await self._async_compare(home, batch)
        except (StoreError, SourceError) as err:
            return err
        finally:
            await in_executor(hass, beside.close)

    async def _async_compare(self, home: Home, batch: SqliteStore) -> Json:
        hass, gate = self._hass, self._parts.gate
        settings, store = self._parts.settings, self._parts.storage.aggregates
        detectors = {
            kind: detector
            for kind, detector in (await in_executor(hass, registry)).items()
            if settings.enabled(kind.value)
        }
        validation = Validation(store, batch, home, detectors, settings.scope)
        runner = Runner(store, home, detectors, scope=settings.scope)
        source = RecorderSource(hass, home, settings.scope)
        if (extent := await self._async_read(source.extent)) is not None:
            silent = await self._async_read(source.silent)
            for day in await gate.async_run(validation.days, extent, silent):
                async with gate:
                    carried = await in_executor(hass, runner.carried_into, day)
                    raw = await self._async_read(source.read, day, carried)
                    await in_executor(hass, validation.compare, raw)
        return await gate.async_run(validation.report)

    async def _async_read[*Ts, T](self, read: Callable[[*Ts], T], *args: *Ts) -> T:
        """Read from the recorder in its own executor."""
        return await finished(
            get_instance(self._hass).async_add_executor_job(read, *args)
        )


def _batch(beside: ExitStack) -> SqliteStore:
    """Return an empty store for the days that are read again. Blocks.

    Args:
        beside: deletes it with all that lies beside it.

    Raises:
        StoreError: there is no room for it, or it may not be made.
    """
    try:
        folder = beside.enter_context(
            tempfile.TemporaryDirectory(
                prefix="pattern_intelligence.", ignore_cleanup_errors=True
            )
        )
    except OSError as err:
        raise StoreUnavailableError(
            "no folder for temporary files can be made: {reason}",
            reason=err.strerror or err,
        ) from err
    return beside.enter_context(closing(SqliteStore(Path(folder) / "batch.db")))
