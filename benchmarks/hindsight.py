"""How well any numbers could have told what happened: a ceiling for confidence.

Who states one number for a pattern cannot do better than with the share of the
occasions on which it then truly comes true. How much those shares differ from pattern
to pattern bounds the skill. Of the differences seen, a part is chance, since each
share is seen on a few days only: that part is taken away (as in the between-groups
component of variance: S. R. Searle, G. Casella, C. E. McCulloch, Variance Components,
1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from custom_components.pattern_intelligence.engine.evidence import Tally

from .occasions import Occasions

type Days = Sequence[tuple[int, int]]
"""Of each day, on how many occasions something could happen, and on how many it did."""


@dataclass
class DailyOccasions(Occasions):
    """What was stated, and on how many occasions it happened on each day.

    Attributes:
        days: of each claim checked.
    """

    days: list[Days] = field(default_factory=list)

    def add_days(self, stated: float, days: Days) -> None:
        """Add a claim that was checked on some days."""
        occasions, happened = (
            sum(counts) for counts in zip((0, 0), *days, strict=True)
        )
        self.add(stated, occasions, happened)
        self.days.append(days)

    def join_days(self, other: DailyOccasions) -> None:
        """Add all claims of another home."""
        self.join(other)
        self.days.extend(other.days)

    def __str__(self) -> str:
        """Return the figures in a line, with what no numbers could exceed."""
        most = best_skill(self.days)
        return f"{super().__str__()}" + (
            "" if most is None else f"  at most {most:+.3f}"
        )


def by_day(tallies: Sequence[Tally]) -> Days:
    """Return what was over on each day, and not yet on the day before.

    Args:
        tallies: of all days up to each one.
    """
    counts = [(0, 0), *((tally.occasions, tally.happened) for tally in tallies)]
    return [(n - before, did - had) for (before, had), (n, did) in pairwise(counts)]


def best_skill(claims: Sequence[Days]) -> float | None:
    """Return the skill of the best number for each claim, found in hindsight.

    That is the share of the Brier score of the best constant that is due to claims
    which truly come true more often than others. Days are what varies: occasions of
    one day hang together, so the variance of a claim's share is that of a ratio of
    sums over days (W. G. Cochran, Sampling Techniques, 1977). A claim that could
    happen on one day only does not tell what is chance, and is left out.

    Args:
        claims: what happened of each on each day.

    Returns:
        The skill, above or below 0 by chance where no claim differs from others; None
        where there is nothing to compare.
    """
    told = [np.array([day for day in days if day[0]], float) for days in claims]
    told = [days for days in told if len(days) > 1]
    if not told:
        return None
    occasions = np.array([days[:, 0].sum() for days in told])
    share = np.array([days[:, 1].sum() for days in told]) / occasions
    total = occasions.sum()
    mean = share @ occasions / total
    if not 0 < mean < 1:
        return None
    variance = np.array([_variance(days) for days in told])
    # The mean is made of the same occasions, so that it follows each share a little.
    chance = variance * (1 - occasions / total)
    differ = occasions @ ((share - mean) ** 2 - chance) / total
    return float(differ / (mean * (1 - mean)))


def _variance(days: np.ndarray) -> float:
    """Return the variance of a share of occasions, from how days differ.

    Args:
        days: shape (n, 2), occasions and how often it happened; two days at least.
    """
    occasions, happened = days.T
    apart = happened - happened.sum() / occasions.sum() * occasions
    return float(len(days) / (len(days) - 1) * (apart @ apart) / occasions.sum() ** 2)
