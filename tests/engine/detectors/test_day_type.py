"""What the detector of kinds of days finds, and where it stays silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.day_kinds import Calendar
from custom_components.pattern_intelligence.engine.detectors.day_type import DayType
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import Finding
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.window import Key, Window
from tests.engine.builders import waits_for

from .naive_times import FIRST, UTC, window_of_times

HOME = Home(UTC.zone)
HEATER = Key("light.heater", "on")
LAMP = Key("light.lamp", "on")
DARK = Key("light.lamp", "off")
DAYS = 63

type Times = list[tuple[int, float]]


def _workday(day: int) -> bool:
    return day % 7 < 5


def _about(at: float, days: Sequence[int], seed: int = 1) -> Times:
    """Return one time a day, within five minutes to either side."""
    chance = Random(seed)
    return [(day, at + chance.uniform(-5, 5)) for day in days]


def _life(seed: int, rate: int = 4, days: Sequence[int] = range(DAYS)) -> Times:
    """Return uses at any time from 06:00 to 22:00, the same on all days."""
    chance = Random(seed)
    return [(day, chance.uniform(360, 1320)) for day in days for _ in range(rate)]


def _window(times: Times, **others: Times) -> Window:
    """Return nine weeks of a lamp in a home where somebody lives."""
    rest = {Key(f"light.{name}", "on"): own for name, own in others.items()}
    around = {Key(f"switch.x{n}", "on"): _life(10 + n, 2) for n in range(4)}
    return window_of_times({LAMP: times, **rest, **around}, DAYS)


def _found(window: Window, home: Home = HOME) -> list[Finding]:
    return list(DayType().detect(window, home))


def test_each_kind_of_day_has_its_own_time() -> None:
    """At 06:45 on workdays and at 09:30 on free days: two habits."""
    workdays = [day for day in range(DAYS) if _workday(day)]
    free = [day for day in range(DAYS) if not _workday(day)]
    early, late = _found(_window(_about(405, workdays) + _about(570, free)))
    assert early.entities == late.entities == (LAMP,)
    assert early.context == {"kind": "day_type", "day_type": "workday"}
    assert late.context == {"kind": "day_type", "day_type": "free"}
    assert early.when is not None
    assert late.when is not None
    assert early.when.time == pytest.approx(405, abs=5)
    assert late.when.time == pytest.approx(570, abs=5)
    assert (early.when.day_kind, early.when.weekdays) == ("workday", (0, 1, 2, 3, 4))
    assert (late.when.day_kind, late.when.weekdays) == ("free", (5, 6))
    # The first Monday's habit-day began on the Sunday before, which was not learned.
    assert early.evidence.days_eligible == early.evidence.days_matched == 44
    assert early.details["other_days"] == {"days_eligible": 18, "days_matched": 0}
    assert early.confidence > 0.9


def test_what_is_done_at_once_is_told_once() -> None:
    """A heater that always goes on with the lamp goes along, on both kinds of days."""
    workdays = [day for day in range(DAYS) if _workday(day)]
    free = [day for day in range(DAYS) if not _workday(day)]
    lit = _about(405, workdays) + _about(570, free)
    early, late = _found(_window(lit, heater=lit))
    assert (early.entities, late.entities) == ((HEATER,), (HEATER,))
    for found, kind in ((early, "workday"), (late, "free")):
        assert found.context == {"kind": "day_type", "day_type": kind}
        assert found.details["companions"] == [
            {"entity_id": "light.lamp", "state": "on"}
        ]


def test_what_is_done_an_hour_apart_is_told_twice() -> None:
    """However regularly: the heater has its own times."""
    workdays = [day for day in range(DAYS) if _workday(day)]
    free = [day for day in range(DAYS) if not _workday(day)]
    lit = _about(405, workdays) + _about(570, free)
    later = [(day, at + 60) for day, at in lit]
    found = _found(_window(lit, heater=later))
    assert [each.entities for each in found] == [(HEATER,), (LAMP,)] * 2
    assert not any("companions" in each.details for each in found)


def test_a_weekend_without_any_difference_is_none() -> None:
    """The same on all days: there is nothing to say."""
    assert not _found(_window(_about(405, range(DAYS)), other=_life(2, 1)))


def test_what_has_no_time_may_still_have_its_days() -> None:
    """A sauna at any hour of free days."""
    free = [day for day in range(DAYS) if not _workday(day)]
    chance = Random(3)
    (found,) = _found(_window([(day, chance.uniform(540, 1300)) for day in free]))
    assert found.when is None
    assert found.context == {"kind": "day_type", "day_type": "free"}
    # The last Sunday's waking day is not over.
    assert found.evidence.days_matched == found.evidence.days_eligible == 17


def test_public_holidays_are_free_days() -> None:
    """Left out on two holidays, which are neither missed nor counted."""
    days = [day for day in range(DAYS) if _workday(day) and day not in {8, 31}]
    window = _window(_about(1140, days))
    feasts = frozenset(int(window.days[day]) for day in (8, 31))
    window = replace(window, calendar=Calendar(holidays=feasts))
    (found,) = _found(window)
    assert found.evidence.days_eligible == found.evidence.days_matched == 43
    assert set(found.eligible.tolist()).isdisjoint(feasts)


def test_a_single_weekday_is_no_kind_of_day() -> None:
    """On Tuesdays: that is one workday of five."""
    assert not _found(_window(_about(1140, range(1, DAYS, 7))))


def test_what_was_done_for_some_weeks_only_is_no_kind_of_day() -> None:
    """Every day of the last three weeks, and never before."""
    assert not _found(_window(_about(1140, range(42, DAYS))))


def test_what_the_whole_home_does_more_is_no_news() -> None:
    """All are home on free days, and use everything more; alone it would be news."""

    def used(seed: int) -> Times:
        chance = Random(seed)
        return [
            (day, chance.uniform(540, 1020))
            for day in range(DAYS)
            for _ in range(2)
            if chance.random() < (0.25 if _workday(day) else 0.9)
        ]

    every = {Key(f"light.l{n}", "on"): used(100 + n) for n in range(30)}
    assert not _found(window_of_times(every, DAYS))
    steady = {Key(f"light.m{n}", "on"): _life(n, 2) for n in range(30)}
    one = {Key("light.l1", "on"): used(101)}
    (found,) = _found(window_of_times({**steady, **one}, DAYS))
    assert found.entities == tuple(one)


def test_that_it_goes_off_again_is_no_second_habit() -> None:
    """On at 19:00, off at 20:00, on workdays."""
    days = [day for day in range(DAYS) if _workday(day)]
    around = {Key(f"switch.x{n}", "on"): _life(10 + n, 2) for n in range(4)}
    times = {LAMP: _about(1140, days), DARK: _about(1200, days, 2), **around}
    (found,) = _found(window_of_times(times, DAYS))
    assert found.entities == (LAMP,)


def test_a_sibling_on_the_same_device_is_no_second_habit() -> None:
    """A relay and the light that it feeds."""
    days = [day for day in range(DAYS) if _workday(day)]
    window = _window(_about(1140, days), relay=_about(1141, days, 2))
    assert len(_found(window)) == 2
    info = {
        name: EntityInfo(name, device_id="box")
        for name in ("light.lamp", "light.relay")
    }
    assert len(_found(window, replace(HOME, entities=info))) == 1


def test_what_an_automation_does_is_no_habit() -> None:
    """Only by an automation: that is not theirs."""
    days = [day for day in range(DAYS) if _workday(day)]
    around = {Key(f"switch.x{n}", "on"): _life(10 + n, 2) for n in range(4)}
    window = window_of_times(
        {LAMP: _about(1140, days), **around}, DAYS, causes={LAMP: AUTOMATION}
    )
    assert not _found(window)


def test_days_of_absence_count_neither_way() -> None:
    """Two workweeks away are not missed."""
    away = {*range(14, 19), *range(21, 26)}
    days = [day for day in range(DAYS) if _workday(day) and day not in away]
    window = _window(_about(1140, days))
    at_home = np.ones((DAYS, 24), np.float32)
    at_home[14:26] = at_home[26, :4] = 0
    (found,) = _found(replace(window, at_home=at_home))
    assert found.evidence.days_matched == found.evidence.days_eligible == 35


def test_days_in_another_order_are_silent() -> None:
    """The same days, dealt out anew."""
    order = list(range(DAYS))
    for seed in range(5):
        Random(seed).shuffle(order)
        days = [order[day] for day in range(DAYS) if _workday(day)]
        assert not _found(_window(_about(1140, sorted(days))))


def test_two_weekends_are_too_few() -> None:
    """In ten days nobody can tell."""
    days = [day for day in range(10) if _workday(day)]
    around = {Key(f"switch.x{n}", "on"): _life(10 + n, 2) for n in range(4)}
    window = window_of_times({LAMP: _about(1140, days), **around}, 10)
    assert not _found(window)
    assert waits_for(DayType(), window, HOME).startswith("needs 21 days")


def test_a_claim_is_checked_on_later_days_of_its_kind() -> None:
    """Of the last two weeks' ten workdays one was a holiday, and one was missed."""
    days = [day for day in range(DAYS) if _workday(day) and day not in {58, 52}]
    window = _window(_about(1140, days))
    feasts = frozenset({int(window.days[52])})
    window = replace(window, calendar=Calendar(holidays=feasts))
    (found,) = _found(window)
    since = int(window.days[49])
    tally = DayType().tally(found, window, HOME, since)
    assert (tally.occasions, tally.happened) == (9, 8)
    stored = Claim.from_json(Claim.of(found, 0.9).to_json(), HOME.resolve)
    assert DayType().tally(stored, window, HOME, since) == tally


def test_a_claim_without_a_time_is_checked_by_waking_days() -> None:
    """Four: the Sunday that was not over by then, and three of the last two weekends."""
    free = [day for day in range(DAYS) if not _workday(day)]
    chance = Random(3)
    window = _window([(day, chance.uniform(540, 1300)) for day in free])
    (found,) = _found(window)
    tally = DayType().tally(found, window, HOME, int(window.days[49]))
    assert (tally.occasions, tally.happened) == (4, 4)


def test_found_the_same_in_any_year() -> None:
    """The first day is a Monday; a Monday sixty weeks later would do as well."""
    assert FIRST.weekday() == 0
    days = [day for day in range(DAYS) if _workday(day)]
    window = _window(_about(1140, days))
    shift = 420
    moved = replace(
        window,
        days=window.days + shift,
        wall=window.wall + shift * 86_400_000,
        instant=window.instant + shift * 86_400_000,
    )
    (one,), (other,) = _found(window), _found(moved)
    assert one.evidence == other.evidence
    assert one.when == other.when
