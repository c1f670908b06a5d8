"""What a larger pattern explains is told by it, whatever its type."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.absorption import absorb
from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    day_number,
)
from custom_components.pattern_intelligence.engine.home import EntityInfo, Home
from custom_components.pattern_intelligence.engine.pattern import (
    Finding,
    PatternType,
    Spread,
    When,
)
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)
from custom_components.pattern_intelligence.engine.window import Key

from .builders import BERLIN
from .test_life import finding

DAYS = np.arange(20_000, 20_040)
HOME = Home(
    BERLIN.zone,
    entities={
        info.entity_id: info
        for info in (
            EntityInfo("binary_sensor.hall", device_class="motion", area_id="hall"),
            EntityInfo("binary_sensor.bath", device_class="motion", area_id="bath"),
            EntityInfo("binary_sensor.bath_door", device_class="door", area_id="bath"),
            EntityInfo("switch.kettle", device_id="plug"),
            EntityInfo("light.kettle_led", device_id="plug"),
            EntityInfo("switch.dryer", area_id="laundry"),
            EntityInfo("switch.iron", area_id="laundry"),
        )
    },
)


def _found(
    kind: PatternType,
    *entities: str,
    when: When | None = None,
    matched: Sequence[int] | np.ndarray = DAYS,
    areas: tuple[str, ...] = (),
    lag: Spread | None = None,
    lasts: Spread | None = None,
) -> Finding:
    keys = [name.partition("=") for name in entities]
    return replace(
        finding(0),
        type=kind,
        entities=tuple(Key(name, state or "on") for name, _, state in keys),
        area_ids=areas,
        matched=np.array(matched, np.int64),
        eligible=DAYS,
        times=np.zeros(0),
        when=when,
        lag_s=lag,
        duration_s=lasts,
    )


def _at(hour: float, width: float = 20.0) -> When:
    """Return a time; the width is in minutes."""
    minute = hour * 60
    return When(minute, (minute - width / 2) % 1440, (minute + width / 2) % 1440)


def _sequence(when: When | None = None) -> Finding:
    return _found(
        PatternType.SEQUENCE,
        "light.bed",
        "light.bath",
        "switch.kettle",
        when=when,
        lag=Spread(600, 300, 1200),
    )


def _left(*findings: Finding) -> list[PatternType]:
    return [found.type for found in absorb(findings, HOME)]


@pytest.mark.parametrize(
    ("cause", "effect", "explained"),
    [
        ("light.bed", "light.bath", True),
        ("light.bed", "switch.kettle", True),
        ("light.bed", "light.kettle_led", True),
        ("light.bath", "light.bed", False),
        ("light.bed", "light.bath=off", False),
        ("light.bed", "light.hall", False),
    ],
)
def test_a_sequence_stands_for_links_between_its_steps(
    cause: str, effect: str, explained: bool
) -> None:
    """From a step to any later one, of the same states; a device has one face."""
    link = _found(PatternType.CO_OCCURRENCE, cause, effect)
    assert (_left(link, _sequence()) == [PatternType.SEQUENCE]) is explained


def test_days_decide_whether_it_is_explained() -> None:
    """Seven of ten days of the part have to be days of the whole."""
    walk = _sequence()
    often = _found(
        PatternType.CO_OCCURRENCE,
        "light.bed",
        "light.bath",
        matched=np.append(DAYS[:7], [1, 2, 3]),
    )
    seldom = replace(often, matched=np.append(DAYS[:6], [1, 2, 3, 4]))
    assert _left(walk, often) == [PatternType.SEQUENCE]
    assert _left(walk, seldom) == [PatternType.SEQUENCE, PatternType.CO_OCCURRENCE]


def test_a_sequence_that_keeps_a_time_stands_for_the_times_of_its_steps() -> None:
    """From its earliest start to its latest end, and no other time of theirs."""
    morning = _found(PatternType.TIME_OF_DAY, "switch.kettle", when=_at(7.2))
    noon = replace(morning, when=_at(12))
    kinds = [PatternType.SEQUENCE, PatternType.TIME_OF_DAY]
    assert _left(_sequence(_at(7)), morning) == kinds[:1]
    assert _left(_sequence(_at(7)), noon) == kinds
    assert _left(_sequence(None), morning) == kinds


def test_a_habit_day_that_ends_at_midnight() -> None:
    """It starts at 23:55 on one day; the step at 00:04 is of the next one."""
    step = _found(
        PatternType.TIME_OF_DAY, "switch.kettle", when=_at(0.07), matched=DAYS + 1
    )
    by_day = replace(step, when=_at(12), matched=DAYS + 1)
    assert _left(_sequence(_at(23.9)), step) == [PatternType.SEQUENCE]
    stepping = replace(_sequence(_at(12)), matched=DAYS[::2])
    assert len(_left(stepping, by_day)) == 2


def test_a_walk_stands_for_the_links_of_movement_sensors() -> None:
    """A door of the room is a thing somebody does."""
    walk = _found(PatternType.ROOM_BASED, areas=("hall", "bath"))
    seen, back, door = (
        _found(PatternType.CO_OCCURRENCE, "binary_sensor.hall", "binary_sensor.bath"),
        _found(PatternType.CO_OCCURRENCE, "binary_sensor.bath", "binary_sensor.hall"),
        _found(
            PatternType.CO_OCCURRENCE, "binary_sensor.hall", "binary_sensor.bath_door"
        ),
    )
    assert absorb([walk, back, door, seen], HOME)[1:] == [back, door]


def test_a_room_in_use_stands_for_its_movement_sensors_times() -> None:
    """Within the hours of its use."""
    use = _found(PatternType.ROOM_BASED, areas=("bath",), when=_at(7, 60))
    seen = _found(PatternType.TIME_OF_DAY, "binary_sensor.bath", when=_at(6.7))
    late = replace(seen, when=_at(23))
    elsewhere = _found(PatternType.TIME_OF_DAY, "binary_sensor.hall", when=_at(7))
    assert absorb([seen, late, elsewhere, use], HOME)[:-1] == [late, elsewhere]


def test_firsts_and_lasts_in_a_room_follow_its_use() -> None:
    """Of two things that are used there; what keeps its own time stands for itself."""
    use = _found(PatternType.ROOM_BASED, areas=("laundry",), when=_at(19.2, 60))

    def first(entity: str) -> Finding:
        when = replace(_at(19.3), anchor="first")
        return _found(PatternType.TIME_OF_DAY, entity, when=when)

    dryer, iron = first("switch.dryer"), first("switch.iron")
    assert absorb([dryer, iron, use], HOME)[0].area_ids == ("laundry",)
    assert _left(dryer, iron, use) == [PatternType.ROOM_BASED]
    sharp = replace(iron, when=_at(19.3))
    assert _left(dryer, sharp, use) == [PatternType.TIME_OF_DAY] * 2


def test_a_room_of_one_device_is_that_device() -> None:
    """The laundry is in use when the dryer runs: nobody is told twice."""
    dryer = _found(PatternType.TIME_OF_DAY, "switch.dryer", when=_at(19.3))
    elsewhere = _found(PatternType.TIME_OF_DAY, "switch.kettle", when=_at(19.3))
    use = _found(PatternType.ROOM_BASED, areas=("laundry",), when=_at(19.2, 60))

    def of(*devices: str) -> Finding:
        named = [{"entity_id": device} for device in devices]
        return replace(use, details={"devices": named})

    for alone in (of(), of("switch.dryer")):
        assert _left(alone, dryer) == [PatternType.TIME_OF_DAY]
        assert len(_left(alone, elsewhere)) == 2
    for several in (of("switch.iron"), of("switch.dryer", "switch.iron")):
        assert len(_left(several, dryer)) == 2


def test_what_a_part_stands_for_is_not_lost() -> None:
    """The sensor that saw the bath in use is told by what brought that about."""
    use = _found(PatternType.ROOM_BASED, areas=("bath",), when=_at(7, 60))
    seen, door = (
        _found(PatternType.TIME_OF_DAY, f"binary_sensor.{name}", when=_at(7))
        for name in ("bath", "bath_door")
    )
    (told,) = absorb([seen, use, door], HOME)
    assert told.entities == door.entities
    stands_for = [part["type"] for part in told.details["stands_for"]]
    assert stands_for == ["room_based", "time_of_day"]


def test_a_room_comes_into_use_by_a_sequence_begun_in_it() -> None:
    """It is where it is begun that counts, and when."""
    use = _found(PatternType.ROOM_BASED, areas=("laundry",), when=_at(19.2, 60))
    washing = _found(
        PatternType.SEQUENCE,
        "switch.dryer",
        "light.bed",
        "switch.kettle",
        when=_at(19.4),
        lag=Spread(60, 30, 90),
    )
    assert _left(use, washing) == [PatternType.SEQUENCE]
    others = (
        replace(washing, when=None),
        replace(washing, when=_at(7)),
        replace(washing, entities=washing.entities[::-1]),
    )
    for other in others:
        assert len(_left(use, other)) == 2


def test_being_away_ends_at_home() -> None:
    """Eight hours from eight: leaving and coming home are its begin and its end."""
    away = _found(
        PatternType.DURATION,
        "person.anna=not_home",
        when=_at(8),
        lasts=Spread(28_800, 28_000, 29_600),
    )
    back, gym = (
        _found(PatternType.TIME_OF_DAY, f"person.anna={zone}", when=_at(16))
        for zone in ("home", "Gym")
    )
    assert absorb([back, gym, away], HOME)[:-1] == [gym]


def test_a_duration_stands_for_when_it_begins_and_ends() -> None:
    """An hour from eight: on about eight and off about nine are no news."""
    fan = _found(
        PatternType.DURATION,
        "switch.fan",
        when=_at(8),
        lasts=Spread(3600, 3000, 4200),
    )
    on, off, late = (
        _found(PatternType.TIME_OF_DAY, "switch.fan", when=_at(8)),
        _found(PatternType.TIME_OF_DAY, "switch.fan=off", when=_at(9)),
        _found(PatternType.TIME_OF_DAY, "switch.fan=off", when=_at(11)),
    )
    other = _found(PatternType.TIME_OF_DAY, "switch.heater", when=_at(8))
    assert absorb([on, off, late, other, fan], HOME)[:-1] == [late, other]
    whenever = replace(fan, when=None)
    assert len(absorb([on, off, whenever], HOME)) == 3


def test_it_tells_what_it_stands_for() -> None:
    """With the companions that the smaller pattern stood for itself."""
    companions = [{"entity_id": "light.hall", "state": "on"}]
    link = replace(
        _found(PatternType.CO_OCCURRENCE, "light.bed", "light.bath"),
        details={"companions": companions, "next": 0.4},
        confidence=0.75,
        lag_s=Spread(30, 10, 90),
    )
    (told,) = absorb([link, _sequence()], HOME)
    assert told.details["stands_for"] == [
        {
            "type": "co_occurrence",
            "entities": [
                {"entity_id": "light.bed", "state": "on"},
                {"entity_id": "light.bath", "state": "on"},
            ],
            "area_ids": [],
            "when": None,
            "lag_s": {"median": 30.0, "p10": 10.0, "p90": 90.0},
            "confidence": 0.75,
            "companions": companions,
            "next": 0.4,
        }
    ]


def test_nothing_larger_nothing_gone() -> None:
    """Patterns of one type leave each other alone, and their order stays."""
    findings = [
        _found(PatternType.TIME_OF_DAY, "light.bed", when=_at(7)),
        _found(PatternType.CO_OCCURRENCE, "light.bed", "light.bath"),
        _found(PatternType.TIME_OF_DAY, "light.bath", when=_at(7)),
    ]
    assert absorb(findings, HOME) == findings
    assert absorb([], HOME) == []


def _sitting(*members: str) -> Finding:
    return _found(
        PatternType.SESSION,
        *members,
        when=_at(20, 60),
        areas=("den",),
        lasts=Spread(7200, 6000, 9000),
    )


def test_a_session_stands_for_the_times_of_its_members() -> None:
    """Begun as it begins, ended as it ends: 21:10 to 23:00 here."""
    tv = _found(PatternType.TIME_OF_DAY, "light.tv", when=_at(20.2))
    off = _found(PatternType.TIME_OF_DAY, "light.tv=off", when=_at(22.2))
    others = [
        _found(PatternType.TIME_OF_DAY, "light.tv", when=_at(7)),
        _found(PatternType.TIME_OF_DAY, "light.tv=off", when=_at(20.2)),
        _found(PatternType.TIME_OF_DAY, "light.bed", when=_at(20.2)),
    ]
    sitting = _sitting("light.tv", "light.sofa")
    assert absorb([tv, off, *others, sitting], HOME)[:-1] == others


def test_a_session_stands_for_links_of_its_members_and_for_its_room() -> None:
    """Either way round; not for what leads in or out of it."""
    among = _found(PatternType.CO_OCCURRENCE, "light.sofa", "light.tv")
    out = _found(PatternType.CO_OCCURRENCE, "light.sofa", "light.bed")
    use = _found(PatternType.ROOM_BASED, areas=("den",), when=_at(20.5, 60))
    morning = _found(PatternType.ROOM_BASED, areas=("den",), when=_at(7, 60))
    sitting = _sitting("light.tv", "light.sofa")
    assert absorb([among, out, use, morning, sitting], HOME)[:-1] == [out, morning]


def test_a_sequence_of_all_members_says_more_than_the_session() -> None:
    """A movement sensor is no thing that anybody does."""
    steps = ("light.tv", "light.sofa", "switch.kettle")
    routine = _found(PatternType.SEQUENCE, *steps, lag=Spread(60, 30, 90))
    assert _left(_sitting(*steps[:2], "binary_sensor.hall"), routine) == [
        PatternType.SEQUENCE
    ]
    assert len(_left(_sitting(*steps[:2], "light.bed"), routine)) == 2


def _shift(entity: str, when: When | None, kind: str = "workday") -> Finding:
    found = _found(PatternType.DAY_TYPE, entity, when=when)
    return replace(found, context={"kind": "day_type", "day_type": kind})


def test_a_shift_stands_for_its_half() -> None:
    """The time on workdays, said by weekdays or by the kind; not that of other days."""
    workdays = replace(_at(7), weekdays=(0, 1, 2, 3, 4))
    shift = _shift("light.bath", workdays)

    def time(
        hour: float, weekdays: tuple[int, ...], entity: str = "light.bath"
    ) -> Finding:
        when = replace(_at(hour), weekdays=weekdays)
        return _found(PatternType.TIME_OF_DAY, entity, when=when)

    halves = [time(7, (0, 1, 2, 3, 4)), time(7.1, (2,))]
    others = [
        time(7, tuple(range(7))),
        time(7, (5, 6)),
        time(19, (0, 1, 2, 3, 4)),
        time(7, (0, 1, 2, 3, 4), "light.bed"),
    ]
    assert absorb([*halves, *others, shift], HOME)[:-1] == others
    whenever = _shift("light.bath", None)
    assert absorb([*halves, *others, whenever], HOME)[:-1] == [*others[:2], others[3]]


def test_a_routine_of_workdays_stands_for_the_shift_of_its_steps() -> None:
    """So does a room in use, for what sees people in it."""
    routine = _sequence(_at(7))
    shift, elsewhere = (_shift(name, _at(7)) for name in ("light.bath", "light.hall"))
    assert absorb([shift, elsewhere, routine], HOME)[:-1] == [elsewhere]
    use = _found(PatternType.ROOM_BASED, areas=("bath",), when=_at(7))
    seen, door = (
        _shift(f"binary_sensor.{name}", _at(7)) for name in ("bath", "bath_door")
    )
    assert absorb([seen, door, use], HOME)[:-1] == [door]


def test_a_shift_at_another_time_is_a_habit_of_its_own() -> None:
    """The bath's light at seven in a routine, and at nine in the evening on workdays."""
    evening = _shift("light.bath", _at(21))
    routine = _sequence(_at(7))
    assert absorb([evening, routine], HOME) == [evening, routine]
    sitting = replace(routine, type=PatternType.SESSION, lag_s=None)
    assert absorb([evening, sitting], HOME) == [evening, sitting]
    seen = _shift("binary_sensor.bath", _at(21))
    use = _found(PatternType.ROOM_BASED, areas=("bath",), when=_at(7))
    assert absorb([seen, use], HOME) == [seen, use]
    # What has no time of its own has that of the whole, on whatever days it shares.
    whenever = _shift("light.bath", None)
    assert _left(whenever, routine) == [PatternType.SEQUENCE]


