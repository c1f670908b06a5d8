"""Whether a day's counts are too many or too few, and what such chances are worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..day_kinds import weekday_of
from ..evidence import Floats
from ..tables import Numbers
from .budget import TAIL, Stretch
from .count_model import LEAST_P, CountModel
from .expected_counts import expected_counts, trend
from .uses import Uses

FEWEST_DAYS: Final = 28
"""Past days, four of each weekday, before it is known how a thing is used."""

LIVED_SHARE: Final = 0.5
"""Share of a day's usual use that falls into hours with people about as usual, from
which on the day counts: by who was home, never by what was used."""

_GROUPS: Final = ((0, 16), (16, 64), (64, 256), (256, 1 << 40))
"""Counts that are worked on together, so that few steps are for nothing."""


@dataclass(frozen=True, eq=False)
class Counts:
    """The counts of a window's days, and what they should have been.

    Attributes:
        uses: the uses.
    """

    uses: Uses

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Return which past days tell of usual ones, shape (things, days).

        Not those on which people left for days or came back from them: had they been
        home as ever, a thing would have been used.
        """
        known = self.uses.eligible & (self.presence >= LIVED_SHARE)
        known[:, -1] = False
        return known

    @cached_property
    def judged(self) -> NDArray[np.bool_]:
        """Return which things can be judged today, shape (things,)."""
        enough: NDArray[np.bool_] = self.known.sum(axis=1) >= FEWEST_DAYS
        return enough & self.uses.eligible[:, -1]

    @cached_property
    def expected(self) -> Floats:
        """Return how many uses each day should have had, shape (things, days)."""
        uses = self.uses
        return expected_counts(
            uses.counts,
            self.known,
            uses.possible.sum(axis=2),
            weekday_of(uses.window.days),
            uses.free,
            uses.entities,
        )

    @cached_property
    def model(self) -> CountModel:
        """Return what past days tell of the counts."""
        return CountModel.fitted(
            self.uses.counts, self.known, self.expected, self.uses.entities
        )

    @cached_property
    def weights(self) -> Floats:
        """Return the model's posterior, shape (things, cells)."""
        return self.model.weights(np.arange(len(self.uses.entities)))

    @cached_property
    def overdispersion(self) -> Floats:
        """Return each thing's overdispersion as believed, shape (things,)."""
        found: Floats = np.einsum("tc,c->t", self.weights, 1 / self.model.size)
        return found

    @cached_property
    def presence(self) -> Floats:
        """Return how much was to be expected though people were out more than usual.

        Returns:
            Shape (things, days), at most 1.
        """
        uses = self.uses
        lived = (uses.possible * uses.inhabited).sum(axis=2)
        found: Floats = lived / np.maximum(uses.possible.sum(axis=2), 1e-9)
        return found

    def many(self) -> CountTails:
        """Return how probable it is that today's counts are so large."""
        recent = trend(self.uses.counts, self.known, self.expected)
        return self._tails(self.expected, np.maximum(recent, 1.0), few=False)

    def few(self) -> CountTails:
        """Return how probable it is that today's counts are so small."""
        recent = trend(self.uses.counts, self.known, self.expected)
        expected = self.expected * self.presence
        return self._tails(expected, np.minimum(recent, 1.0), few=True)

    def _tails(self, expected: Floats, level: Floats, *, few: bool) -> CountTails:
        """Return the chances of all counts today.

        Args:
            expected: shape (things, days), how many uses there should be.
            level: shape (things,), by how much a trend may have changed that: of the
                usual and the recent level, the one that is more cautious counts.
            few: look for too few, else for too many.
        """
        counts = self.uses.counts
        today = expected[:, -1] * level
        most = np.maximum(counts.max(axis=1, initial=0), today.astype(np.int64)) * 2 + 8
        below = np.ones((len(counts), int(most.max(initial=0)) + 1))
        for low, high in _GROUPS:
            some = np.flatnonzero((most >= low) & (most < high))
            if some.size:
                upto = int(most[some].max())
                below[some, : upto + 1] = self.model.below(
                    some, today[some], upto, self.weights[some]
                )
        return CountTails(self, expected, today, below, few)


@dataclass(frozen=True, eq=False)
class CountTails:
    """The chances of counts on one side.

    Attributes:
        counts: what they are judged by.
        usual: shape (things, days), expected uses on each day.
        expected: shape (things,), expected uses today.
        below: shape (things, counts), the chance of at most so many today.
        few: whether it is about too few, else about too many.
    """

    counts: Counts
    usual: Floats
    expected: Floats
    below: Floats
    few: bool

    @cached_property
    def chances(self) -> Floats:
        """Return the chance of a count at least so extreme, shape (things, counts)."""
        if self.few:
            return self.below
        above = np.ones_like(self.below)
        above[:, 1:] = (1 - self.below[:, :-1]).clip(LEAST_P)
        return above

    @cached_property
    def today(self) -> Floats:
        """Return the chance of today's counts, shape (things,)."""
        counts = self.counts.uses.counts[:, -1]
        found: Floats = self.chances[np.arange(counts.size), counts]
        return np.where(self.counts.judged, found, 1.0)

    def sizes(self, chance: float) -> float:
        """Return how many of today's things will have so small a chance."""
        own = self.chances[self.counts.judged]
        return float(np.where(own <= chance, own, 0.0).max(axis=1, initial=0.0).sum())

    def stretch(self, least: float) -> Stretch:
        """Return what the model's small chances are worth, by the past days.

        Args:
            least: as :meth:`..Stretch.fitted` has it.
        """
        counts = self.counts
        shown = counts.known & counts.judged[:, None]
        spread = np.sqrt(self.usual + counts.overdispersion[:, None] * self.usual**2)
        score = (counts.uses.counts - self.usual) / np.maximum(spread, 1e-9)
        # Nearer to what was expected no chance is in the tail.
        far = score < -1 if self.few else score > 1.5
        middle = self._middles(*np.nonzero(shown & far))
        return Stretch.fitted(
            middle[middle < TAIL], float(self._foretold @ shown.sum(axis=1)), least
        )

    @cached_property
    def _foretold(self) -> Floats:
        """Return the chance of a count in the tail, shape (things,)."""
        single = np.diff(self.below, axis=1, prepend=0.0)
        middle = self.below - single / 2
        if not self.few:
            middle = 1 - middle
        found: Floats = np.where(middle < TAIL, single, 0.0).sum(axis=1)
        return found

    def _middles(self, thing: Numbers, day: Numbers) -> Floats:
        """Return chances of past counts, of the count itself half.

        Each judged without its own day.
        """
        model = self.counts.model
        counts = self.counts.uses.counts[thing, day]
        found = np.ones(thing.size)
        for low, high in _GROUPS:
            some = np.flatnonzero((counts >= low) & (counts < high))
            if not some.size:
                continue
            own, number = thing[some], counts[some]
            below = model.below(
                own,
                self.usual[own, day[some]],
                int(number.max()),
                model.weights(own, day[some]),
            )
            row = np.arange(some.size)
            upto = below[row, number]
            under = np.where(number > 0, below[row, np.maximum(number, 1) - 1], 0.0)
            middle = (upto + under) / 2
            found[some] = middle if self.few else 1 - middle
        return found.clip(LEAST_P)
