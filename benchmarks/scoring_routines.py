"""Scores sequences, durations and rooms against what was planted."""

from collections.abc import Sequence

from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.pattern import PatternType, Spread

from .claims import Json, all_told, claim_of
from .fresh import FreshDays
from .scoring import (
    LEARNABLE_DAYS,
    LINK_DAYS,
    LINK_SHARE,
    Found,
    Score,
    automations,
    plain,
    silent_about,
    step_of,
    window_of,
)
from .simulator import Home, PlantedHabit, Step
from .simulator.clock import DAY_MINUTES

#: A sequence has fewer steps never.
_FEWEST_STEPS = 3
#: A duration is learned from runs on so many days, and of a mode that is as common.
_DURATION_DAYS, _DURATION_SHARE = 8, 0.3
#: How far a stated duration may be off, as a share.
_DURATION_ERROR = 0.15
#: Share of the shorter of two spans that both have in common.
_OVERLAP = 0.5
#: After so many days a routine that was given up is true no more.
_LONG_AGO = 60


def score_sequences(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `sequence`.

    A planted one is found when all of its steps but one, and three at least, are
    named in their order, or as what goes along.

    Args:
        patterns: All that were reported; other types are passed over.
        home: The home they were learned in.
        learned: How many of its days, from the first, were learned.
        fresh: Where claims are proven.
    """
    mine = [one for one in patterns if one["type"] == "sequence"]
    planted = [h for h in home.truth.habits if h.kind == "sequence"]
    automated = automations(home)
    score = Score(reported=len(mine))
    for pattern in mine:
        steps = [plain(home, step_of(one)) for one in pattern["entities"]]
        said = any(
            _is_part(steps, habit.steps) and not _long_ago(habit, home)
            for habit in planted
        )
        score.planted += said
        doers = {automated.get(step) for step in steps}
        silent = len(doers) == 1 and silent_about(pattern, doers.pop())
        if silent or not (said or fresh.true(claim_of(pattern))):
            score.false.append(pattern)
    for habit in planted:
        if habit.stopped or habit.automation is not None:
            continue
        days = {day for day in habit.kept if day < learned}
        # What more often than not does not follow is stated nowhere, however steady.
        if len(days) < LINK_DAYS or habit.followed(learned) < LINK_SHARE:
            score.few += 1
            continue
        found = tuple(one for one in mine if _says(one, habit, home))
        score.wanted.append(Found(habit, found, _lag_error(found, habit)))
    return score


def _is_part(steps: Sequence[Step], whole: Sequence[Step]) -> bool:
    """Tell whether steps are some of others, in their order."""
    rest = iter(whole)
    return all(step in rest for step in steps)


def _long_ago(habit: PlantedHabit, home: Home) -> bool:
    told = home.clock.date(home.told - 1)
    return habit.stopped and (told - habit.last_day).days >= _LONG_AGO


def _says(pattern: Json, habit: PlantedHabit, home: Home) -> bool:
    """Tell whether a pattern names a routine's steps in their order."""
    steps = [plain(home, step_of(one)) for one in pattern["entities"]]
    named = [step for step in steps if step in habit.steps]
    along = {plain(home, step_of(one)) for one in pattern.get("companions", ())}
    count = len(named) + len(along & (set(habit.steps) - set(named)))
    needed = max(_FEWEST_STEPS, len(habit.steps) - 1)
    return _is_part(named, habit.steps) and count >= needed


def _lag_error(patterns: Sequence[Json], habit: PlantedHabit) -> float | None:
    """Return by how many seconds the nearest lag is off, of the whole routine."""
    assert habit.lag is not None
    ends = [habit.steps[0].entity_id, habit.steps[-1].entity_id]
    errors = [
        abs(one["lag_s"]["median"] - habit.lag)
        for one in patterns
        if [one["entities"][n]["entity_id"] for n in (0, -1)] == ends
    ]
    return min(errors, default=None)


def score_durations(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `duration`; arguments as for sequences.

    What a movement sensor holds is nobody's habit, whatever fresh days say. Errors
    are in percent.
    """
    mine = [one for one in patterns if one["type"] == "duration"]
    planted = [h for h in home.truth.habits if h.kind == "duration"]
    holds = {e.entity_id for e in home.entities if e.device_class == "motion"}
    automated = automations(home)
    score = Score(reported=len(mine))
    for pattern in mine:
        step = plain(home, step_of(pattern["entities"][0]))
        score.planted += any(
            _duration_error(pattern, habit, home) is not None for habit in planted
        )
        silent = silent_about(pattern, automated.get(step))
        if silent or step.entity_id in holds or not fresh.true(claim_of(pattern)):
            score.false.append(pattern)
    for habit in planted:
        days = {day for day in habit.kept if day < learned}
        common = (habit.realized or 0.0) >= _DURATION_SHARE
        if len(days) < _DURATION_DAYS or not common:
            score.few += 1
            continue
        told = {
            n: error
            for n, one in enumerate(mine)
            if (error := _duration_error(one, habit, home)) is not None
        }
        found = tuple(mine[n] for n in told)
        score.wanted.append(Found(habit, found, min(told.values(), default=None)))
    return score


def _duration_error(pattern: Json, habit: PlantedHabit, home: Home) -> float | None:
    """Return by how many percent a stated duration is off; None if it is another's."""
    assert habit.duration is not None
    if plain(home, step_of(pattern["entities"][0])) != habit.steps[0]:
        return None
    error = abs(pattern["duration_s"]["median"] / habit.duration - 1)
    return 100 * error if error <= _DURATION_ERROR else None


def score_rooms(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays
) -> Score:
    """Score patterns of the type `room_based`; arguments as for sequences.

    A planted move is expected to be found where fresh days show that its claim is
    true, and sure enough to be listed: in a busy home somebody else may be seen first.
    """
    mine = [one for one in patterns if one["type"] == "room_based"]
    score = Score(reported=len(mine))
    told = [one for one in all_told(patterns) if one["type"] == "room_based"]
    planted = [h for h in home.truth.habits if h.kind == "room_based"]
    for pattern in mine:
        score.planted += any(_same_rooms(pattern, habit) for habit in planted)
        if not fresh.true(claim_of(pattern)):
            score.false.append(pattern)
    for habit in planted:
        moves = len(habit.area_ids) > 1
        days = sum(day < learned for day in habit.kept)
        known = days >= LEARNABLE_DAYS if not moves else fresh.listed(move_claim(habit))
        if not known:
            score.few += 1
            continue
        found = tuple(one for one in told if _same_rooms(one, habit))
        error = None
        if found and habit.minute is not None:
            error = min(
                abs(_signed(window_of(one).earliest - habit.minute)) for one in found
            )
        score.wanted.append(Found(habit, found, error))
    return score


def move_claim(habit: PlantedHabit) -> Claim:
    """Return what would be claimed of a planted move."""
    assert habit.lag is not None
    lag = Spread(habit.lag, 0.5 * habit.lag, 2 * habit.lag)
    kind = PatternType.ROOM_BASED
    return Claim(kind, (), habit.area_ids, None, lag, None, None, 0.5, 0.5)


def _same_rooms(pattern: Json, habit: PlantedHabit) -> bool:
    """Tell whether a pattern is about a planted move, or a room at its hours."""
    if tuple(pattern["area_ids"]) != habit.area_ids:
        return False
    if len(habit.area_ids) > 1:
        return True
    if pattern["when"] is None:
        return False
    assert habit.minute is not None
    assert habit.until is not None
    window = window_of(pattern)
    if not window.weekdays & set(habit.weekdays):
        return False
    length = (window.latest - window.earliest) % DAY_MINUTES
    late = _signed(window.earliest - habit.minute)
    own = habit.until - habit.minute
    common = min(late + length, own) - max(late, 0.0)
    return common >= _OVERLAP * min(length, own)


def _signed(minutes: float) -> float:
    """Return the shorter way round the clock, below 0 where it goes back."""
    return (minutes + DAY_MINUTES / 2) % DAY_MINUTES - DAY_MINUTES / 2
