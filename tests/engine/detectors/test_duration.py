"""How long things usually last: what is found, and where nothing is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import exp, inf, pi, sqrt
from random import Random
from statistics import NormalDist

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    SECOND_MS,
    day_number,
)
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors.duration import Duration
from custom_components.pattern_intelligence.engine.duration.length_units import (
    LengthUnits,
)
from custom_components.pattern_intelligence.engine.duration.lengths import (
    Lengths,
    Mode,
    modes_of,
    near_by_chance,
    predicted,
)
from custom_components.pattern_intelligence.engine.evidence import Tally
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.life import Life, identify, step
from custom_components.pattern_intelligence.engine.pattern import Finding
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.runs import Runs
from custom_components.pattern_intelligence.engine.window import Key, Window
from tests.engine.builders import BERLIN, Row, raw_days, waits_for, window_of

from . import naive_lengths as naive
from .naive_times import FIRST, UTC, window_of_times

HOME = Home(UTC.zone)
TV = Key("switch.tv", "on")
DAYS = 42

type Uses = list[tuple[int, float, float]]
"""Day, minute of its begin, and for how many minutes."""


def _window(
    uses: dict[Key, Uses],
    *,
    days: int = DAYS,
    unended: Iterable[tuple[Key, int]] = (),
    ended_by: int = 0,
    automations: tuple[str, ...] = ("",),
) -> Window:
    """Return a window of runs; nothing is known of it but how long they lasted.

    Args:
        uses: of each state.
        days: how many days there are.
        unended: a key and the place of a run of which the end was not seen.
        ended_by: code of who ended all runs.
        automations: what codes stand for.
    """
    start = day_number(FIRST) * DAY_MS
    keys = tuple(sorted(uses))
    rows = sorted(
        (
            at,
            start + day * DAY_MS + round(minute * MINUTE_MS),
            round(lasts * MINUTE_MS),
            (key, place) not in set(unended),
        )
        for at, key in enumerate(keys)
        for place, (day, minute, lasts) in enumerate(uses[key])
    )
    begin = np.array([row[1] for row in rows], np.int64)
    size = len(rows)
    runs = Runs(
        keys,
        np.array([row[0] for row in rows], np.int32),
        begin,
        begin + np.array([row[2] for row in rows], np.int64),
        np.ones(size, bool),
        np.array([row[3] for row in rows], bool),
        np.zeros(size, np.int16),
        np.full(size, ended_by, np.int16),
    )
    times = {
        key: [(day, minute) for day, minute, _ in own] for key, own in uses.items()
    }
    return replace(window_of_times(times, days, automations=automations), runs=runs)


def _daily(
    minutes: float,
    spread: float = 0.08,
    days: Sequence[int] = range(DAYS),
    at: tuple[float, float] = (600, 1100),
    seed: int = 1,
) -> Uses:
    """Return a use a day, the logarithm of its length spread like a normal's."""
    chance = Random(seed)
    lengths = [
        minutes * exp(NormalDist(0, spread).inv_cdf((n + 0.5) / len(days)))
        for n in range(len(days))
    ]
    chance.shuffle(lengths)
    return [
        (day, chance.uniform(*at), length)
        for day, length in zip(days, lengths, strict=True)
    ]


def _found(window: Window, home: Home = HOME) -> Sequence[Finding]:
    return Duration().detect(window, home)


def _only(window: Window) -> Finding:
    (found,) = _found(window)
    return found


def test_what_lasts_about_as_long_each_time_is_found_with_its_evidence() -> None:
    """Two hours, give or take a tenth, on each of six weeks' days."""
    found = _only(_window({TV: _daily(120)}))
    assert found.entities == (TV,)
    assert found.duration_s is not None
    assert found.duration_s.median == pytest.approx(7200, rel=0.03)
    assert 6000 < found.duration_s.p10 < found.duration_s.median
    assert found.duration_s.median < found.duration_s.p90 < 8600
    assert found.evidence.days_eligible == DAYS
    assert found.evidence.days_matched >= 38
    assert found.evidence.lift is None
    assert found.evidence.p_value <= found.evidence.q_value < 0.02
    # Of the blurred lengths about a fourth is as near: between 0.2 and 0.3 a day.
    assert 0.2 * DAYS < found.evidence.expected < 0.3 * DAYS
    assert found.confidence == pytest.approx(0.8, abs=0.02)
    assert (found.when, found.context) == (None, None)


