"""Who knows what a home does on usual days knows what can be told of a day."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.simulator import Home, simulate
from benchmarks.simulator.truth import OddityKind, PlantedOddity
from benchmarks.tellable import Law, tail

DAY = 20


@pytest.fixture(scope="module")
def usual() -> Home:
    """Return a home and five days after those it is told of."""
    return simulate(7, 30, after=5, rows_per_day=0, rich=True)


@pytest.fixture(scope="module")
def law(usual: Home) -> Law:
    """Return what it does on 120 days."""
    return Law(usual, 60, 2)


def test_tails_fall_geometrically() -> None:
    """Of 1000 days 30 have 2 uses and 30 have 4: beyond 2 each is half of the last.

    So 6 uses come on 60 in 1000 days times a half to the fourth.
    """
    counts = np.array([0] * 940 + [2] * 30 + [4] * 30)
    assert tail(counts, 0) == 1.0
    assert tail(counts, 2) == pytest.approx(0.06)
    assert tail(counts, 6) == pytest.approx(0.06 / 16)


@pytest.mark.parametrize(
    ("kind", "entity_id", "told"),
    [
        # In use every day, and never in the night, nor for nine hours.
        ("none", "binary_sensor.kitchen_motion", True),
        ("silent", "binary_sensor.living_room_motion", True),
        ("left_on", "switch.stove", True),
        ("hour", "light.desk_lamp", True),
        # As often as on any day.
        ("many", "binary_sensor.kitchen_motion", False),
    ],
)
def test_what_can_be_told(
    law: Law, kind: OddityKind, entity_id: str, *, told: bool
) -> None:
    """What never comes by chance can be told, and what does so cannot."""
    assert law.tells(PlantedOddity(kind, entity_id, DAY)) == told


@pytest.mark.parametrize(
    ("kind", "entity_id", "told"),
    [
        ("none", "binary_sensor.kitchen_motion", True),
        ("left_on", "switch.stove", True),
        ("hour", "light.desk_lamp", True),
        # What the law cannot tell its days cannot, either.
        ("many", "binary_sensor.kitchen_motion", False),
    ],
)
def test_what_days_can_tell(
    law: Law, kind: OddityKind, entity_id: str, *, told: bool
) -> None:
    """What nothing in the home does that was used alike needs no law to be told."""
    assert law.tells_by_days(PlantedOddity(kind, entity_id, DAY)) == told


def test_a_habit_kept_on_all_days_seen_may_be_one_that_is_kept_on_most(
    usual: Home, law: Law
) -> None:
    """The law has it on every day; of the home's other habits none is so steady."""
    steady = next(h for h in usual.truth.habits if h.name == "steady")
    missed = PlantedOddity("missed", steady.steps[0].entity_id, DAY)
    assert law.tells(missed)
    assert not law.tells_by_days(missed)


def test_what_is_seldom_used_is_not_missed(law: Law) -> None:
    """A day without the robot, that of most days, is nothing."""
    unused = PlantedOddity("none", "light.shed", DAY)
    assert law.chance(unused) > 0.1
    assert not law.tells(unused)


def test_the_budget_is_one_a_month_over_all_that_is_watched(law: Law) -> None:
    """Some hundred things in three to five ways each."""
    tests = 12 / 365.25 / law.threshold
    assert 3 * 80 < tests < 5 * 160


def test_a_day_that_was_not_recorded_tells_nothing(usual: Home) -> None:
    """Home Assistant was off from six in the morning."""
    clock = usual.clock
    run = replace(usual.recorder_runs[0], end=float(clock.utc(DAY, 360.0)))
    dark = Law(replace(usual, recorder_runs=(run,)), 60, 1)
    assert not dark.tells(PlantedOddity("none", "binary_sensor.kitchen_motion", DAY))
