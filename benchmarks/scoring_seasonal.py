"""Scores trends and swings in homes of weeks, where all that moves is a drifting habit.

Homes over years, in which more does, are scored by `scoring_years.py`.
"""

from collections.abc import Sequence

from .claims import Json
from .fresh import FreshDays
from .scoring import Found, Score, plain, step_of
from .scoring_years import TREND_DAYS
from .simulator import Home, PlantedHabit

#: Three days of a week are asked for, or it has no usual time.
USUAL_SHARE = 3 / 7


def score_seasonal(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `seasonal`.

    Args:
        patterns: All that were reported; other types are passed over.
        home: The home they were learned in.
        learned: How many of its days, from the first, were learned.
        fresh: Not asked: no day tells of a trend.
    """
    mine = [one for one in patterns if one["type"] == "seasonal"]
    drifting = [habit for habit in home.truth.habits if habit.drift]
    score = Score(reported=len(mine))
    for pattern in mine:
        said = any(_says(pattern, habit, home) for habit in drifting)
        score.planted += said
        if not said:
            score.false.append(pattern)
    for habit in drifting:
        if not habit.clear or habit.stopped or habit.implied:
            continue
        kept = sum(day < learned for day in habit.kept)
        if learned < TREND_DAYS or kept < USUAL_SHARE * learned:
            score.few += 1
            continue
        found = tuple(one for one in mine if _says(one, habit, home))
        score.wanted.append(Found(habit, found))
    return score


def _says(pattern: Json, habit: PlantedHabit, home: Home) -> bool:
    """Tell whether a pattern is the drift of a habit, by any state of its entity."""
    step = plain(home, step_of(pattern["entities"][0]))
    context = pattern["context"]
    if step.entity_id != habit.steps[0].entity_id or context["kind"] != "trend":
        return False
    return bool(
        context["of"] == "time" and context["minutes_per_week"] * habit.drift > 0
    )
