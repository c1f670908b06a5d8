"""Days that only the store knows: learning anew loses none of them unasked."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.anew import IN_INFLUXDB, Anew
from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.sources.recorder import RecorderSource
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.contents import Contents, Part
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_call, async_set_up, shown
from .history import async_purge, async_record, at, days, delete_before, household
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


SHORT = days(date(2026, 2, 10), 3)
"""Too few days without a row for the recorder to say that they are none of its own."""


async def test_sums_of_a_short_outage(hass: HomeAssistant) -> None:
    """The recorder holds days around them, and not a row of them: it is asked, too."""
    await async_record(hass, household(days(LAST, 1)))
    entry = await async_set_up(hass)
    marks = [LearnedDay(day, 9, 3) for day in [KNOWN, *SHORT]]
    await hass.async_add_executor_job(_store(entry).write_marks, marks)
    rows = household(days(FIRST, 41))
    await async_record(hass, [row for row in rows if row.at.date() not in SHORT])
    with pytest.raises(ServiceValidationError) as refused:
        await async_call(hass, "relearn", first_day=FIRST.isoformat())
    assert refused.value.translation_placeholders == {
        "count": "3",
        "first": "2026-02-10",
        "last": "2026-02-12",
    }


class Purge:
    """Purges the recorder when it is asked for a day, before it answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, hass: HomeAssistant) -> None:
        """Listen to every recorder."""
        self._on: dict[date, datetime] = {}
        read = RecorderSource.read

        def purged(
            source: RecorderSource, day: date, carried: Mapping[str, str]
        ) -> RawDay:
            if before := self._on.pop(day, None):
                delete_before(hass, before)
            return read(source, day, carried)

        monkeypatch.setattr(RecorderSource, "read", purged)

    def on(self, day: date, before: datetime) -> None:
        """Delete what is older than an instant when a day is asked for."""
        self._on[day] = before


@pytest.fixture
def purge(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Purge:
    """Purge the recorder amid the reading."""
    return Purge(monkeypatch, hass)


async def test_purged_amid_the_first_learning(
    hass: HomeAssistant, purge: Purge, written: DayTap
) -> None:
    """What is no longer there as a whole is no day, neither in part nor empty."""
    await async_record(hass, household(days(KNOWN, 29)))
    purge.on(KNOWN + timedelta(2), at(KNOWN + timedelta(4), "12:00"))
    await async_set_up(hass)
    assert written.days == [*days(KNOWN, 2), *days(KNOWN + timedelta(5), 24)]


async def test_purged_while_all_is_learned_anew(
    hass: HomeAssistant, purge: Purge
) -> None:
    """What is known of such a day is taken along."""
    rows = household(days(FIRST, 41))
    await async_record(hass, [row for row in rows if row.at.date() >= KNOWN])
    entry = await async_set_up(hass)
    await async_record(hass, [row for row in rows if row.at.date() < KNOWN])
    store = _store(entry)
    before = _days_of(store)
    purge.on(KNOWN + timedelta(2), at(KNOWN + timedelta(4), "12:00"))
    await async_call(hass, "relearn", first_day=FIRST.isoformat())
    assert shown(hass, "days_learned") == "41"
    after = _days_of(store)
    # What is carried into the first day is known now.
    assert {day for day in before if after[day] != before[day]} == {KNOWN}
