"""One habit is one pattern; what it explains is named as its companion."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import (
    Anchor,
    Finding,
    PatternType,
    Spread,
)
from custom_components.pattern_intelligence.engine.tying import tie
from custom_components.pattern_intelligence.engine.window import Key, Window

from .builders import BERLIN, Row, raw_days, window_of
from .test_life import finding

FIRST = date(2026, 3, 2)
DAYS = np.arange(day_number(FIRST), day_number(FIRST) + 20)
SLEPT = np.array([(n * 37) % 121 - 60 for n in range(20)], float)
"""When a household got up on each day, in minutes around its usual time."""


def _window() -> Window:
    """Return days that begin with a cupboard, closed at once, and an hour of lamp."""
    rows = []
    for number, late in enumerate(SLEPT.tolist()):
        day = FIRST + timedelta(days=number)

        def at(minute: float, day: date = day) -> str:
            return f"{day}T{int(minute) // 60:02d}:{int(minute) % 60:02d}"

        rows += [
            Row(at(480 + late), "binary_sensor.cupboard", "on"),
            Row(at(481 + late), "binary_sensor.cupboard", "off"),
            Row(at(480 + late), "light.lamp", "on"),
            Row(at(540 + late), "light.lamp", "off"),
        ]
    return window_of(raw_days(FIRST, FIRST + timedelta(days=19), rows))


WINDOW = _window()
HOME = Home(
    BERLIN.zone,
    entities={
        name: EntityInfo(name, device_id="plug")
        for name in ("switch.printer", "switch.printer_led")
    }
    | {"binary_sensor.hall": EntityInfo("binary_sensor.hall", device_class="motion")},
)


def _time(
    entity_id: str,
    state: str = "on",
    *,
    anchor: Anchor = "first",
    times: np.ndarray = SLEPT,
    matched: np.ndarray = DAYS,
    confidence: float = 0.8,
) -> Finding:
    found = finding(480)
    assert found.when is not None
    return replace(
        found,
        entities=(Key(entity_id, state),),
        confidence=confidence,
        eligible=DAYS,
        matched=matched,
        times=times,
        when=replace(found.when, anchor=anchor),
    )


def _link(*keys: tuple[str, str], confidence: float = 0.8) -> Finding:
    return replace(
        finding(0),
        type=PatternType.CO_OCCURRENCE,
        entities=tuple(Key(*key) for key in keys),
        confidence=confidence,
        eligible=DAYS,
        matched=DAYS,
        times=np.zeros(0),
        when=None,
        lag_s=Spread(10, 5, 20),
    )


def _named(findings: list[Finding]) -> list[tuple[str, list[str]]]:
    """Return who stands for itself, and for whom else."""
    return [
        (
            found.entities[0].entity_id,
            [c["entity_id"] for c in found.details.get("companions", ())],
        )
        for found in tie(findings, WINDOW, HOME)
    ]


def test_firsts_that_move_together_are_one_morning() -> None:
    """The kettle follows the bath within minutes, whenever people get up."""
    jitter = np.array([(n * 7) % 11 - 5 for n in range(20)], float)
    bath, kettle = (
        _time("light.bath", confidence=0.9),
        _time("switch.kettle", times=SLEPT + jitter),
    )
    assert _named([kettle, bath]) == [("light.bath", ["switch.kettle"])]


def test_a_first_of_its_own_stands_for_itself() -> None:
    """It spreads as much, but when the household gets up tells nothing about it."""
    other = _time("switch.kettle", times=SLEPT[::-1])
    assert _named([_time("light.bath"), other]) == [
        ("light.bath", []),
        ("switch.kettle", []),
    ]


def test_what_people_do_stands_for_what_sees_them() -> None:
    """However sure a motion sensor's first is."""
    seen = _time("binary_sensor.hall", confidence=0.95)
    assert _named([seen, _time("light.bath")]) == [
        ("light.bath", ["binary_sensor.hall"])
    ]


def test_what_keeps_the_clock_follows_nobody() -> None:
    """Two timers, two minutes from each other: the clock explains both."""
    sharp = np.zeros(20)
    timers = [_time("switch.a", times=sharp), _time("switch.b", times=sharp)]
    assert len(_named([timers[0], _at(timers[1], 482)])) == 2