NORTH = replace(HOME, position=Position(52.52, 13.405))
SPRING = np.arange(day_number(date(2026, 3, 30)), day_number(date(2026, 5, 31)))
"""Nine weeks in which the sun sets later and later: by about two minutes a day."""


def _sunset(day: date) -> float:
    """Return when the sun sets, in minutes on the clock."""
    number = np.array([day_number(day)])
    assert NORTH.position is not None
    (at,) = sun_times(NORTH.position, BERLIN, SunEvent.SUNSET, number)
    return float(at - number[0] * DAY_MS) / MINUTE_MS


def _by_sunset(offset: int = 10) -> Finding:
    """Return a lamp that goes on so many minutes after sunset, as of the end of May."""
    time = _sunset(date(2026, 5, 31)) + offset
    return replace(
        _found(
            PatternType.CONTEXTUAL,
            "light.bed",
            when=When(time, time - 10, time + 10),
            matched=SPRING,
        ),
        eligible=SPRING,
        context={"kind": "sun", "anchor": "sunset", "offset_min": offset},
    )


def _moving(
    per_week: float, of: str = "time", entity: str = "light.bed", hour: float = 21.3
) -> Finding:
    """Return a trend of the weeks from the end of January on."""
    weeks = np.arange(SPRING[-1] + 1 - 7 * 18, SPRING[-1], 7)
    unit = "minutes_per_week" if of == "time" else "percent_per_week"
    return replace(
        _found(
            PatternType.SEASONAL,
            entity,
            when=_at(hour) if of == "time" else None,
            matched=weeks,
        ),
        eligible=weeks,
        context={"kind": "trend", "of": of, unit: per_week},
    )


