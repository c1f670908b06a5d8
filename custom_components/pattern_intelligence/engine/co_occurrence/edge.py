"""A link among others: when it held, and how it compares with a rival."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..civil import SECOND_MS, Instants
from ..evidence import Floats

FEWEST: Final = 5
"""Joint occasions that a rank correlation needs to say anything."""

AT_ONCE_MS: Final = 2 * SECOND_MS
"""Siblings on a device report the same thing within this."""

HALF: Final = 0.5
"""Of two opposite links, the weaker that shares so many happenings is no other."""


@dataclass(frozen=True, eq=False)
class Edge:
    """A link as far as it matters here.

    Attributes:
        cause: index of the key that leads.
        effect: index of the key that follows.
        instant: shape (n,), ascending instants of the cause.
        effect_at: shape (n,), instants of the effect's first happening after each.
        followed: shape (n,), whether the effect followed.
        chance: the share of occasions that would be followed by chance.
        within_ms: how long after the cause the effect counts as following.
        rank: its place among all by strength; 0 is the strongest.
        listed: whether it is sure enough to be told.
    """

    cause: int
    effect: int
    instant: Instants
    effect_at: Instants
    followed: NDArray[np.bool_]
    chance: float
    within_ms: int
    rank: int
    listed: bool

    @property
    def lag(self) -> float:
        """Return the median time to the effect, in milliseconds."""
        return float(np.median((self.effect_at - self.instant)[self.followed]))

    def alone(self, others: NDArray[np.bool_]) -> float:
        """Return the log of the odds that it holds without its rival.

        The odds are those of its own share over those of chance, on the occasions
        without the rival.

        Args:
            others: shape (n,), the occasions on which the rival was there.
        """
        own = float(np.clip(self.followed.mean(), 0.01, 0.99))
        chance = float(np.clip(self.chance, 0.01, 0.99))
        rest = self.followed[~others]
        hits = int(rest.sum())
        misses = rest.size - hits
        return hits * log(own / chance) + misses * log((1 - own) / (1 - chance))


def leaning(a: Edge, b: Edge, reach: int) -> float:
    """Return whether an effect keeps its distance from the later of two causes.

    Where B leads to C, the time from A to C grows with that from A to B, one to one;
    where A leads to both, not at all. So C's distance from the middle of the two
    grows with theirs in the one case and shrinks in the other. Spearman's rank
    correlation of the two tells, as a normal deviate: positive for the later cause.

    Args:
        a: the link from the earlier cause.
        b: the link from the later one.
        reach: how far apart the two may be, in milliseconds.
    """
    before = np.searchsorted(a.instant, b.instant, "left") - 1
    gap = b.instant - a.instant[np.maximum(before, 0)]
    joint = b.followed & (before >= 0) & (gap <= reach)
    if joint.sum() < FEWEST:
        return 0.0
    gap = gap[joint]
    middle = b.effect_at[joint] - b.instant[joint] + gap / 2
    gap_ranks, middle_ranks = _ranks(gap), _ranks(middle)
    spread = np.sqrt((gap_ranks @ gap_ranks) * (middle_ranks @ middle_ranks))
    if not spread:
        return 0.0
    correlation = float(gap_ranks @ middle_ranks) / float(spread)
    return correlation * float(np.sqrt(gap.size - 1))


def _ranks(values: NDArray[Any]) -> Floats:
    """Return midranks, less their mean."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts + 1) / 2)[where]
    centered: Floats = ranks - (values.size - 1) / 2
    return centered


def same_effect(a: Edge, b: Edge) -> bool:
    """Tell whether two effects of a cause mostly happen at the same time."""
    both = a.followed & b.followed
    close = np.abs(a.effect_at - b.effect_at)[both] <= AT_ONCE_MS
    return 2 * int(close.sum()) >= int(min(a.followed.sum(), b.followed.sum()))


def same_events(a: Edge, b: Edge) -> bool:
    """Tell whether two opposite links are mostly about the same happenings."""
    shared = 0.0
    if a.cause == b.effect:
        own = np.isin(b.effect_at[b.followed], a.instant[a.followed])
        shared = max(shared, float(own.mean()))
    if a.effect == b.cause:
        own = np.isin(b.instant[b.followed], a.effect_at[a.followed])
        shared = max(shared, float(own.mean()))
    return shared >= HALF


def near(
    instant: Instants, others: Instants, begin_ms: int, end_ms: int
) -> NDArray[np.bool_]:
    """Tell after (or before) which instants one of the others lies close enough."""
    found: NDArray[np.bool_] = np.searchsorted(
        others, instant + end_ms, "right" if end_ms else "left"
    ) > np.searchsorted(others, instant + begin_ms, "left" if begin_ms else "right")
    return found
