"""From when to when there are points, and the long stretches without any."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from ...engine.civil import DAY_MS, CivilTime, days_between
from .rows import NS, instant_of
from .server import Rows, Server

SILENT_DAYS: Final = 7
"""So many local days in a row without any point are no part of the home's past."""

_PROBED_MS: Final = 3 * DAY_MS
"""Less than half of them: wherever they begin, a probed stretch lies within."""

_FIELDS: Final = ('"state"::string', '"value"::float')
_ANY: Final = '"domain" =~ /./'
"""Only what Home Assistant wrote: others may share the bucket."""

type Edges = tuple[int, int]


def edges(server: Server, low: int, high: int) -> Edges | None:
    """Return the instants of the first and the last point from low to high. Blocks.

    Args:
        server: asked.
        low: UTC milliseconds.
        high: UTC milliseconds.

    Returns:
        UTC milliseconds; None where there is no point.

    Raises:
        InfluxSourceError: the server is away, or says no.
    """
    first = [*_selected(server, "first", low, high)]
    if not first:
        return None
    return min(first), max(_selected(server, "last", low, high))


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
        following = at + _PROBED_MS
        if not _selected(server, "first", at, following):
            before = max(_selected(server, "last", whole[0], at))
            following = min(_selected(server, "first", at, end), default=end)
            first = civil.day_of(before) + timedelta(days=1)
            last = civil.day_of(following) - timedelta(days=1)
            if (last - first).days + 1 >= SILENT_DAYS:
                found |= set(days_between(first, last))
        at = following
    return frozenset(found)


def _selected(server: Server, which: str, low: int, high: int) -> list[int]:
    """Return the instants of each measurement's first or last points."""

    def take(rows: Rows) -> list[int]:
        return [instant_of(int(row[2])) for row in rows]

    values = {"low": low * NS, "high": high * NS}
    found: list[int] = []
    for field in _FIELDS:
        found += server.ask(
            take,
            f"SELECT {which}({field}) FROM /.*/ WHERE time >= $low "  # noqa: S608
            f"AND time <= $high AND {_ANY}",
            values,
        )
    return found
