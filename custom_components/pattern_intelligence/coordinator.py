"""What is known and what is going on, for the entities to show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .const import DOMAIN, LOGGER, LearningStatus
from .engine.pattern import Json


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        done: days learned.
        total: days to learn in all.
    """

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What entities show.

    Attributes:
        report: the contract's object, or None before anything was found.
        status: what is going on, apart from a pause.
        paused: a backup is being made.
        message: one sentence on the status, or None where it needs none.
        progress: how far the run under way is, or None.
        last_run: when the last run came to its end, UTC.
        next_run: when the next nightly run is due, UTC.
        days: days learned.
        events: rows of the recorder they had.
    """

    report: Json | None = None
    status: LearningStatus = LearningStatus.IDLE
    paused: bool = False
    message: str | None = None
    progress: Progress | None = None
    last_run: datetime | None = None
    next_run: datetime | None = None
    days: int = 0
    events: int = 0

    @property
    def patterns(self) -> list[Json]:
        """Return the patterns last found, surest first."""
        return self.report["patterns"] if self.report else []

    @property
    def shown_status(self) -> LearningStatus:
        """Return what the status sensor says."""
        return LearningStatus.PAUSED if self.paused else self.status


class PatternCoordinator(DataUpdateCoordinator[Snapshot]):
    """Hands what is known to the entities; runs push it, nothing is polled."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], snapshot: Snapshot
    ) -> None:
        """Begin with what was known when Home Assistant stopped."""
        super().__init__(hass, LOGGER, config_entry=entry, name=DOMAIN)
        self.data = snapshot

    @override
    async def _async_update_data(self) -> Snapshot:
        return self.data

    @callback
    def async_publish(self, **changes: Any) -> None:
        """Tell the entities what has changed.

        Args:
            changes: new values of attributes of :class:`Snapshot`.
        """
        self.data = replace(self.data, **changes)
        self.async_update_listeners()
