"""Which links are the shadow of another one, and need not be told beside it.

When A leads to B and to C, then C often comes after B, too; when A leads to B and B
to C, then C often comes after A. Both are settled by the occasions on which one of
the two causes of C came alone: does C still follow, or only as often as by chance?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log

import numpy as np
from numpy.typing import NDArray

from .civil import Instants

ENOUGH = log(20)
"""Log of the odds, twenty to one, at which a cause has proven itself alone."""


@dataclass(frozen=True, eq=False)
class Claim:
    """A link as far as it matters here.

    Attributes:
        cause: index of the key that leads.
        effect: index of the key that follows.
        instant: shape (n,), ascending instants of the cause.
        followed: shape (n,), whether the effect followed.
        chance: the share of occasions that would be followed by chance.
        within_ms: how long after the cause the effect counts as following.
        rank: its place among all by strength; 0 is the strongest.
    """

    cause: int
    effect: int
    instant: Instants
    followed: NDArray[np.bool_]
    chance: float
    within_ms: int
    rank: int

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
    claims: Sequence[Claim],
    occurrences: Callable[[int], Instants],
    unit: Sequence[object],
    begins: NDArray[np.bool_],
) -> set[int]:
    """Return the positions of the claims that another one explains.

    Args:
        claims: all links that hold.
        occurrences: the ascending instants of a key.
        unit: for each key, what it belongs to (a device, or an entity).
        begins: for each key, whether it begins something.
    """
    found: set[int] = set()
    linked = {(claim.cause, claim.effect): claim for claim in claims}
    by_effect: defaultdict[int, list[int]] = defaultdict(list)
    by_pair: defaultdict[tuple[int, object], list[int]] = defaultdict(list)
    for position, claim in enumerate(claims):
        by_effect[claim.effect].append(position)
        by_pair[claim.cause, unit[claim.effect]].append(position)
        back = linked.get((claim.effect, claim.cause))
        if back is not None and back.rank < claim.rank:
            found.add(position)
    for positions in by_effect.values():
        for one, other in combinations(positions, 2):
            a, b = claims[one], claims[other]
            related = unit[a.cause] == unit[b.cause]
            if related or (a.cause, b.cause) in linked:
                found.update(_weaker(claims, one, other, begins))
            elif (b.cause, a.cause) in linked:
                found.update(_weaker(claims, other, one, begins))
    for positions in by_pair.values():
        for one, other in combinations(positions, 2):
            # What begins explains its own end, never the reverse.
            for first, last in ((one, other), (other, one)):
                a, b = claims[first], claims[last]
                if begins[a.effect] and not begins[b.effect]:
                    after = _within(b.instant, occurrences(a.effect), 0, b.within_ms)
                    if b.alone(after) < ENOUGH:
                        found.add(last)
    return found


def _weaker(
    claims: Sequence[Claim], first: int, second: int, begins: NDArray[np.bool_]
) -> list[int]:
    """Return which of two links to one effect the other explains.

    Args:
        claims: all links.
        first: position of the link whose cause comes first.
        second: position of the link whose cause comes after it.
        begins: for each key, whether it begins something.
    """
    a, b = claims[first], claims[second]
    reach = max(a.within_ms, b.within_ms)
    alone_a = a.alone(_within(a.instant, b.instant, 0, a.within_ms)) >= ENOUGH
    alone_b = b.alone(_within(b.instant, a.instant, -reach, 0)) >= ENOUGH
    if alone_a and alone_b:
        return []
    if alone_a != alone_b:
        return [second if alone_a else first]
    if begins[a.cause] != begins[b.cause]:
        return [second if begins[a.cause] else first]
    return [second if a.rank < b.rank else first]


def _within(
    instant: Instants, others: Instants, begin_ms: int, end_ms: int
) -> NDArray[np.bool_]:
    """Tell after (or before) which instants one of the others lies close enough."""
    found: NDArray[np.bool_] = np.searchsorted(
        others, instant + end_ms, "right"
    ) > np.searchsorted(others, instant + begin_ms, "left" if begin_ms else "right")
    return found
