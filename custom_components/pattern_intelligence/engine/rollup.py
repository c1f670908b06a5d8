"""Weeks and months: sums of days, and nothing but sums.

A roll-up is a commutative monoid: the empty one changes nothing, the order in
which days or parts of a period are added does not matter, and what comes out
equals the sum of its days exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from . import adding
from .civil import CivilTime
from .day_sums import sum_consumption, sum_exposure, sum_happenings, sum_runs
from .sun import Position
from .tables import (
    CONSUMPTION,
    EXPOSURE,
    HAPPENINGS,
    RUNS,
    DatedTable,
    Table,
    TableSpec,
)
from .time_sums import sum_times

SUMMED: tuple[TableSpec, ...] = (HAPPENINGS, EXPOSURE, RUNS, CONSUMPTION)
"""The tables of days that weeks and months are sums of."""


def rollup(
    civil: CivilTime, days: Mapping[str, DatedTable], position: Position | None = None
) -> dict[str, Table]:
    """Return the sum of some days' base tables.

    Args:
        civil: the home's civil time.
        days: the days' tables of :data:`SUMMED` by name.
        position: where the home is; None where nobody said.

    Returns:
        The tables of :data:`.sums.SUM_TABLES` by name.
    """
    happenings = days[HAPPENINGS.name]
    tables = (
        sum_happenings(civil, happenings),
        sum_exposure(days[EXPOSURE.name]),
        sum_times(civil, happenings, position),
        sum_runs(days[RUNS.name]),
        sum_consumption(civil, days[CONSUMPTION.name]),
    )
    return {table.spec.name: table for table in tables}


def merge(tables: Sequence[Table]) -> Table:
    """Return the sum of roll-ups of the same table.

    Args:
        tables: at least one, in any order; a key may stand in one more than once.

    Raises:
        ValueError: they are not of one table, or hold text that cannot be added.
    """
    spec = tables[0].spec
    if spec.texts or any(table.spec != spec for table in tables):
        raise ValueError("only roll-ups of the same table can be added")
    keys, owner = adding.grouped(
        key for table in tables for key in adding.keys_of(table)
    )
    columns = adding.key_columns(spec, keys)
    for name in spec.numbers:
        values = np.concatenate([table.numbers(name) for table in tables])
        columns[name] = adding.sums(values, owner, len(keys))
    for names, add in (
        (spec.vectors, adding.vector_sums),
        (spec.bins, adding.bin_sums),
    ):
        for name in names:
            texts = [text for table in tables for text in table.texts(name)]
            columns[name] = add(texts, owner, len(keys))
    return Table(spec, columns)
