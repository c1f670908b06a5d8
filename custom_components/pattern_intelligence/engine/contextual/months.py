"""What the months before the window tell: at what times, by each of the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from .. import codec
from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS, date_of, day_number, month_end
from ..evidence import Floats
from ..history import History
from ..home import Home
from ..keys import Key, Resolve
from ..sums import TIME_BINS, TIMES_SUM, Clock
from ..sun import SunEvent, sun_times
from ..tables import Table, empty
from ..time_of_day.rhythm import STEP_MINUTES, Rhythms, fit_rhythms
from ..window import Window

MONTHS: Final = 12
"""How far back months tell of a habit: a year, after which the sun is as it was."""

_BIN_MINUTES: Final = DAY_MINUTES // TIME_BINS
_MIDDLES: Final[Floats] = np.arange(0.5, TIME_BINS).astype(float) * _BIN_MINUTES
_ROUNDS: Final = 20
_WIDER: Final = (1.0, 1.5, 2.5)
"""By what a habit may have scattered more in some months than it does now."""

_LEAST_DENSITY: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Months:
    """The sums of the months that were over before the window began.

    Attributes:
        table: sums of times.
        rows: which of its rows are of these months.
        days: numbers of the days in their middles.
        resolve: tells which ids entities have now.
    """

    table: Table
    rows: tuple[int, ...]
    days: tuple[int, ...]
    resolve: Resolve

    @classmethod
    def of(cls, history: History, window: Window, home: Home) -> Months:
        """Return what is known of a year before a window.

        Args:
            history: sums of months.
            window: the window of days.
            home: tells which ids entities have now.
        """
        dated = history.months.get(TIMES_SUM.name)
        if dated is None:
            return cls(empty(TIMES_SUM), (), (), home.resolve)
        begins = window.first_day
        since = day_number(begins - timedelta(days=MONTHS * 31))
        months = [
            month
            for month in np.unique(dated.day).tolist()
            if month >= since and month_end(date_of(month)) < begins
        ]
        rows = np.flatnonzero(np.isin(dated.day, months)).tolist()
        middles = tuple(month + 14 for month in months)
        return cls(dated.table, tuple(rows), middles, home.resolve)

    def _counts(self, keys: Sequence[Key], clock: Clock) -> Floats:
        """Return how often keys were entered by bin of a clock, of all months.

        Args:
            keys: what is done, n of them.
            clock: of which clock the bins are.

        Returns:
            Shape (n, TIME_BINS).
        """
        ids, states, clocks = (
            self.table.texts(name) for name in ("entity_id", "state", "clock")
        )
        place = {key: at for at, key in enumerate(keys)}
        found = [
            (at, row)
            for row in self.rows
            if clocks[row] == clock
            and (at := place.get(Key(self.resolve(ids[row]), states[row]))) is not None
        ]
        counts = np.zeros((len(keys), TIME_BINS))
        if found:
            texts = self.table.texts("each")
            added = codec.decode_bins([texts[row] for _, row in found], TIME_BINS)
            np.add.at(counts, [at for at, _ in found], added)
        return counts

    def better(
        self,
        home: Home,
        event: SunEvent,
        keys: Sequence[Key],
        sun: tuple[Floats, Floats],
        wall: tuple[Floats, Floats],
    ) -> Floats:
        """Return the log likelihood ratio of the sun against the wall's clock.

        Args:
            home: tells where it is.
            event: which event of the sun.
            keys: what is done, n of them.
            sun: centers and spreads of the habits by the sun, minutes.
            wall: centers and spreads of the habits by the wall, minutes.

        Returns:
            Shape (n,); 0 where the months tell nothing.
        """
        if not self.days or home.position is None or not keys:
            return np.zeros(len(keys))
        by_wall, by_sun = (
            self._counts(keys, clock) for clock in (Clock.WALL, Clock(event.value))
        )
        # A month's middle stands for it; where the sun stays up, there is no telling.
        days = np.array(self.days, np.int64)
        at = sun_times(home.position, home.civil, event, days)
        minutes = (at - days * DAY_MS) / MINUTE_MS
        minutes = minutes[np.isfinite(minutes)]
        if not minutes.size:
            return np.zeros(len(keys))
        rhythms = fit_rhythms(np.repeat(by_wall / 2, 2, axis=1), 30 * days.size)
        on_wall = _density(rhythms, _MIDDLES)
        by_event = [
            _density(rhythms, _MIDDLES - DAY_MINUTES / 2 + minute)
            for minute in minutes.tolist()
        ]
        gained = _gain(by_sun, np.mean(by_event, axis=0), sun[0] + 720, sun[1])
        found: Floats = gained - _gain(by_wall, on_wall, *wall)
        return found


def _density(rhythms: Rhythms, minutes: Floats) -> Floats:
    """Return the density of rhythms at minutes of the clock, shape (units, minutes)."""
    place = (minutes % DAY_MINUTES // STEP_MINUTES).astype(np.int64)
    share = (rhythms.cdf[:, place + 1] - rhythms.cdf[:, place]) / STEP_MINUTES
    found: Floats = np.maximum(share, _LEAST_DENSITY)
    return found


def _gain(counts: Floats, density: Floats, center: Floats, spread: Floats) -> Floats:
    """Return the log likelihood that bumps gain over rhythms, shape (n,).

    Args:
        counts: shape (n, TIME_BINS).
        density: shape (n, TIME_BINS), of the rhythms, a minute.
        center: shape (n,), minutes about which the bumps are.
        spread: shape (n,), how wide they are now.
    """
    half = DAY_MINUTES / 2
    apart = (_MIDDLES - center[:, None] + half) % DAY_MINUTES - half
    total = np.maximum(counts.sum(axis=1), 1.0)
    best = np.zeros(len(counts))
    for wider in _WIDER:
        # What lies in a bin is spread over it, too.
        width = np.sqrt((wider * spread) ** 2 + _BIN_MINUTES**2 / 12)[:, None]
        bump = np.exp(-0.5 * (apart / width) ** 2) / (width * np.sqrt(2 * np.pi))
        ratio = bump / density
        share = np.full(len(counts), 0.3)
        for _ in range(_ROUNDS):
            owned = share[:, None] * ratio
            owned = counts * owned / (1 - share[:, None] + owned)
            share = (owned.sum(axis=1) / total).clip(0.0, 1 - 1e-6)
        over = 1 - share[:, None] + share[:, None] * ratio
        best = np.maximum(best, (counts * np.log(over)).sum(axis=1))
    return best
