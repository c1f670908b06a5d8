"""However history is cut, it says the same of numbers, of meters and of the sun."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    HOUR_MS,
    day_number,
    days_between,
)
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import PatternType
from custom_components.pattern_intelligence.engine.rawday import (
    Counts,
    RawDay,
    Readings,
)
from custom_components.pattern_intelligence.engine.sums import (
    CONSUMPTION_SUM,
    HAPPENINGS_SUM,
    TIMES_SUM,
)
from custom_components.pattern_intelligence.engine.sun import Position
from custom_components.pattern_intelligence.engine.tables import CONSUMPTION, CONTEXT
from custom_components.pattern_intelligence.runner import RELEARNED_DAYS, Runner
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .engine.builders import BERLIN, Row, raw_days

OUTDOOR, METER = "sensor.outdoor", "sensor.meter"
HOME = Home(
    BERLIN.zone,
    country="DE",
    entities={
        OUTDOOR: EntityInfo(OUTDOOR, device_class="temperature"),
        METER: EntityInfo(METER, device_class="energy"),
    },
    calendar=Calendar(
        holidays=frozenset({day_number(date(2026, 4, 3)), day_number(date(2026, 4, 6))})
    ),
    position=Position(52.52, 13.405),
)
BEGUN = date(2023, 6, 1)
"""From then on there are statistics of the meter."""

FIRST = date(2026, 2, 25)
"""A Wednesday; the clock changes and Easter comes later on."""

DAYS = 47
LAST = FIRST + timedelta(days=DAYS - 1)
"""A Sunday, 12 April."""

LATE = st.integers(DAYS - RELEARNED_DAYS, DAYS - 2)
"""Days that can be learned when all others are."""

BACK = st.integers(0, DAYS - RELEARNED_DAYS)
"""How far back a day is learned again."""


def _counts(first: date, last: date) -> Counts:
    """Return what was counted: 600 Wh an hour in January, 200 Wh in July."""
    instants = np.arange(
        BERLIN.start_of(first), BERLIN.bounds(last)[1], HOUR_MS, np.int64
    )
    years = (instants - BERLIN.start_of(date(2024, 1, 15))) / (365.2425 * 24 * HOUR_MS)
    return Counts(
        ((METER, "kWh"),),
        np.zeros(instants.size, np.int32),
        instants,
        np.rint(400 + 200 * np.cos(2 * np.pi * years)).astype(np.int64),
    )


@cache
def household() -> Sequence[RawDay]:
    """Return days with a lamp at dusk, a heater when it is cold, and a kettle."""
    rng = np.random.default_rng(20260225)
    rows: list[Row] = []

    def at(day: date, minute: float, entity: str, state: str) -> None:
        seconds = round(60 * minute)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        rows.append(Row(f"{day}T{clock}", entity, state))

    degrees = []
    for number, day in enumerate(days_between(FIRST, LAST)):
        degrees.append(float(rng.choice([3.0, 15.0])) + np.round(rng.normal(0, 1), 1))
        # By the clock of winter sunset moves by about 1.75 min a day from 17:42 on.
        clock_change = 60 if day >= date(2026, 3, 29) else 0
        dusk = 17 * 60 + 42 + 1.75 * number + clock_change
        dusk += rng.normal(0, 4)
        at(day, dusk, "light.porch", "on")
        at(day, 22 * 60 + 30 + rng.normal(0, 30), "light.porch", "off")
        kettle = 7 * 60 + (120 if day.weekday() >= 5 else 0) + rng.normal(0, 5)
        at(day, kettle, "switch.kettle", "on")
        at(day, kettle + 4, "switch.kettle", "off")
        if degrees[-1] < 9:
            heater = 12 * 60 + rng.normal(0, 6)
            at(day, heater, "switch.heater", "on")
            at(day, heater + 50, "switch.heater", "off")
    days = raw_days(FIRST, LAST, rows)
    return [
        replace(
            raw,
            readings=Readings(
                (OUTDOOR,),
                np.zeros(2, np.int32),
                np.array([raw.start, raw.start + 13 * HOUR_MS], np.int64),
                np.array([value, value + 0.5]),
                np.array([before + 0.5]),
            ),
            counts=_counts(raw.day, raw.day),
        )
        for raw, value, before in zip(
            days, degrees, [np.nan, *degrees[:-1]], strict=True
        )
    ]


def _runner(path: Path) -> Runner:
    return Runner(SqliteStore(path), HOME, registry())


def _begun(path: Path) -> Runner:
    """Return a runner that knows the meter's past, and no day yet."""
    runner = _runner(path)
    past = runner.past_due(BEGUN, FIRST)
    assert past is not None
    past.add(_counts(past.first, past.before - timedelta(days=1)))
    past.write(runner.store)
    return runner


