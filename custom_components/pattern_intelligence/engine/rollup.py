"""Weeks and months: sums of days, and nothing but sums.

A roll-up is a commutative monoid: the empty one changes nothing, the order in
which days or parts of a period are added does not matter, and what comes out
equals the sum of its days exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np

from . import codec
from .civil import DAY_MS, HOUR_MS, CivilTime, date_of
from .tables import Column, DatedTable, Numbers, Table, TableSpec

HAPPENINGS_SUM: Final = TableSpec(
    "happenings_sum",
    keys=("entity_id", "state"),
    numbers=("days", "count", "user", "automation"),
    vectors=("by_hour", "first_by_hour", "last_by_hour"),
)
"""How often a state was entered: days on which it was, happenings, and by whom.

The vectors have 24 counts, one for each hour on the clock: of all happenings, of
each day's first and of each day's last.
"""

EXPOSURE_SUM: Final = TableSpec(
    "exposure_sum",
    keys=("entity_id",),
    numbers=("days", "seconds", "home_seconds"),
)
"""How long an entity was watched: days tracked, seconds available, seconds at home."""

SUM_TABLES: Final = (HAPPENINGS_SUM, EXPOSURE_SUM)


def rollup(
    civil: CivilTime, happenings: DatedTable, exposure: DatedTable
) -> dict[str, Table]:
    """Return the sum of some days' base tables.

    Args:
        civil: the home's civil time.
        happenings: the days' :data:`.tables.HAPPENINGS`.
        exposure: the days' :data:`.tables.EXPOSURE`.

    Returns:
        The tables of :data:`SUM_TABLES` by name.
    """
    return {
        HAPPENINGS_SUM.name: merge([_lift_happenings(civil, happenings)]),
        EXPOSURE_SUM.name: merge([_lift_exposure(exposure.table)]),
    }


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
    rows = sorted(
        (tuple(table.texts(name)[row] for name in spec.keys), number, row)
        for number, table in enumerate(tables)
        for row in range(len(table))
    )
    groups = [(key, list(group)) for key, group in groupby(rows, lambda row: row[0])]
    columns: dict[str, Column] = {
        name: tuple(key[position] for key, _ in groups)
        for position, name in enumerate(spec.keys)
    }
    owner = np.repeat(np.arange(len(groups)), [len(group) for _, group in groups])
    places = [(number, row) for _, group in groups for _, number, row in group]
    for name in spec.numbers:
        values = np.array([tables[n].numbers(name)[row] for n, row in places], np.int64)
        columns[name] = _sums(values, owner, len(groups))
    for name in spec.vectors:
        texts = [tables[n].texts(name)[row] for n, row in places]
        columns[name] = _vector_sums(texts, owner, len(groups))
    return Table(spec, columns)


def _sums(values: Numbers, owner: Numbers, groups: int) -> Numbers:
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, owner, values)
    return sums


def _vector_sums(texts: list[str], owner: Numbers, groups: int) -> tuple[str, ...]:
    values, lengths = codec.decode(texts)
    if not values.size:
        return ("",) * groups
    width = int(lengths.max())
    position = np.arange(values.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    sums = np.zeros((groups, width), np.int64)
    np.add.at(sums, (np.repeat(owner, lengths), position), values)
    widths = np.zeros(groups, np.int64)
    np.maximum.at(widths, owner, lengths)
    kept = np.arange(width) < widths[:, None]
    return tuple(codec.encode(sums[kept], widths))


def _lift_happenings(civil: CivilTime, dated: DatedTable) -> Table:
    table = dated.table
    offsets, lengths = codec.decode_increasing(table.texts("instants"))
    numbers, day = np.unique(dated.day, return_inverse=True)
    starts = np.array([civil.start_of(date_of(n)) for n in numbers.tolist()], np.int64)
    instants = np.repeat(starts[day], lengths) + offsets
    hour = civil.wall(instants) % DAY_MS // HOUR_MS
    rows = np.arange(len(table))
    ends = np.cumsum(lengths)
    return Table(
        HAPPENINGS_SUM,
        {
            "entity_id": table.texts("entity_id"),
            "state": table.texts("state"),
            "days": np.ones(len(table), np.int64),
            "count": table.numbers("count"),
            "user": table.numbers("user"),
            "automation": table.numbers("automation"),
            "by_hour": _histogram(np.repeat(rows, lengths), hour, len(table)),
            "first_by_hour": _histogram(rows, hour[ends - lengths], len(table)),
            "last_by_hour": _histogram(rows, hour[ends - 1], len(table)),
        },
    )


def _histogram(row: Numbers, hour: Numbers, rows: int) -> tuple[str, ...]:
    counts = np.bincount(row * 24 + hour, minlength=rows * 24).astype(np.int64)
    return tuple(codec.encode(counts, np.full(rows, 24)))


def _lift_exposure(table: Table) -> Table:
    values, lengths = codec.decode(table.texts("home_by_hour"))
    owner = np.repeat(np.arange(len(table)), lengths)
    return Table(
        EXPOSURE_SUM,
        {
            "entity_id": table.texts("entity_id"),
            "days": np.ones(len(table), np.int64),
            "seconds": table.numbers("seconds"),
            "home_seconds": _sums(values, owner, len(table)),
        },
    )
