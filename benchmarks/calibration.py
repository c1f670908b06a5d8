"""Checks what patterns stated against what happened on the days that followed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .occasions import Occasions
from .proofs import hits
from .scoring import WEEKDAYS, step_of, window_of
from .simulator import Home
from .simulator.clock import DAY_SECONDS, Bools, Floats, LocalClock
from .simulator.happenings import bouting, happenings

type Json = Mapping[str, Any]

#: Hours of a waking day in which somebody must be home for habits to be due.
_HOME_HOURS = 1.0
#: Hours without recorder that take a day out of the check.
_LOST_HOURS = 1.0


def outcomes(
    patterns: Sequence[Json], home: Home, learned: int
) -> dict[str, Occasions]:
    """Return, by type, what came of what was stated on the days after those learned.

    Times: each eligible day on which the window, widened on either side by
    max(10 min, half its width), was or was not met. Links: each first event, which
    was or was not followed within max(1.5 p90, p90 + 60 s).

    Args:
        patterns: The contract's objects; types other than those two are passed by.
        home: A home with more days than were learned.
        learned: How many days were, from the first.
    """
    happened = happenings(bouting(home.entities), home.runs)
    clock = home.clock
    index = {e.entity_id: n for n, e in enumerate(home.entities)}
    after = np.arange(clock.days) >= learned
    # The last habit-day may not be over when the recording ends.
    after[-1] = False
    due = _due(home, clock) & after

    def of(entity: Json) -> Floats:
        step = step_of(entity)
        number = index[step.entity_id]
        active = home.entities[number].active == step.state
        return happened.of(number, active=active)

    found = {"time_of_day": Occasions(), "co_occurrence": Occasions()}
    for pattern in patterns:
        stated = float(pattern["confidence"])
        first, last = pattern["entities"][0], pattern["entities"][-1]
        if pattern["type"] == "time_of_day":
            window = window_of(pattern)
            # Whether a person comes or goes does not hang on who is home.
            person = first["entity_id"].startswith("person.")
            days = _days(home, clock, after if person else due, pattern["when"])
            kept = hits(of(first), clock, window, window.widened)[days]
        elif pattern["type"] == "co_occurrence":
            p90 = float(pattern["lag_s"]["p90"])
            limit = max(1.5 * p90, p90 + 60)
            kept = _followed(of(first), of(last), limit, clock, due)
        else:
            continue
        if len(kept):
            found[pattern["type"]].add(stated, len(kept), int(kept.sum()))
    return found


def _followed(
    causes: Floats, effects: Floats, limit: float, clock: LocalClock, due: Bools
) -> Bools:
    """Tell which first events of days that are due were followed in time."""
    day, _ = clock.local(causes)
    inside = (day >= 0) & (day < clock.days)
    causes = causes[inside][due[day[inside]]]
    effects = np.sort(effects)
    following = np.append(effects, np.inf)
    followed: Bools = (
        following[np.searchsorted(effects, causes, side="right")] - causes <= limit
    )
    return followed


def _days(home: Home, clock: LocalClock, days: Bools, when: Json) -> Bools:
    """Return which of some days a claim is about."""
    feast = np.array([clock.date(day) in home.holidays for day in range(clock.days)])
    free = (clock.weekdays >= 5) | feast
    numbers = [WEEKDAYS.index(day) for day in when["weekdays"]]
    meant: Bools = np.isin(clock.weekdays, numbers)
    if when["day_kind"] != "any":
        meant = free if when["day_kind"] == "free" else ~free
    return meant & days


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