def _told(runner: Runner, last: date = LAST) -> str:
    report = runner.report(last)
    assert report is not None
    return json.dumps(report.as_json())


@pytest.fixture(scope="module")
def in_one_pass() -> Iterator[Runner]:
    """Return what learned day after day, and is asked once that is done."""
    with TemporaryDirectory() as name:
        runner = _begun(Path(name) / "store.db")
        for raw in household():
            runner.learn(raw)
        yield runner
        runner.store.close()


def test_all_that_detectors_look_at_is_there(in_one_pass: Runner) -> None:
    """No law below holds only because a table is empty or a detector never looked."""
    store = in_one_pass.store
    assert len(store.read_days(CONTEXT, FIRST, LAST).table) == DAYS
    assert len(store.read_days(CONSUMPTION, FIRST, LAST).table) == DAYS
    months = store.read_periods(Layer.MONTHLY, CONSUMPTION_SUM, BEGUN, LAST)
    # June 2023 to March 2026, that of the first day among them.
    assert len(months.table) == 34
    clocks = store.read_periods(Layer.MONTHLY, TIMES_SUM, BEGUN, LAST).table
    assert set(clocks.texts("clock")) == {"wall", "sunrise", "sunset"}
    assert len(store.read_periods(Layer.WEEKLY, HAPPENINGS_SUM, BEGUN, LAST).table)
    told = json.loads(_told(in_one_pass))
    found = {
        (pattern["type"], pattern["entities"][0]["entity_id"])
        for pattern in told["patterns"]
        if pattern["entities"]
    }
    assert ("contextual", "light.porch") in found
    assert ("contextual", "switch.heater") in found
    assert ("seasonal", METER) in found
    kinds = {
        (pattern["context"]["kind"], pattern["context"].get("entity_id"))
        for pattern in told["patterns"]
        if pattern["type"] == "contextual"
    }
    assert {("sun", None), ("numeric", OUTDOOR)} <= kinds
    heard_of = {kind for kind, _ in found} | set(told["not_yet"])
    assert heard_of == {kind.value for kind in PatternType}


@settings(max_examples=2)
@given(st.data())
def test_however_it_is_cut(in_one_pass: Runner, data: st.DataObject) -> None:
    """Property: resumes, asks in between, days again and days late."""
    days = household()
    asked = data.draw(st.sets(st.integers(0, DAYS - 1), min_size=1, max_size=3))
    again = data.draw(st.dictionaries(LATE, BACK, min_size=1, max_size=2))
    late = data.draw(st.sets(LATE, min_size=1, max_size=1))
    with TemporaryDirectory() as name:
        runner = _begun(Path(name) / "store.db")
        for number, raw in enumerate(days):
            if number not in late:
                runner.learn(raw)
            if number in asked:
                _told(runner, raw.day)
                runner.store.close()
                runner = _runner(Path(name) / "store.db")
            if number in again and number - again[number] not in late:
                runner.learn(days[number - again[number]])
        for number in sorted(late):
            runner.learn(days[number])
        told = _told(runner)
        runner.store.close()
    assert told == _told(in_one_pass)
