"""The search for what is done about a time of day when a condition holds.

Where in the day to look is told by what a key does on all days together, whatever held
then: that costs no risk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import running_sums
from ..civil import DAY_MINUTES, DAY_MS, MINUTE_MS
from ..co_occurrence.stream import RESTING
from ..eligibility import eligible_spans
from ..evidence import Floats
from ..home import Home
from ..keys import Key
from ..tables import Numbers
from ..time_of_day.search import FEWEST_DAYS
from ..time_of_day.spans import EACH, Spans
from ..time_of_day.units import Units
from ..window import Window
from .conditions import NUMERIC, STATE, Conditions

STEP_MINUTES: Final = 15
BINS: Final = DAY_MINUTES // STEP_MINUTES
LENGTH: Final = 5
"""Length of the stretches, in steps: a good hour, for an hour's habit and its scatter."""

PEAKS: Final = 2
"""Stretches of a key that are looked at."""

FEWEST_KEPT: Final = 10
"""Days on which something has to be done in a stretch: of fewer nothing can be told.

However well they went with a condition, chance could have dealt them so (R. E. Tarone,
A modified Bonferroni method for discrete data, Biometrics 46, 1990).
"""

MOST_KEPT: Final = 0.9
"""Share of days above which something is done whatever holds."""

CUTS: Final = (0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85)
"""Shares of the days at which a number is cut in two."""

OFTEN: Final = 0.5
LEAST_RATIO: Final = 2.0
"""Times as large a share as without the condition: else it hardly matters."""

FEWEST_OTHERS: Final = 6
"""Days without the condition below which nobody knows what they are like."""

_CHUNK: Final = 64
_TINY: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Stretches:
    """Stretches of the clock in which keys do something on many days.

    Attributes:
        unit: shape (n,), whose.
        low: shape (n,), minutes after midnight at which they begin.
        high: shape (n,), minutes at which they end.
        eligible: shape (n, days), on which days something could have been done.
        kept: shape (n, days), on which of them it was.
    """

    unit: Numbers
    low: Floats
    high: Floats
    eligible: NDArray[np.bool_]
    kept: NDArray[np.bool_]

    @classmethod
    def of(
        cls, window: Window, keys: Sequence[Key], units: Units, conditions: Conditions
    ) -> Stretches:
        """Return those of all units, blind to what held on which days.

        Args:
            window: the window of days.
            keys: of all units.
            units: what people and devices did.
            conditions: tell when somebody was home.
        """
        unit, start = _peaks(units)
        low = (start * STEP_MINUTES).astype(float)
        high = ((start + LENGTH) * STEP_MINUTES).astype(float)
        names = [keys[own].entity_id for own in unit.tolist()]
        spans = Spans(np.full(unit.size, EACH), low, high)
        eligible = eligible_spans(window, names, spans, np.full(unit.size, 720.0))
        for begin, end in sorted(set(zip(low.tolist(), high.tolist(), strict=True))):
            rows = np.flatnonzero((low == begin) & (high == end))
            own_keys = [keys[own] for own in unit[rows].tolist()]
            eligible[rows] &= conditions.possible(own_keys, begin, end)
        kept = eligible & _met(units, unit, low, high, window.days)
        days, did = eligible.sum(axis=1), kept.sum(axis=1)
        told = (did >= FEWEST_KEPT) & (did <= MOST_KEPT * days)
        # What comes to rest does so since it was on.
        told &= np.array(
            [keys[own].state not in RESTING for own in unit.tolist()], bool
        )
        return cls(unit[told], low[told], high[told], eligible[told], kept[told])


