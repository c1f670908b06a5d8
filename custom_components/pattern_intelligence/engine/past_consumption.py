"""Weeks and months of which nothing is known but what meters counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from .adding import counts as counted, sums
from .civil import DAY_MS, HOUR_MS, CivilTime, day_number
from .consumption import by_hour
from .rawday import Counts
from .sums import CONSUMPTION_SUM
from .tables import Table


def sum_counts(
    civil: CivilTime, found: Counts, starts: Sequence[date], before: date
) -> list[Table]:
    """Return what meters counted in each of some periods that follow one another.

    The same as the sum of its days, without a table for each of them.

    Args:
        civil: the home's civil time.
        found: what meters counted; what lies outside of the periods does not count.
        starts: the first day of each period, ascending.
        before: the first day after the last period.

    Returns:
        A :data:`.sums.CONSUMPTION_SUM` for each period.
    """
    wall = civil.wall(found.instant)
    day = wall // DAY_MS
    edges = np.array([day_number(each) for each in (*starts, before)], np.int64)
    period = np.searchsorted(edges, day, "right") - 1
    order = np.argsort(period, kind="stable")
    cuts = np.searchsorted(period[order], np.arange(len(starts) + 1))
    tables = []
    for low, high in pairwise(cuts.tolist()):
        rows = order[low:high]
        meters, owner = np.unique(found.meter[rows], return_inverse=True)
        days = np.unique(np.stack((owner, day[rows])), axis=1)[0]
        amount, hour = found.amount[rows], wall[rows] % DAY_MS // HOUR_MS
        keys = [found.meters[meter] for meter in meters.tolist()]
        shape = (meters.size, 24)
        tables.append(
            Table(
                CONSUMPTION_SUM,
                {
                    "entity_id": tuple(entity_id for entity_id, _ in keys),
                    "unit": tuple(unit for _, unit in keys),
                    "days": counted(days, meters.size),
                    "hours": counted(owner, meters.size),
                    "amount": sums(amount, owner, meters.size),
                    "by_hour": by_hour(owner, hour, np.maximum(amount, 0), shape),
                    "returned_by_hour": by_hour(
                        owner, hour, np.maximum(-amount, 0), shape
                    ),
                },
            )
        )
    return tables
