"""Diagnostics, without anything that tells who lives there and how."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant

from .const import (
    CONF_EXCLUDED_AREAS,
    CONF_EXCLUDED_ENTITIES,
    CONF_EXCLUDED_LABELS,
    CONF_SUBDIVISION,
    CONF_WORKDAY_ENTITY,
)
from .decisions import Book
from .engine.pattern import Json
from .gate import in_executor
from .influx_entry import CONF_CA_FILE, CONF_ORGANIZATION
from .parts import Parts
from .run_log import RUNS
from .runtime import PatternIntelligenceConfigEntry
from .stores.base import StoreError
from .texts import items_of

REDACTED: Final = {
    CONF_EXCLUDED_AREAS,
    CONF_EXCLUDED_ENTITIES,
    CONF_EXCLUDED_LABELS,
    CONF_SUBDIVISION,
    CONF_WORKDAY_ENTITY,
}
SECRETS: Final = {
    CONF_CA_FILE,
    CONF_HOST,
    CONF_ORGANIZATION,
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
}

PATIENCE_S: Final = 5.0
"""Seconds the store may take: while a backup is made, its turn does not come."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: PatternIntelligenceConfigEntry
) -> dict[str, Any]:
    """Return settings, store, runs and counts; no entity, area, name or time."""
    parts = entry.runtime_data.parts
    snapshot = parts.coordinator.data
    return {
        "options": async_redact_data(dict(entry.options), REDACTED),
        "data": async_redact_data(dict(entry.data), SECRETS),
        "status": snapshot.shown_status.value,
        "days": snapshot.days,
        "events": snapshot.events,
        "learning": snapshot.learning,
        "patterns": _counts(snapshot.shown.patterns),
        "decisions": _decided(snapshot.shown.book),
        "track_record": (snapshot.report or {}).get("track_record", {}),
        "not_yet": (snapshot.report or {}).get("not_yet", {}),
        "renames": len(parts.renames.aliases),
        "store": await _async_store(parts),
        "runs": await in_executor(hass, _runs, parts),
    }


def _counts(patterns: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Return how many patterns there are, by type and status."""
    counts: dict[str, Counter[str]] = {}
    for pattern in patterns:
        counts.setdefault(pattern["type"], Counter())[pattern["status"]] += 1
    return {kind: dict(counter) for kind, counter in counts.items()}


def _decided(book: Book) -> dict[str, int]:
    """Return how many decisions of which kind there are."""
    kinds = Counter(one.verdict for one in book.values() if one.verdict)
    kinds["followed"] = sum(one.followed for one in book.values())
    return dict(kinds)


async def _async_store(parts: Parts) -> dict[str, Any]:
    """Return what the store tells of itself, if its turn comes."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await parts.gate.async_run(_store, parts)
    except (StoreError, TimeoutError) as err:
        return {"error": type(err).__name__}


def _store(parts: Parts) -> dict[str, Any]:
    """Return the figures of the store. Blocks.

    Raises:
        StoreError: it does not answer.
    """
    size = parts.storage.aggregates.size()
    kept = parts.storage.aggregates.kept_days()
    return {"bytes": size.size, "rows": dict(size.rows), "days": len(kept)}


def _runs(parts: Parts) -> list[Json]:
    """Return the last runs, without what errors say. Blocks.

    It does not wait for its turn: the built-in store lets itself be read meanwhile.
    """
    try:
        runs = items_of(parts.storage.local.read_text(RUNS))
    except StoreError:
        return []
    for run in runs:
        kind = run.pop("error_type", None)
        run["error"] = (kind or "unknown") if run["error"] else None
    return runs
