"""How long something usually lasts: its modes, and how sure they are.

All lengths are natural logarithms of seconds. A length is usual when lengths lie as
close together as those of a robust coefficient of variation of a quarter: half of them
within a sixth of their middle (P. J. Rousseeuw, C. Croux, Alternatives to the median
absolute deviation, JASA 88, 1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from math import comb, erf, exp, inf, lgamma, log, log1p, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import distinct
from ..evidence import Floats, poisson_binomial_tail
from ..tables import Numbers

FEWEST_DAYS: Final = 8
"""Days on which something has to last about as long, before it is usual."""

WIDEST_CV: Final = 0.25
"""Robust coefficient of variation from which a length is no longer usual."""

NEAR: Final = 0.6745 * WIDEST_CV
"""Distance from the middle within which half of the lengths lie that vary so much."""

CLUSTER: Final = 3 * NEAR
"""Distance within which nearly all do: two standard deviations."""

_TO_VALLEY: Final = CLUSTER + NEAR
"""From a middle to the valley beside it: what is about so long is not of the mode."""

BLUR: Final = 2 * WIDEST_CV
"""Spread of the logarithm by which what is usual is taken away: twice the widest."""

SURE: Final = 0.95
"""Of the upper bound of the coefficient of variation."""

MOST_MODES: Final = 4
"""What has more programs than this has none that anybody could name."""

SEPARATE_P: Final = 0.01
"""Chance that there is no valley between two modes that are told apart."""


@dataclass(frozen=True, eq=False)
class Lengths:
    """How long the runs of a state lasted.

    Attributes:
        log: shape (n,), of runs whose begin and end were seen, ascending.
        day: shape (n,), number of the day that each belongs to.
        unseen: shape (m,), how long runs had lasted when they were last seen.
    """

    log: Floats
    day: Numbers
    unseen: Floats

    @cached_property
    def weight(self) -> Floats:
        """Return what each run counts, the runs of a day one together."""
        _, where, counts = np.unique(self.day, return_inverse=True, return_counts=True)
        shares: Floats = 1.0 / counts[where]
        return shares

    def days_near(self, middle: float) -> int:
        """Return on how many days something lasted about so long."""
        low, high = np.searchsorted(self.log, (middle - NEAR, middle + NEAR))
        return int(distinct(self.day[low:high]).size)


@dataclass(frozen=True, eq=False)
class Mode:
    """A usual length.

    Attributes:
        middle: its median.
        above: length from which a run may be of this mode; -inf for any.
        below: length from which it is of the next one; inf for none.
        eligible: shape (days,), ascending numbers of the days on which something of
            this mode's reach was completed.
        matched: shape (matched,), those on which more than half of it lasted about so
            long.
        runs: shape (days,), how many runs of its reach were completed on each.
        looked_for: how many modes were looked for.
    """

    middle: float
    above: float
    below: float
    eligible: Numbers
    matched: Numbers
    runs: Numbers
    looked_for: int

    @property
    def sure(self) -> bool:
        """Tell whether the coefficient of variation is surely below the widest.

        Were it just that, every length would be as likely as not near the middle.
        """
        likely = self.matched.size > self.chances(0.5).sum()
        return likely and self.p_value(0.5) <= 1 - SURE

    def chances(self, near: float) -> Floats:
        """Return the probability that each day matches, by chance.

        Args:
            near: that a length is near the middle, each for itself.
        """
        chance = {
            count: _more_than_half(count, near) for count in set(self.runs.tolist())
        }
        return np.array([chance[count] for count in self.runs.tolist()])

    def p_value(self, near: float) -> float:
        """Return the probability of so many matching days or more, by chance.

        Corrected for the modes that were looked for.

        Args:
            near: that a length is near the middle, each for itself.
        """
        matched = np.array([self.matched.size])
        tail = poisson_binomial_tail(self.chances(near)[None], matched)
        return min(float(tail[0]) * self.looked_for, 1.0)

    def reach(self, log: Floats) -> NDArray[np.bool_]:
        """Tell which lengths may be of this mode."""
        own: NDArray[np.bool_] = (log >= self.above) & (log < self.below)
        return own

    def cluster(self, log: Floats) -> NDArray[np.bool_]:
        """Tell which lengths belong together with the median."""
        return self.reach(log) & (np.abs(log - self.middle) <= CLUSTER)


def modes_of(lengths: Lengths) -> list[Mode]:
    """Return the lengths that may be usual, ascending.

    Where lengths are densest is the middle of a mode; what is told apart from it by a
    valley is another one. What is not usual among all runs may still be so among those
    that lasted about so long, where valleys set them apart from the others.
    """
    middles, looked_for = _separate(lengths)
    if not middles:
        return []
    edges = [-inf, *((a + b) / 2 for a, b in pairwise(middles)), inf]
    modes: list[Mode] = []
    for middle, above, below in zip(middles, edges[:-1], edges[1:], strict=True):
        mode = _mode(lengths, middle, above, below, looked_for)
        if not mode.sure:
            above = max(above, _edge(lengths, middle, -_TO_VALLEY))
            below = min(below, _edge(lengths, middle, _TO_VALLEY))
            if (above, below) != (mode.above, mode.below):
                mode = _mode(lengths, middle, above, below, looked_for + 1)
        modes.append(mode)
    return modes


def _edge(lengths: Lengths, middle: float, to_valley: float) -> float:
    """Return where a valley sets a mode apart from all that is beyond it, if any does.

    What is beyond need not be usual itself, but has to be there on some days.

    Args:
        lengths: how long the runs lasted.
        middle: of the mode.
        to_valley: from there to where the valley would be; negative for shorter runs.
    """
    edge = middle + to_valley
    beyond = lengths.log < edge if to_valley < 0 else lengths.log >= edge
    apart = distinct(lengths.day[beyond]).size >= FEWEST_DAYS and _fewer(
        lengths.days_near(edge), lengths.days_near(middle)
    )
    return edge if apart else inf * to_valley


def _separate(lengths: Lengths) -> tuple[list[float], int]:
    """Return the middles of modes that valleys tell apart, and how many were tried."""
    accepted: list[float] = []
    log, weight = lengths.log, lengths.weight
    for tried in range(MOST_MODES):
        if log.size < FEWEST_DAYS:
            return accepted, tried
        sums = np.append(0.0, np.cumsum(weight))
        within = (
            sums[np.searchsorted(log, log + NEAR, "right")]
            - sums[np.searchsorted(log, log - NEAR)]
        )
        # Rounded, so that no last digit decides between two places.
        densest = log[np.argmax(np.round(within, 9))]
        low, high = np.searchsorted(log, (densest - CLUSTER, densest + CLUSTER))
        middle = float(log[(low + high - 1) // 2] + log[(low + high) // 2]) / 2
        if lengths.days_near(middle) < FEWEST_DAYS:
            return accepted, max(tried, 1)
        log, weight = (np.concatenate((own[:low], own[high:])) for own in (log, weight))
        lower = [other for other in accepted if other < middle][-1:]
        higher = [other for other in accepted if other > middle][:1]
        if all(_valley(lengths, middle, other) for other in (*lower, *higher)):
            accepted = sorted((*accepted, middle))
    return accepted, MOST_MODES


def _valley(lengths: Lengths, one: float, other: float) -> bool:
    """Tell whether surely fewer days have lengths between two modes than of either."""
    of_mode = min(lengths.days_near(one), lengths.days_near(other))
    return _fewer(lengths.days_near((one + other) / 2), of_mode)


def _fewer(between: int, of_mode: int) -> bool:
    """Tell whether a number of days is smaller by more than chance."""
    return _coins(between + of_mode, of_mode) <= SEPARATE_P


@cache
def _coins(coins: int, heads: int) -> float:
    """Return the probability that fair coins show so many heads or more."""
    return sum(comb(coins, shown) for shown in range(heads, coins + 1)) / 2.0**coins


def _mode(
    lengths: Lengths, middle: float, above: float, below: float, looked_for: int
) -> Mode:
    own = slice(*np.searchsorted(lengths.log, (above, below)).tolist())
    near = np.abs(lengths.log[own] - middle) <= NEAR
    days, where, runs = np.unique(
        lengths.day[own], return_inverse=True, return_counts=True
    )
    met = 2 * np.bincount(where, near, days.size) > runs
    return Mode(middle, above, below, days, days[met], runs, looked_for)


@lru_cache(maxsize=4096)
def _more_than_half(trials: int, chance: float) -> float:
    """Return the probability that more than half of some trials succeed."""
    if not 0 < chance < 1:
        return float(chance >= 1)
    # By logarithms: what flaps has more runs a day than a float has room for.
    ways, hit, miss = lgamma(trials + 1), log(chance), log1p(-chance)
    total = sum(
        exp(
            ways
            - lgamma(hits + 1)
            - lgamma(trials - hits + 1)
            + hits * hit
            + (trials - hits) * miss
        )
        for hits in range(trials // 2 + 1, trials + 1)
    )
    return min(total, 1.0)


def near_by_chance(lengths: Lengths, mode: Mode) -> float:
    """Return the probability that a length is near a mode's middle where none is usual.

    That is, where each of the lengths there were is blurred by ``BLUR``: a broad hump
    is left, as a time of day leaves its rhythm.
    """
    own = lengths.log[mode.reach(lengths.log)].tolist()
    low, high = mode.middle - NEAR, mode.middle + NEAR
    blurred = {
        log: (
            _blurred(high, log) - _blurred(low, log),
            _blurred(mode.below, log) - _blurred(mode.above, log),
        )
        for log in set(own)
    }
    near, within = (sum(blurred[log][part] for log in own) for part in (0, 1))
    return near / within


def _blurred(edge: float, log: float) -> float:
    """Return the probability that a blurred length lies below an edge."""
    return (1 + erf((edge - log) / (BLUR * sqrt(2)))) / 2


@dataclass(frozen=True, slots=True)
class Predicted:
    """Where the next length of a mode lies.

    Attributes:
        low: 10th percentile of the next one.
        middle: the median.
        high: 90th percentile.
        chance: probability that it lies within the two: .8, less for few lengths.
    """

    low: float
    middle: float
    high: float
    chance: float


def predicted(lengths: Lengths, mode: Mode) -> Predicted:
    """Return where the next length of a mode lies, from those there were.

    Runs whose end was not seen count for as long as they were seen (E. L. Kaplan,
    P. Meier, JASA 53, 1958): to leave them out would favour short ones. Of n lengths
    the next one is below the k-th with probability k / (n + 1), whatever they are like.
    """
    seen = lengths.log[mode.cluster(lengths.log)]
    unseen = lengths.unseen[mode.cluster(lengths.unseen)]
    log = np.concatenate((seen, unseen))
    ended = np.arange(log.size) < seen.size
    order = np.argsort(log, kind="stable")
    log, ended = log[order], ended[order]
    at_risk = np.arange(log.size, 0, -1)
    lasting = np.cumprod(np.where(ended, 1 - 1 / at_risk, 1.0))
    share = (1 - lasting[ended]) * log.size / (log.size + 1)
    low, middle, high = np.interp((0.1, 0.5, 0.9), share, log[ended]).tolist()
    chance = min(0.9, float(share[-1])) - max(0.1, float(share[0]))
    return Predicted(low, middle, high, chance)
