"""Weeks and months: sums of days, and nothing but sums.

A roll-up is a commutative monoid: the empty one changes nothing, the order in
which days or parts of a period are added does not matter, and what comes out
equals the sum of its days exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import DAY_MS, HOUR_MS, CivilTime, date_of
from .sums import CONSUMPTION_SUM, EXPOSURE_SUM, HAPPENINGS_SUM, RUNS_SUM, TIMES_SUM
from .tables import Column, DatedTable, Numbers, Table, TableSpec, empty


def rollup(
    civil: CivilTime, happenings: DatedTable, exposure: DatedTable
) -> dict[str, Table]:
    """Return the sum of some days' base tables.

    Args:
        civil: the home's civil time.
        happenings: the days' :data:`.tables.HAPPENINGS`.
        exposure: the days' :data:`.tables.EXPOSURE`.

    Returns:
        The tables of :data:`.sums.SUM_TABLES` by name.
    """
    return {
        HAPPENINGS_SUM.name: _sum_happenings(civil, happenings),
        EXPOSURE_SUM.name: _sum_exposure(exposure.table),
        **{s.name: empty(s) for s in (TIMES_SUM, RUNS_SUM, CONSUMPTION_SUM)},
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
    keys, owner = _grouped([key for table in tables for key in _keys_of(table)])
    columns = _key_columns(spec, keys)
    for name in spec.numbers:
        values = np.concatenate([table.numbers(name) for table in tables])
        columns[name] = _sums(values, owner, len(keys))
    for name in spec.bins:
        texts = [text for table in tables for text in table.texts(name)]
        columns[name] = _bin_sums(texts, owner, len(keys))
    for name in spec.vectors:
        texts = [text for table in tables for text in table.texts(name)]
        columns[name] = _vector_sums(texts, owner, len(keys))
    return Table(spec, columns)


def _keys_of(table: Table) -> Iterable[tuple[str, ...]]:
    return zip(*(table.texts(name) for name in table.spec.keys), strict=True)


def _key_columns(spec: TableSpec, keys: list[tuple[str, ...]]) -> dict[str, Column]:
    return {
        name: tuple(key[place] for key in keys) for place, name in enumerate(spec.keys)
    }


def _grouped(
    rows: Sequence[tuple[str, ...]],
) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
    """Return the different keys of some rows, sorted, and which each row has."""
    keys = sorted(set(rows))
    number = {key: index for index, key in enumerate(keys)}
    return keys, np.fromiter(map(number.__getitem__, rows), np.intp, len(rows))


def _sums(values: Numbers, owner: NDArray[np.intp], groups: int) -> Numbers:
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, owner, values)
    return sums


def _vector_sums(
    texts: list[str], owner: NDArray[np.intp], groups: int
) -> tuple[str, ...]:
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


def _bin_sums(
    texts: list[str], owner: NDArray[np.intp], groups: int
) -> tuple[str, ...]:
    row, place, count = codec.filled_bins(texts)
    sums = np.zeros((groups, int(place.max(initial=0)) + 1), np.int64)
    np.add.at(sums, (owner[row], place), count)
    return tuple(codec.encode_bins(sums))


def _sum_happenings(civil: CivilTime, dated: DatedTable) -> Table:
    table = dated.table
    keys, owner = _grouped(list(_keys_of(table)))
    offsets, lengths = codec.decode_increasing(table.texts("instants"))
    numbers, day = np.unique(dated.day, return_inverse=True)
    starts = np.array([civil.start_of(date_of(n)) for n in numbers.tolist()], np.int64)
    instants = np.repeat(starts[day], lengths) + offsets
    hour = civil.wall(instants) % DAY_MS // HOUR_MS
    ends = np.cumsum(lengths)
    columns = _key_columns(HAPPENINGS_SUM, keys)
    columns["days"] = np.bincount(owner, minlength=len(keys)).astype(np.int64)
    for name in ("count", "user", "automation"):
        columns[name] = _sums(table.numbers(name), owner, len(keys))
    columns["by_hour"] = _histograms(np.repeat(owner, lengths), hour, len(keys))
    columns["first_by_hour"] = _histograms(owner, hour[ends - lengths], len(keys))
    columns["last_by_hour"] = _histograms(owner, hour[ends - 1], len(keys))
    return Table(HAPPENINGS_SUM, columns)


def _histograms(owner: NDArray[np.intp], hour: Numbers, rows: int) -> tuple[str, ...]:
    counts = np.bincount(owner * 24 + hour, minlength=rows * 24).astype(np.int64)
    return tuple(codec.encode(counts, np.full(rows, 24)))


def _sum_exposure(table: Table) -> Table:
    keys, owner = _grouped(list(_keys_of(table)))
    at_home, lengths = codec.decode(table.texts("home_by_hour"))
    columns = _key_columns(EXPOSURE_SUM, keys)
    columns["days"] = np.bincount(owner, minlength=len(keys)).astype(np.int64)
    columns["seconds"] = _sums(table.numbers("seconds"), owner, len(keys))
    columns["home_seconds"] = _sums(at_home, np.repeat(owner, lengths), len(keys))
    return Table(EXPOSURE_SUM, columns)
