"""What is a link and what is none, in homes of a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors.co_occurrence import (
    CoOccurrence,
)
from custom_components.pattern_intelligence.engine.evidence import Tally
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import Finding
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import Row, raw_days, waits_for, window_of

MONDAY = date(2026, 1, 5)
DAYS = 20
HOME = Home(ZoneInfo("Europe/Berlin"))
DETECTOR = CoOccurrence()


def moment(day: int, number: int = 0) -> datetime:
    """Return a time of a day that no other day comes near, from 06:00 to 21:20.

    The minutes of twenty days lie 46 apart, those of a day's second use 23 after.
    """
    at = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time())
    return at + timedelta(minutes=360 + 46 * (day * 7 % DAYS) + 23 * number)


def run(at: datetime, entity_id: str, seconds: float = 1, cause: int = 0) -> list[Row]:
    """Return the rows of something that is on for some seconds.

    Of scripts only "on" is a happening.
    """
    off = at + timedelta(seconds=seconds)
    return [
        Row(at.isoformat(), entity_id, "on", cause),
        Row(off.isoformat(), entity_id, "off", cause),
    ]


def later(at: datetime, seconds: float) -> datetime:
    """Return the time some seconds later by the clock."""
    return at + timedelta(seconds=seconds)


def home_of(rows: Iterable[Row], days: int = DAYS, first: date = MONDAY) -> Window:
    """Return the window of some days with these rows."""
    return window_of(raw_days(first, first + timedelta(days=days - 1), rows))


def linked(
    days: int = DAYS,
    lag: Callable[[int], float] = lambda day: 30,
    skipped: Sequence[int] = (),
) -> list[Row]:
    """Return a home in which b follows a, but for some days."""
    rows = []
    for day in range(days):
        rows += run(moment(day), "script.a")
        if day not in skipped:
            rows += run(later(moment(day), lag(day)), "script.b")
    return rows


def found(window: Window, home: Home = HOME) -> dict[tuple[str, str], Finding]:
    """Return the links by the names of their entities and states."""
    return {
        (
            f"{f.entities[0].entity_id}={f.entities[0].state}",
            f"{f.entities[1].entity_id}={f.entities[1].state}",
        ): f
        for f in DETECTOR.detect(window, home)
    }


A_TO_B = ("script.a=on", "script.b=on")


def test_what_follows_each_time_is_a_link() -> None:
    """Twenty days, all matched; by chance each would be alike only with itself.

    There are 15 workdays and 5 days of weekends, so chance expects 15 · 1/15 +
    5 · 1/5 = 2 days, and all twenty with (1/15)^15 · (1/5)^5.
    """
    findings = found(home_of(linked()))
    assert set(findings) == {A_TO_B}
    link = findings[A_TO_B]
    assert (link.evidence.days_eligible, link.evidence.days_matched) == (20, 20)
    assert link.evidence.occurrences == 20
    assert link.evidence.expected == pytest.approx(2)
    assert link.evidence.lift == pytest.approx(10)
    assert link.evidence.p_value == pytest.approx(15.0**-15 * 5.0**-5, rel=1e-9, abs=0)
    # Five manners were tried on the pairs a to b and b to a; one of two was a link.
    assert link.evidence.q_value == pytest.approx(link.evidence.p_value * 10, abs=0)
    assert link.lag_s is not None
    assert (link.lag_s.p10, link.lag_s.median, link.lag_s.p90) == (30, 30, 30)
    assert link.details["next"] == 1
    # A day of chance: 20 of 20 occasions and none of 15 · 14 + 5 · 4 others.
    weight = sum(0.5 ** (age / 45) for age in range(20))
    assert link.confidence == pytest.approx((weight + 20 / 250) / (weight + 1))


def six_times(day: int) -> list[datetime]:
    """Return six times of a day, 140 minutes apart and of their own on each day."""
    begin = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time())
    first = begin + timedelta(minutes=360 + 7 * (day * 7 % DAYS))
    return [first + timedelta(minutes=140 * number) for number in range(6)]


def test_what_is_left_out_every_third_time_is_a_link() -> None:
    """Of 64 days with six times each as many are asked as of any: two of three."""
    rows = []
    for day in range(64):
        for number, at in enumerate(six_times(day)):
            rows += run(at, "script.a")
            if number % 3:
                rows += run(later(at, 30), "script.b")
    link = found(home_of(rows, 64))[A_TO_B]
    assert link.evidence.occurrences == 64 * 4
    assert link.confidence == pytest.approx(2 / 3, abs=0.02)


def test_days_on_which_it_did_not_follow_count_against_it() -> None:
    """The days missed are eligible and not matched."""
    link = found(home_of(linked(skipped=(3, 9, 15))))[A_TO_B]
    assert (link.evidence.days_eligible, link.evidence.days_matched) == (20, 17)
    assert {int(d) - int(link.eligible[0]) for d in link.eligible} - {
        int(d) - int(link.eligible[0]) for d in link.matched
    } == {3, 9, 15}


def test_a_shared_clock_is_no_link() -> None:
    """What both do at a fixed time would be there on any other day as well."""
    rows = []
    for day in range(DAYS):
        at = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time())
        rows += run(at.replace(hour=7), "script.a")
        rows += run(at.replace(hour=7, second=30), "script.b")
    assert not found(home_of(rows))


def test_days_in_another_order_have_no_links() -> None:
    """The effects of one day set on the next are links no more."""
    rows = [
        row
        if row.entity_id == "script.a"
        else Row(
            (
                datetime.fromisoformat(row.at) + timedelta(days=1 if day < 19 else -19)
            ).isoformat(),
            row.entity_id,
            row.state,
        )
        for row in linked()
        for day in [(datetime.fromisoformat(row.at).date() - MONDAY).days]
    ]
    assert not found(home_of(rows))


def test_a_few_days_show_nothing() -> None:
    """Four days are too few, and the sentence says so."""
    window = home_of(linked(days=4), days=4)
    assert not found(window)
    assert waits_for(DETECTOR, window, HOME) == (
        "needs about 14 days of history, 4 so far"
    )


def test_two_weeks_are_enough() -> None:
    """Fourteen days, ten of them workdays."""
    link = found(home_of(linked(days=14), days=14))[A_TO_B]
    assert link.evidence.p_value == pytest.approx(10.0**-10 * 4.0**-4, rel=1e-9, abs=0)


def test_many_uses_in_a_day_are_one_day() -> None:
    """A day matches when at least half of its occasions were followed."""
    rows = []
    for day in range(DAYS):
        for number in range(2):
            rows += run(moment(day, number), "script.a")
            if number == 0 or day < 5:
                rows += run(later(moment(day, number), 30), "script.b")
    link = found(home_of(rows))[A_TO_B]
    assert link.evidence.occurrences == 25
    assert link.evidence.days_matched == 20


def test_a_link_across_midnight_belongs_to_the_evening() -> None:
    """Shortly before midnight or after it, the lag is what it is."""
    rows = []
    for day in range(DAYS - 1):
        midnight = datetime.combine(
            MONDAY + timedelta(days=day + 1), datetime.min.time()
        )
        at = midnight + timedelta(seconds=20 * (day * 7 % 19 - 9) - 10)
        rows += run(at, "script.a")
        rows += run(later(at, 15), "script.b")
    link = found(home_of(rows))[A_TO_B]
    assert link.lag_s is not None
    assert link.lag_s.p90 == 15
    assert link.evidence.days_matched == DAYS - 1
    evening = (MONDAY - date(1970, 1, 1)).days
    assert link.matched.tolist() == [evening + day for day in range(DAYS - 1)]


def test_the_clock_put_forward_takes_no_time() -> None:
    """On 29 March 2026, from 01:59:50 to 03:00:10 twenty seconds go by."""
    first = date(2026, 3, 16)
    rows = []
    for day in range(DAYS):
        at = datetime.combine(first + timedelta(days=day), datetime.min.time())
        if day == 13:
            rows += run(at.replace(hour=1, minute=59, second=50), "script.a")
            rows += run(at.replace(hour=3, second=10), "script.b")
            continue
        at += timedelta(minutes=360 + 40 * day)
        rows += run(at, "script.a")
        rows += run(later(at, 20), "script.b")
    link = found(home_of(rows, first=first))[A_TO_B]
    assert link.evidence.occurrences == DAYS
    assert link.lag_s is not None
    assert (link.lag_s.p10, link.lag_s.p90) == (20, 20)


def test_what_automations_do_is_no_link() -> None:
    """An effect that an automation causes follows nothing."""
    rows = []
    for day in range(DAYS):
        rows += run(moment(day), "script.a")
        rows += run(later(moment(day), 30), "script.b", cause=2)
    assert not found(home_of(rows))


def test_what_a_named_automation_does_is_told_as_its_doing() -> None:
    """And is checked by what it does, not by what people do."""
    rows = []
    for day in range(DAYS):
        rows += run(moment(day), "script.a")
        rows += run(later(moment(day), 30), "script.b", cause=3)
    last = MONDAY + timedelta(days=DAYS - 1)
    names = ("", "automation.hall")
    window = window_of(raw_days(MONDAY, last, rows, automations=names))
    findings = found(window)
    assert set(findings) == {A_TO_B}
    link = findings[A_TO_B]
    assert link.automated_by == ("automation.hall",)
    assert link.provenance.automation == 1
    assert (link.evidence.days_matched, link.evidence.expected) == (20, 2)
    since = int(window.days[-3])
    assert DETECTOR.tally(link, window, HOME, since) == Tally(3, 3)
    claim = Claim.of(link, 0.9)
    assert DETECTOR.tally(claim, window, HOME, since) == Tally(3, 3)
    stored = Claim.from_json(claim.to_json(), HOME.resolve)
    assert DETECTOR.tally(stored, window, HOME, since) == Tally(3, 3)


def test_siblings_on_a_device_are_no_link() -> None:
    """Two entities of one device say nothing of each other."""
    home = Home(
        HOME.zone,
        entities={
            name: EntityInfo(name, device_id="one") for name in ("script.a", "script.b")
        },
    )
    assert not found(home_of(linked()), home)


def movement(cause: str, effect_class: str | None) -> dict[tuple[str, str], Finding]:
    """Return the links of a home in which a sensor sees something after a cause."""
    rows = []
    for day in range(DAYS):
        rows += run(moment(day), cause, 600)
        rows += run(later(moment(day), 10), "binary_sensor.hall", 400)
    home = Home(
        HOME.zone,
        entities={
            "binary_sensor.hall": EntityInfo(
                "binary_sensor.hall", device_class=effect_class
            )
        },
    )
    return found(home_of(rows), home)


def test_a_movement_sensor_follows_no_lamp() -> None:
    """It sees whoever switches the lamp; after another sensor it may be told."""
    pair = ("light.a=on", "binary_sensor.hall=on")
    assert pair in movement("light.a", "window")
    assert pair not in movement("light.a", "motion")
    sensors = ("binary_sensor.door=on", "binary_sensor.hall=on")
    assert sensors in movement("binary_sensor.door", "motion")


def test_a_bed_or_a_sofa_may_follow_a_lamp() -> None:
    """Taken once a day, what tells of occupancy is no sensor of a room."""
    assert ("light.a=on", "binary_sensor.hall=on") in movement("light.a", "occupancy")


def test_a_lamp_that_goes_on_goes_off_by_itself() -> None:
    """Neither the effect's own end is told, nor what follows the cause's own end."""
    rows = []
    for day in range(DAYS):
        rows += run(moment(day), "switch.a", 20)
        rows += run(later(moment(day), 40), "light.b", 60)
    assert set(found(home_of(rows))) == {("switch.a=on", "light.b=on")}


def test_two_effects_of_one_cause_are_not_linked() -> None:
    """A leads to b in 10 s and to c in 100 to 290 s; b alone does not lead to c."""
    rows = []
    for day in range(DAYS):
        rows += run(moment(day), "script.a")
        rows += run(later(moment(day), 10), "script.b")
        rows += run(later(moment(day), 100 + 10 * (day * 3 % DAYS)), "script.c")
        if day % 2:
            rows += run(moment(day, 1), "script.b")
            rows += run(moment(day, 1) - timedelta(hours=2), "script.c")
    assert set(found(home_of(rows))) == {
        A_TO_B,
        ("script.a=on", "script.c=on"),
    }


def test_a_chain_is_told_by_its_steps() -> None:
    """A leads to b in 20 to 210 s, b to c in 30 s: c keeps its distance from b."""
    rows = []
    for day in range(DAYS):
        gap = 20 + 10 * (day * 3 % DAYS)
        rows += run(moment(day), "script.a")
        rows += run(later(moment(day), gap), "script.b")
        rows += run(later(moment(day), gap + 28 + day % 5), "script.c")
    assert set(found(home_of(rows))) == {A_TO_B, ("script.b=on", "script.c=on")}


def test_a_pair_is_listed_in_one_direction() -> None:
    """A, then b, then a again: told is what is surer."""
    rows = []
    for day in range(DAYS):
        rows += run(moment(day), "script.a")
        rows += run(later(moment(day), 30), "script.b")
        if day % 4:
            rows += run(later(moment(day), 90), "script.a")
    findings = found(home_of(rows))
    assert len(findings) == 1


def test_the_next_thing_counts_whatever_the_lag() -> None:
    """B comes 20 to 58 minutes after a, and nothing else in between."""
    rows = linked(lag=lambda day: 60 * (20 + 2 * (day * 7 % DAYS)))
    for day in range(DAYS):
        rows += run(moment(day) - timedelta(minutes=70), "script.c")
    link = found(home_of(rows))[A_TO_B]
    assert link.details["next"] == 1
    assert link.lag_s is not None
    assert link.lag_s.median == pytest.approx(39 * 60)


def test_days_with_nobody_home_are_not_compared() -> None:
    """Five workdays away leave ten: (1/10)^10 · (1/5)^5."""
    away = range(7, 12)
    rows = [
        row
        for row in linked()
        if (datetime.fromisoformat(row.at).date() - MONDAY).days not in away
    ]
    link = found(home_of(rows))[A_TO_B]
    assert link.evidence.days_eligible == 15
    assert link.evidence.p_value == pytest.approx(10.0**-10 * 5.0**-5, rel=1e-9, abs=0)


def test_what_happens_all_day_only_leads() -> None:
    """A sensor that fires 120 times a day follows everything, so nothing."""
    rows = linked()
    for day in range(DAYS):
        midnight = moment(day).replace(hour=0, minute=0)
        for number in range(120):
            rows += run(midnight + timedelta(minutes=12 * number), "script.often")
    assert set(found(home_of(rows))) == {A_TO_B}


def test_later_days_are_counted_by_the_claim() -> None:
    """Claimed is within 90 s of 30 s lags: 1.5 · 30 is less than 30 + 60."""
    finding = found(home_of(linked()))[A_TO_B]
    rows = linked(skipped=(16,))
    for day, seconds in ((17, 89), (18, 91)):
        rows = [
            row
            for row in rows
            if not (
                row.entity_id == "script.b" and row.at.startswith(str(moment(day))[:10])
            )
        ]
        rows += run(later(moment(day), seconds), "script.b")
    since = int(finding.eligible[15])
    tally = DETECTOR.tally(finding, home_of(rows), HOME, since)
    assert (tally.occasions, tally.happened) == (5, 3)


def test_an_entity_that_is_gone_has_no_occasions() -> None:
    """A claim about what is no longer there is not checked."""
    finding = found(home_of(linked()))[A_TO_B]
    others = [row for row in linked() if row.entity_id == "script.a"]
    tally = DETECTOR.tally(finding, home_of(others), HOME, 0)
    assert (tally.occasions, tally.happened) == (0, 0)


def test_an_empty_home_waits() -> None:
    """No happening at all is no error."""
    window = home_of([], days=20)
    assert DETECTOR.detect(window, HOME) == ()
    assert waits_for(DETECTOR, window, HOME) == (
        "needs two things that happen on 5 days each"
    )
