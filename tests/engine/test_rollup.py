"""A roll-up is a commutative monoid, and equals the sum of its days exactly."""

from datetime import date, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.rollup import SUMMED, merge, rollup
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sums import (
    EXPOSURE_SUM,
    HAPPENINGS_SUM,
    SUM_TABLES,
)
from custom_components.pattern_intelligence.engine.sun import Position
from custom_components.pattern_intelligence.engine.tables import (
    HAPPENINGS,
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


def _tables(
    happened: list[tuple[int, int, str, str, int]],
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
        (raw.day, summarize(raw))
        for raw in raw_days(FIRST, FIRST + timedelta(days=5), rows)
    ]


def _rolled(
    days: list[tuple[date, dict[str, Table]]], position: Position | None = BERLIN_AT
) -> dict[str, Table]:
    return rollup(BERLIN, {spec.name: dated(days, spec) for spec in SUMMED}, position)


@given(HAPPENED, st.permutations(range(6)), st.integers(0, 6))
def test_parts_add_up_in_any_order(
    happened: list[tuple[int, int, str, str, int]], order: list[int], cut: int
) -> None:
    """However days are grouped and ordered, the sum is the same, byte for byte."""
    days = _tables(happened)
    whole = _rolled(days)
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
