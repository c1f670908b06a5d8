"""The exact test of one kind of days against the other, in blocks of weeks.

Within a block the days are exchangeable if their kind does not matter: what began,
ended or drifted over the months tells nothing of kinds. Given on how many days of a
block something was kept, on how many of one kind is hypergeometric (R. A. Fisher, The logic of inductive
inference, JRSS 98, 1935), or, where the whole home does more on such days, Fisher's
noncentral one with the odds that this explains. Blocks are independent, as in the exact
form of the test of N. Mantel and W. Haenszel (J. Natl. Cancer Inst. 22, 1959).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..tables import Numbers

BLOCK: Final = 21
"""Days of a block: three weeks, as the status of a pattern looks back on.

Single weeks of which most days are kept tell little by themselves.
"""

_WAYS: Final = np.array(
    [
        [float(comb(days, kept)) for kept in range(BLOCK + 1)]
        for days in range(BLOCK + 1)
    ]
)
"""Shape (BLOCK + 1, BLOCK + 1), in how many ways so many of some days can be kept."""

_RARE: Final = 0.5
"""Days on which what was never seen may have happened, and what never failed may fail."""

_HALVINGS: Final = 50
"""After which a share is as exact as numbers are."""


@dataclass(frozen=True, eq=False)
class Splits:
    """On which days of two kinds things could be kept, and were, by block.

    Attributes:
        own: shape (n, blocks), eligible days of the kind that is claimed.
        other: shape (n, blocks), eligible days of the other kind.
        own_kept: shape (n, blocks), days of the kind on which it was kept.
        other_kept: shape (n, blocks), of the other kind.
    """

    own: Numbers
    other: Numbers
    own_kept: Numbers
    other_kept: Numbers

    @classmethod
    def of(
        cls,
        days: Numbers,
        eligible: NDArray[np.bool_],
        kept: NDArray[np.bool_],
        own: NDArray[np.bool_],
    ) -> Splits:
        """Return how the eligible days fall into kinds and blocks.

        Args:
            days: shape (days,), ascending day numbers.
            eligible: shape (n, days), on which days each could be kept.
            kept: shape (n, days), those of them on which it was.
            own: shape (n, days), which days are of the kind claimed of each.
        """
        # Begins on a Monday: 1970-01-01 was a Thursday.
        block = (days + 3) // BLOCK
        of_block = (block[:, None] == np.unique(block)).astype(np.int64)
        return cls(
            (eligible & own) @ of_block,
            (eligible & ~own) @ of_block,
            (kept & own) @ of_block,
            (kept & ~own) @ of_block,
        )

    def take(self, rows: NDArray[np.intp]) -> Splits:
        """Return some of them."""
        return Splits(
            self.own[rows],
            self.other[rows],
            self.own_kept[rows],
            self.other_kept[rows],
        )

    def odds(self, growth: Floats, more: float = 0.0) -> Floats:
        """Return the odds ratio that the home explains, shape (n,).

        What is kept on a share of the other days happens at some rate; at a rate that
        is larger by the home's growth it is kept on a larger share. The share is the
        one by which as many days are expected, of both kinds together, as were kept.

        Args:
            growth: shape (n,), by how much more the home does at that time on days of
                the kind, at least 1.
            more: by how much the larger share is raised besides.
        """
        own, other = self.own.sum(axis=1), self.other.sum(axis=1)
        kept = (self.own_kept + self.other_kept).sum(axis=1)

        def grown(share: Floats) -> Floats:
            return np.minimum(1 - (1 - share) ** growth + more, 1.0)

        low, high = np.zeros(own.size), np.ones(own.size)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            less = own * grown(middle) + other * middle < kept
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        rare = _RARE / (own + other + 2 * _RARE)
        share = low.clip(rare, 1 - rare)
        larger = grown(share).clip(rare, 1 - rare)
        odds: Floats = larger / (1 - larger) * (1 - share) / share
        return odds

    def tails(self, odds: Floats) -> Floats:
        """Return the p of so many days of the kind or more, by how many they are.

        Args:
            odds: shape (n,), the odds ratio that is no news.

        Returns:
            Shape (n, blocks * BLOCK + 1), for no day of the kind, for one, and so on.
        """
        size = self.own.shape[1] * BLOCK + 1
        total = np.zeros((len(self.own), size))
        total[:, 0] = 1.0
        kept = np.arange(BLOCK + 1)
        reached = 1
        for block, most in enumerate(self.own.max(axis=0, initial=0).tolist()):
            left = (self.own_kept + self.other_kept)[:, block, None] - kept
            ways = _WAYS[self.own[:, block]] * np.where(
                left >= 0, _WAYS[self.other[:, block, None], left.clip(0)], 0.0
            )
            mass = ways * odds[:, None] ** kept
            mass /= mass.sum(axis=1, keepdims=True)
            after = np.zeros_like(total)
            for days in range(most + 1):
                more = mass[:, days, None] * total[:, :reached]
                after[:, days : days + reached] += more
            total, reached = after, reached + most
        # Summed from the far end, so that tiny tails keep their digits.
        tails: Floats = np.cumsum(total[:, ::-1], axis=1)[:, ::-1]
        return tails.clip(0.0, 1.0)
