"""The windows of the clock that are looked at, and the risk spent on each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import WAKING_DAY_STARTS_MS
from ..evidence import Floats
from ..occasions import Span
from ..pattern import Anchor
from ..tables import Numbers
from .rhythm import BINS, STEP_MINUTES, STEP_MS
from .spans import ANCHORS, Spans
from .weekday_mask import MASK_SHARES, PLAIN

HALF_WIDTHS: Final = (2, 3, 4, 6, 9, 12, 18, 24)
"""Half widths of the windows, in bins: 10 minutes to 2 hours, by about half."""

WAKING_BIN: Final = WAKING_DAY_STARTS_MS // STEP_MS

_ALIKE: Final = 1600.0
"""How alike windows are, times days.

Measured on rhythms without habits: so that a unit's least corrected p is below any
level with at most that probability. The fewer days there are, the coarser are exact
tails, and the fewer windows come near the level.
"""

_FEW_DAYS: Final = 10.0
"""Days below which tails are as coarse as they get."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One window in which a unit may have a habit; :class:`Candidates` tells of what.

    Attributes:
        unit: whose.
        anchor: which happenings of a day count.
        low: the bin edge at which it begins.
        high: the edge at which it ends.
        mask: the days, a position in ``MASKS``, or one of the two after those.
    """

    unit: int
    anchor: Anchor
    low: int
    high: int
    mask: int

    @property
    def span(self) -> Span:
        """Return it in minutes after midnight."""
        return Span(self.low * STEP_MINUTES, self.high * STEP_MINUTES)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Windows in which units may have habits.

    Attributes:
        unit: shape (n,), whose.
        anchor: shape (n,), which happenings of a day count, positions in ``ANCHORS``.
        low: shape (n,), the bin edges at which they begin, from midnight; below 0
            where one spans midnight. Of a first or a last at least the edge at 04:00.
        high: shape (n,), the edges at which they end; of a first or a last at most
            04:00 of the next day.
        mask: shape (n,), the days, positions in ``MASKS``, or of the two after those.
    """

    unit: Numbers
    anchor: Numbers
    low: Numbers
    high: Numbers
    mask: Numbers

    def __iter__(self) -> Iterator[Candidate]:
        """Yield them one by one."""
        columns = (self.unit, self.anchor, self.low, self.high, self.mask)
        for unit, anchor, low, high, mask in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            yield Candidate(unit, ANCHORS[anchor], low, high, mask)

    @classmethod
    def of(cls, candidate: Candidate) -> Candidates:
        """Return one by itself."""
        return cls(
            np.array([candidate.unit]),
            np.array([ANCHORS.index(candidate.anchor)]),
            np.array([candidate.low]),
            np.array([candidate.high]),
            np.array([candidate.mask]),
        )

    @property
    def size(self) -> int:
        """Return how many there are."""
        return self.unit.size

    @property
    def spans(self) -> Spans:
        """Return them in minutes after midnight."""
        low, high = (
            (edge * STEP_MINUTES).astype(float) for edge in (self.low, self.high)
        )
        return Spans(self.anchor, low, high)

    @property
    def half(self) -> Numbers:
        """Return half widths in bins, of those that 04:00 cuts off rounded up."""
        return (self.high - self.low + 1) // 2

    def take(self, which: NDArray[np.bool_] | Numbers | slice) -> Candidates:
        """Return some of them."""
        return Candidates(
            self.unit[which],
            self.anchor[which],
            self.low[which],
            self.high[which],
            self.mask[which],
        )

    @classmethod
    def join(cls, parts: Sequence[Candidates]) -> Candidates:
        """Return all of several."""
        none = np.zeros(0, np.int64)
        return cls(
            *(
                np.concatenate([none, *(getattr(part, name) for part in parts)])
                for name in ("unit", "anchor", "low", "high", "mask")
            )
        )


@dataclass(frozen=True, eq=False)
class Grid:
    """The windows looked at, alike for all anchors.

    Attributes:
        low: shape (windows,), first bin edge, from the begin of the anchor's day.
        high: shape (windows,), last bin edge.
        half: shape (windows,), half width in bins.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    half: NDArray[np.int64]


def _grid() -> Grid:
    # Steps of a quarter of the width: a habit is never far off a window's middle.
    middles = [np.arange(0, BINS, max(1, half // 2)) for half in HALF_WIDTHS]
    middle = np.concatenate(middles)
    half = np.repeat(HALF_WIDTHS, [own.size for own in middles])
    return Grid(middle - half, middle + half, half)


GRID: Final = _grid()


def log_risk(half: NDArray[np.int64], mask: NDArray[np.int64], days: Floats) -> Floats:
    """Return the log of the share of the risk that is spent on windows.

    It is spent evenly on anchors and widths, and evenly on the windows of a width,
    of which those that overlap by more than half are hardly separate chances. As all
    overlap somehow, they cost less together than each by itself.

    Args:
        half: shape (n,), half widths in bins.
        mask: shape (n,), weekdays, positions in ``MASKS``.
        days: shape (n,), eligible days of all weekdays together.
    """
    chances = len(ANCHORS) * len(HALF_WIDTHS) * BINS / half
    alike = _ALIKE / np.maximum(days, _FEW_DAYS)
    return np.asarray(np.log(MASK_SHARES[PLAIN[mask]] * alike / chances))
