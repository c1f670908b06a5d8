"""A day leaves behind what happened and what could have, exactly."""

from datetime import date

from hypothesis import given, strategies as st

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION, USER
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import (
    EXPOSURE,
    HAPPENINGS,
    HOME,
    Table,
)

from .builders import BERLIN, Row, instant, raw_day

DAY = date(2026, 3, 2)
HOUR = 3_600_000


def _row(table: Table, *key: str) -> dict[str, object]:
    keys = list(zip(*(table.texts(name) for name in table.spec.keys), strict=True))
    at = keys.index(key)
    return {name: table.columns[name][at] for name in table.spec.columns}


def test_happenings_are_counted_by_entity_and_state() -> None:
    """Counts, first, last, instants and causes of one entity, by hand."""
    raw = raw_day(
        DAY,
        [
            Row(f"{DAY}T07:00", "light.a", "on", USER),
            Row(f"{DAY}T08:00", "light.a", "off"),
            Row(f"{DAY}T20:00", "light.a", "on", AUTOMATION + 2),
            Row(f"{DAY}T20:30", "light.a", "off", AUTOMATION),
        ],
        carried={"light.a": "off"},
        automations=("", "automation.never", "automation.dusk"),
    )
    table = summarize(raw)[HAPPENINGS.name]
    assert table.texts("entity_id") == ("light.a", "light.a")
    assert table.texts("state") == ("off", "on")
    on = _row(table, "light.a", "on")
    assert (on["count"], on["first_ms"], on["last_ms"]) == (2, 7 * HOUR, 20 * HOUR)
    assert (on["user"], on["automation"]) == (1, 1)
    assert on["automations"] == "automation.dusk"
    assert codec.decode([str(on["causes"])])[0].tolist() == [USER, AUTOMATION + 1]
    assert codec.decode_increasing([str(on["instants"])])[0].tolist() == [
        7 * HOUR,
        20 * HOUR,
    ]
    off = _row(table, "light.a", "off")
    assert (off["user"], off["automation"], off["automations"]) == (0, 1, "")
    assert codec.decode([str(off["causes"])])[0].tolist() == [0, AUTOMATION]


def test_nothing_is_said_of_causes_where_all_were_by_hand() -> None:
    """The usual case takes no room."""
    raw = raw_day(
        DAY, [Row(f"{DAY}T07:00", "light.a", "on")], carried={"light.a": "off"}
    )
    assert _row(summarize(raw)[HAPPENINGS.name], "light.a", "on")["causes"] == ""


def test_entities_to_which_nothing_happened_are_there() -> None:
    """They are the denominators: recorded all day, their state carried through."""
    table = summarize(raw_day(DAY, [], carried={"light.a": "on"}))[EXPOSURE.name]
    row = _row(table, "light.a")
    assert (row["seconds"], row["by_hour"]) == (86_400, "")
    assert (row["carried_in"], row["carried_out"]) == ("on", "on")
    assert _row(table, HOME)["seconds"] == 86_400


def test_a_gap_is_not_exposed() -> None:
    """Unavailable from 10:30 to 11:15: half an hour and a quarter are missing."""
    raw = raw_day(
        DAY,
        [
            Row(f"{DAY}T10:30", "light.a", "unavailable"),
            Row(f"{DAY}T11:15", "light.a", "off"),
        ],
        carried={"light.a": "off"},
    )
    row = _row(summarize(raw)[EXPOSURE.name], "light.a")
    hours = codec.decode([str(row["by_hour"])])[0].tolist()
    assert hours == [3600] * 10 + [1800, 2700] + [3600] * 12
    assert row["seconds"] == 86_400 - 1800 - 900


def test_who_is_home_is_told_by_the_hour() -> None:
    """Out from 08:00 to 17:30, and Home Assistant itself down from 20:00 to 21:00."""
    start, end = BERLIN.bounds(DAY)
    down = (instant(BERLIN, f"{DAY}T20:00"), instant(BERLIN, f"{DAY}T21:00"))
    raw = raw_day(
        DAY,
        [
            Row(f"{DAY}T08:00", "person.a", "not_home"),
            Row(f"{DAY}T17:30", "person.a", "home"),
        ],
        carried={"person.a": "home"},
        recorded=((start, down[0]), (down[1], end)),
    )
    table = summarize(raw)[EXPOSURE.name]
    at_home = codec.decode([str(_row(table, "person.a")["home_by_hour"])])[0].tolist()
    assert at_home == [3600] * 8 + [0] * 9 + [1800, 3600, 3600, 0, 3600, 3600, 3600]
    assert _row(table, HOME)["seconds"] == 23 * 3600


def test_the_clock_change_makes_days_of_23_and_25_hours() -> None:
    """Hours are those since the day's first instant."""
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        row = _row(summarize(raw_day(day, []))[EXPOSURE.name], HOME)
        assert codec.decode([str(row["by_hour"])])[0].tolist() == [3600] * hours


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["light.a", "binary_sensor.b", "person.c", "button.d"]),
            st.one_of(st.sampled_from(["on", "off", "unavailable", ""]), st.text()),
            st.integers(0, 86_399_999),
        ),
        max_size=30,
    )
)
def test_hostile_rows_never_raise(rows: list[tuple[str, str, int]]) -> None:
    """Any Unicode, any order, any duplicate: counts stay whole and consistent."""
    raw = raw_day(DAY, [Row(f"{DAY}T00:00", e, s) for e, s, _ in rows])
    offsets = [offset for _, _, offset in rows]
    raw.instant[:] = [raw.start + offset for offset in offsets]
    table = summarize(raw)[HAPPENINGS.name]
    _, lengths = codec.decode_increasing(table.texts("instants"))
    assert lengths.tolist() == table.numbers("count").tolist()
    assert int(table.numbers("count").sum()) <= len(rows)
