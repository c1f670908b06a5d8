"""The services: their responses, their filters, and what they refuse."""

from datetime import date
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
import voluptuous as vol

from custom_components.pattern_intelligence import learner
from custom_components.pattern_intelligence.const import DOMAIN, Trigger
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.parts import Parts
from custom_components.pattern_intelligence.stores.base import Layer
from custom_components.pattern_intelligence.work import Wish

from .common import (
    async_begin,
    async_call,
    async_learned,
    async_set_up,
    learner_of,
    shown,
)
from .history import DOOR, KETTLE, KITCHEN, async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")

FIRST = date(2026, 2, 1)
FIELDS = {
    "id",
    "type",
    "title",
    "description",
    "entities",
    "area_ids",
    "when",
    "lag_s",
    "duration_s",
    "context",
    "evidence",
    "confidence",
    "provenance",
    "automated_by",
    "first_seen",
    "last_seen",
    "status",
}


def _entities(pattern: dict[str, Any]) -> set[str]:
    return {entity["entity_id"] for entity in pattern["entities"]}


async def test_patterns_in_the_form_of_the_contract(hass: HomeAssistant) -> None:
    """The response has the fields of the contract, and the habit is in it."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    response = await async_call(hass, "get_patterns")
    assert response["schema"] == 1
    home = response["home"]
    assert home["time_zone"] == "Europe/Berlin"
    assert (home["first_day"], home["last_day"]) == ("2026-02-01", "2026-03-01")
    assert (home["days"], home["entities"]) == (29, 3)
    assert home["events"] == int(shown(hass, "events_processed"))
    assert set(response["run"]["seconds"]) == {
        "read",
        "aggregate",
        "store",
        "detect",
        "total",
    }
    assert all(pattern.keys() >= FIELDS for pattern in response["patterns"])
    kitchen = [
        pattern
        for pattern in response["patterns"]
        if pattern["entities"] == [{"entity_id": KITCHEN, "state": "on"}]
        and pattern["when"]
    ]
    assert kitchen
    assert "06:40" <= kitchen[0]["when"]["time"] <= "06:50"
    assert not any(DOOR in _entities(pattern) for pattern in response["patterns"])


@pytest.mark.parametrize(
    ("asked", "admits"),
    [
        ({"type": "co_occurrence"}, lambda p: p["type"] == "co_occurrence"),
        (
            {"type": ["time_of_day", "co_occurrence"]},
            lambda p: p["type"] in {"time_of_day", "co_occurrence"},
        ),
        ({"entity_id": KETTLE}, lambda p: KETTLE in _entities(p)),
        ({"area_id": "kitchen"}, lambda p: "kitchen" in p["area_ids"]),
        ({"min_confidence": 0.95}, lambda p: p["confidence"] >= 0.95),
        ({"status": ["new"]}, lambda p: p["status"] == "new"),
        ({"status": "accepted"}, lambda _: False),
        ({"type": "co_occurrence", "entity_id": DOOR}, lambda _: False),
    ],
)
async def test_filters(
    hass: HomeAssistant,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
    asked: dict[str, Any],
    admits: Any,
) -> None:
    """A filter gives exactly the patterns that it admits, in their order."""
    area = area_registry.async_create("Kitchen")
    light = entity_registry.async_get_or_create(
        "light", "test", "1", suggested_object_id="kitchen"
    )
    entity_registry.async_update_entity(light.entity_id, area_id=area.id)
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    everything = (await async_call(hass, "get_patterns"))["patterns"]
    found = (await async_call(hass, "get_patterns", **asked))["patterns"]
    assert found == [pattern for pattern in everything if admits(pattern)]
    assert len(found) < len(everything) or "status" in asked or "type" in asked


async def test_patterns_before_anything_was_learned(hass: HomeAssistant) -> None:
    """There is an answer, and it says why it is empty."""
    await async_set_up(hass)
    response = await async_call(hass, "get_patterns")
    assert response["patterns"] == []
    assert response["home"]["days"] == 0
    assert response["not_yet"] == dict.fromkeys(
        (kind.value for kind in registry()), "No complete day has been learned yet."
    )


async def test_run_learns_only_what_is_due(
    hass: HomeAssistant, written: DayTap
) -> None:
    """With nothing due, no day is processed and nothing changes."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    response = await async_call(hass, "run_analysis")
    assert len(written.days) == 29
    seconds = response.pop("seconds")
    assert isinstance(seconds, float)
    assert response == {
        "days_processed": 0,
        "periods_processed": 0,
        "events": 0,
        "patterns_found": int(shown(hass, "patterns")),
        "patterns_changed": 0,
    }


