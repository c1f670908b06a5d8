"""Kinds of days the slow way: every day, every way to share days out among kinds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb, log, prod

from custom_components.pattern_intelligence.engine.civil import DAY_MS, MINUTE_MS

from .naive_times import matches

type Block = tuple[int, int, int, int]
"""Days of the kind and of the other, and on how many of each it was kept."""


def blocks_of(
    days: Sequence[int], kept: set[int], own: set[int], weeks: int = 3
) -> list[Block]:
    """Return how eligible days fall into blocks that begin on Mondays."""
    found: dict[int, list[int]] = {}
    for day in days:
        block = found.setdefault((day + 3) // (7 * weeks), [0, 0, 0, 0])
        block[day not in own] += 1
        block[2 + (day not in own)] += day in kept
    return [(a, b, c, d) for a, b, c, d in found.values()]


def share_of_labelings(blocks: Sequence[Block]) -> float:
    """Return in which share of all ways to label a block's days as many are kept."""
    wanted = sum(own_kept for _, _, own_kept, _ in blocks)
    totals = [1.0] + [0.0] * 99
    for own, other, own_kept, other_kept in blocks:
        kept = range(own_kept + other_kept)
        ways = [
            len(set(some) & set(kept)) for some in combinations(range(own + other), own)
        ]
        totals = [
            sum(totals[n - way] for way in ways if way <= n) / len(ways)
            for n in range(100)
        ]
    return sum(totals[wanted:])


def expected_and_tail(blocks: Sequence[Block], odds: float) -> tuple[float, float]:
    """Return the expected days of the kind, and the p of those kept, by the formula."""
    wanted, expected = sum(block[2] for block in blocks), 0.0
    totals = {0: 1.0}
    for own, other, own_kept, other_kept in blocks:
        every = own_kept + other_kept
        mass = {
            n: comb(own, n) * comb(other, every - n) * odds**n
            for n in range(own + 1)
            if 0 <= every - n <= other
        }
        whole = sum(mass.values())
        expected += sum(n * weight for n, weight in mass.items()) / whole
        after: dict[int, float] = {}
        for n, chance in totals.items():
            for m, weight in mass.items():
                after[n + m] = after.get(n + m, 0.0) + chance * weight / whole
        totals = after
    return expected, sum(chance for n, chance in totals.items() if n >= wanted)


def odds_of(blocks: Sequence[Block], growth: float, more: float) -> float:
    """Return the odds ratio that a home's growth, and some more, explains."""
    own, other, own_kept, other_kept = (
        sum(block[place] for block in blocks) for place in range(4)
    )

    def grown(share: float) -> float:
        return min(1 - float((1 - share) ** growth) + more, 1.0)

    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        if own * grown(share) + other * share < own_kept + other_kept:
            low = share
        else:
            high = share
    rare = 0.5 / (own + other + 1)
    share = min(max(low, rare), 1 - rare)
    larger = min(max(grown(share), rare), 1 - rare)
    return (larger / (1 - larger)) / (share / (1 - share))


def growth_of(
    walls: Sequence[Sequence[int]],
    thing: int,
    span: tuple[str, float, float],
    own: set[int],
    other: set[int],
) -> float:
    """Return how much more the other things are met on days of a kind, at least 1.

    Args:
        walls: of each thing, when it happened.
        thing: the one that is left out.
        span: anchor, and begin and end in minutes after midnight.
        own: days of the kind on which somebody was home.
        other: those of the other kind.
    """
    anchor, low, high = span
    rates = [1.0, 1.0]
    for number, each in enumerate(walls):
        if number == thing:
            continue
        for kind, days in enumerate((own, other)):
            if anchor == "each":
                met = sum(
                    any(low <= (at - day * DAY_MS) / MINUTE_MS < high for at in each)
                    for day in days
                )
            else:
                met = len(matches(each, low, high, anchor, days))
            share = min(met / max(len(days), 1), 1 - 0.5 / max(len(days), 1))
            rates[kind] += -log(1 - share)
    return max(prod((rates[0], 1 / rates[1])), 1.0)
