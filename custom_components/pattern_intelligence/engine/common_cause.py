"""Which links are the shadow of another one, and need not be told beside it.

When A leads to B and to C, then C often comes after B, too; when A leads to B and B
to C, then C often comes after A. Both are settled by the occasions on which one of
the two causes of C came alone: does C still follow, or only as often as by chance?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .civil import SECOND_MS, Instants
from .evidence import Floats

ENOUGH = log(20)
"""Log of the odds, twenty to one, at which a cause has proven itself alone."""

DECISIVE = 1.645
"""Normal deviate beyond which chance leans one way in five cases of a hundred."""

FEWEST = 5
"""Joint occasions that a rank correlation needs to say anything."""

AT_ONCE_MS = 2 * SECOND_MS
"""Siblings on a device report the same thing within this."""

HALF = 0.5
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


def shadows(
    edges: Sequence[Edge],
    occurrences: Callable[[int], Instants],
    unit: Sequence[object],
    begins: NDArray[np.bool_],
    shut: NDArray[np.bool_],
) -> set[int]:
    """Return the positions of the links that another one explains.

    Args:
        edges: all links that hold.
        occurrences: the ascending instants of a key.
        unit: for each key, what it belongs to (a device, or an entity).
        begins: for each key, whether it begins something.
        shut: for each key, whether it only ends what a sensor saw: a door that shuts
            behind what was done says nothing against its having been opened for it.
    """
    found: set[int] = set()
    by_effect: defaultdict[int, list[int]] = defaultdict(list)
    by_units: defaultdict[tuple[object, object], list[int]] = defaultdict(list)
    ranks = {(edge.cause, edge.effect): edge.rank for edge in edges}
    for position, edge in enumerate(edges):
        by_effect[edge.effect].append(position)
        by_units[unit[edge.cause], unit[edge.effect]].append(position)
    for positions in by_effect.values():
        for pair in combinations(positions, 2):
            one, other = (edges[position].cause for position in pair)
            forth, back = ranks.get((one, other)), ranks.get((other, one))
            if unit[one] == unit[other]:
                turned = begins[other] and not begins[one]
            elif forth is None and back is None:
                continue
            else:
                turned = forth is None or (back is not None and back < forth)
            first, second = reversed(pair) if turned else pair
            found.update(_rivals(edges, first, second, begins))
    for (leading, following), positions in by_units.items():
        for one, other in combinations(positions, 2):
            if edges[one].cause == edges[other].cause:
                found.update(_ends(edges, one, other, occurrences, begins))
        for one, other in product(positions, by_units.get((following, leading), ())):
            if (
                edges[one].rank < edges[other].rank
                and not shut[edges[one].effect]
                and _same_events(edges[one], edges[other])
            ):
                found.add(other)
    return found


def _rivals(
    edges: Sequence[Edge], first: int, second: int, begins: NDArray[np.bool_]
) -> set[int]:
    """Return which of two links to one effect the other explains, if any.

    Args:
        edges: all links.
        first: position of the link whose cause comes first.
        second: position of the link whose cause comes after it.
        begins: for each key, whether it begins something.
    """
    a, b = edges[first], edges[second]
    reach = max(a.within_ms, b.within_ms)
    alone_a = a.alone(_near(a.instant, b.instant, 0, a.within_ms)) >= ENOUGH
    alone_b = b.alone(_near(b.instant, a.instant, -reach, 0)) >= ENOUGH
    if alone_a and alone_b:
        return set()
    leaning = _leaning(a, b, reach)
    if leaning >= DECISIVE:
        return set() if alone_a else {first}
    if leaning <= -DECISIVE:
        return set() if alone_b else {second}
    if alone_a != alone_b:
        return {second if alone_a else first}
    if begins[a.cause] != begins[b.cause]:
        return {second if begins[a.cause] else first}
    return {second if a.rank < b.rank else first}


def _leaning(a: Edge, b: Edge, reach: int) -> float:
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


def _ends(
    edges: Sequence[Edge],
    one: int,
    other: int,
    occurrences: Callable[[int], Instants],
    begins: NDArray[np.bool_],
) -> set[int]:
    """Return which of a cause's two effects on one device goes without saying.

    What begins ends by itself, and siblings do the same at once.
    """
    a, b = edges[one], edges[other]
    if begins[a.effect] == begins[b.effect]:
        same = _same_effect(a, b)
        return {other if a.rank < b.rank else one} if same else set()
    beginning, end = (a, b) if begins[a.effect] else (b, a)
    if not beginning.listed:
        return set()
    begun = _near(end.instant, occurrences(beginning.effect), 0, end.within_ms)
    return set() if end.alone(begun) >= ENOUGH else {other if end is b else one}


def _same_effect(a: Edge, b: Edge) -> bool:
    """Tell whether two effects of a cause mostly happen at the same time."""
    both = a.followed & b.followed
    close = np.abs(a.effect_at - b.effect_at)[both] <= AT_ONCE_MS
    return 2 * int(close.sum()) >= int(min(a.followed.sum(), b.followed.sum()))


def _same_events(a: Edge, b: Edge) -> bool:
    """Tell whether two opposite links are mostly about the same happenings."""
    shared = 0.0
    if a.cause == b.effect:
        own = np.isin(b.effect_at[b.followed], a.instant[a.followed])
        shared = max(shared, float(own.mean()))
    if a.effect == b.cause:
        own = np.isin(b.instant[b.followed], a.effect_at[a.followed])
        shared = max(shared, float(own.mean()))
    return shared >= HALF


def _near(
    instant: Instants, others: Instants, begin_ms: int, end_ms: int
) -> NDArray[np.bool_]:
    """Tell after (or before) which instants one of the others lies close enough."""
    found: NDArray[np.bool_] = np.searchsorted(
        others, instant + end_ms, "right" if end_ms else "left"
    ) > np.searchsorted(others, instant + begin_ms, "left" if begin_ms else "right")
    return found
