"""Guessing the next happening: from patterns alone, from frequency, from a chain."""

from datetime import date, timedelta
from typing import Any

import pytest

from benchmarks.claims import Json
from benchmarks.guessing import Guesses, guess_rates, missed
from benchmarks.pattern_guess import Due, PatternGuess
from custom_components.pattern_intelligence.engine.pattern import WEEKDAYS
from custom_components.pattern_intelligence.engine.window import Key, Window
from tests.engine.builders import Row, raw_days, window_of

FIRST = date(2026, 3, 2)


def _window(first: date, days: int) -> Window:
    """Return days on which a door opens and closes, a light follows, then a fan."""
    rows = []
    for number in range(days):
        day = first + timedelta(days=number)
        for hour in (8, 18):
            rows += [
                Row(f"{day}T{hour:02d}:00", "binary_sensor.door", "on"),
                Row(f"{day}T{hour:02d}:01", "binary_sensor.door", "off"),
                Row(f"{day}T{hour:02d}:02", "script.light", "on"),
                Row(f"{day}T{hour:02d}:03", "script.light", "off"),
            ]
        rows.append(Row(f"{day}T20:00", "script.fan", "on"))
        rows.append(Row(f"{day}T20:01", "script.fan", "off"))
    return window_of(raw_days(first, first + timedelta(days=days - 1), rows))


LEARNED = _window(FIRST, 10)
HELD_OUT = _window(FIRST + timedelta(days=10), 4)
"""Twenty things begin, so nineteen are guessed: 8 lights, 4 fans, 7 doors."""


def _entity(entity_id: str, state: str = "on") -> Json:
    return {"entity_id": entity_id, "state": state}


def _pattern(kind: str, *entities: str, **more: Any) -> dict[str, Any]:
    """Return a pattern of the contract that happened on ten of ten days."""
    return {
        "type": kind,
        "entities": [_entity(name) for name in entities],
        "when": None,
        "lag_s": None,
        "confidence": 0.9,
        "evidence": {"days_eligible": 10, "days_matched": 10, "occurrences": 20},
    } | more


def _lag(seconds: float) -> Json:
    return {"median": seconds, "p10": 0.8 * seconds, "p90": 1.25 * seconds}


def _when(time: str, earliest: str, latest: str, *days: str) -> Json:
    weekdays = list(days or WEEKDAYS)
    return {
        "time": time,
        "earliest": earliest,
        "latest": latest,
        "anchor": "each",
        "weekdays": weekdays,
    }


LINK = _pattern(
    "co_occurrence",
    "binary_sensor.door",
    "script.light",
    lag_s=_lag(120),
    next=1.0,
)
FAN = _pattern(
    "time_of_day", "script.fan", when=_when("20:00", "19:55", "20:05"), confidence=0.9
)


def test_rates_are_counted_by_hand() -> None:
    """Frequency guesses one of the two common things, the chain all but fans."""
    rates = guess_rates(LEARNED, HELD_OUT, [LINK])
    # After each door comes its light; otherwise the door, which patterns name most
    # next to the light, is guessed first or second.
    assert rates.patterns[0] >= 8 / 19
    assert rates.patterns[1] == pytest.approx(15 / 19)
    assert rates.frequency[0] in (pytest.approx(8 / 19), pytest.approx(7 / 19))
    assert rates.frequency[1] == 1.0
    # After a light: once a door, once a fan; the chain takes one, and all else is sure.
    assert rates.chain[0] == pytest.approx(15 / 19)
    # That a fan happens, too, is no news to who knows how often everything does.
    assert rates.blended[1] == 1.0


def test_a_time_that_was_seen_is_not_due_again() -> None:
    """The fan at 20:00 is guessed after the evening's light, and not after itself."""
    late = _window(FIRST + timedelta(days=10), 1)
    assert guess_rates(LEARNED, late, [LINK]).patterns[1] < 1.0
    assert guess_rates(LEARNED, late, [LINK, FAN]).patterns[1] == 1.0


@pytest.mark.parametrize("kind", ["time_of_day", "day_type"])
def test_what_is_due_comes_first(kind: str) -> None:
    """At its time a thing is guessed before what happens more often, and not at noon."""
    guesser = PatternGuess([LINK, {**FAN, "type": kind}])
    fan = Key("script.fan", "on")
    _see(guesser, (720, "script.light"))
    assert guesser.guess()[0] != fan
    _see(guesser, (1200, "script.light"))
    assert guesser.guess()[0] == fan


