"""From when to when there are points, and the long stretches without any."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from ...engine.civil import DAY_MS, CivilTime, days_between
from .rows import NS, instant_of
from .server import Rows, Server

SILENT_DAYS: Final = 7
"""So many local days in a row without any point are no part of the home's past."""

_PROBED_MS: Final = DAY_MS
_STRIDE_MS: Final = 6 * DAY_MS
"""Together no more than those: wherever they begin, a probed stretch lies within."""

_ASKED_MS: Final = 90 * DAY_MS

_FIELDS: Final = ('"state"::string', '"value"::float')
_ANY: Final = '"domain" =~ /./'
"""Only what Home Assistant wrote: others may share the bucket."""

type Edges = tuple[int, int]


def edges(server: Server, low: int, high: int) -> Edges | None:
    """Return the instants of the first and the last point from low to high. Blocks.

    Asked for a quarter of a year at a time: a server opens all that lies in a stretch,
    and for years of it would be silent for minutes.

    Args:
        server: asked.
        low: UTC milliseconds.
        high: UTC milliseconds.

    Returns:
        UTC milliseconds; None where there is no point.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    first = _first(server, low, high)
    if first is None:
        return None
    last = _last(server, first, high)
    return first, first if last is None else last


def silent_days(server: Server, whole: Edges, civil: CivilTime) -> frozenset[date]:
    """Return the local days of long stretches without a point. Blocks.

    Args:
        server: asked.
        whole: the first and the last instant there is a point.
        civil: the home's civil time.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    found: set[date] = set()
    at, end = whole
    while at < end:
        following = at + _STRIDE_MS
        if not _any(server, at, at + _PROBED_MS):
            before = _last(server, whole[0], at)
            after = _first(server, at, end)
            following = end if after is None else after
            first = civil.day_of(at if before is None else before) + timedelta(days=1)
            last = civil.day_of(following) - timedelta(days=1)
            if (last - first).days + 1 >= SILENT_DAYS:
                found |= set(days_between(first, last))
        at = following
    return frozenset(found)


def days_with_points(
    server: Server, civil: CivilTime, days: Collection[date]
) -> frozenset[date]:
    """Return those of some local days of which there is any point. Blocks.

    Args:
        server: asked, once or twice for each of them.
        civil: the home's civil time.
        days: local dates.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    bounds = {day: civil.bounds(day) for day in days}
    return frozenset(
        day for day, (start, end) in bounds.items() if _any(server, start, end - 1)
    )


def _first(server: Server, low: int, high: int) -> int | None:
    while low <= high:
        top = min(low + _ASKED_MS, high)
        if instants := _selected(server, "first", low, top):
            return min(instants)
        low = top + 1
    return None


def _last(server: Server, low: int, high: int) -> int | None:
    while low <= high:
        bottom = max(high - _ASKED_MS, low)
        if instants := _selected(server, "last", bottom, high):
            return max(instants)
        high = bottom - 1
    return None


def _any(server: Server, low: int, high: int) -> bool:
    return any(_instants(server, "first", field, low, high) for field in _FIELDS)


def _selected(server: Server, which: str, low: int, high: int) -> list[int]:
    """Return the instants of each measurement's first or last points."""
    return [
        instant
        for field in _FIELDS
        for instant in _instants(server, which, field, low, high)
    ]


def _instants(server: Server, which: str, field: str, low: int, high: int) -> list[int]:
    def take(rows: Rows) -> list[int]:
        return [instant_of(int(row[2])) for row in rows]

    return server.ask(
        take,
        f"SELECT {which}({field}) FROM /.*/ WHERE time >= $low "  # noqa: S608
        f"AND time <= $high AND {_ANY}",
        {"low": low * NS, "high": high * NS},
    )
