"""Where a pattern stands: new, active, changed or fading, from the window alone."""

from __future__ import annotations

from math import erfc, sqrt
from typing import Final

import numpy as np

from .evidence import Floats
from .pattern import Finding, Status

NEW_DAYS: Final = 28
RECENT_DAYS: Final = 21
"""Eligible habit-days that count as recent."""

SURE: Final = 0.95
HALVED: Final = 0.5
MOVED_P: Final = 0.01
MOVED_MINUTES: Final = 15.0
_FEWEST_TIMES: Final = 5
_GRID: Final = (np.arange(400) + 0.5) / 400


def status_of(finding: Finding, first_seen: int, last_day: int) -> Status:
    """Return where a finding stands.

    Args:
        finding: what was found.
        first_seen: number of the first day the pattern was ever seen on.
        last_day: number of the day the patterns are detected as of.
    """
    if last_day - first_seen < NEW_DAYS:
        return Status.NEW
    if _fades(finding):
        return Status.FADING
    if _moved(finding):
        return Status.CHANGED
    return Status.ACTIVE


def _recent_from(finding: Finding) -> int | None:
    """Return the number of the first recent habit-day, if there are earlier ones."""
    if finding.eligible.size <= RECENT_DAYS:
        return None
    return int(finding.eligible[-RECENT_DAYS])


def _fades(finding: Finding) -> bool:
    """Tell whether the recent rate is surely below half of the earlier one."""
    since = _recent_from(finding)
    if since is None:
        return False
    recent = int((finding.matched >= since).sum())
    earlier = finding.matched.size - recent
    before = finding.eligible.size - RECENT_DAYS
    if recent * before >= earlier * RECENT_DAYS:
        # Not less often than before: never surely half as often.
        return False
    recently = _posterior(recent, RECENT_DAYS)
    formerly = _posterior(earlier, before)
    below = np.interp(HALVED * _GRID, _GRID, np.cumsum(recently), left=0.0)
    return float(formerly @ below) >= SURE


def _posterior(happened: int, days: int) -> Floats:
    """Return Jeffreys' posterior of a rate on a grid of 400 values."""
    logs = (happened - 0.5) * np.log(_GRID) + (days - happened - 0.5) * np.log1p(-_GRID)
    mass = np.exp(logs - logs.max())
    share: Floats = mass / mass.sum()
    return share


def _moved(finding: Finding) -> bool:
    """Tell whether the time moved, by the rank sum of recent and earlier times.

    F. Wilcoxon, Individual comparisons by ranking methods, Biometrics 1 (1945).
    """
    since = _recent_from(finding)
    if since is None or finding.times.size != finding.matched.size:
        return False
    recent = finding.times[finding.matched >= since]
    earlier = finding.times[finding.matched < since]
    if min(recent.size, earlier.size) < _FEWEST_TIMES:
        return False
    shift = abs(float(np.median(recent) - np.median(earlier)))
    if shift < MOVED_MINUTES:
        return False
    # Each span's own spread: that of all times together contains the move itself.
    spread = np.concatenate([t - np.median(t) for t in (recent, earlier)])
    low, high = np.percentile(spread, [25, 75])
    if shift < high - low:
        return False
    n, m = recent.size, earlier.size
    beats = (recent[:, None] > earlier).sum() + 0.5 * (recent[:, None] == earlier).sum()
    z = abs(float(beats) - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return erfc(z / sqrt(2)) < MOVED_P
