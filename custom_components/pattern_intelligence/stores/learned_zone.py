"""The time zone whose days a store holds.

What is stored of a day counts from its first instant, so it is of no use once the
home's days begin at others.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from ..engine.civil import CivilTime
from .base import AggregateStore, LocalStore

TIME_ZONE: Final = "time_zone"
"""Name of the text that holds the zone's name."""


def note_zone(local: LocalStore, zone: ZoneInfo) -> None:
    """Keep the zone in which days are learned from now on.

    Raises:
        StoreError: the store failed.
    """
    if local.read_text(TIME_ZONE) != zone.key:
        local.write_text(TIME_ZONE, zone.key)


def foreign_zone(
    aggregates: AggregateStore, local: LocalStore, zone: ZoneInfo
) -> str | None:
    """Return the zone of the days learned, if they are others than those of a zone.

    Zones of different names, in which all those days begin and end alike, are not.

    Args:
        aggregates: holds the days.
        local: holds the name of their zone.
        zone: the home's.

    Raises:
        StoreError: the store failed.
    """
    known = local.read_text(TIME_ZONE)
    if not known or known == zone.key:
        return None
    learned = [mark.day for mark in aggregates.learned()]
    if not learned:
        return None
    try:
        before = CivilTime(ZoneInfo(known))
    except LookupError, ValueError, OSError:
        return known
    now = CivilTime(zone)
    same = all(before.bounds(day) == now.bounds(day) for day in learned)
    return None if same else known
