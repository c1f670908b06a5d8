"""What moves from week to week, what swings with the year, and what only seems to."""

from dataclasses import replace
from datetime import date, timedelta
from math import cos, pi

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    day_number,
)
from custom_components.pattern_intelligence.engine.detectors import (
    LongDetector,
    Patient,
)
from custom_components.pattern_intelligence.engine.detectors.seasonal import Seasonal
from custom_components.pattern_intelligence.engine.finding_json import (
    from_json,
    to_json,
)
from custom_components.pattern_intelligence.engine.history import History
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.keys import Key
from custom_components.pattern_intelligence.engine.pattern import Finding, When
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)
from custom_components.pattern_intelligence.engine.wording import Wording
from tests.engine.builders import BERLIN, Row, raw_days, window_of
from tests.engine.long_histories import Told
from tests.engine.test_life import finding

DETECTOR = Seasonal()
HOME = Home(BERLIN.zone, position=Position(52.52, 13.405))
SOUTH = Home(BERLIN.zone, position=Position(-33.87, 151.21))
FIRST = date(2026, 3, 30)
"""A Monday of spring, so that days first grow longer and then shorter."""

WEEKS = 26
LAST = FIRST + timedelta(days=7 * WEEKS - 1)
TWO_YEARS = date(2026, 3, 31)
LAMP = "light.lamp"


def _half_year() -> Told:
    return Told(FIRST, LAST)


def _two_years() -> Told:
    """Return 24 months."""
    return Told(date(2024, 4, 1), TWO_YEARS)


def _jitter(told: Told, sd: float, seed: int = 1) -> list[float]:
    """Return an error for each day."""
    errors: list[float] = (
        np.random.default_rng(seed).normal(0, sd, len(told.days)).tolist()
    )
    return errors


def _move(told: Told, minute: float, per_week: float, entity: str = LAMP) -> None:
    """Let a lamp go on every day, later by so much every week, give or take 10 min."""
    told.add(
        entity,
        [
            (day, minute + per_week * at / 7 + error)
            for at, (day, error) in enumerate(
                zip(told.days, _jitter(told, 10, len(entity)), strict=True)
            )
        ],
    )


def _found(told: Told, home: Home = HOME) -> list[Finding]:
    window = window_of(raw_days(told.last, told.last, [], tracked=[LAMP]))
    return list(DETECTOR.detect_long(window, told.history(), home))


def test_it_looks_back_on_weeks_and_months() -> None:
    """Days alone are not enough, and it says how many it waits for."""
    assert isinstance(DETECTOR, LongDetector)
    assert isinstance(DETECTOR, Patient)


def test_a_lamp_goes_on_earlier_every_week() -> None:
    """Half a year by 4.5 minutes a week: from 20:00 to 18:07."""
    told = _half_year()
    _move(told, 1200, -4.5)
    (found,) = _found(told)
    assert found.entities == (Key(LAMP, "on"),)
    context = dict(found.context or {})
    assert context.pop("minutes_per_week") == pytest.approx(-4.5, abs=0.4)
    assert context == {"kind": "trend", "of": "time"}
    trend = found.details["trend"]
    assert trend["weeks"] == WEEKS
    assert trend["at_least"] < 1 < trend["at_most"]
    assert found.when is not None
    assert found.when.anchor == "each"
    # The week to come: 26.5 weeks of 4.5 minutes before 20:00.
    assert found.when.time == pytest.approx(1200 - 26.5 * 4.5, abs=12)
    assert found.confidence > 0.9
    assert found.evidence.days_eligible == 7 * WEEKS
    assert found.evidence.lift is None
    assert found.evidence.p_value < 0.001
    assert found.eligible.tolist() == [
        day_number(FIRST) + 7 * week for week in range(WEEKS)
    ]
    assert set(found.matched) < set(found.eligible)
    assert found.provenance.physical == 1.0


def test_what_keeps_its_time_is_no_trend() -> None:
    """The same lamp without the move."""
    told = _half_year()
    _move(told, 1200, 0)
    assert _found(told) == []


