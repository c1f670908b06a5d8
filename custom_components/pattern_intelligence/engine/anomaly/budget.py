"""How surprising is too surprising: false alarms by the home and month, as a budget.

What a model calls one in a thousand may happen weekly in a real home. So the past days
are put to the same tests: how many chances fell below one in fifty, and how far below,
against what the model foretells. From there on the tail is taken to be a power of the
model's (J. Pickands, Statistical inference using extreme order statistics, Annals of
Statistics 3, 1975, with the model's own logarithm as the scale). That power is uncertain,
so what is told is its predictive tail: of an exponential whose rate is gamma, K. S.
Lomax's (Business failures, JASA 49, 1954). It is asked how many false alarms there are
over all things, so of things that differ it is their sum that has to be right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math
from typing import Final

import numpy as np

from ..evidence import Floats

MONTH_DAYS: Final = 365.25 / 12

NEWS_DAYS: Final = 7
"""What was so within a week already is no news."""

TAIL: Final = 0.02
"""Chances below this are the tail that is looked at."""

_TRUST: Final = 20.0
"""Past surprises that the model's own tail counts for."""

_LIMITS: Final = (0.5, 4.0)
"""Powers outside of this are luck, or a model that tells nothing."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a model's small chances are worth.

    Attributes:
        rate: chances in the tail, against what the model foretells.
        power: how much thicker the tail is, on the scale of the logarithm; below 1
            where it is thinner.
        told: surprises from which that is known.
    """

    rate: float = 1.0
    power: float = 1.0
    told: float = _TRUST

    @classmethod
    def fitted(cls, seen: Floats, foretold: float, least: float) -> Stretch:
        """Return what past days tell of a model.

        Args:
            seen: chances in the tail that past days had.
            foretold: how many the model foretells.
            least: chances below this are what is to be told: how far below they lie
                says nothing about usual days.
        """
        rate = (seen.size + _TRUST) / (foretold + _TRUST)
        reach = max(float(np.log(TAIL / least)), 1.0)
        excess = np.log(TAIL / np.maximum(seen, 1e-300))
        told = int((excess < reach).sum()) + _TRUST
        power = (np.minimum(excess, reach).sum() + _TRUST) / told
        return cls(float(rate), float(np.clip(power, *_LIMITS)), told)

    def calibrated(self, chance: float) -> float:
        """Return what a model's chance is worth."""
        if chance >= TAIL:
            return min(1.0, chance * self.rate)
        excess = math.log(TAIL / max(chance, 1e-300))
        tail = math.exp(-self.told * math.log1p(excess / (self.power * self.told)))
        return min(1.0, self.rate * TAIL * tail)

    def uncalibrated(self, worth: float) -> float:
        """Return the model's chance that is worth so much."""
        chance = worth / self.rate
        if chance >= TAIL:
            return chance
        more = math.expm1(math.log(TAIL / max(chance, 1e-300)) / self.told)
        return TAIL * math.exp(-self.power * self.told * more)


@dataclass(frozen=True, slots=True)
class Watch:
    """Tests of one kind that a day is put to.

    Attributes:
        sizes: returns, for a model's chance, how many of today's tests are expected to
            come out at most so probable, were it a usual day. A count cannot come out
            at every chance.
        stretch: what the model's chances are worth.
    """

    sizes: Callable[[float], float]
    stretch: Stretch

    def expected(self, worth: float) -> float:
        """Return how many tests are expected to be worth at most so much today."""
        chance = self.stretch.uncalibrated(worth)
        return self.sizes(chance) * worth / max(chance, 1e-300)


def monthly(watches: Sequence[Watch], worth: float) -> float:
    """Return how many alarms as strong as one a home and month expects.

    Args:
        watches: what draws on the same budget.
        worth: the calibrated chance of the alarm.
    """
    return MONTH_DAYS * sum(watch.expected(worth) for watch in watches)
