"""Series of weeks or months: when something happens, how often, how long, how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..keys import Key, Resolve
from ..pattern import Anchor
from ..tables import DatedTable, Numbers
from .axes import Axis

type Measure = Literal["time", "duration", "count", "consumption"]

type Tables = Mapping[str, DatedTable]
"""Sums of periods, by name."""

FEWEST_PERIODS: Final = 12
"""Weeks, or months, below which nothing is asked: not quite a quarter of a year."""

KNOWN_SHARE: Final = 0.75
"""Share of the periods between the first and the last that must be known."""

RECENT_PERIODS: Final = 3
"""What was not seen for so many periods is over."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a series is about.

    Attributes:
        key: the entity and its state; of a meter, the entity as a whole.
        anchor: which happening of a day, of a series of times.
        unit: the unit of a meter.
    """

    key: Key
    anchor: Anchor | None = None
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Series:
    """Series of one measure on one axis.

    Attributes:
        measure: what is measured.
        axis: the periods.
        subjects: shape (n,), whose they are, in order.
        values: shape (n, periods), on the scale that is reckoned with, NaN where
            unknown: minutes on the clock (of any day); the logarithm to the base of 2
            of a length in seconds; the root of a daily number, whose errors are alike
            for what happens often and seldom.
        days: shape (n, periods), days that each value rests on.
    """

    measure: Measure
    axis: Axis
    subjects: tuple[Subject, ...]
    values: Floats
    days: Numbers

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Series:
        """Return some of the series."""
        at = np.asarray(rows, np.intp)
        return Series(
            self.measure,
            self.axis,
            tuple(self.subjects[row] for row in at.tolist()),
            self.values[at],
            self.days[at],
        )

    def since(self, first: int) -> Series:
        """Return the series from a period on."""
        axis = Axis(self.axis.period, self.axis.start[first:], self.axis.end[first:])
        return Series(
            self.measure,
            axis,
            self.subjects,
            self.values[:, first:],
            self.days[:, first:],
        )

    def without(self, periods: NDArray[np.bool_]) -> Series:
        """Return the series as if some periods were unknown."""
        return Series(
            self.measure,
            self.axis,
            self.subjects,
            np.where(periods, np.nan, self.values),
            np.where(periods, 0, self.days),
        )

    def lasting(self) -> Series:
        """Return those that are long, known almost throughout, and still going on."""
        known = np.isfinite(self.values)
        count = known.sum(axis=1)
        begin, end = extent(known)
        kept = (
            (count >= FEWEST_PERIODS)
            & (count >= KNOWN_SHARE * (end - begin))
            & (end > known.shape[1] - RECENT_PERIODS)
        )
        return self.take(np.flatnonzero(kept))


GRAIN: Final[Mapping[Measure, float]] = {
    "time": 1.0,
    "duration": 0.02,
    "count": 0.01,
    "consumption": 0.01,
}
"""Sd below which values are the same: a minute, and about a hundredth of a number."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From what is reckoned with to the figures that people know, and back."""

    figures: Callable[[Floats], Floats]
    reckoned: Callable[[Floats], Floats]


_SAME: Final = Scale(lambda values: values, lambda values: values)
_ROOT: Final = Scale(lambda values: np.maximum(values, 0) ** 2, np.sqrt)

SCALES: Final[Mapping[Measure, Scale]] = {
    "time": _SAME,
    "duration": Scale(np.exp2, np.log2),
    "count": _ROOT,
    "consumption": _ROOT,
}


def extent(known: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Return the first known period of each row, and the one after the last.

    Args:
        known: shape (n, periods).
    """
    begin = known.argmax(axis=1)
    end = known.shape[1] - known[:, ::-1].argmax(axis=1)
    seen = known.any(axis=1)
    return np.where(seen, begin, 0), np.where(seen, end, 0)


@dataclass(frozen=True, eq=False)
class Cells:
    """Which cell of subject and period each row of a table belongs to.

    Attributes:
        rows: shape (n,), the rows that belong to any.
        names: the subjects, sorted.
        subject: shape (n,), index into ``names``.
        period: shape (n,), index into the axis.
        shape: subjects and periods.
    """

    rows: NDArray[np.intp]
    names: tuple[tuple[str, ...], ...]
    subject: NDArray[np.intp]
    period: NDArray[np.intp]
    shape: tuple[int, int]

    @classmethod
    def of(
        cls,
        dated: DatedTable,
        axis: Axis,
        resolve: Resolve,
        admitted: NDArray[np.bool_] | None = None,
    ) -> Cells:
        """Return them for a table by its keys.

        Args:
            dated: a table whose first key is an entity id.
            axis: the periods.
            resolve: maps ids that entities had to those they have.
            admitted: shape (rows,), those to look at; all if not given.
        """
        table = dated.table
        period = axis.at(dated.day)
        kept = (dated.day >= axis.start[0]) & (dated.day < axis.end[-1])
        if admitted is not None:
            kept &= admitted
        rows = np.flatnonzero(kept)
        at = rows.tolist()
        columns = [table.texts(name) for name in table.spec.keys]
        ids = {entity_id: resolve(entity_id) for entity_id in set(columns[0])}
        names = list(
            zip(
                [ids[columns[0][row]] for row in at],
                *([column[row] for row in at] for column in columns[1:]),
                strict=True,
            )
        )
        distinct = sorted(set(names))
        number = {name: index for index, name in enumerate(distinct)}
        subject = np.fromiter(map(number.__getitem__, names), np.intp, len(names))
        return cls(
            rows,
            tuple(distinct),
            subject,
            period[rows],
            (len(distinct), axis.start.size),
        )

    def sums(self, values: Numbers) -> Numbers:
        """Return the sums of a column by cell, shape (subjects, periods)."""
        sums = np.zeros(self.shape, np.int64)
        np.add.at(sums, (self.subject, self.period), values[self.rows])
        return sums
