"""What it was like on a day: the numbers of sensors, hour by hour."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import HOUR_MS, SECOND_MS
from .measured import SCALE
from .rawday import RawDay, Readings
from .tables import CONTEXT, Numbers, Table, empty

_MOST: Final = 10**9
"""Values beyond are no measurements."""


def summarize_context(raw: RawDay) -> Table:
    """Return the :data:`.tables.CONTEXT` of a day.

    A value holds until the next one, while Home Assistant was recording.

    Args:
        raw: the day's rows.
    """
    found = raw.readings
    if not found.entities:
        return empty(CONTEXT)
    hours = -((raw.start - raw.end) // HOUR_MS)
    entity, hour, value, held = _held(raw, found)
    shape = (len(found.entities), hours)
    known = np.zeros(shape, np.int64)
    np.add.at(known, (entity, hour), held)
    least = np.full(shape[0], _MOST * SCALE, np.int64)
    np.minimum.at(least, entity, value)
    above = np.zeros(shape, np.int64)
    np.add.at(above, (entity, hour), (value - least[entity]) * held)
    seconds = known // SECOND_MS
    above = np.where(seconds > 0, above // SECOND_MS, 0)

    rows = np.flatnonzero(seconds.any(axis=1))
    edges = raw.start + HOUR_MS * np.arange(hours + 1, dtype=np.int64)
    full = np.diff(np.minimum(edges, raw.end)) // SECOND_MS
    partly = (seconds[rows] != full).any(axis=1)
    return Table(
        CONTEXT,
        {
            "entity_id": tuple(found.entities[row] for row in rows.tolist()),
            "least": least[rows],
            "seconds": tuple(
                codec.encode(seconds[rows][partly].reshape(-1), hours * partly)
            ),
            "above": tuple(
                codec.encode(above[rows].reshape(-1), np.full(rows.size, hours))
            ),
        },
    )


def _held(
    raw: RawDay, found: Readings
) -> tuple[NDArray[np.intp], Numbers, Numbers, Numbers]:
    """Return for how long values held, cut where an hour or a recording ends.

    Returns:
        Entity, hour since the day's first instant, value in fractions of its unit,
        and milliseconds.
    """
    sensors = len(found.entities)
    spans = np.array(raw.recorded, np.int64).reshape(-1, 2)
    cuts = np.unique(
        np.concatenate(
            [np.arange(raw.start, raw.end, HOUR_MS, np.int64), spans.reshape(-1)]
        )
    )
    cuts = cuts[(cuts >= raw.start) & (cuts < raw.end)]
    everyone = np.arange(sensors)
    # A reading at the moment of a cut comes after it, and what is carried in before.
    entity = np.concatenate([everyone, np.repeat(everyone, cuts.size), found.entity])
    instant = np.concatenate(
        [np.full(sensors, raw.start), np.tile(cuts, sensors), found.instant]
    )
    source = np.full(entity.size, -1)
    source[:sensors] = np.arange(sensors)
    source[sensors + sensors * cuts.size :] = sensors + np.arange(found.value.size)
    order = np.lexsort((instant, entity))
    entity, instant = entity[order], instant[order]
    told = np.maximum.accumulate(np.where(source[order] >= 0, np.arange(order.size), 0))
    value = np.concatenate([found.carried, found.value])[source[order][told]]

    following = np.append(instant[1:], raw.end)
    following[np.append(entity[1:] != entity[:-1], True)] = raw.end
    session = np.searchsorted(spans[:, 0], instant, "right") - 1
    recorded = (session >= 0) & (instant < np.append(spans[:, 1], 0)[session])
    kept = np.flatnonzero(
        recorded
        & (following > instant)
        & (np.abs(np.nan_to_num(value, nan=np.inf)) <= _MOST)
    )
    return (
        entity[kept],
        (instant[kept] - raw.start) // HOUR_MS,
        np.rint(value[kept] * SCALE).astype(np.int64),
        (following - instant)[kept],
    )
