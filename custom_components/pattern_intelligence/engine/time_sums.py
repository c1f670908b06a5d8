"""The sum of days' times: on the wall's clock, and on those of the sun."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import codec
from .adding import grouped, key_columns, keys_of
from .civil import DAY_MS, WAKING_DAY_STARTS_MS, CivilTime
from .day_sums import instants_of
from .provenance import AUTOMATION
from .sums import TIME_BINS, TIMES_SUM, Clock
from .sun import HALF_DAY_MS, Position, SunEvent, sun_times
from .tables import DatedTable, Numbers, Table

_BIN_MS = DAY_MS // TIME_BINS
_CLOCKS = {Clock.SUNRISE: SunEvent.SUNRISE, Clock.SUNSET: SunEvent.SUNSET}


def sum_times(
    civil: CivilTime, happenings: DatedTable, position: Position | None
) -> Table:
    """Return the :data:`.sums.TIMES_SUM` of days' happenings.

    Args:
        civil: the home's civil time.
        happenings: the days' :data:`.tables.HAPPENINGS`.
        position: where the home is; None leaves out the sun.
    """
    instants, lengths = instants_of(civil, happenings)
    row = np.repeat(np.arange(len(happenings.table)), lengths)
    human = _codes(happenings.table, lengths) < AUTOMATION
    row, wall = row[human], civil.wall(instants[human])
    pairs, owner = grouped(keys_of(happenings.table))
    number = happenings.day[row]
    columns = {"each": np.ones(row.size, bool), **_edges(row, wall)}
    sums: dict[tuple[str, ...], dict[str, NDArray[np.int64]]] = {}
    for clock in Clock:
        place = (wall % DAY_MS).astype(np.float64)
        if clock in _CLOCKS:
            if position is None:
                continue
            days, at = np.unique(number, return_inverse=True)
            event = sun_times(position, civil, _CLOCKS[clock], days)[at]
            place = (wall - event + HALF_DAY_MS) % DAY_MS
        there = np.flatnonzero(~np.isnan(place))
        for name, which in columns.items():
            used = there[which[there]]
            added = np.zeros((len(pairs), TIME_BINS), np.int64)
            bins = place[used].astype(np.int64) // _BIN_MS
            np.add.at(added, (owner[row[used]], bins), 1)
            for index in np.unique(owner[row[there]]).tolist():
                sums.setdefault((*pairs[index], clock.value), {})[name] = added[index]
    return _table(sums)


def _table(sums: dict[tuple[str, ...], dict[str, NDArray[np.int64]]]) -> Table:
    keys = sorted(sums)
    columns = key_columns(TIMES_SUM, keys)
    for name in TIMES_SUM.bins:
        added = np.array([sums[key][name] for key in keys], np.int64)
        columns[name] = tuple(codec.encode_bins(added.reshape(-1, TIME_BINS)))
    return Table(TIMES_SUM, columns)


def _codes(table: Table, lengths: Numbers) -> Numbers:
    """Return each happening's code of :mod:`.provenance`."""
    told, sizes = codec.decode(table.texts("causes"))
    codes = np.zeros(int(lengths.sum()), np.int64)
    codes[np.repeat(sizes > 0, lengths)] = told
    return codes


def _edges(row: NDArray[np.intp], wall: Numbers) -> dict[str, NDArray[np.bool_]]:
    """Return which happenings are a row's first of the waking day, and its last."""
    first, last = np.zeros(row.size, bool), np.zeros(row.size, bool)
    awake = np.flatnonzero(wall % DAY_MS >= WAKING_DAY_STARTS_MS)
    first[awake[np.unique(row[awake], return_index=True)[1]]] = True
    last[:-1] = row[1:] != row[:-1]
    last[-1:] = True
    return {"first": first, "last": last}
