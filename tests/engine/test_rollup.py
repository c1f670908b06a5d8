"""A roll-up is a commutative monoid, and equals the sum of its days exactly."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    HOUR_MS,
    day_number,
)
from custom_components.pattern_intelligence.engine.day_sums import sum_runs
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.rawday import Counts
from custom_components.pattern_intelligence.engine.rollup import SUMMED, merge, rollup
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sums import (
    EXPOSURE_SUM,
    HAPPENINGS_SUM,
    LENGTH_BINS,
    RUNS_SUM,
    SUM_TABLES,
    TIMES_SUM,
)
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)
from custom_components.pattern_intelligence.engine.tables import (
    HAPPENINGS,
    RUNS,
    Table,
    empty,
)

from .builders import BERLIN, Row, dated, raw_days

FIRST = date(2026, 3, 27)
"""The clock changes on the third day."""

BERLIN_AT = Position(52.52, 13.405)

HAPPENED = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 24 * 60 - 1),
        st.sampled_from(["light.a", "light.b", "person.c"]),
        st.sampled_from(["on", "off", "home"]),
        st.sampled_from([0, 1, 2]),
    ),
    max_size=40,
)

ALWAYS = [
    (day, at, "light.a", state, 0)
    for day in (0, 4)
    for at, state in ((60, "on"), (90, "off"))
]
"""So that no table is empty: a lamp, for half an hour, before others are drawn."""

ALWAYS_COUNTED = {(0, 23, "sensor.gas", 1), (4, 23, "sensor.gas", -1)}

COUNTED = st.sets(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 22),
        st.sampled_from(["sensor.gas", "sensor.power"]),
        st.integers(-5_000, 5_000),
    ),
    max_size=20,
)


def _counts(
    start: int, counted: Collection[tuple[int, int, str, int]], day: int
) -> Counts:
    """Return what was counted in some hours of a day."""
    meters = (("sensor.gas", "m³"), ("sensor.power", "kWh"))
    names = [entity_id for entity_id, _ in meters]
    own = sorted(row[1:] for row in counted if row[0] == day)
    return Counts(
        meters,
        np.array([names.index(name) for _, name, _ in own], np.int32),
        np.array([start + HOUR_MS * hour for hour, _, _ in own], np.int64),
        np.array([amount for _, _, amount in own], np.int64),
    )


def _tables(
    happened: list[tuple[int, int, str, str, int]],
    counted: Collection[tuple[int, int, str, int]] = (),
) -> list[tuple[date, dict[str, Table]]]:
    rows = [
        Row(
            f"{FIRST + timedelta(days=day)}T{at // 60:02d}:{at % 60:02d}",
            entity_id,
            state,
            cause,
        )
        for day, at, entity_id, state, cause in happened
    ]
    return [
        (
            raw.day,
            summarize(replace(raw, counts=_counts(raw.start, counted, number))),
        )
        for number, raw in enumerate(raw_days(FIRST, FIRST + timedelta(days=5), rows))
    ]


def _rolled(
    days: list[tuple[date, dict[str, Table]]], position: Position | None = BERLIN_AT
) -> dict[str, Table]:
    return rollup(BERLIN, {spec.name: dated(days, spec) for spec in SUMMED}, position)


@given(HAPPENED, COUNTED, st.permutations(range(6)), st.integers(0, 6))
def test_parts_add_up_in_any_order(
    happened: list[tuple[int, int, str, str, int]],
    counted: set[tuple[int, int, str, int]],
    order: list[int],
    cut: int,
) -> None:
    """However days are grouped and ordered, the sum is the same, byte for byte."""
    days = _tables([*ALWAYS, *happened], {*counted, *ALWAYS_COUNTED})
    whole = _rolled(days)
    assert all(len(whole[spec.name]) for spec in SUM_TABLES)
    parts = [
        _rolled(sorted((days[i] for i in part), key=lambda day: day[0]))
        for part in (order[:cut], order[cut:])
        if part
    ]
    for spec in SUM_TABLES:
        tables = [part[spec.name] for part in parts]
        assert merge(tables) == whole[spec.name]
        assert merge(tables[::-1]) == whole[spec.name]
        assert merge([*tables, empty(spec)]) == whole[spec.name]


@given(HAPPENED)
def test_sums_are_those_of_a_naive_count(
    happened: list[tuple[int, int, str, str, int]],
) -> None:
    """Counts, days and hours, one happening at a time."""
    days = _tables(happened)
    table = _rolled(days)[HAPPENINGS_SUM.name]
    for row, (entity_id, state) in enumerate(
        zip(table.texts("entity_id"), table.texts("state"), strict=True)
    ):
        count, seen, hours = 0, 0, [0] * 24
        firsts, lasts = [0] * 24, [0] * 24
        for day, tables in days:
            own = tables[HAPPENINGS.name]
            for at in range(len(own)):
                if (own.texts("entity_id")[at], own.texts("state")[at]) != (
                    entity_id,
                    state,
                ):
                    continue
                seen += 1
                count += int(own.numbers("count")[at])
                offsets, _ = codec.decode_increasing([own.texts("instants")[at]])
                walls = BERLIN.wall(BERLIN.start_of(day) + offsets).tolist()
                for wall in walls:
                    hours[wall // 3_600_000 % 24] += 1
                firsts[walls[0] // 3_600_000 % 24] += 1
                lasts[walls[-1] // 3_600_000 % 24] += 1
        assert table.numbers("days")[row] == seen
        assert table.numbers("count")[row] == count
        assert codec.decode([table.texts("by_hour")[row]])[0].tolist() == hours
        assert codec.decode([table.texts("first_by_hour")[row]])[0].tolist() == firsts
        assert codec.decode([table.texts("last_by_hour")[row]])[0].tolist() == lasts


@given(HAPPENED)
def test_times_are_those_of_a_naive_count(
    happened: list[tuple[int, int, str, str, int]],
) -> None:
    """On every clock, one happening of a person at a time."""
    days = _tables(happened)
    table = _rolled(days)[TIMES_SUM.name]
    expected: dict[tuple[str, ...], dict[str, list[int]]] = {}
    for day, tables in days:
        own = tables[HAPPENINGS.name]
        numbers = np.array([day_number(day)], np.int64)
        noon = {
            "wall": DAY_MS * day_number(day) + DAY_MS // 2,
            **{
                event.value: int(sun_times(BERLIN_AT, BERLIN, event, numbers)[0])
                for event in SunEvent
            },
        }
        for at in range(len(own)):
            offsets, _ = codec.decode_increasing([own.texts("instants")[at]])
            causes = codec.decode([own.texts("causes")[at]])[0].tolist()
            walls = BERLIN.wall(BERLIN.start_of(day) + offsets).tolist()
            walls = [
                wall
                for wall, cause in zip(walls, causes or [0] * len(walls), strict=True)
                if cause < AUTOMATION
            ]
            awake = [wall for wall in walls if wall % DAY_MS >= 4 * 3_600_000]
            key = own.texts("entity_id")[at], own.texts("state")[at]
            for clock in noon if walls else ():
                sums = expected.setdefault(
                    (*key, clock), {name: [0] * 144 for name in TIMES_SUM.bins}
                )
                for name, counted in (
                    ("each", walls),
                    ("first", awake[:1]),
                    ("last", walls[-1:]),
                ):
                    for wall in counted:
                        since = (wall - noon[clock] + DAY_MS // 2) % DAY_MS
                        sums[name][since // 600_000] += 1
    assert list(
        zip(*(table.texts(name) for name in TIMES_SUM.keys), strict=True)
    ) == sorted(expected)
    for row, sums_of in enumerate(expected[key] for key in sorted(expected)):
        for name in TIMES_SUM.bins:
            found = codec.decode_bins([table.texts(name)[row]], 144)[0]
            assert found.tolist() == sums_of[name]


def test_without_a_place_there_is_no_sun() -> None:
    """Only the wall's clock is left."""
    days = _tables([(0, 400, "light.a", "on", 0)])
    assert set(_rolled(days, None)[TIMES_SUM.name].texts("clock")) == {"wall"}
    assert len(_rolled(days)[TIMES_SUM.name]) == 3


