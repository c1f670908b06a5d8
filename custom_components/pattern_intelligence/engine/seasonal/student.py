"""Student's t and Fisher's F, exactly, for whole degrees of freedom."""

from __future__ import annotations

from math import lgamma, log, pi
from typing import Final

import numpy as np

from ..evidence import Floats

_NODES: Final = np.polynomial.legendre.leggauss(48)
"""Enough that the rule errs by less than 1e-10 of a tail."""


def student_tail(t: Floats, freedom: int) -> Floats:
    """Return the chance that Student's t is at least so large.

    With t = sqrt(freedom) tan(u) the density is that of cos(u) to the power of
    freedom - 1, which is integrated by Gauss and Legendre's rule.

    Args:
        t: any shape.
        freedom: degrees of freedom, at least 1.
    """
    size = np.abs(t)
    begin = np.arctan(size / np.sqrt(freedom))
    # What is left to a right angle: no digits are lost far out.
    left = np.arctan2(np.sqrt(freedom), size)
    nodes, weights = _NODES
    # Most of a tail lies near its begin, so the squares of nodes are used.
    share = (nodes + 1) / 2
    at = left[..., None] * (1 - share**2)
    mass = (np.sin(at) ** (freedom - 1) * weights * share).sum(axis=-1) * left
    whole = log(pi) / 2 + lgamma(freedom / 2) - lgamma((freedom + 1) / 2)
    tail = mass / np.exp(whole)
    return np.where(t >= 0, tail, 1 - tail) if begin.size else tail


def fisher_tail(ratio: Floats, freedom: int) -> Floats:
    """Return the chance that Fisher's F with two degrees above is at least so large.

    Args:
        ratio: any shape, the mean square of two coefficients over that of the rest.
        freedom: degrees of freedom of the rest.
    """
    tail: Floats = (1 + 2 * ratio / freedom) ** (-freedom / 2)
    return tail
