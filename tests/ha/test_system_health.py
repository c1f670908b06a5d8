"""What the page System information tells."""

from datetime import date
from typing import Any

from homeassistant.components.system_health import DOMAIN as SYSTEM_HEALTH
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.pattern_intelligence import system_health
from custom_components.pattern_intelligence.backup import (
    async_post_backup,
    async_pre_backup,
)
from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.stores.base import StoreUnavailableError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .common import async_set_up
from .history import async_record, days, household

pytestmark = pytest.mark.freeze_time("2026-03-02 11:00:00+00:00")


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    assert await async_setup_component(hass, SYSTEM_HEALTH, {})
    await hass.async_block_till_done()
    info: dict[str, Any] = await get_system_health_info(hass, DOMAIN)
    return info


async def test_how_far_back_each_layer_goes(hass: HomeAssistant) -> None:
    """29 days are four weeks and a Sunday, and the month of February."""
    await async_record(hass, household(days(date(2026, 2, 1), 29)))
    await async_set_up(hass)
    info = await _async_info(hass)
    size = info.pop("size")
    assert size.endswith(" MB")
    assert 0 < float(size.removesuffix(" MB")) < 10
    assert info.pop("last_run").isoformat() == "2026-03-02T11:00:00+00:00"
    assert info == {
        "status": "idle",
        "store": "built_in",
        "days": 29,
        "daily": "2026-02-01 – 2026-03-01",
        "weekly": "2026-01-26 – 2026-02-23",
        "monthly": "2026-02-01 – 2026-02-01",
    }


async def test_before_anything_was_learned(hass: HomeAssistant) -> None:
    """There is nothing to tell of the layers yet."""
    await async_set_up(hass)
    info = await _async_info(hass)
    assert {info[layer] for layer in ("daily", "weekly", "monthly")} == {"–"}


async def test_while_not_loaded(hass: HomeAssistant) -> None:
    """It does not fail."""
    entry = await async_set_up(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    assert await _async_info(hass) == {"status": "not loaded"}


async def test_store_that_does_not_answer(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is looked at most when something is wrong."""
    await async_set_up(hass)

    def size(_store: SqliteStore) -> None:
        raise StoreUnavailableError("gone")

    monkeypatch.setattr(SqliteStore, "size", size)
    info = await _async_info(hass)
    assert info["size"] == {"type": "failed", "error": "StoreUnavailableError"}


async def test_during_a_backup(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not wait for its end."""
    await async_set_up(hass)
    # The clock of these tests stands still: only no patience at all runs out.
    monkeypatch.setattr(system_health, "PATIENCE_S", 0)
    await async_pre_backup(hass)
    info = await _async_info(hass)
    assert (info["status"], info["size"]["error"]) == ("paused", "TimeoutError")
    await async_post_backup(hass)
