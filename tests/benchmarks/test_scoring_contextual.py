"""Habits under conditions: how they are lived, and scored as a person would count."""

from typing import Any

import numpy as np
import pytest

from benchmarks.claims import Json
from benchmarks.fresh import FreshDays
from benchmarks.scoring_contextual import score_contextual
from benchmarks.simulator import Home, PlantedHabit, simulate
from benchmarks.simulator.conditions import sun_minutes
from benchmarks.simulator.simulate import plan_of
from benchmarks.simulator.weather import OUTDOOR, at_minute, temperatures
from custom_components.pattern_intelligence.engine.claim import Claim

DAYS = 66


class Doubting(FreshDays):
    """Takes no claim for true but for what was planted."""

    def true(self, claim: Claim) -> bool:
        """Say so."""
        return False


@pytest.fixture(scope="module")
def home() -> Home:
    """Return a rich home, in spring."""
    return simulate(2026, DAYS, rows_per_day=0, rich=True)


def _habit(home: Home, name: str) -> PlantedHabit:
    planted = [h for h in home.truth.habits if h.kind == "contextual"]
    return next(habit for habit in planted if habit.name == name)


def _pattern(habit: PlantedHabit, **context: Any) -> Json:
    (step,) = habit.steps
    return {
        "type": "contextual",
        "entities": [{"entity_id": step.entity_id, "state": step.state}],
        "area_ids": [],
        "when": {
            "time": "19:00",
            "earliest": "18:50",
            "latest": "19:10",
            "anchor": "each",
            "weekdays": ["mon"],
            "day_kind": "any",
        },
        "lag_s": None,
        "duration_s": None,
        "context": context,
        "confidence": 0.8,
        "provenance": {"user": 0.0, "physical": 1.0, "automation": 0.0},
        "automated_by": [],
    }


def test_what_follows_the_sun_is_lived_by_the_sun(home: Home) -> None:
    """All within two and a half times the scatter of its distance from sunset."""
    habit = _habit(home, "sunset")
    assert habit.condition is not None
    assert habit.sd is not None
    _, minutes = home.clock.local(np.array(habit.instants))
    offsets = minutes - sun_minutes(home.clock, "sunset")[list(habit.kept)]
    assert np.abs(offsets - habit.condition.offset).max() <= 2.5 * habit.sd


def test_what_depends_on_the_cold_is_done_on_cold_days(home: Home) -> None:
    """Below its limit at its minute."""
    habit = _habit(home, "cold")
    assert habit.condition is not None
    assert habit.minute is not None
    warm = temperatures(plan_of(home).weather, home.clock)
    at_its_time = at_minute(warm, np.full(home.days, habit.minute))
    assert (at_its_time[list(habit.kept)] < habit.condition.limit).all()


def test_the_thermometer_tells_the_weather(home: Home) -> None:
    """To the tenth of a degree, every hour."""
    number = [e.entity_id for e in home.entities].index(OUTDOOR)
    mine = home.stream.take(home.stream.entity == number)
    told = [home.stream.labels[code] for code in mine.state.tolist()]
    warm = temperatures(plan_of(home).weather, home.clock)
    numbers = {float(text) for text in told if text[-1].isdigit()}
    assert numbers <= {round(float(value), 1) for value in warm.ravel()}
    assert len(told) >= 23 * home.days


def test_what_was_planted_is_found_by_what_says_it(home: Home) -> None:
    """The sun by its event and offset, a number by its limit, a state by its entity."""
    sunset, cold, on = (_habit(home, name) for name in ("sunset", "cold", "while on"))
    assert sunset.condition is not None
    assert cold.condition is not None
    assert on.condition is not None
    offset = round(sunset.condition.offset) + 5
    patterns = [
        _pattern(sunset, kind="sun", anchor="sunset", offset_min=offset),
        _pattern(
            cold, kind="numeric", entity_id=OUTDOOR, below=cold.condition.limit + 1
        ),
        _pattern(on, kind="state", entity_id=on.condition.entity_id, state="on"),
    ]
    score = score_contextual(patterns, home, DAYS, Doubting(home))
    assert (score.reported, score.planted, score.false) == (3, 3, [])
    found = {one.habit.name for one in score.wanted if one.patterns}
    assert found <= {"sunset", "cold", "while on"}
    # Five are planted; those that nobody could tell are not wanted.
    assert len(score.wanted) + score.few == 5


@pytest.mark.parametrize("name", ["clock", "moved", "automated at sunset"])
def test_what_only_seems_to_follow_the_sun_is_false(home: Home, name: str) -> None:
    """What the clock or an automation does."""
    pattern = _pattern(_habit(home, name), kind="sun", anchor="sunset", offset_min=0)
    assert score_contextual([pattern], home, DAYS, Doubting(home)).false == [pattern]


@pytest.mark.parametrize("name", ["winter", "same rhythm", "weekdays"])
def test_what_only_seems_to_depend_on_the_cold_is_false(home: Home, name: str) -> None:
    """The season, chance, and the week."""
    pattern = _pattern(_habit(home, name), kind="numeric", entity_id=OUTDOOR, below=5.0)
    assert score_contextual([pattern], home, DAYS, Doubting(home)).false == [pattern]


def test_a_wrong_offset_or_limit_is_false(home: Home) -> None:
    """Half an hour off; eight degrees off."""
    sunset, cold = _habit(home, "sunset"), _habit(home, "cold")
    assert sunset.condition is not None
    assert cold.condition is not None
    patterns = [
        _pattern(
            sunset,
            kind="sun",
            anchor="sunset",
            offset_min=sunset.condition.offset + 30,
        ),
        _pattern(
            cold, kind="numeric", entity_id=OUTDOOR, below=cold.condition.limit + 8
        ),
    ]
    assert score_contextual(patterns, home, DAYS, Doubting(home)).false == patterns
