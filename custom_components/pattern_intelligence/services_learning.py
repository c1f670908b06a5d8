"""The services that change what is learned; they ask for an admin."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from homeassistant.components.recorder import get_instance
from homeassistant.const import ATTR_AREA_ID, ATTR_ENTITY_ID
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
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN, Trigger
from .decisions import Shown, keep_book
from .engine.civil import days_between
from .forgetting import Subject, forget, forget_everything
from .gate import finished, in_executor
from .home_context import async_build_home
from .influx_history import (
    IN_INFLUXDB,
    IN_RECORDER,
    async_history_extent,
    begin_from,
    give_up,
)
from .learner import Learner
from .messages import async_said
from .news import Told
from .parts import Parts
from .runner import RELEARNED_DAYS
from .runtime import RuntimeData, async_loaded_entry
from .sources.base import SourceError
from .sources.recorder import RecorderSource
from .storage import anew_path, database_path
from .stores.base import LocalStore, StoreError
from .work import NOT_BEFORE, Wish

RELEARN: Final = "relearn"
FORGET: Final = "forget"

ATTR_FIRST_DAY: Final = "first_day"
ATTR_LAST_DAY: Final = "last_day"
ATTR_EVERYTHING: Final = "everything"
ATTR_SOURCE: Final = "source"

RELEARN_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_FIRST_DAY): cv.date,
        vol.Optional(ATTR_LAST_DAY): cv.date,
        vol.Optional(ATTR_SOURCE, default=IN_RECORDER): vol.In(
            [IN_RECORDER, IN_INFLUXDB]
        ),
    }
)
FORGET_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_ENTITY_ID): cv.entity_ids,
        vol.Optional(ATTR_AREA_ID): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(ATTR_EVERYTHING, default=False): cv.boolean,
    }
)


@callback
def async_setup_learning_services(hass: HomeAssistant) -> None:
    """Register the services, which are there whether or not the entry is loaded."""
    for name, handler, schema in (
        (RELEARN, _async_relearn, RELEARN_SCHEMA),
        (FORGET, _async_forget, FORGET_SCHEMA),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, handler, schema, SupportsResponse.OPTIONAL
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
        return await _async_relearn_history(call.hass, data, call.data[ATTR_FIRST_DAY])
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
            # Not while an earlier one is still at work on its file.
            async with learner.async_held():
                await parts.gate.async_run(
                    begin_from,
                    IN_RECORDER,
                    parts.storage.local,
                    _anew_path(call.hass),
                    first,
                )
            parts.coordinator.async_settle()
            wish = Wish(look_again=True)
    except StoreError as err:
        raise _failed("held_up", async_said(call.hass, err)) from err
    return await async_run(learner, wish)


async def _async_relearn_history(
    hass: HomeAssistant, data: RuntimeData, first: date
) -> ServiceResponse:
    """Have all be learned anew from what lies in InfluxDB, which nobody waits for."""
    parts, learner = data.parts, data.scheduler.learner
    try:
        extent = await async_history_extent(hass, parts)
        if extent is None:
            raise _refused("no_influxdb")
        marks = await parts.gate.async_run(parts.storage.aggregates.learned)
        begin = max(first, extent[0])
        if marks and marks[0].day < begin:
            raise _refused(
                "history_too_short",
                first=begin.isoformat(),
                learned=marks[0].day.isoformat(),
            )
        async with learner.async_held():
            await parts.gate.async_run(
                begin_from, IN_INFLUXDB, parts.storage.local, _anew_path(hass), begin
            )
    except (StoreError, SourceError) as err:
        raise _failed("held_up", async_said(hass, err)) from err
    parts.coordinator.async_settle()
    learner.async_start(Trigger.SERVICE, Wish(look_again=True))
    return {"first_day": begin.isoformat(), "last_day": extent[1].isoformat()}


async def _async_extent(hass: HomeAssistant, parts: Parts) -> tuple[date, date] | None:
    source = RecorderSource(hass, await async_build_home(hass), parts.settings.scope)
    return await finished(get_instance(hass).async_add_executor_job(source.extent))


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


async def _async_forget(call: ServiceCall) -> ServiceResponse:
    """Delete what was learned of some entities, of areas, or all of it."""
    entities = frozenset(call.data.get(ATTR_ENTITY_ID, ()))
    areas = frozenset(call.data.get(ATTR_AREA_ID, ()))
    everything: bool = call.data[ATTR_EVERYTHING]
    if everything == bool(entities or areas):
        raise _refused("forget_what")
    hass = call.hass
    data = async_loaded_entry(hass).runtime_data
    if data.parts.coordinator.data.paused:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="backup_meanwhile"
        )
    try:
        # Nor is what is forgotten to be told as a difference.
        await data.validator.async_stop()
        # A run under way would write what it has read before.
        async with data.scheduler.learner.async_held():
            gate, storage = data.parts.gate, data.parts.storage
            # Else it would come back with what is learned anew.
            await gate.async_run(give_up, storage.local, _anew_path(hass))
            if everything:
                return await _async_forget_everything(hass, data)
            return await _async_forget_some(hass, data.parts, entities, areas)
    except (StoreError, SourceError) as err:
        raise _failed("not_forgotten", async_said(hass, err)) from err
    finally:
        data.parts.coordinator.async_settle()
        if data.parts.coordinator.data.learning:
            data.scheduler.learner.async_start(Trigger.SERVICE, Wish(look_again=True))


async def _async_forget_everything(
    hass: HomeAssistant, data: RuntimeData
) -> ServiceResponse:
    parts, today = data.parts, dt_util.now().date()
    async with parts.gate, parts.deciding:
        storage = parts.storage
        count = await in_executor(
            hass, forget_everything, storage.aggregates, storage.local, today
        )
        parts.renames.clear()
        parts.coordinator.async_publish(
            report=None, shown=Shown(), told=Told(), last_run=None, days=0, events=0
        )
    return {"days": count}


async def _async_forget_some(
    hass: HomeAssistant,
    parts: Parts,
    entities: frozenset[str],
    areas: frozenset[str],
) -> ServiceResponse:
    home = await async_build_home(hass)
    entities |= {
        entity.entity_id for entity in home.entities.values() if entity.area_id in areas
    }
    subject = Subject(entities, areas, parts.renames.resolve)
    async with parts.gate, parts.deciding:
        storage, snapshot = parts.storage, parts.coordinator.data
        book = {
            key: decision
            for key, decision in snapshot.shown.book.items()
            if not subject.in_object(decision.pattern)
        }
        await in_executor(hass, keep_book, storage.local, book)
        rows = await in_executor(
            hass, forget, storage.aggregates, storage.local, subject
        )
        report = snapshot.report
        if report is not None:
            report = {**report, "patterns": subject.without(report["patterns"])}
        parts.coordinator.async_publish(report=report, shown=Shown(book=book))
    return {"entities": [*sorted(subject.entity_ids)], "rows": rows}


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
