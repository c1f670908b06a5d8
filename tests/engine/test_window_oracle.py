"""Windows are built by arrays; here the plain way, row by row."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, strategies as st
import numpy as np

from custom_components.pattern_intelligence.engine import codec
from custom_components.pattern_intelligence.engine.civil import DAY_MS, HOUR_MS
from custom_components.pattern_intelligence.engine.provenance import AUTOMATION
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import (
    EXPOSURE,
    HAPPENINGS,
    HOME,
    Table,
)
from custom_components.pattern_intelligence.engine.window import build_window

from .builders import BERLIN, Row, dated, instant, raw_day

FIRST = date(2026, 3, 28)
"""The clock changes on the second day."""

DAYS = 4

HAPPENED = st.lists(
    st.tuples(
        st.integers(0, DAYS - 1),
        st.integers(0, 24 * 60 - 1),
        st.sampled_from(["light.new", "light.old", "light.z", "person.a", "person.b"]),
        st.sampled_from(["on", "off", "home", "unavailable"]),
        st.integers(0, AUTOMATION + 2),
    ),
    max_size=50,
)
NAMES = st.permutations(["automation.x", "automation.y", "automation.z"])


def _resolve(entity_id: str) -> str:
    return entity_id.replace("old", "new")


def _days(
    happened: list[tuple[int, int, str, str, int]], names: list[list[str]]
) -> list[tuple[date, dict[str, Table]]]:
    tables = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        rows = [
            Row(f"{day}T{at // 60:02d}:{at % 60:02d}", entity_id, state, cause)
            for own, at, entity_id, state, cause in happened
            if own == number
        ]
        start, end = BERLIN.bounds(day)
        raw = raw_day(
            day,
            rows,
            carried={"light.new": "off", "light.old": "on", "person.a": "home"},
            recorded=[(start, end - number * HOUR_MS)],
            automations=("", *names[number]),
        )
        tables.append((day, summarize(raw)))
    return tables


@given(HAPPENED, st.lists(NAMES, min_size=DAYS, max_size=DAYS))
def test_happenings_are_those_of_every_row(
    happened: list[tuple[int, int, str, str, int]], names: list[list[str]]
) -> None:
    """Each instant with its key and who caused it, renamed entities included."""
    days = _days(happened, names)
    expected = []
    for day, tables in days:
        table = tables[HAPPENINGS.name]
        for row in range(len(table)):
            offsets, _ = codec.decode_increasing([table.texts("instants")[row]])
            codes, _ = codec.decode([table.texts("causes")[row]])
            own = ["", *table.texts("automations")[row].split()]
            for place, offset in enumerate(offsets.tolist()):
                code = int(codes[place]) if codes.size else 0
                cause = own[code - AUTOMATION] if code >= AUTOMATION else code
                expected.append(
                    (
                        _resolve(table.texts("entity_id")[row]),
                        table.texts("state")[row],
                        BERLIN.start_of(day) + offset,
                        cause,
                    )
                )
    window = build_window(
        BERLIN,
        [day for day, _ in days],
        dated(days, HAPPENINGS),
        dated(days, EXPOSURE),
        _resolve,
    )
    found = []
    for key, at, code in zip(
        window.key.tolist(), window.instant.tolist(), window.cause.tolist(), strict=True
    ):
        cause = window.automations[code - AUTOMATION] if code >= AUTOMATION else code
        found.append((window.keys[key].entity_id, window.keys[key].state, at, cause))
    assert found == sorted(expected, key=lambda happening: happening[:3])
    assert list(window.keys) == sorted(set(window.keys))


@given(HAPPENED)
def test_shares_of_hours_are_those_of_every_row(
    happened: list[tuple[int, int, str, str, int]],
) -> None:
    """Seconds by the hour, brought to the clock one hour at a time."""
    days = _days(happened, [["automation.x", "automation.y"]] * DAYS)
    window = build_window(
        BERLIN,
        [day for day, _ in days],
        dated(days, HAPPENINGS),
        dated(days, EXPOSURE),
    )
    assert window.at_home is not None
    for number, (day, tables) in enumerate(days):
        table = tables[EXPOSURE.name]
        rows = range(len(table))
        entity_ids = table.texts("entity_id")
        whole = _by_clock(day, table.texts("by_hour")[entity_ids.index(HOME)])
        assert window.recorded[number].tolist() == whole
        home = [_by_clock(day, table.texts("home_by_hour")[row]) for row in rows]
        assert window.at_home[number].tolist() == [
            max(h) for h in zip(*home, strict=True)
        ]
        for row in rows:
            entity_id, text = entity_ids[row], table.texts("by_hour")[row]
            if entity_id != HOME:
                own = window.available[window.entity_at[entity_id], number]
                assert own.tolist() == (_by_clock(day, text) if text else whole)


def _by_clock(day: date, text: str) -> list[float]:
    """Return each hour's share; hours are whole ones in Berlin."""
    seconds = codec.decode([text])[0].tolist() or [0] * BERLIN.hours(day)
    begins = instant(BERLIN, f"{day}T00:00") + HOUR_MS * np.arange(len(seconds))
    held, long = [0] * 24, [0] * 24
    for wall, own in zip(BERLIN.wall(begins).tolist(), seconds, strict=True):
        held[wall % DAY_MS // HOUR_MS] += own
        long[wall % DAY_MS // HOUR_MS] += 3600
    shares = np.array(held, np.float32) / np.maximum(np.array(long, np.float32), 1)
    return [float(share) for share in shares]
