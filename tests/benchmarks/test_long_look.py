"""Homes of months, from raw days to what is told: who moves, and who follows the sun."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from benchmarks.home_days import HomeDays
from benchmarks.learned import chosen, detected_as_of
from benchmarks.long_look import stands
from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    day_number,
    days_between,
)
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)
from tests.engine.builders import BERLIN, Row, raw_day

LAMP = "light.lamp"
HOME = Home(BERLIN.zone, position=Position(52.52, 13.405))

type Minutes = Callable[[date], list[float]]


def _sunset(day: date) -> float:
    """Return when the sun sets, in minutes on the clock."""
    assert HOME.position is not None
    number = np.array([day_number(day)])
    (wall,) = sun_times(HOME.position, BERLIN, SunEvent.SUNSET, number).tolist()
    return float(wall % DAY_MS / MINUTE_MS)


def _told(first: date, last: date, minutes: Minutes) -> list[dict[str, Any]]:
    """Return what is told of a lamp that goes on for half an hour on each day."""
    chance = Random(4)
    days = []
    for day in days_between(first, last):
        rows = []
        for minute in minutes(day):
            at = minute + chance.gauss(0, 5)
            rows += [
                Row(f"{day}T{_clock(at)}", LAMP, "on"),
                Row(f"{day}T{_clock(at + 30)}", LAMP, "off"),
            ]
        days.append((day, summarize(raw_day(day, rows, carried={LAMP: "off"}))))
    known = HomeDays("lamp", HOME, days)
    return detected_as_of(known, last, chosen(["contextual", "seasonal"]))


def _clock(minute: float) -> str:
    seconds = round(minute * 60)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _kinds(patterns: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(one["type"], one["context"]["kind"]) for one in patterns}


def test_a_trend_of_the_mornings_stays_beside_the_evenings_sunset() -> None:
    """The same lamp: earlier by 5 minutes a week at breakfast, at dusk by the sun."""
    first, last = date(2026, 3, 2), date(2026, 9, 30)

    def minutes(day: date) -> list[float]:
        return [560 - 5 * (day - first).days / 7, _sunset(day) + 10]

    patterns = _told(first, last, minutes)
    assert _kinds(patterns) == {("contextual", "sun"), ("seasonal", "trend")}
    sun, trend = sorted(patterns, key=lambda one: str(one["type"]))
    assert sun["context"]["anchor"] == "sunset"
    assert sun["context"]["offset_min"] == pytest.approx(10, abs=3)
    assert trend["context"]["of"] == "time"
    assert trend["context"]["minutes_per_week"] == pytest.approx(-5, abs=0.5)
    assert trend["when"]["anchor"] == "first"


def test_a_lamp_at_dusk_has_no_trend_beside_the_sun() -> None:
    """From March to June, as days grow longer: the evening moves, but with the sun."""
    first, last = date(2025, 12, 29), date(2026, 5, 31)
    patterns = _told(first, last, lambda day: [_sunset(day) + 10])
    assert _kinds(patterns) == {("contextual", "sun")}


@pytest.mark.slow
def test_the_sun_stands_for_the_swing_of_a_lamp_at_dusk() -> None:
    """Two years of it: told once, by the sun."""
    first, last = date(2024, 4, 1), date(2026, 3, 31)
    (sun,) = _told(first, last, lambda day: [_sunset(day) + 10])
    assert sun["context"]["kind"] == "sun"
    assert [each["type"] for each in sun["stands_for"]] == ["seasonal"]


@pytest.mark.parametrize(
    ("days", "day"),
    [
        # A Wednesday; the Sunday before it, or the end of the month before.
        (91, date(2026, 6, 14)),
        (92, date(2026, 5, 31)),
    ],
)
def test_young_homes_are_looked_at_each_sunday(days: int, day: date) -> None:
    """And after 92 days at the end of each month."""
    last = date(2026, 6, 17)
    assert stands(last - timedelta(days=days - 1), last) == day
