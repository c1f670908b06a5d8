"""The simulator's own laws: what it says was planted really happens."""

from collections.abc import Iterator
from math import sqrt

import numpy as np
import pytest

from benchmarks.simulator import Home, PlantedHabit, fresh_days, simulate
from benchmarks.simulator.clock import Floats
from benchmarks.simulator.happenings import bouting, bouts
from benchmarks.simulator.model import Runs


def _entered(home: Home, entity_id: str, state: str) -> Floats:
    """Return when an entity entered a state, by what happened."""
    number = [e.entity_id for e in home.entities].index(entity_id)
    mine = home.runs.take(home.runs.entity == number)
    active = home.entities[number].active == state
    return np.sort(mine.start if active else mine.end)


def _timed(homes: list[Home]) -> Iterator[tuple[Home, PlantedHabit]]:
    for home in homes:
        for habit in home.truth.habits:
            if habit.kind == "time_of_day" and not habit.implied:
                yield home, habit


def test_same_seed_same_home() -> None:
    """A home is a function of its seed."""
    one, other = (simulate(11, 14, rows_per_day=3000) for _ in range(2))
    for name in ("entity", "state", "instant", "changed", "user", "context", "parent"):
        assert np.array_equal(getattr(one.stream, name), getattr(other.stream, name))
    assert one.stream.labels == other.stream.labels
    assert (one.truth, one.fires) == (other.truth, other.fires)
    assert (one.entities, one.recorder_runs) == (other.entities, other.recorder_runs)


def test_other_seed_other_home() -> None:
    """Another seed makes another home."""
    one, other = (simulate(seed, 14, rows_per_day=0) for seed in (11, 12))
    assert one.truth.habits != other.truth.habits


def test_days_that_follow_do_not_change_the_plan() -> None:
    """Living longer leaves the house and its rules as they were."""
    short, long = (
        simulate(5, 30, rows_per_day=0),
        simulate(5, 30, after=14, rows_per_day=0),
    )
    assert long.days == 44
    assert short.entities == long.entities
    rules = [
        [(h.name, h.steps, h.adherence, h.weekdays) for h in home.truth.habits]
        for home in (short, long)
    ]
    assert rules[0] == rules[1]


@pytest.mark.parametrize("time_zone", ["America/Los_Angeles", "Asia/Kolkata"])
def test_time_zone_is_an_argument(time_zone: str) -> None:
    """The same household lives by the clock of another place."""
    there = simulate(2, 14, time_zone=time_zone, rows_per_day=0)
    here = simulate(2, 14, rows_per_day=0)
    minutes = [
        [h.minute for h in home.truth.habits if h.anchor == "each"]
        for home in (there, here)
    ]
    assert minutes[0] == minutes[1]
    assert there.clock.utc(0, 0.0) != here.clock.utc(0, 0.0)


def test_adherence_is_realized(homes: list[Home]) -> None:
    """Kept days are as many as planted, within the noise of so many draws."""
    expected = spread = kept = 0.0
    for _, habit in _timed(homes):
        expected += len(habit.eligible) * habit.adherence
        spread += len(habit.eligible) * habit.adherence * (1 - habit.adherence)
        kept += len(habit.kept)
    assert expected > 3000
    assert abs(kept - expected) < 4 * sqrt(spread)


def test_jitter_is_realized(homes: list[Home]) -> None:
    """Clock habits scatter about their minute with the planted sd."""
    scores: list[float] = []
    for home, habit in _timed(homes):
        if habit.anchor != "each" or habit.drift or habit.automation:
            continue
        assert habit.minute is not None
        assert habit.sd
        _, minute = home.clock.local(np.array(habit.instants))
        away = (minute - habit.minute + 720) % 1440 - 720
        scores += (away / habit.sd).tolist()
    assert len(scores) > 1500
    assert abs(np.mean(scores)) < 4 / sqrt(len(scores))
    # Cut off at 2.5 sds, a normal deviate has an sd of .96.
    assert np.std(scores) == pytest.approx(0.96, abs=0.05)


def test_drift_ends_at_the_stated_minute(homes: list[Home]) -> None:
    """A drifting habit moves by so many minutes a week, and is there at the end."""
    slopes: list[float] = []
    for home, habit in _timed(homes):
        if not habit.drift or len(habit.kept) < 30:
            continue
        assert habit.minute is not None
        day, minute = home.clock.local(np.array(habit.instants))
        weeks = (day - home.days + 1) / 7
        away = (minute - habit.minute + 720) % 1440 - 720
        slope, end = np.polyfit(weeks, away, 1)
        assert habit.sd is not None
        error = habit.sd / sqrt(len(away))
        assert abs(end) < 8 * error
        slopes.append((slope - habit.drift) / error)
    assert slopes
    assert np.abs(slopes).max() < 2.5


