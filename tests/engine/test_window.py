"""A window is the union of its days, joined where midnight cut through."""

from datetime import date, timedelta

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import EXPOSURE, HAPPENINGS
from custom_components.pattern_intelligence.engine.window import Key, build_window

from .builders import BERLIN, Row, dated, instant, raw_day, raw_days, window_of

FIRST = date(2026, 3, 2)
SECOND = FIRST + timedelta(days=1)


def test_happenings_are_sorted_by_key_and_instant() -> None:
    """Two days of two entities."""
    window = window_of(
        raw_days(
            FIRST,
            SECOND,
            [
                Row(f"{SECOND}T07:00", "light.b", "on"),
                Row(f"{FIRST}T21:00", "light.a", "on"),
                Row(f"{SECOND}T06:00", "light.a", "off"),
                Row(f"{FIRST}T08:00", "light.b", "on"),
                Row(f"{FIRST}T09:00", "light.b", "off"),
            ],
        )
    )
    assert window.keys == (
        Key("light.a", "off"),
        Key("light.a", "on"),
        Key("light.b", "off"),
        Key("light.b", "on"),
    )
    at = window.instant[window.of_key(3)].tolist()
    assert at == [instant(BERLIN, f"{FIRST}T08:00"), instant(BERLIN, f"{SECOND}T07:00")]
    assert (window.first_day, window.last_day) == (FIRST, SECOND)


def test_a_bout_across_midnight_is_one() -> None:
    """Quiet for two minutes at midnight: neither the end nor the beginning is one."""
    window = window_of(
        raw_days(
            FIRST,
            SECOND,
            [
                Row(f"{FIRST}T23:50", "binary_sensor.m", "on"),
                Row(f"{FIRST}T23:59", "binary_sensor.m", "off"),
                Row(f"{SECOND}T00:01", "binary_sensor.m", "on"),
                Row(f"{SECOND}T00:02", "binary_sensor.m", "off"),
            ],
        )
    )
    shown = {
        key.state: window.instant[window.of_key(index)].tolist()
        for index, key in enumerate(window.keys)
    }
    assert shown == {
        "on": [instant(BERLIN, f"{FIRST}T23:50")],
        "off": [instant(BERLIN, f"{SECOND}T00:02")],
    }


def test_what_comes_before_a_bout_is_none_of_its_ends() -> None:
    """A television that is switched on and then plays did both, also at midnight."""
    window = window_of(
        raw_days(
            FIRST,
            SECOND,
            [
                Row(f"{FIRST}T20:00", "media_player.tv", "on"),
                Row(f"{FIRST}T20:01", "media_player.tv", "playing"),
                Row(f"{FIRST}T22:00", "media_player.tv", "off"),
                Row(f"{FIRST}T23:59", "media_player.tv", "on"),
                Row(f"{SECOND}T00:01", "media_player.tv", "playing"),
            ],
        )
    )
    counts = {
        key.state: window.of_key(index).stop - window.of_key(index).start
        for index, key in enumerate(window.keys)
    }
    assert counts == {"on": 2, "playing": 2, "off": 1}


def test_automations_go_by_the_names_they_have() -> None:
    """Renamed on the second day, it is still one automation."""
    tables = [
        (
            day,
            summarize(
                raw_day(
                    day,
                    [Row(f"{day}T07:00", "light.a", "on", AUTOMATION + 1)],
                    carried={"light.a": "off"},
                    automations=("", name),
                )
            ),
        )
        for day, name in ((FIRST, "automation.old"), (SECOND, "automation.new"))
    ]
    window = build_window(
        BERLIN,
        [FIRST, SECOND],
        dated(tables, HAPPENINGS),
        dated(tables, EXPOSURE),
        lambda entity_id: entity_id.replace("old", "new"),
    )
    assert window.automations == ("", "automation.new")
    assert window.cause.tolist() == [AUTOMATION + 1] * 2


def test_the_same_day_twice_is_an_error() -> None:
    """Merging never destroys the day as the unit of evidence."""
    raw = raw_day(FIRST, [])
    tables = [(FIRST, summarize(raw)), (FIRST, summarize(raw))]
    with pytest.raises(ValueError, match="different days"):
        build_window(
            BERLIN, [FIRST, FIRST], dated(tables, HAPPENINGS), dated(tables, EXPOSURE)
        )


