"""A day counts only when the thing could have happened on it."""

from datetime import date, timedelta

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import DAY_MS, day_number
from custom_components.pattern_intelligence.engine.eligibility import (
    eligible_days,
    eligible_spans,
    habit_day,
)
from custom_components.pattern_intelligence.engine.pattern import Anchor
from custom_components.pattern_intelligence.engine.time_of_day.spans import (
    ANCHORS,
    Spans,
)

from .builders import Row, raw_days, window_of

FIRST = date(2026, 3, 23)
LAST = FIRST + timedelta(days=6)
"""A week that ends on the day on which 02:00 to 03:00 is skipped."""

LIGHT = "light.a"

SPAN = ((0, 2), (-700, 1700), (1, 600))
"""Anchor, begin and length in minutes."""


def _busy() -> list[Row]:
    """Somebody switches another light at noon each day."""
    return [
        Row(f"{FIRST + timedelta(days=n)}T12:00", "light.z", "on" if n % 2 else "off")
        for n in range(7)
    ]


def _eligible(
    rows: list[Row], earliest: float, latest: float, anchor: Anchor = "each"
) -> list[bool]:
    window = window_of(
        raw_days(
            FIRST, LAST, [*_busy(), *rows], tracked=[LIGHT], before={"light.z": "on"}
        )
    )
    result: list[bool] = eligible_days(window, LIGHT, earliest, latest, anchor).tolist()
    return result


def test_midnight_is_no_edge() -> None:
    """Ten past belongs to the evening of 23:55, ten to belongs to the night of 00:05."""
    number = day_number(FIRST)
    wall = np.array([number * DAY_MS + 10 * 60_000, number * DAY_MS - 10 * 60_000])
    assert habit_day(wall, 23 * 60 + 55, "each").tolist() == [number - 1, number - 1]
    assert habit_day(wall, 5, "each").tolist() == [number, number]
    assert habit_day(wall, 12 * 60, "first").tolist() == [number - 1, number - 1]


@pytest.mark.parametrize(
    ("earliest", "latest", "anchor", "expected"),
    [
        pytest.param(7 * 60, 8 * 60, "each", [False] + [True] * 6, id="morning"),
        pytest.param(20 * 60, 21 * 60, "each", [True] * 6 + [False], id="evening"),
        pytest.param(-30, 30, "each", [False] + [True] * 6, id="midnight"),
        pytest.param(
            7 * 60, 8 * 60, "first", [True] * 6 + [False], id="first of a day"
        ),
        pytest.param(
            26 * 60, 27 * 60, "last", [True] * 5 + [False] * 2, id="after midnight"
        ),
        pytest.param(
            2 * 60, 3 * 60, "each", [False] + [True] * 5 + [False], id="skipped hour"
        ),
    ],
)
def test_only_habit_days_known_as_a_whole_count(
    earliest: float, latest: float, anchor: Anchor, expected: list[bool]
) -> None:
    """The 24 hours around the time must lie within the days learned, and exist."""
    assert _eligible([], earliest, latest, anchor) == expected


def test_a_gap_takes_the_day_out() -> None:
    """Unavailable at the habit's time on the third day, and back before the next."""
    day = FIRST + timedelta(days=2)
    rows = [
        Row(f"{day}T06:30", LIGHT, "unavailable"),
        Row(f"{day}T09:00", LIGHT, "off"),
    ]
    expected = [False, True, False, True, True, True, True]
    assert _eligible(rows, 7 * 60, 8 * 60) == expected
    assert _eligible(rows, 10 * 60, 11 * 60)[2]


def test_an_empty_house_takes_the_day_out_but_not_for_persons() -> None:
    """On the third day nobody was home; that somebody left is no light's business."""
    away, back = FIRST + timedelta(days=2), FIRST + timedelta(days=3)
    rows = [
        Row(f"{away}T03:00", "person.a", "not_home"),
        Row(f"{back}T05:00", "person.a", "home"),
    ]
    window = window_of(
        raw_days(
            FIRST,
            LAST,
            [*_busy(), *rows],
            tracked=[LIGHT],
            before={"light.z": "on", "person.a": "home"},
        )
    )
    light = eligible_days(window, LIGHT, 20 * 60, 21 * 60)
    person = eligible_days(window, "person.a", 20 * 60, 21 * 60)
    assert light.tolist() == [True, True, False, True, True, True, False]
    assert person.tolist() == [True] * 6 + [False]


@given(st.lists(st.tuples(*(st.integers(*b) for b in SPAN)), min_size=1, max_size=5))
def test_many_at_once_are_each_by_itself(asked: list[tuple[int, int, int]]) -> None:
    """Whatever entity, anchor and span stand beside."""
    rows = [
        Row(f"{FIRST + timedelta(days=2)}T06:30", LIGHT, "unavailable"),
        Row(f"{FIRST + timedelta(days=3)}T09:00", LIGHT, "off"),
    ]
    window = window_of(
        raw_days(
            FIRST, LAST, [*_busy(), *rows], tracked=[LIGHT], before={"light.z": "on"}
        )
    )
    names = [(LIGHT, "light.z", "light.unknown")[low % 3] for _, low, _ in asked]
    anchor, low, length = np.array(asked).T
    spans = Spans(anchor, low.astype(float), (low + length).astype(float))
    together = eligible_spans(window, names, spans)
    for row, (number, begin, long) in enumerate(asked):
        alone = eligible_days(window, names[row], begin, begin + long, ANCHORS[number])
        assert together[row].tolist() == alone.tolist()
