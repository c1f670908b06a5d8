"""What seems to be kept on one kind of days, tested exactly on its habit-days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..eligibility import eligible_spans
from ..evidence import Floats
from ..time_of_day.search import FEWEST_DAYS
from ..time_of_day.walls import Met, Walls
from ..window import Window
from .search import CLEARLY, LEAST_RATIO, OFTEN, Suspects
from .split import Splits

UNSURE: Final = 0.025
"""Probability of seeing as much where the difference is just too small to be news."""


@dataclass(frozen=True, eq=False)
class KindTrials:
    """Things that were tested exactly.

    Attributes:
        suspects: the n of them.
        eligible: shape (n, days), the eligible habit-days of both kinds.
        kept: shape (n, days), those of them on which it was kept.
        own: shape (n, days), days of the kind that is claimed.
        met: what happened in the spans.
        splits: how these days fall into kinds and blocks.
        tails: shape (n, days + 1), p of so many days of the kind or more, if it did
            not matter.
        unsure: shape (n, days + 1), p, were it kept so much more often as is just
            news.
    """

    suspects: Suspects
    eligible: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    own: NDArray[np.bool_]
    met: Met
    splits: Splits
    tails: Floats
    unsure: Floats

    @property
    def size(self) -> int:
        """Return how many there are."""
        return self.suspects.unit.size

    def take(self, rows: NDArray[np.intp]) -> KindTrials:
        """Return some of them."""
        suspects, met, splits = self.suspects.take(rows), self.met, self.splits
        return KindTrials(
            suspects,
            self.eligible[rows],
            self.kept[rows],
            self.own[rows],
            Met(met.walls, suspects.unit, suspects.spans, met.days),
            splits.take(rows),
            self.tails[rows],
            self.unsure[rows],
        )

    @cached_property
    def times(self) -> Floats:
        """Return when things were kept, shape (n, days).

        In minutes after midnight of the habit-day; of several what is nearest to the
        window's middle, nan where nothing was kept.
        """
        return np.where(self.kept, self.met.nearest(), np.nan)

    @property
    def expected(self) -> Floats:
        """Return the days of the kind that would be kept if it did not matter."""
        expected: Floats = self.tails[:, 1:].sum(axis=1)
        return expected

    @property
    def p_values(self) -> Floats:
        """Return the p of as many days of the kind or more, shape (n,)."""
        p_values: Floats = np.take_along_axis(self.tails, self._seen, axis=1)[:, 0]
        return p_values

    @cached_property
    def _seen(self) -> NDArray[np.int64]:
        seen: NDArray[np.int64] = self.splits.own_kept.sum(axis=1)[:, None]
        return seen

    @cached_property
    def _news(self) -> NDArray[np.bool_]:
        """Tell how many days of the kind would be news, shape (n, days + 1)."""
        splits = self.splits
        own, other = (days.sum(axis=1)[:, None] for days in (splits.own, splits.other))
        kept = np.arange(self.tails.shape[1])
        rest = (splits.own_kept + splits.other_kept).sum(axis=1)[:, None] - kept
        news: NDArray[np.bool_] = (
            (kept >= np.maximum(FEWEST_DAYS, OFTEN * own))
            & (kept * other >= LEAST_RATIO * rest * own)
            & (other > 0)
            & (rest >= 0)
            & (self.unsure <= UNSURE)
        )
        return news

    def by_chance(self, asked: int) -> Floats:
        """Return how many false claims there would be, were such as each one told.

        Half of all that are allowed may come from times, half from what was searched
        for. Of a time it is known what could have been seen: counts are whole, and
        mostly far from any level (J. F. Heyse, A false discovery rate procedure for
        categorical data, Recent Advances in Biostatistics, 2011).

        Args:
            asked: of how many things and kinds of days something could be asked.

        Returns:
            Shape (n,); infinite where there is no news.
        """
        p_values, risk = self.p_values, self.suspects.risk
        is_time = risk == 0
        news = self._news[is_time]
        tails = self.tails[is_time]
        mass = -np.diff(tails, axis=1, append=0.0)[news]
        level = tails[news]
        order = np.argsort(level, kind="stable")
        spent = np.append(0.0, np.cumsum(mass[order]))
        as_small = np.searchsorted(level[order], p_values, "right")
        searched = p_values / np.where(is_time, 1.0, risk) * asked
        false = 2 * np.where(is_time, spent[as_small], searched)
        seen = np.take_along_axis(self._news, self._seen, axis=1)[:, 0]
        return np.where(seen, false, np.inf)

    @classmethod
    def of(
        cls,
        window: Window,
        walls: Walls,
        entity_ids: Sequence[str],
        suspects: Suspects,
    ) -> KindTrials:
        """Test what a search has found.

        Args:
            window: the window of days.
            walls: the happenings, by unit.
            entity_ids: whose availability counts, for each of the n.
            suspects: what was found.
        """
        met = Met(walls, suspects.unit, suspects.spans, window.days)
        # Of both kinds of days the same may be asked: that is looked up once.
        first, which = _different(suspects)
        unit, spans = suspects.unit[first], suspects.spans.take(first)
        names = [entity_ids[row] for row in first.tolist()]
        eligible = eligible_spans(window, names, spans)
        kept = (Met(walls, unit, spans, window.days).hits & eligible)[which]
        eligible = eligible[which]
        own = window.calendar.free(window.days) == suspects.free[:, None]
        splits = Splits.of(window.days, eligible, kept, own)
        tails, unsure = (
            splits.tails(splits.odds(suspects.growth, more)) for more in (0.0, CLEARLY)
        )
        return cls(suspects, eligible, kept, own, met, splits, tails, unsure)

    def days(self, row: int, *, own: bool) -> NDArray[np.intp]:
        """Return where the eligible days of a kind are.

        Args:
            row: which of the n.
            own: whether of the kind that is claimed, else of the other.
        """
        return np.flatnonzero(self.eligible[row] & (self.own[row] == own))

    def matched(self, row: int) -> NDArray[np.intp]:
        """Return where the days of the kind are on which something was kept."""
        return np.flatnonzero(self.kept[row] & self.own[row])


def _different(suspects: Suspects) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return a row of each unit's window, and which of those each of the n is."""
    spans = suspects.spans
    asked = np.array([suspects.unit, spans.anchor, spans.low, spans.high])
    _, first, which = np.unique(asked, axis=1, return_index=True, return_inverse=True)
    return first, which
