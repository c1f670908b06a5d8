"""Scores are what a person would count."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from benchmarks.calibration import outcomes
from benchmarks.proofs import Prover, Window, hits
from benchmarks.scoring import score_pairs, score_times, window_of
from benchmarks.simulator import Home, PlantedHabit, simulate
from benchmarks.simulator.clock import LocalClock

EVERY_DAY = frozenset(range(7))
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = LocalClock.of("UTC", date(2025, 1, 6), 3)


@pytest.fixture(scope="module")
def lived() -> Home:
    """Return a home that goes on after what is learned of it."""
    return simulate(21, 42, after=14, rows_per_day=0)


def _clock(minute: float) -> str:
    return f"{int(minute) // 60 % 24:02d}:{int(minute) % 60:02d}"


def _time_pattern(habit: PlantedHabit, **changes: Any) -> dict[str, Any]:
    """Return what a detector that knows the truth would say."""
    assert habit.minute is not None
    assert habit.sd is not None
    step = habit.steps[0]
    return {
        "type": "time_of_day",
        "entities": [{"entity_id": step.entity_id, "state": step.state}],
        "when": {
            "time": _clock(habit.minute),
            "earliest": _clock(habit.minute - 1.3 * habit.sd),
            "latest": _clock(habit.minute + 1.3 * habit.sd),
            "anchor": habit.anchor,
            "weekdays": [NAMES[day] for day in habit.weekdays],
            "day_kind": "any",
        },
        "confidence": habit.adherence,
        "provenance": {"user": 0.0, "physical": 1.0, "automation": 0.0},
        "automated_by": [],
    } | changes


def _pair_pattern(habit: PlantedHabit) -> dict[str, Any]:
    return {
        "type": "co_occurrence",
        "entities": [
            {"entity_id": step.entity_id, "state": step.state} for step in habit.steps
        ],
        "area_ids": [],
        "when": None,
        "duration_s": None,
        "context": None,
        "lag_s": {"median": habit.lag, "p10": 0.0, "p90": 3 * (habit.lag or 0)},
        "confidence": habit.adherence,
        "provenance": {"user": 0.0, "physical": 1.0, "automation": 0.0},
        "automated_by": [],
    }


def _timed(home: Home) -> list[PlantedHabit]:
    return [
        habit
        for habit in home.truth.habits
        if habit.kind == "time_of_day"
        and not (habit.automation or habit.stopped or habit.implied)
    ]


@pytest.mark.parametrize(
    ("day", "minute", "expected"),
    [
        (1, 420.0, {1}),
        (1, 409.9, set()),
        (1, 430.1, set()),
        (1, 410.0, {1}),
        (3, 420.0, set()),
    ],
)
def test_each_happening(day: int, minute: float, expected: set[int]) -> None:
    """A happening within the window keeps the claim of its day."""
    window = Window("each", 410, 420, 430, EVERY_DAY)
    at = CLOCK.utc(np.array([day]), np.array([minute]))
    assert set(np.flatnonzero(hits(at, CLOCK, window, 0)).tolist()) == expected


def test_midnight_is_no_edge() -> None:
    """00:10 belongs to the day before for a habit of 23:55, and is within its window."""
    window = Window("each", 1425, 1435, 15, EVERY_DAY)
    assert (window.before(), window.after(), window.widened) == (10, 20, 15)
    at = CLOCK.utc(np.array([2]), np.array([10.0]))
    assert np.flatnonzero(hits(at, CLOCK, window, 0)).tolist() == [1]


@pytest.mark.parametrize(("anchor", "expected"), [("first", [0, 1]), ("last", [2])])
def test_only_the_edge_counts(anchor: str, expected: list[int]) -> None:
    """A first is the first from 04:00 on; what comes later is no matter."""
    window = Window(anchor, 410, 420, 430, EVERY_DAY)  # type: ignore[arg-type]
    day = np.array([0, 0, 1, 1, 2, 2])
    minute = np.array([420.0, 600.0, 425.0, 1450.0, 400.0, 428.0])
    at = CLOCK.utc(day, minute)
    assert np.flatnonzero(hits(at, CLOCK, window, 0)).tolist() == expected


def test_what_is_true_is_found(lived: Home) -> None:
    """A detector that says what was planted, and nothing else, scores full marks."""
    patterns = [_time_pattern(habit) for habit in _timed(lived)]
    score = score_times(patterns, lived, 42)
    assert (score.reported, score.false) == (len(patterns), [])
    assert all(found.patterns for found in score.wanted)
    assert all(found.mask for found in score.wanted)
    assert max(found.error or 0.0 for found in score.wanted) < 1.0
    assert len(score.wanted) + score.few == len(patterns)


def test_silence_finds_nothing(lived: Home) -> None:
    """No pattern, no recall, and nothing false."""
    score = score_times([], lived, 42)
    assert score.reported == 0
    assert score.wanted
    assert not any(found.patterns for found in score.wanted)


def test_another_time_is_false(lived: Home) -> None:
    """A narrow claim three hours beside a clock habit is not true."""
    habit = next(one for one in _timed(lived) if one.name == "clock 1")
    assert habit.minute is not None
    assert habit.sd is not None
    moved = replace(habit, minute=(habit.minute + 180) % 1440, sd=3.0)
    score = score_times([_time_pattern(moved)], lived, 42)
    assert len(score.false) == 1


def test_wrong_weekdays_are_told(lived: Home) -> None:
    """A habit found on other weekdays than planted is found, its mask is wrong."""
    habit = next(one for one in _timed(lived) if len(one.weekdays) == 7)
    pattern = _time_pattern(replace(habit, weekdays=(0, 1, 2, 3, 4)))
    score = score_times([pattern], lived, 42)
    found = next(one for one in score.wanted if one.habit.name == habit.name)
    assert found.patterns
    assert found.mask is False


def test_automations_must_be_named(lived: Home) -> None:
    """What an automation does is false, unless the pattern says so."""
    habit = next(one for one in lived.truth.habits if one.automation)
    automation = {"user": 0.0, "physical": 0.0, "automation": 1.0}
    silent = _time_pattern(habit, provenance=automation)
    honest = _time_pattern(
        habit, provenance=automation, automated_by=[habit.automation]
    )
    assert score_times([silent], lived, 42).false == [silent]
    assert score_times([honest], lived, 42).false == []


def test_pairs(lived: Home) -> None:
    """Planted pairs are true, and false the other way round."""
    links = [h for h in lived.truth.habits if h.name.startswith("link")]
    right = score_pairs([_pair_pattern(one) for one in links], lived, 42)
    assert right.false == []
    assert {f.habit.name for f in right.wanted if f.patterns} <= {h.name for h in links}
    assert all(f.error == 0.0 for f in right.wanted if f.patterns)
    turned = [replace(one, steps=one.steps[::-1]) for one in links]
    wrong = score_pairs([_pair_pattern(one) for one in turned], lived, 42)
    assert len(wrong.false) == len(links)


def test_common_cause_links_no_effects(lived: Home) -> None:
    """Of a cause's two effects neither follows the other."""
    near, far = (h for h in lived.truth.habits if h.name.startswith("common cause"))
    assert near.steps[0] == far.steps[0]
    assert near.steps in lived.truth.links
    assert (near.steps[1], far.steps[1]) not in lived.truth.links


