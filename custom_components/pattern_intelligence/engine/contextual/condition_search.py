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
        for row, (begin, end) in enumerate(
            zip(low.tolist(), high.tolist(), strict=True)
        ):
            eligible[row] &= conditions.possible(keys[int(unit[row])], begin, end)
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
        days = met.sum(axis=1)
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
    tested: dict[str, set[tuple[int, str]]] = {NUMERIC: set(), STATE: set()}
    spans = np.stack([found.low, found.high], axis=1)
    for low, high in np.unique(spans, axis=0).tolist():
        rows = np.flatnonzero((found.low == low) & (found.high == high))
        asked = [*_of_numbers(conditions, low, high), *_of_states(conditions, low)]
        if not asked:
            continue
        own = np.array([each[4] for each in asked])
        known = np.array([each[5] for each in asked])
        gains, told = _gains(found.eligible[rows], found.kept[rows], own, known)
        for at, which in zip(*np.nonzero(told), strict=True):
            kind = STATE if asked[which][1] else NUMERIC
            tested[kind].add((int(found.unit[rows[at]]), asked[which][0]))
        for at, which in zip(*np.nonzero(gains > 0), strict=True):
            row, (entity_id, state, below, above, held, sure) = rows[at], asked[which]
            unit = int(found.unit[row])
            if home.unit(entity_id) == home.unit(keys[unit].entity_id):
                continue
            kinds = 1 if state else len(CUTS)
            risk = 1 / (PEAKS * 2 * kinds)
            gain = float(gains[at, which]) + float(np.log(risk))
            place = (unit, entity_id)
            if gain > 0 and (place not in best or gain > best[place][0]):
                question = Question(
                    int(row), entity_id, state, below, above, held, sure, risk
                )
                best[place] = gain, question
    counts = {kind: len(pairs) for kind, pairs in tested.items()}
    return [best[place][1] for place in sorted(best)], counts


type _Asked = tuple[
    str,
    str,
    float | None,
    float | None,
    NDArray[np.bool_],
    NDArray[np.bool_],
]


def _of_numbers(conditions: Conditions, low: float, high: float) -> list[_Asked]:
    asked: list[_Asked] = []
    values = conditions.measured(low, high)
    for entity_id, value in zip(
        conditions.window.measured.entities, values, strict=True
    ):
        known = np.isfinite(value)
        if known.sum() < 2 * FEWEST_OTHERS:
            continue
        for cut in np.unique(np.quantile(value[known], CUTS)).tolist():
            limit = round(float(cut), 1)
            asked.append((entity_id, "", limit, None, value < limit, known))
            asked.append((entity_id, "", None, limit, value > limit, known))
    return asked


def _of_states(conditions: Conditions, low: float) -> list[_Asked]:
    keys = conditions.states
    held = conditions.holds(keys, low)
    return [
        (
            key.entity_id,
            key.state,
            None,
            None,
            own,
            conditions.known(key.entity_id, low),
        )
        for key, own in zip(keys, held, strict=True)
    ]


def _gains(
    eligible: NDArray[np.bool_],
    kept: NDArray[np.bool_],
    own: NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the log likelihood that conditions gain, and which could gain any.

    Both have the shape (stretches, conditions). The first is 0 where a condition makes
    too little difference; the second looks at how often it holds alone.
    """
    days, did = eligible.astype(np.float32), kept.astype(np.float32)
    holds, fails = (
        (own & known).astype(np.float32).T,
        (~own & known).astype(np.float32).T,
    )
    mine, theirs = (days @ which for which in (holds, fails))
    met, others = (did @ which for which in (holds, fails))
    share, rest, both = (
        some.astype(float) / np.maximum(all_of_them, 1)
        for some, all_of_them in (
            (met, mine),
            (others, theirs),
            (met + others, mine + theirs),
        )
    )
    gain = mine * _divergence(share, both) + theirs * _divergence(rest, both)
    tested = (mine >= FEWEST_KEPT) & (theirs >= FEWEST_OTHERS)
    told = tested & (met >= FEWEST_DAYS)
    told &= (share >= OFTEN) & (share >= LEAST_RATIO * rest)
    return np.where(told, gain, 0.0), tested


def _divergence(share: Floats, chance: Floats) -> Floats:
    chance = chance.clip(_TINY, 1 - _TINY)
    rest, met = np.clip(1 - share, _TINY, 1.0), np.clip(share, _TINY, 1.0)
    found: Floats = met * np.log(met / chance) + rest * np.log(rest / (1 - chance))
    return found
