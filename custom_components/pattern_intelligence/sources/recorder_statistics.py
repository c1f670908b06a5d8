"""What meters counted, from the recorder's long-term statistics.

These are kept for ever, one row an hour, and hold a total that goes on where the meter
is replaced or begins anew at 0. What an hour counted is how much its total is above
that of the hour before, as the recorder itself tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Select, func, select

from ..engine.consumption import thousandths
from ..engine.home import Home
from ..engine.rawday import NO_COUNTS, Counts
from ..engine.scope import Scope, is_meter
from .base import Meter
from .recorder_schema import STATISTICS, STATISTICS_META

_CHUNK_ROWS: Final = 2_000
_STREAMED: Final = {"yield_per": _CHUNK_ROWS}
_OWN: Final = "recorder"
"""The source of statistics of entities; those of services belong to none."""


def read_meters(connection: Connection, home: Home, scope: Scope) -> list[Meter]:
    """Return the meters of which there are statistics, by their own id.

    Args:
        connection: to the recorder's database.
        home: the home's context.
        scope: the person's choice of entities.
    """
    meta = STATISTICS_META.c
    rows = connection.execute(
        select(meta.id, meta.statistic_id, meta.unit_of_measurement)
        .where(meta.source == _OWN, meta.has_sum.is_(True))
        .order_by(meta.id)
    )
    found = [
        Meter(int(number), home.resolve(name), unit or "")
        for number, name, unit in rows
        if name
    ]
    return [m for m in found if is_meter(home.entity(m.entity_id), m.unit, scope)]


def read_counts(
    connection: Connection, meters: Sequence[Meter], start: int, end: int
) -> Counts:
    """Return what meters counted in the hours that begin in an interval.

    Args:
        connection: to the recorder's database.
        meters: some of :func:`read_meters`.
        start: UTC milliseconds.
        end: the first after it.
    """
    if not meters:
        return NO_COUNTS
    keys = tuple(sorted({(meter.entity_id, meter.unit) for meter in meters}))
    place = {key: index for index, key in enumerate(keys)}
    streamed = {} if connection.dialect.name == "sqlite" else _STREAMED
    parts = [(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for meter in meters:
        before = _total_before(connection, meter, start)
        found = connection.execute(
            _totals(meter, start, end), execution_options=streamed
        )
        for rows in found.partitions(_CHUNK_ROWS):
            begins, sums = zip(*rows, strict=True)
            totals = thousandths(np.array((before, *sums), np.float64))
            instant = np.rint(np.array(begins, np.float64) * 1000).astype(np.int64)
            own = place[meter.entity_id, meter.unit]
            parts.append(
                (np.full(instant.size, own, np.int32), instant, np.diff(totals))
            )
            before = sums[-1]
    return Counts(keys, *map(np.concatenate, zip(*parts, strict=True)))


def first_hour(connection: Connection, meters: Sequence[Meter]) -> int | None:
    """Return when the first hour began that a meter counted, UTC milliseconds."""
    columns = STATISTICS.c
    # One by one, since only so each is answered from an index alone.
    found = [
        connection.execute(
            select(func.min(columns.start_ts)).where(
                columns.metadata_id == meter.number
            )
        ).scalar()
        for meter in meters
    ]
    known = [float(instant) for instant in found if instant is not None]
    return round(min(known) * 1000) if known else None


def _totals(meter: Meter, start: int, end: int) -> Select[Any]:
    columns = STATISTICS.c
    return (
        select(columns.start_ts, columns.sum)
        .where(
            columns.metadata_id == meter.number,
            columns.start_ts >= start / 1000,
            columns.start_ts < end / 1000,
            columns.sum.is_not(None),
        )
        .order_by(columns.start_ts)
    )


def _total_before(connection: Connection, meter: Meter, start: int) -> float:
    """Return a meter's total when an interval begins; 0 where it is its first."""
    columns = STATISTICS.c
    newest = (
        select(columns.sum)
        .where(
            columns.metadata_id == meter.number,
            columns.start_ts < start / 1000,
            columns.sum.is_not(None),
        )
        .order_by(columns.start_ts.desc())
        .limit(1)
    )
    return float(connection.execute(newest).scalar() or 0.0)
