"""How many uses a day should have had: by weekday, shrunk as far as evidence is thin.

Past days are told by the others, as the day that is judged is: a day that is part of
what it is measured by surprises less than it should (D. M. Allen, The relationship
between variable selection and data augmentation and a method for prediction,
Technometrics 16, 1974). Empirical Bayes throughout: what a few days of one kind seem to
say counts only as far as days of that kind differ by more than days of one kind differ
among themselves (B. Efron, C. Morris, Data analysis using Stein's estimator, JASA 70,
1975).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..happenings import domain_of
from ..tables import Numbers

RECENT_DAYS: Final = 21
"""Days over which a trend is told from chance: three of each weekday."""

_TINY: Final = 1e-9
_HOME_WORTH: Final = 3.0
"""Entities that the home's mean rate counts for in that of a domain."""


def expected_counts(
    counts: Numbers,
    known: NDArray[np.bool_],
    possible: Floats,
    weekday: Numbers,
    free: NDArray[np.bool_],
    entities: Sequence[str],
) -> Floats:
    """Return how many uses each day should have had, a known one by all others.

    Args:
        counts: shape (things, days), uses.
        known: shape (things, days), which of them tell of usual days.
        possible: shape (things, days), share of a day's uses that could happen.
        weekday: shape (days,), Monday is 0.
        free: shape (days,), which days are free.
        entities: the entity ids of the things.

    Returns:
        Shape (things, days), above 0; for days that are not known, too.
    """
    exposure = np.where(known, possible, 0.0)
    seen = np.where(known, counts, 0).astype(float)
    rate = _rates(seen.sum(axis=1), exposure.sum(axis=1), entities)
    each = seen / np.maximum(possible, _TINY)
    level = np.repeat(rate[:, None], weekday.size, axis=1)
    # How much of each day's level is its own doing; a day that is not known has none.
    own = exposure * (rate / (seen.sum(axis=1) + 1.0))[:, None]
    for group in (free.astype(np.int64), weekday):
        effect, trust, alike = _shrunk_effects(each - level, exposure > 0, group, rate)
        level += effect
        own += np.where(exposure > 0, trust * (1 / np.maximum(alike, 1) - own), 0.0)
    level -= own / (1 - own) * (each - level)
    expected: Floats = np.maximum(level, 0.05 * rate[:, None]) * possible
    return np.maximum(expected, _TINY)


def trend(counts: Numbers, known: NDArray[np.bool_], expected: Floats) -> Floats:
    """Return the recent level of each thing, compared with that of all days.

    Shrunk towards none by the uses of two usual days.

    Args:
        counts: shape (things, days), uses.
        known: shape (things, days), which of them tell of usual days.
        expected: shape (things, days), how many there should have been.

    Returns:
        Shape (things,).
    """
    place = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
    recent = known & (place <= RECENT_DAYS)
    usual = (expected * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    seen = (counts * recent).sum(axis=1) + 2 * usual
    foretold = (expected * recent).sum(axis=1) + 2 * usual
    # Of what was never there on a usual day no trend is known.
    found: Floats = np.where(foretold > 0, seen / np.maximum(foretold, _TINY), 1.0)
    return found


def _rates(seen: Floats, exposure: Floats, entities: Sequence[str]) -> Floats:
    """Return each thing's uses a day, shrunk towards its domain's and the home's.

    Rates within a domain are taken to be exponential, the widest choice for a mean.
    """
    own = seen / np.maximum(exposure, _TINY)
    there = exposure > 0
    home = float(own[there].mean()) if there.any() else 1.0
    domains = np.array([domain_of(name) for name in entities])
    pooled = np.full(own.size, max(home, _TINY))
    for domain in np.unique(domains):
        member = (domains == domain) & there
        total = own[member].sum() + _HOME_WORTH * home
        pooled[domains == domain] = total / (member.sum() + _HOME_WORTH)
    pooled = np.maximum(pooled, _TINY)
    rate: Floats = (seen + 1.0) / (exposure + 1.0 / pooled)
    return rate


def _shrunk_effects(
    apart: Floats, known: NDArray[np.bool_], group: Numbers, rate: Floats
) -> tuple[Floats, Floats, Numbers]:
    """Return how far groups of days lie from the rest, shrunk towards not at all.

    Args:
        apart: shape (things, days), what is not explained yet.
        known: shape (things, days), which days count.
        group: shape (days,), the group of each day, from 0.
        rate: shape (things,), the least variance that counts may have.

    Returns:
        By thing and day: how far, how much of the mean of the day's group that is, and
        how many days the group has.
    """
    member = np.equal.outer(np.arange(int(group.max()) + 1), group)
    weight = known[:, None, :] & member
    size = weight.sum(axis=2)
    mean = (apart[:, None, :] * weight).sum(axis=2) / np.maximum(size, 1)
    left = np.where(known, apart - mean[:, group], 0.0)
    groups = (size > 0).sum(axis=1)
    freedom = np.maximum(size.sum(axis=1) - groups, 1)
    within = np.maximum((left**2).sum(axis=1) / freedom, rate)
    total = np.maximum(size.sum(axis=1), 1)
    center = (mean * size).sum(axis=1) / total
    between = (size * (mean - center[:, None]) ** 2).sum(axis=1)
    spread = total - (size**2).sum(axis=1) / total
    true = (between - (groups - 1) * within) / np.maximum(spread, _TINY)
    true = np.maximum(true, 0.0)[:, None]
    trust = true / (true + within[:, None] / np.maximum(size, _TINY))
    return (trust * mean)[:, group], trust[:, group], size[:, group]
