"""What was learned is held against a batch run over the same days."""

# ruff: noqa: ASYNC240

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
import tempfile
from threading import Event

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pattern_intelligence.engine.tables import (
    DAY_TABLES,
    HAPPENINGS,
    only,
)
from custom_components.pattern_intelligence.stores.base import (
    AggregateStore,
    StoreUnavailableError,
)

from .common import async_call, async_clock, async_learned, async_set_up, store_file
from .history import KETTLE, KITCHEN, async_record, days, household
from .patterns import coordinator_of
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-08 08:00:00+00:00")

FIRST = date(2026, 2, 8)
WRONG = date(2026, 2, 20)
LATELY = days(date(2026, 3, 4), 4)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for temporary files that nothing else uses."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


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


@asynccontextmanager
async def _asked(
    hass: HomeAssistant, written: DayTap, times: int = 1
) -> AsyncGenerator[list[asyncio.Task[object]]]:
    """Ask so many times at once; go on with a day in the midst when that is left."""
    written.days.clear()
    written.stop_before(LATELY[1])
    asked = [asyncio.ensure_future(async_call(hass, "validate")) for _ in range(times)]
    await hass.async_add_executor_job(written.wait)
    try:
        yield list(asked)
        # The clock stands still, so that there is no sleeping.
        await hass.async_add_executor_job(Event().wait, 0.1)
    finally:
        written.release()


async def _async_recorded(hass: HomeAssistant) -> MockConfigEntry:
    await async_record(hass, household(LATELY))
    return await async_set_up(hass)


async def test_asked_several_times_at_once(
    hass: HomeAssistant, written: DayTap, temporary: Path
) -> None:
    """The days are read once for all; who goes away stops nobody else."""
    await _async_recorded(hass)
    async with _asked(hass, written, times=3) as (gone, first, second):
        gone.cancel()
        await asyncio.wait([gone])
    assert await first == await second == await async_call(hass, "validate")
    assert written.days == 2 * LATELY
    assert [*temporary.iterdir()] == []


@pytest.mark.parametrize("way", ["stopped", "unloaded", "removed", "forgotten"])
async def test_ended_meanwhile(
    hass: HomeAssistant, written: DayTap, temporary: Path, way: str
) -> None:
    """It is given up after the day it is in, says so, and leaves nothing behind."""
    entry = await _async_recorded(hass)
    async with _asked(hass, written) as (asked,):
        if way == "stopped":
            hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        elif way == "unloaded":
            _ = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
        elif way == "removed":
            _ = hass.async_create_task(hass.config_entries.async_remove(entry.entry_id))
        else:
            _ = hass.async_create_task(async_call(hass, "forget", everything=True))
    with pytest.raises(HomeAssistantError, match="stopped before its end"):
        await asked
    assert written.days == LATELY[:2]
    assert [*temporary.iterdir()] == []
    await async_learned(hass)
    assert store_file(hass).exists() is (way != "removed")


async def test_no_room_for_it(
    hass: HomeAssistant, written: DayTap, temporary: Path
) -> None:
    """It is said what to do, nothing is left behind, and asked again it works."""
    await _async_recorded(hass)
    written.failure = StoreUnavailableError(
        "{path} cannot grow: make room on its disk", path="/there"
    )
    with pytest.raises(HomeAssistantError, match="Nothing could be compared: /there"):
        await async_call(hass, "validate")
    written.failure = None
    assert [*temporary.iterdir()] == []
    temporary.rmdir()
    for _ in range(2):
        with pytest.raises(HomeAssistantError, match="temporary files") as raised:
            await async_call(hass, "validate")
        assert raised.value.translation_key == "not_compared"
        temporary.write_text("no folder")
    temporary.unlink()
    temporary.mkdir()
    assert (await async_call(hass, "validate"))["equal"] is True
