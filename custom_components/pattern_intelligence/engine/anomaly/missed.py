"""Steady things that were missed: habits that are told of, and what is used every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..civil import DAY_MINUTES
from ..claim import Claim
from ..co_occurrence.stream import RESTING
from ..keys import Key
from ..occasions import LEAST_MARGIN, occasions, span_of
from ..pattern import PatternType, When
from ..window import Window
from .day_counts import FEWEST_DAYS, LIVED_SHARE, Counts
from .suspects import OddKind, Suspect, whole_day

NEARLY: Final = 60.0
"""Minutes about a habit's time within which it is only early or late."""

_FORETOLD: Final = 4.0
"""Days without use that counts foretell, and that there are not: two standard
deviations, where something is used more steadily than counts can tell."""

_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Steady:
    """Something that is used every day, or a habit.

    Attributes:
        suspect: what is told if it was missed today.
        missed: on how many past days it was.
        today: whether it was missed today.
    """

    suspect: Suspect
    missed: int
    today: bool


def steady_habits(window: Window, habits: Sequence[Claim]) -> list[Steady]:
    """Return the punctual habits, the surest first, one of each entity.

    Those which, when kept at all, were never late or early; nor is it a miss when they
    are. Whether a habit is among them does not depend on the days it was missed.

    Args:
        window: the days; the last is the one judged.
        habits: what was claimed before it.
    """
    today = int(window.days[-1])
    longer = _with_tomorrow(window)
    found: dict[str, Steady] = {}
    for claim in sorted(habits, key=lambda claim: (-claim.raw, claim.key)):
        when = claim.when
        if claim.type is not PatternType.TIME_OF_DAY or when is None:
            continue
        key = claim.entities[0]
        if not _by_the_clock(when) or key.state in RESTING or key.entity_id in found:
            continue
        when = _of_its_date(when)
        # What goes on past midnight is judged when it is over, a day later.
        over = span_of(when).high + NEARLY <= DAY_MINUTES
        days, kept = occasions(longer if over else window, key, when, NEARLY)
        judged = today if over else today - 1
        past = days < judged
        missed = int((past & ~kept).sum())
        if past.sum() < FEWEST_DAYS or missed > 1:
            continue
        dated, timely = occasions(longer if over else window, key, when)
        if np.isin(dated[~timely], days[kept & past]).any():
            continue
        found[key.entity_id] = Steady(
            Suspect(
                OddKind.MISSED,
                key,
                1.0,
                1.0,
                0.0,
                (when.earliest, when.time, when.latest),
                days[past],
                more={"kept": int(past.sum()) - missed, "of": int(past.sum())},
            ),
            missed,
            bool((~kept[days == judged]).any()),
        )
    return list(found.values())


def _by_the_clock(when: When) -> bool:
    """Tell whether a time is the clock's: a day's first or last follows people.

    Unless it comes so exactly that a stated time is widened by more.
    """
    apart = (when.latest - when.earliest) % DAY_MINUTES
    return when.anchor == "each" or apart <= 2 * LEAST_MARGIN


def _of_its_date(when: When) -> When:
    """Return a time as one of any happening: a later one does not make it missed.

    A last one after midnight counts for the weekday before; any one for its own.
    """
    if when.anchor == "each":
        return when
    late = int(span_of(when).center // DAY_MINUTES)
    weekdays = tuple(sorted((day + late) % 7 for day in when.weekdays))
    return replace(when, anchor="each", weekdays=weekdays)


def _with_tomorrow(window: Window) -> Window:
    """Return a window that goes on for a day on which nothing happens."""
    whole = np.ones((1, 24), np.float32)
    available = np.ones((len(window.entities), 1, 24), np.float32)
    at_home = window.at_home
    return replace(
        window,
        days=np.append(window.days, window.days[-1] + 1),
        recorded=np.concatenate([window.recorded, whole]),
        available=np.concatenate([window.available, available], axis=1),
        at_home=None if at_home is None else np.concatenate([at_home, 0 * whole]),
    )


def steady_things(counts: Counts) -> list[Steady]:
    """Return the things that are used on more days than their counts foretell.

    Each on workdays and on free days by themselves. Whether it is among them does not
    depend on the day it was missed, nor on today.

    Args:
        counts: of all uses.
    """
    uses = counts.uses
    every = np.arange(len(uses.entities))
    lived = counts.presence[:, -1] >= LIVED_SHARE
    found = []
    for kind in (False, True):
        alike = counts.known & (uses.free == kind)
        days = alike.sum(axis=1)
        usual = (counts.expected * alike).sum(axis=1) / np.maximum(days, 1)
        unused = counts.model.below(every, np.maximum(usual, _TINY), 0, counts.weights)
        missed = (alike & (uses.counts == 0)).sum(axis=1)
        steady = (missed <= 1) & (days * unused[:, 0] >= _FORETOLD)
        today = lived & (uses.counts[:, -1] == 0) & (uses.free[-1] == kind)
        found += [
            Steady(
                Suspect(
                    OddKind.TOO_FEW,
                    Key(uses.entities[thing], ""),
                    1.0,
                    float(usual[thing]),
                    0.0,
                    whole_day(uses, thing),
                    uses.window.days[alike[thing]],
                ),
                int(missed[thing]),
                bool(today[thing]),
            )
            for thing in np.flatnonzero(counts.judged & steady).tolist()
        ]
    return found
