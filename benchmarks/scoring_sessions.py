"""Scores sessions against the sittings that were planted."""

from collections.abc import Sequence

from .claims import Json
from .fresh import FreshDays
from .scoring import LEARNABLE_DAYS, Found, Score, plain, step_of, window_of
from .simulator import Home, PlantedHabit, Step
from .simulator.clock import DAY_MINUTES

#: Share of the planted members, and of those named, that have to be the same.
_COMMON = 0.5
#: How far (minutes) from the times stated a planted begin may be.
_SLACK = 15.0
_MOTION = "motion"


def score_sessions(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `session`.

    True is what was planted, and what other rules tie together: things of which each
    is tied to the rest by what follows what.

    Args:
        patterns: All that were reported; other types are passed over.
        home: The home they were learned in.
        learned: How many of its days, from the first, were learned.
        fresh: Not asked: half of a group starts in time whatever ties it together.
    """
    mine = [one for one in patterns if one["type"] == "session"]
    planted = [h for h in home.truth.habits if h.kind == "session"]
    score = Score(reported=len(mine))
    for pattern in mine:
        said = any(_says(pattern, habit, home) for habit in planted)
        score.planted += said
        if not (said or _tied(_devices(pattern, home), home)):
            score.false.append(pattern)
    for habit in planted:
        if sum(day < learned for day in habit.kept) < LEARNABLE_DAYS:
            score.few += 1
            continue
        found = tuple(one for one in mine if _says(one, habit, home))
        error = mask = None
        if found:
            error = min(abs(_late(one, habit)) for one in found)
            days = frozenset().union(*(window_of(one).weekdays for one in found))
            mask = days == set(habit.weekdays)
        score.wanted.append(Found(habit, found, error, mask))
    return score


def _devices(pattern: Json, home: Home) -> set[Step]:
    """Return the members that do not only see people."""
    seeing = {e.entity_id for e in home.entities if e.device_class == _MOTION}
    steps = (plain(home, step_of(one)) for one in pattern["entities"])
    return {step for step in steps if step.entity_id not in seeing}


def _says(pattern: Json, habit: PlantedHabit, home: Home) -> bool:
    """Tell whether a pattern says a planted sitting: its things, days and time."""
    told, members = _devices(pattern, home), set(habit.steps)
    window = window_of(pattern)
    if not window.weekdays & set(habit.weekdays):
        return False
    common = len(told & members)
    if common < _COMMON * max(len(told), len(members)):
        return False
    assert habit.minute is not None
    length = (window.latest - window.earliest) % DAY_MINUTES
    after = (habit.minute - window.earliest + _SLACK) % DAY_MINUTES
    return after <= length + 2 * _SLACK


def _late(pattern: Json, habit: PlantedHabit) -> float:
    """Return by how many minutes the time stated is after the one planted."""
    assert habit.minute is not None
    half = DAY_MINUTES / 2
    return (window_of(pattern).time - habit.minute + half) % DAY_MINUTES - half


def _tied(steps: set[Step], home: Home) -> bool:
    """Tell whether links lead from any of some steps to all others, either way."""
    reached = {min(steps)} if steps else set()
    while True:
        more = {
            step
            for step in steps - reached
            if any(
                (step, other) in home.truth.links or (other, step) in home.truth.links
                for other in reached
            )
        }
        if not more:
            return len(steps) > 1 and reached == steps
        reached |= more