def test_what_happens_within_the_same_minute_is_one_event() -> None:
    """A heating schedule sets every room at once; on 13 of 20 days is too seldom."""
    rooms = [
        _time(f"number.{room}", anchor="each", times=times, confidence=confidence)
        for room, times, confidence in (
            ("bath", np.zeros(20), 0.9),
            ("hall", np.arange(20) % 3 / 4, 0.8),
            ("attic", np.repeat([0.0, 30.0], [14, 6]), 0.7),
            ("cellar", np.repeat([0.0, 30.0, -30], [13, 3, 4]), 0.7),
        )
    ]
    assert _named(rooms) == [
        ("number.bath", ["number.hall", "number.attic"]),
        ("number.cellar", []),
    ]


def test_only_a_shared_morning_counts() -> None:
    """On six of its twenty days the other did not happen: 70 % is the least."""
    bath = _time("light.bath", matched=DAYS[:13], times=SLEPT[:13], confidence=0.9)
    assert len(_named([bath, _time("switch.kettle")])) == 2
    bath = _time("light.bath", matched=DAYS[:14], times=SLEPT[:14], confidence=0.9)
    assert len(_named([bath, _time("switch.kettle")])) == 1


def test_each_happening_is_nobodys_morning() -> None:
    """Only the first and the last of a day follow the household's."""
    jitter = np.array([(n * 7) % 11 - 5 for n in range(20)], float)
    findings = [
        _time("light.bath", anchor="each"),
        _time("switch.kettle", anchor="each", times=SLEPT + jitter),
    ]
    assert len(_named(findings)) == 2


def test_an_end_at_once_is_an_echo() -> None:
    """A cupboard that closes after a minute is opened: one habit, told by its start."""
    opened = _time("binary_sensor.cupboard", confidence=0.7)
    closed = _time("binary_sensor.cupboard", "off", confidence=0.9)
    tied = tie([closed, opened], WINDOW, HOME)
    assert [found.entities[0].state for found in tied] == ["on"]


def test_an_end_an_hour_later_is_a_habit_of_its_own() -> None:
    """A lamp's on and off are two things that people do."""
    sharp = np.zeros(20)
    on, off = _time("light.lamp", times=sharp), _time("light.lamp", "off", times=sharp)
    assert len(tie([on, _at(off, 540)], WINDOW, HOME)) == 2


def _at(found: Finding, time: float) -> Finding:
    assert found.when is not None
    return replace(found, when=replace(found.when, time=time))


def test_two_peaks_of_one_entity_are_two_habits() -> None:
    """Sharp at seven and at nineteen on the same days: neither explains the other."""
    sharp = np.zeros(20)
    peaks = [
        _at(_time("light.bath", anchor="each", times=sharp), minutes)
        for minutes in (420, 1140)
    ]
    assert len(tie(peaks, WINDOW, HOME)) == 2


def test_what_one_device_does_at_once_is_one_habit() -> None:
    """A plug and the light on it, minutes apart; on two devices they are two habits."""
    jitter = np.array([(n * 7) % 11 - 5 for n in range(20)], float)

    def named(*names: str) -> list[tuple[str, list[str]]]:
        return _named(
            [
                _time(name, anchor="each", times=times)
                for name, times in zip(names, (np.zeros(20), jitter / 2), strict=True)
            ]
        )

    assert named("switch.printer", "switch.printer_led") == [
        ("switch.printer", ["switch.printer_led"])
    ]
    assert len(named("switch.a", "switch.b")) == 2


def test_two_entities_have_one_link() -> None:
    """Either way round, by start or by echo: the one that begins is told."""
    cupboard, lamp = "binary_sensor.cupboard", "light.lamp"
    tied = tie(
        [
            _link((cupboard, "off"), (lamp, "on"), confidence=0.95),
            _link((lamp, "on"), (cupboard, "on"), confidence=0.6),
            _link((cupboard, "on"), (lamp, "on"), confidence=0.9),
        ],
        WINDOW,
        HOME,
    )
    assert [found.entities for found in tied] == [
        (Key(cupboard, "on"), Key(lamp, "on"))
    ]


def test_other_states_have_links_of_their_own() -> None:
    """Going on together in the evening is not going off together at night."""
    findings = [
        _link(("light.lamp", "on"), ("switch.fan", "on")),
        _link(("light.lamp", "off"), ("switch.fan", "off")),
    ]
    assert len(tie(findings, WINDOW, HOME)) == 2


def test_what_stands_for_itself_keeps_its_place() -> None:
    """The order of findings is part of what a run says."""
    findings = [_at(_time(f"light.l{n}", anchor="each"), n * 60) for n in (3, 1, 2)]
    assert tie(findings, WINDOW, HOME) == findings
