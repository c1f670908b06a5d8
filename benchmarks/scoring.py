"""Scores patterns, as the contract's JSON gives them, against what was planted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .proofs import Prover, Window
from .simulator import Home, PlantedHabit, Step
from .simulator.clock import DAY_MINUTES
from .simulator.truth import Anchor

type Json = Mapping[str, Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ANCHORS: dict[str, Anchor] = {"each": "each", "first": "first", "last": "last"}
#: A timed habit that happened on fewer days leaves nothing to learn from.
LEARNABLE_DAYS = 6
#: A link is worth knowing when this share of causes is followed, on so many days.
_LINK_SHARE = 0.5
_LINK_DAYS = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A planted habit, and the patterns that say it.

    `error` is how far the nearest is off, in minutes for times and in seconds for
    lags; `mask` whether together they name exactly the planted weekdays.
    """

    habit: PlantedHabit
    patterns: tuple[Json, ...]
    error: float | None = None
    mask: bool | None = None


@dataclass(slots=True)
class Score:
    """How a detector did in one home.

    `reported` counts patterns; `false` are those that are not true in it; `wanted`
    are the planted habits that could be learned, found or not; `few` counts those
    that happened too rarely to be learned. `planted` counts patterns that say what
    was planted, the others are true since they follow from it.
    """

    reported: int = 0
    planted: int = 0
    false: list[Json] = field(default_factory=list)
    wanted: list[Found] = field(default_factory=list)
    few: int = 0


def step_of(entity: Json) -> Step:
    """Return what one of a pattern's entities enters."""
    return Step(str(entity["entity_id"]), str(entity["state"]))


def window_of(pattern: Json) -> Window:
    """Return the times a pattern claims.

    Raises:
        KeyError: A field of the contract is missing.
    """
    when = pattern["when"]
    days = frozenset(WEEKDAYS.index(day) for day in when["weekdays"])
    return Window(
        _ANCHORS[when["anchor"]],
        _minute(when["earliest"]),
        _minute(when["time"]),
        _minute(when["latest"]),
        days,
    )


def score_times(patterns: Sequence[Json], home: Home, learned: int) -> Score:
    """Score patterns of the type `time_of_day`.

    Args:
        patterns: All that were reported; other types are passed over.
        home: The home they were learned in.
        learned: How many of its days, from the first, were learned: usually those
            its truth is told as of.
    """
    mine = [one for one in patterns if one["type"] == "time_of_day"]
    mirrors = _mirrors(home)
    planted = [h for h in home.truth.habits if h.kind == "time_of_day"]
    score = Score(reported=len(mine))
    matches: dict[int, list[Json]] = {n: [] for n in range(len(planted))}
    prover = Prover(home)
    automated = {steps[0]: name for steps, name in home.truth.automated}
    for pattern in mine:
        step = step_of(pattern["entities"][0])
        plain = Step(mirrors.get(step.entity_id, step.entity_id), step.state)
        window = window_of(pattern)
        said = [
            n
            for n, habit in enumerate(planted)
            if habit.steps[0] == plain and _same_time(habit, window)
        ]
        for number in said:
            matches[number].append(pattern)
        silent = _silent_about(pattern, automated.get(plain))
        score.planted += bool(said)
        proven = bool(said) or prover.true(
            step.entity_id, step.state, window, automated=bool(pattern["automated_by"])
        )
        if silent or not proven:
            score.false.append(pattern)
    for number, habit in enumerate(planted):
        if habit.automation is not None or habit.stopped or habit.implied:
            continue
        if sum(day < learned for day in habit.kept) < LEARNABLE_DAYS:
            score.few += 1
            continue
        score.wanted.append(_found_time(habit, matches[number]))
    return score


def score_pairs(patterns: Sequence[Json], home: Home, learned: int) -> Score:
    """Score patterns of the type `co_occurrence`; arguments as for times."""
    mine = [one for one in patterns if one["type"] == "co_occurrence"]
    mirrors = _mirrors(home)
    automated = {steps[-1]: name for steps, name in home.truth.automated}
    score = Score(reported=len(mine))
    said: dict[tuple[Step, ...], list[Json]] = {}
    planted = {h.steps for h in home.truth.habits if h.kind == "co_occurrence"}
    for pattern in mine:
        steps = [step_of(one) for one in pattern["entities"]]
        if (steps[0], steps[-1]) not in home.truth.links or _silent_about(
            pattern, automated.get(steps[-1])
        ):
            score.false.append(pattern)
        plain = tuple(
            Step(mirrors.get(s.entity_id, s.entity_id), s.state) for s in steps
        )
        said.setdefault(plain, []).append(pattern)
        score.planted += plain in planted
    for habit in home.truth.habits:
        if habit.kind != "co_occurrence" or (habit.realized or 0.0) < _LINK_SHARE:
            continue
        days = {day for day in habit.kept if day < learned}
        if len(days) < _LINK_DAYS:
            score.few += 1
            continue
        found = tuple(said.get(habit.steps, ()))
        error = None
        if found and habit.lag is not None:
            lag = habit.lag
            error = min(abs(one["lag_s"]["median"] - lag) for one in found)
        score.wanted.append(Found(habit, found, error))
    return score


def false_kinds(score: Score) -> Counter[str]:
    """Count false patterns by what they are about, for a person to look at."""
    return Counter(
        " -> ".join(f"{e['entity_id']}={e['state']}" for e in one["entities"])
        for one in score.false
    )


def _mirrors(home: Home) -> dict[str, str]:
    """Return whom each mirroring entity repeats."""
    return {e.entity_id: e.mirrors for e in home.entities if e.mirrors}


def _silent_about(pattern: Json, automation: str | None) -> bool:
    """Tell whether a pattern keeps quiet that an automation does what it says."""
    if automation is None or automation in pattern["automated_by"]:
        return False
    return float(pattern["provenance"]["automation"]) > 0.5


def _same_time(habit: PlantedHabit, window: Window) -> bool:
    """Tell whether a claimed time is that of a planted habit."""
    assert habit.minute is not None
    assert habit.sd is not None
    if window.anchor not in {"each", habit.anchor} and habit.anchor != "each":
        return False
    if not window.weekdays or 2 * len(window.weekdays & set(habit.weekdays)) < len(
        window.weekdays
    ):
        return False
    return abs(_apart(window.time, habit.minute)) <= max(15.0, habit.sd)


def _found_time(habit: PlantedHabit, patterns: list[Json]) -> Found:
    """Return how well patterns say a timed habit."""
    if not patterns:
        return Found(habit, ())
    assert habit.minute is not None
    windows = [window_of(one) for one in patterns]
    error = min(abs(_apart(one.time, habit.minute)) for one in windows)
    named = frozenset().union(*(one.weekdays for one in windows))
    return Found(habit, tuple(patterns), error, named == set(habit.weekdays))


def _apart(one: float, other: float) -> float:
    """Return the signed minutes between two times of day."""
    half = DAY_MINUTES / 2
    return (one - other + half) % DAY_MINUTES - half


def _minute(text: str) -> float:
    """Return the minute of a time such as 06:45."""
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60.0 + int(minutes)
