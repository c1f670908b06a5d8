"""What may hold while something is done: what is measured, and what is on or home.

A condition is asked about a stretch of the clock on each day: a number by its mean over
the stretch, a state by whether it is there when the stretch begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MS, MINUTE_MS, date_of
from ..evidence import Floats
from ..happenings import domain_of
from ..keys import Key
from ..pattern import Context
from ..window import Window

NUMERIC: Final = "numeric"
STATE: Final = "state"

MOST_STATES: Final = 32
"""States of devices that are looked at, besides those of persons."""

_MOSTLY: Final = 0.5
"""Share of an hour in which an entity was there, for its state to be known."""

_STAYS_MS: Final = 10 * MINUTE_MS
"""A state that ends sooner after something is done is ended by it."""

_FEWEST_RUNS: Final = 8
_LEAST_MINUTES: Final = 30.0
"""What lasts shorter in the median is something that happens, not a state."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """The conditions of a window's days.

    Attributes:
        window: the window of days.
    """

    window: Window

    @cached_property
    def _midnights(self) -> NDArray[np.int64]:
        """Return the instants of 00:00 on the clock of each day's noon."""
        civil = self.window.civil
        noon = np.array(
            [
                civil.start_of(date_of(n)) + DAY_MS // 2
                for n in self.window.days.tolist()
            ],
            np.int64,
        )
        return noon - (civil.wall(noon) - self.window.days * DAY_MS)

    def measured(self, low: float, high: float) -> Floats:
        """Return what was measured over a stretch of the clock.

        Args:
            low: minutes after midnight at which it begins; may be negative.
            high: minutes at which it ends, above ``low``.

        Returns:
            Shape (entities, days), means; NaN where an hour is not known.
        """
        mean = self.window.measured.mean
        days = self.window.days
        total = np.zeros((len(mean), days.size))
        if not total.size:
            # Where nothing was measured there are no days either.
            return total
        for hour in range(int(low // 60), int(np.ceil(high / 60))):
            part = (min(high, 60 * hour + 60) - max(low, 60 * hour)) / (high - low)
            turn, of_day = divmod(hour, 24)
            at = np.searchsorted(days, days + turn).clip(max=days.size - 1)
            there = days[at] == days + turn
            total += part * np.where(there, mean[:, at, of_day], np.nan)
        return total

    def holds(self, keys: Sequence[Key], minute: float) -> NDArray[np.bool_]:
        """Return on which days states were there at a time, shape (keys, days).

        Args:
            keys: entities and states.
            minute: minutes after midnight.
        """
        return self.held(keys, [minute])[:, 0]

    def held(self, keys: Sequence[Key], minutes: Sequence[float]) -> NDArray[np.bool_]:
        """Return on which days states were there at some times.

        Args:
            keys: entities and states.
            minutes: minutes after midnight.

        Returns:
            Shape (keys, minutes, days).
        """
        runs = self.window.runs
        times = [round(minute * MINUTE_MS) for minute in minutes]
        at = np.array(times, np.int64)[:, None] + self._midnights
        found = np.zeros((len(keys), *at.shape), bool)
        for row, key in enumerate(keys):
            if key not in runs.key_at:
                continue
            rows = runs.of_key(runs.key_at[key])
            place = np.searchsorted(runs.begin[rows], at, "right") - 1
            end = runs.end[rows][place.clip(0)]
            found[row] = (place >= 0) & (end > at)
        return found

    def known(self, keys: Sequence[Key], minute: float) -> NDArray[np.bool_]:
        """Return on which days entities were there at a time, shape (keys, days).

        Args:
            keys: entities and states.
            minute: minutes after midnight.
        """
        window, days = self.window, self.window.days
        found = np.zeros((len(keys), days.size), bool)
        places = [window.entity_at.get(key.entity_id, -1) for key in keys]
        rows = np.flatnonzero(np.array(places, np.int64) >= 0)
        turn, of_day = divmod(int(minute // 60), 24)
        at = np.searchsorted(days, days + turn).clip(max=days.size - 1)
        share = window.available[[places[row] for row in rows]][:, at, of_day]
        found[rows] = (days[at] == days + turn) & (share > _MOSTLY)
        return found

    @cached_property
    def states(self) -> tuple[Key, ...]:
        """Return the states that are looked at: of persons, and what lasts."""
        runs = self.window.runs
        span = float(self.window.days[-1] - self.window.days[0] + 1) * DAY_MS
        minutes = (runs.end - runs.begin) / MINUTE_MS
        persons: list[Key] = []
        others: list[tuple[float, Key]] = []
        for number, key in enumerate(runs.keys):
            rows = runs.of_key(number)
            lasts = minutes[rows]
            if lasts.size < _FEWEST_RUNS:
                continue
            if domain_of(key.entity_id) == "person":
                persons.append(key)
                continue
            share = float(lasts.sum()) * MINUTE_MS / span
            if np.median(lasts) >= _LEAST_MINUTES:
                # What is as often there as not tells most.
                others.append((abs(share - 0.5), key))
        chosen = [key for _, key in sorted(others)[:MOST_STATES]]
        return tuple(sorted([*persons, *chosen]))

    def of(
        self, context: Context, low: float, high: float
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return on which days a stated condition held, and on which that is known.

        Args:
            context: as the contract has it, of kind ``numeric`` or ``state``.
            low: minutes after midnight at which the stretch begins.
            high: minutes at which it ends.
        """
        entity_id = context["entity_id"]
        if context["kind"] == STATE:
            keys = [Key(entity_id, context["state"])]
            return self.holds(keys, low)[0], self.known(keys, low)[0]
        entities = self.window.measured.entities
        if entity_id not in entities:
            return (np.zeros(self.window.days.size, bool),) * 2
        value = self.measured(low, high)[entities.index(entity_id)]
        below = context.get("below")
        held = value < below if below is not None else value > context["above"]
        return held, np.isfinite(value)

    def possible(
        self, keys: Sequence[Key], low: float, high: float
    ) -> NDArray[np.bool_]:
        """Return on which days keys could be entered in a stretch of the clock.

        Somebody was home, and the state not there already when it began.

        Args:
            keys: what is entered.
            low: minutes after midnight at which the stretch begins.
            high: minutes at which it ends.

        Returns:
            Shape (keys, days).
        """
        people = [domain_of(key.entity_id) == "person" for key in keys]
        somebody = self.somebody(low, high) | np.array(people, bool)[:, None]
        found: NDArray[np.bool_] = ~self.holds(keys, low) & somebody
        return found

    def since(self, key: Key, minute: float, days: NDArray[np.bool_]) -> float:
        """Return for how many minutes a state was there already, in the median.

        Args:
            key: an entity and its state.
            minute: minutes after midnight.
            days: shape (days,), on which days, those on which it was there.
        """
        runs = self.window.runs
        at = self._midnights[days] + round(minute * MINUTE_MS)
        begin = runs.begin[runs.of_key(runs.key_at[key])]
        last = begin[np.searchsorted(begin, at, "right") - 1]
        return float(np.median((at - last) / MINUTE_MS))

    def still(self, state: Key, key: Key, low: float, days: NDArray[np.bool_]) -> float:
        """Return on which share of days a state stays when something is done.

        Args:
            state: an entity and its state.
            key: what is done next.
            low: minutes after midnight from which on it is done.
            days: shape (days,), on which days it is.
        """
        window, runs = self.window, self.window.runs
        begins = self._midnights[days] + round(low * MINUTE_MS)
        done = window.instant[window.of_key(window.key_at[key])]
        at = done[np.searchsorted(done, begins).clip(max=done.size - 1)]
        at = at + _STAYS_MS
        rows = runs.of_key(runs.key_at[state])
        place = np.searchsorted(runs.begin[rows], at, "right") - 1
        there = (place >= 0) & (runs.end[rows][place.clip(0)] > at)
        return float(there.mean())

    def somebody(self, low: float, high: float) -> NDArray[np.bool_]:
        """Return on which days somebody was home in a stretch of the clock.

        Args:
            low: minutes after midnight at which it begins.
            high: minutes at which it ends.

        Returns:
            Shape (days,); all days where the home has no persons.
        """
        days, at_home = self.window.days, self.window.at_home
        if at_home is None:
            return np.ones(days.size, bool)
        found = np.zeros(days.size, bool)
        for hour in range(int(low // 60), int(np.ceil(high / 60))):
            turn, of_day = divmod(hour, 24)
            at = np.searchsorted(days, days + turn).clip(max=days.size - 1)
            found |= (days[at] == days + turn) & (at_home[at, of_day] > 0)
        return found
