"""What a person has changed in what is learned, with its aggregates on an InfluxDB."""

from datetime import timedelta

from homeassistant.core import HomeAssistant

from custom_components.pattern_intelligence.engine.sums import SUM_TABLES
from custom_components.pattern_intelligence.engine.tables import DAY_TABLES
from custom_components.pattern_intelligence.stores.base import AggregateStore, Layer
from custom_components.pattern_intelligence.stores.influx.address import InfluxAddress

from .common import async_call, async_learned, shown
from .history import DOOR, KETTLE, KITCHEN, async_record, days, household
from .test_influx import TODAY, _async_make, _entry, _now, address  # noqa: F401


def _stored_ids(store: AggregateStore) -> set[str]:
    """Return every entity id in any table of any layer."""
    first = TODAY - timedelta(days=60)
    found = [store.read_days(spec, first, TODAY) for spec in DAY_TABLES]
    for layer in (Layer.WEEKLY, Layer.MONTHLY):
        found += [store.read_periods(layer, spec, first, TODAY) for spec in SUM_TABLES]
    return {one for rows in found for one in rows.table.texts("entity_id")}


async def test_forgotten_and_learned_anew(
    hass: HomeAssistant,
    address: InfluxAddress,  # noqa: F811
) -> None:
    """An entity is gone from the server, then everything; relearned, all is back."""
    first = TODAY - timedelta(days=16)
    await async_record(hass, household(days(first, 16)))
    await _async_make(hass, address, 90)
    entry = _entry(address)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await async_learned(hass)
    store = entry.runtime_data.parts.storage.aggregates
    before = await async_call(hass, "get_patterns")
    assert before["patterns"]
    assert _stored_ids(store) == {KITCHEN, KETTLE, DOOR, "home"}

    response = await async_call(hass, "forget", entity_id=KETTLE)
    await async_learned(hass)
    assert response["rows"] > 16
    assert _stored_ids(store) == {KITCHEN, DOOR, "home"}
    found = await async_call(hass, "get_patterns", entity_id=KETTLE)
    assert found["patterns"] == []

    assert await async_call(hass, "forget", everything=True) == {"days": 16}
    await async_learned(hass)
    assert _stored_ids(store) == set()
    assert shown(hass, "days_learned") == "0"

    await async_call(hass, "relearn", first_day=first.isoformat())
    assert (await async_call(hass, "get_patterns"))["patterns"] == before["patterns"]
