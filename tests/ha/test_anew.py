"""History from before the first day known is learned anew, with all that followed."""

from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.anew import ANEW, IN_INFLUXDB, Anew, settle
from custom_components.pattern_intelligence.const import Trigger
from custom_components.pattern_intelligence.sources.base import SourceUnavailableError
from custom_components.pattern_intelligence.storage import anew_path
from custom_components.pattern_intelligence.stores.base import LearnedDay
from custom_components.pattern_intelligence.stores.contents import Contents
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import (
    async_call,
    async_learned,
    async_set_up,
    learner_of,
    shown,
    store_file,
)
from .history import KETTLE, async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FIRST = date(2026, 2, 1)
KNOWN = date(2026, 2, 11)
LAST = date(2026, 3, 1)
ROWS = household(days(FIRST, 29))


async def _async_home(hass: HomeAssistant) -> MockConfigEntry:
    """Let a home learn from 11 February on, then find the days before in the recorder."""
    await async_record(hass, [row for row in ROWS if row.at.date() >= KNOWN])
    entry = await async_set_up(hass)
    await async_record(hass, [row for row in ROWS if row.at.date() < KNOWN])
    assert shown(hass, "days_learned") == "19"
    return entry


def _everything(store: SqliteStore) -> dict[str, str]:
    """Return all that a store holds, in a form that can be compared."""
    contents = Contents(store)
    return {repr(piece): repr(contents.read(piece)) for piece in contents.pieces()}


def _store(entry: MockConfigEntry) -> SqliteStore:
    store: SqliteStore = entry.runtime_data.parts.storage.built_in
    return store


async def test_all_is_learned_in_order(
    hass: HomeAssistant, written: DayTap, tmp_path: Path
) -> None:
    """In the end everything is as if it had been learned from that day on."""
    entry = await _async_home(hass)
    kept = written.days.copy()
    response = await async_call(hass, "relearn", first_day=FIRST.isoformat())
    assert response["days_processed"] == 29
    assert written.days == kept + days(FIRST, 29)
    assert shown(hass, "days_learned") == "29"
    assert not anew_path(store_file(hass)).exists()
    anew = _everything(_store(entry))
    found = (await async_call(hass, "get_patterns"))["patterns"]

    await hass.config_entries.async_remove(entry.entry_id)
    entry = await async_set_up(hass)
    assert written.days == kept + 2 * days(FIRST, 29)
    assert _everything(_store(entry)) == anew
    assert (await async_call(hass, "get_patterns"))["patterns"] == found


async def test_from_the_first_day_learned(hass: HomeAssistant, written: DayTap) -> None:
    """It is too far back to be learned again by itself, so all is learned anew."""
    await async_record(hass, ROWS)
    entry = await async_set_up(hass)
    before = _everything(_store(entry))
    response = await async_call(
        hass, "relearn", first_day=FIRST.isoformat(), last_day=FIRST.isoformat()
    )
    assert response["days_processed"] == 29
    assert _everything(_store(entry)) == before


async def test_what_is_known_counts_meanwhile(
    hass: HomeAssistant, written: DayTap
) -> None:
    """Decisions stay; patterns are those of before until all is complete."""
    entry = await _async_home(hass)
    before = (await async_call(hass, "get_patterns"))["patterns"]
    await async_call(hass, "accept_pattern", pattern_id=before[0]["id"])
    written.stop_before(LAST)
    asked = hass.async_create_task(
        async_call(hass, "relearn", first_day=FIRST.isoformat())
    )
    await hass.async_add_executor_job(written.wait)
    assert shown(hass, "days_learned") == "19"
    meanwhile = (await async_call(hass, "get_patterns"))["patterns"]
    assert [p["id"] for p in meanwhile] == [p["id"] for p in before]
    assert _store(entry).learned()[0].day == KNOWN
    written.release()
    await asked
    accepted = await async_call(hass, "get_patterns", status="accepted")
    assert [p["title"] for p in accepted["patterns"]] == [before[0]["title"]]
    assert accepted["home"]["first_day"] == FIRST.isoformat()


async def test_stopped_and_gone_on_with(hass: HomeAssistant, written: DayTap) -> None:
    """Twice unloaded in the middle: each day is learned once."""
    entry = await _async_home(hass)
    kept = written.days.copy()
    stops = [date(2026, 2, 5), date(2026, 2, 20)]
    written.stop_before(stops[0])
    asked = hass.async_create_task(
        async_call(hass, "relearn", first_day=FIRST.isoformat()), eager_start=True
    )
    for stop in stops:
        await hass.async_add_executor_job(written.wait)
        written.release_soon()
        await hass.config_entries.async_unload(entry.entry_id)
        assert written.days[-1] == stop
        written.stop_before(stops[1])
        await hass.config_entries.async_setup(entry.entry_id)
        written.release() if stop == stops[1] else None
    with pytest.raises(Exception, match="stopped"):
        await asked
    await async_learned(hass)
    assert written.days == kept + days(FIRST, 29)
    assert shown(hass, "days_learned") == "29"
    assert not anew_path(store_file(hass)).exists()