def test_days_in_another_order_are_no_trend() -> None:
    """The times of the moving lamp on other days."""
    told = _half_year()
    _move(told, 1200, -4.5)
    order = np.random.default_rng(3).permutation(len(told.happened)).tolist()
    told.happened = [
        (*told.happened[at][:2], told.happened[other][2], *told.happened[at][3:])
        for at, other in enumerate(order)
    ]
    assert _found(told) == []


def test_eleven_weeks_are_too_few() -> None:
    """As clear as it is: twelve whole weeks are asked for."""
    told = Told(FIRST, FIRST + timedelta(days=7 * 12 - 2))
    told.add(LAMP, [(day, 1200.0 - 10 * at) for at, day in enumerate(told.days)])
    assert _found(told) == []


@pytest.mark.parametrize("event", list(SunEvent))
@pytest.mark.parametrize("first", [date(2026, 1, 5), FIRST, date(2026, 7, 6)])
def test_what_keeps_to_the_sun_is_no_trend(event: SunEvent, first: date) -> None:
    """Half an hour after sunrise or sunset, wherever in the year half a year begins."""
    told = Told(first, first + timedelta(days=7 * WEEKS - 1))
    days = np.array([day_number(day) for day in told.days])
    assert HOME.position is not None
    sun = (sun_times(HOME.position, BERLIN, event, days) % DAY_MS) / MINUTE_MS
    told.add(
        LAMP,
        [
            (day, minute + 30 + error)
            for day, minute, error in zip(
                told.days, sun.tolist(), _jitter(told, 5), strict=True
            )
        ],
    )
    assert _found(told) == []


def test_a_change_on_one_day_is_no_trend() -> None:
    """Since the 13th week an hour later."""
    told = _half_year()
    told.add(
        LAMP,
        [
            (day, (1140 if at < 91 else 1200) + error)
            for at, (day, error) in enumerate(
                zip(told.days, _jitter(told, 10), strict=True)
            )
        ],
    )
    assert _found(told) == []


@pytest.mark.parametrize("when", ["begun", "stopped"])
def test_what_begins_or_stops_is_no_trend(when: str) -> None:
    """Twenty times a day, in one half of the half-year alone."""
    told = _half_year()
    half = told.days[91:] if when == "begun" else told.days[:91]
    told.add(LAMP, [(day, 500.0 + 30 * at) for day in half for at in range(20)])
    assert _found(told) == []


def test_more_often_every_week() -> None:
    """From 6 to 18 times a day, and only that: first and last follow from it."""
    told = _half_year()
    rng = np.random.default_rng(2)
    for at, day in enumerate(told.days):
        count = int(rng.poisson(6 + 12 * at / len(told.days)))
        told.add(LAMP, [(day, float(m)) for m in rng.uniform(420, 1320, count)])
    (found,) = _found(told)
    context = dict(found.context or {})
    # 12 of a middle of 12, within 25 weeks: 4 per cent of it a week.
    assert context.pop("percent_per_week") == pytest.approx(4, abs=0.8)
    assert context == {"kind": "trend", "of": "count"}
    assert found.when is None
    assert found.details["trend"]["from"] == pytest.approx(7 * 6, rel=0.2)
    assert found.details["trend"]["to"] == pytest.approx(7 * 18, rel=0.2)


def test_longer_every_week() -> None:
    """From 20 to 45 minutes, now and then."""
    told = _half_year()
    rng = np.random.default_rng(2)
    for at, day in enumerate(told.days):
        seconds = 1200 + 1500 * at / len(told.days)
        for minute in rng.uniform(420, 1200, 2).tolist():
            told.add(LAMP, [(day, minute)], int(seconds * rng.lognormal(0, 0.2)))
    (found,) = _found(told)
    assert found.context is not None
    assert found.context["of"] == "duration"
    assert found.context["percent_per_week"] > 2
    assert found.details["trend"]["from"] == pytest.approx(1200, rel=0.15)
    assert found.details["trend"]["to"] == pytest.approx(2700, rel=0.15)


