"""What the detector of times of day finds, and where it stays silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import DAY_MS
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.detectors import tallies_of
from custom_components.pattern_intelligence.engine.detectors.time_of_day import (
    TimeOfDay,
)
from custom_components.pattern_intelligence.engine.evidence import Tally
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.pattern import (
    Anchor,
    Finding,
    PatternType,
    When,
)
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.window import Key, Window
from tests.engine.builders import BERLIN, Row, raw_days, waits_for, window_of

from .naive_times import FIRST, UTC, window_of_times

HOME = Home(UTC.zone)
LAMP = Key("light.lamp", "on")
DARK = Key("light.lamp", "off")
DAYS = 42

type Times = list[tuple[int, float]]


def _kept(
    at: float,
    days: Sequence[int] = range(DAYS),
    spread: float = 5.0,
    seed: int = 1,
    drift: float = 0.0,
) -> Times:
    """Return one time a day, spread evenly to either side."""
    chance = Random(seed)
    return [(day, at + drift * day + chance.uniform(-spread, spread)) for day in days]


def _all_day(rate: int, begin: Callable[[int], float], seed: int = 2) -> Times:
    """Return uses from a begin on until 22:00."""
    chance = Random(seed)
    return [
        (day, chance.uniform(begin(day), 1320))
        for day in range(DAYS)
        for _ in range(rate)
    ]


def _found(window: Window) -> Sequence[Finding]:
    return TimeOfDay().detect(window, HOME)


def _only(window: Window) -> Finding:
    found = _found(window)
    assert len(found) == 1
    return found[0]


def test_a_time_kept_every_day_is_found_with_its_evidence() -> None:
    """A time kept every day is found with its evidence."""
    found = _only(window_of_times({LAMP: _kept(19 * 60)}, DAYS))
    assert found.entities == (LAMP,)
    assert found.when is not None
    assert found.when.anchor == "each"
    assert found.when.weekdays == tuple(range(7))
    assert found.when.time == pytest.approx(19 * 60, abs=3)
    assert 18 * 60 + 55 <= found.when.earliest < found.when.latest <= 19 * 60 + 5
    # The habit-day of the last evening is over only at 07:00 of a day not learned.
    assert found.evidence.days_eligible == DAYS - 1
    assert found.evidence.days_matched == DAYS - 1
    assert found.evidence.q_value <= 0.02
    assert found.confidence > 0.95


def test_midnight_is_no_edge() -> None:
    """Midnight is no edge."""
    times = [(day, 1440.0 + 10 * (-1) ** day) for day in range(DAYS)]
    found = _only(window_of_times({LAMP: times}, DAYS))
    assert found.when is not None
    assert found.when.time in {1430.0, 0.0, 10.0}
    assert found.when.earliest > found.when.latest
    assert found.evidence.days_matched == found.evidence.days_eligible


@pytest.mark.parametrize(
    ("weekdays", "evenings"),
    # Of six weeks, but for the last Sunday, whose evening is not over.
    [((0, 1, 2, 3, 4), 30), ((5, 6), 11), ((2,), 6)],
    ids=["workdays", "weekend", "wednesdays"],
)
def test_weekdays_are_told(weekdays: tuple[int, ...], evenings: int) -> None:
    """Weekdays are told."""
    days = [day for day in range(DAYS) if day % 7 in weekdays]
    # Used every day at any time, so that somebody is known to be home.
    other = {Key("light.other", "on"): _all_day(4, lambda day: 360)}
    window = window_of_times({LAMP: _kept(19 * 60, days), **other}, DAYS)
    found = [own for own in _found(window) if own.entities == (LAMP,)]
    assert len(found) == 1
    assert found[0].when is not None
    assert found[0].when.weekdays == weekdays
    assert found[0].evidence.days_eligible == evenings
    assert found[0].evidence.days_matched == evenings


def _with_holidays(lamp: Times, *feasts: int) -> Window:
    """Return six weeks of a lamp, some days of which are public holidays."""
    other = {Key("light.other", "on"): _all_day(4, lambda day: 360)}
    window = window_of_times({LAMP: lamp, **other}, DAYS)
    holidays = frozenset(int(window.days[day]) for day in feasts)
    return replace(window, calendar=Calendar(holidays=holidays))


def test_a_public_holiday_is_neither_missed_nor_counted() -> None:
    """The second Tuesday and the fourth Thursday are holidays: 28 workdays are left."""
    days = [day for day in range(DAYS) if day % 7 < 5 and day not in {8, 24}]
    window = _with_holidays(_kept(19 * 60, days), 8, 24)
    found = [own for own in _found(window) if own.entities == (LAMP,)]
    assert len(found) == 1
    assert found[0].when is not None
    assert found[0].when.day_kind == "workday"
    assert found[0].when.weekdays == (0, 1, 2, 3, 4)
    assert found[0].evidence.days_eligible == found[0].evidence.days_matched == 28
    # Later as well: of the last two weeks nine days were workdays.
    later = replace(
        window,
        calendar=Calendar(holidays=frozenset({int(window.days[37])})),
    )
    own = TimeOfDay().tally(found[0], later, HOME, int(window.days[28]))
    assert own.occasions == own.happened == 9


def test_a_habit_kept_on_holidays_is_one_of_weekdays() -> None:
    """Kept on holidays as on all Mondays to Fridays, it does not matter what they are."""
    days = [day for day in range(DAYS) if day % 7 < 5]
    window = _with_holidays(_kept(19 * 60, days), 8, 24)
    found = [own for own in _found(window) if own.entities == (LAMP,)]
    assert [(own.when.day_kind, own.when.weekdays) for own in found if own.when] == [
        ("any", (0, 1, 2, 3, 4))
    ]


def test_free_days_are_told_with_the_holidays_among_them() -> None:
    """Saturdays, Sundays and two holidays in the week."""
    days = [day for day in range(DAYS) if day % 7 >= 5 or day in {8, 24}]
    window = _with_holidays(_kept(10 * 60, days), 8, 24)
    found = [own for own in _found(window) if own.entities == (LAMP,)]
    assert [(own.when.day_kind, own.when.weekdays) for own in found if own.when] == [
        ("free", (5, 6))
    ]
    assert found[0].evidence.days_matched == 14


def test_five_wednesdays_are_too_few() -> None:
    """Five wednesdays are too few."""
    days = range(2, 35, 7)
    other = {Key("light.other", "on"): _all_day(4, lambda day: 360)}
    window = window_of_times({LAMP: _kept(19 * 60, days), **other}, DAYS)
    assert not [own for own in _found(window) if own.entities == (LAMP,)]


def test_habits_of_every_day_do_not_vouch_for_one_of_wednesdays() -> None:
    """Of 21 things it is as likely to be luck whatever the other twenty do.

    A single weekday has a fifth of the risk, where all are judged together.
    """
    wednesdays = _kept(19 * 60, [day for day in range(DAYS) if day % 7 == 2])
    others = {
        Key(f"light.other_{n:02}", "on"): _kept(600 + 10 * n, seed=n) for n in range(20)
    }
    at_home = np.ones((DAYS, 24), np.float32)
    q_values = [
        own.evidence.q_value
        for beside in ({}, others)
        for own in _found(
            replace(
                window_of_times({LAMP: wednesdays, **beside}, DAYS), at_home=at_home
            )
        )
        if own.entities == (LAMP,)
    ]
    assert q_values[1] == pytest.approx(21 * 0.2 * q_values[0])


def test_on_and_off_are_different_habits() -> None:
    """On and off are different habits."""
    window = window_of_times({LAMP: _kept(1140), DARK: _kept(1380, seed=3)}, DAYS)
    assert {
        own.entities[0]: round(own.when.time / 60) for own in _found(window) if own.when
    } == {
        LAMP: 19,
        DARK: 23,
    }


def test_two_peaks_are_two_habits() -> None:
    """Two peaks are two habits."""
    window = window_of_times({LAMP: _kept(420) + _kept(1260, seed=3)}, DAYS)
    times = [round(own.when.time / 60) for own in _found(window) if own.when]
    assert times == [7, 21]


def test_the_first_of_a_day_of_many_is_a_first() -> None:
    """The first of a day of many is a first."""
    chance = Random(4)
    begins = [chance.gauss(420, 25) for _ in range(DAYS)]
    times = [(day, begin) for day, begin in enumerate(begins)]
    times += _all_day(15, lambda day: begins[day] + 5)
    found = [
        own.when for own in _found(window_of_times({LAMP: times}, DAYS)) if own.when
    ]
    firsts = [when for when in found if when.anchor == "first"]
    assert [round(when.time / 30) for when in firsts] == [14]


def test_the_last_of_a_day_may_be_after_midnight() -> None:
    """The last of a day may be after midnight."""
    chance = Random(5)
    times = [(day, chance.gauss(1445, 20)) for day in range(DAYS)]
    times += _all_day(15, lambda day: 500)
    found = [
        own.when for own in _found(window_of_times({LAMP: times}, DAYS)) if own.when
    ]
    late = [when for when in found if min(when.time, 1440 - when.time) < 20]
    assert len(late) == 1


def test_ten_toggles_in_an_evening_are_one_day() -> None:
    """Ten toggles in an evening are one day."""
    once = _only(window_of_times({LAMP: _kept(1140)}, DAYS))
    times = [(day, minute + k / 2) for day, minute in _kept(1140) for k in range(10)]
    toggled = _only(window_of_times({LAMP: times}, DAYS))
    assert toggled.evidence.days_matched == once.evidence.days_matched
    assert toggled.evidence.occurrences == 10 * once.evidence.occurrences
    assert toggled.evidence.p_value == pytest.approx(once.evidence.p_value, rel=0.9)


def test_drift_is_in_the_time_expected_next() -> None:
    """Drift is in the time expected next."""
    found = _only(window_of_times({LAMP: _kept(1140, drift=0.6)}, DAYS))
    assert found.when is not None
    assert found.when.time == pytest.approx(1140 + 0.6 * DAYS, abs=4)


def test_what_is_used_at_any_time_keeps_none() -> None:
    """What is used at any time keeps none."""
    for seed in range(6):
        chance = Random(seed)
        keys = [Key(f"light.number_{n}", "on") for n in range(20)]
        times = {
            key: [
                (day, chance.uniform(0, 1440))
                for day in range(DAYS)
                for _ in range(chance.randint(0, 4))
            ]
            for key in keys
        }
        assert not _found(window_of_times(times, DAYS))


def test_a_broad_rhythm_is_no_habit() -> None:
    """A broad rhythm is no habit."""
    for seed in range(6):
        chance = Random(seed)
        times = {
            Key(f"light.number_{n}", "on"): [
                (day, chance.gauss(780, 150))
                for day in range(DAYS)
                for _ in range(chance.randint(1, 6))
            ]
            for n in range(20)
        }
        assert not _found(window_of_times(times, DAYS))


def test_five_days_are_too_few() -> None:
    """Five days are too few."""
    window = window_of_times({LAMP: _kept(1140, range(5), spread=0)}, 6)
    assert not _found(window)
    assert waits_for(TimeOfDay(), window, HOME) == (
        "needs 12 days with somebody home, 5 so far"
    )


def test_days_without_the_entity_are_not_held_against_it() -> None:
    """Days without the entity are not held against it."""
    window = window_of_times(
        {
            LAMP: _kept(1140, [day for day in range(DAYS) if not 20 <= day < 30]),
            Key("light.other", "on"): _all_day(6, lambda day: 360),
        },
        DAYS,
    )
    available = window.available.copy()
    available[window.entity_at["light.lamp"], 20:30] = 0
    gone = replace(window, available=available)
    there = [own for own in _found(window) if own.entities == (LAMP,)]
    apart = [own for own in _found(gone) if own.entities == (LAMP,)]
    assert [own.evidence.days_eligible for own in there] == [DAYS - 1]
    assert [own.evidence.days_eligible for own in apart] == [DAYS - 1 - 10]


def test_days_with_nobody_home_are_not_held_against_it() -> None:
    """Days with nobody home are not held against it."""
    here = [day for day in range(DAYS) if not 10 <= day < 18]
    other = [
        (day, minute) for day, minute in _all_day(9, lambda day: 360) if day in here
    ]
    window = window_of_times(
        {LAMP: _kept(1140, here), Key("light.other", "on"): other}, DAYS
    )
    found = [own for own in _found(window) if own.entities == (LAMP,)]
    assert [own.evidence.days_eligible for own in found] == [len(here) - 1]


def test_what_an_automation_does_is_told_as_its_doing() -> None:
    """What an automation does is told as its doing."""
    window = window_of_times(
        {LAMP: _kept(1140)},
        DAYS,
        causes={LAMP: AUTOMATION + 1},
        automations=("", "automation.evening"),
    )
    # Automations alone do not make a day somebody was home on.
    window = replace(window, at_home=np.ones((DAYS, 24), np.float32))
    found = _only(window)
    assert found.automated_by == ("automation.evening",)
    assert found.provenance.automation == 1


def test_what_something_unknown_automates_is_not_told() -> None:
    """What something unknown automates is not told."""
    window = window_of_times({LAMP: _kept(1140)}, DAYS, causes={LAMP: AUTOMATION})
    window = replace(window, at_home=np.ones((DAYS, 24), np.float32))
    assert not _found(window)


def _by_hand_on(days: Sequence[int]) -> Window:
    """Return a lamp switched on by hand on some days, by an automation on others."""
    window = window_of_times(
        {LAMP: _kept(1140)}, DAYS, automations=("", "automation.evening")
    )
    number = window.wall // DAY_MS - window.days[0]
    cause = np.where(np.isin(number, days), 0, AUTOMATION + 1).astype(np.int16)
    at_home = np.ones((DAYS, 24), np.float32)
    return replace(window, cause=cause, at_home=at_home)


def test_by_hand_where_an_automation_mostly_does_it_is_no_habit() -> None:
    """On fourteen of 42 evenings by hand: only the automation is told.

    The last evening is an automation's, and not over.
    """
    found = _only(_by_hand_on(range(0, DAYS, 3)))
    assert found.automated_by == ("automation.evening",)
    assert found.evidence.days_matched == 27


def test_by_hand_on_most_evenings_is_a_habit() -> None:
    """On 28 of 42 evenings by hand: on the others an automation was quicker."""
    found = _only(_by_hand_on([day for day in range(DAYS) if day % 3]))
    assert not found.automated_by
    assert found.evidence.days_matched == 27


def test_a_change_of_the_clock_moves_no_habit() -> None:
    """A change of the clock moves no habit."""
    rows = []
    days = [f"2025-03-{d:02d}" for d in range(10, 32)] + [
        f"2025-04-{d:02d}" for d in range(1, 21)
    ]
    for n, day in enumerate(days):
        rows += [
            Row(f"{day}T07:{n % 5:02d}:00", "light.lamp", "on"),
            Row(f"{day}T0{8 + n % 2}:30:00", "light.lamp", "off"),
        ]
    first, last = FIRST.replace(month=3, day=10), FIRST.replace(month=4, day=20)
    window = window_of(raw_days(first, last, rows))
    found = [
        own
        for own in TimeOfDay().detect(window, Home(BERLIN.zone))
        if own.entities == (LAMP,)
    ]
    assert len(found) == 1
    assert found[0].when is not None
    assert 420 <= found[0].when.earliest <= found[0].when.latest <= 424
    assert found[0].evidence.days_matched == found[0].evidence.days_eligible


def test_the_tally_counts_later_days_alone() -> None:
    """The tally counts later days alone."""
    found = _only(window_of_times({LAMP: _kept(1140)}, DAYS))
    later = [day for day in range(DAYS, DAYS + 10) if day % 2]
    longer = window_of_times(
        {
            LAMP: _kept(1140) + _kept(1140, later, seed=8),
            Key("light.other", "on"): [(day, 700.0) for day in range(DAYS + 10)],
        },
        DAYS + 10,
    )
    since = int(longer.days[DAYS])
    tally = TimeOfDay().tally(found, longer, HOME, since)
    # From the evening that was not over, to the last that is.
    assert tally.occasions == 10
    assert tally.happened == 1 + len([day for day in later if day < DAYS + 9])


def test_claims_that_are_checked_together_fare_as_each_by_itself() -> None:
    """In two weeks: a lamp at 08:00 and 20:00, a fan at 08:00 on every other day.

    A first or last counts from the evening before the Monday of the second week, and
    the last evening is not over; what is about 08:00 counts up to the last morning.
    """
    fan, gone = Key("fan.bath", "on"), Key("light.gone", "on")
    times = {
        LAMP: [(day, at) for day in range(14) for at in (480.0, 1200.0)],
        fan: [(day, 480.0) for day in range(0, 14, 2)],
    }
    window = window_of_times(times, 14)
    every, few = tuple(range(7)), (0, 1)
    asked: list[tuple[Key, Anchor, float, tuple[int, ...], Tally]] = [
        (fan, "each", 480.0, few, Tally(2, 1)),
        (LAMP, "each", 480.0, every, Tally(7, 7)),
        (LAMP, "first", 480.0, every, Tally(7, 7)),
        (gone, "each", 480.0, every, Tally(7, 0)),
        (LAMP, "last", 480.0, every, Tally(7, 0)),
        (LAMP, "last", 1200.0, every, Tally(7, 7)),
        (fan, "each", 480.0, every, Tally(7, 3)),
    ]
    claims = [
        Claim(
            PatternType.TIME_OF_DAY,
            (key,),
            (),
            When(at, at - 1, at + 1, anchor, weekdays),
            None,
            None,
            None,
            0.8,
            0.8,
        )
        for key, anchor, at, weekdays, _ in asked
    ]
    since = int(window.days[7])
    tallies = tallies_of(TimeOfDay(), claims, window, HOME, since)
    assert list(tallies) == [tally for *_, tally in asked]
    assert tallies_of(TimeOfDay(), [], window, HOME, since) == []


def test_the_same_window_gives_the_same_findings() -> None:
    """The same window gives the same findings."""
    chance = Random(9)
    times = {
        Key(f"light.number_{n}", state): _kept(chance.uniform(0, 1440), seed=n)
        for n in range(5)
        for state in ("on", "off")
    }
    one, other = (_found(window_of_times(times, DAYS)) for _ in range(2))
    assert [own.entities for own in one] == sorted(own.entities for own in one)
    for first, second in zip(one, other, strict=True):
        assert first.when == second.when
        assert first.evidence == second.evidence
        assert first.confidence == second.confidence


def test_a_habit_that_lately_began_is_believed() -> None:
    """A habit that lately began is believed."""
    window = window_of_times(
        {
            LAMP: _kept(1140, range(22, DAYS)),
            Key("light.other", "on"): _all_day(6, lambda day: 360),
        },
        DAYS,
    )
    found = [own for own in _found(window) if own.entities == (LAMP,)]
    assert [own.evidence.days_matched for own in found] == [19]
    assert found[0].confidence > 0.8
