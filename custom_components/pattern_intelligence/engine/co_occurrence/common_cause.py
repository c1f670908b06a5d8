"""Which links are the shadow of another one, and need not be told beside it.

When A leads to B and to C, then C often comes after B, too; when A leads to B and B
to C, then C often comes after A. Both are settled by the occasions on which one of
the two causes of C came alone: does C still follow, or only as often as by chance?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, permutations, product
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import Instants
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
    explained: defaultdict[int, set[int]] = defaultdict(set)
    by_effect: defaultdict[int, list[int]] = defaultdict(list)
    by_units: defaultdict[tuple[object, object], list[int]] = defaultdict(list)
    ranks = {(edge.cause, edge.effect): edge.rank for edge in edges}
    for position, edge in enumerate(edges):
        by_effect[edge.effect].append(position)
        by_units[unit[edge.cause], unit[edge.effect]].append(position)
    for positions in by_effect.values():
        for one, other in combinations(positions, 2):
            a, b = edges[one], edges[other]
            if related := unit[a.cause] == unit[b.cause]:
                # Of siblings the one that leads is meant, its mirror comes after.
                turned = (begins[b.cause], b.lag) > (begins[a.cause], a.lag)
            else:
                forth = ranks.get((a.cause, b.cause), len(edges))
                back = ranks.get((b.cause, a.cause), len(edges))
                if forth == back:
                    continue
                turned = back < forth
            first, second = (other, one) if turned else (one, other)
            lesser = _lesser(edges[first], edges[second], begins, related=related)
            if lesser is not None:
                explained[second if lesser else first].add(first if lesser else second)
    for (leading, following), positions in by_units.items():
        for one, other in permutations(positions, 2):
            if edges[one].cause == edges[other].cause and _goes_without_saying(
                edges[one], edges[other], occurrences, begins
            ):
                explained[one].add(other)
        for one, other in product(positions, by_units.get((following, leading), ())):
            if (
                edges[one].rank < edges[other].rank
                and not shut[edges[one].effect]
                and same_events(edges[one], edges[other])
            ):
                explained[one].add(other)
    return hidden_by(edges, explained)


def hidden_by(edges: Sequence[Edge], explained: Mapping[int, set[int]]) -> set[int]:
    """Return the links that, in the end, one that is told explains.

    Where links explain each other in a ring, the strongest of them is told.

    Args:
        edges: all links.
        explained: for the position of each link those that it explains.
    """
    doubted: set[int] = set().union(*explained.values())
    told = set(range(len(edges))) - doubted
    hidden: set[int] = set()
    asked = sorted(told)
    for strongest in sorted(doubted, key=lambda position: edges[position].rank):
        hidden |= _all_explained(asked, explained, told)
        asked = []
        if strongest not in hidden:
            told.add(strongest)
            asked = [strongest]
    return (hidden | _all_explained(asked, explained, told)) - told


def _all_explained(
    asked: Sequence[int], explained: Mapping[int, set[int]], told: set[int]
) -> set[int]:
    """Return what some links explain, directly or through others."""
    found: set[int] = set()
    open_ends = list(asked)
    while open_ends:
        new = explained.get(open_ends.pop(), set()) - found - told
        found |= new
        open_ends.extend(new)
    return found


def _lesser(
    a: Edge, b: Edge, begins: NDArray[np.bool_], *, related: bool
) -> bool | None:
    """Tell which of two links to one effect the other explains.

    Args:
        a: the link whose cause comes first.
        b: the link whose cause comes after it.
        begins: for each key, whether it begins something.
        related: whether the causes are on one device.

    Returns:
        Whether that is the first; None where each holds by itself.
    """
    reach = max(a.within_ms, b.within_ms)
    alone_a = a.alone(near(a.instant, b.instant, 0, a.within_ms))
    alone_b = b.alone(near(b.instant, a.instant, -reach, 0))
    if min(alone_a, alone_b) >= ENOUGH:
        return None
    lean = leaning(a, b, reach)
    if lean >= DECISIVE:
        return None if alone_a >= ENOUGH else True
    if lean <= -DECISIVE:
        return None if alone_b >= ENOUGH else False
    for proven in (ENOUGH, -ENOUGH):
        if (alone_a >= proven) != (alone_b >= proven):
            return alone_b >= proven
    if begins[a.cause] != begins[b.cause]:
        return bool(begins[b.cause])
    return not related and b.rank < a.rank


def _goes_without_saying(
    a: Edge,
    b: Edge,
    occurrences: Callable[[int], Instants],
    begins: NDArray[np.bool_],
) -> bool:
    """Tell whether a cause's second effect on a device comes with the first.

    What begins ends by itself, and siblings do the same at once.
    """
    if begins[a.effect] == begins[b.effect]:
        return a.rank < b.rank and same_effect(a, b)
    if not begins[a.effect] or not a.listed:
        return False
    begun = near(b.instant, occurrences(a.effect), 0, b.within_ms)
    return b.alone(begun) < ENOUGH
