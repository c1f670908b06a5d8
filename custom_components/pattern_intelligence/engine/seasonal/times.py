"""When things happened, week by week or month by month."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import codec
from ..civil import DAY_MINUTES
from ..evidence import Floats
from ..keys import Key, Resolve
from ..pattern import Anchor
from ..sums import TIME_BINS, Clock
from ..tables import DatedTable, Numbers
from .axes import Axis
from .series import Cells, Series, Subject

BIN_MINUTES: Final = DAY_MINUTES / TIME_BINS

FEWEST_DAYS: Final = 3
"""Days that make a week's, or a month's, usual time."""

ONCE_A_DAY: Final = 1.2
"""Happenings a day up to which the day's first and last are no other question."""

GATHERED: Final = 0.6
"""Mean resultant length from which times have a middle: an sd of about four hours."""


def times_of(dated: DatedTable, axis: Axis, resolve: Resolve) -> Series:
    """Return the median times of what happens about once a day, or of first and last.

    Args:
        dated: rows of :data:`..sums.TIMES_SUM`.
        axis: their periods.
        resolve: maps ids that entities had to those they have.
    """
    cells = Cells.of(dated, axis, resolve, _by_the_wall(dated))
    found = {anchor: _Bins.of(dated, cells, anchor) for anchor in _ANCHORS}
    days = found["first"].total.sum(axis=1)
    once = found["each"].total.sum(axis=1) <= ONCE_A_DAY * np.maximum(days, 1)
    parts: list[tuple[Anchor, NDArray[np.intp]]] = [
        (
            anchor,
            np.flatnonzero(
                (once if anchor == "each" else ~once) & (bins.gathered >= GATHERED)
            ),
        )
        for anchor, bins in found.items()
    ]
    return Series(
        "time",
        axis,
        tuple(
            Subject(Key(*cells.names[row][:2]), anchor)
            for anchor, rows in parts
            for row in rows.tolist()
        ),
        np.concatenate([found[anchor].medians()[rows] for anchor, rows in parts]),
        np.concatenate([found[anchor].total[rows] for anchor, rows in parts]),
    )


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
        for row in np.flatnonzero(mine).tolist()
        if Key(resolve(ids[row]), states[row]) == subject.key
    ]
    _, place, count = codec.filled_bins(texts)
    return np.sort(np.repeat((place + 0.5) * BIN_MINUTES, count))


def _by_the_wall(dated: DatedTable) -> NDArray[np.bool_]:
    clocks = dated.table.texts("clock")
    return np.fromiter((clock == Clock.WALL for clock in clocks), bool, len(clocks))


_ANCHORS: Final[tuple[Anchor, ...]] = ("each", "first", "last")


class _Bins:
    """Counts of ten minutes of one anchor, those that are not 0, by cell."""

    def __init__(
        self,
        cells: Cells,
        row: NDArray[np.intp],
        place: Numbers,
        count: Numbers,
    ) -> None:
        """Take what is counted, ordered by row and place."""
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

    @classmethod
    def of(cls, dated: DatedTable, cells: Cells, anchor: Anchor) -> _Bins:
        """Return the counts of an anchor."""
        texts = dated.table.texts(anchor)
        row, place, count = codec.filled_bins([texts[at] for at in cells.rows.tolist()])
        return cls(cells, row, place, count)

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