def test_weeks_away_do_not_count() -> None:
    """Holidays in the last two weeks but three: nobody does anything less often."""
    told = _half_year()
    rng = np.random.default_rng(5)
    away = set(told.days[-35:-21])
    for number in range(6):
        for day in told.days:
            count = 0 if day in away else int(rng.poisson(8))
            minutes = [(day, float(m)) for m in rng.uniform(420, 1320, count)]
            told.add(f"light.lamp_{number}", minutes)
    assert _found(told) == []


def test_who_is_away_often_does_things_oftener_all_the_same() -> None:
    """Ten weeks of 26 away, one or two at a time: the others tell of the rest."""
    told = _half_year()
    rng = np.random.default_rng(5)
    away = {1, 4, 5, 8, 11, 12, 16, 17, 20, 23}
    for number in range(6):
        rise = 2 / WEEKS if number == 0 else 0.0
        for at, day in enumerate(told.days):
            often = 0 if at // 7 in away else rng.poisson(8 * (1 + rise * at / 7))
            minutes = [(day, float(m)) for m in rng.uniform(420, 1320, int(often))]
            told.add(f"light.lamp_{number}", minutes)
    (found,) = _found(told)
    assert found.entities == (Key("light.lamp_0", "on"),)
    assert found.context is not None
    assert found.context["of"] == "count"
    assert found.context["percent_per_week"] > 0


def test_weeks_without_a_recorder_do_not_count() -> None:
    """Three lost weeks, and half of another: rates are by what was watched."""
    told = _half_year()
    lost = set(told.days[-24:])
    told = replace(told, unwatched=frozenset(lost))
    rng = np.random.default_rng(5)
    for day in told.days:
        count = 0 if day in lost else int(rng.poisson(8))
        told.add(LAMP, [(day, float(m)) for m in rng.uniform(420, 1320, count)])
    assert _found(told) == []


