"""The search for what is kept on one kind of days and hardly on the other.

Of each thing it is asked whether it happens at all on a waking day, whether within a
window of the clock, and whether its first or last of the day lies there. What keeps a
time of its own is looked at apart from that (:mod:`.times`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..tables import Numbers
from ..time_of_day.search import FEWEST_DAYS, KEPT_WORTH
from ..time_of_day.spans import Spans
from .counted import ASKED, AT_ALL, Counted, Counts

CLEARLY: Final = 0.15
"""Share of days by which something is kept more often, at the least, to be news."""

OFTEN: Final = 0.5
"""Share of days below which nothing is a habit of that kind of day."""

LEAST_RATIO: Final = 2.0
"""Times as large a share as of the other days: else it is a habit of both."""

ALIKE: Final = 9.0
"""How much less than so many separate chances the questions of a thing are.

The first and the last of what happens once a day are the thing itself. Measured with
workdays and free days dealt anew: p is below no level more often than it says.
"""

LIKELIEST: Final = 4
"""Questions to a thing, by a quick guess, that are examined to find the best."""

_TINY: Final = 1e-9

_ALIKE_FROM: Final = np.flatnonzero(np.diff(ASKED.risk, prepend=0.0))
"""Where questions begin that are spent as much on as the ones behind them."""


@dataclass(frozen=True, eq=False)
class Suspects:
    """What seems to be kept on one kind of days.

    Attributes:
        unit: shape (n,), of which unit.
        spans: from when to when, n of them.
        timed: shape (n,), whether a time is told, else whether it happens at all.
        free: shape (n,), whether on the free days, else on workdays.
        growth: shape (n,), how much more the rest of the home does then on days of
            the kind, at least 1.
        risk: shape (n,), the share of a thing's risk of a false claim spent on it; 0
            where it was chosen without a look at kinds of days.
    """

    unit: Numbers
    spans: Spans
    timed: NDArray[np.bool_]
    free: NDArray[np.bool_]
    growth: Floats
    risk: Floats

    def take(self, which: NDArray[np.intp]) -> Suspects:
        """Return some of them."""
        return Suspects(
            self.unit[which],
            self.spans.take(which),
            self.timed[which],
            self.free[which],
            self.growth[which],
            self.risk[which],
        )

    @classmethod
    def join(cls, parts: Sequence[Suspects]) -> Suspects:
        """Return all of several."""
        spans = Spans(
            *(
                np.concatenate([getattr(part.spans, name) for part in parts])
                for name in ("anchor", "low", "high")
            )
        )
        unit, timed, free, growth, risk = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("unit", "timed", "free", "growth", "risk")
        )
        return cls(unit, spans, timed, free, growth, risk)


def suspects(counted: Counted) -> tuple[Suspects, NDArray[np.bool_]]:
    """Return of each unit and kind of day the questions that tell most, if any do.

    Args:
        counted: how often they are answered on days of both kinds.

    Returns:
        Them, and of which kinds (workdays, free days) and units anything could be
        asked, shape (2, units).
    """
    asked = [_askable(counted.kept, counted.days, own) for own in (0, 1)]
    spent = [_spent(own) for own in asked]
    found = [
        _best(counted, own, could, total)
        for own, (could, total) in enumerate(zip(asked, spent, strict=True))
    ]
    unit, question, growth = (np.concatenate(own) for own in zip(*found, strict=True))
    kind = np.repeat([0, 1], [own.size for own, _, _ in found])
    risk = ALIKE * ASKED.risk[question] / np.array(spent)[kind, unit]
    return (
        Suspects(
            unit,
            ASKED.spans(question),
            ASKED.anchor[question] != AT_ALL,
            kind > 0,
            growth,
            risk.clip(max=1.0),
        ),
        np.array([could.any(axis=1) for could in asked]),
    )


def _askable(kept: Counts, days: Counts, own: int) -> NDArray[np.bool_]:
    """Return what could be told of a kind, whichever of the days it was kept on.

    What is kept too seldom in all, or on too many days, cannot stand out, and what
    cannot is no chance to be wrong (R. E. Tarone, A modified Bonferroni method for
    discrete data, Biometrics 46, 1990).

    Args:
        kept: as of :class:`Counted`.
        days: as of :class:`Counted`.
        own: the kind that is asked about.

    Returns:
        Shape (units, questions).
    """
    total = kept[0] + kept[1]
    mine, theirs = days[own], days[1 - own]
    could: NDArray[np.bool_] = (
        (total >= np.maximum(FEWEST_DAYS, OFTEN * mine))
        & (total <= mine + theirs / LEAST_RATIO)
        & (mine >= FEWEST_DAYS)
        & (theirs > 0)
    )
    return could


def _spent(could: NDArray[np.bool_]) -> Floats:
    """Return the shares of the risk of all that could be told of each unit."""
    count = np.add.reduceat(could, _ALIKE_FROM, axis=1, dtype=np.int64)
    total: Floats = (count * ASKED.risk[_ALIKE_FROM]).sum(axis=1)
    return total


def _best(
    counted: Counted, own: int, could: NDArray[np.bool_], spent: Floats
) -> tuple[Numbers, Numbers, Floats]:
    """Return unit, question and growth of what tells most, by unit.

    Args:
        counted: how often questions are answered.
        own: the kind that is asked about.
        could: shape (units, questions), what could be told of it.
        spent: shape (units,), the shares of the risk of all that could be.
    """
    kept, days = counted.kept, counted.days
    often = kept[own] >= np.maximum(FEWEST_DAYS, OFTEN * days[own])
    unit, question = np.nonzero(often & could)
    at = unit, question
    mine, theirs = (days[kind, unit, 0].astype(float) for kind in (own, 1 - own))
    did, others = (kept[kind][at].astype(float) for kind in (own, 1 - own))
    share, least = did / mine, others / theirs
    growth = counted.growth(unit, question, own)
    grown = 1 - (1 - least) ** growth
    both = (did + others) / (mine + theirs)
    gain = mine * _divergence(share, np.maximum(grown, both))
    gain += theirs * _divergence(least, both)
    gain += np.log(ASKED.risk[question] / spent[unit])
    told = (gain > 0) & (share >= LEAST_RATIO * least) & (share >= grown + CLEARLY)
    worth = np.where(told, gain + KEPT_WORTH * did, 0.0)
    order = np.lexsort((question, -worth, unit))
    order = order[worth[order] > 0]
    begin = np.searchsorted(unit[order], unit[order])
    chosen = order[np.arange(order.size) - begin < LIKELIEST]
    return unit[chosen], question[chosen], growth[chosen]


def _divergence(share: Floats, chance: Floats) -> Floats:
    """Return how unlikely a share is by chance, in log likelihood a day."""
    chance = chance.clip(_TINY, 1 - _TINY)
    rest, met = np.clip(1 - share, _TINY, 1.0), np.clip(share, _TINY, 1.0)
    found: Floats = met * np.log(met / chance) + rest * np.log(rest / (1 - chance))
    return found