def test_where_the_sun_stays_up_its_clock_stands_still() -> None:
    """In the north, no day of March is without a sunset, and every one of June is."""
    north = Position(71, 25.8)
    rows = [Row(f"2026-06-1{n}T08:00", "light.a", "on") for n in range(3)]
    days = [
        (raw.day, summarize(raw))
        for raw in raw_days(date(2026, 6, 10), date(2026, 6, 12), rows)
    ]
    assert _rolled(days, north)[TIMES_SUM.name].texts("clock") == ("wall",)


def test_lengths_by_hand() -> None:
    """What began and ended on the same day: 40 s, 60 min, 90 min; not overnight."""
    rows = [
        Row(f"{FIRST}T07:00", "light.a", "on"),
        Row(f"{FIRST}T08:00", "light.a", "off"),
        Row(f"{FIRST}T09:00:00", "light.a", "on"),
        Row(f"{FIRST}T09:00:40", "light.a", "off"),
        Row(f"{FIRST}T23:00", "light.a", "on"),
        Row(f"{FIRST + timedelta(days=1)}T01:00", "light.a", "off"),
        Row(f"{FIRST + timedelta(days=1)}T10:00", "light.a", "on"),
        Row(f"{FIRST + timedelta(days=1)}T11:30", "light.a", "off"),
        Row(f"{FIRST + timedelta(days=1)}T12:00", "light.a", "on"),
        Row(f"{FIRST + timedelta(days=1)}T12:30", "light.a", "unavailable"),
        Row(f"{FIRST + timedelta(days=1)}T13:00", "light.a", "off"),
    ]
    days = [
        (raw.day, summarize(raw))
        for raw in raw_days(FIRST, FIRST + timedelta(days=1), rows)
    ]
    table = _rolled(days)[RUNS_SUM.name]
    assert table.texts("entity_id") == ("light.a",)
    assert table.texts("state") == ("on",)
    assert [int(table.numbers(name)[0]) for name in RUNS_SUM.numbers] == [
        2,
        3,
        40 + 3600 + 5400,
    ]
    found = codec.decode_bins([table.texts("by_length")[0]], LENGTH_BINS)[0]
    # 4 * log2(s + 1): 21.4, 47.2 and 49.6.
    assert np.flatnonzero(found).tolist() == [21, 47, 49]


