"""Homes over years, drawn day by day for each thing alone: what moves, what swings.

Rows of a recorder are left out: years of them would take hours. What each thing does
on each day is drawn at once, and folded into weeks and months by `year_tables.py`.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    CivilTime,
    day_number,
)
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)

from .clock import Bools, Floats, Ints

type Moves = Literal["trend", "season", "none"]
type Measure = Literal["time", "count", "duration", "consumption"]

YEAR = 365.2425
WEEK = 7
#: Where homes stand; the last lies south of the equator.
PLACES = (
    ("Europe/Berlin", Position(52.52, 13.405)),
    ("America/Chicago", Position(41.88, -87.63)),
    ("Australia/Sydney", Position(-33.87, 151.21)),
)
#: A trend goes on for a year at most.
TREND_DAYS = 364
#: Days of the year from which on a swing may be highest: people's years follow the
#: light, or the warmth that lags behind it by no more than so many days.
SOLSTICES = (-10, 172)
WARMTH_LAGS = 40
#: What moves by so many times what weeks (for a swing, months) differ by chance is
#: plain to see in a chart.
CLEAR_TREND = 8.0
CLEAR_SWING = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An entity, what it does, and what is true of it.

    `day` and `minute` are when it was switched on (days counted from the home's
    first), `seconds` for how long; a meter has an `amount` for each day instead.
    `size` is by how much it moves in all, or between the ends of the year: in
    minutes, or as a share; `plain` that in units of what chance makes of a week or
    month. `peak` is the day of the year on which a swing is highest.
    """

    entity_id: str
    kind: str
    measure: Measure
    moves: Moves = "none"
    size: float = 0.0
    plain: float = 0.0
    peak: float = 0.0
    day: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    minute: Floats = field(default_factory=lambda: np.zeros(0))
    seconds: Floats = field(default_factory=lambda: np.zeros(0))
    amount: Floats | None = None

    @property
    def clear(self) -> bool:
        """Whether a person who sees a chart would say so at once."""
        least = CLEAR_TREND if self.moves == "trend" else CLEAR_SWING
        noticed = 40.0 if self.measure == "time" else 0.4
        return self.plain >= least and abs(self.size) >= noticed


@dataclass(frozen=True, slots=True)
class Years:
    """A home over years. `recorded` tells of each day whether it was."""

    seed: int
    first_day: date
    days: int
    zone: str
    position: Position
    recorded: Bools
    things: tuple[Thing, ...]

    @property
    def last_day(self) -> date:
        """The last day there is."""
        return self.first_day + timedelta(days=self.days - 1)


