"""The hours of the days: in which of them each entity was there, and anybody home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import DAY_MS, HOUR_MS, SECOND_MS, CivilTime, date_of
from .tables import HOME, DatedTable, Numbers


def hours_of(
    civil: CivilTime, days: Numbers, exposure: DatedTable, resolve: Callable[[str], str]
) -> tuple[
    tuple[str, ...],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.float32] | None,
]:
    """Return how much of each hour on the clock was exposed.

    Args:
        civil: the home's civil time.
        days: shape (days,), ascending day numbers.
        exposure: their :data:`.tables.EXPOSURE`.
        resolve: maps ids that entities had to those they have.

    Returns:
        The entities, sorted; shape (entities, days, 24), share of each hour in which
        each was available; shape (days, 24), in which the home was recorded, and in
        which anybody was home (None where it has no persons).
    """
    table = exposure.table
    texts = table.texts("entity_id")
    present = {entity_id: resolve(entity_id) for entity_id in dict.fromkeys(texts)}
    entities = tuple(sorted(set(present.values()) - {HOME}))
    number = {entity_id: index for index, entity_id in enumerate(entities)}
    own = {text: number.get(entity_id, -1) for text, entity_id in present.items()}
    entity = np.fromiter(map(own.__getitem__, texts), np.int64, len(texts))
    day = np.searchsorted(days, exposure.day)
    clock = HoursOnClock.of(civil, days)

    recorded = np.zeros((days.size, 24), np.float32)
    available = np.zeros((len(entities), days.size, 24), np.float32)
    told, shares = clock.shares(table.texts("by_hour"), day)
    home = entity[told] < 0
    recorded[day[told[home]]] = shares[home]
    whole = entity >= 0
    whole[told] = False
    available[entity[whole], day[whole]] = recorded[day[whole]]
    # Two ids of one entity may have shared a day: it was there where either was.
    partly = told[~home]
    np.maximum.at(available, (entity[partly], day[partly]), shares[~home])

    persons, shares = clock.shares(table.texts("home_by_hour"), day)
    at_home = np.zeros((days.size, 24), np.float32) if persons.size else None
    if at_home is not None:
        np.maximum.at(at_home, day[persons], shares)
    return entities, available, recorded, at_home


@dataclass(frozen=True, slots=True)
class HoursOnClock:
    """How the hours since each day's first instant lie on its clock.

    Attributes:
        hour: shape (days, 25 or more), the hour on the clock in which each begins.
        length: shape (days, 24), how many seconds each hour on the clock has.
    """

    hour: Numbers
    length: NDArray[np.float32]

    @classmethod
    def of(cls, civil: CivilTime, days: Numbers) -> HoursOnClock:
        """Return how the hours of some days lie.

        Args:
            civil: the home's civil time.
            days: shape (days,), day numbers.
        """
        bounds = [civil.bounds(date_of(number)) for number in days.tolist()]
        most = max((civil.hours(date_of(n)) for n in days.tolist()), default=0)
        hour = np.zeros((days.size, most), np.int64)
        length = np.zeros((days.size, 24), np.float32)
        for row, (start, end) in enumerate(bounds):
            begins = np.arange(start, end, HOUR_MS, dtype=np.int64)
            hour[row, : begins.size] = civil.wall(begins) % DAY_MS // HOUR_MS
            seconds = np.diff(np.append(begins, end)) / SECOND_MS
            length[row] = np.bincount(hour[row, : begins.size], seconds, minlength=24)
        return cls(hour, length)

    def shares(
        self, texts: Sequence[str], day: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the share of each hour on the clock; of one that is skipped, 0.

        Args:
            texts: seconds of each hour since a day's first instant, as :mod:`.codec`
                writes them; empty where there is nothing to tell.
            day: shape (texts,), which row of the clock is that day's.

        Returns:
            The n texts that tell something, and shape (n, 24).
        """
        told = np.flatnonzero(np.fromiter(map(bool, texts), bool, len(texts)))
        seconds, sizes = codec.decode([texts[row] for row in told.tolist()])
        row = np.repeat(np.arange(told.size), sizes)
        position = np.arange(seconds.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        hour = self.hour[day[told[row]], position]
        sums = np.bincount(row * 24 + hour, seconds, minlength=24 * told.size)
        share: NDArray[np.float32] = sums.reshape(-1, 24).astype(
            np.float32
        ) / np.maximum(self.length[day[told]], 1)
        return told, share
