"""The history that lies in the InfluxDB to which Home Assistant's own integration writes.

What lies there is learned anew with all that the recorder holds, as :mod:`.anew` has it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .anew import IN_INFLUXDB, Anew, begin, call_off
from .const import LOGGER
from .engine.home import Home
from .engine.pattern import Json
from .gate import in_executor
from .histories import CAUSES_SINCE, Histories
from .home_context import async_build_home
from .influx_history_entry import async_core_place
from .parts import Parts
from .readers import InfluxReader, RecorderReader
from .sources.influx.server import Server
from .sources.influx.source import InfluxSource
from .stores.base import LocalStore

CONF_HISTORY: Final = "history"

HISTORY: Final = "history"
"""Name of the text that says what became of the history chosen in the config flow."""

_BEGUN: Final = "begun"
_GIVEN_UP: Final = ""
_OPEN: Final = "open"
"""It may have to be begun: another entry's choice was, and that was removed."""


def wanted_anew(local: LocalStore, path: Path, entry: ConfigEntry[Any]) -> Anew | None:
    """Return what is to be learned anew, if anything is. Blocks.

    The first time that is asked of an entry, what was chosen in its config flow is
    begun.

    Args:
        local: notes it.
        path: the file in which it is done.
        entry: the config entry.

    Raises:
        StoreError: the store failed.
    """
    chosen = entry.data.get(CONF_HISTORY) == IN_INFLUXDB
    if chosen and local.read_text(HISTORY) in (None, _OPEN):
        begin_chosen(local, path, Anew(date.min, IN_INFLUXDB))
    return Anew.of(local)


def begin_chosen(local: LocalStore, path: Path, anew: Anew) -> None:
    """Have all be learned anew by the next run, instead of what was chosen. Blocks.

    Args:
        local: notes it.
        path: the file in which it is done.
        anew: what is wanted.

    Raises:
        StoreError: it cannot be noted.
    """
    begin(local, path, anew)
    local.write_text(HISTORY, _BEGUN)


def give_up(local: LocalStore, path: Path) -> None:
    """Give up learning anew, also what was chosen and is not begun yet. Blocks.

    Args:
        local: notes it.
        path: the file in which it is done.

    Raises:
        StoreError: the store failed.
    """
    call_off(local, path)
    if local.read_text(HISTORY) in (None, _OPEN):
        local.write_text(HISTORY, _GIVEN_UP)


def set_down(local: LocalStore, path: Path) -> None:
    """Let the next entry choose anew: this one is removed, its store is kept. Blocks.

    Args:
        local: notes it.
        path: the file in which all is learned anew.

    Raises:
        StoreError: the store failed.
    """
    call_off(local, path)
    if local.read_text(HISTORY) is not None:
        local.write_text(HISTORY, _OPEN)


async def async_history_extent(
    hass: HomeAssistant, parts: Parts
) -> tuple[date, date] | None:
    """Return the first and the last day in InfluxDB; None where none is set up.

    Raises:
        SourceError: no states can be read there.
    """
    past = await _async_past(hass, parts, await async_build_home(hass))
    return await in_executor(hass, past.known_extent) if past else None


async def async_with_history(
    hass: HomeAssistant,
    parts: Parts,
    home: Home,
    recorder: RecorderReader,
    where: str,
) -> Histories:
    """Return what all is learned anew from.

    Args:
        hass: Home Assistant.
        parts: what runs work with.
        home: the home's context.
        recorder: reads the recorder.
        where: the history lies, besides there.

    Raises:
        SourceError: no states can be read where they are said to lie.
    """
    if where != IN_INFLUXDB:
        return Histories(recorder)
    if (past := await _async_past(hass, parts, home)) is None:
        LOGGER.warning(
            "Home Assistant's own InfluxDB integration is not set up any more: only "
            "what the recorder holds is learned"
        )
        return Histories(recorder)
    await in_executor(hass, past.known_extent)
    return Histories(recorder, InfluxReader(hass, past, recorder))


async def _async_past(
    hass: HomeAssistant, parts: Parts, home: Home
) -> InfluxSource | None:
    """Return what reads the InfluxDB that core's own integration writes to, if any."""
    if (place := async_core_place(hass)) is None:
        return None
    return InfluxSource(
        Server(place),
        home,
        parts.settings.scope,
        int(dt_util.utcnow().timestamp() * 1000),
        _whole_numbers(hass),
    )


def with_causes(report: Json, local: LocalStore) -> Json:
    """Return a report that says from which day on causes are known. Blocks.

    Raises:
        StoreError: the store failed.
    """
    home = report["home"]
    # Of days that were forgotten since, nothing has to be said.
    if (since := local.read_text(CAUSES_SINCE) or "") <= home["first_day"]:
        return report
    return {**report, "home": {**home, "causes_since": since}}


def _whole_numbers(hass: HomeAssistant) -> frozenset[str]:
    """Return the entities whose states are numbers without a decimal point."""
    return frozenset(
        state.entity_id
        for state in hass.states.async_all()
        if state.state.removeprefix("-").isdecimal()
    )