def _swinging(minutes: float, high: int, low: int) -> Finding:
    """Return a swing of a year, latest and earliest in two months."""
    months = np.array([day_number(date(2026, month, 1)) for month in range(1, 6)])
    return replace(
        _moving(0.0),
        eligible=months,
        matched=months,
        context={"kind": "season", "of": "time", "minutes": minutes},
        details={"swing": {"high_month": high, "low_month": low}},
    )


def test_the_sun_stands_for_a_time_that_moves_with_it() -> None:
    """The hour the clock saw, the weeks in which it moved, and the year's swing: one."""
    lamp = _by_sunset()
    time = _found(
        PatternType.TIME_OF_DAY, "light.bed", when=_at(20.9, 90), matched=SPRING
    )
    # From 16:45 at the end of January to 21:10, the clock's hour in March with it.
    per_week = (_sunset(date(2026, 5, 27)) - _sunset(date(2026, 1, 28))) / 17
    trend = _moving(per_week)
    swing = _swinging(
        _sunset(date(2026, 6, 15)) - _sunset(date(2026, 12, 15)), high=6, low=12
    )
    (told,) = absorb([time, lamp, trend, swing], NORTH)
    assert told.type is PatternType.CONTEXTUAL
    stands_for = [each["type"] for each in told.details["stands_for"]]
    assert stands_for == ["time_of_day", "seasonal", "seasonal"]


