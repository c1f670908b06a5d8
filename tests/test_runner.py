"""However history is cut into runs, resumed or run again, it says the same."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import days_between
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.home import (
    AreaInfo,
    EntityInfo,
    Home,
)
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.rollup import SUMMED, rollup
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.engine.sums import HAPPENINGS_SUM
from custom_components.pattern_intelligence.runner import (
    RELEARNED_DAYS,
    Runner,
    TooOldError,
)
from custom_components.pattern_intelligence.stores.base import (
    Layer,
    Retention,
    StoreDamagedError,
)
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .engine.builders import BERLIN, Row, raw_days
from .sources.builder import execute

AREAS = {
    "bath": ("light.bath", "switch.vent"),
    "bedroom": ("light.bed",),
    "hall": ("binary_sensor.hall", "light.hall"),
    "kitchen": ("switch.grinder", "switch.coffee", "light.table"),
    "office": ("light.desk", "switch.fan"),
}
HOME = Home(
    BERLIN.zone,
    entities={
        entity_id: EntityInfo(entity_id, area_id=area_id)
        for area_id, entities in AREAS.items()
        for entity_id in entities
    },
    areas={area_id: AreaInfo(area_id.capitalize()) for area_id in AREAS},
)
FIRST = date(2026, 2, 25)
"""A Wednesday, so that the first week is a part of one; the clock changes later on."""

DAYS = 45
LAST = FIRST + timedelta(days=DAYS - 1)


@cache
def household() -> Sequence[RawDay]:
    """Return the days of a home with habits, links, an absence and plain noise."""
    rng = np.random.default_rng(20260225)
    rows: list[Row] = []

    def switch(day: date, minute: float, entity: str, minutes: float) -> None:
        for at, state in ((minute, "on"), (minute + minutes, "off")):
            moment = f"{day}T00:00", timedelta(minutes=float(at))
            rows.append(Row(_later(*moment), entity, state))

    for number, day in enumerate(days_between(FIRST, LAST)):
        if number in (20, 21):
            continue
        switch(day, 6 * 60 + 45 + rng.normal(0, 6), "light.bath", 20)
        switch(day, 23 * 60 + 55 + rng.normal(0, 8), "light.bed", 15)
        switch(day, rng.uniform(9, 21) * 60, "switch.vent", 20 + rng.normal(0, 0.5))
        if rng.random() < 0.95:
            at = 7 * 60 + 20 + rng.normal(0, 8)
            for entity, lasts in (
                ("switch.grinder", 0.5),
                ("switch.coffee", 30),
                ("light.table", 90),
            ):
                switch(day, at, entity, lasts)
                at += rng.uniform(0.5, 2)
        if number == 41:
            for minute in range(600, 1000, 8):
                switch(day, minute, "switch.coffee", 2)
        for _ in range(rng.poisson(4)):
            at = rng.uniform(8, 22) * 60
            switch(day, at, "binary_sensor.hall", 1)
            if rng.random() < 0.9:
                switch(day, at + rng.uniform(0.1, 0.5), "light.hall", 3)
        for entity in ("light.sofa", "switch.iron"):
            for _ in range(rng.poisson(2)):
                switch(day, rng.uniform(9, 23) * 60, entity, 10)
        if day.weekday() < 5:
            for entity in ("light.desk", "switch.fan"):
                for _ in range(rng.poisson(1.5)):
                    switch(day, 13 * 60 + rng.uniform(0, 60), entity, 10)
        if day.weekday() < 5 and rng.random() < 0.9:
            switch(day, 17 * 60 + 30 + rng.normal(0, 10), "cover.blind", 30)
    tracked = ["light.never"]
    return raw_days(
        FIRST, LAST, [r for r in rows if r.at[:10] <= f"{LAST}"], tracked=tracked
    )


def _later(midnight: str, by: timedelta) -> str:
    day = date.fromisoformat(midnight[:10]) + timedelta(days=by // timedelta(days=1))
    seconds = round((by % timedelta(days=1)).total_seconds())
    return f"{day}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder of the test's own."""
    with TemporaryDirectory() as name:
        yield Path(name)


