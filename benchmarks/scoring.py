"""Scores patterns, as the contract's JSON gives them, against what was planted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from .claims import Json, all_told, claim_of
from .fresh import FreshDays
from .lately import follows_the_sun, kept_lately
from .proofs import Prover, Window
from .simulator import Home, PlantedHabit, Step
from .simulator.clock import DAY_MINUTES
from .simulator.truth import Anchor

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ANCHORS: dict[str, Anchor] = {"each": "each", "first": "first", "last": "last"}
#: A timed habit that happened on fewer days leaves nothing to learn from.
LEARNABLE_DAYS = 6
#: A link is worth knowing when this share of causes is followed, on so many days.
LINK_SHARE = 0.5
LINK_DAYS = 10
#: What goes along with a first or last may keep a time of its own, so far from it.
_ALONG_MINUTES = 90.0


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
    told = [one for one in all_told(patterns) if one["type"] == "time_of_day"]
    planted = [h for h in home.truth.habits if h.kind == "time_of_day"]
    score = Score(reported=len(mine))
    prover = Prover(home)
    automated = automations(home)

    def says(pattern: Json, habit: PlantedHabit) -> bool:
        own = plain(home, step_of(pattern["entities"][0])) == habit.steps[0]
        return own and _same_time(habit, window_of(pattern), pattern.get("along"))

    for pattern in mine:
        step = step_of(pattern["entities"][0])
        said = any(says(pattern, habit) for habit in planted)
        silent = silent_about(pattern, automated.get(plain(home, step)))
        score.planted += said
        by_sun = follows_the_sun(home, plain(home, step))
        lately = by_sun and kept_lately(home, step, window_of(pattern), learned)
        proven = (
            said
            or lately
            or prover.true(
                step.entity_id,
                step.state,
                window_of(pattern),
                automated=bool(pattern["automated_by"]),
            )
        )
        if silent or not proven:
            score.false.append(pattern)
    for habit in planted:
        if habit.automation is not None or habit.stopped or habit.implied:
            continue
        if sum(day < learned for day in habit.kept) < LEARNABLE_DAYS:
            score.few += 1
            continue
        found = [one for one in told if says(one, habit)]
        score.wanted.append(_found_time(habit, found))
    return score


def score_pairs(
    patterns: Sequence[Json], home: Home, learned: int, fresh: FreshDays | None = None
) -> Score:
    """Score patterns of the type `co_occurrence`.

    A planted pair is found, too, where a sequence says it.

    Args:
        patterns: As for times.
        home: As for times.
        learned: As for times.
        fresh: Where what is not entailed by what was planted may be proven.
    """
    mine = [one for one in patterns if one["type"] == "co_occurrence"]
    fresh = fresh or FreshDays(home)
    automated = automations(home)
    score = Score(reported=len(mine))
    planted = {h.steps for h in home.truth.habits if h.kind == "co_occurrence"}
    for pattern in mine:
        cause, effect = (step_of(one) for one in pattern["entities"])
        true = (cause, effect) in home.truth.links or fresh.true(claim_of(pattern))
        if not true or silent_about(pattern, automated.get(effect)):
            score.false.append(pattern)
        score.planted += (plain(home, cause), plain(home, effect)) in planted
    said: dict[tuple[Step, ...], list[Json]] = {}
    for pattern in all_told(patterns):
        for pair in _pairs_in(pattern, home):
            said.setdefault(pair, []).append(pattern)
    for habit in home.truth.habits:
        if habit.kind != "co_occurrence" or (habit.realized or 0.0) < LINK_SHARE:
            continue
        if habit.stopped or habit.automation is not None:
            continue
        days = {day for day in habit.kept if day < learned}
        if len(days) < LINK_DAYS:
            score.few += 1
            continue
        found = tuple(said.get(habit.steps, ()))
        own = [
            one for one in found if one["type"] == "co_occurrence" and "lag_s" in one
        ]
        error = None
        if own and habit.lag is not None:
            lag = habit.lag
            error = min(abs(one["lag_s"]["median"] - lag) for one in own)
        score.wanted.append(Found(habit, found, error))
    return score


def _pairs_in(pattern: Json, home: Home) -> Iterator[tuple[Step, Step]]:
    """Yield the pairs that a pattern says: its own, or those of a sequence."""
    if pattern["type"] not in {"co_occurrence", "sequence"}:
        return
    steps = [plain(home, step_of(one)) for one in pattern["entities"]]
    along = [plain(home, step_of(one)) for one in pattern.get("companions", ())]
    yield from combinations(steps, 2)
    for other in along:
        yield from ((step, other) for step in steps)
        yield from ((other, step) for step in steps)


def false_kinds(score: Score) -> Counter[str]:
    """Count false patterns by what they are about, for a person to look at."""
    return Counter(_about(one) for one in score.false)


def _about(pattern: Json) -> str:
    """Return what a pattern is about, in a line."""
    steps = (f"{e['entity_id']}={e['state']}" for e in pattern["entities"])
    when, lasts = pattern["when"], pattern["duration_s"]
    told = [
        " -> ".join(steps) or " -> ".join(pattern["area_ids"]),
        f"{when['earliest']}-{when['latest']}" if when else "",
        f"{lasts['p10']:.0f}-{lasts['p90']:.0f} s" if lasts else "",
        f"{pattern['confidence']:.2f}",
    ]
    return " ".join(text for text in told if text)


def plain(home: Home, step: Step) -> Step:
    """Return the step of what an entity mirrors, if it mirrors any."""
    mirrors = {e.entity_id: e.mirrors for e in home.entities if e.mirrors}
    return Step(mirrors.get(step.entity_id, step.entity_id), step.state)


def automations(home: Home) -> dict[Step, str]:
    """Return which automation brings about what."""
    return {steps[-1]: name for steps, name in home.truth.automated}


def silent_about(pattern: Json, automation: str | None) -> bool:
    """Tell whether a pattern keeps quiet that an automation does what it says."""
    if automation is None or automation in pattern["automated_by"]:
        return False
    return float(pattern["provenance"]["automation"]) > 0.5


def _same_time(habit: PlantedHabit, window: Window, along: object = None) -> bool:
    """Tell whether a claimed time, or what goes along with it, is a planted habit."""
    assert habit.minute is not None
    assert habit.sd is not None
    if window.anchor not in {"each", habit.anchor} and habit.anchor != "each":
        return False
    if not window.weekdays or 2 * len(window.weekdays & set(habit.weekdays)) < len(
        window.weekdays
    ):
        return False
    return abs(_apart(window.time, habit.minute)) <= (
        _ALONG_MINUTES if along else max(15.0, habit.sd)
    )


def _found_time(habit: PlantedHabit, patterns: list[Json]) -> Found:
    """Return how well patterns say a timed habit."""
    if not patterns:
        return Found(habit, ())
    assert habit.minute is not None
    windows = [window_of(one) for one in patterns if not one.get("along")]
    if not windows:
        return Found(habit, tuple(patterns))
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
