"""How long states lasted: the fragments that days hold, joined to runs.

What a day cuts at midnight is put together here, whatever the clock does that night.
Where a begin or an end was not seen, the run says so: it is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import codec
from .civil import CivilTime, Instants, date_of
from .entries import Entries
from .happenings import BOUT_GAP_MS, RULES, domain_of
from .keys import Key, Resolve
from .provenance import PHYSICAL
from .tables import DatedTable, Numbers, taken

CARRIED_IN: Final = 1
"""It went on when the day began; what came before is told by the day before."""

CARRIED_OUT: Final = 2
"""It went on when the day ended."""

UNSEEN_BEGIN: Final = 1
UNSEEN_END: Final = 2


@dataclass(frozen=True, eq=False)
class Fragments:
    """What days hold of runs, sorted by key, then begin.

    Attributes:
        key: shape (n,), any number that stands for an entity and a state.
        begin: shape (n,), UTC milliseconds.
        end: shape (n,), UTC milliseconds, not before ``begin``.
        carried: shape (n,), bits ``CARRIED_IN`` and ``CARRIED_OUT``.
        unseen: shape (n,), bits ``UNSEEN_BEGIN`` and ``UNSEEN_END``.
    """

    key: Numbers
    begin: Instants
    end: Instants
    carried: NDArray[np.int8]
    unseen: NDArray[np.int8]

    @property
    def begun(self) -> NDArray[np.bool_]:
        """Return whether each begin lies within the days and was seen."""
        seen: NDArray[np.bool_] = (self.carried & CARRIED_IN == 0) & (
            self.unseen & UNSEEN_BEGIN == 0
        )
        return seen

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Return whether each end lies within the days and was seen."""
        seen: NDArray[np.bool_] = (self.carried & CARRIED_OUT == 0) & (
            self.unseen & UNSEEN_END == 0
        )
        return seen


@dataclass(frozen=True, eq=False)
class Runs:
    """How long states lasted, from the first day of a window to its last.

    Attributes:
        keys: entities and the states that lasted, sorted.
        key: shape (n,), index into ``keys``; runs are sorted by key, then begin.
        begin: shape (n,), UTC milliseconds.
        end: shape (n,), UTC milliseconds; of a run that goes on, the end of the last
            day.
        begun: shape (n,), whether the begin was seen.
        ended: shape (n,), whether the end was seen. It was not where the entity was
            unavailable, Home Assistant stopped, a day is missing or the window ends.
        cause: shape (n,), who began it: codes of :mod:`.provenance` as in the window,
            ``PHYSICAL`` where that was not seen.
        ended_by: shape (n,), the same of the end.
    """

    keys: tuple[Key, ...]
    key: NDArray[np.int32]
    begin: Instants
    end: Instants
    begun: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    cause: NDArray[np.int16]
    ended_by: NDArray[np.int16]

    @cached_property
    def key_edges(self) -> NDArray[np.int64]:
        """Return where each key's runs start, shape (keys + 1,)."""
        return np.searchsorted(self.key, np.arange(len(self.keys) + 1))

    @cached_property
    def key_at(self) -> dict[Key, int]:
        """Return the position of each key in ``keys``."""
        return {key: index for index, key in enumerate(self.keys)}

    def of_key(self, index: int) -> slice:
        """Return where the runs of a key are."""
        return slice(int(self.key_edges[index]), int(self.key_edges[index + 1]))

    def since(self, start: int) -> Runs:
        """Return the runs from an instant on; what it cuts was begun unseen.

        Args:
            start: UTC milliseconds.
        """
        kept = self.end > start
        cut = self.begin[kept] < start
        return replace(
            self,
            key=self.key[kept],
            begin=np.where(cut, start, self.begin[kept]),
            end=self.end[kept],
            begun=self.begun[kept] & ~cut,
            ended=self.ended[kept],
            cause=np.where(cut, PHYSICAL, self.cause[kept]).astype(np.int16),
            ended_by=self.ended_by[kept],
        )


NO_RUNS: Final = Runs(
    (),
    np.zeros(0, np.int32),
    np.zeros(0, np.int64),
    np.zeros(0, np.int64),
    np.zeros(0, bool),
    np.zeros(0, bool),
    np.zeros(0, np.int16),
    np.zeros(0, np.int16),
)
"""Of days of which it is not known how long anything lasted."""


def build_runs(
    civil: CivilTime, table: DatedTable, entries: Entries, resolve: Resolve
) -> Runs:
    """Return the runs of some days, joined across midnight.

    Args:
        civil: the home's civil time.
        table: the days' :data:`.tables.RUNS`; a day may lack rows.
        entries: what happened on those days, before bouts were joined.
        resolve: maps ids that entities had to those they have.
    """
    keys, found = decode(civil, table, resolve)
    flickering = np.array([flickers(key.entity_id, key.state) for key in keys], bool)
    found = join(found, flickering[found.key])
    begun, ended = found.begun, found.ended
    key = found.key.astype(np.int32)
    return Runs(
        keys,
        key,
        found.begin,
        found.end,
        begun,
        ended,
        np.where(begun, entries.causes(keys, key, found.begin), PHYSICAL),
        np.where(ended, entries.causes(keys, key, found.end), PHYSICAL),
    )


