"""Chains of steps: what followed a first step, and what would have by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import HOUR_MS
from ..co_occurrence.crossday import Bits, ByDay, Trial, tried
from ..co_occurrence.stream import Stream
from ..tables import Numbers
from .episodes import Rows
from .steps import Alphabet

COVERED: Final = 0.7
"""Share of a chain's days that a longer one must have to stand for it."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Some steps, and how they followed each other.

    Attributes:
        keys: the steps in order.
        manners: for each step but the first the longest lag, index into ``LAGS_MS``.
        rows: shape (n,) each, the rows of each step after each occasion of the first,
            -1 where it did not follow.
        matched: shape (days,), on which days the last step followed on at least half
            of the occasions.
    """

    keys: tuple[int, ...]
    manners: tuple[int, ...]
    rows: tuple[Rows, ...]
    matched: NDArray[np.bool_]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Return on which occasions all steps followed, shape (n,)."""
        found: NDArray[np.bool_] = self.rows[-1] >= 0
        return found


@dataclass(frozen=True, slots=True)
class Before:
    """Where a step would have to follow: the step before, on each occasion.

    Attributes:
        offset: shape (n,), milliseconds of the clock since 04:00.
        hour: shape (n,), hours since 04:00.
        missing: shape (m,), on which occasions there was none.
    """

    offset: Numbers
    hour: Numbers
    missing: Rows


@dataclass(frozen=True, eq=False)
class Lead:
    """A first step: what all chains that it begins have in common.

    Attributes:
        alphabet: what steps there may be.
        key: index of the key.
    """

    alphabet: Alphabet
    key: int

    @property
    def stream(self) -> Stream:
        """Return the happenings."""
        return self.alphabet.stream

    @cached_property
    def occasions(self) -> Rows:
        """Return the rows of its happenings after which any chain would be over."""
        rows = self.stream.rows(self.key)
        return rows[self.alphabet.ended[rows]]

    @cached_property
    def by_day(self) -> ByDay:
        """Return how they lie in days."""
        return ByDay.of(self.stream.day[self.occasions])

    @cached_property
    def alike(self) -> Bits:
        """Return the days like that of each, shape (n,)."""
        found: Bits = self.stream.days.alike[self.stream.day[self.occasions]]
        return found

    def before(self, rows: Rows) -> Before:
        """Return where something would have to follow a step.

        Args:
            rows: shape (n,), of the step, -1 for none.
        """
        offset = self.stream.offset[rows]
        return Before(offset, offset // HOUR_MS, np.flatnonzero(rows < 0))

    @cached_property
    def days_alike(self) -> int:
        """Return how many days are like that of any occasion, all together."""
        return int(np.bitwise_count(self.alike).sum())

    def would_at_least(self, before: Before, keys: Sequence[int]) -> list[int]:
        """Return on how many days steps would have followed by chance, at the least.

        All occasions together, in the longest lag.

        Args:
            before: the step before.
            keys: the steps.
        """
        day, offset = self.stream.day[self.occasions], before.offset
        if before.missing.size:
            day, offset = (np.delete(own, before.missing) for own in (day, offset))
        coverage = self.stream.coverage
        return coverage.would(keys, coverage.by_cell(day, offset), day.size)

    def compared(self, before: Before, key: int) -> Bits:
        """Return which days a step is compared with on each occasion, shape (n,).

        Args:
            before: the step before.
            key: the step.
        """
        days = self.stream.days
        known = days.available(self.stream.window.keys[key].entity_id)
        compared: Bits = self.alike & known[before.hour]
        if before.missing.size:
            compared[before.missing] = self.alike[before.missing]
        return compared

    def would(self, before: Before, key: int, manner: int) -> Bits:
        """Return on which days a step would have followed by chance, shape (n,).

        Where the steps before did not happen, it would have on none.

        Args:
            before: the step before.
            key: the step.
            manner: index into ``LAGS_MS``.
        """
        would = self.stream.mask(self.key, key, manner).at(before.offset)
        if before.missing.size:
            would[before.missing] = 0
        return would

    def trial(self, chain: Chain, step: int) -> tuple[Trial, float]:
        """Return the test of one step of a chain.

        On how many days was the chain complete, and on how many would it have been,
        had this step kept to the clock of other days?

        Args:
            chain: the chain.
            step: its place, from 1 on.

        Returns:
            The terms, and the share of occasions complete by chance.
        """
        before = self.before(chain.rows[step - 1])
        compared = self.compared(before, chain.keys[step])
        would = self.would(before, chain.keys[step], chain.manners[step - 1]) & compared
        chance = share_by_chance(int(chain.complete.sum()), would, compared)
        return tried(self.by_day, chain.complete, would, compared), chance


def share_by_chance(count: int, would: Bits, compared: Bits) -> float:
    """Return the share of occasions that would be followed by chance.

    As in the trial, each occasion stands for itself among the others.

    Args:
        count: how many were followed.
        would: shape (n,), the days on which each would have been.
        compared: shape (n,), the days asked.
    """
    return (count + int(np.bitwise_count(would).sum())) / (
        compared.size + int(np.bitwise_count(compared).sum())
    )
