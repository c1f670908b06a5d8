"""What the detector of contexts finds, and where it stays silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.analysis import detect
from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.contextual.sun_claims import as_of
from custom_components.pattern_intelligence.engine.detectors.contextual import (
    Contextual,
)
from custom_components.pattern_intelligence.engine.detectors.time_of_day import (
    TimeOfDay,
)
from custom_components.pattern_intelligence.engine.history import History
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.sums import TIMES_SUM, Clock
from custom_components.pattern_intelligence.engine.sun import Position, SunEvent
from custom_components.pattern_intelligence.engine.tables import Table, dated
from custom_components.pattern_intelligence.engine.window import Key, Window

from .naive_contextual import (
    DAYS,
    HOME,
    OUTDOOR,
    Times,
    about,
    life,
    sun_minutes,
    window_with,
)

LAMP = Key("light.lamp", "on")
DARK = Key("light.lamp", "off")
EVERY = range(DAYS)
# It sets at 16:03 on the first day, and at 17:33 on the last.
SUNSET = sun_minutes()
NEXT_SUNSET = sun_minutes(DAYS + 1)[-1]
KILN = "switch.kiln"


def _after_sunset(offset: float) -> list[float]:
    return [minute + offset for minute in SUNSET]


def _found(window: Window, home: Home = HOME) -> list[Finding]:
    return list(Contextual().detect(window, home))


def test_what_is_done_at_sunset_follows_the_sun() -> None:
    """A lamp, twelve minutes after it; when it will be expected the sun tells."""
    (found,) = _found(window_with({LAMP: about(_after_sunset(12), EVERY)}))
    assert found.entities == (LAMP,)
    assert found.context is not None
    assert found.context["kind"] == "sun"
    assert found.context["anchor"] == "sunset"
    assert found.context["offset_min"] == pytest.approx(12, abs=2)
    assert found.when is not None
    assert found.when.time == pytest.approx(
        NEXT_SUNSET + found.context["offset_min"], abs=0.01
    )
    assert 0 < found.when.latest - found.when.earliest < 10
    assert found.evidence.days_eligible == found.evidence.days_matched == DAYS
    assert found.confidence > 0.9
    assert np.abs(found.times).max() < 11


def test_what_is_done_before_sunrise_follows_the_sun() -> None:
    """Also when days grow shorter, in the south."""
    south = Position(-36.8, 0.0)
    rises = sun_minutes(DAYS, SunEvent.SUNRISE, south)
    times = about([minute - 20 for minute in rises], EVERY)
    window = window_with({LAMP: times})
    (found,) = _found(window, replace(HOME, position=south))
    assert found.context is not None
    assert found.context["anchor"] == "sunrise"
    assert found.context["offset_min"] == pytest.approx(-20, abs=2)


def test_where_the_home_is_not_known_nothing_is_said_of_the_sun() -> None:
    """The same lamp."""
    window = window_with({LAMP: about(_after_sunset(12), EVERY)})
    assert not _found(window, replace(HOME, position=None))


@pytest.mark.parametrize("skip", [120, 280])
def test_where_the_sun_stays_up_or_down_nothing_is_said_of_it(skip: int) -> None:
    """Far in the north: on all days of the window, or on its last ones."""
    north = replace(HOME, position=Position(69.65, 0.0))
    assert not _found(
        window_with({LAMP: about([1020] * DAYS, EVERY)}, skip=skip), north
    )


def test_a_time_of_the_clock_is_none_of_the_sun() -> None:
    """At 17:00, which the sunset passes by."""
    assert not _found(window_with({LAMP: about([1020] * DAYS, EVERY)}))


def test_a_habit_that_was_moved_once_is_none_of_the_sun() -> None:
    """From 16:25 to 17:15, as the sun would have it."""
    times = [985 if day < 28 else 1035 for day in EVERY]
    assert not _found(window_with({LAMP: about(times, EVERY)}))


def test_a_habit_that_drifts_is_none_of_the_sun() -> None:
    """By five minutes a week, where the sun makes eleven."""
    times = [985 + 5 / 7 * day for day in EVERY]
    assert not _found(window_with({LAMP: about(times, EVERY)}))


def test_what_an_automation_does_is_no_habit() -> None:
    """At sunset, by an automation."""
    times = {LAMP: about(_after_sunset(0), EVERY)}
    assert not _found(window_with(times, causes={LAMP: AUTOMATION}))


def test_a_few_days_are_too_few() -> None:
    """Ten of them tell neither sun nor clock."""
    window = window_with({LAMP: about(_after_sunset(12), range(10))}, days=10)
    assert not _found(window)


def test_that_it_goes_off_again_is_no_second_habit() -> None:
    """An hour later, by the sun as well."""
    times = {
        LAMP: about(_after_sunset(12), EVERY),
        DARK: about(_after_sunset(72), EVERY, 2),
    }
    (found,) = _found(window_with(times))
    assert found.entities == (LAMP,)


def test_a_sibling_on_the_same_device_is_no_second_habit() -> None:
    """A relay and the lamp that it feeds."""
    relay = Key("switch.relay", "on")
    times = {
        LAMP: about(_after_sunset(12), EVERY),
        relay: about(_after_sunset(12), EVERY, 2),
    }
    window = window_with(times)
    assert len(_found(window)) == 2
    info = {k.entity_id: EntityInfo(k.entity_id, device_id="box") for k in times}
    assert len(_found(window, replace(HOME, entities=info))) == 1


def test_days_of_absence_are_not_missed() -> None:
    """Two weeks away."""
    days = [day for day in EVERY if not 14 <= day < 28]
    window = window_with({LAMP: about(_after_sunset(12), days)})
    at_home = np.ones((DAYS, 24), np.float32)
    at_home[14:28] = at_home[28, :4] = 0
    (found,) = _found(replace(window, at_home=at_home))
    assert found.evidence.days_eligible == found.evidence.days_matched == DAYS - 14


def test_at_the_solstice_only_the_months_before_tell() -> None:
    """Around midsummer the sun sets at the same time; in winter it did not.

    Silent without the months, and where they have the habit at the clock's time.
    """
    # From 24 May to 18 July, when sunset moves by a quarter of an hour.
    skip = 138
    sets = sun_minutes(DAYS, skip=skip)
    times = about([minute + 12 for minute in sets], EVERY, within=20)
    window = window_with({LAMP: times}, skip=skip)
    assert not _found(window)
    followed = _months(wall=(900, 1290), sunset=(725, 740))
    (found,) = Contextual().detect_long(window, followed, HOME)
    assert found.context is not None
    assert found.context["anchor"] == "sunset"
    by_clock = _months(wall=(1215, 1235), sunset=(732, 1000))
    assert not Contextual().detect_long(window, by_clock, HOME)


def _months(wall: tuple[int, int], sunset: tuple[int, int]) -> History:
    """Return five months in which the lamp was spread over those minutes, once a day.

    Minutes of the wall's clock from midnight, of the sun's from 12 h before sunset.
    """
    rows = []
    for month in range(1, 5):
        texts = []
        for low, high in (wall, sunset):
            counts = np.zeros((1, 144), np.int64)
            minutes = np.linspace(low, high, 30).astype(int) // 10
            np.add.at(counts[0], minutes, 1)
            texts.append(codec.encode_bins(counts)[0])
        table = Table(
            TIMES_SUM,
            {
                "entity_id": (LAMP.entity_id,) * 2,
                "state": (LAMP.state,) * 2,
                "clock": (Clock.SUNSET.value, Clock.WALL.value),
                **dict.fromkeys(("each", "first", "last"), (texts[1], texts[0])),
            },
        )
        rows.append((day_number(date(2025, month, 1)), table))
    return History({}, {TIMES_SUM.name: dated(TIMES_SUM, rows)})


def test_the_suns_pattern_stands_for_the_clocks() -> None:
    """There is one habit, and its time of day is told within it."""
    window = window_with({LAMP: about(_after_sunset(12), EVERY)})
    standing = _found(window)
    by_clock = detect(window, HOME, {PatternType.TIME_OF_DAY: TimeOfDay()})
    assert [found.entities for found in by_clock] == [(LAMP,)]
    (found,) = detect(window, HOME, {PatternType.TIME_OF_DAY: TimeOfDay()}, standing)
    assert found.type is PatternType.CONTEXTUAL
    assert [part["type"] for part in found.details["stands_for"]] == ["time_of_day"]


def test_weeks_later_the_time_is_that_of_then() -> None:
    """What a month's end has found is expected when the sun sets by now."""
    (found,) = _found(window_with({LAMP: about(_after_sunset(12), EVERY)}))
    assert found.when is not None
    assert found.context is not None
    later = sun_minutes(DAYS + 21)[-1]
    moved = as_of(found, HOME, int(found.eligible[-1]) + 21).when
    assert moved is not None
    assert moved.time == pytest.approx(later + found.context["offset_min"], abs=0.01)
    assert moved.latest - moved.time == pytest.approx(
        found.when.latest - found.when.time
    )
    assert moved.time - moved.earliest == pytest.approx(
        found.when.time - found.when.earliest
    )


