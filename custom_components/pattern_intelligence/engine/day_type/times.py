"""Times that things keep, told without a look at kinds of days.

A thing that happens about 19:05 on far more days than its rhythm has it keeps a time,
whatever days those are. Which kind they are of is then one question instead of the
hundreds that a clock has windows; and since days of both kinds together say nothing of
how they fall into kinds, that it was chosen by them leaves the test of it exact
(R. Bourgon, R. Gentleman, W. Huber, Independent filtering increases detection power for
high-throughput experiments, PNAS 107, 2010).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..civil import circular_minutes
from ..tables import Numbers
from ..time_of_day.rhythm import fit_rhythms
from ..time_of_day.search import search
from ..time_of_day.spans import Spans
from ..time_of_day.units import Units
from ..time_of_day.weekday_mask import DaySorts
from .counted import ASKED, Counted
from .search import Suspects


def kept_times(units: Units, counted: Counted, wanted: NDArray[np.bool_]) -> Suspects:
    """Return the times that units keep, each asked about of workdays and of free days.

    Args:
        units: of the home.
        counted: tells what the rest of the home does then.
        wanted: shape (units,), which are searched.
    """
    alike = DaySorts(
        np.zeros(units.days, np.int64), np.ones((1, 1)), frozenset(), False
    )
    place = np.flatnonzero(wanted)
    some = replace(_only(units, wanted), sorts=alike)
    found = search(some, fit_rhythms(some.profile(), some.days), fewest_share=0.0)
    found = replace(found, unit=place[found.unit])
    found = found.take(np.argsort(found.unit, kind="stable"))
    found = found.take(_told_once(found.unit, found.spans))
    question = _nearest(found.spans)
    size = found.size
    parts = [
        Suspects(
            found.unit,
            found.spans,
            np.ones(size, bool),
            np.full(size, own > 0),
            counted.growth(found.unit, question, own),
            np.zeros(size),
        )
        for own in (0, 1)
    ]
    return Suspects.join(parts)


def _only(units: Units, wanted: NDArray[np.bool_]) -> Units:
    """Return some units, numbered from 0."""
    mine = wanted[units.unit]
    return replace(
        units,
        unit=(np.cumsum(wanted) - 1)[units.unit[mine]],
        wall=units.wall[mine],
        eligible=units.eligible[wanted],
    )


def _told_once(unit: Numbers, spans: Spans) -> NDArray[np.bool_]:
    """Tell which windows overlap none of their unit's that come before them.

    Args:
        unit: shape (n,), ascending.
        spans: of the n.
    """
    told = np.ones(unit.size, bool)
    center, length = spans.center.tolist(), spans.length.tolist()
    begins = np.searchsorted(unit, unit).tolist()
    for row, begin in enumerate(begins):
        told[row] = not any(
            told[other]
            and 2 * abs(circular_minutes(center[row] - center[other]))
            < length[row] + length[other]
            for other in range(begin, row)
        )
    return told


def _nearest(spans: Spans) -> Numbers:
    """Return the question that is most like each window, shape (n,)."""
    nearest = np.zeros(spans.anchor.size, np.int64)
    for anchor in np.unique(spans.anchor).tolist():
        mine, there = (
            np.flatnonzero(of == anchor) for of in (spans.anchor, ASKED.anchor)
        )
        asked, own = ASKED.spans(there), spans.take(mine)
        apart = np.abs(circular_minutes(asked.center - own.center[:, None]))
        apart += np.abs(asked.length - own.length[:, None])
        nearest[mine] = there[np.argmin(apart, axis=1)]
    return nearest
