"""How often, for how long and how much, week by week or month by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .. import codec
from ..evidence import Floats
from ..keys import Key, Resolve
from ..sums import (
    CONSUMPTION_SUM,
    EXPOSURE_SUM,
    HAPPENINGS_SUM,
    LENGTH_BINS,
    LENGTHS_PER_OCTAVE,
    RUNS_SUM,
)
from ..tables import HOME, Numbers
from .axes import WEEK_DAYS, Axis
from .series import Cells, Series, Subject, Tables, extent

DAY_SECONDS: Final = 86_400
DAY_HOURS: Final = 24

WATCHED_DAYS: Final = 3.5
"""Days of which a period's rate needs to be known: half a week."""

FEWEST_RUNS: Final = 3
"""Runs that make a week's, or a month's, usual length."""

AWAY: Final = 0.75
"""Share of what usually happens below which the household was away for a while."""

TELLING: Final = 5 / WEEK_DAYS
"""Happenings a day from which a week tells: of fewer, weeks differ by chance."""

_AROUND: Final[Mapping[str, int]] = {"week": 8, "month": 4}
"""So many of the nearest periods tell what is usual."""

FEWEST_TO_TELL: Final = 5
"""Things that tell together whether the household was away."""

_OFTEN: Final = 2 / WEEK_DAYS
"""Happenings a day below which how often is mostly luck: two a week."""


def counts_of(tables: Tables, axis: Axis, resolve: Resolve) -> Series:
    """Return how often a day things were done, by people, while they were watched.

    A period before the first and one after the last is unknown: what begins or ends
    does not become more or less.

    Args:
        tables: the sums of the axis' periods by name.
        axis: the periods.
        resolve: maps ids that entities had to those they have.
    """
    happened = tables[HAPPENINGS_SUM.name]
    cells = Cells.of(happened, axis, resolve)
    table = happened.table
    count = cells.sums(table.numbers("count") - table.numbers("automation"))
    days = _watched(tables, axis, resolve, [name[0] for name in cells.names])
    begin, end = extent(count > 0)
    period = np.arange(axis.start.size)
    known = (period >= begin[:, None]) & (period < end[:, None])
    known &= days >= WATCHED_DAYS
    rate = np.where(known, count / np.maximum(days, WATCHED_DAYS), np.nan)
    total = np.where(known, days, 0).sum(axis=1)
    often = np.where(known, count, 0).sum(axis=1) >= _OFTEN * np.maximum(total, 1)
    by_hand = 2 * cells.sums(table.numbers("automation")).sum(axis=1) <= (
        cells.sums(table.numbers("count")).sum(axis=1)
    )
    rows = np.flatnonzero(often & by_hand)
    return Series(
        "count",
        axis,
        tuple(Subject(Key(*name)) for name in cells.names),
        np.sqrt(rate),
        np.where(known, np.rint(days), 0).astype(np.int64),
    ).take(rows)


def _watched(
    tables: Tables, axis: Axis, resolve: Resolve, entities: list[str]
) -> Floats:
    """Return for how many days entities were available, shape (entities, periods)."""
    exposure = tables[EXPOSURE_SUM.name]
    cells = Cells.of(exposure, axis, resolve)
    seconds = cells.sums(exposure.table.numbers("seconds"))
    at = {name[0]: row for row, name in enumerate(cells.names)}
    days = np.zeros((len(entities), axis.start.size))
    for row, entity_id in enumerate(entities):
        if entity_id in at and entity_id != HOME:
            days[row] = seconds[at[entity_id]] / DAY_SECONDS
    return days


def periods_away(counts: Series) -> NDArray[np.bool_]:
    """Return in which periods most of what people do was done far less, (periods,).

    Less than in the periods around it, since a whole season may be quiet.

    Args:
        counts: how often things were done.
    """
    rate = counts.values**2
    usual = np.array([np.median(own[np.isfinite(own)]) for own in rate])
    rate, usual = rate[usual >= TELLING], usual[usual >= TELLING, None]
    share = rate / usual
    away = np.zeros(counts.axis.start.size, bool)
    told = np.flatnonzero(np.isfinite(share).sum(axis=0) >= FEWEST_TO_TELL)
    together = np.array([np.nanmedian(share[:, period]) for period in told.tolist()])
    places = np.arange(told.size)
    for place, period in enumerate(told.tolist()):
        # At either end they are all on one side, or holidays there were usual.
        nearest = np.argsort(np.abs(places - place), kind="stable")
        others = together[nearest[1 : _AROUND[counts.axis.period] + 1]]
        away[period] = others.size > 0 and together[place] < AWAY * np.median(others)
    return away


def lengths_of(tables: Tables, axis: Axis, resolve: Resolve) -> Series:
    """Return how long states usually lasted: the mean logarithm of their lengths.

    Args:
        tables: the sums of the axis' periods by name.
        axis: the periods.
        resolve: maps ids that entities had to those they have.
    """
    dated = tables[RUNS_SUM.name]
    cells = Cells.of(dated, axis, resolve)
    texts = dated.table.texts("by_length")
    row, place, count = codec.filled_bins([texts[at] for at in cells.rows.tolist()])
    middle = (np.arange(LENGTH_BINS) + 0.5) / LENGTHS_PER_OCTAVE
    sums, runs = np.zeros(cells.shape), np.zeros(cells.shape)
    at = cells.subject[row], cells.period[row]
    np.add.at(sums, at, count * middle[place])
    np.add.at(runs, at, count)
    known = runs >= FEWEST_RUNS
    return Series(
        "duration",
        axis,
        tuple(Subject(Key(*name)) for name in cells.names),
        np.where(known, sums / np.maximum(runs, 1), np.nan),
        np.where(known, cells.sums(dated.table.numbers("days")), 0),
    )


def consumption_of(tables: Tables, axis: Axis, resolve: Resolve) -> Series:
    """Return how much meters counted a day.

    A meter that counted down in a period is left out: it shows a balance.

    Args:
        tables: the sums of the axis' periods by name.
        axis: the periods.
        resolve: maps ids that entities had to those they have.
    """
    dated = tables[CONSUMPTION_SUM.name]
    cells = Cells.of(dated, axis, resolve)
    hours = cells.sums(dated.table.numbers("hours"))
    amount = cells.sums(dated.table.numbers("amount"))
    known = hours >= WATCHED_DAYS * DAY_HOURS
    rate = amount / 1000 * DAY_HOURS / np.maximum(hours, 1)
    counts = (amount >= 0).all(axis=1) & (amount > 0).any(axis=1)
    days: Numbers = np.where(known, cells.sums(dated.table.numbers("days")), 0)
    return Series(
        "consumption",
        axis,
        tuple(Subject(Key(name[0], ""), unit=name[1]) for name in cells.names),
        np.where(known, np.sqrt(np.maximum(rate, 0)), np.nan),
        days,
    ).take(np.flatnonzero(counts))
