"""Days are read where each source belongs: the recorder in its own executor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant

from .engine.rawday import Counts, RawDay
from .gate import finished, in_executor
from .phases import Phase, Phases
from .sources.influx.source import InfluxSource
from .sources.recorder import RecorderSource
from .sources.succession import Extent, Succession, joined


class Reader(Protocol):
    """Reads local days, each at once, off the event loop.

    Every method raises SourceError where the history cannot be read.
    """

    @property
    def causes_since(self) -> date | None:
        """Return the first day of which causes are known, where not of every one."""

    async def async_extent(self) -> Extent:
        """Return the first and the last complete local day there is, if any."""

    async def async_silent(self) -> Collection[date]:
        """Return the days of long stretches of which nothing is told."""

    async def async_read(self, day: date, carried: Mapping[str, str]) -> RawDay:
        """Return the rows of the tracked entities on a local day.

        Args:
            day: the local date.
            carried: states carried out of the day before, by entity id.
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
        causes_since: of all that it holds, causes are known.
        source: reads the recorder, in its executor.
        phases: where the time that is spent is added up.
    """

    causes_since: date | None = None

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

    async def async_read(self, day: date, carried: Mapping[str, str]) -> RawDay:
        """Return the rows of a day."""
        return await async_in_recorder(self._hass, self._read, day, carried)

    async def async_counted(self, day: date) -> Counts:
        """Return what all meters counted on a day: that is never purged."""
        return await async_in_recorder(self._hass, self._counted, day)

    def _read(self, day: date, carried: Mapping[str, str]) -> RawDay:
        with self.phases.of(Phase.READ):
            return self.source.read(day, carried)

    def _counted(self, day: date) -> Counts:
        with self.phases.of(Phase.READ):
            following = day + timedelta(days=1)
            return joined(
                [
                    self.source.counted(meter, day, following)
                    for meter in self.source.meters()
                ]
            )


class HistoryReader:
    """Reads what lies in InfluxDB, and from where the recorder begins, what it holds.

    A server may be slow, or silent: it is never asked in the recorder's executor.

    Args:
        hass: Home Assistant.
        past: reads InfluxDB.
        recorder: reads the recorder.
    """

    def __init__(
        self, hass: HomeAssistant, past: InfluxSource, recorder: RecorderReader
    ) -> None:
        """Take the parts; nothing is read yet."""
        self._hass = hass
        self._past = past
        self._recorder = recorder
        self._both: Succession | None = None

    @property
    def causes_since(self) -> date | None:
        """Return the first day of the recorder, once it was asked."""
        return self._both.since if self._both else None

    async def async_extent(self) -> Extent:
        """Return the first and the last complete local day of either, if any."""
        past = await in_executor(self._hass, self._past.extent)
        self._both = Succession(past, await self._recorder.async_extent())
        return self._both.extent

    async def async_silent(self) -> Collection[date]:
        """Return the days of long stretches of which neither tells anything."""
        past = await in_executor(self._hass, self._past.silent)
        recent = await self._recorder.async_silent()
        return (await self._async_both()).silent(past, recent)

    async def async_read(self, day: date, carried: Mapping[str, str]) -> RawDay:
        """Return the rows of a day from the one that knows more of it."""
        both = await self._async_both()
        if both.is_recent(day):
            raw = await self._recorder.async_read(day, carried)
            # It may have been purged meanwhile: learning years takes long.
            self._both = replace(both, recent=await self._recorder.async_extent())
            if self._both.is_recent(day):
                return raw
        raw = await in_executor(self._hass, self._read, day, carried)
        return replace(raw, counts=await self._recorder.async_counted(day))

    async def _async_both(self) -> Succession:
        if self._both is None:
            await self.async_extent()
        assert self._both is not None
        return self._both

    def _read(self, day: date, carried: Mapping[str, str]) -> RawDay:
        with self._recorder.phases.of(Phase.READ):
            return self._past.read(day, carried)
