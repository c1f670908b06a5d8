"""The sensors' values and attributes."""

from datetime import date
import json

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import async_update_entity
import pytest

from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.sensor import strongest

from .common import (
    PREFIX,
    async_begin,
    async_call,
    async_clock,
    async_learned,
    async_set_up,
    attribute,
    shown,
)
from .history import async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


async def test_values(hass: HomeAssistant) -> None:
    """The sensors say what was learned: 29 days of 19 rows each."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    await async_set_up(hass)
    found = (await async_call(hass, "get_patterns"))["patterns"]
    by_type = {
        kind: [p for p in found if p["type"] == kind]
        for kind in ("time_of_day", "co_occurrence")
    }
    assert shown(hass, "patterns") == str(len(found))
    assert shown(hass, "time_of_day_patterns") == str(len(by_type["time_of_day"]))
    assert shown(hass, "link_patterns") == str(len(by_type["co_occurrence"]))
    assert shown(hass, "days_learned") == "29"
    assert shown(hass, "events_processed") == str(29 * 19)
    assert shown(hass, "last_run") == "2026-03-02T11:00:00+00:00"
    assert shown(hass, "next_run").startswith("2026-03-03T03:05:")
    assert shown(hass, "status") == "idle"
    assert attribute(hass, "status", "message") is None
    assert attribute(hass, "status", "progress") is None
    brief = attribute(hass, "time_of_day_patterns", "patterns")
    first = by_type["time_of_day"][0]
    assert brief[0] == {
        "id": first["id"],
        "title": first["title"],
        "time": first["when"]["time"],
        "weekdays": first["when"]["weekdays"],
        "confidence": first["confidence"],
    }
    link = attribute(hass, "link_patterns", "patterns")[0]
    assert (link["time"], link["weekdays"]) == (None, None)


async def test_progress_while_learning(hass: HomeAssistant, written: DayTap) -> None:
    """While the third of five days is learned, two are done."""
    await async_record(hass, household(days(date(2026, 2, 25), 5)))
    written.stop_before(date(2026, 2, 27))
    await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    await hass.async_block_till_done()
    assert attribute(hass, "status", "progress") == {"days_done": 2, "days_total": 5}
    assert shown(hass, "days_learned") == "2"
    written.release()
    await async_learned(hass)


async def test_patterns_are_there_before_all_is_learned(
    hass: HomeAssistant, written: DayTap
) -> None:
    """After each Sunday of the first learning, what was found so far is shown."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    written.stop_before(date(2026, 2, 23))
    await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    await hass.async_block_till_done()
    response = await async_call(hass, "get_patterns")
    assert response["home"]["last_day"] == "2026-02-22"
    assert response["patterns"]
    written.release()
    await async_learned(hass)


async def test_next_run_moves_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """After a night, the next one is announced."""
    await async_set_up(hass)
    await async_clock(hass, freezer, "2026-03-03 04:06:00+01:00")
    assert shown(hass, "next_run").startswith("2026-03-04T03:05:")
    assert shown(hass, "last_run").startswith("2026-03-03T03:06:00")


async def test_figures_on_how_it_runs_are_diagnostic(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """What was found is for everybody, how learning goes for whoever looks."""
    entry = await async_set_up(hass)
    categories = {
        entity.unique_id.removeprefix(f"{entry.entry_id}_"): entity.entity_category
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    }
    diagnostic = EntityCategory.DIAGNOSTIC
    assert categories == {
        "patterns": None,
        **{f"patterns_{kind.value}": None for kind in registry()},
        "new_this_week": None,
        "anomalies_yesterday": None,
        "anomaly_today": None,
        "news": None,
        "routines": None,
        "status": diagnostic,
        "last_run": diagnostic,
        "last_run_duration": diagnostic,
        "last_run_events": diagnostic,
        "next_run": diagnostic,
        "days_learned": diagnostic,
        "events_processed": diagnostic,
        "store_size": diagnostic,
        "store_reachable": diagnostic,
        "learning": EntityCategory.CONFIG,
        "run_now": EntityCategory.CONFIG,
    }


async def test_figures_for_the_curious_are_off_by_default(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """What few people look at is there when they switch it on."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    entry = await async_set_up(hass)
    disabled = {
        entity.unique_id.removeprefix(f"{entry.entry_id}_"): entity.entity_id
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if entity.disabled_by
    }
    assert disabled.keys() == {"last_run_duration", "last_run_events", "store_size"}
    for entity_id in disabled.values():
        entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    await async_call(hass, "run_analysis", days=2)
    # The door has twelve rows a day, light and kettle seven.
    assert shown(hass, "last_run_events") == str(2 * 19)
    # The clock stands still in tests.
    assert shown(hass, "last_run_duration") == "0.0"
    assert float(shown(hass, "store_size")) > 0


async def test_asked_for_an_update_they_stay(hass: HomeAssistant) -> None:
    """Nothing is polled, and asking does no harm."""
    await async_set_up(hass)
    await async_update_entity(hass, PREFIX + "patterns")
    assert shown(hass, "patterns") == "0"


def _pattern(number: int, title: str) -> Json:
    weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return {
        "id": f"{number:016x}",
        "title": title,
        "when": {"time": "06:45", "weekdays": weekdays},
        "confidence": 0.9,
    }


def test_attribute_lists_ten() -> None:
    """Of twelve, the first ten in their order."""
    patterns = [_pattern(number, "A short title") for number in range(12)]
    assert [p["id"] for p in strongest(patterns)] == [p["id"] for p in patterns[:10]]


@pytest.mark.parametrize("letter", ["x", "ü", "\U0001f600", '"'])
def test_attribute_stays_small(letter: str) -> None:
    """However long and in whatever script titles are, 4 kB are not exceeded."""
    patterns = [_pattern(number, letter * 255) for number in range(12)]
    brief = strongest(patterns)
    assert 4 <= len(brief) <= 10
    encoded = json.dumps(brief, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(encoded) <= 4096