@pytest.mark.parametrize("spread", [0.6, 0.45])
def test_what_lasts_now_long_now_short_is_not(spread: float) -> None:
    """Half of the time longer or shorter by more than a third."""
    assert not _found(_window({TV: _daily(120, spread)}))


def test_seven_days_are_too_few() -> None:
    """And eight will do."""
    assert not _found(_window({TV: _daily(120, 0.02, range(0, 35, 5))}))
    assert _found(_window({TV: _daily(120, 0.02, range(0, 40, 5))}))


def test_ten_times_on_one_evening_are_one_evening() -> None:
    """Of five other days nothing is known."""
    binge = [(3, 600.0 + 40 * n, 30.0 + n / 9) for n in range(10)]
    assert not _found(_window({TV: binge + _daily(30, 0.05, range(10, 15))}))


def test_two_programs_are_two_patterns_of_what_is_about_as_long() -> None:
    """Forty minutes or two hours, day by day."""
    uses = _daily(40, 0.03, range(0, DAYS, 2)) + _daily(120, 0.03, range(1, DAYS, 2))
    short, long = _found(_window({TV: uses}))
    assert short.duration_s is not None
    assert long.duration_s is not None
    assert short.duration_s.median == pytest.approx(2400, rel=0.03)
    assert long.duration_s.median == pytest.approx(7200, rel=0.03)
    assert short.context is not None
    assert long.context is not None
    assert short.context["above_s"] is None
    # Half way between the two, by ratio: the root of forty times a hundred and twenty.
    assert short.context["below_s"] == pytest.approx(69.3 * 60, rel=0.03)
    assert long.context["above_s"] == short.context["below_s"]
    assert short.evidence.days_eligible == long.evidence.days_eligible == DAYS // 2
    assert min(short.confidence, long.confidence) > 0.7


def test_a_length_may_be_usual_among_what_lasts_long_at_all() -> None:
    """A door that is open for a moment many times, and at night for eight hours."""
    chance = Random(5)
    moments = [
        (day, 600.0 + 60 * n, chance.uniform(0.2, 6))
        for day in range(DAYS)
        for n in range(4)
    ]
    found = _only(_window({TV: moments + _daily(480, 0.05, at=(1260, 1300))}))
    assert found.duration_s is not None
    assert found.duration_s.median == pytest.approx(480 * 60, rel=0.03)
    assert found.context is not None
    assert 6 < found.context["above_s"] / 60 < 400
    assert found.context["below_s"] is None


def test_runs_whose_end_was_not_seen_are_not_forgotten() -> None:
    """Of those that last long the end is seen less often: the median would shrink."""
    uses = [(day, 600.0, 100.0 + 2 * (day % 21)) for day in range(DAYS)]
    whole = _only(_window({TV: uses}))
    hidden = {place for place, use in enumerate(uses) if use[2] > 126}
    cut = [
        (day, at, 112.0 if place in hidden else lasts)
        for place, (day, at, lasts) in enumerate(uses)
    ]
    censored = _only(_window({TV: cut}, unended=[(TV, place) for place in hidden]))
    left_out = [use for place, use in enumerate(uses) if place not in hidden]
    without = _only(_window({TV: left_out}))
    medians = [
        found.duration_s.median / 60
        for found in (whole, censored, without)
        if found.duration_s
    ]
    assert medians[0] == pytest.approx(120, abs=1)
    assert medians[1] > medians[2] + 3
    assert medians[2] == pytest.approx(113, abs=1)


def test_what_a_device_times_itself_is_no_habit() -> None:
    """Ninety seconds after the last movement, or ten minutes to the second."""
    uses = [(day, 600.0, 10.0) for day in range(DAYS)]
    assert not _found(_window({TV: uses}))
    bouts = _daily(1.5, 0.1)
    assert not _found(_window({Key("binary_sensor.pir", "on"): bouts}))
    assert not _found(_window({TV: _daily(0.5, 0.1)}))
    assert _found(_window({TV: _daily(1.5, 0.1)}))


def test_of_siblings_on_a_device_one_is_told() -> None:
    """The lamp on the plug is on for as long as the plug."""
    led = Key("switch.tv_led", "on")
    window = _window({TV: _daily(120), led: _daily(120)})
    home = Home(
        UTC.zone,
        entities={
            key.entity_id: EntityInfo(key.entity_id, device_id="plug")
            for key in (TV, led)
        },
    )
    assert [found.entities for found in _found(window, home)] == [(TV,)]
    assert len(_found(window)) == 2