def test_what_was_kept_is_in_the_stream(homes: list[Home]) -> None:
    """Nearly every kept habit is an entry into its state at that very instant."""
    found = total = 0
    for home, habit in _timed(homes):
        entered = _entered(home, habit.steps[0].entity_id, habit.steps[0].state)
        near = np.searchsorted(entered, np.array(habit.instants) - 1e-3)
        padded = np.append(entered, np.inf)
        found += int((np.abs(padded[near] - habit.instants) < 1e-3).sum())
        total += len(habit.instants)
    assert found > 0.97 * total


@pytest.mark.parametrize("anchor", ["first", "last"])
def test_edges_are_the_edge_of_their_day(homes: list[Home], anchor: str) -> None:
    """A first is the first of its waking day, and a last the last, where kept."""
    held = total = uses = 0
    deviations: list[float] = []
    for home, habit in _timed(homes):
        if habit.anchor != anchor:
            continue
        entered = _entered(home, habit.steps[0].entity_id, habit.steps[0].state)
        day, _ = home.clock.waking(entered)
        kept, minute = home.clock.waking(np.array(habit.instants))
        deviations.append(float(np.std(minute)))
        for one, instant in zip(kept, habit.instants, strict=True):
            same = entered[day == one]
            edge = same.min() if anchor == "first" else same.max()
            held += abs(edge - instant) < 1e-3
            uses += len(same)
        total += len(kept)
    assert held > 0.97 * total
    # The same entity is used all day, as in real homes.
    assert uses > 2 * total
    assert 40 < np.median(deviations) < 90


def test_weekdays_and_absence_are_kept(homes: list[Home]) -> None:
    """Nothing is kept on other weekdays, and by people on no day of a vacation."""
    for home, habit in _timed(homes):
        weekdays = home.clock.weekdays
        assert set(weekdays[list(habit.kept)]) <= set(habit.weekdays)
        if habit.weekdays == (0, 1, 2, 3, 4):
            assert not {home.clock.date(day) for day in habit.kept} & home.holidays


def test_nobody_uses_anything_while_all_are_away() -> None:
    """While nobody is home, nothing is switched by people."""
    home = next(
        one
        for one in (simulate(seed, 40, rows_per_day=0) for seed in range(20))
        if np.diff(one.somebody, axis=0)[:, 0].max() > 3 * 86_400
    )
    begins, ends = home.somebody[:-1, 1], home.somebody[1:, 0]
    gap = int(np.argmax(ends - begins))
    inside = (home.runs.start > begins[gap] + 60) & (home.runs.start < ends[gap] - 60)
    assert not (inside & home.runs.people).any()


def test_links_follow_with_their_adherence_and_lag(homes: list[Home]) -> None:
    """What follows a cause does so as often, and as late, as planted."""
    planted = realized = weight = 0.0
    ratios: list[float] = []
    for home in homes:
        for habit in home.truth.habits:
            if habit.kind != "co_occurrence" or not habit.name.startswith("link"):
                continue
            assert habit.realized is not None
            assert habit.lag is not None
            cause, effect = (
                _entered(home, step.entity_id, step.state) for step in habit.steps
            )
            count = len(cause)
            planted += habit.adherence * count
            realized += habit.realized * count
            weight += count
            later = np.append(effect, np.inf)[np.searchsorted(effect, cause)] - cause
            ratios += [float(np.median(later[later < 5 * habit.lag]) / habit.lag)]
    assert weight > 1000
    # Some effects are swallowed, since they are on already; chance adds a few.
    assert abs(planted - realized) / weight < 0.06
    assert np.median(ratios) == pytest.approx(1.0, abs=0.08)


def test_entities_are_in_one_state_at_a_time(homes: list[Home]) -> None:
    """Runs of an entity do not overlap, and none ends before it begins."""
    for home in homes:
        runs = home.runs.take(np.lexsort((home.runs.start, home.runs.entity)))
        assert (runs.end > runs.start).all()
        same = runs.entity[1:] == runs.entity[:-1]
        assert (runs.start[1:] >= runs.end[:-1])[same].all()


