"""Scores habits that follow the sun, a number or a state against what was planted."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from .claims import Json, claim_of
from .fresh import FreshDays
from .long_look import stands
from .scoring import Found, Score, automations, plain, silent_about, step_of
from .simulator import Home, PlantedHabit
from .simulator.conditions import sun_minutes
from .simulator.truth import CLEAR_ADHERENCE, Condition

#: Days that the detector looks at, besides sums of months: two blocks of four weeks.
LOOKED_BACK, BLOCK = 56, 28
#: Share of the days on which a habit by the sun has to be kept to be told at all.
LISTED = 0.5
#: What happened on fewer of them leaves nothing to learn from.
LEARNABLE_DAYS = 10
#: Log likelihood below which nobody can tell the sun from the clock.
TOLD_APART = 12.0
#: Share of the days of a block on which a condition has to hold, and to fail, to be
#: told from the season.
BOTH_WAYS = 0.2
#: Minutes and degrees by which what is stated may err.
_OFFSET, _LIMIT = 15.0, 3.0
_SUN = ("sunrise", "sunset")


def score_contextual(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `contextual`.

    Wanted is what was clearly done before the detector last looked, and can be told
    from the clock or the season. What was planted without a condition is a hard
    negative.

    Args:
        patterns: All that were reported; other types are passed over.
        home: The home they were learned in.
        learned: How many of its days, from the first, were learned.
        fresh: Where claims about states are proven that were not planted as such.
    """
    mine = [one for one in patterns if one["type"] == "contextual"]
    planted = [h for h in home.truth.habits if h.kind == "contextual"]
    automated = automations(home)
    last = home.first_day + timedelta(days=learned - 1)
    looked = (stands(home.first_day, last) - home.first_day).days + 1
    score = Score(reported=len(mine))
    for pattern in mine:
        step = plain(home, step_of(pattern["entities"][0]))
        said = any(_says(pattern, habit, home) for habit in planted)
        score.planted += said
        silent = silent_about(pattern, automated.get(step))
        proven = said or (
            pattern["context"]["kind"] == "state" and fresh.true(claim_of(pattern))
        )
        if silent or not proven:
            score.false.append(pattern)
    for habit in planted:
        assert habit.condition is not None
        if habit.condition.kind == "none" or habit.automation is not None:
            continue
        if not _is_plain(habit, habit.condition, home, looked):
            score.few += 1
            continue
        found = tuple(one for one in mine if _says(one, habit, home))
        score.wanted.append(Found(habit, found, _error(habit.condition, found)))
    return score


def _says(pattern: Json, habit: PlantedHabit, home: Home) -> bool:
    """Tell whether a pattern names a planted habit, by any state of its entity."""
    condition, context = habit.condition, pattern["context"]
    assert condition is not None
    step = plain(home, step_of(pattern["entities"][0]))
    if step.entity_id != habit.steps[0].entity_id or habit.automation is not None:
        return False
    if condition.kind in _SUN:
        return (
            step == habit.steps[0]
            and context.get("anchor") == condition.kind
            and abs(context["offset_min"] - condition.offset) <= _OFFSET
        )
    if condition.kind == "state":
        return bool(context.get("entity_id") == condition.entity_id)
    limit = context.get(condition.kind)
    return (
        limit is not None
        and context["entity_id"] == condition.entity_id
        and abs(limit - condition.limit) <= _LIMIT
    )


def _error(condition: Condition, found: Sequence[Json]) -> float | None:
    """Return by how many minutes the sun's offset is wrong."""
    if condition.kind not in _SUN or not found:
        return None
    told = [float(one["context"]["offset_min"]) for one in found]
    return min(abs(offset - condition.offset) for offset in told)


def _is_plain(
    habit: PlantedHabit, condition: Condition, home: Home, learned: int
) -> bool:
    """Tell whether a habit was clearly kept of late, and what it depends on is plain."""
    recent = range(max(learned - LOOKED_BACK, 0), learned)
    eligible = [day for day in habit.eligible if day in recent]
    kept = [day for day in habit.kept if day in recent]
    if len(kept) < max(LEARNABLE_DAYS, CLEAR_ADHERENCE * len(eligible)):
        return False
    if condition.kind in _SUN:
        assert habit.sd is not None
        if len(kept) < LISTED * len(recent):
            # Nobody was home when the sun set.
            return False
        days = np.array([day for day in habit.kept if day < learned])
        minutes = sun_minutes(home.clock, condition.kind)[days]
        told = float(((minutes - minutes.mean()) ** 2).sum()) / (2 * habit.sd**2)
        return told >= TOLD_APART
    for end in range(learned, recent.start, -BLOCK):
        block = range(max(end - BLOCK, 0), end)
        share = sum(day in block for day in eligible) / len(block)
        if not BOTH_WAYS <= share <= 1 - BOTH_WAYS:
            return False
    return True
