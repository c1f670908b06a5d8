"""Days that only the store knows: learning anew loses none of them unasked."""

from datetime import date, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.anew import IN_INFLUXDB, Anew
from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.contents import Contents, Part
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_call, async_set_up, shown
from .history import async_purge, async_record, at, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FIRST = date(2026, 1, 20)
KNOWN = date(2026, 2, 1)
GONE = days(date(2026, 2, 10), 9)
"""Between them nothing is recorded any more: more than a week, which is told of it."""
LAST = date(2026, 3, 1)


def _store(entry: MockConfigEntry) -> SqliteStore:
    store: SqliteStore = entry.runtime_data.parts.storage.built_in
    return store


def _days_of(store: SqliteStore) -> dict[date, str]:
    """Return what a store keeps of each day, in a form that can be compared."""
    contents = Contents(store)
    return {
        piece.day: repr(contents.read(piece))
        for piece in contents.pieces()
        if piece.part is Part.DAYS
    }


async def _async_home(hass: HomeAssistant) -> MockConfigEntry:
    """Know days from February on, some of which the recorder has lost since.

    What it holds of the time before was found later.
    """
    rows = household(days(FIRST, 41))
    await async_record(hass, [row for row in rows if row.at.date() >= KNOWN])
    entry = await async_set_up(hass)
    assert shown(hass, "days_learned") == "29"
    await async_purge(hass, at(LAST + timedelta(1), "00:00"))
    kept = [row for row in rows if row.at.date() not in GONE]
    await async_record(hass, kept)
    return entry


async def test_what_is_kept_of_them_is_taken_along(
    hass: HomeAssistant, written: DayTap
) -> None:
    """In order, as it was learned: the days before and after are learned anew."""
    entry = await _async_home(hass)
    store = _store(entry)
    before = _days_of(store)
    written.days.clear()
    response = await async_call(hass, "relearn", first_day=FIRST.isoformat())
    assert written.days == days(FIRST, 41)
    assert response["days_processed"] == 41 - len(GONE)
    assert shown(hass, "days_learned") == "41"
    after = _days_of(store)
    assert {day: after[day] for day in GONE} == {day: before[day] for day in GONE}


LONG_AGO = date(2025, 9, 20)
SUMMED = days(date(2025, 10, 1), 10)
"""Of these only sums are kept, and the recorder holds days before them."""


async def _async_only_sums(hass: HomeAssistant) -> MockConfigEntry:
    """Know days that are no longer kept, nor recorded; what was before is found."""
    await async_record(hass, household(days(LAST, 1)))
    entry = await async_set_up(hass)
    marks = [LearnedDay(day, 9, 3) for day in SUMMED]
    await hass.async_add_executor_job(_store(entry).write_marks, marks)
    await async_record(hass, household(days(LONG_AGO, 3)))
    return entry


async def test_what_would_be_lost_is_refused(hass: HomeAssistant) -> None:
    """It is asked whether it may go."""
    entry = await _async_only_sums(hass)
    with pytest.raises(ServiceValidationError) as refused:
        await async_call(hass, "relearn", first_day=LONG_AGO.isoformat())
    assert refused.value.translation_key == "days_lost"
    assert refused.value.translation_placeholders == {
        "count": "10",
        "first": "2025-10-01",
        "last": "2025-10-10",
    }
    assert [mark.day for mark in _store(entry).learned()] == [*SUMMED, LAST]
    await async_call(hass, "relearn", first_day=LONG_AGO.isoformat(), discard_days=True)
    learned = [mark.day for mark in _store(entry).learned()]
    assert learned == [*days(LONG_AGO, 3), LAST]


async def test_found_while_it_learns(
    hass: HomeAssistant, complaints: list[str]
) -> None:
    """The history it was to be learned from is gone: it is given up, and told."""
    entry = await _async_only_sums(hass)
    Anew(LONG_AGO, IN_INFLUXDB).keep(_store(entry))
    for _ in range(2):
        await async_call(hass, "run_analysis")
        assert [mark.day for mark in _store(entry).learned()] == [*SUMMED, LAST]
        assert ir.async_get(hass).async_get_issue(DOMAIN, "days_lost") is not None
    assert [each for each in complaints if "given up" in each] == [
        "Learning anew was given up: 10 days are known that no history tells of"
    ]
    complaints.clear()
    await async_call(hass, "relearn", first_day=LONG_AGO.isoformat(), discard_days=True)
    assert ir.async_get(hass).async_get_issue(DOMAIN, "days_lost") is None
