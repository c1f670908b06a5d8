"""What it was like on a day: hourly means, weighted by how long values held."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
import math

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import day_number
from custom_components.pattern_intelligence.engine.context import summarize_context
from custom_components.pattern_intelligence.engine.measured import Measured, measured_of
from custom_components.pattern_intelligence.engine.rawday import RawDay, Readings
from custom_components.pattern_intelligence.engine.tables import CONTEXT, dated

from .builders import BERLIN, raw_day

DAY = date(2026, 3, 2)
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
HOUR = 3_600_000
NOTHING = math.nan


def _day(
    rows: Sequence[tuple[str, float, float]],
    *,
    day: date = DAY,
    carried: dict[str, float] | None = None,
    recorded: Sequence[tuple[float, float]] | None = None,
) -> RawDay:
    """Return a day of rows: sensor, hours since the first instant, value."""
    carried = carried or {}
    start = BERLIN.start_of(day)
    names = tuple(sorted({*carried, *(name for name, *_ in rows)}))
    rows = sorted(rows, key=lambda row: row[1])
    spans = (
        None
        if recorded is None
        else [(start + round(a * HOUR), start + round(b * HOUR)) for a, b in recorded]
    )
    return replace(
        raw_day(day, [], recorded=spans),
        readings=Readings(
            names,
            np.array([names.index(name) for name, *_ in rows], np.int32),
            np.array([start + round(at * HOUR) for _, at, _ in rows], np.int64),
            np.array([value for *_, value in rows], np.float64),
            np.array([carried.get(name, NOTHING) for name in names]),
        ),
    )


def _measured(*days: RawDay, aliases: dict[str, str] | None = None) -> Measured:
    tables = [(day_number(raw.day), summarize_context(raw)) for raw in days]
    return measured_of(
        BERLIN,
        np.array([number for number, _ in tables], np.int64),
        dated(CONTEXT, tables),
        lambda name: (aliases or {}).get(name, name),
    )


def test_a_value_holds_until_the_next() -> None:
    """By hand: 10° from before midnight, 20° from 01:30, a gap from 02:45 to 04:00."""
    found = _measured(
        _day(
            [
                ("sensor.a", 1.5, 20),
                ("sensor.a", 2.75, NOTHING),
                ("sensor.a", 4, -3.5),
            ],
            carried={"sensor.a": 10},
        )
    )
    assert found.entities == ("sensor.a",)
    assert found.mean[0, 0, :3].tolist() == [10, 15, 20]
    assert np.isnan(found.mean[0, 0, 3])
    assert found.mean[0, 0, 4:].tolist() == [-3.5] * 20


def test_nothing_is_known_while_nothing_was_recorded() -> None:
    """Recorded from 01:00 to 02:15 and from 05:30 on; of two at once, the last."""
    found = _measured(
        _day(
            [("sensor.a", 2, 4), ("sensor.a", 2, 8), ("sensor.a", 5.75, 1)],
            carried={"sensor.a": 2},
            recorded=[(1, 2.25), (5.5, 24)],
        )
    )
    means = found.mean[0, 0].tolist()
    assert np.isnan(means[0])
    assert means[1:3] == [2, 8]
    assert np.isnan(means[3:5]).all()
    assert means[5:] == [4.5] + [1] * 18


def test_a_sensor_without_a_number_is_not_there() -> None:
    """Nor is one whose numbers are none."""
    rows = [("sensor.a", 3, NOTHING), ("sensor.b", 3, math.inf), ("sensor.c", 3, 1e12)]
    assert _measured(_day(rows)).entities == ()


def test_hours_are_those_of_the_clock() -> None:
    """The hour that is skipped is unknown; the one that is repeated, the mean of both.

    A value of each hour since the first instant: 0, 1, 2, …
    """
    spring, autumn = (
        _day([("sensor.a", hour, hour) for hour in range(hours)], day=day)
        for day, hours in ((SPRING, 23), (AUTUMN, 25))
    )
    found = _measured(spring, autumn)
    expected = [0, 1, NOTHING, *range(2, 23)], [0, 1, 2.5, *range(4, 25)]
    np.testing.assert_array_equal(found.mean[0], expected)


def test_former_ids_share_a_day() -> None:
    """Each counts for as long as it was known."""
    found = _measured(
        _day(
            [
                ("sensor.old", 0, 6),
                ("sensor.old", 0.25, NOTHING),
                ("sensor.new", 0.25, 2),
            ]
        ),
        aliases={"sensor.old": "sensor.new"},
    )
    assert found.entities == ("sensor.new",)
    assert found.mean[0, 0].tolist() == [3] + [2] * 23


def test_days_without_the_sensor_are_unknown() -> None:
    """The window's days are kept apart, and can be cut."""
    first, second = (
        _day([("sensor.a", 0, 1)]),
        _day([("sensor.b", 0, 2)], day=DAY + timedelta(days=1)),
    )
    found = _measured(first, second)
    assert found.entities == ("sensor.a", "sensor.b")
    assert np.isnan(found.mean[:, :, 5]).tolist() == [[False, True], [True, False]]
    cut = found.of_days(np.array([False, True]))
    assert cut.mean.shape == (2, 1, 24)
    assert cut.mean[1, 0, 5] == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sensor.a", "sensor.b"]),
            st.integers(0, 24 * 60 - 1),
            st.integers(-4000, 4000) | st.none(),
        ),
        max_size=30,
    ),
    st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(sorted),
)
def test_means_are_those_of_a_naive_count(
    rows: list[tuple[str, int, int | None]], outage: list[int]
) -> None:
    """Minute by minute, of values in hundredths."""
    off, on = outage
    told = sorted(rows, key=lambda row: row[1])
    found = _measured(
        _day(
            [
                (name, at / 60, NOTHING if value is None else value / 100)
                for name, at, value in told
            ],
            recorded=[(0, off / 60), (on / 60, 24)],
        )
    )
    for name in ("sensor.a", "sensor.b"):
        values: list[list[int]] = [[] for _ in range(24)]
        held: int | None = None
        for minute in range(24 * 60):
            for other, at, value in told:
                if (other, at) == (name, minute):
                    held = value
            if held is not None and not off <= minute < on:
                values[minute // 60].append(held)
        if name not in found.entities:
            assert not any(values)
            continue
        means = found.mean[found.entities.index(name), 0].tolist()
        for mean, own in zip(means, values, strict=True):
            assert (
                mean == pytest.approx(sum(own) / len(own) / 100)
                if own
                else math.isnan(mean)
            )