def test_what_an_automation_ends_is_named_as_its_own() -> None:
    """A light that goes off by itself after about ten minutes."""
    uses = {TV: _daily(10, 0.05)}
    names = ("", "automation.timer")
    found = _only(_window(uses, ended_by=AUTOMATION + 1, automations=names))
    assert found.automated_by == ("automation.timer",)
    assert found.provenance.automation == 1.0
    assert not _found(_window(uses, ended_by=AUTOMATION))


def test_the_usual_hour_is_told_where_there_is_one() -> None:
    """At half past eight in the evening, give or take ten minutes."""
    found = _only(_window({TV: _daily(120, at=(1220, 1240))}))
    assert found.when is not None
    assert found.when.time == pytest.approx(1230, abs=5)
    assert found.times.size == found.matched.size
    assert np.abs(found.times).max() < 20


def test_the_track_record_counts_what_was_completed_later() -> None:
    """On five later days: as stated, too short, too long, unended, as stated."""
    found = _only(_window({TV: _daily(120)}))
    later = [(0, 600.0, 120.0), (1, 600.0, 60.0), (2, 600.0, 240.0)]
    later += [(3, 600.0, 120.0), (4, 600.0, 121.0)]
    window = _window({TV: later}, days=5, unended=[(TV, 3)])
    since = day_number(FIRST)
    tally = Duration().tally(Claim.of(found, 0.8), window, HOME, since)
    assert tally == Tally(4, 2)
    assert Duration().tally(found, window, HOME, since + 1) == Tally(3, 1)
    assert Duration().tally(found, _window({}, days=5), HOME, since) == Tally(0, 0)


def test_of_a_program_only_runs_of_its_size_are_counted() -> None:
    """Whoever starts the short program did not fail to start the long one."""
    uses = _daily(40, 0.03, range(0, DAYS, 2)) + _daily(120, 0.03, range(1, DAYS, 2))
    _, long = _found(_window({TV: uses}))
    later = _window({TV: [(0, 600.0, 40.0), (1, 600.0, 120.0), (2, 600.0, 90.0)]})
    assert Duration().tally(long, later, HOME, day_number(FIRST)) == Tally(2, 1)


def test_programs_keep_their_ids_when_one_of_them_goes() -> None:
    """The long one is still itself when the short one is no longer used."""
    both = _daily(40, 0.03, range(0, DAYS, 2)) + _daily(120, 0.03, range(1, DAYS, 2))
    first = identify(Life(), _found(_window({TV: both})))
    life = step(Life(), [(one, Claim.of(one.finding, 0.8)) for one in first])
    (left,) = identify(life, _found(_window({TV: _daily(118, at=(1220, 1240))})))
    assert left.finding.when is not None
    assert len({one.id for one in first}) == 2
    assert left.id == first[1].id


def test_why_nothing_is_found() -> None:
    """In one sentence."""
    detector = Duration()
    assert waits_for(detector, _window({TV: _daily(9, 1, range(3))}), HOME) == (
        "needs something to last a while on 8 days, 3 so far"
    )
    assert waits_for(detector, _window({TV: _daily(9, 1)}), HOME).startswith("nothing")


@pytest.mark.parametrize("first", [date(2026, 3, 20), date(2026, 10, 16)])
def test_nights_are_as_long_as_they_were(first: date) -> None:
    """From 23:00 for eight hours, through the night on which the clock changes."""
    rows = []
    chance = Random(2)
    for number in range(20):
        at = BERLIN.start_of(first + timedelta(days=number)) + 23 * 60 * MINUTE_MS
        for moment, state in ((at, "on"), (at + 480 * MINUTE_MS, "off")):
            moment += round(chance.uniform(-9, 9) * MINUTE_MS)
            wall = int(BERLIN.wall(np.array([moment], np.int64))[0])
            clock = np.datetime64(wall, "ms").astype(str)
            rows.append(Row(clock, "light.a", state))
    window = window_of(raw_days(first, first + timedelta(days=20), rows))
    found = _only(window)
    assert found.duration_s is not None
    assert found.duration_s.median == pytest.approx(8 * 3600, rel=0.02)
    assert found.evidence.days_eligible == 20
    assert found.evidence.days_matched == 20


