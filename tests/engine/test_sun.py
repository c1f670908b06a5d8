"""The sun as a clock: its events on the home's civil days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from astral import Observer
from homeassistant.helpers.sun import get_observer_astral_event_next
import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    MINUTE_MS,
    CivilTime,
    day_number,
)
from custom_components.pattern_intelligence.engine.sun import (
    Position,
    SunEvent,
    sun_times,
)

BERLIN = Position(52.52, 13.405)
AUCKLAND = Position(-36.85, 174.76)
HONOLULU = Position(21.31, -157.86)
APIA = Position(-13.83, -171.77)
REYKJAVIK = Position(64.15, -21.94)


def _minutes(position: Position, zone: str, event: SunEvent, day: date) -> float:
    """Return when the event of a day is, in minutes after its local midnight."""
    number = day_number(day)
    (time,) = sun_times(
        position, CivilTime(ZoneInfo(zone)), event, np.array([number], np.int64)
    ).tolist()
    return float(time - number * DAY_MS) / MINUTE_MS


@pytest.mark.parametrize(
    ("position", "zone", "day", "rises", "sets"),
    [
        (BERLIN, "Europe/Berlin", date(2026, 6, 21), (4, 43), (21, 33)),
        (BERLIN, "Europe/Berlin", date(2026, 12, 21), (8, 15), (15, 54)),
        (AUCKLAND, "Pacific/Auckland", date(2026, 6, 21), (7, 33), (17, 11)),
        (HONOLULU, "Pacific/Honolulu", date(2026, 3, 20), (6, 34), (18, 43)),
    ],
)
def test_the_sun_of_three_places(
    position: Position,
    zone: str,
    day: date,
    rises: tuple[int, int],
    sets: tuple[int, int],
) -> None:
    """As almanacs give it, in both hemispheres, to the minute or the next."""
    for event, (hour, minute) in zip(SunEvent, (rises, sets), strict=True):
        found = _minutes(position, zone, event, day)
        assert found == pytest.approx(60 * hour + minute, abs=1.5)


def test_beyond_the_date_line_the_date_is_the_clocks() -> None:
    """Apia's sun is of the day before its clock's."""
    day = date(2026, 1, 10)
    assert 6 * 60 < _minutes(APIA, "Pacific/Apia", SunEvent.SUNRISE, day) < 7 * 60
    assert 19 * 60 < _minutes(APIA, "Pacific/Apia", SunEvent.SUNSET, day) < 20 * 60


def test_a_sunset_past_midnight_is_of_the_evening_before() -> None:
    """As in Reykjavik in June."""
    found = _minutes(
        REYKJAVIK, "Atlantic/Reykjavik", SunEvent.SUNSET, date(2026, 6, 21)
    )
    assert 24 * 60 < found < 24 * 60 + 10


def test_where_the_sun_stays_up_or_down_there_is_no_event() -> None:
    """Tromsø has neither in June nor in December, and both in March."""
    tromso = Position(69.65, 18.96)
    civil = CivilTime(ZoneInfo("Europe/Oslo"))
    days = np.array(
        [day_number(date(2026, month, 21)) for month in (3, 6, 12)], np.int64
    )
    for event in SunEvent:
        assert np.isnan(sun_times(tromso, civil, event, days)).tolist() == [
            False,
            True,
            True,
        ]


@pytest.mark.parametrize("event", SunEvent)
@pytest.mark.parametrize("elevation", [0, 800])
def test_the_sun_is_home_assistants(event: SunEvent, elevation: int) -> None:
    """Every event is one that Home Assistant's own helper gives."""
    civil = CivilTime(ZoneInfo("UTC"))
    position = Position(40.0, -75.0, elevation)
    observer = Observer(40.0, -75.0, elevation)
    days = np.arange(day_number(date(2026, 1, 1)), day_number(date(2026, 12, 31)), 17)
    for day, time in zip(
        days.tolist(), sun_times(position, civil, event, days).tolist(), strict=True
    ):
        # From the midnight before it, by the sun.
        since = datetime.fromtimestamp(day * 86_400 + 5 * 3_600, UTC)
        if event is SunEvent.SUNSET:
            since = datetime.fromtimestamp(day * 86_400 + 17 * 3_600, UTC)
        expected = get_observer_astral_event_next(observer, event.value, since)
        assert round(expected.timestamp() * 1_000) == time


def test_the_clock_of_summer_is_in_it() -> None:
    """Sunset jumps by the hour that the clock is put forward."""
    civil = CivilTime(ZoneInfo("Europe/Berlin"))
    first = day_number(date(2026, 3, 28))
    days = np.array([first, first + 1], np.int64)
    before, after = sun_times(BERLIN, civil, SunEvent.SUNSET, days)
    later = (after - before - DAY_MS) / MINUTE_MS
    assert 61 < later < 63