def _scripts(days: int, *happened: tuple[str, str]) -> Window:
    """Return days on which scripts are run at the same times."""
    rows = []
    for number in range(days):
        day = FIRST + timedelta(days=number)
        for time, name in happened:
            rows.append(Row(f"{day}T{time}", f"script.{name}", "on"))
            rows.append(Row(f"{day}T{time}:30", f"script.{name}", "off"))
    return window_of(raw_days(FIRST, FIRST + timedelta(days=days - 1), rows))


def test_what_happens_at_once_has_no_order() -> None:
    """Either of two that begin together is right, and both are what comes before."""
    home = _scripts(6, ("08:00", "one"), ("09:00", "two"), ("09:00", "three"))
    rates = guess_rates(home, home, [])
    assert rates.chain == (1.0, 1.0)
    # All three are as frequent, so one of them is guessed each time, be it right or not.
    assert rates.frequency[0] in (pytest.approx(5 / 11), pytest.approx(6 / 11))


def test_what_may_be_told_of_a_chain() -> None:
    """On half of the occasions, on five days, and not the same thing once more."""
    often = guess_rates(LEARNED, HELD_OUT, [])
    assert often.tellable == often.chain
    few = guess_rates(_window(FIRST, 4), HELD_OUT, [])
    assert few.chain == often.chain
    assert few.tellable == few.frequency
    seldom = ("a", "b", "a", "c", "a", "d")
    rates = _guessed_of_its_own(*seldom)
    # Each follows `a` on a third of the occasions; that `a` follows them is told.
    assert rates.tellable[0] == pytest.approx(17 / 35)
    assert rates.chain[0] == pytest.approx((17 + 6) / 35)
    again = ("x", "x", "x", "y", "z", "y", "z", "y", "z", "y")
    rates = _guessed_of_its_own(*again)
    # After `x` it is `x` in two of three times, and `y`, the most frequent, in one.
    assert rates.chain[0] == pytest.approx(6 * (2 + 6) / 59)
    assert rates.tellable[0] == pytest.approx(6 * (1 + 6) / 59)


def _guessed_of_its_own(*names: str) -> Guesses:
    """Return what is guessed in six days on which scripts are run hour by hour."""
    hours = [(f"{8 + place:02d}:00", name) for place, name in enumerate(names)]
    home = _scripts(6, *hours)
    return guess_rates(home, home, [])


def test_why_patterns_miss_what_a_chain_knows() -> None:
    """Without patterns all is missed that the chain guesses, each for its reason."""
    hours = (("08:00", "x"), ("09:00", "x"), ("10:00", "x"), ("11:00", "y"))
    home = _scripts(6, *hours)
    # Of 23: twice a day `x` after `x`; after `y` comes the next day's `x`.
    assert missed(home, home, []) == {
        "itself": pytest.approx(12 / 23),
        "else": pytest.approx(5 / 23),
    }
    short = _scripts(4, *hours)
    assert missed(short, short, []) == {
        "itself": pytest.approx(8 / 15),
        "few days": pytest.approx(3 / 15),
    }
    shared = _scripts(6, *((f"{8 + n:02d}:00", key) for n, key in enumerate("abacad")))
    # One of the three that follow `a` is guessed.
    assert missed(shared, shared, [])["seldom"] == pytest.approx(6 / 35)


def test_what_patterns_tell_is_not_missed() -> None:
    """Of lights, doors and fans the link tells lights, and that there are doors."""
    assert missed(LEARNED, HELD_OUT, []) == {"else": pytest.approx((8 + 3 + 4) / 19)}
    assert missed(LEARNED, HELD_OUT, [LINK]) == {"else": pytest.approx(4 / 19)}


def test_elsewhere_repetition_is_passed_over() -> None:
    """Of `a`, `a`, `b` only the steps from one to the other are guessed."""
    home = _scripts(6, ("08:00", "a"), ("09:00", "a"), ("10:00", "b"))
    assert guess_rates(home, home, []).chain[0] < 1.0
    assert guess_rates(home, home, [], elsewhere=True).chain == (1.0, 1.0)


def test_the_end_of_something_leads_on() -> None:
    """Who gets up is next in the bathroom, however long nothing else begins."""
    bed, bath = "binary_sensor.bed", "script.bath"
    known = _pattern("co_occurrence", bed, bath, lag_s=_lag(300), next=0.9)
    known["entities"][0] = _entity(bed, "off")
    often = _pattern(
        "time_of_day", "script.often", when=_when("03:00", "02:59", "03:01")
    )
    often["evidence"] = {"days_eligible": 1, "days_matched": 1, "occurrences": 60}
    guesser = PatternGuess([known, often])
    _see(guesser, (0, bed))
    assert guesser.guess()[0] == Key("script.often", "on")
    guesser.see(Key(bed, "off"), 420 * 60_000)
    assert guesser.guess()[0] == Key(bath, "on")
    guesser.see(Key("binary_sensor.door", "off"), 480 * 60_000)
    assert guesser.guess()[0] == Key(bath, "on")
    _see(guesser, (540, "script.often"))
    assert guesser.guess()[0] == Key("script.often", "on")


