"""Days are read where each source belongs: the recorder in its own executor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant

from .engine.civil import days_between
from .engine.rawday import Counts, RawDay
from .engine.tables import Table
from .gate import finished
from .phases import Phase, Phases
from .sources.base import Extent
from .sources.influx.source import InfluxSource
from .sources.recorder import RecorderSource
from .stores.base import LearnedDay


@dataclass(frozen=True, slots=True)
class Remembered:
    """A day as it was learned before.

    Attributes:
        learned: the day.
        tables: what it left behind, by name.
    """

    learned: LearnedDay
    tables: Mapping[str, Table]

    @property
    def rows(self) -> int:
        """Return how many rows it was learned from."""
        return self.learned.rows


type Told = RawDay | Remembered
"""What is told of a day."""


class Reader(Protocol):
    """Reads local days, each at once, off the event loop."""

    async def async_read(self, day: date, carried: Mapping[str, str]) -> Told | None:
        """Return what is told of a local day; None where it is not told whole.

        Args:
            day: the local date.
            carried: states carried out of the day before, by entity id.

        Raises:
            SourceError: the history cannot be read.
            StoreError: a store failed.
        """


async def async_in_recorder[*Ts, T](
    hass: HomeAssistant, read: Callable[[*Ts], T], *args: *Ts
) -> T:
    """Read from the recorder in its own executor."""
    return await finished(get_instance(hass).async_add_executor_job(read, *args))


class RecorderReader:
    """Reads what the recorder holds.

    Args:
        hass: Home Assistant.
        source: reads the recorder.
        phases: where the time that is spent is added up.

    Attributes:
        source: reads the recorder, in its executor.
        phases: where the time that is spent is added up.
    """

    def __init__(
        self, hass: HomeAssistant, source: RecorderSource, phases: Phases
    ) -> None:
        """Take the parts; nothing is read yet."""
        self._hass = hass
        self.source = source
        self.phases = phases

    async def async_extent(self) -> Extent:
        """Return the first and the last complete local day recorded, if any."""
        return await async_in_recorder(self._hass, self.source.extent)

    async def async_silent(self) -> Collection[date]:
        """Return the days of long stretches in which nothing was recorded."""
        return await async_in_recorder(self._hass, self.source.silent)

    async def async_days(self) -> set[date]:
        """Return the days that it tells of."""
        days = within(await self.async_extent())
        return days - {*await self.async_silent()} if days else days

    async def async_told(self, days: Collection[date]) -> set[date]:
        """Return those of some days of which anything at all is recorded."""
        asked = within(await self.async_extent()).intersection(days)
        return {*await async_in_recorder(self._hass, self.source.told, asked)}

    async def async_read(self, day: date, carried: Mapping[str, str]) -> RawDay | None:
        """Return the rows of a day; None where it is no longer there as a whole."""
        if not await self._async_holds(day):
            return None
        raw = await async_in_recorder(self._hass, self._read, day, carried)
        # Purged amid the reading, it was read in part.
        return raw if await self._async_holds(day) else None

    async def async_counted(self, day: date) -> Counts:
        """Return what all meters counted on a day: that is never purged."""
        return await async_in_recorder(self._hass, self._counted, day)

    async def _async_holds(self, day: date) -> bool:
        extent = await self.async_extent()
        return extent is not None and extent[0] <= day <= extent[1]

    def _read(self, day: date, carried: Mapping[str, str]) -> RawDay:
        with self.phases.of(Phase.READ):
            return self.source.read(day, carried)

    def _counted(self, day: date) -> Counts:
        with self.phases.of(Phase.READ):
            return self.source.counted_on(day)


class InfluxReader:
    """Reads what lies in InfluxDB, and what meters counted in the recorder.

    A server may be slow, or silent: it is never asked in the recorder's executor.

    Args:
        hass: Home Assistant.
        source: reads InfluxDB.
        recorder: reads the recorder.
    """

    def __init__(
        self, hass: HomeAssistant, source: InfluxSource, recorder: RecorderReader
    ) -> None:
        """Take the parts; nothing is read yet."""
        self._hass = hass
        self._source = source
        self._recorder = recorder
        self._days: set[date] | None = None

    async def async_days(self) -> set[date]:
        """Return the days that it tells of, asked once."""
        if self._days is None:
            self._days = await self._async_ask(self._told_days)
        return self._days

    async def async_told(self, days: Collection[date]) -> set[date]:
        """Return those of some days of which anything at all is written."""
        asked = within(await self._async_ask(self._source.extent)).intersection(days)
        return {*await self._async_ask(self._source.told, asked)}

    async def async_read(self, day: date, carried: Mapping[str, str]) -> RawDay | None:
        """Return the rows of a day; None where it tells nothing of it."""
        if day not in await self.async_days():
            return None
        raw = await self._async_ask(self._read, day, carried)
        return replace(raw, counts=await self._recorder.async_counted(day))

    async def _async_ask[*Ts, T](self, ask: Callable[[*Ts], T], *args: *Ts) -> T:
        # Not waited for when canceled: nothing is closed that a question needs.
        return await self._hass.async_add_executor_job(ask, *args)

    def _told_days(self) -> set[date]:
        days = within(self._source.extent())
        return days - {*self._source.silent()} if days else days

    def _read(self, day: date, carried: Mapping[str, str]) -> RawDay:
        with self._recorder.phases.of(Phase.READ):
            return self._source.read(day, carried)


def within(extent: Extent) -> set[date]:
    """Return the days from the first to the last that a place tells of."""
    return set(days_between(*extent)) if extent else set()
