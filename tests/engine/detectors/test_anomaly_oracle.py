"""Chances of odd things, held to slow and obvious ways of computing them."""

from dataclasses import replace
from datetime import timedelta
from math import sqrt

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.anomaly.count_model import CountModel
from custom_components.pattern_intelligence.engine.anomaly.expected_counts import trend
from custom_components.pattern_intelligence.engine.anomaly.odd_hours import OddHours
from custom_components.pattern_intelligence.engine.anomaly.overlong import lasting
from custom_components.pattern_intelligence.engine.anomaly.silence import silences
from custom_components.pattern_intelligence.engine.anomaly.tails import resting_tail
from custom_components.pattern_intelligence.engine.anomaly.uses import Uses
from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    day_number,
)
from custom_components.pattern_intelligence.engine.runs import NO_RUNS
from custom_components.pattern_intelligence.engine.window import Key
from tests.engine.builders import BERLIN, instant, raw_days, window_of

from .naive_anomaly import (
    QUARTER_MS,
    expected_by,
    long_chance,
    negative_binomial,
    odd_chance,
    posterior,
    resting,
)
from .test_anomaly import FIRST, uses

ONES = np.ones((1, 24), np.float32)


@given(
    counts=st.lists(st.integers(0, 12), min_size=2, max_size=9),
    rate=st.floats(0.1, 8),
    left_out=st.integers(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_counts_are_negative_binomial(
    counts: list[int], rate: float, left_out: int
) -> None:
    """The posterior over level and overdispersion, and the chances it gives."""
    expected = np.full((1, len(counts)), rate)
    given_counts = np.array([counts])
    model = CountModel.fitted(
        given_counts, np.ones((1, len(counts)), bool), expected, ["light.a"]
    )
    cells = list(zip(model.factor[0].tolist(), model.size.tolist(), strict=True))
    prior = np.exp(model.log_prior[0]).tolist()
    others = [count for at, count in enumerate(counts) if at != left_out]
    thing = np.array([0])
    for weights, told in (
        (model.weights(thing), counts),
        (model.weights(thing, np.array([left_out])), others),
    ):
        naive = posterior(told, [rate] * len(told), cells, prior)
        assert weights[0] == pytest.approx(naive, rel=1e-7, abs=1e-12)
        below = model.below(thing, np.array([rate]), 6, weights)[0]
        for upto in range(7):
            assert below[upto] == pytest.approx(
                sum(
                    weight * negative_binomial(count, rate * factor, size)
                    for weight, (factor, size) in zip(naive, cells, strict=True)
                    for count in range(upto + 1)
                ),
                abs=1e-9,
            )


clocks = st.lists(st.integers(0, 95), max_size=5, unique=True).map(
    lambda quarters: [
        q * 15 * 60 * SECOND_MS + 60 * SECOND_MS for q in sorted(quarters)
    ]
)


def used(days: list[list[list[int]]]) -> Uses:
    """Return uses by thing, day and clock, everything known."""
    flat = [
        (thing, day, clock)
        for thing, own in enumerate(days)
        for day, when in enumerate(own)
        for clock in when
    ]
    number = len(days[0])
    quiet = window_of(raw_days(FIRST, FIRST + timedelta(days=number - 1), []))
    thing, at, clock = np.array(flat, np.int64).reshape(-1, 3).T
    return Uses(
        quiet,
        tuple(f"light.{thing}" for thing in range(len(days))),
        thing,
        at,
        clock,
        np.zeros(number, bool),
        np.ones((len(days), number), bool),
    )


@given(
    days=st.integers(2, 4).flatmap(
        lambda number: st.lists(
            st.lists(clocks, min_size=number, max_size=number), min_size=1, max_size=3
        )
    ),
    rate=st.floats(0.1, 5),
)
@settings(max_examples=60, deadline=None)
def test_hours_are_judged_without_their_own_day(
    days: list[list[list[int]]], rate: float
) -> None:
    """What is rare enough to be told has exactly the chance it should."""
    own = used(days)
    odd = OddHours(own, np.full(own.counts.shape, rate))
    for thing, when in enumerate(days):
        for day, clock in enumerate(when):
            if not clock:
                assert odd.chances[thing, day] == 1.0
                continue
            naive = odd_chance(days, thing, day, rate)
            if day == len(when) - 1 or naive < 0.02:
                assert odd.chances[thing, day] == pytest.approx(naive, rel=1e-9)
            else:
                assert odd.chances[thing, day] >= 0.02 - 1e-12


@given(
    past=st.lists(st.integers(2, 20_000), min_size=8, max_size=40),
    seconds=st.integers(1, 80_000),
)
@settings(max_examples=80, deadline=None)
def test_long_runs_are_tails(past: list[int], seconds: int) -> None:
    """Student's tail, or that of the longest runs where it is thicker."""
    start = day_number(FIRST) * DAY_MS
    begins = [start + at * DAY_MS for at in range(len(past))]
    today = start + len(past) * DAY_MS
    ends = [b + s * SECOND_MS for b, s in zip(begins, past, strict=True)]
    size = len(past) + 1
    runs = replace(
        NO_RUNS,
        keys=(Key("light.a", "on"),),
        key=np.zeros(size, np.int32),
        begin=np.array([*begins, today]),
        end=np.array([*ends, today + seconds * SECOND_MS]),
        begun=np.ones(size, bool),
        ended=np.ones(size, bool),
        cause=np.zeros(size, np.int16),
        ended_by=np.zeros(size, np.int16),
    )
    found = lasting(runs, BERLIN, today, today + DAY_MS, len(past))
    spread = max(sqrt(float(np.var(np.log(past), ddof=1))), 0.1)
    naive = long_chance(past, seconds, spread)
    daily = 1 - np.exp(-naive)
    if daily < 0.02:
        assert found.today[0] == pytest.approx(daily, rel=1e-9)
    else:
        assert found.today[0] >= 0.02


def test_days_are_those_of_the_clock() -> None:
    """Begun at 00:30 and at 01:30 of four days in Berlin: in UTC those are five."""
    days = [FIRST + timedelta(days=n) for n in range(4)]
    begins = [
        instant(BERLIN, f"{day}T{clock}")
        for day in days
        for clock in ("00:30", "01:30")
    ]
    begin = np.array(begins)
    runs = replace(
        NO_RUNS,
        keys=(Key("light.a", "on"),),
        key=np.zeros(8, np.int32),
        begin=begin,
        end=begin + 60 * SECOND_MS,
        begun=np.ones(8, bool),
        ended=np.ones(8, bool),
        cause=np.zeros(8, np.int16),
        ended_by=np.zeros(8, np.int16),
    )
    today = instant(BERLIN, f"{FIRST + timedelta(days=20)}T00:00")
    assert lasting(runs, BERLIN, today, today + DAY_MS, 20).key.size == 0


def test_a_silence_is_what_was_still_to_come() -> None:
    """Evenly over 24 hours, 12 a day, quiet since noon until midnight: 6 are missing.

    Uses without overdispersion: the chance is e to the -6. With a variance as large as
    the mean squared (size 1), after 4 uses of 6: (7 / 13) to the 5th.
    """
    evenly = [hour * HOUR_MS + HOUR_MS // 2 for hour in range(24)]
    days = [[evenly, [HOUR_MS * h for h in (3, 6, 9, 12)]], [evenly, [DAY_MS - 1]]]
    own = used(days)
    expected = np.full(own.counts.shape, 12.0)
    sure = silences(own, expected, np.array([0.0, 0.0]), own)
    assert sure.missing[0, 1] == pytest.approx(6.0, rel=1e-6)
    assert sure.chance[0, 1] == pytest.approx(np.exp(-6.0), rel=1e-3)
    loose = silences(own, expected, np.array([1.0, 1.0]), own)
    assert loose.chance[0, 1] == pytest.approx((7 / 13) ** 5, rel=1e-6)
    # What is itself the last to be used is not silent.
    assert loose.chance[1, 1] == 1.0


def test_what_comes_in_spells_rests_between_them() -> None:
    """Every second day it is quiet from noon on, and so it is today.

    Evenly over 24 hours in the mean, so that 12 of 48 uses are to be expected between
    noon and midnight; a model without spells has e to the -12.
    """
    half = [n * HOUR_MS // 2 for n in range(48)]
    days = [half if n % 2 else half[:24] for n in range(21)]
    own = used([days, [[DAY_MS - 1]] * 21])
    expected = np.full(own.counts.shape, 24.0)
    found = silences(own, expected, np.zeros(2), own)
    passed = expected_by(own.possible[0] * 24.0, days)
    rests = np.diff(passed).tolist()
    missing = float(found.missing[0, -1])
    assert missing == pytest.approx(24.0 * 21 - passed[-1], rel=1e-4)
    assert found.chance[0, -1] == pytest.approx(resting(rests, missing))
    assert found.chance[0, -1] > 0.02
    # A past day is judged without the rest that it ended with.
    ended = len([clock for when in days[:11] for clock in when]) - 1
    others = [rest for at, rest in enumerate(rests) if at != ended]
    assert found.chance[0, 10] == pytest.approx(
        resting(others, float(found.missing[0, 10]))
    )


def test_rests_beyond_the_longest_are_exponential() -> None:
    """Of 30 uses waited for, 12 beyond 3 were in the three longest of ten rests.

    With one more that has 1 the mean excess is 13 / 4; 6.5 further, twice that, less
    is left by e to the 2 of 3 times 13 / 4, out of 30.
    """
    rests = np.array([9.0, 7.0, 5.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    assert resting_tail(rests, 9.5) == pytest.approx(0.325 * np.exp(-2))
    assert resting_tail(rests, 3.0) == 0.0


def test_an_hour_is_news_when_the_week_before_has_not_seen_it() -> None:
    """Used at 03:00 eight days ago, at 05:30 six days ago, and at 04:00 today."""
    days: list[list[int]] = [[] for _ in range(10)]
    days[1], days[3] = [3 * HOUR_MS], [11 * HOUR_MS // 2]
    days[9] = [4 * HOUR_MS, 12 * HOUR_MS]
    odd = OddHours(used([days]), np.ones((1, 10)))
    assert odd.is_news(2)
    days[2] = [3 * HOUR_MS]
    odd = OddHours(used([days]), np.ones((1, 10)))
    assert not odd.is_news(3)
    # That of two days ago was news then: nothing came within an hour a day before.
    assert odd.is_news(2)
    assert not odd.is_news(1)


def test_the_oddest_use_of_a_day() -> None:
    """Every noon, and today at noon and in the night."""
    days = [[12 * HOUR_MS] for _ in range(9)]
    days.append([4 * HOUR_MS, 12 * HOUR_MS])
    odd = OddHours(used([days]), np.ones((1, 10)))
    assert (odd.oddest(0, 9), odd.oddest(0, 4)) == (9, 4)
    assert odd.chances[0, 9] < 0.1 < odd.chances[0, 4]


@pytest.mark.parametrize("number", [3, 7, 10])
def test_hours_alike_are_as_odd_to_the_last_digit(number: int) -> None:
    """Some within one quarter of an hour in a night of the past: the first is told."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        quarters = np.sort(rng.integers(36, 80, (24, 4)), axis=1)
        days = (quarters * QUARTER_MS).tolist()
        days[10] = [3 * HOUR_MS + minute * MINUTE_MS for minute in range(number)]
        odd = OddHours(used([days]), np.ones((1, len(days))))
        assert odd.oddest(0, 10) == sum(len(day) for day in days[:10])


def test_uses_are_beginnings_apart() -> None:
    """Two within five minutes are one; an automation's may be left out."""
    rows = [
        *uses("light.a", FIRST, [600, 603, 620], 1),
        *uses("light.a", FIRST, [700], 1, cause=2),
        *uses("lock.door", FIRST, [610], 5, ("unlocked", "locked")),
    ]
    given_window = window_of(
        raw_days(FIRST, FIRST, rows, before={"lock.door": "locked"}), BERLIN
    )
    free = np.zeros(1, bool)
    every = Uses.of(given_window, free, by_hand=False)
    assert every.entities == ("light.a", "lock.door")
    assert every.counts.tolist() == [[3], [1]]
    assert Uses.of(given_window, free, by_hand=True).counts.tolist() == [[2], [1]]


def test_of_what_was_never_there_on_a_usual_day_no_trend_is_known() -> None:
    """The first thing was there on two days, as often as it should have been."""
    known = np.array([[True, True, False], [False, False, False]])
    counts = np.array([[3, 3, 0], [0, 4, 5]])
    with np.errstate(all="raise"):
        found = trend(counts, known, np.full((2, 3), 3.0))
    assert found.tolist() == [1.0, 1.0]