def _runner(path: Path, retention: Retention | None = None) -> Runner:
    return Runner(SqliteStore(path), HOME, registry(), retention)


def _told(runner: Runner, last: date = LAST) -> str:
    report = runner.report(last)
    assert report is not None
    return json.dumps(report.as_json())


@cache
def in_one_pass(last: date = LAST) -> str:
    """Return what a home says that learned day after day and was asked once."""
    with TemporaryDirectory() as name:
        runner = _runner(Path(name) / "store.db")
        for raw in household():
            if raw.day <= last:
                runner.learn(raw)
        told = _told(runner, last)
        runner.store.close()
        return told


def test_the_household_has_something_to_say() -> None:
    """The laws below are about patterns of all daily kinds, and about silence."""
    told = json.loads(in_one_pass())
    found = {
        (p["type"], p["entities"][0]["entity_id"])
        for p in told["patterns"]
        if p["entities"]
    }
    assert ("time_of_day", "light.bath") in found
    assert ("co_occurrence", "binary_sensor.hall") in found
    assert ("sequence", "switch.grinder") in found
    assert ("duration", "switch.vent") in found
    assert ("anomaly", "switch.coffee") in found
    rooms = {
        tuple(p["area_ids"]) for p in told["patterns"] if p["type"] == "room_based"
    }
    assert ("office",) in rooms
    assert told["home"]["days"] == DAYS
    assert told["track_record"]["time_of_day"]["claims"] > 0
    named = {e["entity_id"] for p in told["patterns"] for e in p["entities"]}
    assert "light.never" not in named


def test_a_day_at_a_time_from_disk_says_the_same(folder: Path) -> None:
    """Every night a new process opens the store, learns a day, and tells."""
    for raw in household():
        runner = _runner(folder / "store.db", Retention())
        runner.learn(raw)
        told = _told(runner, raw.day)
        runner.store.close()
        if raw.day.day in (1, 15, 29):
            assert told == in_one_pass(raw.day)
    assert told == in_one_pass()


class TestHoweverItIsCut:
    """Property: splits, resumes, re-runs, holes filled late."""

    @settings(max_examples=4)
    @given(st.data())
    def test_quick(self, data: st.DataObject) -> None:
        """A few ways."""
        _check_one_way(data)

    @pytest.mark.slow
    @pytest.mark.timeout(1500)
    @settings(max_examples=60)
    @given(st.data())
    def test_thorough(self, data: st.DataObject) -> None:
        """Many ways."""
        _check_one_way(data)


def _check_one_way(data: st.DataObject) -> None:
    days = list(household())
    asked = data.draw(st.sets(st.integers(0, DAYS - 1), max_size=6))
    again = data.draw(st.lists(st.integers(0, DAYS - 1), max_size=4))
    late = data.draw(st.sets(st.integers(DAYS - RELEARNED_DAYS, DAYS - 2), max_size=2))
    with TemporaryDirectory() as name:
        runner = _runner(Path(name) / "store.db")
        for number, raw in enumerate(days):
            if number not in late:
                runner.learn(raw)
            if number in asked:
                _told(runner, raw.day)
                runner.store.close()
                runner = _runner(Path(name) / "store.db")
            for other in again:
                if number - RELEARNED_DAYS < other <= number and other not in late:
                    runner.learn(days[other])
        for number in sorted(late):
            runner.learn(days[number])
        told = _told(runner)
        runner.store.close()
    assert told == in_one_pass()


@settings(max_examples=5)
@given(st.integers(0, DAYS - 1))
def test_looking_back_is_having_stopped_there(number: int) -> None:
    """``last`` on a longer history tells what was known then, and not a day more."""
    last = FIRST + timedelta(days=number)
    with TemporaryDirectory() as name:
        runner = _runner(Path(name) / "store.db")
        for raw in household():
            runner.learn(raw)
        told = _told(runner, last)
        runner.store.close()
    assert told == in_one_pass(last)


