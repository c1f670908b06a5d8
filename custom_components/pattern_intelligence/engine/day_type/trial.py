"""What seems to be kept on one kind of days, tested exactly on its habit-days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..eligibility import eligible_spans
from ..evidence import Floats
from ..time_of_day.walls import Met, Walls
from ..window import Window
from .search import ASKED, CLEARLY, Suspects
from .split import Splits


@dataclass(frozen=True, eq=False)
class KindTrials:
    """Things that were tested exactly.

    Attributes:
        suspects: the n of them.
        eligible: shape (n, days), the eligible habit-days of both kinds.
        kept: shape (n, days), those of them on which it was kept.
        own: shape (n, days), days of the kind that is claimed.
        times: shape (n, days), minutes after midnight of the habit-day, of what was
            kept the one nearest to the window's middle; nan where nothing was.
        expected: shape (n,), days of the kind that would be kept if it did not matter.
        p_values: shape (n,), of as many or more.
        unsure: shape (n,), p, were it kept so much more often as is just news.
    """

    suspects: Suspects
    eligible: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    own: NDArray[np.bool_]
    times: Floats
    expected: Floats
    p_values: Floats
    unsure: Floats

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
        spans = ASKED.spans(suspects.question)
        eligible = eligible_spans(window, entity_ids, spans)
        met = Met(walls, suspects.unit, spans, window.days)
        kept = met.hits & eligible
        own = window.calendar.free(window.days) == suspects.free[:, None]
        splits = Splits.of(window.days, eligible, kept, own)
        expected, p_values = splits.tested(splits.odds(suspects.growth))
        _, unsure = splits.tested(splits.odds(suspects.growth, CLEARLY))
        times = np.where(kept, met.nearest(), np.nan)
        return cls(suspects, eligible, kept, own, times, expected, p_values, unsure)

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
