"""A config entry from set-up to removal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import entity_registry as er, instance_id

from .buckets import async_clear_buckets
from .const import CONF_MOVE, DOMAIN, LOGGER, PLATFORMS
from .coordinator import PatternCoordinator, Snapshot
from .decisions import DECISIONS, Shown, read_book
from .engine.day_kinds import Calendar
from .engine.detectors import registry
from .engine.pattern import Json
from .free_days import async_show_free_days
from .gate import Gate, async_backup_under_way
from .home_context import async_build_home
from .influx_entry import entry_address, erase
from .learning import learning_is_on
from .messages import async_read_phrases, async_said
from .moving import async_settle
from .news import TOLD, Told
from .parts import Parts
from .problems import (
    async_clear_issues,
    async_clear_lasting,
    async_clear_move_held_up,
    async_clear_of_store,
    async_raise_issue,
    passes,
)
from .published import REPORT, admitted, parse
from .removal import leave
from .renames import KNOWN_IDS, RENAMES, Renames
from .run_log import RUNS
from .runtime import PatternIntelligenceConfigEntry, RuntimeData
from .scheduler import Scheduler
from .settings import Settings
from .sources.base import SourceError
from .storage import Storage, database_path, delete_all, open_storage
from .stores.base import StoreError
from .stores.influx.address import InfluxAddress
from .texts import items_of
from .validator import Validator


async def async_load(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> None:
    """Show what is known, then learn in the background what is due.

    Raises:
        ConfigEntryNotReady: the store is away for now, or being copied.
        ConfigEntryError: the store is of no use without a person's help.
    """
    # Opening may write, too: to bring the file up to date, or what a crash left.
    if async_backup_under_way(hass):
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="backup_under_way"
        )
    await async_read_phrases(hass)
    home = await instance_id.async_get(hass)
    try:
        await async_settle(hass, entry)
        settings = Settings.of(entry)
        address = entry_address(entry.data)
        storage, snapshot, renames, detectors = await hass.async_add_executor_job(
            _open, hass, settings, address, home
        )
    except StoreError as err:
        async_raise_issue(hass, entry, err)
        raise (ConfigEntryNotReady if passes(err) else ConfigEntryError)(
            translation_domain=DOMAIN,
            translation_key="store_unusable",
            translation_placeholders={"error": async_said(hass, err)},
        ) from err

    snapshot = await _async_in_scope(hass, settings, snapshot)
    coordinator = PatternCoordinator(hass, entry, snapshot, settings, renames.resolve)
    parts = Parts(entry, settings, storage, coordinator, renames, Gate(hass))
    data = RuntimeData(parts, Scheduler(hass, parts), Validator(hass, parts), detectors)
    entry.runtime_data = data
    _remove_stale_entities(hass, entry, detectors)
    async_clear_of_store(hass, remote=storage.remote is not None)
    if CONF_MOVE not in entry.data:
        async_clear_move_held_up(hass)
    await async_show_free_days(hass, parts)

    async def stop(_event: Event) -> None:
        await data.async_close()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    renames.async_catch_up(hass)
    data.scheduler.async_start()


async def async_unload(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> bool:
    """Stop after the day under way, and close the storage."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.async_close()
    return True


async def async_remove(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> None:
    """Leave nothing behind, unless the person wants to keep what was learned."""
    async_clear_issues(hass)
    async_clear_buckets(hass)
    async_clear_lasting(hass)
    path, home = database_path(hass), await instance_id.async_get(hass)
    if Settings.of(entry).keep_data:
        try:
            await hass.async_add_executor_job(leave, path, entry.data, home)
        except StoreError as err:
            LOGGER.warning("What was under way is still there: %s", err)
        return
    for delete in (
        partial(erase, entry.data, home),
        partial(erase, entry.data.get(CONF_MOVE, {}), home),
        partial(delete_all, path),
    ):
        try:
            await hass.async_add_executor_job(delete)
        except StoreError as err:
            LOGGER.warning("What was learned is still there: %s", err)


def _open(
    hass: HomeAssistant, settings: Settings, address: InfluxAddress | None, home: str
) -> tuple[Storage, Snapshot, Renames, tuple[str, ...]]:
    """Open the storage and read what was known. Blocks.

    Raises:
        StoreError: it cannot be opened or read.
    """
    storage = open_storage(database_path(hass), address, home)
    try:
        local = storage.local
        report = parse(local.read_text(REPORT))
        days, events, size = _extent(storage, report)
        runs = [run for run in items_of(local.read_text(RUNS)) if not run["error"]]
        snapshot = Snapshot(
            report=report,
            shown=Shown(book=read_book(local.read_text(DECISIONS))),
            told=Told.from_text(local.read_text(TOLD)),
            learning=learning_is_on(local),
            store_bytes=size,
            last_seconds=runs[-1]["seconds"].get("total") if runs else None,
            last_events=runs[-1]["rows"] if runs else None,
            last_run=datetime.fromisoformat(runs[-1]["ended"]) if runs else None,
            days=days,
            events=events,
        )
        renames = Renames(local.read_text(RENAMES), local.read_text(KNOWN_IDS))
    except StoreError:
        storage.close()
        raise
    detectors = tuple(kind.value for kind in registry() if settings.enabled(kind.value))
    return storage, snapshot, renames, detectors


async def _async_in_scope(
    hass: HomeAssistant, settings: Settings, snapshot: Snapshot
) -> Snapshot:
    """Leave out the patterns of what is left out by now: the next run may be far."""
    if snapshot.report is None:
        return snapshot
    try:
        home = await async_build_home(hass, Calendar())
    except SourceError:
        # Its time zone is unknown: the run will say so.
        return snapshot
    return replace(snapshot, report=admitted(snapshot.report, home, settings.scope))


def _extent(storage: Storage, report: Json | None) -> tuple[int, int, int | None]:
    """Return days learned, their events, and bytes, as far as nobody else is asked."""
    if storage.remote is not None:
        home = report["home"] if report else {"days": 0, "events": 0}
        return home["days"], home["events"], None
    marks = storage.aggregates.learned()
    events = sum(mark.rows for mark in marks)
    return len(marks), events, storage.aggregates.size().size


def _remove_stale_entities(
    hass: HomeAssistant,
    entry: PatternIntelligenceConfigEntry,
    detectors: tuple[str, ...],
) -> None:
    """Remove the sensors of detectors that were switched off."""
    prefix = f"{entry.entry_id}_patterns_"
    registered = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registered, entry.entry_id):
        kind = entity.unique_id.removeprefix(prefix)
        if kind != entity.unique_id and kind not in detectors:
            registered.async_remove(entity.entity_id)
