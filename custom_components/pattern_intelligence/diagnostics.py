"""Diagnostics, without anything that tells who lives there and how."""

from __future__ import annotations

from collections import Counter
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .const import CONF_EXCLUDED_AREAS, CONF_EXCLUDED_ENTITIES, CONF_EXCLUDED_LABELS
from .parts import Parts
from .run_log import RUNS
from .runtime import PatternIntelligenceConfigEntry
from .stores.base import StoreError
from .texts import items_of

REDACTED = {CONF_EXCLUDED_AREAS, CONF_EXCLUDED_ENTITIES, CONF_EXCLUDED_LABELS}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> dict[str, Any]:
    """Return settings, store, runs and counts; no entity, area, name or time."""
    parts = entry.runtime_data.parts
    snapshot = parts.coordinator.data
    return {
        "options": async_redact_data(dict(entry.options), REDACTED),
        "data": dict(entry.data),
        "status": snapshot.shown_status.value,
        "days": snapshot.days,
        "events": snapshot.events,
        "patterns": _counts(snapshot.patterns),
        "track_record": (snapshot.report or {}).get("track_record", {}),
        "not_yet": (snapshot.report or {}).get("not_yet", {}),
        "renames": len(parts.renames.aliases),
        **await parts.gate.async_run(_stored, parts, hass.config.config_dir),
    }


def _counts(patterns: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Return how many patterns there are, by type and status."""
    counts: dict[str, Counter[str]] = {}
    for pattern in patterns:
        counts.setdefault(pattern["type"], Counter())[pattern["status"]] += 1
    return {kind: dict(counter) for kind, counter in counts.items()}


def _stored(parts: Parts, folder: str) -> dict[str, Any]:
    """Return what the store tells of itself, and the last runs. Blocks.

    Args:
        parts: whose storage is asked.
        folder: the configuration directory, which errors name and nobody else needs.
    """
    try:
        size = parts.storage.aggregates.size()
        kept = parts.storage.aggregates.kept_days()
        runs = items_of(parts.storage.local.read_text(RUNS))
    except StoreError as err:
        return {"store": {"error": type(err).__name__}, "runs": []}
    return {
        "store": {"bytes": size.size, "rows": dict(size.rows), "days": len(kept)},
        "runs": [
            run | {"error": run["error"] and run["error"].replace(folder, "CONFIG")}
            for run in runs
        ],
    }
