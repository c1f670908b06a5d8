"""When runs begin: at once, every night, and again after an outage."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import randint
from typing import Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import async_call_later, async_track_time_change
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from .const import CONF_MOVE, DOMAIN, LOGGER, Trigger
from .free_days import async_show_free_days
from .learner import Learner
from .parts import Parts
from .problems import passes
from .work import Wish

FIRST_RETRY: Final = timedelta(minutes=5)
LONGEST_RETRY: Final = timedelta(hours=1)

RENAMES_SETTLE: Final = 5
"""Seconds without a rename after which they are acted on: they come in crowds."""

_READ_FROM: Final = {"language", "country", "time_zone"}
"""What of the home's settings patterns are read from."""


class Scheduler:
    """Starts runs; the stored watermark decides what they do.

    Attributes:
        learner: runs what is started.
    """

    def __init__(self, hass: HomeAssistant, parts: Parts) -> None:
        """Take the parts; nothing is scheduled yet."""
        self._hass = hass
        self._parts = parts
        self._second = randint(0, 59)
        self._retry_in = FIRST_RETRY
        self._cancel_retry: CALLBACK_TYPE | None = None
        self._cancel: list[CALLBACK_TYPE] = []
        self._looked_at = Debouncer(
            hass,
            LOGGER,
            cooldown=RENAMES_SETTLE,
            immediate=False,
            function=self._look_again,
            background=True,
        )
        self.learner = Learner(hass, parts, self._run_ended)

    @callback
    def async_start(self) -> None:
        """Learn what is due once Home Assistant is up, then every night."""
        when = self._parts.settings.time
        self._cancel = [
            async_track_time_change(
                self._hass,
                self._night_came,
                hour=when.hour,
                minute=when.minute,
                second=self._second,
            ),
            async_track_time_change(self._hass, self._hour_came, minute=0, second=0),
            self._parts.renames.async_listen(
                self._hass, self._looked_at.async_schedule_call
            ),
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._home_changed),
            async_at_started(self._hass, self._started),
        ]
        self._publish_next_run()

    async def async_stop(self) -> None:
        """Start nothing more, and end the run under way after the day it is in."""
        while self._cancel:
            self._cancel.pop()()
        self._looked_at.async_shutdown()
        self._cancel_the_retry()
        await self.learner.async_stop()

    @callback
    def _start(self, trigger: Trigger, wish: Wish | None = None) -> None:
        """Begin a run, unless the person has paused learning and nothing is moved."""
        moving = CONF_MOVE in self._parts.entry.data
        if moving or self._parts.coordinator.data.learning:
            self.learner.async_start(trigger, wish)

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        # What tells workdays may not have been there before.
        self._look_up_free_days()
        self._start(Trigger.START)

    @callback
    def _hour_came(self, _now: datetime) -> None:
        """Look whether a day has begun: not every zone has a midnight each day."""
        if self._parts.coordinator.async_turn_day():
            self._look_up_free_days()

    @callback
    def _look_up_free_days(self) -> None:
        _ = self._parts.entry.async_create_background_task(
            self._hass,
            async_show_free_days(self._hass, self._parts),
            f"{DOMAIN} free days",
        )

    @callback
    def _night_came(self, _now: datetime) -> None:
        self._publish_next_run()
        # One that is under way has looked for days before this one was over.
        self._start(Trigger.NIGHTLY, Wish(look_again=True))

    @callback
    def _retry(self, _now: datetime) -> None:
        self._cancel_retry = None
        self._start(Trigger.RETRY)

    @callback
    def _home_changed(self, event: Event) -> None:
        """Say all in another language, or reckon with another country or zone."""
        if _READ_FROM & event.data.keys():
            self._looked_at.async_schedule_call()

    @callback
    def _look_again(self) -> None:
        self._start(Trigger.RENAMED, Wish(look_again=True))

    @callback
    def _run_ended(self, error: Exception | None) -> None:
        """Try again later where that may help, each time after twice as long."""
        self._cancel_the_retry()
        if error is None or not passes(error):
            self._retry_in = FIRST_RETRY
            return
        self._cancel_retry = async_call_later(self._hass, self._retry_in, self._retry)
        self._retry_in = min(2 * self._retry_in, LONGEST_RETRY)

    @callback
    def _cancel_the_retry(self) -> None:
        if self._cancel_retry is not None:
            self._cancel_retry()
            self._cancel_retry = None

    @callback
    def _publish_next_run(self) -> None:
        when = self._parts.settings.time
        following = dt_util.find_next_time_expression_time(
            dt_util.now() + timedelta(seconds=1),
            [self._second],
            [when.minute],
            [when.hour],
        )
        self._parts.coordinator.async_publish(next_run=dt_util.as_utc(following))