@given(st.integers(0, 90_000))
def test_a_length_is_counted_in_its_bin(seconds: int) -> None:
    """From a power of the fourth root of two to below the next."""
    end = BERLIN.start_of(FIRST) + 1000 * seconds
    spans = codec.encode_increasing(
        np.array([0, end - BERLIN.start_of(FIRST)]), np.array([2])
    )
    runs = Table(
        RUNS,
        {
            "entity_id": ("light.a",),
            "state": ("on",),
            "carried": np.zeros(1, np.int64),
            "spans": tuple(spans),
            "unseen": ("",),
        },
    )
    table = sum_runs(dated([(FIRST, {RUNS.name: runs})], RUNS))
    found = codec.decode_bins(table.texts("by_length"), LENGTH_BINS)[0]
    (place,) = np.flatnonzero(found).tolist()
    assert 2**place <= (seconds + 1) ** 4 < 2 ** (place + 1)


def test_exposure_adds_seconds() -> None:
    """Six days, one of them an hour short by the clock."""
    table = _rolled(_tables([(0, 0, "light.a", "on", 0)]))[EXPOSURE_SUM.name]
    at = table.texts("entity_id").index("light.a")
    assert table.numbers("days")[at] == 6
    assert table.numbers("seconds")[at] == 6 * 86_400 - 3_600


def test_what_holds_text_cannot_be_added() -> None:
    """A day's own tables are no sums."""
    with pytest.raises(ValueError, match="added"):
        merge([empty(HAPPENINGS)])
    with pytest.raises(ValueError, match="same table"):
        merge([empty(HAPPENINGS_SUM), empty(EXPOSURE_SUM)])