def test_chance_finds_nothing_in_homes_of_random_lengths() -> None:
    """Forty states, used now and then, their lengths all over the place."""
    chance = Random(3)
    uses = {
        Key(f"light.l{n:02d}", "on"): [
            (day, chance.uniform(400, 1300), chance.lognormvariate(3, 0.6))
            for day in range(DAYS)
            for _ in range(chance.randrange(4))
        ]
        for n in range(40)
    }
    assert not _found(_window(uses))


RUNS = st.lists(
    st.tuples(
        st.integers(0, 24),
        # Two lengths that are close together, and anything else.
        st.one_of(
            st.integers(570, 630), st.integers(1800, 2000), st.integers(1, 40_000)
        ),
        st.sampled_from([True] * 9 + [False]),
    ),
    max_size=70,
)


@settings(max_examples=150, deadline=None)
@given(RUNS)
def test_the_oracle_counts_the_same(drawn: list[tuple[int, int, bool]]) -> None:
    """The same modes, days and edges, and the same chances to nine digits."""
    runs = [
        naive.NaiveRun(day, naive.logarithm(seconds * SECOND_MS), seen)
        for day, seconds, seen in drawn
    ]
    done = sorted((run for run in runs if run.seen), key=lambda run: run.log)
    lengths = Lengths(
        np.array([run.log for run in done]),
        np.array([run.day for run in done], np.int64),
        np.sort([run.log for run in runs if not run.seen]),
    )
    found, expected = modes_of(lengths), naive.modes_of(runs)
    assert len(found) == len(expected)
    for mode, plain in zip(found, expected, strict=True):
        assert mode.middle == pytest.approx(plain.middle, abs=1e-12)
        assert (mode.above, mode.below) == pytest.approx((plain.above, plain.below))
        assert tuple(mode.eligible.tolist()) == plain.eligible
        assert tuple(mode.matched.tolist()) == plain.matched
        assert (mode.looked_for, mode.sure) == (plain.looked_for, plain.sure)
        near = naive.near_by_chance(runs, plain)
        assert near_by_chance(lengths, mode) == pytest.approx(near, abs=1e-9)
        counts = [
            sum(run.day == day and plain.above <= run.log < plain.below for run in done)
            for day in plain.eligible
        ]
        chances = [naive.more_than_half(count, near) for count in counts]
        p = min(naive.tail(chances, len(plain.matched)) * plain.looked_for, 1)
        assert mode.p_value(near) == pytest.approx(p, abs=1e-9)
        ahead = predicted(lengths, mode)
        assert [exp(ahead.low), exp(ahead.middle), exp(ahead.high)] == pytest.approx(
            naive.quantiles(runs, plain)
        )


def test_the_states_that_are_looked_at_closely_are_those_with_a_peak() -> None:
    """Of two states with enough days one has lengths that lie close together."""
    other = Key("switch.other", "on")
    even = [(day, 600.0, 2.0 * 1.15**day) for day in range(DAYS)]
    units = LengthUnits.of(_window({TV: _daily(30), other: even}))
    assert units.size == 2
    assert [unit.key for unit in units.promising()] == [TV]


def test_the_same_window_says_the_same() -> None:
    """Detection is a pure function."""
    window = _window({TV: _daily(120), Key("fan.a", "on"): _daily(20, seed=4)})
    first, second = _found(window), _found(window)
    assert [one.entities for one in first] == [(Key("fan.a", "on"),), (TV,)]
    assert [one.confidence for one in first] == [one.confidence for one in second]


def test_what_begins_after_midnight_is_of_the_evening_before() -> None:
    """At one o'clock, from the second night on: the first waking day that matched."""
    found = _only(_window({TV: _daily(120, at=(1500, 1520), days=range(1, 30))}))
    assert found.eligible.tolist() == [day_number(FIRST) + n for n in range(1, 30)]


def test_what_flaps_a_thousand_times_a_day_is_counted_like_anything_else() -> None:
    """Of 2001 fair coins more than half are heads in half of all cases.

    Of 1440 in as many less half of the ties, whose share is 1 / sqrt(pi * 720).
    """
    days = np.arange(3)
    runs = np.array([1, 1440, 2001])
    mode = Mode(0.0, -inf, inf, days, days, runs, 1)
    ties = 1 / sqrt(pi * 720)
    assert mode.chances(0.5) == pytest.approx([0.5, (1 - ties) / 2, 0.5], abs=1e-5)
    assert mode.chances(0.0).tolist() == [0.0] * 3
    assert mode.chances(1.0).tolist() == [1.0] * 3