def _peaks(units: Units) -> tuple[Numbers, Numbers]:
    """Return unit and start of the stretches with most days."""
    place = units.wall // (STEP_MINUTES * MINUTE_MS) - units.first * BINS
    width = units.days * BINS + LENGTH
    inside = (place >= 0) & (place < width)
    parts: list[tuple[Numbers, Numbers]] = []
    for begin in range(0, units.size, _CHUNK):
        size = min(_CHUNK, units.size - begin)
        first, last = np.searchsorted(units.unit, [begin, begin + size])
        own = np.arange(first, last)[inside[first:last]]
        flat = (units.unit[own] - begin) * (width + 1) + place[own] + 1
        counts = np.bincount(flat, minlength=size * (width + 1))
        seen = running_sums(counts.reshape(size, width + 1).astype(np.int32))
        met = seen[:, LENGTH:-1] > seen[:, : -LENGTH - 1]
        met = met.reshape(size, units.days, BINS)
        met &= units.eligible[begin : begin + size, :, None]
        days = met.sum(axis=1, dtype=np.int16)
        for _ in range(PEAKS):
            start = days.argmax(axis=1)
            there = np.flatnonzero(days[np.arange(size), start] >= FEWEST_KEPT)
            parts.append((begin + there, start[there]))
            apart = np.abs(np.arange(BINS) - start[:, None])
            days[np.minimum(apart, BINS - apart) < LENGTH] = 0
    unit, start = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((start, unit))
    return unit[order], start[order]


def _met(
    units: Units, unit: Numbers, low: Floats, high: Floats, days: Numbers
) -> NDArray[np.bool_]:
    midnight = days * DAY_MS
    begins, ends = (
        np.rint(edge * MINUTE_MS).astype(np.int64)[:, None] + midnight
        for edge in (low, high)
    )
    walls = units.walls
    found: NDArray[np.bool_] = walls.at(unit, ends) > walls.at(unit, begins)
    return found


@dataclass(frozen=True, eq=False)
class Question:
    """A condition that something seems to depend on.

    Attributes:
        stretch: position of the stretch of the clock.
        entity_id: whose condition.
        state: which state, or "" for a number.
        below: the number it has to be below, if any.
        above: the number it has to be above, if any.
        own: shape (days,), on which days the condition held.
        known: shape (days,), on which days that is known.
        risk: the share of the risk of a false claim spent on it.
    """

    stretch: int
    entity_id: str
    state: str
    below: float | None
    above: float | None
    own: NDArray[np.bool_]
    known: NDArray[np.bool_]
    risk: float


def questions(
    home: Home, conditions: Conditions, keys: Sequence[Key], found: Stretches
) -> tuple[list[Question], dict[str, int]]:
    """Return what tells most of each key and entity that conditions are about.

    And how many such pairs could have told something at all, by kind.

    Args:
        home: tells which entities are of one device.
        conditions: of the window's days.
        keys: of all units.
        found: where in the day to look.
    """
    best: dict[tuple[int, str], tuple[float, Question]] = {}
    names = _names(conditions)
    tested = np.zeros((len(keys), len(names)), bool)
    where = np.unique(np.stack([found.low, found.high], 1), axis=0).tolist()
    held = conditions.held(conditions.states, [low for low, _ in where])
    for place, (low, high) in enumerate(where):
        rows = np.flatnonzero((found.low == low) & (found.high == high))
        asked = _Asked.of(conditions, names, low, high, held[:, place])
        gains, could = _gains(found.eligible[rows], found.kept[rows], asked)
        at, which = np.nonzero(could)
        tested[found.unit[rows[at]], asked.entity[which]] = True
        gains += np.log(asked.risk)
        for at, which in zip(
            *(each.tolist() for each in np.nonzero(gains > 0)), strict=True
        ):
            unit, name = int(found.unit[rows[at]]), names[asked.entity[which]]
            gain = float(gains[at, which])
            if home.unit(name) == home.unit(keys[unit].entity_id):
                continue
            if (unit, name) not in best or gain > best[unit, name][0]:
                question = asked.question(which, int(rows[at]), name)
                best[unit, name] = gain, question
    of_numbers = len(conditions.window.measured.entities)
    counts = {
        NUMERIC: int(tested[:, :of_numbers].sum()),
        STATE: int(tested[:, of_numbers:].sum()),
    }
    return [best[pair][1] for pair in sorted(best)], counts


def _names(conditions: Conditions) -> tuple[str, ...]:
    """Return the entities that conditions are about: sensors, then what has states."""
    states = dict.fromkeys(key.entity_id for key in conditions.states)
    return (*conditions.window.measured.entities, *states)


