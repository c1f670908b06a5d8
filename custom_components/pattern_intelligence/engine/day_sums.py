"""The sums of days' tables: how often, for how long, and how much."""

from __future__ import annotations

from math import isqrt

import numpy as np
from numpy.typing import NDArray

from . import codec
from .adding import counts, grouped, key_columns, keys_of, places, sums
from .civil import DAY_MS, HOUR_MS, SECOND_MS, CivilTime, Instants, date_of
from .consumption import by_hour
from .hours import HoursOnClock
from .runs import CARRIED_IN, CARRIED_OUT
from .sums import (
    CONSUMPTION_SUM,
    EXPOSURE_SUM,
    HAPPENINGS_SUM,
    LENGTH_BINS,
    LENGTHS_PER_OCTAVE,
    RUNS_SUM,
)
from .tables import DatedTable, Numbers, Table


def _edges() -> Numbers:
    """Return the shortest length plus 1 of each bin, exactly."""
    edges = []
    for step in range(LENGTH_BINS):
        root = isqrt(isqrt(2**step))
        edges.append(root + (root**LENGTHS_PER_OCTAVE < 2**step))
    return np.array(edges, np.int64)


_EDGES = _edges()


def sum_happenings(civil: CivilTime, dated: DatedTable) -> Table:
    """Return the :data:`.sums.HAPPENINGS_SUM` of days' happenings."""
    table = dated.table
    keys, owner = grouped(keys_of(table))
    instants, lengths = instants_of(civil, dated)
    hour = civil.wall(instants) % DAY_MS // HOUR_MS
    ends = np.cumsum(lengths)
    columns = key_columns(HAPPENINGS_SUM, keys)
    columns["days"] = counts(owner, len(keys))
    for name in ("count", "user", "automation"):
        columns[name] = sums(table.numbers(name), owner, len(keys))
    columns["by_hour"] = _histograms(np.repeat(owner, lengths), hour, len(keys))
    columns["first_by_hour"] = _histograms(owner, hour[ends - lengths], len(keys))
    columns["last_by_hour"] = _histograms(owner, hour[ends - 1], len(keys))
    return Table(HAPPENINGS_SUM, columns)


def instants_of(civil: CivilTime, happenings: DatedTable) -> tuple[Instants, Numbers]:
    """Return when everything happened, row by row, and how many each row has."""
    offsets, lengths = codec.decode_increasing(happenings.table.texts("instants"))
    numbers, day = np.unique(happenings.day, return_inverse=True)
    starts = np.array([civil.start_of(date_of(n)) for n in numbers.tolist()], np.int64)
    return np.repeat(starts[day], lengths) + offsets, lengths


def _histograms(owner: NDArray[np.intp], hour: Numbers, rows: int) -> tuple[str, ...]:
    added = np.bincount(owner * 24 + hour, minlength=rows * 24).astype(np.int64)
    return tuple(codec.encode(added, np.full(rows, 24)))


def sum_exposure(dated: DatedTable) -> Table:
    """Return the :data:`.sums.EXPOSURE_SUM` of days' exposure."""
    table = dated.table
    keys, owner = grouped(keys_of(table))
    at_home, lengths = codec.decode(table.texts("home_by_hour"))
    columns = key_columns(EXPOSURE_SUM, keys)
    columns["days"] = counts(owner, len(keys))
    columns["seconds"] = sums(table.numbers("seconds"), owner, len(keys))
    columns["home_seconds"] = sums(at_home, np.repeat(owner, lengths), len(keys))
    return Table(EXPOSURE_SUM, columns)


def sum_runs(dated: DatedTable) -> Table:
    """Return the :data:`.sums.RUNS_SUM` of days' runs."""
    table = dated.table
    row, seconds = _whole_runs(table)
    days = np.unique(row)
    pairs = list(keys_of(table))
    keys, of_day = grouped(pairs[at] for at in days.tolist())
    owner = of_day[np.searchsorted(days, row)]
    added = np.zeros((len(keys), LENGTH_BINS), np.int64)
    place = np.searchsorted(_EDGES, seconds + 1, "right") - 1
    np.add.at(added, (owner, place), 1)
    columns = key_columns(RUNS_SUM, keys)
    columns["days"] = counts(of_day, len(keys))
    columns["count"] = counts(owner, len(keys))
    columns["seconds"] = sums(seconds, owner, len(keys))
    columns["by_length"] = tuple(codec.encode_bins(added))
    return Table(RUNS_SUM, columns)


def _whole_runs(table: Table) -> tuple[NDArray[np.intp], Numbers]:
    """Return the row and the whole seconds of runs that were seen from end to end."""
    edges, sizes = codec.decode_increasing(table.texts("spans"))
    lengths = sizes // 2
    row = np.repeat(np.arange(len(table)), lengths)
    place = places(lengths)
    carried = table.numbers("carried")[row]
    whole = ~(
        ((place == 0) & (carried & CARRIED_IN > 0))
        | ((place == lengths[row] - 1) & (carried & CARRIED_OUT > 0))
    )
    unseen, told = codec.decode(table.texts("unseen"))
    at = np.flatnonzero(told[row] > 0)
    whole[at] &= unseen == 0
    milliseconds = edges[1::2] - edges[::2]
    return row[whole], milliseconds[whole] // SECOND_MS


def sum_consumption(civil: CivilTime, dated: DatedTable) -> Table:
    """Return the :data:`.sums.CONSUMPTION_SUM` of days' consumption."""
    table = dated.table
    keys, owner = grouped(keys_of(table))
    columns = key_columns(CONSUMPTION_SUM, keys)
    columns["days"] = counts(owner, len(keys))
    for name in ("hours", "amount"):
        columns[name] = sums(table.numbers(name), owner, len(keys))
    numbers, day = np.unique(dated.day, return_inverse=True)
    clock = HoursOnClock.of(civil, numbers)
    for name in ("by_hour", "returned_by_hour"):
        values, lengths = codec.decode(table.texts(name))
        row = np.repeat(np.arange(len(table)), lengths)
        hour = clock.hour[day[row], places(lengths)]
        columns[name] = by_hour(owner[row], hour, values, (len(keys), 24))
    return Table(CONSUMPTION_SUM, columns)
