"""Entities that are gone: unavailable for hours, and still so at the day's end."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..eligibility import NEEDED_SHARE
from ..keys import Key
from ..window import Window
from .suspects import OddKind, Suspect

HOURS_GONE: Final = 6
"""Hours up to the day's end without an entity, before it counts as gone."""

_HALF: Final = 0.5
"""Share of an hour that tells whether it counts."""


def watch_unavailable(window: Window) -> tuple[int, list[Suspect]]:
    """Return what is gone for the first time.

    An outage takes many at once, so days are counted. What was removed is nothing
    that failed, neither today nor when it was.

    Args:
        window: the days; the last is the one judged.

    Returns:
        On how many past days something was gone that was so just once; and what is
        gone today that never was.
    """
    there = window.recorded >= _HALF
    absent = ~there | (window.available < _HALF * window.recorded)
    trailing = np.logical_and.accumulate(absent[:, :, ::-1], axis=2)
    hours = (trailing & there[:, ::-1]).sum(axis=2)
    lost = hours >= HOURS_GONE
    fresh = lost.copy()
    fresh[:, 1:] &= ~lost[:, :-1]
    past = fresh[:, :-1]
    episodes = past.sum(axis=1)
    # One that is often away is no device that can be missed.
    known = window.available[:, :-1].sum(axis=(1, 2), dtype=np.float64)
    steady = known >= NEEDED_SHARE * float(window.recorded[:-1].sum())
    removed = [entity_id in window.removed for entity_id in window.entities]
    steady &= ~np.array(removed, bool)
    once = int(past[steady & (episodes == 1)].any(axis=0).sum())
    suspects = [
        Suspect(
            OddKind.UNAVAILABLE,
            Key(window.entities[at], ""),
            1.0,
            1.0,
            0.0,
            (60.0 * (24 - hours_away), 60.0 * (24 - hours_away), 1439.0),
            window.days[:-1],
        )
        for at in np.flatnonzero(fresh[:, -1] & (episodes == 0) & steady).tolist()
        if (hours_away := int(trailing[at, -1].sum()))
    ]
    return once, suspects
