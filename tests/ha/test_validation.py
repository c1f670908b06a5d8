"""What was learned is held against a batch run over the same days."""

from datetime import date

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.pattern_intelligence.engine.tables import (
    DAY_TABLES,
    HAPPENINGS,
    only,
)
from custom_components.pattern_intelligence.stores.base import AggregateStore

from .common import async_call, async_clock, async_learned, async_set_up
from .history import KETTLE, KITCHEN, async_record, days, household
from .patterns import coordinator_of

pytestmark = pytest.mark.freeze_time("2026-03-08 08:00:00+00:00")

FIRST = date(2026, 2, 8)
WRONG = date(2026, 2, 20)


async def test_nothing_is_recorded(hass: HomeAssistant) -> None:
    """Then nothing can be said to be equal."""
    await async_set_up(hass)
    found = await async_call(hass, "validate")
    assert (found["equal"], found["days"], found["first_day"]) == (False, 0, None)


async def test_learned_night_by_night(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Exactly what one batch run over the same days says."""
    await async_record(hass, household(days(FIRST, 28)))
    await async_set_up(hass)
    for day in days(date(2026, 3, 8), 3):
        await async_record(hass, household([day], seed=day.day))
        await async_clock(hass, freezer, f"2026-03-{day.day + 1:02}T03:06:00+00:00")
    known = await async_call(hass, "get_patterns")
    found = await async_call(hass, "validate")
    assert found == {
        "equal": True,
        "first_day": "2026-02-08",
        "last_day": "2026-03-10",
        "days": 31,
        "rows": known["home"]["events"],
        "patterns": found["patterns"],
        "days_not_learned": [],
        "rows_that_differ": 0,
        "differences": [],
        "patterns_only_learned": [],
        "patterns_only_batch": [],
    }
    assert found["patterns"] > 0
    assert await async_call(hass, "get_patterns") == known


def _spoil(store: AggregateStore) -> None:
    """Take what happened to the kettle out of a day, and unlearn the last one."""
    mark = next(mark for mark in store.learned() if mark.day == WRONG)
    tables = {}
    for spec in DAY_TABLES:
        found = store.read_days(spec, WRONG, WRONG)
        if spec is HAPPENINGS:
            found = only(found, lambda one: one != KETTLE)
        tables[spec.name] = found.table
    store.write_day(mark, tables, keep_life=True)
    store.forget_after(date(2026, 3, 6))


async def test_what_differs_is_told(hass: HomeAssistant) -> None:
    """Which day, which table, which row, and a day that is missing."""
    await async_record(hass, household(days(FIRST, 28)))
    entry = await async_set_up(hass)
    store = entry.runtime_data.parts.storage.aggregates
    await hass.async_add_executor_job(_spoil, store)
    found = await async_call(hass, "validate")
    assert found["equal"] is False
    assert found["days_not_learned"] == ["2026-03-07"]
    assert found["rows_that_differ"] == len(found["differences"]) > 0
    assert {each["day"] for each in found["differences"]} == {WRONG.isoformat()}
    assert {(each["what"], each["key"][0]) for each in found["differences"]} == {
        (HAPPENINGS.name, KETTLE)
    }
    turned_on = next(each for each in found["differences"] if "on" in each["key"])
    assert turned_on["learned"] is None
    assert turned_on["batch"]["count"] == 1


async def test_left_out_since(hass: HomeAssistant) -> None:
    """What was learned of it is not compared: it is not read again."""
    await async_record(hass, household(days(FIRST, 28)))
    entry = await async_set_up(hass)
    scope = {"excluded_entities": [KITCHEN]}
    hass.config_entries.async_update_entry(entry, options={"scope": scope})
    await hass.config_entries.async_reload(entry.entry_id)
    await async_learned(hass)
    assert coordinator_of(hass).data.days == 28
    found = await async_call(hass, "validate")
    assert (found["equal"], found["days"], found["differences"]) == (True, 28, [])
