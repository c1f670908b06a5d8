"""Which links are the shadow of another one, and need not be told beside it.

When A leads to B and to C, then C often comes after B, too; when A leads to B and B
to C, then C often comes after A. Both are settled by the occasions on which one of
the two causes of C came alone: does C still follow, or only as often as by chance?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations, product
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .civil import Instants
from .edge import Edge, leaning, near, same_effect, same_events

ENOUGH: Final = log(20)
"""Log of the odds, twenty to one, at which a cause has proven itself alone."""

DECISIVE: Final = 1.645
"""Normal deviate beyond which chance leans one way in five cases of a hundred."""


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
        for one, other in combinations(positions, 2):
            a, b = edges[one], edges[other]
            if unit[a.cause] == unit[b.cause]:
                # Of siblings the one that leads is meant, its mirror comes after.
                later = (begins[b.cause], b.lag) > (begins[a.cause], a.lag)
                first, second = (other, one) if later else (one, other)
                found.update(_rivals(edges, first, second, begins, related=True))
                continue
            forth = ranks.get((a.cause, b.cause), len(edges))
            back = ranks.get((b.cause, a.cause), len(edges))
            if forth != back:
                first, second = (one, other) if forth < back else (other, one)
                found.update(_rivals(edges, first, second, begins))
    for (leading, following), positions in by_units.items():
        for one, other in combinations(positions, 2):
            if edges[one].cause == edges[other].cause:
                found.update(_ends(edges, one, other, occurrences, begins))
        for one, other in product(positions, by_units.get((following, leading), ())):
            if (
                edges[one].rank < edges[other].rank
                and not shut[edges[one].effect]
                and same_events(edges[one], edges[other])
            ):
                found.add(other)
    return found


def _rivals(
    edges: Sequence[Edge],
    first: int,
    second: int,
    begins: NDArray[np.bool_],
    *,
    related: bool = False,
) -> set[int]:
    """Return which of two links to one effect the other explains, if any.

    Args:
        edges: all links.
        first: position of the link whose cause comes first.
        second: position of the link whose cause comes after it.
        begins: for each key, whether it begins something.
        related: whether the causes are on one device.
    """
    a, b = edges[first], edges[second]
    reach = max(a.within_ms, b.within_ms)
    alone_a = a.alone(near(a.instant, b.instant, 0, a.within_ms))
    alone_b = b.alone(near(b.instant, a.instant, -reach, 0))
    if min(alone_a, alone_b) >= ENOUGH:
        return set()
    lean = leaning(a, b, reach)
    if lean >= DECISIVE:
        return set() if alone_a >= ENOUGH else {first}
    if lean <= -DECISIVE:
        return set() if alone_b >= ENOUGH else {second}
    for proven in (ENOUGH, -ENOUGH):
        if (alone_a >= proven) != (alone_b >= proven):
            return {second if alone_a >= proven else first}
    if begins[a.cause] != begins[b.cause]:
        return {second if begins[a.cause] else first}
    return {second if related or a.rank < b.rank else first}


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
        same = same_effect(a, b)
        return {other if a.rank < b.rank else one} if same else set()
    beginning, end = (a, b) if begins[a.effect] else (b, a)
    if not beginning.listed:
        return set()
    begun = near(end.instant, occurrences(beginning.effect), 0, end.within_ms)
    return set() if end.alone(begun) >= ENOUGH else {other if end is b else one}
