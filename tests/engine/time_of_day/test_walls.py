"""Where spans of the clock lie among happenings, beside one at a time."""

from __future__ import annotations

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import DAY_MS, MINUTE_MS
from custom_components.pattern_intelligence.engine.time_of_day.spans import (
    Spans,
    first_ms,
)
from custom_components.pattern_intelligence.engine.time_of_day.walls import Met, Walls

FIRST, DAYS = 20_000, 4


def _walls(*minutes: list[int]) -> Walls:
    """Return happenings of some owners, in minutes since the first day's midnight."""
    owner = [number for number, own in enumerate(minutes) for _ in own]
    wall = [FIRST * DAY_MS + at * MINUTE_MS for own in minutes for at in sorted(own)]
    return Walls(np.array(owner, np.int64), np.array(wall, np.int64))


@given(
    st.lists(st.lists(st.integers(-200, 6000), max_size=9), min_size=1, max_size=3),
    st.integers(-3000, 9000),
)
def test_places_are_those_of_each_owner_alone(
    minutes: list[list[int]], asked: int
) -> None:
    """The place of an instant counts what all owners before have, and its own."""
    walls = _walls(*minutes)
    owners = np.arange(len(minutes))
    wall = np.full((owners.size, 1), FIRST * DAY_MS + asked * MINUTE_MS)
    expected = [
        sum(len(own) for own in minutes[:number])
        + sum(at < asked for at in minutes[number])
        for number in owners.tolist()
    ]
    assert walls.at(owners, wall)[:, 0].tolist() == expected


def _met(low: float, high: float, minutes: list[int], *, closed: bool = False) -> Met:
    """Return a span as each, as the first and as the last of a day."""
    spans = Spans(np.arange(3), np.full(3, low), np.full(3, high))
    owner = np.zeros(3, np.int64)
    return Met(_walls(minutes), owner, spans, FIRST + np.arange(DAYS), closed)


def test_each_first_and_last_of_a_day() -> None:
    """At 06:00, 10:05 and 20:00: only the second of three lies from 10:00 to 10:10."""
    met = _met(600, 610, [360, 605, 1200])
    assert met.hits[:, 0].tolist() == [True, False, False]
    assert not met.hits[:, 1:].any()
    met = _met(600, 610, [605, 1440 + 700, 1440 + 608, 2880 + 200])
    # 03:20 on the third date is the second waking day's.
    assert met.hits.tolist() == [
        [True, True, False, False],
        [True, True, False, False],
        [True, False, False, False],
    ]


def test_an_end_belongs_to_a_closed_span_only() -> None:
    """What happens at 10:10 is not before 10:10."""
    assert not _met(600, 610, [610]).hits.any()
    assert _met(600, 610, [610], closed=True).hits[:, 0].all()


def test_midnight_is_no_edge_of_a_span() -> None:
    """From 23:50 to 00:10, told from the midnight between."""
    met = _met(-10, 10, [1440 - 5, 2880 + 5])
    assert met.hits[0].tolist() == [False, True, True, False]


def test_nearest_to_the_middle_and_the_earlier_of_two() -> None:
    """Of 10:01, 10:03 and 10:07 the middle, 10:05, is as near to the last two."""
    nearest = _met(600, 610, [601, 603, 607, 1440 + 609]).nearest()
    assert nearest[0, :2].tolist() == [603, 609]
    assert np.isnan(nearest[0, 2:]).all()
    assert nearest[1, :2].tolist() == [601, 609]
    assert nearest[2, :2].tolist() == [607, 609]


@given(st.integers(-DAY_MS, 2 * DAY_MS))
def test_first_millisecond_is_told_by_minutes(at: int) -> None:
    """As comparing minutes has it, however they are rounded."""
    minutes = np.array([at / MINUTE_MS])
    assert first_ms(minutes).tolist() == [at]
    assert first_ms(minutes, after=True).tolist() == [at + 1]


@pytest.mark.parametrize("anchor", [0, 1, 2])
def test_days_begin_half_a_day_before_or_at_four(anchor: int) -> None:
    """A habit of 23:00 has the day from 11:00 to 11:00."""
    spans = Spans(np.array([anchor]), np.array([1370.0]), np.array([1390.0]))
    begins = 660 if anchor == 0 else 240
    assert spans.day_begins.tolist() == [begins]
    assert spans.starts(np.array([FIRST])).tolist() == [
        [FIRST * DAY_MS + begins * MINUTE_MS]
    ]