@dataclass(frozen=True, eq=False)
class _Asked:
    """The conditions that are asked about a stretch of the clock.

    Attributes:
        entity: shape (n,), whose, in the order of :func:`_names`.
        state: which states, n of them; "" for numbers.
        limit: shape (n,), the number to be below or above; NaN for states.
        below: shape (n,), whether to be below.
        own: shape (n, days), on which days each held.
        known: shape (n, days), on which days that is known.
        risk: shape (n,), the share of the risk spent on each.
    """

    entity: Numbers
    state: tuple[str, ...]
    limit: Floats
    below: NDArray[np.bool_]
    own: NDArray[np.bool_]
    known: NDArray[np.bool_]
    risk: Floats

    @classmethod
    def of(
        cls,
        conditions: Conditions,
        names: Sequence[str],
        low: float,
        high: float,
        held: NDArray[np.bool_],
    ) -> _Asked:
        value = conditions.measured(low, high)
        known = np.isfinite(value)
        sensors, days = value.shape
        ordered = np.sort(value, axis=1)
        place = (known.sum(axis=1)[:, None] * np.array(CUTS)).astype(np.int64)
        limit = np.take_along_axis(ordered, place, axis=1).round(1)
        # Each cut from below, then each from above.
        under = value[:, None] < limit[:, :, None]
        over = value[:, None] > limit[:, :, None]
        numbers = 2 * len(CUTS)
        keys = conditions.states
        of_states = [names.index(key.entity_id, sensors) for key in keys]
        there = conditions.known(keys, low)
        return cls(
            np.append(np.repeat(np.arange(sensors), numbers), of_states).astype(int),
            ("",) * (sensors * numbers) + tuple(key.state for key in keys),
            np.append(np.tile(limit, 2).ravel(), np.full(len(keys), np.nan)),
            np.append(
                np.tile(np.arange(numbers) < len(CUTS), sensors),
                np.zeros(len(keys), bool),
            ),
            np.concatenate(
                [np.concatenate([under, over], axis=1).reshape(-1, days), held]
            ),
            np.concatenate([np.repeat(known, numbers, axis=0), there]),
            np.append(
                np.full(sensors * numbers, 1 / (PEAKS * numbers)),
                np.full(len(keys), 1 / (PEAKS * 2)),
            ),
        )

    def question(self, which: int, stretch: int, name: str) -> Question:
        """Return one of them, asked about a stretch of a key."""
        limit, state = float(self.limit[which]), self.state[which]
        below = bool(self.below[which])
        return Question(
            stretch,
            name,
            state,
            limit if below else None,
            None if below or state else limit,
            self.own[which],
            self.known[which],
            float(self.risk[which]),
        )


def _gains(
    eligible: NDArray[np.bool_], kept: NDArray[np.bool_], asked: _Asked
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the log likelihood that conditions gain, and which could gain any.

    Both have the shape (stretches, conditions). The first is 0 where a condition makes
    too little difference; the second looks at how often it holds alone.
    """
    days, did = eligible.astype(np.float32), kept.astype(np.float32)
    holds, fails = (
        (own & asked.known).astype(np.float32).T for own in (asked.own, ~asked.own)
    )
    mine, theirs = days @ holds, days @ fails
    met, others = did @ holds, did @ fails
    tested = (mine >= FEWEST_KEPT) & (theirs >= FEWEST_OTHERS)
    # What is shared out by counts of days needs no digits but these.
    told = tested & (met >= FEWEST_DAYS) & (met >= OFTEN * mine)
    told &= met * theirs >= LEAST_RATIO * others * mine
    at = np.nonzero(told)
    gain = np.zeros(told.shape)
    some, rest = (met[at], mine[at]), (others[at], theirs[at])
    gain[at] = _log_likelihood(*some) + _log_likelihood(*rest)
    gain[at] -= _log_likelihood(some[0] + rest[0], some[1] + rest[1])
    return gain, tested


def _log_likelihood(did: NDArray[np.float32], days: NDArray[np.float32]) -> Floats:
    """Return the log likelihood of days under their own share, shape (n,)."""
    share = (did / days).astype(float).clip(_TINY, 1 - _TINY)
    found: Floats = did * np.log(share) + (days - did) * np.log1p(-share)
    return found