@pytest.mark.parametrize(
    "other",
    [
        _moving(14.0, of="count"),
        _moving(14.0, of="duration"),
        _moving(14.0, entity="light.hall"),
        _moving(14.0, entity="light.bed=off"),
        # At another time of the day, the other way, or far further than the sun.
        _moving(14.0, hour=7),
        _moving(-14.0),
        _moving(40.0),
        # Later in winter, as the sun sets earlier; an hour's swing of five hours.
        _swinging(280.0, high=12, low=6),
        _swinging(60.0, high=6, low=12),
    ],
)
def test_what_the_sun_does_not_explain_stays(other: Finding) -> None:
    """How often and how long, another thing, and what moves by itself."""
    lamp = _by_sunset()
    assert absorb([lamp, other], NORTH) == [lamp, other]


def test_only_the_sun_stands_for_what_moves() -> None:
    """A condition, a position that is not known, or nothing at all explain no trend."""
    trend = _moving(14.0)
    assert _left(trend, _by_sunset()) == [PatternType.SEASONAL, PatternType.CONTEXTUAL]
    cold = replace(
        _by_sunset(), context={"kind": "numeric", "entity_id": "sensor.x", "below": 5.0}
    )
    assert absorb([cold, trend], NORTH) == [cold, trend]
    time = _found(PatternType.TIME_OF_DAY, "light.bed", when=_at(21.3), matched=SPRING)
    assert absorb([time, trend], NORTH) == [time, trend]