class Draw:
    """Draws the things of one home."""

    def __init__(self, seed: int, learned: int, days: int) -> None:
        """Take the seed, how many days are learned, and how many there are."""
        self.rng = np.random.default_rng(np.random.SeedSequence([seed, 41]))
        rng = self.rng
        zone, self.position = PLACES[rng.integers(len(PLACES))]
        self.zone = zone
        self.learned, self.days = learned, days
        self.first = date(2019, 1, 1) + timedelta(days=int(rng.integers(0, 1200)))
        self.number = day_number(self.first) + np.arange(days)
        self.weekend = (self.number + 3) % WEEK >= 5
        self.recorded = self._spells(0.6, 1, 8)
        self.present = self._spells(2.0, 5, 16)
        self.things: list[Thing] = []
        civil = CivilTime(ZoneInfo(zone))
        self.sun = {
            event: (sun_times(self.position, civil, event, self.number) % DAY_MS)
            / MINUTE_MS
            for event in SunEvent
        }
        self.since = np.clip(np.arange(days) - max(learned - TREND_DAYS, 0), 0, None)
        self.span = min(learned, TREND_DAYS)

    def _spells(self, a_year: float, shortest: int, longest: int) -> Bools:
        """Return the days without spells that come so often a year."""
        kept = np.ones(self.days, np.bool_)
        for _ in range(self.rng.poisson(a_year * self.days / YEAR)):
            begin = self.rng.integers(self.days)
            kept[begin : begin + self.rng.integers(shortest, longest)] = False
        return kept

    def line(self, size: float, *, always: bool = False) -> Floats:
        """Return a trend that moves by so much until the last day learned.

        Args:
            size: how much.
            always: whether it did from the first day on, else for a year at most.
        """
        if always:
            return size * np.arange(self.days) / self.learned
        return size * self.since / self.span

    def wave(self, size: float, peak: float) -> Floats:
        """Return a swing of so much between its ends."""
        swing: Floats = size / 2 * np.cos(2 * np.pi * (self.number - peak) / YEAR)
        return swing

    def lasting(self, sd: float, share: float) -> Floats:
        """Return daily errors of which a share lasts to the next day."""
        fresh = self.rng.normal(0, sd * np.sqrt(1 - share**2), self.days)
        errors = np.empty(self.days)
        last = self.rng.normal(0, sd)
        for day, one in enumerate(fresh.tolist()):
            errors[day] = last = share * last + one
        return errors

    def sized(self, low: float, high: float) -> float:
        """Return a size of either sign."""
        return float(self.rng.uniform(low, high) * self.rng.choice([-1, 1]))

    def timed(
        self,
        kind: str,
        shift: Floats,
        *,
        moves: Moves = "none",
        size: float = 0.0,
        peak: float = 0.0,
        minute: float | None = None,
        sd: float | None = None,
        living: Bools | None = None,
        noise: float | None = None,
    ) -> Thing:
        """Add what happens about once a day, at a minute that shifts."""
        rng = self.rng
        sd = float(rng.uniform(6, 40)) if sd is None else sd
        kept = float(rng.uniform(0.6, 0.98))
        minute = float(rng.uniform(450, 1250)) if minute is None else minute
        happens = self.recorded & self.present & (rng.random(self.days) < kept)
        if living is not None:
            happens &= living
        weekend = rng.choice([0.0, 0.0, 60.0])
        day = np.flatnonzero(happens)
        at = minute + shift[day] + weekend * self.weekend[day]
        at = at + rng.normal(0, sd, day.size)
        noise = float(rng.choice([0.0, 0.0, 0.4])) if noise is None else noise
        extra = rng.poisson(noise * happens)
        day = np.append(day, np.repeat(np.arange(self.days), extra))
        at = np.append(at, rng.uniform(500, 1320, int(extra.sum())))
        errors = 1.25 * sd / np.sqrt(kept * (WEEK if moves != "season" else 30))
        plain = abs(size) / errors if not noise else 0.0
        return self._add(
            kind,
            "time",
            day,
            at,
            rng.lognormal(6, 1, day.size),
            moves,
            size,
            plain,
            peak,
        )

    def often(
        self,
        kind: str,
        level: Floats,
        *,
        moves: Moves = "none",
        size: float = 0.0,
        peak: float = 0.0,
        rate: float | None = None,
        living: Bools | None = None,
    ) -> Thing:
        """Add what happens some times a day, by a rhythm, at a rate that shifts."""
        rng = self.rng
        rate = (
            float(np.exp(rng.uniform(np.log(0.8), np.log(20))))
            if rate is None
            else rate
        )
        shape = float(rng.uniform(3, 20))
        happens = self.recorded & self.present
        if living is not None:
            happens = happens & living
        chance = rate * np.maximum(level, 0.02) * rng.gamma(shape, 1 / shape, self.days)
        count = rng.poisson(chance * happens)
        day = np.repeat(np.arange(self.days), count)
        humps = rng.random(day.size) < 0.4
        at = np.where(humps, 480.0, 1150.0) + rng.normal(0, 110, day.size)
        periods = WEEK if moves != "season" else 30
        errors = np.sqrt((1 / rate + 1 / shape) / periods)
        return self._add(
            kind,
            "count",
            day,
            at,
            rng.lognormal(5, 1, day.size),
            moves,
            size,
            abs(size) / errors,
            peak,
        )

    def long(
        self,
        kind: str,
        level: Floats,
        *,
        moves: Moves = "none",
        size: float = 0.0,
        peak: float = 0.0,
    ) -> Thing:
        """Add what lasts for a while, once or twice a day, for a time that shifts."""
        rng = self.rng
        spread, rate = float(rng.uniform(0.1, 0.6)), float(rng.uniform(0.8, 2.5))
        happens = self.recorded & self.present
        count = rng.poisson(rate * happens)
        day = np.repeat(np.arange(self.days), count)
        median = float(np.exp(rng.uniform(np.log(300), np.log(7000))))
        seconds = (
            median * np.maximum(level[day], 0.05) * rng.lognormal(0, spread, day.size)
        )
        periods = WEEK if moves != "season" else 30
        errors = spread / np.sqrt(rate * periods)
        return self._add(
            kind,
            "duration",
            day,
            rng.uniform(500, 1150, day.size),
            np.minimum(seconds, 14_000),
            moves,
            size,
            abs(size) / errors,
            peak,
        )

    def meter(
        self,
        kind: str,
        level: Floats,
        *,
        moves: Moves = "none",
        size: float = 0.0,
        peak: float = 0.0,
        share: float | None = None,
    ) -> Thing:
        """Add a meter, by errors that last as weather does."""
        rng = self.rng
        sd = float(rng.uniform(0.08, 0.3))
        share = float(rng.uniform(0.2, 0.85)) if share is None else share
        base = float(np.exp(rng.uniform(np.log(0.5), np.log(20))))
        errors = np.exp(self.lasting(sd, share))
        periods = WEEK if moves != "season" else 30
        chance = sd * np.sqrt(min((1 + share) / (1 - share) / periods, 1.0))
        return self._add(
            kind,
            "consumption",
            moves=moves,
            size=size,
            plain=abs(size) / chance,
            peak=peak,
            amount=base * np.maximum(level, 0.01) * errors * self.recorded,
        )

    def _add(
        self,
        kind: str,
        measure: Measure,
        day: Ints | None = None,
        minute: Floats | None = None,
        seconds: Floats | None = None,
        moves: Moves = "none",
        size: float = 0.0,
        plain: float = 0.0,
        peak: float = 0.0,
        amount: Floats | None = None,
    ) -> Thing:
        domain = "sensor" if amount is not None else "light"
        thing = Thing(
            entity_id=f"{domain}.{kind}_{len(self.things)}",
            kind=kind,
            measure=measure,
            moves=moves,
            size=size,
            plain=plain,
            peak=peak,
            day=np.zeros(0, np.int64) if day is None else day.astype(np.int64),
            minute=np.zeros(0) if minute is None else np.clip(minute, 1, 1438),
            seconds=np.zeros(0) if seconds is None else seconds,
            amount=amount,
        )
        self.things.append(thing)
        return thing

    def home(self, seed: int) -> Years:
        """Return the home of all that was added."""
        return Years(
            seed,
            self.first,
            self.days,
            self.zone,
            self.position,
            self.recorded,
            tuple(self.things),
        )
