"""What is known and what is going on, for the entities to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER, LearningStatus
from .contract import Resolve
from .decisions import HIDDEN, Shown
from .engine.pattern import Json, PatternType
from .news import News, Told
from .notifications import async_notify
from .occurrences import IsHoliday, no_holidays
from .overlay import lay_over
from .settings import Settings

BUSY: Final = frozenset({LearningStatus.LEARNING, LearningStatus.MOVING})
"""What is going on while a run is under way."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        done: days learned, or steps of a move.
        total: how many there are in all.
    """

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What entities show.

    Attributes:
        report: the contract's object as it was found, or None before that.
        shown: its patterns, with what the person decided of them.
        told: which of them were told of, and since when.
        status: what is going on, apart from a pause.
        paused: a backup is being made.
        message: one sentence on the status, or None where it needs none.
        progress: how far the run under way is, or None.
        last_run: when the last run came to its end, UTC.
        next_run: when the next nightly run is due, UTC.
        days: days learned.
        events: rows of the recorder they had.
        learning: whether the person lets it learn.
        store_reachable: whether the last run could keep what it learned.
        store_bytes: how much it holds, where it tells.
        last_seconds: how long the last run took.
        last_events: how many rows of the recorder it read.
    """

    report: Json | None = None
    shown: Shown = field(default_factory=Shown)
    told: Told = field(default_factory=Told)
    status: LearningStatus = LearningStatus.IDLE
    paused: bool = False
    message: str | None = None
    progress: Progress | None = None
    last_run: datetime | None = None
    next_run: datetime | None = None
    days: int = 0
    events: int = 0
    learning: bool = True
    store_reachable: bool = True
    store_bytes: int | None = None
    last_seconds: float | None = None
    last_events: int | None = None

    @property
    def patterns(self) -> list[Json]:
        """Return the patterns last found that are not dismissed, surest first."""
        return [p for p in self.shown.patterns if p["status"] not in HIDDEN]

    @property
    def anomalies(self) -> list[Json]:
        """Return what was out of the ordinary on the last day learned."""
        day = self.last_day
        return [
            pattern
            for pattern in self.patterns
            if pattern["type"] == PatternType.ANOMALY
            and (pattern["when"] or {}).get("date") == day
        ]

    @property
    def last_day(self) -> str | None:
        """Return the last day learned, in ISO form."""
        return self.report["home"]["last_day"] if self.report else None

    @property
    def shown_status(self) -> LearningStatus:
        """Return what the status sensor says."""
        if self.paused:
            return LearningStatus.PAUSED
        if not self.learning and self.status not in BUSY:
            return LearningStatus.SWITCHED_OFF
        return self.status


class PatternCoordinator(DataUpdateCoordinator[Snapshot]):
    """Hands what is known to the entities; runs push it, nothing is polled."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        snapshot: Snapshot,
        settings: Settings,
        resolve: Resolve,
    ) -> None:
        """Begin with what was known when Home Assistant stopped."""
        super().__init__(hass, LOGGER, config_entry=entry, name=DOMAIN)
        self._settings = settings
        self._resolve = resolve
        self.is_holiday: IsHoliday = no_holidays
        self._shown_on = dt_util.now().date()
        self.data = self._laid_over(snapshot)

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
        if changes.keys() & {"report", "shown"}:
            self.data = self._laid_over(self.data)
        self.async_update_listeners()

    @callback
    def async_turn_day(self) -> bool:
        """Show what depends on the date anew if that has changed, and tell whether."""
        today = dt_util.now().date()
        if today == self._shown_on:
            return False
        self._shown_on = today
        # What was snoozed until today is shown again.
        self.async_publish(shown=self.data.shown)
        return True

    @callback
    def async_settle(self) -> None:
        """Say that no run is under way any more: it was stopped."""
        if self.data.status in BUSY:
            self.async_publish(status=LearningStatus.IDLE, message=None, progress=None)

    @callback
    def async_refuse_while_off(self) -> None:
        """Refuse to learn what the person has paused.

        Raises:
            ServiceValidationError: learning is switched off.
        """
        if not self.data.learning:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="learning_off"
            )

    @property
    def news_signal(self) -> str:
        """Return the name of the dispatcher's signal that carries news."""
        assert self.config_entry is not None
        return f"{DOMAIN}_{self.config_entry.entry_id}_news"

    @callback
    def async_tell(self, news: Sequence[News]) -> None:
        """Tell what is news, apart from what the person does not want to see."""
        wanted = {pattern["id"]: pattern for pattern in self.data.patterns}
        told = [
            replace(one, pattern=wanted[one.pattern["id"]])
            for one in news
            if one.pattern["id"] in wanted
        ]
        if told:
            async_dispatcher_send(self.hass, self.news_signal, told)
            async_notify(self.hass, told, self._settings.notifications)

    def _laid_over(self, snapshot: Snapshot) -> Snapshot:
        shown = lay_over(
            snapshot.report,
            snapshot.shown.book,
            self._resolve,
            dt_util.now().date(),
            self._settings.listed_from,
        )
        return replace(snapshot, shown=shown)