def test_weeks_without_days_are_told_once_and_alike(folder: Path) -> None:
    """Home Assistant was off for three weeks: whoever asks in between hears the same."""
    days = [raw for n, raw in enumerate(household()) if not 18 <= n < 39]
    asked, silent = _runner(folder / "asked.db"), _runner(folder / "silent.db")
    for raw in days:
        asked.learn(raw)
        silent.learn(raw)
        for back in range(0, 40, 6):
            asked.report(raw.day + timedelta(days=back))
    assert _told(asked) == _told(silent)
    # Each time somebody was in the hall (on, then off) is checked once at most, though
    # the windows of all Sundays in the hole still hold those days.
    hall = [
        occasion
        for raw in days
        if raw.day < FIRST + timedelta(days=18)
        for occasion in raw.instant[
            raw.entity == raw.entities.index("binary_sensor.hall")
        ]
    ]
    checked = json.loads(_told(silent, days[18].day))["track_record"]
    assert checked["co_occurrence"]["claims"] <= len(hall) / 2


def test_what_is_left_out_is_not_looked_at(folder: Path) -> None:
    """Neither in a pattern of its own nor as another's cause; nothing is lost."""
    runner = _runner(folder / "store.db")
    for raw in household():
        runner.learn(raw)
    left_out = Scope(excluded_entities=frozenset({"binary_sensor.hall"}))
    told = Runner(runner.store, HOME, registry(), scope=left_out).report(LAST)
    assert told is not None
    assert "binary_sensor.hall" not in json.dumps(told.as_json())
    assert '"light.bath"' in json.dumps(told.as_json())
    assert _told(runner) == in_one_pass()


def test_nothing_is_said_before_the_first_day(folder: Path) -> None:
    """An empty store, and a day before all that were learned."""
    runner = _runner(folder / "store.db")
    assert runner.report(LAST) is None
    runner.learn(household()[0])
    assert runner.report(FIRST - timedelta(days=1)) is None
    assert runner.report(FIRST) is not None


def test_due_is_what_is_recorded_and_not_learned(folder: Path) -> None:
    """Holes are due while they can be learned; what lies before the first day is not."""
    runner = _runner(folder / "store.db")
    assert runner.due(FIRST, FIRST + timedelta(days=2)) == [
        FIRST + timedelta(days=n) for n in range(3)
    ]
    for number in (0, 2, 3, 40):
        runner.learn(household()[number])
    due = runner.due(FIRST - timedelta(days=5), FIRST + timedelta(days=42))
    oldest = 40 - RELEARNED_DAYS + 1
    assert due == [FIRST + timedelta(days=n) for n in (*range(oldest, 40), 41, 42)]


def test_a_day_too_long_ago_is_refused_and_nothing_changes(folder: Path) -> None:
    """Its Sundays could not be told again from the days that are kept."""
    runner = _runner(folder / "store.db")
    for raw in household():
        runner.learn(raw)
    with pytest.raises(TooOldError, match="learn anew"):
        runner.learn(household()[DAYS - 1 - RELEARNED_DAYS])
    runner.learn(household()[DAYS - RELEARNED_DAYS])
    assert _told(runner) == in_one_pass()


def test_a_day_that_is_no_longer_kept_is_told(folder: Path) -> None:
    """Looking back needs its days: the error names the first that is gone."""
    runner = _runner(folder / "store.db")
    for raw in household():
        runner.learn(raw)
    runner.store.forget_before(LAST, Retention(daily=10))
    with pytest.raises(TooOldError, match=f"{FIRST}"):
        runner.report(FIRST + timedelta(days=20))


def test_what_is_carried_on_asks_for_the_next_day(folder: Path) -> None:
    """Learned again with another last state, the day after is to be learned again."""
    runner = _runner(folder / "store.db")
    days = household()
    for raw in days[:3]:
        assert not runner.learn(raw)
    assert not runner.learn(days[1])
    other = raw_days(
        days[1].day, days[1].day, [Row(f"{days[1].day}T12:00", "light.bath", "on")]
    )
    assert runner.learn(other[0])
    assert not runner.learn(days[2])