def test_what_automations_do_is_no_habit() -> None:
    """A lamp that a rule switches more often every week."""
    told = replace(_half_year(), automated=frozenset({LAMP}))
    for at, day in enumerate(told.days):
        told.add(LAMP, [(day, 500.0 + 20 * n) for n in range(2 + at // 10)])
    assert _found(told) == []


def test_a_device_is_told_once() -> None:
    """Two lamps of one device, on and off: one trend, the other lamp goes along."""
    told = _half_year()
    for entity, state, later in (
        (LAMP, "on", 0),
        (LAMP, "off", 30),
        ("light.other", "on", 1),
    ):
        errors = _jitter(told, 6)
        told.add(
            entity,
            [
                (day, 1100 - 5 * at / 7 + error + later)
                for at, (day, error) in enumerate(zip(told.days, errors, strict=True))
            ],
            state=state,
        )
    home = replace(
        HOME,
        entities={
            entity: EntityInfo(entity, device_id="device")
            for entity in (LAMP, "light.other")
        },
    )
    (found,) = _found(told, home)
    names = {each["entity_id"] for each in found.details["companions"]}
    assert {found.entities[0].entity_id, *names} == {LAMP, "light.other"}
    assert len(_found(told)) == 2


def test_that_it_begins_is_told_and_not_that_it_ends() -> None:
    """However much more regularly it ends."""
    told = _half_year()
    for state, sd, seed in (("on", 12, 1), ("off", 2, 2)):
        minutes = [
            (day, 1200 - 4.5 * at / 7 + error)
            for (at, day), error in zip(
                enumerate(told.days), _jitter(told, sd, seed), strict=True
            )
        ]
        told.add(LAMP, minutes, state=state)
    (found,) = _found(told)
    assert found.entities == (Key(LAMP, "on"),)


def test_a_renamed_lamp_goes_on() -> None:
    """The second half under another id."""
    told = _half_year()
    _move(told, 1200, -4.5)
    whole = _found(told)
    told.happened = [
        ("light.old" if day < told.days[91] else LAMP, state, day, minute, seconds)
        for _, state, day, minute, seconds in told.happened
    ]
    home = replace(HOME, aliases={"light.old": LAMP})
    (found,) = _found(told, home)
    assert to_json(found) == to_json(whole[0])


def test_midnight_is_no_edge() -> None:
    """From 23:20 to 00:40: later by 80 minutes, not earlier by 22 hours."""
    told = _half_year()
    errors = _jitter(told, 8)
    for at, (day, error) in enumerate(zip(told.days, errors, strict=True)):
        minute = 1400 + 80 * at / len(told.days) + error
        late = day + timedelta(days=int(minute // 1440))
        told.add(LAMP, [(late, minute % 1440)])
    (found,) = _found(told)
    assert found.context is not None
    assert found.context["minutes_per_week"] == pytest.approx(80 / 26, abs=0.5)


@pytest.mark.parametrize(
    ("home", "peak", "season"),
    [
        (HOME, 10, "winter"),
        (HOME, 196, "summer"),
        (HOME, 105, "spring"),
        (SOUTH, 10, "summer"),
        (SOUTH, 196, "winter"),
        (SOUTH, 288, "spring"),
    ],
)
def test_a_meter_counts_more_in_a_season(home: Home, peak: int, season: str) -> None:
    """Between 3 and 9 kWh a day, most on the given day of each year."""
    told = _two_years()
    for day, error in zip(told.days, _jitter(told, 400), strict=True):
        angle = 2 * pi * (day.timetuple().tm_yday - peak) / 365.25
        told.used.append(("sensor.heat", day, round(6000 + 3000 * cos(angle) + error)))
    (found,) = _found(told, home)
    assert found.entities == (Key("sensor.heat", ""),)
    context = dict(found.context or {})
    assert context.pop("percent") == pytest.approx(100, abs=8)
    assert context == {"kind": "season", "season": season, "of": "consumption"}
    assert found.details["swing"]["months"] == 24
    assert found.details["swing"]["unit"] == "kWh/d"
    assert found.details["swing"]["high"] == pytest.approx(9, abs=0.5)
    assert found.details["swing"]["low"] == pytest.approx(3, abs=0.5)
    assert found.confidence > 0.9


def test_a_year_and_three_quarters_is_too_short_for_a_swing() -> None:
    """What came once need not come again."""
    told = Told(date(2024, 7, 1), TWO_YEARS)
    for day in told.days:
        angle = 2 * pi * day.timetuple().tm_yday / 365.25
        told.used.append(("sensor.heat", day, round(6000 + 3000 * cos(angle))))
    assert [
        found
        for found in _found(told)
        if found.context and found.context["kind"] == "season"
    ] == []


def test_a_lamp_goes_on_later_in_winter() -> None:
    """By an hour, and told as a swing alone, not as a trend of these weeks, too."""
    told = _two_years()
    for day, error in zip(told.days, _jitter(told, 10), strict=True):
        angle = 2 * pi * (day.timetuple().tm_yday - 5) / 365.25
        told.add(LAMP, [(day, 500 + 30 * cos(angle) + error)])
    (found,) = _found(told)
    assert found.context is not None
    assert found.context["season"] == "winter"
    assert found.context["minutes"] == pytest.approx(60, abs=6)
    assert found.details["swing"]["high_month"] in {12, 1}
    assert found.when is not None


def test_half_a_year_of_a_meter_says_nothing() -> None:
    """It may be the weather: a meter is asked after a whole year."""
    told = _half_year()
    for at, day in enumerate(told.days):
        told.used.append(("sensor.heat", day, 4000 + 20 * at))
    assert _found(told) == []


def test_a_meter_counts_more_from_year_to_year() -> None:
    """Half as much again within two years, beside its swing."""
    told = _two_years()
    for at, (day, error) in enumerate(zip(told.days, _jitter(told, 150), strict=True)):
        angle = 2 * pi * day.timetuple().tm_yday / 365.25
        level = 4000 * (1 + 0.5 * at / len(told.days))
        told.used.append(("sensor.power", day, round(level + 800 * cos(angle) + error)))
    found = {one.context["kind"]: one for one in _found(told) if one.context}
    assert set(found) == {"season", "trend"}
    context = found["trend"].context
    assert context is not None
    assert context["of"] == "consumption"
    # 50 of a middle of 125, in 103 weeks.
    assert context["percent_per_week"] == pytest.approx(40 / 103, abs=0.05)


def test_without_a_position_no_time_is_told() -> None:
    """The sun may be why, for all that is known."""
    told = _half_year()
    _move(told, 1200, -4.5)
    home = Home(BERLIN.zone)
    assert _found(told, home) == []
    wording = Wording(home)
    assert wording.told(DETECTOR.waits_since(7 * WEEKS, home)) == (
        "nothing moves or swings beyond chance that daylight could not explain; to "
        "tell them apart it needs to know where the home is"
    )
    # What is lacking first are days.
    soon = wording.told(DETECTOR.waits_since(60, home))
    assert soon == "needs about 90 days of history, 60 so far"


def test_what_meters_counted_before_learning_hides_no_trend() -> None:
    """Weeks of which only consumption is known come before those of the lamp."""
    alone, after_years = _half_year(), Told(FIRST - timedelta(days=7 * 26), LAST)
    _move(alone, 1200, -4.5)
    after_years.happened = alone.happened
    after_years.used = [("sensor.heat", day, 6000) for day in after_years.days]
    (found,) = _found(alone)
    (again,) = _found(after_years)
    # The meter is asked, too, which is one more chance to be wrong.
    asked = replace(found.evidence, q_value=again.evidence.q_value)
    assert to_json(again) == to_json(replace(found, evidence=asked))


def test_what_came_later_moves_all_the_same() -> None:
    """A lamp that was bought in the tenth week, beside one that keeps its time."""
    told = _half_year()
    _move(told, 600, 0.0, "light.other")
    bought = Told(FIRST + timedelta(days=7 * 9), LAST)
    _move(bought, 1200, -6)
    told.happened += bought.happened
    (found,) = _found(told)
    assert found.entities == (Key(LAMP, "on"),)
    assert found.details["trend"]["weeks"] == WEEKS - 9
    assert dict(found.context or {})["minutes_per_week"] == pytest.approx(-6, abs=0.6)


def test_without_a_position_a_meter_swings() -> None:
    """As with one, but of which season its month is, is not known."""
    told = _two_years()
    for day, error in zip(told.days, _jitter(told, 150), strict=True):
        angle = 2 * pi * (day.timetuple().tm_yday - 15) / 365.25
        told.used.append(("sensor.heat", day, round(6000 + 3000 * cos(angle) + error)))
    (found,) = _found(told, Home(BERLIN.zone))
    (known,) = _found(told)
    assert known.context == {**(found.context or {}), "season": "winter"}
    assert found.context is not None
    assert "season" not in found.context
    assert found.details == known.details
    # 15 January, of a curve through whole months.
    assert Wording(HOME).title(found).endswith(" counts more in January")
    assert Wording(HOME).title(known).endswith(" counts more in winter")


def test_without_a_position_a_long_trend_of_counts_is_told() -> None:
    """A year's swing is taken away already; of half a year the sun may be why."""
    told = Told(date(2025, 4, 7), date(2026, 4, 5))
    rng = np.random.default_rng(5)
    for at, day in enumerate(told.days):
        often = 1 + rng.poisson(1 + 3 * at / len(told.days))
        told.add(LAMP, [(day, 600.0 + 60 * n) for n in range(often)])
    of = {f.context["of"] for f in _found(told, Home(BERLIN.zone)) if f.context}
    assert "count" in of
    assert "time" not in of


def test_nothing_is_found_in_nothing() -> None:
    """No weeks, no months."""
    window = window_of(raw_days(LAST, LAST, [], tracked=[LAMP]))
    assert DETECTOR.detect_long(window, History(), HOME) == ()
    assert DETECTOR.detect(window, HOME) == ()


def test_what_it_waits_for() -> None:
    """Ninety days, and then something that moves."""
    sentence = DETECTOR.waits_since(59, HOME)
    assert sentence.values == {"needed": 90, "days": 59}
    assert DETECTOR.waits_since(90, HOME).phrase == "seasonal.waits.nothing"


def test_a_finding_is_kept_exactly() -> None:
    """Through JSON and back."""
    told = _half_year()
    _move(told, 1200, -4.5)
    (found,) = _found(told)
    again = from_json(to_json(found), lambda entity_id: entity_id, HOME)
    # The meter is asked, too, which is one more chance to be wrong.
    asked = replace(found.evidence, q_value=again.evidence.q_value)
    assert to_json(again) == to_json(replace(found, evidence=asked))


def test_of_one_thing_times_and_numbers_are_told_apart() -> None:
    """Another key for another measure, or their ids would be mixed up."""
    told = _half_year()
    _move(told, 1200, -4.5)
    (found,) = _found(told)
    other = replace(found, when=None, context={"kind": "trend", "of": "count"})
    third = replace(found, when=None, context={"kind": "trend", "of": "duration"})
    assert len({found.key, other.key, third.key}) == 3


def _tally(last: date, of: str, stated: float, rows: list[Row]) -> tuple[int, int]:
    """Return how a claim fared as of a Sunday, by the 63 days up to it."""
    amount = "minutes_per_week" if of == "time" else "percent_per_week"
    claim = replace(
        finding(0),
        entities=(Key(LAMP, "on"),),
        when=When(1230, 1200, 1260),
        context={"kind": "trend", "of": of, amount: stated},
    )
    window = window_of(raw_days(last - timedelta(days=62), last, rows))
    tally = DETECTOR.tally(claim, window, HOME, day_number(last) - 6)
    return tally.occasions, tally.happened


def _evenings(moved: int, often: int = 1, seconds: int = 60) -> list[Row]:
    """Return a lamp from 4 May on at 20:30, from June on at another minute."""
    rows = []
    for at in range(63):
        day = date(2026, 5, 4) + timedelta(days=at)
        june = day.month > 5
        for time in range(often if june else 1):
            on = 20 * 60 + 30 + (moved if june else 0) - 60 * time
            off = on + (seconds if june else 60) // 60
            rows += [
                Row(f"{day}T{minute // 60:02d}:{minute % 60:02d}", LAMP, state)
                for minute, state in ((on, "on"), (off, "off"))
            ]
    return rows


@pytest.mark.parametrize(
    ("moved", "stated", "expected"),
    [(-15, -4.5, (1, 1)), (15, -4.5, (1, 0)), (15, 4.5, (1, 1)), (0, 4.5, (0, 0))],
)
def test_a_month_that_ended_is_checked(
    moved: int, stated: float, expected: tuple[int, int]
) -> None:
    """June against May, on Sunday 5 July; where nothing moved, nothing is known."""
    assert _tally(date(2026, 7, 5), "time", stated, _evenings(moved)) == expected


@pytest.mark.parametrize(("stated", "expected"), [(3, (1, 1)), (-3, (1, 0))])
def test_how_often_and_how_long_are_checked_alike(
    stated: float, expected: tuple[int, int]
) -> None:
    """Three times a day and ten minutes each in June, once and a minute in May."""
    often, long = _evenings(0, often=3), _evenings(0, seconds=600)
    assert _tally(date(2026, 7, 5), "count", stated, often) == expected
    assert _tally(date(2026, 7, 5), "duration", stated, long) == expected


def test_days_away_make_nothing_seldomer() -> None:
    """Twice a day instead of once, but from 15 June to the end of it nobody was home."""
    away = [f"2026-06-{day}" for day in range(15, 31)]
    rows = [row for row in _evenings(0, often=2) if row.at[:10] not in away]
    assert _tally(date(2026, 7, 5), "count", 3, rows) == (1, 1)


def test_a_week_in_which_no_month_ends_is_not_checked() -> None:
    """Sunday 28 June: June is not over."""
    rows = _evenings(15)
    assert _tally(date(2026, 6, 28), "time", 4.5, rows[: -7 * 2]) == (0, 0)


def test_meters_are_not_checked_by_days() -> None:
    """There is none among them."""
    assert _tally(date(2026, 7, 5), "consumption", 4.5, _evenings(15)) == (0, 0)


def test_swings_are_not_checked_by_days() -> None:
    """The month that the next is compared with lies too far back."""
    context = {"kind": "season", "season": "winter", "of": "time", "minutes": 60}
    claim = replace(finding(0), entities=(Key(LAMP, "on"),), context=context)
    window = window_of(raw_days(date(2026, 5, 4), date(2026, 7, 5), _evenings(15)))
    since = day_number(date(2026, 6, 29))
    assert DETECTOR.tally(claim, window, HOME, since).occasions == 0
