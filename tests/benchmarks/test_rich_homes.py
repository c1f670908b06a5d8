"""Rich homes hold what six detectors look for, and what only looks like it."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.simulator import Home, fresh_home, simulate
from benchmarks.simulator.clock import Floats
from benchmarks.simulator.furnish import PROGRAMS
from benchmarks.simulator.model import Runs
from benchmarks.simulator.plan import RoutineRule
from benchmarks.simulator.simulate import plan_of
from benchmarks.simulator.told import in_order

DAYS = 66


@pytest.fixture(scope="module")
def rich() -> Home:
    """Return a rich home that goes on after the days its truth is told of."""
    return simulate(7, DAYS, after=30, rows_per_day=0, rich=True)


def _runs(home: Home, entity_id: str) -> Runs:
    number = [e.entity_id for e in home.entities].index(entity_id)
    return home.runs.take(home.runs.entity == number)


def _steps(home: Home, name: str) -> list[Floats]:
    rule = _routine(home, name)
    return [np.sort(_runs(home, step.entity_id).start) for step in rule.steps]


def _routine(home: Home, name: str) -> RoutineRule:
    return next(rule for rule in plan_of(home).routines if rule.name == name)


def test_plain_homes_are_as_they_were() -> None:
    """What is planted in rich homes takes nothing from the chance of plain ones."""
    plain = simulate(5, 14, rows_per_day=0)
    assert not plain.rich
    assert {h.kind for h in plain.truth.habits} <= {
        "time_of_day",
        "co_occurrence",
        "sequence",
    }
    assert plain.truth.oddities == ()


def test_same_seed_same_rich_home(rich: Home) -> None:
    """A rich home is a function of its seed, too."""
    again = simulate(7, DAYS, after=30, rows_per_day=0, rich=True)
    assert again.truth == rich.truth
    assert np.array_equal(again.stream.instant, rich.stream.instant)


@pytest.mark.parametrize(
    ("second", "third", "expected"),
    [
        ([11.0, 41.0], [12.0, 49.0], [True, True]),
        # The third comes before the second, or too late.
        ([13.0, 41.0], [12.0, 52.0], [False, False]),
        ([], [12.0, 49.0], [False, False]),
    ],
)
def test_in_order(
    second: list[float], third: list[float], expected: list[bool]
) -> None:
    """Steps follow each other within ten seconds of the first, at 10 and at 40."""
    steps = [np.array([10.0, 40.0]), np.array(second), np.array(third)]
    assert in_order(steps, 10.0).tolist() == expected


@pytest.mark.parametrize("name", ["across midnight", "on workdays", "at any time"])
def test_routines_are_kept_in_order(rich: Home, name: str) -> None:
    """Most first steps are followed by the others, and days are those planned."""
    habit = next(h for h in rich.truth.habits if h.name == name)
    assert habit.kind == "sequence"
    assert 3 <= len(habit.steps) <= 6
    assert (habit.realized or 0.0) > 0.5
    weekdays = {(rich.first_day.weekday() + day) % 7 for day in habit.kept}
    if name == "on workdays":
        busy = Counter((rich.first_day.weekday() + day) % 7 for day in habit.kept)
        assert busy[5] + busy[6] < 0.2 * len(habit.kept)
    else:
        assert len(weekdays) == 7


def test_a_night_has_two_dates(rich: Home) -> None:
    """The routine around midnight begins on either side of it."""
    habit = next(h for h in rich.truth.habits if h.name == "across midnight")
    _, minute = rich.clock.local(np.array(habit.instants))
    near = np.abs((minute + 720) % 1440 - 720) < 45
    assert near.mean() > 0.8
    ends = habit.instants + np.array(habit.lag)
    later, _ = rich.clock.local(ends)
    before, _ = rich.clock.local(np.array(habit.instants))
    assert (minute[near] > 720).any() or (later[near] > before[near]).any()


def test_shuffled_steps_come_in_any_order(rich: Home) -> None:
    """No order of two of them is usual, and all of them come close together."""
    steps = _steps(rich, "in any order")
    for before, after in pairwise(steps):
        apart = after[np.abs(after[:, None] - before).argmin(axis=0)] - before
        close = np.abs(apart) < 1500
        assert close.mean() > 0.5
        assert 0.25 < (apart[close] > 0).mean() < 0.75
    assert not any(h.name == "in any order" for h in rich.truth.habits)


def test_what_was_given_up_stays_so(rich: Home) -> None:
    """Nothing of it is left after its last day, nor on fresh days."""
    habit = next(h for h in rich.truth.habits if h.name == "given up")
    ended = (habit.last_day - rich.first_day).days
    last = _routine(rich, "given up").last_day
    assert habit.stopped
    assert last is not None
    late = [day for day in habit.kept if day > last]
    assert len(late) < 0.1 * len(habit.kept)
    assert ended == last


def test_an_automation_does_its_routine(rich: Home) -> None:
    """Its steps carry the context that the automation opened."""
    fires = [one for one in rich.fires if one.entity_id == "automation.good_night"]
    assert len(fires) == rich.days
    step = _routine(rich, "automated good night").steps[1]
    own = _runs(rich, step.entity_id)
    assert (own.fire >= 0).sum() == pytest.approx(rich.days, abs=3)
    assert ((step,), "automation.good_night") in rich.truth.automated


def test_programs_take_their_time(rich: Home) -> None:
    """Half of a program's runs lie within two thirds of its sd of the log."""
    (share, minutes, spread), *_ = PROGRAMS["switch.stove"]
    own = _runs(rich, "switch.stove")
    lasted = np.log((own.end - own.start) / (minutes * 60))
    lasted = lasted[np.abs(lasted) < 4 * spread]
    assert share == 1.0
    assert np.median(lasted) == pytest.approx(0.0, abs=0.05)
    assert (np.abs(lasted) < 0.674 * spread).mean() == pytest.approx(0.5, abs=0.15)


