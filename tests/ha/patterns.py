"""Patterns in the form of the contract, for what happens once they are found."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.pattern_intelligence.const import DOMAIN
from custom_components.pattern_intelligence.coordinator import PatternCoordinator
from custom_components.pattern_intelligence.engine.pattern import Json

from .history import KITCHEN

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def when(time: str, earliest: str, latest: str, **more: Any) -> Json:
    """Return a time that is kept on every day."""
    return {
        "time": time,
        "earliest": earliest,
        "latest": latest,
        "anchor": "each",
        "weekdays": EVERY_DAY,
        "day_kind": "any",
        "date": None,
        **more,
    }


def habit(id_: str, time: Json | None, **more: Any) -> Json:
    """Return a habit of the kitchen light."""
    return {
        "id": id_,
        "type": "time_of_day",
        "title": f"Habit {id_}",
        "description": f"What {id_} is.",
        "entities": [{"entity_id": KITCHEN, "state": "on"}],
        "area_ids": [],
        "when": time,
        "lag_s": None,
        "duration_s": None,
        "context": None,
        "evidence": {"days_eligible": 40, "days_matched": 36},
        "confidence": 0.8,
        "first_seen": "2026-02-01",
        "last_seen": "2026-03-01",
        "status": "active",
        **more,
    }


def anomaly(id_: str, day: str) -> Json:
    """Return what was out of the ordinary on a day."""
    return habit(
        id_, when("03:10", "03:10", "03:10", date=day), type="anomaly", status="new"
    )


def report(*patterns: Json, last_day: str = "2026-03-01") -> Json:
    """Return a report that says nothing but some patterns."""
    return {
        "schema": 1,
        "home": {
            "time_zone": "Europe/Berlin",
            "first_day": "2026-02-01",
            "last_day": last_day,
            "days": 29,
            "events": 551,
            "entities": 3,
        },
        "run": {"seconds": {}, "peak_rss_mb": None, "rss_before_mb": None},
        "patterns": list(patterns),
        "track_record": {},
        "not_yet": {},
    }


def coordinator_of(hass: HomeAssistant) -> PatternCoordinator:
    """Return what hands reports to the entities."""
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    coordinator: PatternCoordinator = entry.runtime_data.parts.coordinator
    return coordinator


async def async_show(
    hass: HomeAssistant, *patterns: Json, last_day: str = "2026-03-01"
) -> None:
    """Have the entities show a report."""
    coordinator_of(hass).async_publish(report=report(*patterns, last_day=last_day))
    await hass.async_block_till_done()