async def test_killed_before_it_was_noted_as_done(
    hass: HomeAssistant, written: DayTap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What took the place of all takes it again, and nothing is lost or doubled."""
    entry = await _async_home(hass)
    with monkeypatch.context() as patch:
        patch.setattr(
            "custom_components.pattern_intelligence.anew.remove", lambda _path: None
        )
        await async_call(hass, "relearn", first_day=FIRST.isoformat())
    local = _store(entry)
    Anew(FIRST).keep(local)
    whole = _everything(local)
    count = len(written.days)
    await learner_of(entry).async_run(Trigger.START)
    assert len(written.days) == count
    assert _everything(local) == whole
    assert not anew_path(store_file(hass)).exists()


async def test_a_damaged_file_is_begun_again(
    hass: HomeAssistant, written: DayTap
) -> None:
    """Nothing but this learning needs it."""
    entry = await _async_home(hass)
    anew_path(store_file(hass)).write_bytes(b"garbage" * 100)
    Anew(FIRST).keep(_store(entry))
    await learner_of(entry).async_run(Trigger.START)
    assert shown(hass, "days_learned") == "29"


async def test_another_time_zone_meanwhile(
    hass: HomeAssistant, written: DayTap
) -> None:
    """Days begin at other times: what was learned of them is of no use."""
    entry = await _async_home(hass)
    written.stop_before(date(2026, 2, 5))
    asked = hass.async_create_task(
        async_call(hass, "relearn", first_day=FIRST.isoformat()), eager_start=True
    )
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(Exception, match="stopped"):
        await asked
    await hass.config.async_set_time_zone("America/New_York")
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    # In New York, half a day of the first one lies before what is recorded.
    assert _store(entry).learned()[0].day == FIRST
    assert shown(hass, "days_learned") == "29"


async def test_forgetting_calls_it_off(hass: HomeAssistant, written: DayTap) -> None:
    """What is forgotten does not come back with days that were asked for before."""
    entry = await _async_home(hass)
    written.stop_before(date(2026, 2, 5))
    asked = hass.async_create_task(
        async_call(hass, "relearn", first_day=FIRST.isoformat()), eager_start=True
    )
    await hass.async_add_executor_job(written.wait)
    written.release_soon()
    await async_call(hass, "forget", entity_id=KETTLE)
    with pytest.raises(Exception, match="stopped"):
        await asked
    await async_learned(hass)
    assert not anew_path(store_file(hass)).exists()
    assert [mark.day for mark in _store(entry).learned()] == days(KNOWN, 19)
    assert not (await async_call(hass, "get_patterns", entity_id=KETTLE))["patterns"]


async def test_after_everything_was_forgotten(
    hass: HomeAssistant, written: DayTap
) -> None:
    """First some days, then those before them: the first wish does not hold it up."""
    await async_record(hass, ROWS)
    await async_set_up(hass)
    await async_call(hass, "forget", everything=True)
    await async_call(hass, "relearn", first_day=KNOWN.isoformat())
    assert shown(hass, "days_learned") == "19"
    await async_call(hass, "relearn", first_day=(FIRST + timedelta(days=3)).isoformat())
    assert shown(hass, "days_learned") == "26"


async def test_nothing_does_not_take_the_place_of_all(hass: HomeAssistant) -> None:
    """Asked for while the clock was ahead: what is known stays."""
    entry = await _async_home(hass)
    before = _everything(_store(entry))
    Anew(LAST + timedelta(days=1)).keep(_store(entry))
    await async_call(hass, "run_analysis")
    assert shown(hass, "days_learned") == "19"
    assert _everything(_store(entry)) == before


@pytest.mark.parametrize("left", [None, b"", b"garbage" * 100])
async def test_what_should_take_the_place_of_all_is_gone(
    hass: HomeAssistant, written: DayTap, left: bytes | None
) -> None:
    """Nothing takes it: all is learned anew again, and what is known stays."""
    entry = await _async_home(hass)
    known = await hass.async_add_executor_job(_everything, _store(entry))
    Anew(FIRST, complete=True).keep(_store(entry))
    await hass.config_entries.async_unload(entry.entry_id)
    if left is not None:
        anew_path(store_file(hass)).write_bytes(left)
    written.stop_before(FIRST)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_add_executor_job(written.wait)
    assert await hass.async_add_executor_job(_everything, _store(entry)) == known
    written.release()
    await async_learned(hass)
    assert shown(hass, "days_learned") == "29"


async def test_complete_and_learned_on(
    hass: HomeAssistant, complaints: list[str]
) -> None:
    """It does not take the place of what has learned a day since, without that day."""
    entry = await _async_home(hass)
    path = anew_path(store_file(hass))
    fresh = SqliteStore(path)
    fresh.write_marks([LearnedDay(day, 9, 3) for day in days(FIRST, 28)])
    fresh.close()
    store = _store(entry)
    # The newest day is learned while the history it was learned from cannot be read.
    store.forget_after(LAST - timedelta(days=1))
    Anew(FIRST, IN_INFLUXDB, complete=True).keep(store)
    with (
        patch(
            "custom_components.pattern_intelligence.learning_anew.async_with_history",
            side_effect=SourceUnavailableError("away"),
        ),
        pytest.raises(HomeAssistantError, match="away"),
    ):
        await async_call(hass, "run_analysis")
    complaints.clear()
    assert store.learned()[-1].day == LAST
    await hass.config_entries.async_unload(entry.entry_id)
    built_in = SqliteStore(store_file(hass))
    settle(built_in, path, None)
    assert [mark.day for mark in built_in.learned()] == days(KNOWN, 19)
    built_in.close()


def test_begun_by_an_earlier_version(tmp_path: Path) -> None:
    """It is gone on with: what could not be asked for then was not."""
    store = SqliteStore(tmp_path / "store.db")
    store.write_text(
        ANEW,
        '{"first": "2026-02-01", "where": "influxdb", "discard": true, '
        '"complete": false}',
    )
    assert Anew.of(store) == Anew(FIRST, IN_INFLUXDB, discard=True)
    store.close()
