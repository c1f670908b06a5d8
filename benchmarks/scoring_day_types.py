"""Scores habits of workdays and free days against what was planted."""

from collections.abc import Sequence

from .claims import Json, claim_of
from .fresh import FreshDays
from .scoring import (
    LEARNABLE_DAYS,
    Found,
    Score,
    automations,
    plain,
    silent_about,
    step_of,
)
from .simulator import Home, PlantedHabit

#: The weekdays of each kind, where no day is a holiday.
_WEEKDAYS = {"workday": (0, 1, 2, 3, 4), "free": (5, 6)}


def score_day_types(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `day_type`.

    Wanted are the clear times of day that keep to one kind of days; found they are by
    whatever state of the entity tells its days. What keeps to neither is a hard
    negative: a weekend without any difference.

    Args:
        patterns: All that were reported; other types are passed over.
        home: The home they were learned in.
        learned: How many of its days, from the first, were learned.
        fresh: Where claims are proven that were not planted as such.
    """
    mine = [one for one in patterns if one["type"] == "day_type"]
    planted = [h for h in home.truth.habits if h.kind == "time_of_day"]
    automated = automations(home)
    score = Score(reported=len(mine))
    for pattern in mine:
        step = plain(home, step_of(pattern["entities"][0]))
        said = any(_says(pattern, habit, home) for habit in planted)
        score.planted += said
        silent = silent_about(pattern, automated.get(step))
        if silent or not (said or fresh.true(claim_of(pattern))):
            score.false.append(pattern)
    for habit in planted:
        if habit.weekdays not in _WEEKDAYS.values() or not habit.clear:
            continue
        if habit.stopped or habit.implied or habit.automation is not None:
            continue
        if sum(day < learned for day in habit.kept) < LEARNABLE_DAYS:
            score.few += 1
            continue
        found = tuple(one for one in mine if _says(one, habit, home))
        score.wanted.append(Found(habit, found))
    return score


def _says(pattern: Json, habit: PlantedHabit, home: Home) -> bool:
    """Tell whether a pattern names the days of a planted habit."""
    told = (*pattern["entities"], *pattern.get("companions", ()))
    entities = {plain(home, step_of(one)).entity_id for one in told}
    own = habit.steps[0].entity_id in entities
    return own and _WEEKDAYS[pattern["context"]["day_type"]] == habit.weekdays