def test_siblings_are_too_trivial(lived: Home) -> None:
    """A device's indicator follows the device, which nobody wants to hear."""
    mirrors = {e.entity_id: e for e in lived.entities if e.mirrors}
    for before, after in lived.truth.links:
        led = mirrors.get(after.entity_id)
        if led is not None and led.mirrors == before.entity_id:
            assert led.domain == "device_tracker"


def test_rhythm_alone_proves_nothing(lived: Home) -> None:
    """Wide windows over the busiest hours of an entity without habits are not true."""
    prover = Prover(lived, 364)
    planted = {step.entity_id for habit in lived.truth.habits for step in habit.steps}
    evening = Window("each", 1140, 1200, 1260, EVERY_DAY)
    plain = [
        e.entity_id
        for e in lived.entities
        if e.domain in {"light", "switch"}
        and e.entity_id not in planted
        and e.entity_id != "light.hallway_ceiling"
        and not e.mirrors
    ]
    assert plain
    assert not any(prover.true(entity, "on", evening) for entity in plain)


def test_outcomes_of_the_truth_are_its_adherence(lived: Home) -> None:
    """On the days that follow, clock habits happen about as often as planted."""
    habits = [h for h in _timed(lived) if h.anchor == "each" and not h.drift]
    patterns = [_time_pattern(habit) for habit in habits]
    checked = outcomes(patterns, lived, 42)["time_of_day"]
    assert checked.total > 50
    stated, occasions = np.array(checked.stated), np.array(checked.occasions)
    spread = np.sqrt((occasions * stated * (1 - stated)).sum())
    assert abs(stated @ occasions - sum(checked.happened)) < 4 * spread


def test_outcomes_of_links_are_first_events(lived: Home) -> None:
    """Each first event after the days learned is an occasion, while anybody is home."""
    link = next(h for h in lived.truth.habits if h.name == "link 1")
    checked = outcomes([_pair_pattern(link)], lived, 42)["co_occurrence"]
    later = [day for day in link.eligible if day >= 42]
    assert 0 < checked.total <= len(later)
    assert 0 < checked.happened[0] <= checked.total


def test_window_of_a_pattern() -> None:
    """The contract's strings become minutes and weekdays."""
    when = {
        "time": "23:55",
        "earliest": "23:40",
        "latest": "00:20",
        "anchor": "last",
        "weekdays": ["fri", "sun"],
    }
    window = window_of({"when": when})
    assert window == Window("last", 1420, 1435, 20, frozenset({4, 6}))
    assert (window.before(), window.after()) == (15, 25)