def test_days_from_one_on() -> None:
    """What was before is gone, with keys that only it had; a bout stays one."""
    rows = [
        Row("2026-03-02T12:00:00", "light.old", "on"),
        Row("2026-03-02T23:58:00", "binary_sensor.pir", "on"),
        Row("2026-03-02T23:59:00", "binary_sensor.pir", "off"),
        Row("2026-03-03T00:01:00", "binary_sensor.pir", "on"),
        Row("2026-03-03T00:02:00", "binary_sensor.pir", "off"),
        Row("2026-03-03T08:00:00", "light.new", "on"),
    ]
    carried = ["binary_sensor.pir", "light.new", "light.old"]
    whole = window_of(
        raw_days(date(2026, 3, 2), date(2026, 3, 4), rows, tracked=carried)
    )
    later = whole.since(day_number(date(2026, 3, 3)))
    assert later.first_day == date(2026, 3, 3)
    assert later.last_day == date(2026, 3, 4)
    told = [
        (later.keys[key], at)
        for key, at in zip(later.key.tolist(), later.instant.tolist(), strict=True)
    ]
    assert told == [
        (Key("binary_sensor.pir", "off"), instant(BERLIN, "2026-03-03T00:02:00")),
        (Key("light.new", "on"), instant(BERLIN, "2026-03-03T08:00:00")),
    ]
    assert later.available.shape == (3, 2, 24)
    assert later.recorded.shape == (2, 24)
    assert whole.since(day_number(date(2026, 3, 1))) is whole


def test_a_renamed_entity_is_one() -> None:
    """What the old id did belongs to the new one."""
    tables = [
        (
            day,
            summarize(
                raw_day(day, [Row(f"{day}T07:00", name, "on")], carried={name: "off"})
            ),
        )
        for day, name in ((FIRST, "light.old"), (SECOND, "light.new"))
    ]
    window = build_window(
        BERLIN,
        [FIRST, SECOND],
        dated(tables, HAPPENINGS),
        dated(tables, EXPOSURE),
        lambda entity_id: entity_id.replace("old", "new"),
    )
    assert window.keys == (Key("light.new", "on"),)
    assert window.instant.size == 2
    assert window.entities == ("light.new",)
    assert window.available.min() == 1.0


def test_automations_are_numbered_for_the_window() -> None:
    """Each day numbers its own; the window knows them all by name."""
    days = [
        raw_day(
            day,
            [Row(f"{day}T07:00", "light.a", "on", AUTOMATION + 1)],
            carried={"light.a": "off"},
            automations=("", name),
        )
        for day, name in ((FIRST, "automation.z"), (SECOND, "automation.b"))
    ]
    window = window_of(days)
    assert window.automations == ("", "automation.b", "automation.z")
    assert window.cause.tolist() == [AUTOMATION + 2, AUTOMATION + 1]


def test_exposure_is_told_by_the_hour_on_the_clock() -> None:
    """Of the hour that is skipped nothing was there; the one doubled is whole."""
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    for day, expected in ((spring, 0.0), (autumn, 1.0)):
        window = window_of([raw_day(day, [], carried={"light.a": "off"})])
        assert window.recorded[0, 2] == expected
        assert np.delete(window.recorded[0], 2).min() == 1.0
        assert window.available[0, 0, 2] == expected


def test_who_was_home_makes_a_day_occupied() -> None:
    """With persons, presence decides, however quiet the day was."""
    window = window_of(
        raw_days(
            FIRST,
            FIRST + timedelta(days=3),
            [
                Row(f"{FIRST}T09:00", "person.a", "not_home"),
                Row(f"{FIRST + timedelta(days=2)}T18:00", "person.a", "home"),
            ],
            before={"person.a": "home"},
        )
    )
    assert window.occupied.tolist() == [True, False, True, True]


def test_without_persons_a_busy_home_is_an_occupied_one() -> None:
    """Ten happenings are usual, so one alone was nobody's."""
    rows = [
        Row(f"{FIRST + timedelta(days=day)}T{8 + n:02d}:00", f"light.l{n}", "on")
        for day in (0, 1, 3)
        for n in range(10)
    ]
    rows += [
        Row(f"{FIRST + timedelta(days=day)}T22:00", f"light.l{n}", "off")
        for day in (0, 1)
        for n in range(10)
    ]
    window = window_of(raw_days(FIRST, FIRST + timedelta(days=3), rows))
    assert window.days.tolist() == [day_number(FIRST) + n for n in range(4)]
    assert window.occupied.tolist() == [True, True, False, True]


def test_two_ids_of_one_entity_share_a_day() -> None:
    """It was there where either was: under the old id until noon, the new one since."""
    noon = f"{FIRST}T12:00"
    raw = raw_day(
        FIRST,
        [
            Row(noon, "light.old", "unavailable"),
            Row(noon, "light.new", "off"),
            Row(noon, "light.z", "off"),
        ],
        carried={
            "light.old": "off",
            "light.new": "unavailable",
            "light.z": "unavailable",
        },
    )
    tables = [(FIRST, summarize(raw))]
    for first, second in (("light.old", "light.new"), ("light.new", "light.old")):
        window = build_window(
            BERLIN,
            [FIRST],
            dated(tables, HAPPENINGS),
            dated(tables, EXPOSURE),
            Home(BERLIN.zone, aliases={first: second}).resolve,
        )
        assert window.entities == (second, "light.z")
        assert window.available[0, 0].tolist() == [1.0] * 24
        assert window.available[1, 0].tolist() == [0.0] * 12 + [1.0] * 12
