"""Checks what patterns stated against what happened on the days that followed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.evidence import Tally
from custom_components.pattern_intelligence.engine.window import WINDOW_DAYS

from .claims import Json, claim_of
from .home_days import HomeDays
from .occasions import Occasions
from .proofs import hits
from .scoring import WEEKDAYS, step_of, window_of
from .simulator import Home
from .simulator.clock import DAY_SECONDS, Bools, Floats, LocalClock
from .simulator.happenings import Happenings, bouting, happenings

#: Hours of a waking day in which somebody must be home for habits to be due.
_HOME_HOURS = 1.0
#: Hours without recorder that take a day out of the check.
_LOST_HOURS = 1.0


def outcomes(
    patterns: Sequence[Json], home: Home, learned: int, known: HomeDays | None = None
) -> dict[str, Occasions]:
    """Return, by type, what came of what was stated on the days after those learned.

    Times: each eligible day on which the window, widened on either side by
    max(10 min, half its width), was or was not met. Links: each first event, which
    was or was not followed within max(1.5 p90, p90 + 60 s). Both are told from what
    happened in the simulation; other types by their detector's own tally.

    Args:
        patterns: The contract's objects.
        home: A home with more days than were learned.
        learned: How many days were, from the first.
        known: All days of the home; other types are passed by without them.
    """
    found = {"time_of_day": Occasions(), "co_occurrence": Occasions()}
    lived = _Lived.of(home, learned)
    tallied = _tallies(home, learned, known) if known else None
    for pattern in patterns:
        kind = pattern["type"]
        if kind == "time_of_day":
            happened = lived.times(pattern)
        elif kind == "co_occurrence":
            happened = lived.links(pattern)
        elif tallied is not None and kind != "anomaly":
            happened = tallied(pattern)
        else:
            continue
        if happened.occasions:
            own = found.setdefault(kind, Occasions())
            stated = float(pattern["confidence"])
            own.add(stated, happened.occasions, happened.happened)
    return found


def _tallies(home: Home, learned: int, known: HomeDays) -> Callable[[Json], Tally]:
    """Return how a detector counts what came of a pattern on the days after."""
    detectors, first = registry(), home.first_day + timedelta(days=learned)
    last = home.first_day + timedelta(days=home.days - 1)
    window = known.window(last - timedelta(days=WINDOW_DAYS - 1), last)

    def tally(pattern: Json) -> Tally:
        claim = claim_of(pattern)
        detector = detectors[claim.type]
        return detector.tally(claim, window, known.home, day_number(first))

    return tally


@dataclass(frozen=True)
class _Lived:
    """What happened on the days after those learned.

    Attributes:
        home: the home.
        clock: its civil time.
        after: the days after those learned.
        due: those of them on which somebody was home and the recorder ran.
        happened: what happened.
    """

    home: Home
    clock: LocalClock
    after: Bools
    due: Bools
    happened: Happenings

    @classmethod
    def of(cls, home: Home, learned: int) -> _Lived:
        clock = home.clock
        after = np.arange(clock.days) >= learned
        # The last habit-day may not be over when the recording ends.
        after[-1] = False
        happened = happenings(bouting(home.entities), home.runs)
        return cls(home, clock, after, _due(home, clock) & after, happened)

    def _at(self, entity: Json) -> Floats:
        step = step_of(entity)
        ids = [one.entity_id for one in self.home.entities]
        number = ids.index(step.entity_id)
        active = self.home.entities[number].active == step.state
        return self.happened.of(number, active=active)

    def times(self, pattern: Json) -> Tally:
        """Return on how many days a stated time was kept."""
        window, entity = window_of(pattern), pattern["entities"][0]
        # Whether a person comes or goes does not hang on who is home.
        person = entity["entity_id"].startswith("person.")
        among = self.after if person else self.due
        days = _days(self.home, self.clock, among, pattern["when"])
        kept = hits(self._at(entity), self.clock, window, window.widened)[days]
        return Tally(len(kept), int(kept.sum()))

    def links(self, pattern: Json) -> Tally:
        """Return how often a cause was followed in time."""
        cause, effect = (self._at(entity) for entity in pattern["entities"])
        p90 = float(pattern["lag_s"]["p90"])
        limit = max(1.5 * p90, p90 + 60)
        kept = _followed(cause, effect, limit, self.clock, self.due)
        return Tally(len(kept), int(kept.sum()))


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
