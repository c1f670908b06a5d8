"""The spans of the layers, and what of them is too old: alike in every store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from heapq import nlargest

from ..engine.civil import day_number, month_end
from .base import Layer


def coarse(layer: Layer) -> Layer:
    """Return a layer of periods.

    Raises:
        ValueError: it is that of the days.
    """
    if layer is Layer.DAILY:
        raise ValueError("days are written and read as days")
    return layer


def last_of(layer: Layer, start: date) -> date:
    """Return the last day of the day, week or month that begins at a date."""
    if layer is Layer.MONTHLY:
        return month_end(start)
    return start + timedelta(days=6) if layer is Layer.WEEKLY else start


def outdated(learned: Iterable[int], newest: date, kept: int) -> int:
    """Return the newest day that is too old, -1 for none: days since 1970-01-01.

    Args:
        learned: numbers of the days learned.
        newest: counted back from.
        kept: so many days are kept, of those learned too.
    """
    last = nlargest(kept, learned)
    return -1 if len(last) < kept else min(day_number(newest) - kept, last[-1] - 1)
