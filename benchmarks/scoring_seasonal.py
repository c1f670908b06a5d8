"""Scores trends and swings in homes of weeks, where all that moves is a drifting habit.

Homes over years, in which more does, are scored by `scoring_years.py`.
"""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from custom_components.pattern_intelligence.engine.civil import CivilTime, day_number
from custom_components.pattern_intelligence.engine.sun import Position

from .apart import told_from_sun
from .claims import Json
from .fresh import FreshDays
from .long_look import stands
from .scoring import Found, Score, plain, step_of
from .scoring_years import TREND_DAYS, TREND_SPAN
from .simulator import Home, PlantedHabit
from .simulator.years import WEEK

#: Three days of a week are asked for, or it has no usual time.
USUAL_SHARE = 3 / 7
#: By how much more the median of some days errs than their mean.
_MEDIAN = 1.25


def score_seasonal(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `seasonal`.

    Wanted is what drifts plainly, and can be told from the sun's course.

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
        usual = kept >= USUAL_SHARE * learned
        if learned < TREND_DAYS or not usual or not _told_apart(habit, home, learned):
            score.few += 1
            continue
        found = tuple(one for one in mine if _says(one, habit, home))
        score.wanted.append(Found(habit, found))
    return score


def _told_apart(habit: PlantedHabit, home: Home, learned: int) -> bool:
    """Tell whether what is planted is far enough from all that the sun might do."""
    assert habit.sd is not None
    last = home.first_day + timedelta(days=learned - 1)
    span = (stands(home.first_day, last) - home.first_day).days + 1
    days = np.arange(max(span - TREND_SPAN, 0) + WEEK / 2, span, WEEK, np.float64)
    # The usual error of the median of so many days a week.
    chance = _MEDIAN * habit.sd / np.sqrt(WEEK * habit.adherence)
    return told_from_sun(
        habit.drift * days / WEEK / chance,
        day_number(home.first_day) + days,
        CivilTime(home.clock.zone),
        Position(*home.position),
        of_time=True,
    )


def _says(pattern: Json, habit: PlantedHabit, home: Home) -> bool:
    """Tell whether a pattern is the drift of a habit, by any state of its entity."""
    step = plain(home, step_of(pattern["entities"][0]))
    context = pattern["context"]
    if step.entity_id != habit.steps[0].entity_id or context["kind"] != "trend":
        return False
    return bool(
        context["of"] == "time" and context["minutes_per_week"] * habit.drift > 0
    )
