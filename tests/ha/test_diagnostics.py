"""Diagnostics tell how it runs, and nothing of who lives there."""

from datetime import date
import json

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_dumps
import pytest

from custom_components.pattern_intelligence import diagnostics
from custom_components.pattern_intelligence.backup import (
    async_post_backup,
    async_pre_backup,
)
from custom_components.pattern_intelligence.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_call, async_set_up
from .history import DOOR, KETTLE, KITCHEN, async_record, days, household
from .taps import DayTap

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


async def test_what_is_in_them(hass: HomeAssistant) -> None:
    """Settings, counts, the store and the run: 29 days of 19 rows."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    entry = await async_set_up(
        hass,
        scope={
            "excluded_entities": ["light.secret"],
            "excluded_areas": ["bedroom"],
            "excluded_labels": ["private"],
            "excluded_domains": ["climate"],
        },
        holidays={"workday_entity": "binary_sensor.my_work", "subdivision": "BY"},
    )
    (first, second, *_) = (await async_call(hass, "get_patterns"))["patterns"]
    await async_call(hass, "dismiss_pattern", pattern_id=first["id"])
    await async_call(hass, "follow_pattern", pattern_id=second["id"])
    found = await async_get_config_entry_diagnostics(hass, entry)
    text = json_dumps(found)
    told = (KITCHEN, KETTLE, DOOR, "secret", "bedroom", "private", "Kitchen", "06:4")
    for private in (*told, "my_work", "BY"):
        assert private not in text
    assert found["options"]["scope"]["excluded_domains"] == ["climate"]
    assert found["data"] == {"store": "built_in"}
    assert (found["status"], found["days"], found["events"]) == ("idle", 29, 551)
    assert sum(sum(c.values()) for c in found["patterns"].values()) > 0
    assert found["decisions"] == {"dismissed": 1, "followed": 1}
    assert found["learning"]
    assert found["store"]["days"] == 29
    assert found["store"]["bytes"] > 0
    (run,) = found["runs"]
    assert (run["trigger"], run["days"], run["rows"]) == ("start", 29, 551)
    assert run["error"] is None
    assert run["peak_rss_mb"] >= run["rss_before_mb"] > 10


async def test_the_last_thirty_runs(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Of 32 runs, the two oldest are forgotten."""
    entry = await async_set_up(hass)
    for _ in range(31):
        freezer.tick(60)
        await async_call(hass, "run_analysis")
    runs = (await async_get_config_entry_diagnostics(hass, entry))["runs"]
    assert len(runs) == 30
    started = [run["started"] for run in runs]
    assert started == sorted(started)
    assert started[0] == "2026-03-02T11:02:00+00:00"
    json.dumps(runs)


async def test_store_that_does_not_answer(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Diagnostics are wanted most when something is wrong."""
    entry = await async_set_up(hass)

    def size(_store: SqliteStore) -> None:
        raise StoreUnavailableError("/home/somebody/config is full")

    monkeypatch.setattr(SqliteStore, "size", size)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["store"] == {"error": "StoreUnavailableError"}


async def test_a_run_that_failed(
    hass: HomeAssistant, written: DayTap, complaints: list[str]
) -> None:
    """It is among the runs, with its error's kind, but not what that says."""
    await async_record(hass, household(days(date(2026, 2, 20), 10)))
    written.failure = StoreUnavailableError("light.secret at 10.0.0.7: denied")
    entry = await async_set_up(hass)
    complaints.clear()
    found = await async_get_config_entry_diagnostics(hass, entry)
    (run,) = found["runs"]
    assert run["error"] == "StoreUnavailableError"
    assert "secret" not in json_dumps(found)
    assert "10.0.0.7" not in json_dumps(found)


async def test_secrets(hass: HomeAssistant) -> None:
    """What a store needs to be reached is not told."""
    entry = await async_set_up(hass)
    told = {"prefix": "habits", "verify_ssl": True}
    secret = {
        "url": "http://10.0.0.7",
        "organization": "The Smiths",
        "token": "t0ps3cret",
        "ca_file": "/home/smith/ca.pem",
    }
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "influxdb": told | secret}
    )
    data = (await async_get_config_entry_diagnostics(hass, entry))["data"]
    assert data["store"] == "built_in"
    assert data["influxdb"] == told | dict.fromkeys(secret, "**REDACTED**")


async def test_during_a_backup(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They do not wait for its end: the runs are there, the store's figures are not."""
    entry = await async_set_up(hass)
    # The clock of these tests stands still: only no patience at all runs out.
    monkeypatch.setattr(diagnostics, "PATIENCE_S", 0)
    await async_pre_backup(hass)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["status"] == "paused"
    assert found["store"] == {"error": "TimeoutError"}
    assert [run["trigger"] for run in found["runs"]] == ["start"]
    monkeypatch.undo()
    await async_post_backup(hass)
    assert (await async_get_config_entry_diagnostics(hass, entry))["store"]["days"] == 0
