"""What seems to depend on a condition, tested exactly in blocks of days.

Within a block the days are exchangeable if the condition does not matter; between
blocks the season may change both. Workdays and free days are blocks of their own, as a
week has its rhythm, and all days of a stretch are at the same time of day. Given on how
many days of a block something was done, on how many of those with the condition is
hypergeometric, as in the exact form of the test of N. Mantel and W. Haenszel (J. Natl.
Cancer Inst. 22, 1959). As weather comes in spells, what began or ended once may go with
it for a while: a condition has to tell more than the best day of such a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..keys import Key
from ..window import Window
from .condition_search import LEAST_RATIO, Question, Stretches
from .conditions import Conditions

SETTLED_MINUTES: Final = 60.0
"""For how long a state has to be there, in the median, when something is done."""

_Z: Final = 1.645
"""Normal quantile of the lower bound of a ratio, 5 % below it."""

_HALF: Final = 0.5
_TINY: Final = 1e-9

BLOCK: Final = 28
"""Days of a block, back from the last: four weeks, about a month of a season."""

STILL_SHARE: Final = 0.8
"""Share of the days on which a state is still there when something is done."""

TELLS_MORE: Final = 3.0
"""Log likelihood by which a condition has to tell more than a change on some day."""

_WAYS: Final = np.array(
    [
        [float(comb(days, kept)) for kept in range(BLOCK + 1)]
        for days in range(BLOCK + 1)
    ]
)
"""Shape (BLOCK + 1, BLOCK + 1), in how many ways so many of some days can be kept."""


@dataclass(frozen=True, eq=False)
class ConditionTrials:
    """Questions that were tested exactly.

    Attributes:
        asked: the n questions.
        eligible: shape (n, days), on which days it could be done, and the condition is
            known.
        kept: shape (n, days), on which of them it was done.
        own: shape (n, days), on which of them the condition held.
        expected: shape (n,), days kept with the condition if it did not matter.
        p_values: shape (n,), of as many or more.
    """

    asked: tuple[Question, ...]
    eligible: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    own: NDArray[np.bool_]
    expected: Floats
    p_values: Floats

    @classmethod
    def of(cls, window: Window, found: Stretches, asked: Sequence[Question]) -> Self:
        """Test what a search has found.

        Args:
            window: the window of days.
            found: where in the day it looked.
            asked: what it found.
        """
        at = np.array([one.stretch for one in asked], np.int64)
        shape = (len(asked), window.days.size)
        known, own = (
            np.array([getattr(one, name) for one in asked], bool).reshape(shape)
            for name in ("known", "own")
        )
        eligible = found.eligible[at] & known
        own, kept = own & eligible, found.kept[at] & eligible
        expected, p_values = _tested(_strata(window), eligible, kept, own)
        return cls(tuple(asked), eligible, kept, own, expected, p_values)

    @property
    def corrected(self) -> Floats:
        """Return p corrected for all that was looked at, shape (n,)."""
        risk = np.array([one.risk for one in self.asked])
        found: Floats = (self.p_values / risk).clip(max=1.0)
        return found

    @property
    def surely_oftener(self) -> NDArray[np.bool_]:
        """Tell which surely are kept twice as often as without the condition.

        By the lower bound of the ratio of two shares (D. Katz et al., Obtaining
        confidence intervals for the risk ratio, Biometrics 34, 1978).
        """
        with_it = (self.kept & self.own).sum(axis=1) + _HALF
        without = (self.kept & ~self.own).sum(axis=1) + _HALF
        mine = self.own.sum(axis=1) + _HALF
        others = (self.eligible & ~self.own).sum(axis=1) + _HALF
        ratio = np.log(with_it / mine) - np.log(without / others)
        error = np.sqrt(1 / with_it - 1 / mine + 1 / without - 1 / others)
        found: NDArray[np.bool_] = ratio - _Z * error >= np.log(LEAST_RATIO)
        return found

    @property
    def no_change(self) -> NDArray[np.bool_]:
        """Tell which conditions tell more than that something began, or ended, once."""
        told = _log_likelihood(self.kept, self.own, self.eligible & ~self.own)
        best = np.full(len(self.asked), -np.inf)
        for day in range(1, self.eligible.shape[1]):
            before = np.arange(self.eligible.shape[1]) < day
            changed = _log_likelihood(
                self.kept, self.eligible & before, self.eligible & ~before
            )
            best = np.maximum(best, changed)
        found: NDArray[np.bool_] = told >= best + TELLS_MORE
        return found


def is_while(
    conditions: Conditions,
    found: Stretches,
    trials: ConditionTrials,
    row: int,
    key: Key,
) -> bool:
    """Tell whether something is done while a state is there.

    It was there for some time, and still is: what is done when it begins or ends is
    linked to that.

    Args:
        conditions: of the window's days.
        found: where in the day was looked.
        trials: of all questions.
        row: which of them.
        key: what is done.
    """
    one = trials.asked[row]
    if not one.state:
        return True
    state = Key(one.entity_id, one.state)
    matched = trials.own[row] & trials.kept[row]
    low = found.low[one.stretch]
    if conditions.since(state, low, matched) < SETTLED_MINUTES:
        return False
    still = conditions.still(state, key, low, matched)
    return still >= STILL_SHARE


def _log_likelihood(
    kept: NDArray[np.bool_], some: NDArray[np.bool_], others: NDArray[np.bool_]
) -> Floats:
    """Return the log likelihood of shares of two kinds of days, shape (n,)."""
    total = np.zeros(len(kept))
    for days in (some, others):
        many = days.sum(axis=1)
        did = (kept & days).sum(axis=1)
        share = (did / np.maximum(many, 1)).clip(_TINY, 1 - _TINY)
        total += did * np.log(share) + (many - did) * np.log1p(-share)
    return total


def _strata(window: Window) -> NDArray[np.bool_]:
    """Return which days are of which block, shape (blocks, days)."""
    block = (window.days[-1] - window.days) // BLOCK * 2
    block += window.calendar.free(window.days)
    found: NDArray[np.bool_] = np.unique(block)[:, None] == block
    return found


def _tested(
    strata: NDArray[np.bool_],
    eligible: NDArray[np.bool_],
    kept: NDArray[np.bool_],
    own: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Return the days expected if conditions did not matter, and the p of those kept.

    Args:
        strata: shape (blocks, days).
        eligible: shape (n, days).
        kept: shape (n, days), of those.
        own: shape (n, days), of those, with the condition.
    """
    size = strata.shape[1] + 1
    total = np.zeros((len(own), size))
    total[:, 0] = 1.0
    expected = np.zeros(len(own))
    many = np.arange(BLOCK + 1)
    for days in strata:
        with_it, without = (
            (own & days).sum(axis=1),
            (eligible & ~own & days).sum(axis=1),
        )
        left = (kept & days).sum(axis=1)[:, None] - many
        mass = _WAYS[with_it] * np.where(
            left >= 0, _WAYS[without[:, None], left.clip(0)], 0.0
        )
        mass /= mass.sum(axis=1, keepdims=True)
        expected += mass @ many
        after = np.zeros_like(total)
        for own_days in range(min(int(days.sum()), BLOCK) + 1):
            after[:, own_days:] += mass[:, own_days, None] * total[:, : size - own_days]
        total = after
    # Summed from the far end, so that tiny tails keep their digits.
    tails = np.cumsum(total[:, ::-1], axis=1)[:, ::-1]
    p = tails[np.arange(len(tails)), (kept & own).sum(axis=1)]
    return expected, p.clip(0.0, 1.0)
