"""A week of nights: every day is learned, nothing piles up, nothing is complained of."""

from datetime import date, timedelta
import gc
import logging
import tracemalloc

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .common import async_clock, async_set_up, attribute, shown
from .conftest import OURS
from .history import async_record, days, household
from .taps import DayTap

FIRST = date(2026, 2, 20)
"""The week from 24 March on is looked at: in it the clock goes forward."""

PAST = 32
NIGHTS = 7

ROOM = 60_000
"""Bytes by which what is held may differ: records of runs. Four windows are more."""


def _held() -> int:
    """Return how many bytes the code of the integration holds."""
    gc.collect()
    ours = tracemalloc.take_snapshot().filter_traces(
        [tracemalloc.Filter(True, "*/custom_components/pattern_intelligence/*")]
    )
    return sum(each.size for each in ours.statistics("filename"))


@pytest.mark.freeze_time("2026-03-24 12:00:00+01:00")
async def test_seven_nights(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    written: DayTap,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each night reads the day that is over, once, and leaves no more than it found."""
    # What is kept of the log holds the events that it tells of.
    caplog.set_level(logging.WARNING)
    await async_record(hass, household(days(FIRST, PAST)))
    await async_set_up(hass)
    assert written.days == days(FIRST, PAST)
    today = FIRST + timedelta(days=PAST)
    held = []
    tracemalloc.start()
    try:
        for night in range(NIGHTS):
            await async_record(hass, household([today], seed=100 + night))
            today += timedelta(days=1)
            await async_clock(hass, freezer, f"{today} 05:06:00+02:00")
            assert written.days == days(FIRST, PAST + night + 1)
            assert shown(hass, "days_learned") == str(PAST + night + 1)
            held.append(await hass.async_add_executor_job(_held))
    finally:
        tracemalloc.stop()
    assert max(held[2:]) - min(held[2:]) < ROOM
    assert attribute(hass, "time_of_day_patterns", "patterns")
    complaints = [
        record
        for record in caplog.records
        if record.name.startswith(OURS) and record.levelno >= logging.WARNING
    ]
    assert complaints == []