def flickers(entity_id: str, state: str) -> bool:
    """Tell whether a state that comes back within five minutes never ended."""
    rule = RULES.get(domain_of(entity_id))
    return rule is not None and state == rule.bouts


def decode(
    civil: CivilTime, dated: DatedTable, resolve: Resolve
) -> tuple[tuple[Key, ...], Fragments]:
    """Return what some days hold of runs, not yet joined.

    Args:
        civil: the home's civil time.
        dated: the days' :data:`.tables.RUNS`.
        resolve: maps ids that entities had to those they have.

    Raises:
        ValueError: a text is not one that was stored.
    """
    table = dated.table
    ids, states = table.texts("entity_id"), table.texts("state")
    present = {entity_id: resolve(entity_id) for entity_id in dict.fromkeys(ids)}
    pairs = list(zip(map(present.__getitem__, ids), states, strict=True))
    distinct = sorted(set(pairs))
    number = {pair: index for index, pair in enumerate(distinct)}
    row_key = np.fromiter(map(number.__getitem__, pairs), np.int64, len(pairs))
    # Rows come by day: ordered by key, their runs are by key and begin.
    rows = np.argsort(row_key, kind="stable")
    begin, end, lengths = _bounds(civil, dated, rows)
    key = np.repeat(row_key[rows], lengths)

    codes, told = codec.decode(taken(table.texts("unseen"), rows))
    if ((told != 0) & (told != lengths)).any():
        raise ValueError("a stored text is damaged: it fits no list of runs")
    unseen = np.zeros(key.size, np.int8)
    unseen[np.repeat(told > 0, lengths)] = codes
    carried = np.zeros(key.size, np.int8)
    filled = lengths > 0
    last = np.cumsum(lengths)[filled] - 1
    first = last - lengths[filled] + 1
    flags = table.numbers("carried")[rows[filled]]
    carried[first] |= (flags & CARRIED_IN).astype(np.int8)
    carried[last] |= (flags & CARRIED_OUT).astype(np.int8)
    keys = tuple(Key(*pair) for pair in distinct)
    if _in_order(key, begin, end):
        return keys, Fragments(key, begin, end, carried, unseen)
    # Two ids of one entity shared a day.
    order = np.lexsort((end, begin, key))
    return keys, Fragments(
        key[order], begin[order], end[order], carried[order], unseen[order]
    )


def _bounds(
    civil: CivilTime, dated: DatedTable, rows: NDArray[np.intp]
) -> tuple[Instants, Instants, Numbers]:
    """Return begin and end of the runs of some rows, and how many each row has."""
    offsets, sizes = codec.decode_increasing(taken(dated.table.texts("spans"), rows))
    if (sizes % 2).any():
        raise ValueError("a stored text is damaged: a run without an end")
    days, day = np.unique(dated.day[rows], return_inverse=True)
    starts = np.array([civil.start_of(date_of(n)) for n in days.tolist()], np.int64)
    offsets += np.repeat(starts[day], sizes)
    return offsets[::2].copy(), offsets[1::2].copy(), sizes // 2


def _in_order(key: Numbers, begin: Instants, end: Instants) -> bool:
    """Tell whether runs that are sorted by key are by begin and end, too."""
    steps = np.diff(begin)
    wrong = (steps < 0) | ((steps == 0) & (np.diff(end) < 0))
    return not (wrong & (key[1:] == key[:-1])).any()


def join(found: Fragments, flickers: NDArray[np.bool_]) -> Fragments:
    """Put together what midnight cut, and the bouts of what flickers.

    Args:
        found: fragments of any days.
        flickers: shape (n,), whether quiet of less than five minutes ends nothing.
    """
    if not found.key.size:
        return found
    before, after = slice(None, -1), slice(1, None)
    quiet = found.begin[after] - found.end[before]
    over_midnight = (
        (found.carried[before] & CARRIED_OUT > 0)
        & (found.carried[after] & CARRIED_IN > 0)
        & (quiet == 0)
    )
    one_bout = (
        flickers[after]
        & found.ended[before]
        & found.begun[after]
        & (quiet < BOUT_GAP_MS)
    )
    same = found.key[after] == found.key[before]
    # Two ids of one entity may have shared a day.
    apart = ~(same & (over_midnight | one_bout | (quiet < 0)))
    first = np.flatnonzero(np.append(True, apart))
    run = np.cumsum(np.append(True, apart)) - 1
    end = np.maximum.reduceat(found.end, first)
    going_on = found.carried & CARRIED_OUT
    going_on[before][same & over_midnight] = 0
    latest = found.end == end[run]
    goes_on = np.maximum.reduceat(np.where(latest, going_on, 0), first)
    seen = np.logical_or.reduceat(found.ended & latest, first)
    return Fragments(
        found.key[first],
        found.begin[first],
        end,
        (found.carried[first] & CARRIED_IN) | goes_on,
        (found.unseen[first] & UNSEEN_BEGIN)
        | np.where(seen | (goes_on > 0), 0, UNSEEN_END).astype(np.int8),
    )