def test_without_patterns_nothing_is_guessed() -> None:
    """What was not published is not known."""
    assert guess_rates(LEARNED, HELD_OUT, []).patterns == (0.0, 0.0)


def test_a_sequence_tells_its_next_step() -> None:
    """Only what was done in its order leads on; a link may name the same end."""
    steps = ("script.one", "script.two", "script.three")
    each = [{"lag_s": _lag(60)}, {"lag_s": _lag(60)}]
    known = _pattern("sequence", *steps, steps=each, lag_s=_lag(120))
    in_order = PatternGuess([known])
    _see(in_order, (0, steps[0]))
    assert in_order.guess()[0] == Key(steps[1], "on")
    _see(in_order, (1, steps[1]))
    assert in_order.guess()[0] == Key(steps[2], "on")
    alone = PatternGuess([known])
    _see(alone, (1, steps[1]))
    assert alone.guess()[0] == Key(steps[0], "on")


def test_what_is_late_is_given_up() -> None:
    """After its time a link is no longer waited for; before, something may come between."""
    often = _pattern(
        "time_of_day", "script.often", when=_when("03:00", "02:59", "03:01")
    )
    often["evidence"] = {"days_eligible": 1, "days_matched": 1, "occurrences": 60}
    known = [LINK, often]
    soon, late = PatternGuess(known), PatternGuess(known)
    light = Key("script.light", "on")
    _see(soon, (600, "binary_sensor.door"), (601, "script.often"))
    _see(late, (600, "binary_sensor.door"), (660, "script.often"))
    assert soon.guess()[0] == light
    assert late.guess()[0] == Key("script.often", "on")


def test_what_is_on_goes_off_first() -> None:
    """Nothing enters the state it is in; a sensor's bout may have ended unseen."""
    fan = _pattern("time_of_day", "fan.bath", when=FAN["when"])
    guesser = PatternGuess([fan, LINK])
    _see(guesser, (600, "fan.bath"))
    assert Key("fan.bath", "on") not in guesser.guess()
    _see(guesser, (1196, "binary_sensor.door"))
    assert Key("binary_sensor.door", "on") in guesser.guess()


def test_what_a_pattern_stands_for_is_known() -> None:
    """A part of a larger pattern leads on as it would by itself."""
    whole = _pattern("duration", "script.oven", stands_for=[LINK])
    guesser = PatternGuess([whole])
    _see(guesser, (600, "binary_sensor.door"))
    assert guesser.guess()[0] == Key("script.light", "on")


@pytest.mark.parametrize(
    ("minute", "seen", "due"),
    [
        # 20 minutes wide with the slack, from 19:50 to 20:10.
        (1190.0, -1, 0.9 / 20),
        (1200.0, -1, 0.9 / 20 / (1 - 0.45)),
        (1211.0, -1, 0.0),
        (1200.0, 1191, 0.0),
        (1200.0, 1189, 0.9 / 20 / (1 - 0.45)),
    ],
)
def test_hazard_of_a_time(minute: float, seen: int, due: float) -> None:
    """What is due becomes more probable the longer it does not come."""
    monday = 4 * 1440  # 1970-01-05
    key = Key("script.fan", "on")
    time = Due(key, 1195.0, 10.0, frozenset({0}), 0.9)
    wall, before = round((monday + minute) * 60_000), (monday + seen) * 60_000
    assert time.hazard(wall, before) == pytest.approx(due)
    assert time.hazard(wall + 86_400_000, before) == 0.0


def test_homes_count_alike() -> None:
    """The mean over homes, however much happens in them."""
    one, other = ((0.2, 0.4),) * 5, ((0.4, 0.8),) * 5
    mean = Guesses.mean([Guesses(*one), Guesses(*other)])
    assert mean.chain == pytest.approx((0.3, 0.6))
    assert "chain 30/60" in str(mean)


def _see(guesser: PatternGuess, *happened: tuple[int, str]) -> None:
    for minute, entity_id in happened:
        guesser.see(Key(entity_id, "on"), minute * 60_000)