async def test_run_again(hass: HomeAssistant, written: DayTap) -> None:
    """The last days are learned again, in order; what is known stays the same.

    Seven rows a day of light and kettle, and twelve of the door.
    """
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    before = await async_call(hass, "get_patterns")
    response = await async_call(hass, "run_analysis", days=3)
    assert written.days[29:] == days(date(2026, 2, 27), 3)
    assert response["days_processed"] == 3
    assert response["events"] == 3 * (7 + 12)
    assert response["patterns_changed"] == 0
    after = await async_call(hass, "get_patterns")
    assert after["patterns"] == before["patterns"]
    assert after["home"] == before["home"]


async def test_run_finds_what_was_recorded_late(hass: HomeAssistant) -> None:
    """A new habit that appears in days learned again is counted as changed."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass, scope={"excluded_entities": [KETTLE]})
    before = await async_call(hass, "get_patterns")
    assert not any(KETTLE in _entities(pattern) for pattern in before["patterns"])
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    hass.config_entries.async_update_entry(entry, options={})
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    response = await async_call(hass, "run_analysis", days=27)
    assert response["days_processed"] == 27
    after = await async_call(hass, "get_patterns")
    added = [p for p in after["patterns"] if KETTLE in _entities(p)]
    assert added
    assert response["patterns_found"] == len(after["patterns"])
    assert response["patterns_changed"] >= len(added)


@pytest.mark.parametrize(
    ("scope", "periods"),
    [
        # Monday 2 February to Sunday 1 March, and the Sunday before, alone.
        ("weekly", 5),
        # February; March has only begun.
        ("monthly", 1),
    ],
)
async def test_run_sums_up_again(hass: HomeAssistant, scope: str, periods: int) -> None:
    """Complete weeks and months are re-rolled, and come out as they were."""
    await async_record(hass, household(days(FIRST, 29)))
    entry = await async_set_up(hass)
    store = entry.runtime_data.parts.storage.aggregates
    before = store.periods(Layer(scope))
    response = await async_call(hass, "run_analysis", scope=scope)
    assert response["periods_processed"] == periods
    assert response["days_processed"] == 0
    assert store.periods(Layer(scope)) == before
    assert len(before) == periods


async def test_run_sums_up_only_the_last_days(hass: HomeAssistant) -> None:
    """With days, only periods in which one of them lies: here the last two weeks."""
    await async_record(hass, household(days(FIRST, 29)))
    await async_set_up(hass)
    response = await async_call(hass, "run_analysis", scope="weekly", days=8)
    assert response["periods_processed"] == 2
    assert response["days_processed"] == 0


@pytest.mark.parametrize(
    ("service", "data"),
    [
        ("run_analysis", {"days": 0}),
        ("run_analysis", {"days": 28}),
        ("run_analysis", {"scope": "yearly"}),
        ("get_patterns", {"type": "habit"}),
        ("get_patterns", {"status": "gone"}),
        ("get_patterns", {"min_confidence": 1.5}),
    ],
)
async def test_bad_calls_are_refused(
    hass: HomeAssistant, service: str, data: dict[str, Any]
) -> None:
    """What makes no sense is refused by the schema."""
    await async_set_up(hass)
    with pytest.raises(vol.Invalid):
        await async_call(hass, service, **data)


@pytest.mark.parametrize("service", ["run_analysis", "get_patterns"])
async def test_calls_while_not_loaded(hass: HomeAssistant, service: str) -> None:
    """The services stay registered, and say what to do."""
    entry = await async_set_up(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await async_call(hass, service)
    assert raised.value.translation_key == "not_loaded"


async def test_run_that_is_stopped(hass: HomeAssistant, written: DayTap) -> None:
    """Whoever waits for a run hears that it was stopped."""
    await async_record(hass, household(days(FIRST, 5)))
    written.stop_before(date(2026, 2, 2))
    entry = await async_begin(hass)
    await hass.async_add_executor_job(written.wait)
    call = hass.async_create_task(async_call(hass, "run_analysis"))
    written.release_soon()
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(HomeAssistantError) as raised:
        await call
    assert raised.value.translation_key == "run_stopped"


async def test_who_joins_at_the_very_end_is_served(
    hass: HomeAssistant, written: DayTap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a run looks at the buckets of a server, it can still be joined."""
    await async_record(hass, household(days(date(2026, 2, 25), 5)))
    running = learner_of(await async_set_up(hass))
    written.days.clear()
    joined: list[Any] = []

    async def check(_hass: HomeAssistant, _parts: Parts) -> None:
        if not joined:
            joined.append(running.async_run(Trigger.SERVICE, Wish(again=1)))

    monkeypatch.setattr(learner, "async_check_buckets", check)
    response = await async_call(hass, "run_analysis")
    assert len(joined) == 1
    assert written.days == [date(2026, 3, 1)]
    assert response["days_processed"] == 1