def test_periods_are_written_when_complete_and_are_sums(folder: Path) -> None:
    """Partial first week; re-rolled when one of its days is learned again."""
    runner = _runner(folder / "store.db")
    for raw in household():
        runner.learn(raw)
    store = runner.store
    mondays = [date(2026, 2, 23) + timedelta(weeks=n) for n in range(6)]
    assert list(store.periods(Layer.WEEKLY)) == mondays
    assert list(store.periods(Layer.MONTHLY)) == [date(2026, 2, 1), date(2026, 3, 1)]

    def week(start: date) -> object:
        return store.read_periods(Layer.WEEKLY, HAPPENINGS_SUM, start, start).table

    def days_of(start: date) -> object:
        end = start + timedelta(days=6)
        days = {spec.name: store.read_days(spec, start, end) for spec in SUMMED}
        return rollup(BERLIN, days)[HAPPENINGS_SUM.name]

    for monday in mondays:
        assert week(monday) == days_of(monday)
    before = week(mondays[-1])
    runner.learn(raw_days(LAST - timedelta(days=6), LAST - timedelta(days=6), [])[0])
    assert week(mondays[-1]) == days_of(mondays[-1]) != before


def test_what_is_carried_into_a_day(folder: Path) -> None:
    """As learned of the day before, by the ids of now; nothing where it is not kept."""
    runner = _runner(folder / "store.db", Retention(daily=1))
    days = raw_days(
        FIRST,
        FIRST + timedelta(days=1),
        [Row(f"{FIRST}T12:00", "light.before", "on")],
        tracked=["light.after", "light.other"],
        before={"light.after": "unavailable"},
    )
    following = FIRST + timedelta(days=1)
    assert runner.carried_into(following) == {}
    runner.learn(days[0])
    assert runner.carried_into(following) == {
        "light.after": "unavailable",
        "light.before": "on",
        "light.other": "off",
    }
    runner.home = Home(BERLIN.zone, aliases={"light.before": "light.after"})
    assert runner.carried_into(following) == {"light.after": "on", "light.other": "off"}
    assert runner.carried_into(FIRST) == {}
    runner.learn(days[1])
    assert runner.carried_into(following) == {}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE daily_happenings SET instants = '!' || instants",
        "UPDATE daily_happenings SET causes = '9', automations = ''",
        "UPDATE daily_exposure SET by_hour = 'z'",
    ],
)
def test_tables_that_cannot_be_read_are_damage(folder: Path, damage: str) -> None:
    """Not a fault of ours: a person can restore a backup, or have all learned anew."""
    runner = _runner(folder / "store.db")
    for raw in household()[:8]:
        runner.learn(raw)
    execute(folder / "store.db", damage)
    with pytest.raises(StoreDamagedError, match="backup"):
        _runner(folder / "store.db").report(household()[7].day)


@pytest.mark.parametrize("life", ["", "[]", "{}", '{"entries":[{}],"record":{}}'])
def test_a_life_that_cannot_be_read_is_damage(folder: Path, life: str) -> None:
    """Neither when it is told further, nor when it is asked for."""
    runner = _runner(folder / "store.db")
    for raw in household()[:11]:
        runner.learn(raw)
    runner.store.write_life(FIRST + timedelta(days=4), life)
    with pytest.raises(StoreDamagedError, match="backup"):
        runner.report(household()[10].day)
    with pytest.raises(StoreDamagedError, match="backup"):
        runner.learn(household()[11])


def test_a_week_of_damaged_days_is_not_summed_up(folder: Path) -> None:
    """The roll-up would carry the damage on."""
    runner = _runner(folder / "store.db")
    for raw in household()[:5]:
        runner.learn(raw)
    execute(folder / "store.db", "UPDATE daily_happenings SET instants = '!'")
    with pytest.raises(StoreDamagedError, match="backup"):
        runner.roll_up(Layer.WEEKLY, date(2026, 2, 23), date(2026, 3, 1))
