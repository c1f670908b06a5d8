"""How long states last: what a day holds of it, and what days make of it together."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    HOUR_MS,
    MINUTE_MS,
    day_number,
)
from custom_components.pattern_intelligence.engine.entries import Entries
from custom_components.pattern_intelligence.engine.lasting import find_runs
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION, USER
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.runs import Runs, build_runs, decode
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import (
    EXPOSURE,
    HAPPENINGS,
    RUNS,
    dated as union,
)
from custom_components.pattern_intelligence.engine.window import build_window

from .builders import BERLIN, Row, dated, instant, raw_day, raw_days, window_of

DAY = date(2026, 3, 2)
NEXT = DAY + timedelta(days=1)
LAMP = "light.a"

type Told = tuple[str, str, int, int, bool, bool]
"""Entity, state, begin, end, and whether each of both was seen."""


def _told(runs: Runs) -> list[Told]:
    return [
        (runs.keys[key].entity_id, runs.keys[key].state, begin, end, begun, ended)
        for key, begin, end, begun, ended in zip(
            runs.key.tolist(),
            runs.begin.tolist(),
            runs.end.tolist(),
            runs.begun.tolist(),
            runs.ended.tolist(),
            strict=True,
        )
    ]


def _on(rows: list[Row], **before: str) -> list[tuple[str, str, str, str, str]]:
    """Return the runs of two days: times of day, with ? where nothing was seen."""
    first = {name.replace("__", "."): state for name, state in before.items()}
    shown = []
    for entity_id, state, begin, end, begun, ended in _told(
        window_of(raw_days(DAY, NEXT, rows, before=first)).runs
    ):
        clock = [
            f"{(at - instant(BERLIN, f'{DAY}T00:00')) / HOUR_MS:g}"
            for at in (begin, end)
        ]
        shown.append(
            (
                entity_id,
                state,
                clock[0] + "?" * (not begun),
                "-",
                clock[1] + "?" * (not ended),
            )
        )
    return shown


def test_a_run_lasts_from_the_entry_to_what_comes_after() -> None:
    """A light that is on twice; of its being off nothing is told."""
    assert _on(
        [
            Row(f"{DAY}T07:00", LAMP, "on"),
            Row(f"{DAY}T08:30", LAMP, "off"),
            Row(f"{DAY}T20:00", LAMP, "on"),
            Row(f"{DAY}T21:00", LAMP, "off"),
        ]
    ) == [(LAMP, "on", "7", "-", "8.5"), (LAMP, "on", "20", "-", "21")]


def test_midnight_cuts_nothing() -> None:
    """On at 23:00, off at 01:00: two hours, both ends seen."""
    rows = [Row(f"{DAY}T23:00", LAMP, "on"), Row(f"{NEXT}T01:00", LAMP, "off")]
    assert _on(rows) == [(LAMP, "on", "23", "-", "25")]


def test_off_at_the_stroke_of_midnight() -> None:
    """The second day ends a run that it has nothing of."""
    rows = [Row(f"{DAY}T23:00", LAMP, "on"), Row(f"{NEXT}T00:00", LAMP, "off")]
    assert _on(rows) == [(LAMP, "on", "23", "-", "24")]


def test_what_goes_on_at_the_edges_of_the_window_is_marked() -> None:
    """On before the first day, and still on after the last."""
    assert _on([Row(f"{DAY}T02:00", LAMP, "off")], light__a="on") == [
        (LAMP, "on", "0?", "-", "2")
    ]
    assert _on([Row(f"{NEXT}T02:00", LAMP, "on")]) == [(LAMP, "on", "26", "-", "48?")]


def test_a_gap_is_no_end_and_no_begin() -> None:
    """What happened while nobody looked is not guessed."""
    assert _on(
        [
            Row(f"{DAY}T07:00", LAMP, "on"),
            Row(f"{DAY}T08:00", LAMP, "unavailable"),
            Row(f"{DAY}T09:00", LAMP, "on"),
            Row(f"{DAY}T10:00", LAMP, "off"),
        ]
    ) == [(LAMP, "on", "7", "-", "8?"), (LAMP, "on", "9?", "-", "10")]


def test_a_restart_republishes_everything() -> None:
    """Home Assistant was away from 12 to 13: on before, on again, off later."""
    start, end = BERLIN.bounds(DAY)
    stop = start + 12 * HOUR_MS
    raw = raw_day(
        DAY,
        [
            Row(f"{DAY}T11:00", LAMP, "on"),
            Row(f"{DAY}T13:01", LAMP, "on"),
            Row(f"{DAY}T14:00", LAMP, "off"),
            Row(f"{DAY}T11:30", "switch.gone", "on"),
        ],
        carried={LAMP: "off", "switch.gone": "off"},
        recorded=[(start, stop), (stop + HOUR_MS, end)],
    )
    assert [
        (entity, (begin - start) / MINUTE_MS, (to - start) / MINUTE_MS, begun, ended)
        for entity, _, begin, to, begun, ended in _told(window_of([raw]).runs)
    ] == [
        (LAMP, 660, 720, True, False),
        (LAMP, 781, 840, False, True),
        ("switch.gone", 690, 720, True, False),
    ]


def test_recording_that_begins_after_midnight_takes_nothing_over() -> None:
    """What was carried in is not known to have gone on until then."""
    start, end = BERLIN.bounds(DAY)
    raw = raw_day(
        DAY,
        [Row(f"{DAY}T06:00", LAMP, "on"), Row(f"{DAY}T07:00", LAMP, "off")],
        carried={LAMP: "on"},
        recorded=[(start + HOUR_MS, end)],
    )
    assert _told(window_of([raw]).runs) == [
        (LAMP, "on", start + 6 * HOUR_MS, start + 7 * HOUR_MS, False, True)
    ]


def test_a_missing_day_ends_what_went_on() -> None:
    """On from 23:00 of the first day, off on the third; of the second nothing."""
    third = NEXT + timedelta(days=1)
    days = raw_days(
        DAY,
        third,
        [Row(f"{DAY}T23:00", LAMP, "on"), Row(f"{third}T01:00", LAMP, "off")],
    )
    at = [instant(BERLIN, f"{day}T00:00") for day in (NEXT, third)]
    assert _told(window_of([days[0], days[2]]).runs) == [
        (LAMP, "on", at[0] - HOUR_MS, at[0], True, False),
        (LAMP, "on", at[1], at[1] + HOUR_MS, False, True),
    ]


def test_days_learned_before_there_was_the_table_have_no_runs() -> None:
    """A store of an older version: what its last day carried out was not told."""
    days = raw_days(
        DAY,
        NEXT,
        [Row(f"{DAY}T23:00", LAMP, "on"), Row(f"{NEXT}T01:00", LAMP, "off")],
    )
    tables = [(raw.day, summarize(raw)) for raw in days]
    window = build_window(
        BERLIN,
        [DAY, NEXT],
        dated(tables, HAPPENINGS),
        dated(tables, EXPOSURE),
        runs=dated(tables[1:], RUNS),
    )
    at = instant(BERLIN, f"{NEXT}T00:00")
    assert _told(window.runs) == [(LAMP, "on", at, at + HOUR_MS, False, True)]


def test_quiet_minutes_do_not_end_a_bout() -> None:
    """Movement twice within five minutes is one, also at midnight; a light is not."""
    rows = [
        Row(f"{DAY}T23:50", "binary_sensor.m", "on"),
        Row(f"{DAY}T23:54", "binary_sensor.m", "off"),
        Row(f"{DAY}T23:57", "binary_sensor.m", "on"),
        Row(f"{DAY}T23:58", "binary_sensor.m", "off"),
        Row(f"{NEXT}T00:02", "binary_sensor.m", "on"),
        Row(f"{NEXT}T00:03", "binary_sensor.m", "off"),
        Row(f"{NEXT}T00:08", "binary_sensor.m", "on"),
        Row(f"{NEXT}T00:15", "binary_sensor.m", "off"),
    ]
    assert _on(rows) == [
        ("binary_sensor.m", "on", "23.8333", "-", "24.05"),
        ("binary_sensor.m", "on", "24.1333", "-", "24.25"),
    ]
    lamp = [Row(row.at, LAMP, row.state) for row in rows]
    assert len(_on(lamp)) == 4


@pytest.mark.parametrize(
    ("entity_id", "states", "told"),
    [
        ("media_player.tv", ["off", "idle", "playing", "paused"], [("playing", 2, 3)]),
        (
            "media_player.tv",
            ["idle", "buffering", "playing", "off"],
            [("playing", 1, 3)],
        ),
        ("cover.blind", ["closed", "opening", "open", "closing"], [("open", 1, 3)]),
        (
            "lock.door",
            ["locked", "unlocking", "unlocked", "jammed", "locked"],
            [("unlocked", 1, 4)],
        ),
        (
            "alarm_control_panel.home",
            ["disarmed", "arming", "armed_away", "pending", "disarmed"],
            [("armed_away", 2, 4)],
        ),
        (
            "person.anna",
            ["home", "not_home", "Work", "not_home", "home"],
            [("not_home", 1, 4)],
        ),
        ("climate.flat", ["off", "heat", "off"], [("heat", 1, 2)]),
        ("vacuum.robot", ["docked", "cleaning", "returning"], [("cleaning", 1, 2)]),
        (
            "sensor.washer",
            ["idle", "run", "idle"],
            [("idle", 0, 1), ("idle", 2, 24), ("run", 1, 2)],
        ),
        ("input_number.level", ["1", "2", "1"], []),
        ("script.night", ["off", "on", "off"], []),
    ],
)
def test_states_that_a_person_would_name(
    entity_id: str, states: list[str], told: list[tuple[str, int, int]]
) -> None:
    """Each state an hour after the one before, the first carried into the day."""
    rows = [
        Row(f"{DAY}T{hour:02d}:00", entity_id, state)
        for hour, state in enumerate(states[1:], start=1)
    ]
    raw = raw_day(DAY, rows, carried={entity_id: states[0]})
    assert [
        (state, (begin - raw.start) / HOUR_MS, (end - raw.start) / HOUR_MS)
        for _, state, begin, end, _, _ in _told(window_of([raw]).runs)
    ] == told


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 9), (date(2026, 10, 24), 11)]
)
def test_a_night_is_as_long_as_it_was(day: date, hours: int) -> None:
    """From 21:00 to 07:00 the clock goes ten hours, whatever it does at 02:00."""
    after = day + timedelta(days=1)
    days = raw_days(
        day,
        after,
        [Row(f"{day}T21:00", LAMP, "on"), Row(f"{after}T07:00", LAMP, "off")],
    )
    ((_, _, begin, end, begun, ended),) = _told(window_of(days).runs)
    assert (end - begin, begun, ended) == (hours * HOUR_MS, True, True)


def test_who_began_and_who_ended_it() -> None:
    """Switched on by a person, off by an automation, known to the window by name."""
    rows = [
        Row(f"{DAY}T23:50", LAMP, "on", USER),
        Row(f"{NEXT}T00:10", LAMP, "off", AUTOMATION + 1),
    ]
    names = ("", "automation.dark")
    window = window_of(raw_days(DAY, NEXT, rows, automations=names))
    assert window.runs.cause.tolist() == [USER]
    assert window.runs.ended_by.tolist() == [AUTOMATION + 1]
    assert window.automations[1] == "automation.dark"


def test_a_renamed_entity_goes_on() -> None:
    """On in the evening under the old id, off in the morning under the new one."""
    days = [
        raw_day(
            DAY, [Row(f"{DAY}T23:00", "light.old", "on")], carried={"light.old": "off"}
        ),
        raw_day(
            NEXT,
            [Row(f"{NEXT}T01:00", "light.new", "off")],
            carried={"light.new": "on"},
        ),
    ]
    tables = [(raw.day, summarize(raw)) for raw in days]
    window = build_window(
        BERLIN,
        [DAY, NEXT],
        dated(tables, HAPPENINGS),
        dated(tables, EXPOSURE),
        lambda entity_id: entity_id.replace("old", "new"),
        dated(tables, RUNS),
    )
    ((entity_id, _, begin, end, begun, ended),) = _told(window.runs)
    assert (entity_id, end - begin, begun, ended) == (
        "light.new",
        2 * HOUR_MS,
        True,
        True,
    )


def test_a_window_that_is_cut_saw_no_begin() -> None:
    """What went on when its first day began."""
    rows = [
        Row(f"{DAY}T12:00", LAMP, "on"),
        Row(f"{DAY}T13:00", LAMP, "off"),
        Row(f"{DAY}T23:00", LAMP, "on", USER),
        Row(f"{NEXT}T01:00", LAMP, "off"),
    ]
    window = window_of(raw_days(DAY, NEXT, rows)).since(
        int(window_of(raw_days(NEXT, NEXT, [])).days[0])
    )
    at = instant(BERLIN, f"{NEXT}T00:00")
    assert _told(window.runs) == [(LAMP, "on", at, at + HOUR_MS, False, True)]
    assert window.runs.cause.tolist() == [0]


def test_damage_is_told() -> None:
    """A list of runs that lacks its last end."""
    table = summarize(raw_day(DAY, [Row(f"{DAY}T07:00", LAMP, "on")]))[RUNS.name]
    columns = {**table.columns, "spans": ("1",)}
    broken = union(RUNS, [(0, type(table)(RUNS, columns))])
    nothing = Entries(
        (), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int16)
    )
    with pytest.raises(ValueError, match="damaged"):
        build_runs(BERLIN, broken, nothing, str)


FIRST = date(2026, 3, 28)
"""The clock changes on the second day."""

DAYS = 4
MINUTES = DAYS * 24 * 60 - 60
STATES = {
    "binary_sensor.m": ["on", "off", "unknown"],
    "light.a": ["on", "off", "unavailable"],
    "media_player.tv": ["playing", "buffering", "paused", "off", "unavailable"],
    "person.a": ["home", "not_home", "Work"],
    "select.mode": ["x", "y", ""],
}
HAPPENED = st.lists(
    st.tuples(
        # Anywhere, or close to the first midnight, or to the one the clock changes on.
        st.one_of(st.integers(0, MINUTES - 1), st.integers(1432, 1448)),
        st.sampled_from([(e, state) for e, own in STATES.items() for state in own]),
    ),
    max_size=60,
)
STOPS = st.lists(st.integers(0, MINUTES - 30), max_size=3, unique=True)

type Rows = list[tuple[int, str, str]]
type Spans = list[tuple[int, int]]


def _history(
    happened: list[tuple[int, tuple[str, str]]], stops: list[int]
) -> tuple[Rows, Spans]:
    """Return all rows in order, and when Home Assistant ran.

    It stops for twenty minutes at a time, and republishes everything afterwards.
    """
    start = BERLIN.start_of(FIRST)
    edges = [start]
    for minute in sorted(stops):
        stop = start + minute * MINUTE_MS + MINUTE_MS // 2
        if stop > edges[-1]:
            edges += [stop, stop + 20 * MINUTE_MS]
    edges.append(BERLIN.start_of(FIRST + timedelta(days=DAYS)))
    ran = list(zip(edges[::2], edges[1::2], strict=True))
    rows: Rows = []
    last = {entity_id: states[-1] for entity_id, states in STATES.items()}
    for number, (begin, end) in enumerate(ran):
        if number:
            rows += [(begin, entity_id, state) for entity_id, state in last.items()]
        for minute, (entity_id, state) in sorted(happened, key=lambda one: one[0]):
            at = start + minute * MINUTE_MS
            if begin <= at < end:
                rows.append((at, entity_id, state))
                last[entity_id] = state
    return rows, ran


def _cut(rows: Rows, ran: Spans) -> list[RawDay]:
    """Return the days that a source would make of it."""
    states = sorted({state for own in STATES.values() for state in own})
    entities = tuple(sorted(STATES))
    carried = dict.fromkeys(entities, -1)
    days = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        low, high = BERLIN.bounds(day)
        own = [row for row in rows if low <= row[0] < high]
        days.append(
            RawDay(
                day,
                low,
                high,
                entities,
                tuple(states),
                np.array([entities.index(entity) for _, entity, _ in own], np.int32),
                np.array([states.index(state) for _, _, state in own], np.int32),
                np.array([at for at, _, _ in own], np.int64),
                np.zeros(len(own), np.int16),
                np.array([carried[entity] for entity in entities], np.int32),
                ("",),
                tuple(
                    (max(a, low), min(b, high)) for a, b in ran if a < high and b > low
                ),
            )
        )
        carried |= {entity: states.index(state) for _, entity, state in own}
    return days


def _plainly(rows: Rows, ran: Spans) -> list[Told]:
    """Return the runs, row by row; of midnight it knows nothing."""
    told: list[Told] = []
    for entity_id in sorted(STATES):
        for begin, end in ran:
            current, since, begun = "", begin, False
            for at, owner, state in rows:
                name = _name(owner, state)
                if owner != entity_id or not begin <= at < end or name == current:
                    continue
                if current not in {"", "rest"}:
                    told.append((entity_id, current, since, at, begun, name != ""))
                current, since, begun = name, at, current != ""
            if current not in {"", "rest"}:
                told.append((entity_id, current, since, end, begun, False))
    return _without_quiet(sorted(told))


def _name(entity_id: str, state: str) -> str:
    """Return the name of a lasting state, "rest" for another, "" for none."""
    if state in {"", "unknown", "unavailable"}:
        return ""
    if entity_id == "person.a":
        return "rest" if state == "home" else "not_home"
    state = "playing" if state == "buffering" else state
    return state if state in {"on", "playing", "x", "y"} else "rest"


def _without_quiet(told: list[Told]) -> list[Told]:
    bouts: list[Told] = []
    for run in told:
        entity_id, state, begin, end, begun, ended = run
        if bouts and entity_id in {"binary_sensor.m", "media_player.tv"}:
            last = bouts[-1]
            if last[:2] == (entity_id, state) and last[5] and begun:
                if begin - last[3] < 5 * MINUTE_MS:
                    bouts[-1] = (*last[:3], end, last[4], ended)
                    continue
        bouts.append(run)
    return bouts


@given(HAPPENED, STOPS)
def test_days_joined_are_the_whole(
    happened: list[tuple[int, tuple[str, str]]], stops: list[int]
) -> None:
    """However midnight cut it: the same runs as of all rows at once."""
    rows, ran = _history(happened, stops)
    assert _told(window_of(_cut(rows, ran)).runs) == _plainly(rows, ran)


@given(HAPPENED, STOPS)
def test_what_is_stored_of_a_day_is_all_of_it(
    happened: list[tuple[int, tuple[str, str]]], stops: list[int]
) -> None:
    """From the table come back the very fragments that it was made of."""
    for raw in _cut(*_history(happened, stops)):
        found, states = find_runs(raw)
        table = summarize(raw)[RUNS.name]
        back = decode(BERLIN, union(RUNS, [(day_number(raw.day), table)]), str)
        assert [(key.entity_id, key.state) for key in back[0]] == [
            (raw.entities[code // len(states)], states[code % len(states)])
            for code in np.unique(found.key).tolist()
        ]
        for name in ("begin", "end", "carried", "unseen"):
            assert getattr(back[1], name).tolist() == getattr(found, name).tolist()