def test_later_days_are_counted_by_the_sun() -> None:
    """Kept on five of the seven days after the claim, once at the clock's old time."""
    sets = sun_minutes(DAYS)
    (found,) = _found(
        window_with({LAMP: about(_after_sunset(12), range(DAYS - 7))}, days=DAYS - 7)
    )
    days = [day for day in EVERY if day not in {51, 53}]
    times = about([minute + 12 for minute in sets], days)
    # When it was expected a month ago.
    times.append((53, sets[20] + 12))
    window = window_with({LAMP: sorted(times)})
    since = int(window.days[-7])
    tally = Contextual().tally(Claim.of(found, 0.9), window, HOME, since)
    assert (tally.occasions, tally.happened) == (7, 5)


# Warm and cold spells of two to four days, as many of each in any three weeks.
SPELLS = [2, 3, 4, 2, 3, 4, 2, 4] * 3
COLD = [n % 2 == 0 for n, spell in enumerate(SPELLS) for _ in range(spell)][:DAYS]


def _outdoor(cold: Sequence[bool]) -> list[float]:
    chance = Random(5)
    return [chance.uniform(-4, 3) if own else chance.uniform(7, 15) for own in cold]


def _on(flags: Sequence[bool]) -> list[int]:
    return [day for day, own in enumerate(flags) if own]