def test_a_washing_machine_has_two(rich: Home) -> None:
    """Each mode is a habit of its own, with its share."""
    modes = [
        h
        for h in rich.truth.habits
        if h.kind == "duration" and h.steps[0].entity_id == "switch.washing_machine"
    ]
    assert [round(h.duration or 0) for h in modes] == [48 * 60, 112 * 60]
    assert sum(h.realized or 0.0 for h in modes) > 0.9


def test_one_sensor_holds(rich: Home) -> None:
    """It stays on for exactly ninety seconds, which is nobody's habit."""
    own = _runs(rich, "binary_sensor.dining_room_motion")
    lasted = np.round(own.end - own.start, 3)
    assert (lasted == 90.0).mean() > 0.95
    assert not any(
        h.kind == "duration" and "motion" in h.steps[0].entity_id
        for h in rich.truth.habits
    )


def test_rooms_are_used_at_their_hours(rich: Home) -> None:
    """On kept days somebody is seen there again and again until the end."""
    habit = next(h for h in rich.truth.habits if h.area_ids == ("studio",))
    own = _runs(rich, habit.steps[0].entity_id)
    assert habit.minute is not None
    assert habit.until is not None
    seen = [
        ((own.start >= at - 1) & (own.start < at + 60 * (habit.until - habit.minute)))
        for at in habit.instants
    ]
    counts = [int(one.sum()) for one in seen]
    assert len(counts) == pytest.approx(
        habit.adherence * len(habit.eligible), abs=4 * np.sqrt(len(habit.eligible))
    )
    assert np.median(counts) >= 5


def test_who_leaves_the_gym_is_seen_in_the_bathroom(rich: Home) -> None:
    """After the last sign of somebody there, the other room's sensor sees them."""
    habit = next(h for h in rich.truth.habits if h.area_ids == ("gym", "bathroom"))
    own = _runs(rich, "binary_sensor.gym_presence")
    last = own.end[np.append(np.diff(own.start) > 1800, True)]
    bath = np.sort(_runs(rich, "binary_sensor.bathroom_motion").start)
    assert habit.lag is not None
    after = np.append(bath, np.inf)[np.searchsorted(bath, last - 200)]
    assert (after - last < 400).mean() > 0.6


def test_oddities_are_odd(rich: Home) -> None:
    """Each goes wrong on its day, and on no day before it."""
    found = {one.kind: one for one in rich.truth.oddities}
    assert {"many", "none", "left_on", "missed", "silent"} <= set(found)
    assert min(one.day for one in found.values()) >= 63
    for kind, one in found.items():
        own = _runs(rich, one.entity_id)
        day, minute = rich.clock.local(own.start)
        counts = np.bincount(day.clip(0), minlength=rich.days)
        before = counts[one.day - 60 : one.day]
        if kind == "many":
            assert counts[one.day] > max(before.max(), 8)
        elif kind == "none":
            assert counts[one.day] == 0
            assert before.mean() > 10
        elif kind == "missed":
            rule = next(r for r in plan_of(rich).timed if r.name == "steady")
            usual = np.bincount(
                day[np.abs(minute - rule.minute) < 30].clip(0), minlength=rich.days
            )
            assert usual[one.day] == 0
            assert (usual[one.day - 20 : one.day] > 0).mean() > 0.8
        elif kind == "left_on":
            longest = (own.end - own.start)[day == one.day].max()
            assert longest >= 8 * 3600
            assert (own.end - own.start)[day < one.day].max() < longest
        elif kind == "silent":
            assert counts[one.day :].sum() == 0
            assert before.min() > 0
        else:
            night = (minute > 90) & (minute < 300)
            assert set(day[night].tolist()) == {one.day}


def test_a_binge_is_one_evening(rich: Home) -> None:
    """Something is used ten times on it."""
    (binge,) = plan_of(rich).binges
    own = _runs(rich, binge.entity_id)
    day, _ = rich.clock.local(own.start)
    assert (day == binge.day).sum() >= 9


def test_fresh_days_are_in_order(rich: Home) -> None:
    """Nothing is odd in them, and nobody takes up what was given up."""
    fresh = fresh_home(rich, 28)
    assert fresh.truth.oddities == ()
    assert fresh.recorder_runs[0].end > fresh_home(rich, 28).clock.utc(28, 0.0)
    steps = [
        np.sort(_runs(fresh, step.entity_id).start)
        for step in _routine(rich, "given up").steps
    ]
    assert in_order(steps, 1800).mean() < 0.2
