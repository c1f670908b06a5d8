"""What the page System information tells: how far back each layer goes, and its size."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .diagnostics import PATIENCE_S
from .parts import Parts
from .stores.base import Layer, StoreError


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is told."""
    register.async_register_info(
        _async_info, f"/config/integrations/integration/{DOMAIN}"
    )


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        return {"status": "not loaded"}
    parts: Parts = entries[0].runtime_data.parts
    snapshot = parts.coordinator.data
    return {
        "status": snapshot.shown_status.value,
        "store": parts.settings.store.value,
        "days": snapshot.days,
        "last_run": snapshot.last_run,
        **await _async_layers(parts),
    }


async def _async_layers(parts: Parts) -> dict[str, Any]:
    """Return how far each layer reaches, if the store's turn comes."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await parts.gate.async_run(_layers, parts)
    except (StoreError, TimeoutError) as err:
        return {"size": {"type": "failed", "error": type(err).__name__}}


def _layers(parts: Parts) -> dict[str, Any]:
    """Return the oldest and the newest day of each layer, and the size. Blocks.

    Raises:
        StoreError: the store does not answer.
    """
    store = parts.storage.aggregates
    size = store.size().size
    return {
        Layer.DAILY.value: _span(store.kept_days()),
        Layer.WEEKLY.value: _span(store.periods(Layer.WEEKLY)),
        Layer.MONTHLY.value: _span(store.periods(Layer.MONTHLY)),
        "size": None if size is None else f"{size / 1e6:.1f} MB",
    }


def _span(days: Sequence[date]) -> str:
    """Return from when to when, or nothing where there is nothing."""
    return f"{days[0].isoformat()} – {days[-1].isoformat()}" if days else "–"