def test_what_is_done_when_it_is_cold_depends_on_the_cold() -> None:
    """A heater at 19:00 on days below a number between 3 and 7."""
    days = _on(COLD)
    window = window_with({LAMP: about([1140] * DAYS, days)}, outdoor=_outdoor(COLD))
    (found,) = _found(window)
    assert found.context is not None
    assert found.context["kind"] == "numeric"
    assert found.context["entity_id"] == OUTDOOR
    assert 2 < found.context["below"] < 8
    assert found.when is not None
    assert found.when.time == pytest.approx(1140, abs=3)
    # Everything with the condition matched, and nothing without it; the habit-day of
    # the last day is not over.
    others = found.details["otherwise"]
    assert found.evidence.days_matched == found.evidence.days_eligible
    assert found.evidence.days_matched >= len(days) - 3
    assert others["days_matched"] <= 2
    assert others["days_eligible"] + found.evidence.days_eligible == DAYS - 1
    assert found.evidence.p_value < 1e-11


def test_what_is_done_when_it_is_warm_depends_on_the_warmth() -> None:
    """A fan."""
    days = _on([not own for own in COLD])
    window = window_with({LAMP: about([1140] * DAYS, days)}, outdoor=_outdoor(COLD))
    (found,) = _found(window)
    assert found.context is not None
    assert set(found.context) == {"kind", "entity_id", "above"}


def test_what_began_with_the_winter_does_not_depend_on_the_cold() -> None:
    """Every day of the second four weeks, when it also was colder; never before."""
    winter = [day >= 28 for day in EVERY]
    window = window_with(
        {LAMP: about([1140] * DAYS, _on(winter))}, outdoor=_outdoor(winter)
    )
    assert not _found(window)


def test_what_began_with_a_spell_does_not_depend_on_the_cold() -> None:
    """It grew cold one day in the middle of a month, and something else began."""
    begun = [day >= 14 for day in EVERY]
    window = window_with(
        {LAMP: about([1140] * DAYS, _on(begun))}, outdoor=_outdoor(begun)
    )
    assert not _found(window)


def test_what_keeps_to_the_week_does_not_depend_on_what_does_too() -> None:
    """A lamp of workdays, and an indoor sensor that is warmer at weekends."""
    workday = [day % 7 < 5 for day in EVERY]
    window = window_with(
        {LAMP: about([1140] * DAYS, _on(workday))}, outdoor=_outdoor(workday)
    )
    assert not _found(window)


def test_what_only_shares_the_days_rhythm_does_not_depend_on_the_weather() -> None:
    """On every second day at 19:00, whatever the weather."""
    chance = Random(11)
    days = [day for day in EVERY if chance.random() < 0.5]
    window = window_with({LAMP: about([1140] * DAYS, days)}, outdoor=_outdoor(COLD))
    assert not _found(window)


def _kiln(
    flags: Sequence[bool], begin: float, end: float
) -> dict[str, list[tuple[int, float, float]]]:
    return {KILN: [(day, begin, end) for day in _on(flags)]}


BUSY = [Random(day).random() < 0.5 for day in EVERY]


