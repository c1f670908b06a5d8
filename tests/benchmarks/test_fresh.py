"""Claims are proven by what a home goes on to do."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from benchmarks.fresh import BLUR, FreshDays, as_told, blurred, of_other_days
from benchmarks.simulator import Home, PlantedHabit, simulate
from custom_components.pattern_intelligence.engine.analysis import Detectors
from custom_components.pattern_intelligence.engine.civil import days_between
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors.day_type import DayType
from custom_components.pattern_intelligence.engine.detectors.duration import Duration
from custom_components.pattern_intelligence.engine.detectors.room_based import RoomBased
from custom_components.pattern_intelligence.engine.detectors.sequence import Sequences
from custom_components.pattern_intelligence.engine.occasions import span_of
from custom_components.pattern_intelligence.engine.pattern import (
    DayKind,
    PatternType,
    Spread,
    When,
)
from custom_components.pattern_intelligence.engine.window import Key
from tests.engine.builders import Row, raw_days, window_of

DETECTORS: Detectors = {
    one.type: one for one in (Sequences(), RoomBased(), Duration(), DayType())
}


@pytest.fixture(scope="module")
def home() -> Home:
    """Return a rich home."""
    return simulate(7, 66, rows_per_day=0, rich=True)


@pytest.fixture(scope="module")
def fresh(home: Home) -> FreshDays:
    """Return its fresh days."""
    return FreshDays(home, DETECTORS)


def _claim(kind: PatternType, habit: PlantedHabit, **more: object) -> Claim:
    plain = Claim(
        kind,
        tuple(Key(step.entity_id, step.state) for step in habit.steps),
        habit.area_ids,
        None,
        None,
        None,
        None,
        0.7,
        0.7,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def _sequence(habit: PlantedHabit) -> Claim:
    assert habit.lag is not None
    lag = Spread(habit.lag, 0.5 * habit.lag, 2 * habit.lag)
    return _claim(PatternType.SEQUENCE, habit, lag_s=lag)


def _named(home: Home, name: str) -> PlantedHabit:
    return next(habit for habit in home.truth.habits if habit.name == name)


def test_routines_are_true_in_their_order(home: Home, fresh: FreshDays) -> None:
    """And in no other one; nor with a step of something else."""
    claim = _sequence(_named(home, "at any time"))
    assert fresh.true(claim)
    assert not fresh.true(replace(claim, entities=claim.entities[::-1]))
    alien = Key("light.garden_spots", "on")
    assert not fresh.true(replace(claim, entities=(*claim.entities[:2], alien)))


def test_a_step_that_hangs_on_nothing_is_false(home: Home, fresh: FreshDays) -> None:
    """What is seen all day long follows anything, and makes no sequence."""
    claim = _sequence(_named(home, "at any time"))
    busy = Key("binary_sensor.hallway_motion", "on")
    with_busy = replace(
        claim, entities=(*claim.entities, busy), lag_s=Spread(900, 300, 3600)
    )
    occasions, share = fresh.share(with_busy, fresh.windows)
    assert occasions > 100
    assert share > 0.5
    assert not fresh.true(with_busy)


def test_what_was_given_up_is_false(home: Home, fresh: FreshDays) -> None:
    """However well it was kept once."""
    assert not fresh.true(_sequence(_named(home, "given up")))


def test_moves_are_true_one_way(home: Home, fresh: FreshDays) -> None:
    """From the gym to the bathroom, not from the bathroom to the gym."""
    habit = _named(home, "to the shower")
    lag = Spread(40, 10, 120)
    claim = _claim(PatternType.ROOM_BASED, habit, lag_s=lag)
    assert fresh.true(claim)
    assert not fresh.true(replace(claim, area_ids=claim.area_ids[::-1]))


def test_a_room_is_in_use_at_its_hours(home: Home, fresh: FreshDays) -> None:
    """And not six hours before them."""
    habit = _named(home, "studio in the evening")
    assert habit.minute is not None
    when = When(habit.minute, habit.minute - 15, habit.minute + 15)
    claim = _claim(PatternType.ROOM_BASED, replace(habit, steps=()), when=when)
    assert fresh.true(claim)
    early = When(when.time - 360, when.earliest - 360, when.latest - 360)
    assert not fresh.true(replace(claim, when=early))


@pytest.mark.parametrize(
    ("entity_id", "minutes", "expected"),
    [
        ("switch.stove", (20.0, 24.0, 28.0), True),
        # Nobody times how long this is on: the same share of its runs, and no habit.
        ("light.hallway_ceiling", (3.0, 6.0, 12.0), False),
        ("switch.stove", (5.0, 8.0, 12.0), False),
    ],
)
def test_durations(
    fresh: FreshDays,
    entity_id: str,
    minutes: tuple[float, float, float],
    expected: bool,
) -> None:
    """A program takes its time, a lamp is on as long as it is."""
    p10, median, p90 = (60 * one for one in minutes)
    claim = Claim(
        PatternType.DURATION,
        (Key(entity_id, "on"),),
        (),
        None,
        None,
        Spread(median, p10, p90),
        None,
        0.8,
        0.8,
    )
    assert fresh.true(claim) is expected


@pytest.mark.parametrize(
    ("name", "kind"), [("timer", "workday"), ("sitting in the greenhouse", "free")]
)
def test_kinds_of_days(home: Home, fresh: FreshDays, name: str, kind: DayKind) -> None:
    """A habit of workdays is one though most days are; a hallway's light has no kind."""
    habit = _named(home, name)
    assert habit.minute is not None
    when = When(habit.minute, habit.minute - 30, habit.minute + 60, day_kind=kind)
    claim = _claim(
        PatternType.DAY_TYPE,
        replace(habit, steps=habit.steps[:1]),
        when=when,
        context={"kind": "day_type", "day_type": kind},
    )
    assert fresh.true(claim)
    assert not fresh.true(of_other_days(claim))
    hallway = (Key("light.hallway_ceiling", "on"),)
    assert not fresh.true(replace(claim, entities=hallway, when=None))


