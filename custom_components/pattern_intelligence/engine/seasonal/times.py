"""When things happened, week by week or month by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import codec
from ..civil import DAY_MINUTES
from ..evidence import Floats
from ..keys import Key, Resolve
from ..pattern import Anchor
from ..sums import HAPPENINGS_SUM, TIME_BINS, TIMES_SUM, Clock
from ..tables import DatedTable, Numbers
from .axes import Axis
from .series import FEWEST_PERIODS, Cells, Series, Subject, Tables

BIN_MINUTES: Final = DAY_MINUTES / TIME_BINS

FEWEST_DAYS: Final = 3
"""Days that make a week's, or a month's, usual time."""

ONCE_A_DAY: Final = 1.2
"""Happenings a day up to which the day's first and last are no other question."""

GATHERED: Final = 0.6
"""Mean resultant length from which times have a middle: an sd of about four hours."""


def times_of(tables: Tables, axis: Axis, resolve: Resolve) -> Series:
    """Return the median times of what happens about once a day, or of first and last.

    Args:
        tables: the sums of the axis' periods by name.
        axis: the periods.
        resolve: maps ids that entities had to those they have.
    """
    dated = tables[TIMES_SUM.name]
    cells = Cells.of(dated, axis, resolve, _by_the_wall(dated))
    keys = [Key(*name[:2]) for name in cells.names]
    once = _once_a_day(tables[HAPPENINGS_SUM.name], axis, resolve, keys)
    long = np.bincount(cells.subject, minlength=len(keys)) >= FEWEST_PERIODS
    asked: dict[Anchor, NDArray[np.bool_]] = {
        "each": once & long,
        "first": ~once & long,
        "last": ~once & long,
    }
    subjects: list[Subject] = []
    values: list[Floats] = []
    days: list[Numbers] = []
    for anchor, kept in asked.items():
        bins = _Bins(dated, cells, anchor, kept)
        rows = np.flatnonzero(kept & (bins.gathered >= GATHERED))
        subjects += [Subject(keys[row], anchor) for row in rows.tolist()]
        values.append(bins.medians()[rows])
        days.append(bins.total[rows])
    return Series(
        "time", axis, tuple(subjects), np.concatenate(values), np.concatenate(days)
    )


def _once_a_day(
    happened: DatedTable, axis: Axis, resolve: Resolve, keys: Sequence[Key]
) -> NDArray[np.bool_]:
    """Return what people do about once on a day on which they do, shape (keys,)."""
    cells = Cells.of(happened, axis, resolve)
    table = happened.table
    count = cells.sums(table.numbers("count") - table.numbers("automation"))
    share = count.sum(axis=1) / cells.sums(table.numbers("days")).sum(axis=1).clip(1)
    of = {Key(*name): each for name, each in zip(cells.names, share, strict=True)}
    shares = np.array([of.get(key, 1.0) for key in keys])
    once: NDArray[np.bool_] = shares <= ONCE_A_DAY
    return once


def recent_times(
    dated: DatedTable, newest: int, resolve: Resolve, subject: Subject
) -> Floats:
    """Return when something happened in the last periods.

    Args:
        dated: rows of :data:`..sums.TIMES_SUM`.
        newest: number of the first day of the first of those periods.
        resolve: maps ids that entities had to those they have.
        subject: what.

    Returns:
        Shape (days,), minutes on the clock, ascending from midnight: the middles of
        the ten minutes they were counted in.
    """
    assert subject.anchor is not None
    ids, states = dated.table.texts("entity_id"), dated.table.texts("state")
    mine = _by_the_wall(dated) & (dated.day >= newest)
    texts = [
        dated.table.texts(subject.anchor)[row]
        for row in rows_of(subject.key, ids, states, mine, resolve)
    ]
    _, place, count = codec.filled_bins(texts)
    return np.sort(np.repeat((place + 0.5) * BIN_MINUTES, count))


def rows_of(
    key: Key,
    ids: Sequence[str],
    states: Sequence[str],
    admitted: NDArray[np.bool_],
    resolve: Resolve,
) -> list[int]:
    """Return which of the rows that are admitted are about a key, by any of its ids."""
    own = {entity_id for entity_id in set(ids) if resolve(entity_id) == key.entity_id}
    return [
        row
        for row in np.flatnonzero(admitted).tolist()
        if ids[row] in own and states[row] == key.state
    ]


def _by_the_wall(dated: DatedTable) -> NDArray[np.bool_]:
    clocks = dated.table.texts("clock")
    return np.fromiter((clock == Clock.WALL for clock in clocks), bool, len(clocks))


class _Bins:
    """Counts of ten minutes of one anchor, those that are not 0, by cell."""

    def __init__(
        self,
        dated: DatedTable,
        cells: Cells,
        anchor: Anchor,
        kept: NDArray[np.bool_],
    ) -> None:
        """Decode the counts of an anchor, of the subjects that are kept."""
        texts = dated.table.texts(anchor)
        rows = np.flatnonzero(kept[cells.subject])
        row, place, count = codec.filled_bins(
            [texts[at] for at in cells.rows[rows].tolist()]
        )
        row = rows[row]
        self._cells = cells
        self._row, self._place, self._count = row, place, count
        self._subject = cells.subject[row]
        self.per_row = np.bincount(row, count, minlength=cells.rows.size)
        self.total = np.zeros(cells.shape, np.int64)
        # Where an id was given away within a period, the half that tells more is used.
        np.maximum.at(
            self.total,
            (cells.subject, cells.period),
            self.per_row.astype(np.int64),
        )
        angle = 2 * np.pi * (np.arange(TIME_BINS) + 0.5) / TIME_BINS
        east, north = (
            np.bincount(self._subject, count * part[place], minlength=cells.shape[0])
            for part in (np.cos(angle), np.sin(angle))
        )
        sums = np.bincount(self._subject, count, minlength=cells.shape[0])
        self.gathered: Floats = np.hypot(east, north) / np.maximum(sums, 1)
        self._center = np.arctan2(north, east) / (2 * np.pi) * TIME_BINS

    def medians(self) -> Floats:
        """Return the median of each cell, minutes, NaN where there are few days.

        The clock is cut opposite the subject's middle, within a bin counts are spread.
        """
        cut = np.floor(self._center + TIME_BINS / 2).astype(np.int64) % TIME_BINS
        since = (self._place - cut[self._subject]) % TIME_BINS
        sums = np.cumsum(self._count)
        before_row = np.append(0, sums)[
            np.searchsorted(self._row, np.arange(self.per_row.size))
        ]
        early = np.bincount(
            self._row,
            self._count * (self._place < cut[self._subject]),
            minlength=self.per_row.size,
        )
        total = self.per_row[self._row]
        # Counted from the cut on: what lies before it on the clock comes last.
        after = sums - before_row[self._row] - early[self._row]
        after += np.where(self._place < cut[self._subject], total, 0)
        half = total / 2
        middle = np.flatnonzero((after >= half) & (after - self._count < half))
        inside = (half - after + self._count)[middle] / self._count[middle]
        offset = (since[middle] + inside + cut[self._subject[middle]]) * BIN_MINUTES
        row = self._row[middle]
        medians = np.full(self._cells.shape, np.nan)
        best = self.per_row == self.total[self._cells.subject, self._cells.period]
        kept = best[row] & (self.per_row[row] >= FEWEST_DAYS)
        at = self._cells.subject[row[kept]], self._cells.period[row[kept]]
        medians[at] = offset[kept]
        return medians
