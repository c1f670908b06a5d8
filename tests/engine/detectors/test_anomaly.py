"""Days that are out of the ordinary, and the many that are not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.anomaly.day_counts import Counts
from custom_components.pattern_intelligence.engine.anomaly.unavailable import (
    watch_unavailable,
)
from custom_components.pattern_intelligence.engine.anomaly.uses import Uses
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors.anomaly import Anomaly
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.keys import Key
from custom_components.pattern_intelligence.engine.pattern import (
    Anchor,
    Finding,
    PatternType,
    When,
)
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.window import Window
from tests.engine.builders import BERLIN, Row, instant, raw_days, waits_for, window_of

FIRST = date(2026, 1, 5)
LAST = FIRST + timedelta(days=63)
HOME = Home(BERLIN.zone, entities={"light.a": EntityInfo("light.a", area_id="hall")})

type Make = Callable[[date, np.random.Generator], Iterable[Row]]


def uses(
    entity: str,
    day: date,
    minutes: Iterable[float],
    lasts: float = 4,
    states: tuple[str, str] = ("on", "off"),
    cause: int = 0,
) -> list[Row]:
    """Return uses that begin at minutes of a day."""
    rows = []
    for minute in minutes:
        for at, state in ((minute, states[0]), (minute + lasts, states[1])):
            clock = f"{int(at) // 60:02d}:{int(at) % 60:02d}:{int(at * 60) % 60:02d}"
            rows.append(Row(f"{day}T{clock}", entity, state, cause))
    return rows


def about(
    rng: np.random.Generator, often: float, first: float = 480, last: float = 1320
) -> list[float]:
    """Return so many minutes of a day on average, none within ten of another."""
    minutes = np.sort(rng.uniform(first, last, rng.poisson(often)))
    apart: list[float] = minutes[np.diff(minutes, prepend=0) > 10].tolist()
    return apart


def usual(day: date, rng: np.random.Generator) -> list[Row]:
    """Return a day as it usually is: a busy sensor, two lamps, a stove."""
    return [
        *uses("binary_sensor.pir", day, about(rng, 25), 6),
        *uses("light.a", day, about(rng, 2)),
        *uses("light.b", day, about(rng, 4)),
        *uses("switch.stove", day, about(rng, 1.5), 25),
    ]


def window(
    today: Sequence[Row] | None = None,
    *,
    first: date = FIRST,
    make: Make = usual,
    only: Callable[[Row], bool] = lambda row: True,
    last: date = LAST,
) -> Window:
    """Return days as they are made, and a last one with other rows, too."""
    rng = np.random.default_rng(7)
    rows: list[Row] = []
    day = first
    while day <= last:
        own = list(make(day, rng))
        if day == last:
            own = [row for row in own if only(row)] + list(today or ())
        rows += own
        day += timedelta(days=1)
    return window_of(raw_days(first, last, rows))


def judged(given: Window, home: Home = HOME) -> list[Finding]:
    """Return what is out of the ordinary on the last day."""
    return list(Anomaly().judge(given, (), home))


def kinds(found: Iterable[Finding]) -> list[tuple[str, str]]:
    """Return of what kind it is, and about what."""
    return [(one.details["kind"], one.entities[0].entity_id) for one in found]


def test_a_day_like_the_others_is_none() -> None:
    """Nothing happens that does not happen on other days."""
    assert judged(window()) == []


@pytest.mark.parametrize("last", [FIRST, LAST])
def test_a_home_without_anything_has_no_odd_days(last: date) -> None:
    """Everything is excluded, or nothing was set up yet: days are learned all the same."""
    given = window(make=lambda day, rng: [], last=last)
    assert given.entities == ()
    assert Anomaly().judge(given, punctual("light.b"), HOME) == ()


def test_nothing_is_detected_and_nothing_can_be_checked_later() -> None:
    """Days are judged one by one."""
    detector = Anomaly()
    given = window(None)
    assert detector.detect(given, HOME) == ()
    found = judged(window(uses("light.a", LAST, range(600, 1240, 40))))[0]
    assert detector.tally(found, given, HOME, int(given.days[-1])).occasions == 0


def test_too_many() -> None:
    """Twice a day for nine weeks, then sixteen times on one day."""
    (found,) = judged(window(uses("light.a", LAST, range(605, 1245, 40))))
    assert kinds([found]) == [("too_many", "light.a")]
    assert found.details["seen"] >= 16
    assert 1 < found.details["expected"] < 4
    assert found.context == {"kind": "too_many"}
    assert found.area_ids == ("hall",)
    assert found.when is not None
    assert found.when.day == LAST
    assert found.when.weekdays == (LAST.weekday(),)
    assert found.confidence > 0.9
    assert found.evidence.lift is None
    assert found.evidence.days_matched == found.matched.size == 1
    assert found.evidence.days_eligible == found.eligible.size == 1
    # Of one day the chance is what is expected, and the p of seeing it.
    assert found.evidence.expected == found.evidence.p_value
    assert found.evidence.p_value < found.evidence.q_value
    assert found.details["days"] == 63
    assert found.first_seen == found.last_seen == LAST


def test_what_is_pressed_again_and_again_within_minutes_is_one_use() -> None:
    """Sixteen times in a quarter of an hour is a bad contact, or a child."""
    flicker = uses("light.a", LAST, np.arange(700, 716).tolist(), 0.5)
    assert judged(window(flicker)) == []


def test_none_at_all() -> None:
    """A sensor that sees somebody 25 times a day sees nobody, while others are up."""
    (found,) = judged(window(only=lambda row: row.entity_id != "binary_sensor.pir"))
    assert kinds([found]) == [("too_few", "binary_sensor.pir")]
    assert found.details["seen"] == 0
    assert 15 < found.details["expected"] < 30


def test_silent_since_noon() -> None:
    """It was there in the morning, and then no more."""
    (found,) = judged(
        window(
            only=lambda row: (
                row.entity_id != "binary_sensor.pir" or row.at[11:13] < "11"
            )
        )
    )
    assert found.details["kind"] in {"silent", "too_few"}
    assert found.entities[0].entity_id == "binary_sensor.pir"
    assert found.confidence > 0.5


def test_at_an_hour_at_which_it_never_is() -> None:
    """Twice in the night, in a home that sleeps."""
    (found,) = judged(window(uses("light.b", LAST, [195, 215, 230])))
    assert kinds([found]) == [("odd_hour", "light.b")]
    assert found.details["seen"] == 3
    assert found.details["expected"] < 0.01
    assert found.when is not None
    assert found.when.as_json()["time"] == "03:35"


def test_left_on() -> None:
    """The stove is on for 25 minutes, and today since four in the afternoon."""
    left = [Row(f"{LAST}T16:00:00", "switch.stove", "on")]
    given = window(left, only=lambda row: row.entity_id != "switch.stove")
    (found,) = judged(given)
    assert kinds([found]) == [("left_on", "switch.stove")]
    assert found.entities[0].state == "on"
    assert found.details["seen"] == 8 * 3600
    assert found.details["goes_on"] is True
    assert found.duration_s is not None
    assert found.duration_s.median == pytest.approx(25 * 60, abs=60)
    assert found.when is not None
    assert found.when.as_json()["time"] == "16:00"


def test_what_is_left_on_is_told_once() -> None:
    """On the day after it is on still, which is no news."""
    rng = np.random.default_rng(7)
    rows = []
    for number in range(64):
        day = FIRST + timedelta(days=number)
        own = usual(day, rng)
        rows += [
            r for r in own if r.entity_id != "switch.stove" or day < LAST - timedelta(1)
        ]
    rows.append(Row(f"{LAST - timedelta(1)}T16:00:00", "switch.stove", "on"))
    found = judged(window_of(raw_days(FIRST, LAST, rows)))
    assert "left_on" not in [kind for kind, _ in kinds(found)]


def test_what_is_left_on_overnight_is_told_when_it_is_too_long() -> None:
    """On since 23:27: for 33 minutes at midnight, when 25 are usual, and until five."""
    evening = LAST - timedelta(days=1)

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        on = Row(f"{evening}T23:27:00", "switch.stove", "on")
        return [*usual(day, rng), *([on] if day == evening else [])]

    assert judged(window(make=make, last=evening)) == []
    given = window([Row(f"{LAST}T05:00:00", "switch.stove", "off")], make=make)
    (found,) = judged(given)
    assert kinds([found]) == [("left_on", "switch.stove")]
    assert found.details["seen"] == 5 * 3600 + 33 * 60
    assert found.details["goes_on"] is False


def test_the_like_of_it_this_week_is_no_news() -> None:
    """A guest who stays is told of on the first day."""

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        guests = uses("light.a", day, range(605, 1245, 40))
        return [*usual(day, rng), *(guests if day == LAST - timedelta(1) else ())]

    assert judged(window(make=make, last=LAST - timedelta(1))) != []
    assert judged(window(uses("light.a", LAST, range(605, 1200, 40)), make=make)) == []


def test_unavailable() -> None:
    """It was never gone, and today it is since noon."""
    gone = [Row(f"{LAST}T12:00:00", "light.b", "unavailable")]
    (found,) = judged(
        window(gone, only=lambda r: r.entity_id != "light.b" or r.at[11:13] < "12")
    )
    assert kinds([found]) == [("unavailable", "light.b")]
    assert found.when is not None
    assert found.when.as_json()["earliest"] == "12:00"


def without(entity: str, since: str) -> Make:
    """Return usual days, an entity removed for good at a local time."""

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        own = usual(day, rng)
        if since[:10] == f"{day}":
            own.append(Row(since, entity, ""))
        return [r for r in own if r.entity_id != entity or r.at <= since]

    return make


def test_what_was_removed_is_not_unavailable() -> None:
    """Neither on the day on which a person removed it, nor on the next."""
    assert judged(window(make=without("light.b", f"{LAST}T12:00:00"))) == []
    before = LAST - timedelta(days=1)
    assert judged(window(make=without("light.b", f"{before}T12:00:00"))) == []


def test_what_was_removed_never_failed() -> None:
    """It does not tell how probable a first failure is."""
    given = window(make=without("light.b", f"{LAST - timedelta(days=9)}T12:00:00"))
    assert watch_unavailable(given) == (0, [])


def test_what_is_often_unavailable_is_not_missed() -> None:
    """A player that its owner unplugs each other night."""

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        own = usual(day, rng)
        if day.toordinal() % 2 == LAST.toordinal() % 2:
            own = [r for r in own if r.entity_id != "light.b" or r.at[11:13] < "12"]
            own.append(Row(f"{day}T12:00:00", "light.b", "unavailable"))
        else:
            own.append(Row(f"{day}T00:10:00", "light.b", "off"))
        return own

    assert judged(window(make=make)) == []


def test_what_happens_together_is_told_together() -> None:
    """A party: one anomaly that names all that was used too often."""
    party = [
        row
        for entity in ("light.a", "light.b", "switch.stove")
        for row in uses(entity, LAST, range(607, 1247, 32))
    ]
    (found,) = judged(window(party))
    assert len(found.entities) >= 2
    others = [other["entity_id"] for other in found.details["others"]]
    assert [key.entity_id for key in found.entities[1:]] == others
    assert all(other["kind"] == "too_many" for other in found.details["others"])


def test_a_first_month_is_silent() -> None:
    """How a thing is used is known after four weeks."""
    late = LAST - timedelta(days=27)
    assert judged(window(uses("light.a", LAST, range(605, 1245, 40)), first=late)) == []
    known = LAST - timedelta(days=28)
    assert judged(window(uses("light.a", LAST, range(605, 1245, 40)), first=known))
    short = window(first=late)
    assert waits_for(Anomaly(), short, HOME) == (
        "needs 28 days to know what is usual, 27 so far"
    )


def test_workdays_are_not_weekends() -> None:
    """What is used at work only is not missed on a Sunday."""

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        own = usual(day, rng)
        if day.weekday() < 5:
            own += uses("switch.desk", day, about(rng, 25))
        return own

    sunday = LAST - timedelta(days=LAST.isoweekday())
    given = window(make=make, first=sunday - timedelta(days=63), last=sunday)
    assert judged(given) == []
    monday = sunday + timedelta(days=1)
    missed = window(
        make=make,
        first=monday - timedelta(days=63),
        last=monday,
        only=lambda row: row.entity_id != "switch.desk",
    )
    assert kinds(judged(missed)) == [("too_few", "switch.desk")]


def test_a_trend_is_none() -> None:
    """From two to twelve uses a day within nine weeks."""

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        often = 2 + 10 * (day - FIRST).days / 63
        return [*usual(day, rng), *uses("light.c", day, about(rng, often))]

    assert judged(window(make=make)) == []


def test_nobody_home_means_nothing() -> None:
    """While everybody is away nothing is missed, and nothing is odd."""

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        home = day < LAST - timedelta(days=2)
        left = Row(f"{LAST - timedelta(days=3)}T23:30:00", "person.a", "not_home")
        came = Row(f"{day}T06:00:00", "person.a", "home")
        if day == LAST - timedelta(days=3):
            return [*usual(day, rng), came, left]
        return [*usual(day, rng), came] if home else []

    assert judged(window(make=make)) == []


def with_holidays(day: date, rng: np.random.Generator) -> list[Row]:
    """Return a usual day, or one of four: they leave before dawn, and are back late."""
    leaves, back = FIRST + timedelta(days=20), FIRST + timedelta(days=23)
    if day == leaves:
        return [Row(f"{day}T04:30:00", "person.a", "not_home")]
    if day == back:
        return [Row(f"{day}T23:00:00", "person.a", "home")]
    if leaves < day < back:
        return []
    came = [Row(f"{day}T04:10:00", "person.a", "home")] if day == FIRST else []
    return [*came, *usual(day, rng), *uses("binary_sensor.den", day, about(rng, 14))]


def test_days_of_leaving_and_of_coming_back_are_no_history() -> None:
    """They were home for half an hour of one and an hour of the other, out of 24."""
    days = window(make=with_holidays)
    counts = Counts(Uses.of(days, np.zeros(days.days.size, bool), by_hand=False))
    thing = counts.uses.entities.index("binary_sensor.den")
    assert np.flatnonzero(~counts.known[thing]).tolist() == [20, 21, 22, 23, 63]


def test_none_at_all_after_holidays() -> None:
    """Fourteen times a day whenever they are home: holidays do not excuse today."""
    given = window(
        make=with_holidays, only=lambda row: row.entity_id != "binary_sensor.den"
    )
    assert kinds(judged(given)) == [("too_few", "binary_sensor.den")]


def test_what_is_used_every_day_is_missed_unless_that_is_no_news() -> None:
    """Once a day at any hour: a first day without it is told of, a second is not.

    That other was a Sunday, and today is a Monday: neither kind of day is apart.
    """

    def daily(*skipped: date) -> Window:
        def make(day: date, rng: np.random.Generator) -> list[Row]:
            minute = float(rng.uniform(500, 1300))
            own = [] if day in skipped else uses("light.c", day, [minute])
            return [*usual(day, rng), *own]

        return window(make=make)

    assert kinds(judged(daily(LAST))) == [("too_few", "light.c")]
    assert judged(daily(LAST, LAST - timedelta(days=29))) == []


def nightly(
    light: str,
    *,
    skipped: Sequence[date] = (),
    late: Sequence[date] = (),
    after: float = 40,
) -> Make:
    """Return how days are made on which a light is on at ten past ten in the evening.

    Args:
        light: which one.
        skipped: days on which it is not.
        late: days on which it is so much later.
        after: minutes.
    """

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        minute = 1330 + after * (day in late)
        return [] if day in skipped else uses(light, day, [minute])

    return make


def both(*makes: Make) -> Make:
    """Return how days are made that have what each of them has."""
    return lambda day, rng: [row for make in makes for row in make(day, rng)]


def punctual(*lights: str) -> list[Claim]:
    """Return claims that lights are on at ten past ten."""
    when = When(1330.0, 1327.0, 1333.0, weekdays=tuple(range(7)))
    return [
        Claim(
            PatternType.TIME_OF_DAY,
            (Key(light, "on"),),
            (),
            when,
            None,
            None,
            None,
            0.97,
            0.93,
        )
        for light in lights
    ]


def missed(given: Window, *lights: str) -> list[str]:
    """Return which lights are missed, each a habit of ten past ten."""
    found = Anomaly().judge(given, punctual(*lights), HOME)
    return [one for kind, one in kinds(found) if kind == "missed"]


def test_a_habit_that_was_never_missed_is() -> None:
    """The lamp was on four times today, but not at ten past ten as on 63 days."""
    given = window(make=both(usual, nightly("light.b", skipped=[LAST])))
    assert missed(given, "light.b") == ["light.b"]
    kept = window(make=both(usual, nightly("light.b")))
    assert missed(kept, "light.b") == []


@pytest.mark.parametrize("anchor", ["first", "last"])
@pytest.mark.parametrize(("apart", "told"), [(20.0, ["light.b"]), (21.0, [])])
def test_a_first_or_last_is_missed_if_it_goes_by_the_clock(
    anchor: Anchor, apart: float, told: list[str]
) -> None:
    """Within twenty minutes of ten past ten; what spreads further follows people.

    That something came later, or earlier, makes it neither kept nor missed.
    """
    (claim,) = punctual("light.b")
    when = When(
        1330.0, 1330 - apart / 2, 1330 + apart / 2, anchor, weekdays=tuple(range(7))
    )
    own = replace(claim, when=when)

    def others(day: date, rng: np.random.Generator) -> list[Row]:
        return uses("light.b", day, [700, 1420])

    gone = window(make=both(usual, others, nightly("light.b", skipped=[LAST])))
    found = kinds(Anomaly().judge(gone, [own], HOME))
    assert [one for kind, one in found if kind == "missed"] == told
    kept = window(make=both(usual, others, nightly("light.b")))
    assert Anomaly().judge(kept, [own], HOME) == ()


@pytest.mark.parametrize(("skipped", "told"), [([LAST], ["light.b"]), ([], [])])
def test_a_last_after_midnight_is_missed_on_the_date_it_has(
    skipped: list[date], told: list[str]
) -> None:
    """The last of Sundays to Thursdays is at half past midnight, from Monday on."""
    when = When(30.0, 27.0, 33.0, "last", weekdays=(0, 1, 2, 3, 6))
    (claim,) = punctual("light.b")

    def nights(day: date, rng: np.random.Generator) -> list[Row]:
        on = day.weekday() < 5 and day not in skipped
        return uses("light.b", day, [30] if on else [])

    found = Anomaly().judge(
        window(make=both(usual, nights)), [replace(claim, when=when)], HOME
    )
    assert [one for kind, one in kinds(found) if kind == "missed"] == told


def test_what_comes_late_is_not_missed() -> None:
    """Forty minutes later it is on; after an hour and a half it is another time."""
    late = window(make=both(usual, nightly("light.b", late=[LAST])))
    assert missed(late, "light.b") == []
    never = nightly("light.b", late=[LAST], after=90)
    assert missed(window(make=both(usual, never)), "light.b") == ["light.b"]


def test_a_habit_that_is_now_and_then_late_or_missed_is_not_watched() -> None:
    """Each has been told on 62 days out of 63."""
    before = LAST - timedelta(days=30)
    late = nightly("light.b", skipped=[LAST], late=[before])
    assert missed(window(make=both(usual, late)), "light.b") == []
    again = nightly("light.b", skipped=[LAST, before])
    assert missed(window(make=both(usual, again)), "light.b") == []


def test_what_other_habits_were_missed_counts() -> None:
    """One of two was missed once: of the other, 2/3 of a miss a month is expected.

    (1 + 1/e) / 63 a day is more than the budget. With eight that never were missed it
    is an eighth of a miss for each, beside the 1/e of all: (1/8 + 1/e) / 63 a day is
    0.24 a month, within half of the half that there is, and (2/8 + 1/e) / 63 is not. So
    one is watched, of those as sure as each other the first by name.
    """
    before = LAST - timedelta(days=30)
    once = nightly("light.c", skipped=[before])
    skips = nightly("light.b", skipped=[LAST])
    given = window(make=both(usual, once, skips))
    assert missed(given, "light.b", "light.c") == []
    more = [f"light.{name}" for name in "tuvwxyz"]
    skipping = [nightly(name, skipped=[LAST]) for name in more]
    given = window(make=both(usual, once, skips, *skipping))
    (found,) = Anomaly().judge(given, punctual("light.b", "light.c", *more), HOME)
    assert [key.entity_id for key in found.entities] == ["light.b"]


def test_what_never_was_is_as_sure_as_it_is_rare() -> None:
    """One habit and nothing missed: 1/e in 63 days, and of what is measured as many.

    Together 2 / (63 e) a day, 0.355 a month.
    """
    given = window(make=both(usual, nightly("light.b", skipped=[LAST])))
    (found,) = Anomaly().judge(given, punctual("light.b"), HOME)
    assert found.confidence == pytest.approx(1 - 0.3555, abs=1e-3)
    assert found.evidence.p_value == pytest.approx(0.3679 / 63, rel=1e-3)


def test_a_day_that_was_hardly_recorded_is_not_judged() -> None:
    """Home Assistant was off from ten in the morning."""
    given = window(only=lambda row: row.at[11:13] < "10")
    recorded = given.recorded.copy()
    recorded[-1, 10:] = 0
    available = given.available.copy()
    available[:, -1, 10:] = 0
    assert judged(replace(given, recorded=recorded, available=available)) == []


def test_what_an_automation_always_does_is_expected() -> None:
    """Twenty times a day, by an automation: neither odd nor too many."""

    def make(day: date, rng: np.random.Generator) -> list[Row]:
        own = uses("light.d", day, range(610, 1210, 30), cause=AUTOMATION)
        return [*usual(day, rng), *own]

    assert judged(window(make=make)) == []
    (found,) = judged(window(make=make, only=lambda row: row.entity_id != "light.d"))
    assert kinds([found]) == [("too_few", "light.d")]


def test_a_clock_change_is_none() -> None:
    """The day has 23 hours, and everything is where it was on the clock."""
    spring = date(2026, 3, 29)
    given = window(first=spring - timedelta(days=63), last=spring)
    assert judged(given) == []


def test_an_anomaly_is_of_its_date_and_kind() -> None:
    """The same on two days are two; so are two kinds on one day."""
    many = [
        judged(
            window(
                uses("light.a", last, range(605, 1245, 40)),
                first=last - timedelta(days=63),
                last=last,
            )
        )[0]
        for last in (LAST, LAST + timedelta(days=1))
    ]
    assert many[0].key != many[1].key
    night = judged(window(uses("light.a", LAST, [195, 215, 230])))[0]
    assert night.key != many[0].key


def test_the_same_days_give_the_same() -> None:
    """A pure function of its arguments."""
    given = window(uses("light.a", LAST, range(605, 1245, 40)))
    one, other = judged(given)[0], judged(replace(given))[0]
    assert one.confidence == other.confidence
    assert one.evidence == other.evidence
    assert one.details == other.details


def test_instants_of_the_builder() -> None:
    """Minutes become rows at their clock."""
    row = uses("light.a", LAST, [605.5])[0]
    assert instant(BERLIN, row.at) == instant(BERLIN, f"{LAST}T10:05:30")