def test_what_is_recorded_as_on_is_on() -> None:
    """Whatever a lamp is used for, in a home with sittings and conditions, too."""
    home = simulate(3, 21, rows_per_day=0, rich=True)
    stream = home.stream
    for number, entity in enumerate(home.entities):
        if entity.domain not in {"light", "switch", "media_player"}:
            continue
        code = stream.labels.index(entity.active)
        told = (stream.entity == number) & (stream.state == code) & stream.changed
        mine = home.runs.take(home.runs.entity == number)
        at = np.searchsorted(np.sort(mine.start), stream.instant[told] + 0.01) - 1
        ends = mine.end[np.argsort(mine.start)]
        assert (at >= 0).all(), entity.entity_id
        assert (stream.instant[told] < ends[at] + 0.01).all(), entity.entity_id


def test_motion_sees_what_people_do(home: Home) -> None:
    """Nine of ten uses of a room with a sensor are seen within a minute."""
    names = [entity.entity_id for entity in home.entities]
    sensor = names.index("binary_sensor.kitchen_motion")
    kitchen = [n for n, e in enumerate(home.entities) if e.area_id == "kitchen"]
    acts = home.runs.take(home.runs.people & np.isin(home.runs.entity, kitchen))
    seen = home.runs.take(home.runs.entity == sensor)
    begun = np.searchsorted(seen.start, acts.start + 60)
    ended = np.searchsorted(seen.end, acts.start - 60)
    assert len(acts) > 100
    assert (begun > ended).mean() > 0.9


def test_stream_is_what_a_recorder_keeps(home: Home) -> None:
    """Rows are in order, within the span, of known states, and about as many."""
    stream, clock = home.stream, home.clock
    assert (np.diff(stream.instant) >= 0).all()
    assert stream.instant[0] >= clock.utc(0, 0.0)
    assert stream.instant[-1] < clock.utc(home.days, 0.0)
    assert 0.9 * 4000 < len(stream) / home.days < 1.1 * 4000
    assert {"unavailable", "on", "off", "playing"} <= set(stream.labels)
    assert not stream.changed.all()
    by_time = {run.start: run.end for run in home.recorder_runs}
    starts = np.array(sorted(by_time))
    run = np.searchsorted(starts, stream.instant, side="right") - 1
    ends = np.array([by_time[start] for start in starts.tolist()])
    assert (stream.instant <= ends[run]).all()


def test_changed_rows_change_the_state(home: Home) -> None:
    """Apart from restarts, a changed row differs from the entity's row before."""
    stream = home.stream
    order = np.lexsort((np.arange(len(stream)), stream.entity))
    rows = stream.take(order)
    same = (rows.entity[1:] == rows.entity[:-1]) & (rows.state[1:] == rows.state[:-1])
    repeated = (same & rows.changed[1:]).sum()
    assert repeated <= len(home.entities) * len(home.recorder_runs)
    assert not (~same & ~rows.changed[1:]).any()


def test_automations_open_contexts(home: Home) -> None:
    """Every state an automation set carries the context of one of its firings."""
    fired = {fire.context: fire for fire in home.fires}
    used = home.stream.context[home.stream.context >= 0]
    assert len(used)
    assert set(used.tolist()) <= set(fired)
    by_state = [fire for fire in home.fires if fire.parent >= 0]
    assert {fire.entity_id for fire in by_state} == {"automation.hall"}


def test_fresh_days_keep_the_habits(homes: list[Home]) -> None:
    """On fresh days a clock habit is met about as often as planted."""
    home = homes[0]
    happened, clock = fresh_days(home, 364)
    for habit in home.truth.habits:
        if habit.name != "clock 1":
            continue
        step = habit.steps[0]
        number = [e.entity_id for e in home.entities].index(step.entity_id)
        active = home.entities[number].active == step.state
        day, minute = clock.local(happened.of(number, active=active))
        assert habit.minute is not None
        assert habit.sd is not None
        near = np.abs((minute - habit.minute + 720) % 1440 - 720) <= 2.5 * habit.sd
        days = set(day[near].tolist())
        due = np.flatnonzero(np.isin(clock.weekdays, habit.weekdays))
        share = np.mean([one in days for one in due.tolist()])
        assert share == pytest.approx(habit.adherence, abs=0.25)
        return
    raise AssertionError


def test_bouts_end_after_five_quiet_minutes() -> None:
    """Pulses 299 s apart are one bout, 300 s apart two."""
    start = np.array([0.0, 309.0, 619.0])
    runs = Runs.of(4, start, start + 10)
    merged = bouts(runs)
    assert merged.start.tolist() == [0.0, 619.0]
    assert merged.end.tolist() == [319.0, 629.0]


def test_binary_sensors_have_bouts(home: Home) -> None:
    """Only binary sensors flicker."""
    domains = {home.entities[n].domain for n in bouting(home.entities).tolist()}
    assert domains == {"binary_sensor"}
