"""What may be told of the sun and of conditions, and how sure of it one may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..evidence import FALSE_DISCOVERY_RATE, false_discovery_q
from ..history import History
from ..home import Home
from ..keys import Key
from ..pattern import Finding
from ..sun import SunEvent
from ..time_of_day.rhythm import fit_rhythms
from ..time_of_day.units import Units
from ..window import Window
from . import condition_claims, sun_claims
from .condition_search import Stretches, questions
from .condition_trial import ConditionTrials, is_while
from .conditions import NUMERIC, STATE, Conditions
from .months import Months
from .sun_claims import SUN
from .sun_days import SunDays
from .sun_search import suspects
from .sun_trial import SunTrials

CLEARLY: Final = 0.15
"""Share of days by which a habit is kept more often than by chance, at the least."""

UNSURE: Final = 0.025
"""Probability of seeing as much of a habit that is kept just so little more often."""


@dataclass(frozen=True, slots=True)
class Likely:
    """Something that may be told.

    Attributes:
        kind: of its context.
        p_value: corrected for all that was looked at to find it.
        tell: gives the finding, by its q-value.
    """

    kind: str
    p_value: float
    tell: Callable[[float], Finding]


def told(likely: Sequence[Likely], tested: Mapping[str, int]) -> list[Finding]:
    """Return what is beyond chance, in order.

    Each kind of context may spend as much of the risk as any other (C. R. Genovese,
    K. Roeder, L. Wasserman, False discovery control with p-value weighting, Biometrika
    93, 2006).

    Args:
        likely: what may be told.
        tested: how much could have been told of each kind.
    """
    kinds, total = sum(map(bool, tested.values())), sum(tested.values())
    weighted = [
        min(1.0, one.p_value * kinds * tested[one.kind] / total) for one in likely
    ]
    q_values = false_discovery_q(np.array(weighted), total).tolist()
    return [
        one.tell(q_value)
        for one, q_value in zip(likely, q_values, strict=True)
        if q_value <= FALSE_DISCOVERY_RATE
    ]


def by_the_sun(
    window: Window, history: History, home: Home, keys: Sequence[Key], units: Units
) -> tuple[list[Likely], dict[str, int]]:
    """Return what the sun may explain, of each key by the event that does it best.

    Args:
        window: the window of days.
        history: sums of the months before.
        home: tells where it is.
        keys: of all units.
        units: what people and devices did.

    Returns:
        That, and how many units could have followed the sun.
    """
    if home.position is None:
        return [], {SUN: 0}
    rhythms = fit_rhythms(units.profile(), units.days)
    months = Months.of(history, window, home)
    best: dict[int, tuple[float, Likely]] = {}
    for event in SunEvent:
        sun = SunDays.of(window, home, home.position, event)
        found = suspects(units, rhythms, sun)
        trials = SunTrials.of(window, keys, units, rhythms, sun, found)
        likely = trials.corrected <= FALSE_DISCOVERY_RATE
        likely &= trials.surely_more(CLEARLY) <= UNSURE
        trials = trials.take(np.flatnonzero(likely))
        if not trials.suspects.unit.size:
            continue
        better = trials.better(home, months, keys, units, rhythms)
        # Either event could have explained it.
        by_chance = np.exp(np.minimum(-better, 0.0))
        p_values = np.maximum(trials.corrected, len(SunEvent) * by_chance)
        for row, unit in enumerate(trials.suspects.unit.tolist()):
            if unit not in best or better[row] > best[unit][0]:
                tell = _teller(window, home, keys[unit], trials, row)
                p_value = min(float(p_values[row]), 1.0)
                best[unit] = float(better[row]), Likely(SUN, p_value, tell)
    return [best[unit][1] for unit in sorted(best)], {SUN: units.size}


def _teller(
    window: Window, home: Home, key: Key, trials: SunTrials, row: int
) -> Callable[[float], Finding]:
    return lambda q: sun_claims.finding_of(window, home, key, trials, row, q)


def under_conditions(
    window: Window, home: Home, keys: Sequence[Key], units: Units
) -> tuple[list[Likely], dict[str, int]]:
    """Return what may depend on a number or a state.

    Args:
        window: the window of days.
        home: tells which entities are of one device.
        keys: of all units.
        units: what people and devices did.

    Returns:
        That, and how many pairs of a key and an entity could have told something.
    """
    conditions = Conditions(window)
    stretches = Stretches.of(window, keys, units, conditions)
    asked, tested = questions(home, conditions, keys, stretches)
    if not asked:
        return [], tested
    trials = ConditionTrials.of(window, stretches, asked)
    sure = trials.surely_oftener & trials.no_change
    likely: list[Likely] = []
    for row in np.flatnonzero(sure).tolist():
        one = trials.asked[row]
        key = keys[int(stretches.unit[one.stretch])]
        if not is_while(conditions, stretches, trials, row, key):
            continue

        def tell(q: float, key: Key = key, row: int = row) -> Finding:
            return condition_claims.finding_of(
                conditions, home, key, stretches, trials, row, q
            )

        kind = STATE if one.state else NUMERIC
        likely.append(Likely(kind, float(trials.corrected[row]), tell))
    return likely, tested
