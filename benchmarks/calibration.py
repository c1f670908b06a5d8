"""Checks what patterns stated against what happened on the days that followed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .proofs import Window, hits
from .scoring import step_of, window_of
from .simulator import Home
from .simulator.clock import DAY_SECONDS, Bools, Floats, LocalClock
from .simulator.happenings import bouting, happenings

type Json = Mapping[str, Any]

#: Hours of a waking day in which somebody must be home for habits to be due.
_HOME_HOURS = 1.0
#: Hours without recorder that take a day out of the check.
_LOST_HOURS = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was stated of an occasion (a probability), and what came of it (0 to 1)."""

    type: str
    stated: float
    happened: float


def outcomes(patterns: Sequence[Json], home: Home, learned: int) -> list[Outcome]:
    """Return what came of what was stated, day by day after those learned.

    Times: each eligible day on which the window, widened on either side by
    max(10 min, half its width), was or was not met. Links: each day with first
    events, and the share of them that was followed within max(1.5 p90, p90 + 60 s).

    Args:
        patterns: The contract's objects; types other than those two are passed by.
        home: A home with more days than were learned.
        learned: How many days were, from the first.
    """
    happened = happenings(bouting(home.entities), home.runs)
    clock = home.clock
    index = {e.entity_id: n for n, e in enumerate(home.entities)}
    due = _due(home, clock)
    due[:learned] = False

    def of(entity: Json) -> Floats:
        step = step_of(entity)
        number = index[step.entity_id]
        active = home.entities[number].active == step.state
        return happened.of(number, active=active)

    found: list[Outcome] = []
    for pattern in patterns:
        stated = float(pattern["confidence"])
        if pattern["type"] == "time_of_day":
            kind = pattern["when"]["day_kind"]
            window = window_of(pattern)
            days = _days(home, clock, due, window, kind)
            person = str(pattern["entities"][0]["entity_id"]).startswith("person.")
            if person:
                days = _days(
                    home, clock, np.arange(clock.days) >= learned, window, kind
                )
            entered = of(pattern["entities"][0])
            kept = hits(entered, clock, window, window.widened)
            # The last habit-day may not be over when the recording ends.
            days[-1] = False
            found += [Outcome("time_of_day", stated, float(k)) for k in kept[days]]
        elif pattern["type"] == "co_occurrence":
            p90 = float(pattern["lag_s"]["p90"])
            limit = max(1.5 * p90, p90 + 60)
            shares = _followed(
                of(pattern["entities"][0]),
                of(pattern["entities"][-1]),
                limit,
                clock,
                due,
            )
            found += [Outcome("co_occurrence", stated, share) for share in shares]
    return found


def _followed(
    causes: Floats, effects: Floats, limit: float, clock: LocalClock, due: Bools
) -> Iterable[float]:
    """Return the share of first events that were followed, of each day with any."""
    day, _ = clock.local(causes)
    inside = (day >= 0) & (day < clock.days)
    causes, day = causes[inside], day[inside]
    ends = float(clock.utc(clock.days, 0.0))
    usable = due[day] & (causes + limit < ends)
    causes, day = causes[usable], day[usable]
    following = np.append(np.sort(effects), np.inf)[
        np.searchsorted(np.sort(effects), causes, side="right")
    ]
    success = following - causes <= limit
    return [float(success[day == one].mean()) for one in np.unique(day)]


def _days(
    home: Home, clock: LocalClock, due: Bools, window: Window, day_kind: str
) -> Bools:
    """Return the days that are due for a claim."""
    feast = np.array([clock.date(day) in home.holidays for day in range(clock.days)])
    free = (clock.weekdays >= 5) | feast
    days = due.copy()
    if day_kind == "workday":
        days &= ~free
    elif day_kind == "free":
        days &= free
    else:
        days &= np.isin(clock.weekdays, list(window.weekdays))
    return days


def _due(home: Home, clock: LocalClock) -> Bools:
    """Return the waking days on which somebody was home and the recorder ran."""
    begins = clock.utc(np.arange(clock.days), 240.0)
    ends = np.append(begins[1:], begins[-1] + DAY_SECONDS)
    present = _overlap(home.somebody, begins, ends)
    up = np.array([(run.start, run.end) for run in home.recorder_runs])
    lost = (ends - begins) - _overlap(up, begins, ends)
    lost[-1] -= 4 * 3600.0
    due: Bools = (present >= _HOME_HOURS * 3600) & (lost <= _LOST_HOURS * 3600)
    return due


def _overlap(spans: Floats, begins: Floats, ends: Floats) -> Floats:
    """Return how many seconds of each interval lie within disjoint spans."""
    low = np.maximum(spans[:, 0][None, :], begins[:, None])
    high = np.minimum(spans[:, 1][None, :], ends[:, None])
    total: Floats = np.maximum(high - low, 0.0).sum(axis=1)
    return total