@pytest.mark.parametrize(
    ("on_free_days", "expected"), [("08:15", True), ("07:00", False)]
)
def test_kinds_of_days_are_told_by_the_time_stated(
    home: Home, on_free_days: str, expected: bool
) -> None:
    """What is later on free days depends on them, though both times count as kept.

    Stated are 07:30 to 09:00, which is kept from 06:45 to 09:45: on all days. Where
    every morning is at 07:00, it is kept just as well, and no habit of free days.
    """
    first, last = date(2026, 3, 2), date(2026, 5, 3)
    rows = [
        Row(f"{day}T{at}:{minute}", "switch.kettle", state)
        for day in days_between(first, last)
        for at in [on_free_days if day.weekday() >= 5 else "07:00"]
        for minute, state in (("00", "on"), ("50", "off"))
    ]
    fresh = FreshDays(home, DETECTORS)
    fresh.windows = (window_of(raw_days(first, last, rows)),)
    claim = replace(
        _stated("07:30", "09:00"), context={"kind": "day_type", "day_type": "free"}
    )
    assert fresh.share(claim, fresh.windows) == (18, 1.0)
    # The first morning is of a habit-day that began before the first day.
    assert fresh.share(of_other_days(claim), fresh.windows) == (44, 1.0)
    assert fresh.true(claim) is expected


@pytest.mark.parametrize(
    ("earliest", "latest", "span"),
    [
        ("07:30", "09:00", (450.0, 540.0)),
        ("07:45", "08:15", (465.0, 495.0)),
        # Never less than ten minutes on either side.
        ("08:00", "08:10", (475.0, 495.0)),
        ("23:40", "00:20", (-20.0, 20.0)),
    ],
)
def test_a_claim_as_told_is_not_widened(
    earliest: str, latest: str, span: tuple[float, float]
) -> None:
    """What counts as kept is the time that was stated."""
    claim = as_told(_stated(earliest, latest))
    assert claim.when is not None
    kept = span_of(claim.when)
    assert ((kept.low + 720) % 1440 - 720, kept.length) == (
        (span[0] + 720) % 1440 - 720,
        span[1] - span[0],
    )


def _stated(earliest: str, latest: str) -> Claim:
    """Return that a kettle goes on at a time on free days."""
    begin, end = (int(at[:2]) * 60.0 + int(at[3:]) for at in (earliest, latest))
    return Claim(
        PatternType.DAY_TYPE,
        (Key("switch.kettle", "on"),),
        (),
        When(begin, begin, end, day_kind="free"),
        None,
        None,
        None,
        0.8,
        0.8,
    )


def test_blurred_lengths_spread() -> None:
    """Where every run lasts an hour, the log of the blurred has the sd it is given."""
    rows = [
        Row(f"2026-03-{day:02d}T{hour:02d}:{minute}", "switch.oven", state)
        for day in range(2, 29)
        for hour in range(0, 24, 2)
        for minute, state in (("00", "on"), ("59", "off"))
    ]
    window = window_of(raw_days(date(2026, 3, 2), date(2026, 3, 28), rows))
    moved = blurred(window, np.random.default_rng(1)).runs
    whole = moved.begun & moved.ended
    lasted = np.log((moved.end - moved.begin)[whole] / (59 * 60_000))
    assert whole.sum() > 300
    assert lasted.std() == pytest.approx(BLUR, rel=0.1)