def test_what_is_done_while_something_is_on_depends_on_it() -> None:
    """A lamp at 19:00 while the kiln is on, from 17:00 to 22:00 on some days."""
    window = window_with(
        {LAMP: about([1140] * DAYS, _on(BUSY))}, on=_kiln(BUSY, 1020, 1320)
    )
    (found,) = _found(window)
    assert found.context == {"kind": "state", "entity_id": KILN, "state": "on"}
    # The habit-day of the last day, which was one of them, is not over.
    many = len(_on(BUSY)) - 1
    assert found.evidence.days_eligible == found.evidence.days_matched == many
    assert found.details["otherwise"]["days_matched"] == 0


@pytest.mark.parametrize(("begin", "end"), [(1120, 1320), (1020, 1138), (1020, 1144)])
def test_what_is_done_when_something_begins_or_ends_is_linked_to_that(
    begin: float, end: float
) -> None:
    """Twenty minutes after the kiln goes on; just after it goes off; just before."""
    window = window_with(
        {LAMP: about([1140] * DAYS, _on(BUSY))}, on=_kiln(BUSY, begin, end)
    )
    assert not _found(window)


def test_what_only_shares_the_evening_does_not_depend_on_a_state() -> None:
    """The kiln on some evenings, the lamp on others."""
    chance = Random(23)
    days = [day for day in EVERY if chance.random() < 0.5]
    window = window_with({LAMP: about([1140] * DAYS, days)}, on=_kiln(BUSY, 1020, 1320))
    assert not _found(window)


def test_that_it_goes_off_while_something_is_on_is_no_habit() -> None:
    """What comes to rest was on before."""
    window = window_with(
        {DARK: about([1140] * DAYS, _on(BUSY))}, on=_kiln(BUSY, 1020, 1320)
    )
    assert not _found(window)


def test_a_condition_is_tallied_on_days_on_which_it_held() -> None:
    """Of the last seven days four were cold; on one of them the heater stayed off."""
    days = _on(COLD)
    (found,) = _found(
        window_with({LAMP: about([1140] * DAYS, days)}, outdoor=_outdoor(COLD))
    )
    outdoor = _outdoor(COLD)
    outdoor[-7:] = [0, 0, 12, 12, 12, 0, 0]
    did = [day for day in days if day < DAYS - 7] + [DAYS - 7, DAYS - 2, DAYS - 1]
    window = window_with({LAMP: about([1140] * (DAYS + 1), did)}, outdoor=outdoor)
    since = int(window.days[-7])
    tally = Contextual().tally(Claim.of(found, 0.9), window, HOME, since)
    # The last day's habit-day is not over; that of the day before the claim now is.
    assert (tally.occasions, tally.happened) == (3 + COLD[DAYS - 8], 2 + COLD[DAYS - 8])


def test_days_in_another_order_are_silent() -> None:
    """The days of the lamp dealt out anew: neither sun, nor cold, nor kiln."""
    times: Times = about(_after_sunset(12), _on(COLD))
    for seed in range(3):
        order = list(EVERY)
        Random(seed).shuffle(order)
        dealt = sorted((order[day], minute) for day, minute in times)
        window = window_with(
            {LAMP: dealt}, outdoor=_outdoor(COLD), on=_kiln(COLD, 900, 1320)
        )
        assert not _found(window)


def test_people_who_do_things_at_any_time_are_silent() -> None:
    """Thirty things, a warm and a cold season, a kiln now and then."""
    for seed in range(3):
        times = {Key(f"light.l{n}", "on"): life(100 * seed + n) for n in range(30)}
        window = window_with(times, outdoor=_outdoor(COLD), on=_kiln(BUSY, 1020, 1320))
        assert not _found(window)


def test_nothing_at_all_is_silent() -> None:
    """A home without any happenings, and one with hardly any."""
    window = window_with({LAMP: [(0, 600.0)]}, days=2)
    assert not _found(window)
    assert Contextual().waits_for(window, HOME).phrase == "waits.lived"
    empty = replace(
        window,
        keys=(),
        key=window.key[:0],
        instant=window.instant[:0],
        wall=window.wall[:0],
        cause=window.cause[:0],
    )
    assert not _found(empty)


def test_it_says_what_it_waits_for() -> None:
    """After eight weeks there is just nothing to tell."""
    window = window_with({LAMP: about([1020] * DAYS, EVERY)})
    assert Contextual().waits_for(window, HOME).phrase == "contextual.waits.nothing"


def test_the_same_window_says_the_same() -> None:
    """To the last digit."""
    window = window_with(
        {LAMP: about(_after_sunset(12), EVERY)}, outdoor=_outdoor(COLD)
    )
    first, second = _found(window), _found(window)
    assert [one.evidence for one in first] == [one.evidence for one in second]
    assert [one.confidence for one in first] == [one.confidence for one in second]
