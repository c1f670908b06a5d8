"""The service that has days learned again, or all anew; it asks for an admin."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from .anew import IN_INFLUXDB, IN_RECORDER, Anew
from .const import DOMAIN, Trigger
from .engine.civil import days_between
from .histories import Known
from .home_context import async_build_home
from .influx_history import async_history_extent, async_with_history, begin_chosen
from .learner import Learner
from .messages import async_said
from .parts import Parts
from .phases import Phases
from .problems import async_clear_days_lost, said_of
from .readers import RecorderReader, async_in_recorder
from .runner import RELEARNED_DAYS
from .runtime import RuntimeData, async_loaded_entry
from .sources.base import Extent, SourceError
from .sources.recorder import RecorderSource
from .storage import anew_path, database_path
from .stores.base import LocalStore, StoreError
from .work import NOT_BEFORE, Wish

RELEARN: Final = "relearn"

ATTR_FIRST_DAY: Final = "first_day"
ATTR_LAST_DAY: Final = "last_day"
ATTR_SOURCE: Final = "source"
ATTR_DISCARD_DAYS: Final = "discard_days"
ATTR_READ_AGAIN: Final = "read_again"

RELEARN_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_FIRST_DAY): cv.date,
        vol.Optional(ATTR_LAST_DAY): cv.date,
        vol.Optional(ATTR_SOURCE, default=IN_RECORDER): vol.In(
            [IN_RECORDER, IN_INFLUXDB]
        ),
        vol.Optional(ATTR_DISCARD_DAYS, default=False): cv.boolean,
        vol.Optional(ATTR_READ_AGAIN, default=False): cv.boolean,
    }
)


@callback
def async_setup_learning_service(hass: HomeAssistant) -> None:
    """Register the service, which is there whether or not the entry is loaded."""
    async_register_admin_service(
        hass, DOMAIN, RELEARN, _async_relearn, RELEARN_SCHEMA, SupportsResponse.OPTIONAL
    )


async def async_run(learner: Learner, wish: Wish) -> ServiceResponse:
    """Run the analysis, or join the run under way, and say what it did.

    Raises:
        HomeAssistantError: it was stopped, or is held up.
    """
    run = learner.async_run(Trigger.SERVICE, wish)
    await asyncio.wait([run])
    if run.cancelled():
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="run_stopped"
        )
    record = run.result()
    if record.error is not None:
        raise _failed("held_up", record.error)
    return {
        "days_processed": record.days,
        "periods_processed": record.periods,
        "events": record.rows,
        "patterns_found": record.patterns,
        "patterns_changed": record.changed,
        "seconds": record.seconds["total"],
    }


async def _async_relearn(call: ServiceCall) -> ServiceResponse:
    """Read a range of days from the recorder again, or all of it from a day on."""
    data = async_loaded_entry(call.hass).runtime_data
    parts = data.parts
    parts.coordinator.async_refuse_while_off()
    if call.data[ATTR_SOURCE] == IN_INFLUXDB:
        anew = Anew(
            call.data[ATTR_FIRST_DAY],
            IN_INFLUXDB,
            discard=call.data[ATTR_DISCARD_DAYS],
            again=call.data[ATTR_READ_AGAIN],
        )
        return await _async_relearn_history(call.hass, data, anew)
    if call.data[ATTR_READ_AGAIN]:
        raise _refused("only_influxdb_again")
    try:
        extent = await _async_extent(call.hass, parts)
        marks = await parts.gate.async_run(parts.storage.aggregates.learned)
    except (StoreError, SourceError) as err:
        raise _failed("held_up", async_said(call.hass, err)) from err
    if extent is None:
        raise _refused("waiting_for_history")
    first = call.data[ATTR_FIRST_DAY]
    last = call.data.get(ATTR_LAST_DAY, extent[1])
    _check_range(first, last, extent, [mark.day for mark in marks])
    learner = data.scheduler.learner
    wish = Wish(days=frozenset(days_between(first, last)))
    try:
        if not marks:
            await parts.gate.async_run(_make_due, parts.storage.local, first)
            wish = Wish(look_again=True)
        elif first < max(marks[0].day, _oldest_relearned(marks[-1].day)):
            anew = Anew(first, IN_RECORDER, discard=call.data[ATTR_DISCARD_DAYS])
            await _async_begin_anew(call.hass, data, anew)
            wish = Wish(look_again=True)
    except (StoreError, SourceError) as err:
        raise _failed("held_up", async_said(call.hass, err)) from err
    return await async_run(learner, wish)


async def _async_relearn_history(
    hass: HomeAssistant, data: RuntimeData, anew: Anew
) -> ServiceResponse:
    """Have all be learned anew from what lies in InfluxDB, which nobody waits for."""
    parts = data.parts
    try:
        extent = await async_history_extent(hass, parts)
        if extent is None:
            raise _refused("no_influxdb")
        marks = await parts.gate.async_run(parts.storage.aggregates.learned)
        begin = max(anew.first, extent[0])
        if marks:
            # What is known from before is known afterwards, too.
            begin = min(begin, marks[0].day)
        await _async_begin_anew(hass, data, replace(anew, first=begin))
    except (StoreError, SourceError) as err:
        raise _failed("held_up", async_said(hass, err)) from err
    data.scheduler.learner.async_start(Trigger.SERVICE, Wish(look_again=True))
    return {"first_day": begin.isoformat(), "last_day": extent[1].isoformat()}


async def _async_begin_anew(hass: HomeAssistant, data: RuntimeData, anew: Anew) -> None:
    """Have all be learned anew by the next run, unless days would be lost by it."""
    parts = data.parts
    if not anew.discard and (lost := await _async_lost(hass, parts, anew)):
        raise _refused("days_lost", **said_of(lost))
    # Not while an earlier one is still at work on its file.
    async with data.scheduler.learner.async_held():
        await parts.gate.async_run(
            begin_chosen, parts.storage.local, _anew_path(hass), anew
        )
    async_clear_days_lost(hass)
    parts.coordinator.async_settle()


async def _async_lost(hass: HomeAssistant, parts: Parts, anew: Anew) -> Sequence[date]:
    """Return the days that are known and would be lost."""
    home = await async_build_home(hass)
    known = await parts.gate.async_run(Known.of, parts.storage, home)
    if not known.summed:
        # All that is known is kept day by day, and is taken along.
        return ()
    source = RecorderSource(hass, home, parts.settings.scope)
    recorder = RecorderReader(hass, source, Phases())
    histories = await async_with_history(hass, parts, home, recorder, anew.where)
    return await histories.async_lost(known.summed)


async def _async_extent(hass: HomeAssistant, parts: Parts) -> Extent:
    source = RecorderSource(hass, await async_build_home(hass), parts.settings.scope)
    return await async_in_recorder(hass, source.extent)


def _anew_path(hass: HomeAssistant) -> Path:
    return anew_path(database_path(hass))


def _make_due(local: LocalStore, first: date) -> None:
    """If all was forgotten, make all due again from a day on. Blocks.

    Raises:
        StoreError: the store failed.
    """
    if local.read_text(NOT_BEFORE):
        local.write_text(NOT_BEFORE, first.isoformat())


def _check_range(
    first: date, last: date, extent: tuple[date, date], learned: list[date]
) -> None:
    """Refuse days that cannot be learned again.

    Args:
        first: the first day asked for.
        last: the last one.
        extent: the first and the last complete day recorded.
        learned: the days learned, ascending.

    Raises:
        ServiceValidationError: the range is empty, not recorded, or too long ago.
    """
    if last < first:
        raise _refused("days_reversed")
    if first < extent[0] or last > extent[1]:
        raise _refused(
            "days_not_recorded",
            first=extent[0].isoformat(),
            last=extent[1].isoformat(),
        )
    # From the first day learned on, or one before it, all is learned anew.
    if learned and learned[0] < first < (oldest := _oldest_relearned(learned[-1])):
        raise _refused("days_too_old", oldest=oldest.isoformat())


def _oldest_relearned(newest: date) -> date:
    return newest - timedelta(days=RELEARNED_DAYS - 1)


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )


def _failed(key: str, error: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"error": error},
    )
