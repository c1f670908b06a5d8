"""What it was like in and around the home: hourly means of sensors' numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import HOUR_MS, SECOND_MS, CivilTime, date_of
from .hours import HoursOnClock
from .tables import DatedTable, Numbers

SCALE: Final = 100
"""Values are stored in hundredths."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Hourly means of what sensors measured.

    Attributes:
        entities: the sensors and weather services, sorted.
        mean: shape (entities, days, 24), mean by hour on the clock, weighted by how
            long each value held, in the unit of the entity; NaN where none was known.
    """

    entities: tuple[str, ...]
    mean: NDArray[np.float64]

    def of_days(self, kept: NDArray[np.bool_]) -> Measured:
        """Return what was measured on some of the days, shape (days,)."""
        return Measured(self.entities, self.mean[:, kept]) if self.entities else self


NOTHING_MEASURED: Final = Measured((), np.zeros((0, 0, 24)))


def measured_of(
    civil: CivilTime,
    days: Numbers,
    context: DatedTable,
    resolve: Callable[[str], str],
) -> Measured:
    """Return what was measured on some days.

    Args:
        civil: the home's civil time.
        days: shape (days,), ascending day numbers.
        context: their :data:`.tables.CONTEXT`.
        resolve: maps ids that entities had to those they have.
    """
    table = context.table
    ids = [resolve(entity_id) for entity_id in table.texts("entity_id")]
    entities = tuple(sorted(set(ids)))
    place = {entity_id: index for index, entity_id in enumerate(entities)}
    clock = HoursOnClock.of(civil, days)
    day_of_row = np.searchsorted(days, context.day)
    above, sizes = codec.decode(table.texts("above"))
    row = np.repeat(np.arange(len(ids)), sizes)
    position = np.arange(above.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    seconds = _seconds(civil, context, sizes)
    entity = np.fromiter(map(place.__getitem__, ids), np.int64, len(ids))
    hour = clock.hour[day_of_row[row], position]
    cell = (entity[row] * days.size + day_of_row[row]) * 24 + hour
    shape = (len(entities), days.size, 24)
    size = int(np.prod(shape))
    known = np.bincount(cell, seconds, minlength=size)
    least = table.numbers("least")[row]
    total = np.bincount(cell, above + least * seconds, minlength=size)
    with np.errstate(invalid="ignore"):
        return Measured(entities, (total / known / SCALE).reshape(shape))


def _seconds(civil: CivilTime, context: DatedTable, sizes: Numbers) -> Numbers:
    """Return for how many seconds each hour of each row is known."""
    table = context.table
    seconds, told = codec.decode(table.texts("seconds"))
    if (told[told > 0] != sizes[told > 0]).any():
        raise ValueError("hours and values do not match")
    full = {n: _full_hours(civil, n) for n in np.unique(context.day).tolist()}
    ends = np.cumsum(told)
    parts = [
        seconds[end - count : end] if count else full[day][:size]
        for end, count, day, size in zip(
            ends.tolist(),
            told.tolist(),
            context.day.tolist(),
            sizes.tolist(),
            strict=True,
        )
    ]
    return np.concatenate(parts) if parts else seconds


def _full_hours(civil: CivilTime, number: int) -> Numbers:
    """Return the seconds of each hour since a day's first instant."""
    start, end = civil.bounds(date_of(number))
    begins = np.arange(start, end, HOUR_MS, dtype=np.int64)
    lengths: Numbers = np.diff(np.append(begins, end)) // SECOND_MS
    return lengths
