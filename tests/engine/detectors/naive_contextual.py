"""Homes of a few lines with a sun and weather, and contexts the slow way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import numpy as np

from custom_components.pattern_intelligence.engine.civil import DAY_MS, MINUTE_MS
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.measured import Measured
from custom_components.pattern_intelligence.engine.runs import Runs
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)
from custom_components.pattern_intelligence.engine.window import Key, Window

from .naive_times import FIRST, UTC, window_of_times

DAYS = 56
POSITION = Position(52.5, 0.0)
HOME = Home(UTC.zone, position=POSITION)
OUTDOOR = "sensor.outdoor"

type Times = list[tuple[int, float]]


def sun_minutes(
    days: int = DAYS,
    event: SunEvent = SunEvent.SUNSET,
    position: Position = POSITION,
    skip: int = 0,
) -> list[float]:
    """Return when the sun sets (or rises) on each day, minutes after midnight."""
    first = FIRST.toordinal() - 719_163 + skip
    number = np.arange(first, first + days)
    times = sun_times(position, UTC, event, number)
    return [float(minute) for minute in (times - number * DAY_MS) / MINUTE_MS]


def about(
    minutes: Sequence[float], days: Sequence[int], seed: int = 1, within: float = 5.0
) -> Times:
    """Return one time on each of the days, within some minutes to either side."""
    chance = Random(seed)
    return [(day, minutes[day] + chance.uniform(-within, within)) for day in days]


def life(seed: int, rate: int = 3, days: int = DAYS) -> Times:
    """Return uses at any time from 06:00 to 22:00, the same on all days."""
    chance = Random(seed)
    return [
        (day, chance.uniform(360, 1320)) for day in range(days) for _ in range(rate)
    ]


def window_with(
    times: Mapping[Key, Times],
    *,
    days: int = DAYS,
    skip: int = 0,
    on: Mapping[str, Sequence[tuple[int, float, float]]] | None = None,
    outdoor: Sequence[float] | None = None,
    causes: Mapping[Key, int] | None = None,
) -> Window:
    """Return a window of a home in which a few other things are used, too.

    Args:
        times: for each key, day and minute after midnight.
        days: how many days there are.
        skip: how many days later than usual they begin.
        on: switches that are on: day, and from which minute until which.
        outdoor: how warm it is on each day.
        causes: who does what.
    """
    around = {Key(f"switch.x{n}", "on"): life(10 + n, 2, days) for n in range(4)}
    window = window_of_times({**around, **times}, days, causes=causes)
    shift = skip * DAY_MS
    window = replace(
        window,
        days=window.days + skip,
        wall=window.wall + shift,
        instant=window.instant + shift,
    )
    if on:
        window = replace(
            window,
            runs=_runs(on, int(window.days[0])),
            entities=tuple(sorted({*window.entities, *on})),
            available=np.ones((len({*window.entities, *on}), days, 24), np.float32),
        )
    if outdoor is not None:
        mean = np.repeat(np.array(outdoor, float)[None, :, None], 24, axis=2)
        window = replace(window, measured=Measured((OUTDOOR,), mean))
    return window


def _runs(on: Mapping[str, Sequence[tuple[int, float, float]]], first: int) -> Runs:
    names = sorted(on)
    rows = sorted(
        (
            names.index(name),
            (first + day) * DAY_MS + round(begin * MINUTE_MS),
            (first + day) * DAY_MS + round(end * MINUTE_MS),
        )
        for name in names
        for day, begin, end in on[name]
    )
    key, begin, end = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    seen, nobody = np.ones(key.size, bool), np.zeros(key.size, np.int16)
    return Runs(
        tuple(Key(name, "on") for name in names),
        key.astype(np.int32),
        begin,
        end,
        seen,
        seen,
        nobody,
        nobody,
    )


def sun_days(
    walls: Sequence[int], events: Mapping[int, float], low: float, high: float
) -> set[int]:
    """Return the days on which something was done between two offsets from the sun.

    Args:
        walls: when it was done.
        events: by day, the wall millisecond of the sun's event.
        low: minutes after it from which on.
        high: minutes before which.
    """
    return {
        day
        for day, event in events.items()
        if any(low <= (wall - event) / MINUTE_MS < high for wall in walls)
    }


def tail(chances: Sequence[float], matched: int) -> float:
    """Return the probability of at least so many of unequal trials."""
    mass = [1.0]
    for chance in chances:
        longer = [0.0] * (len(mass) + 1)
        for count, own in enumerate(mass):
            longer[count] += own * (1 - chance)
            longer[count + 1] += own * chance
        mass = longer
    return sum(mass[matched:])
