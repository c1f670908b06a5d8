"""What is a sequence and what is none, in homes of a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors.sequence import Sequences
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.matching import match
from custom_components.pattern_intelligence.engine.pattern import Finding
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, waits_for, window_of

MONDAY = date(2026, 1, 5)
DAYS = 20
HOME = Home(ZoneInfo("Europe/Berlin"))
DETECTOR = Sequences()
ABC = ("script.a=on", "script.b=on", "script.c=on")


def moment(day: int) -> datetime:
    """Return a time of a day that no other day comes near, from 06:00 to 20:34."""
    at = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time())
    return at + timedelta(minutes=360 + 46 * (day * 7 % DAYS))


def press(at: datetime, entity_id: str, cause: int = 0) -> list[Row]:
    """Return the rows of something done at once; of scripts only "on" happens."""
    return [
        Row(at.isoformat(), entity_id, "on", cause),
        Row((at + timedelta(seconds=1)).isoformat(), entity_id, "off", cause),
    ]


def run(at: datetime, entity_id: str, seconds: float) -> list[Row]:
    """Return the rows of something that is on for some seconds."""
    off = at + timedelta(seconds=seconds)
    return [
        Row(at.isoformat(), entity_id, "on"),
        Row(off.isoformat(), entity_id, "off"),
    ]


def routine(
    steps: Sequence[str],
    days: Iterable[int] = range(DAYS),
    gap: float = 30,
    at: Callable[[int], datetime] = moment,
) -> list[Row]:
    """Return the rows of steps done one after the other on each of some days."""
    return [
        row
        for day in days
        for number, entity_id in enumerate(steps)
        for row in press(at(day) + timedelta(seconds=gap * number), entity_id)
    ]


def home_of(rows: Iterable[Row], days: int = DAYS, first: date = MONDAY) -> Window:
    """Return the window of some days with these rows."""
    return window_of(raw_days(first, first + timedelta(days=days - 1), rows))


def found(window: Window, home: Home = HOME) -> dict[tuple[str, ...], Finding]:
    """Return the sequences by their steps."""
    return {
        tuple(f"{key.entity_id}={key.state}" for key in f.entities): f
        for f in DETECTOR.detect(window, home)
    }


def scripts(letters: str) -> list[str]:
    """Return the names of some things."""
    return [f"script.{letter}" for letter in letters]


def test_three_steps_in_order_are_a_sequence() -> None:
    """Twenty days, all matched; by chance each step would come on its own day alone.

    There are 15 workdays and 5 days of weekends, so had one step kept to the clock of
    another day, 15 · 1/15 + 5 · 1/5 = 2 days would have matched, and all twenty with
    (1/15)^15 · (1/5)^5. Tested were six pairs, and the third step after each of the
    pairs a, b and b, c, with four lags each.
    """
    findings = found(home_of(routine(scripts("abc"))))
    assert set(findings) == {ABC}
    own = findings[ABC]
    assert (own.evidence.days_eligible, own.evidence.days_matched) == (20, 20)
    assert own.evidence.occurrences == 20
    assert own.evidence.expected == pytest.approx(2)
    assert own.evidence.lift == pytest.approx(10)
    chance = 15.0**-15 * 5.0**-5
    assert own.evidence.p_value == pytest.approx(chance, rel=1e-9, abs=0)
    assert own.evidence.q_value == pytest.approx(chance * 4 * 8, rel=1e-9, abs=0)
    assert own.lag_s is not None
    assert (own.lag_s.p10, own.lag_s.median, own.lag_s.p90) == (60, 60, 60)
    lag = {"median": 30.0, "p10": 30.0, "p90": 30.0}
    assert own.details == {"steps": [{"lag_s": lag}, {"lag_s": lag}]}
    assert own.when is None
    # Of twenty days and two of chance, 20 / 250 of which would match, a little less
    # for all the days since which it may have changed.
    assert 0.89 < own.confidence < (20 + 2 * 20 / 250) / 22


def test_what_is_left_out_every_third_time_is_a_sequence() -> None:
    """Of 64 days with six times each as many are asked as of any: two of three."""
    rows = []
    for day in range(64):
        begin = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time())
        for number in range(6):
            minutes = 360 + 7 * (day * 7 % DAYS) + 140 * number
            at = begin + timedelta(minutes=minutes)
            rows += press(at, "script.a")
            if number % 3:
                rows += press(at + timedelta(seconds=30), "script.b")
                rows += press(at + timedelta(seconds=60), "script.c")
    sequence = found(home_of(rows, 64))[ABC]
    assert sequence.evidence.occurrences == 64 * 4


def test_two_steps_are_a_link_and_no_sequence() -> None:
    """Nothing is told twice."""
    assert not found(home_of(routine(scripts("ab"))))


def test_days_on_which_it_was_not_completed_count_against_it() -> None:
    """On three days the last step is left out."""
    left_out = (3, 9, 15)
    rows = routine(scripts("abc"), [day for day in range(DAYS) if day not in left_out])
    own = found(home_of(rows + routine(scripts("ab"), left_out)))[ABC]
    assert (own.evidence.days_eligible, own.evidence.days_matched) == (20, 17)
    assert [int(day - own.eligible[0]) for day in own.eligible] == list(range(20))
    assert set(own.eligible - own.eligible[0]) - set(own.matched - own.eligible[0]) == {
        *left_out
    }


def test_other_things_may_happen_in_between() -> None:
    """Somebody else does something of their own meanwhile, each day at another step."""
    rows = routine(scripts("abc"))
    for day in range(DAYS):
        rows += press(moment(day) + timedelta(seconds=5 + 13 * (day % 4)), "script.x")
        rows += press(moment(day) + timedelta(seconds=40, hours=day % 3), "script.y")
    assert ABC in found(home_of(rows))


def test_two_routines_at_the_same_time_are_two() -> None:
    """Two people, each at their own time on most days, together on some."""

    def other(day: int) -> datetime:
        return moment(day) + timedelta(seconds=10 if day % 4 == 0 else 7 * 60 * 23)

    rows = routine(scripts("abc")) + routine(scripts("xyz"), gap=45, at=other)
    assert set(found(home_of(rows))) == {
        ABC,
        ("script.x=on", "script.y=on", "script.z=on"),
    }


def test_a_longer_sequence_stands_for_its_parts() -> None:
    """Five steps, each of which is left out on two days of twenty."""
    rows = []
    for day in range(DAYS):
        steps = scripts("abcde")
        if day % 4 == 1:
            steps.pop(1 + day // 4 % 4)
        rows += routine(steps, [day])
    assert set(found(home_of(rows))) == {
        tuple(f"script.{letter}=on" for letter in "abcde")
    }


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        # All five steps on 11 of 20 days; a, d and e on 18, which is far more; but
        # with c as well on 15, which is 83 % of 18, and 11 are 73 % of 15.
        ({"b": (0, 7, 13, 18), "c": (2, 9, 16), "e": (4, 11)}, {"abcde"}),
        # With b and c left out together, nothing lies between 11 and 18.
        ({"bc": (0, 2, 7, 9, 13, 16, 18), "e": (4, 11)}, {"abcde", "ade"}),
    ],
)
def test_parts_done_far_more_often_than_the_whole_are_explained_step_by_step(
    left_out: dict[str, tuple[int, ...]], told: set[str]
) -> None:
    """What is left out by itself is a step of one routine; together, another way."""

    def at(day: int) -> datetime:
        begin = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time())
        return begin + timedelta(minutes=360 + 13 * (day * 23 % 60))

    rows = []
    for day in range(60):
        without = [one for one, days in left_out.items() if day % 20 in days]
        steps = [one for one in "abcde" if one not in "".join(without)]
        rows += routine(scripts("".join(steps)), [day], at=at)
    assert set(found(home_of(rows, 60))) == {
        tuple(f"script.{letter}=on" for letter in letters) for letters in told
    }


def test_nobody_reads_more_than_six_steps() -> None:
    """What goes on after the sixth step is named as what goes along."""
    findings = found(home_of(routine(scripts("abcdefgh"))))
    assert len(findings) == 1
    ((steps, own),) = findings.items()
    assert len(steps) == 6
    named = {one["entity_id"] for one in own.details["companions"]}
    assert named == {*scripts("abcdefgh")} - {step[:8] for step in steps}


def test_steps_in_another_order_each_time_are_none() -> None:
    """All six orders of three steps, and both orders of the last two."""
    orders = list(permutations(scripts("abc")))
    rows = [row for d in range(DAYS) for row in routine(orders[d % 6], [d])]
    assert not found(home_of(rows))
    either = [scripts("abcd"), scripts("abdc")]
    rows = [row for d in range(DAYS) for row in routine(either[d % 2], [d])]
    assert all(
        not {"script.c=on", "script.d=on"} <= set(steps)
        for steps in found(home_of(rows))
    )


def test_a_shared_clock_is_no_sequence() -> None:
    """What all three do at a fixed time would be so on any other day as well."""
    rows = routine(scripts("abc"), at=lambda day: moment(day).replace(hour=7, minute=0))
    assert not found(home_of(rows))


def test_each_step_must_follow_beyond_its_own_rhythm() -> None:
    """B follows a; c comes every half an hour all day long, whatever happens."""
    rows = routine(scripts("ab"))
    for day in range(DAYS):
        midnight = moment(day).replace(hour=0, minute=0)
        for number in range(96):
            rows += press(midnight + timedelta(minutes=15 * number), "script.c")
    assert not found(home_of(rows))


def test_one_evening_is_one_day() -> None:
    """Thirty times on each of four days are four days, which show nothing."""
    rows = []
    for day in range(0, DAYS, 5):
        for number in range(30):
            at = moment(day).replace(hour=6) + timedelta(minutes=25 * number)
            for entity_id in scripts("abc"):
                rows += press(at, entity_id)
                at += timedelta(seconds=30)
    assert not found(home_of(rows))


def test_gaps_are_bounded() -> None:
    """Fourteen minutes from step to step are near, sixteen are not."""
    near, far = (
        set(found(home_of(routine(scripts("abc"), gap=60 * minutes))))
        for minutes in (14, 16)
    )
    assert (near, far) == ({ABC}, set())


def test_midnight_is_no_edge() -> None:
    """From 23:50 to 00:16, a habit of the evening before."""

    def late(day: int) -> datetime:
        evening = moment(day).replace(hour=23, minute=50)
        return evening + timedelta(seconds=80 * (day * 7 % DAYS))

    rows = routine(scripts("abc"), range(DAYS - 1), gap=20, at=late)
    own = found(home_of(rows))[ABC]
    assert own.evidence.days_matched == DAYS - 1
    evening = (MONDAY - date(1970, 1, 1)).days
    assert own.matched.tolist() == [evening + day for day in range(DAYS - 1)]


def test_the_clock_put_forward_takes_no_time() -> None:
    """On 29 March 2026, from 01:59:50 to 03:00:30 forty seconds go by."""
    first = date(2026, 3, 16)

    def at(day: int) -> datetime:
        midnight = datetime.combine(first + timedelta(days=day), datetime.min.time())
        return midnight + timedelta(minutes=360 + 40 * day)

    rows = routine(scripts("abc"), [d for d in range(DAYS) if d != 13], 20, at)
    night = datetime(2026, 3, 29, 1, 59, 50)
    rows += press(night, "script.a")
    rows += press(night + timedelta(hours=1, seconds=20), "script.b")
    rows += press(night + timedelta(hours=1, seconds=40), "script.c")
    own = found(home_of(rows, first=first))[ABC]
    assert own.evidence.occurrences == DAYS
    assert own.lag_s is not None
    assert (own.lag_s.p10, own.lag_s.p90) == (40, 40)


def test_days_with_nobody_home_are_not_compared() -> None:
    """Five workdays away leave ten: (1/10)^10 · (1/5)^5."""
    rows = routine(scripts("abc"), [day for day in range(DAYS) if not 7 <= day < 12])
    own = found(home_of(rows))[ABC]
    assert own.evidence.days_eligible == 15
    assert own.evidence.p_value == pytest.approx(10.0**-10 * 5.0**-5, rel=1e-9, abs=0)


def test_days_in_another_order_have_no_sequence() -> None:
    """B and c keep their days to each other, but not to a; then none of them does."""
    rows = routine(scripts("a"))
    rows += routine(scripts("bc"), at=lambda day: moment((day + 3) % DAYS))
    assert not found(home_of(rows))


def test_a_routine_given_up_is_no_longer_told() -> None:
    """Fifteen days in a row, and then the first step alone on eight."""
    rows = routine(scripts("abc"), range(12))
    assert ABC in found(home_of(rows, days=14))
    rows += routine(scripts("a"), range(12, DAYS))
    assert not found(home_of(rows))


def test_a_few_days_show_nothing() -> None:
    """Four days are too few, and the sentence says so."""
    window = home_of(routine(scripts("abc"), range(4)), days=4)
    assert not found(window)
    assert waits_for(DETECTOR, window, HOME) == (
        "needs about 14 days of history, 4 so far"
    )


def test_what_automations_do_is_no_step() -> None:
    """Where an automation does the rest there is none; where it begins there is one."""
    begun, done = [], []
    for day in range(DAYS):
        for number, entity_id in enumerate(scripts("abc")):
            at = moment(day) + timedelta(seconds=30 * number)
            begun += press(at, entity_id, cause=0 if number else 2)
            done += press(at, entity_id, cause=2 if number else 0)
    assert not found(home_of(done))
    own = found(home_of(begun))[ABC]
    assert own.provenance.automation == pytest.approx(1 / 3)


def test_siblings_on_a_device_are_one_step() -> None:
    """A lamp and its night light, one of which leads on."""
    home = Home(
        HOME.zone,
        entities={name: EntityInfo(name, device_id="lamp") for name in scripts("bd")},
    )
    assert set(found(home_of(routine(scripts("abdc"))), home)) == {ABC}
    assert not found(home_of(routine(scripts("abd"))), home)


def test_what_happens_at_once_is_one_step() -> None:
    """A group and its members, two seconds apart at the most."""
    rows = routine(scripts("abc"), gap=1)
    assert not found(home_of(rows))


def test_what_goes_on_and_off_again_is_one_step() -> None:
    """Each is on for ten minutes: their ends come in the order of their begins."""
    rows = []
    for day in range(DAYS):
        for number, name in enumerate("abc"):
            at = moment(day) + timedelta(seconds=30 * number)
            rows += run(at, f"switch.{name}", 600)
    assert set(found(home_of(rows))) == {("switch.a=on", "switch.b=on", "switch.c=on")}


def test_what_was_on_for_long_is_put_out_step_by_step() -> None:
    """The evening round: the begins lie hours before, at a time of their own."""
    rows = []
    for day in range(DAYS):
        for number, name in enumerate("abc"):
            off = moment(day) + timedelta(seconds=40 * number)
            begun = off - timedelta(minutes=47 + (day * 11 + number * 29) % 83)
            rows += run(begun, f"switch.{name}", (off - begun).total_seconds())
    assert ("switch.a=off", "switch.b=off", "switch.c=off") in found(home_of(rows))


def test_witnesses_are_no_steps() -> None:
    """Five movement sensors see how a routine of three steps is done."""
    rows = routine(scripts("abc"), gap=60)
    for day in range(DAYS):
        for number in range(5):
            at = moment(day) + timedelta(seconds=25 * number + 5)
            rows += run(at, f"binary_sensor.see_{number}", 15)
    home = Home(
        HOME.zone,
        entities={
            name: EntityInfo(name, device_class="motion")
            for name in (f"binary_sensor.see_{number}" for number in range(5))
        },
    )
    assert set(found(home_of(rows), home)) == {ABC}


def test_a_usual_start_is_told_where_there_is_one() -> None:
    """On workdays between 18:00 and 18:57, at another time each day."""

    def at(day: int) -> datetime:
        return moment(day).replace(hour=18, minute=0) + timedelta(
            minutes=day * 7 % 20 * 3
        )

    workdays = [day for day in range(42) if day % 7 < 5]
    rows = routine(scripts("abc"), workdays, at=at) + routine(scripts("x"), range(42))
    own = found(home_of(rows, days=42))[ABC]
    assert own.when is not None
    assert own.when.weekdays == (0, 1, 2, 3, 4)
    assert 18 * 60 <= own.when.earliest < own.when.time < own.when.latest < 19 * 60
    minutes = [(at(day).hour * 60 + at(day).minute) for day in workdays]
    assert own.times + own.when.time == pytest.approx(np.array(minutes))


def test_a_sequence_stays_itself_when_it_gets_a_usual_start() -> None:
    """With a time or without: its steps tell who it is."""
    timeless = found(home_of(routine(scripts("abc"))))[ABC]

    def at(day: int) -> datetime:
        return moment(day).replace(hour=18, minute=0) + timedelta(
            minutes=day * 7 % 20 * 3
        )

    timed = found(home_of(routine(scripts("abc"), range(42), at=at), days=42))[ABC]
    assert timed.when is not None
    assert timeless.key == timed.key
    assert match([timeless.place], [timed.place]) == [(0, 0)]


def test_later_days_are_counted_by_the_claim() -> None:
    """Claimed is within 120 s of 60 s: 1.5 · 60 is less than 60 + 60.

    On four days the last step is left out, comes in time, comes too late, and comes
    before the second.
    """
    claim = Claim.of(found(home_of(routine(scripts("abc"))))[ABC], 0.9)
    rows = routine(scripts("abc"), range(16)) + routine(scripts("ab"), [16])
    for day, seconds in ((17, 119), (18, 121), (19, 15)):
        rows += routine(scripts("ab"), [day])
        rows += press(moment(day) + timedelta(seconds=seconds), "script.c")
    window = home_of(rows)
    tally = DETECTOR.tally(claim, window, HOME, int(window.days[15]))
    assert (tally.occasions, tally.happened) == (5, 2)


def test_what_is_not_over_is_not_counted_yet() -> None:
    """The first step of the last evening, a minute before its end."""
    finding = found(home_of(routine(scripts("abc"))))[ABC]
    late = moment(DAYS).replace(hour=23, minute=59)
    rows = routine(scripts("abc")) + press(late, "script.a")
    window = home_of(rows, days=DAYS + 1)
    tally = DETECTOR.tally(finding, window, HOME, int(window.days[-1]))
    assert tally.occasions == 0


def test_an_entity_that_is_gone_has_no_occasions() -> None:
    """A claim about what is no longer there is not checked."""
    finding = found(home_of(routine(scripts("abc"))))[ABC]
    tally = DETECTOR.tally(finding, home_of(routine(scripts("ab"))), HOME, 0)
    assert (tally.occasions, tally.happened) == (0, 0)
    stranger = replace(finding, lag_s=None)
    assert DETECTOR.tally(stranger, home_of(routine(scripts("abc"))), HOME, 0) == tally


def test_an_empty_home_waits() -> None:
    """No happening at all is no error, nor are two things."""
    waits = "needs 3 devices that are used on 5 days each"
    for rows in ([], routine(scripts("ab"))):
        window = home_of(rows)
        assert not found(window)
        assert waits_for(DETECTOR, window, HOME) == waits
    assert waits_for(DETECTOR, home_of(routine(scripts("abc"))), HOME) == (
        "no three things are mostly done in the same order"
    )
