"""Tails of distributions: how probable it is that something is at least so large."""

from __future__ import annotations

from math import erfc, exp, sqrt
from typing import Final

import numpy as np

from ..evidence import Floats

_TAILS: Final = (0.1, 0.025, 0.0)
"""Shares of the longest that a tail is fitted to."""

_FEWEST_LONGEST: Final = 3
"""Runs, or rests, that make a tail."""


def hill_tail(logs: Floats, log: float, home: float) -> float:
    """Return the chance of so long a run by the longest there were.

    Args:
        logs: shape (n,), descending.
        log: how long it is.
        home: the home's usual variance, whose root the mean excess is shrunk to as if
            one run more told of it.
    """
    most = 0.0
    for share in _TAILS:
        top = max(_FEWEST_LONGEST, int(share * logs.size))
        if top >= logs.size or log <= logs[top]:
            continue
        excess = (float((logs[:top] - logs[top]).sum()) + home**0.5) / (top + 1)
        beyond = top / logs.size * exp(-(log - float(logs[top])) / excess)
        most = max(most, float(beyond))
    return most


def resting_tail(rests: Floats, missing: float) -> float:
    """Return the chance to be within a rest that is so long already.

    Beyond the longest rests there were the next is exponential; of all time so much is
    spent in rests after they have lasted so long.

    Args:
        rests: shape (n,), descending, in uses to be expected meanwhile.
        missing: how long it is. The mean excess is shrunk to one use, that of uses
            at random, as if one rest more told of it.
    """
    most, total = 0.0, float(rests.sum())
    for share in _TAILS:
        top = max(_FEWEST_LONGEST, int(share * rests.size))
        if top >= rests.size or missing <= rests[top]:
            continue
        edge = float(rests[top])
        excess = (float((rests[:top] - edge).sum()) + 1.0) / (top + 1)
        spent = top * excess * exp(-(missing - edge) / excess)
        most = max(most, min(1.0, spent / max(total, _FEWEST_LONGEST)))
    return most


def student_tail(t: Floats, freedom: Floats) -> Floats:
    """Return the chance that Student's t is at least so large.

    By D. L. Wallace's normal approximation (Bounds on normal approximations to
    Student's and the chi-square distributions, 1959), good to a few per cent of the
    chance itself from five degrees of freedom up.
    """
    z = np.sqrt(freedom * np.log1p(t * t / freedom))
    z *= np.sign(t) * (8 * freedom + 1) / (8 * freedom + 3)
    return normal_tail(z)


def normal_tail(z: Floats) -> Floats:
    """Return the chance that a standard normal is at least so large.

    Of what is less than a standard deviation out, 1: it is never looked at.
    """
    chance = np.ones(z.size)
    out = np.flatnonzero(z > 1)
    chance[out] = [0.5 * erfc(value / sqrt(2)) for value in z[out].tolist()]
    return chance
