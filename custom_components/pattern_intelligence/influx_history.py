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

from .anew import ANEW, begin, call_off
from .const import LOGGER
from .engine.home import Home
from .engine.pattern import Json
from .gate import in_executor
from .home_context import async_build_home
from .influx_history_entry import async_core_place
from .parts import Parts
from .sources.influx.server import Server
from .sources.influx.source import InfluxSource
from .sources.recorder import RecorderSource
from .sources.succession import Succession
from .stores.base import LocalStore

CONF_HISTORY: Final = "history"
IN_RECORDER: Final = "recorder"
IN_INFLUXDB: Final = "influxdb"

HISTORY: Final = "history"
"""Name of the text that says where the history lies that is learned anew."""

CAUSES_SINCE: Final = "causes_since"
"""Name of the text with the first day of which it is known who did what."""


def wanted_since(local: LocalStore, entry: ConfigEntry[Any]) -> str | None:
    """Return from which day on all is to be learned anew, if it is. Blocks.

    The first time that is asked of a home, what was chosen in the config flow is begun.

    Raises:
        StoreError: the store failed.
    """
    if entry.data.get(CONF_HISTORY) == IN_INFLUXDB and local.read_text(HISTORY) is None:
        local.write_text(ANEW, date.min.isoformat())
        local.write_text(HISTORY, IN_INFLUXDB)
    return local.read_text(ANEW)


def begin_from(where: str, local: LocalStore, path: Path, first: date) -> None:
    """Have all be learned anew by the next run. Blocks.

    Args:
        where: the history lies, besides the recorder.
        local: notes it.
        path: the file in which it is done.
        first: the first day.

    Raises:
        StoreError: it cannot be noted.
    """
    begin(local, path, first)
    local.write_text(HISTORY, where)


def give_up(local: LocalStore, path: Path) -> None:
    """Give up learning anew, also what was chosen and is not begun yet. Blocks.

    Args:
        local: notes it.
        path: the file in which it is done.

    Raises:
        StoreError: the store failed.
    """
    call_off(local, path)
    if local.read_text(HISTORY) is None:
        local.write_text(HISTORY, "")


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
    hass: HomeAssistant, parts: Parts, home: Home, recorder: RecorderSource
) -> RecorderSource | Succession:
    """Return what all is learned anew from.

    Args:
        hass: Home Assistant.
        parts: what runs work with.
        home: the home's context.
        recorder: the recorder.

    Raises:
        SourceError: no states can be read where they are said to lie.
        StoreError: the store failed.
    """
    local = parts.storage.local
    if await parts.gate.async_run(local.read_text, HISTORY) != IN_INFLUXDB:
        return recorder
    if (past := await _async_past(hass, parts, home)) is None:
        LOGGER.warning(
            "Home Assistant's own InfluxDB integration is not set up any more: only "
            "what the recorder holds is learned"
        )
        return recorder
    await in_executor(hass, past.known_extent)
    return Succession(past, recorder, recorder)


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


def note_causes(local: LocalStore, source: object) -> None:
    """Note from which day on it is known who did what. Blocks.

    Args:
        local: keeps it.
        source: from which all was learned anew.

    Raises:
        StoreError: the store failed.
    """
    since = source.since if isinstance(source, Succession) else None
    if since is not None or local.read_text(CAUSES_SINCE):
        local.write_text(CAUSES_SINCE, since.isoformat() if since else "")


def with_causes(report: Json, local: LocalStore) -> Json:
    """Return a report that says from which day on causes are known. Blocks.

    Raises:
        StoreError: the store failed.
    """
    if not (since := local.read_text(CAUSES_SINCE)):
        return report
    return {**report, "home": {**report["home"], "causes_since": since}}


def _whole_numbers(hass: HomeAssistant) -> frozenset[str]:
    """Return the entities whose states are numbers without a decimal point."""
    return frozenset(
        state.entity_id
        for state in hass.states.async_all()
        if state.state.removeprefix("-").isdecimal()
    )
