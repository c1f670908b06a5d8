"""What meters counted: the change of their totals, hour by hour."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import HOUR_MS
from .rawday import RawDay
from .tables import CONSUMPTION, Numbers, Table

THOUSANDTHS: Final = 1_000
_MOST: Final = 2.0**52
"""Totals beyond are not told apart by their thousandths."""


def thousandths(totals: NDArray[np.float64]) -> Numbers:
    """Return totals in thousandths of their unit.

    Differences of these add up to the difference of first and last, exactly.

    Args:
        totals: shape (n,), may hold what is no number.
    """
    known = np.nan_to_num(totals * THOUSANDTHS, nan=0, posinf=_MOST, neginf=-_MOST)
    return np.rint(np.clip(known, -_MOST, _MOST)).astype(np.int64)


def summarize_consumption(raw: RawDay) -> Table:
    """Return the :data:`.tables.CONSUMPTION` of a day.

    Args:
        raw: the day's rows.
    """
    found = raw.counts
    meters = np.unique(found.meter)
    owner = np.searchsorted(meters, found.meter)
    hour = (found.instant - raw.start) // HOUR_MS
    hours = -((raw.start - raw.end) // HOUR_MS)
    keys = [found.meters[meter] for meter in meters.tolist()]
    amount = np.zeros(meters.size, np.int64)
    np.add.at(amount, owner, found.amount)
    return Table(
        CONSUMPTION,
        {
            "entity_id": tuple(entity_id for entity_id, _ in keys),
            "unit": tuple(unit for _, unit in keys),
            "hours": np.bincount(owner, minlength=meters.size).astype(np.int64),
            "amount": amount,
            **{
                name: by_hour(owner, hour, np.maximum(signed, 0), (meters.size, hours))
                for name, signed in (
                    ("by_hour", found.amount),
                    ("returned_by_hour", -found.amount),
                )
            },
        },
    )


def by_hour(
    owner: NDArray[np.intp], hour: Numbers, amount: Numbers, shape: tuple[int, int]
) -> tuple[str, ...]:
    """Return what was counted in each hour, as :mod:`.codec` writes it.

    Args:
        owner: shape (n,), which row.
        hour: shape (n,), which hour of it.
        amount: shape (n,), none negative.
        shape: how many rows and hours there are.

    Returns:
        A text for each row; empty where nothing was counted.
    """
    added = np.zeros(shape, np.int64)
    np.add.at(added, (owner, hour), amount)
    some = added.any(axis=1)
    lengths = np.where(some, shape[1], 0).astype(np.int64)
    return tuple(codec.encode(added[some].reshape(-1), lengths))
