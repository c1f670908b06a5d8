"""Steady things that were missed: habits that are told of, and what is used every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from .civil import DAY_MINUTES
from .claim import Claim
from .day_counts import Counts
from .detectors import Detector
from .home import Home
from .keys import Key
from .occasions import span_of
from .pattern import PatternType
from .suspects import OddKind, Suspect, whole_day
from .window import Window

DAILY: Final = (PatternType.TIME_OF_DAY, PatternType.ROOM_BASED)
"""Types whose occasions are days: of each, a day tells whether it was missed."""

_SIGMAS: Final = 2.0
"""How many standard deviations fewer days without use there are than counts foretell,
where something is used more steadily than they can tell."""


@dataclass(frozen=True, slots=True)
class Steady:
    """Something that is used every day.

    Attributes:
        suspect: what is told if it was missed today.
        missed: on how many past days it was not used.
        today: whether it was missed today.
    """

    suspect: Suspect
    missed: int
    today: bool


def missed_habits(
    window: Window,
    habits: Sequence[Claim],
    detectors: Mapping[PatternType, Detector],
    home: Home,
    afford: float,
) -> tuple[float, list[Suspect]]:
    """Return which of the steadiest habits were missed today.

    A habit is missed as often as its confidence says: what has been found in days is
    kept on those days a little too well. The surest are watched, as many as can be.

    Args:
        window: the days; the last is the one judged.
        habits: what was claimed before it.
        detectors: by type, to ask whether a habit was kept.
        home: the context.
        afford: false alarms a day that watching habits may raise.

    Returns:
        The false alarms a day that it does raise, and what was missed.
    """
    spent, found = 0.0, []
    first, today = int(window.days[0]), int(window.days[-1])
    for claim in sorted(habits, key=lambda claim: -claim.stated):
        if spent + 1 - claim.stated > afford:
            break
        detector = detectors.get(claim.type)
        # A room in use may name no entity that could be told of.
        if not claim.entities or claim.when is None:
            continue
        if claim.type not in DAILY or detector is None:
            continue
        if _over_today(claim):
            now = detector.tally(claim, _with_tomorrow(window), home, today + 1)
        else:
            now = detector.tally(claim, window, home, today)
        if not now.occasions:
            continue
        spent += 1 - claim.stated
        if now.happened == now.occasions:
            continue
        ever = detector.tally(claim, window, home, first)
        when = claim.when
        found.append(
            Suspect(
                OddKind.MISSED,
                claim.entities[0],
                1 - claim.stated,
                1.0,
                0.0,
                (when.earliest, when.time, when.latest),
                window.days[:-1],
                more={"kept": ever.happened, "of": ever.occasions},
            )
        )
    return spent, found


def _over_today(claim: Claim) -> bool:
    """Tell whether a habit-day that goes on tomorrow can be judged today already."""
    assert claim.when is not None
    span = span_of(claim.when)
    if claim.type is not PatternType.TIME_OF_DAY or claim.when.anchor == "last":
        return False
    first = claim.when.anchor == "first"
    return (first or span.center >= DAY_MINUTES / 2) and span.high <= DAY_MINUTES


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

    Args:
        counts: of all uses.
    """
    uses = counts.uses
    alike = counts.known & (uses.free == uses.free[-1])
    days = alike.sum(axis=1)
    missed = (alike & (uses.counts == 0)).sum(axis=1)
    foretold = days * counts.few.below[:, 0]
    steadier = missed + _SIGMAS * np.sqrt(foretold) <= foretold
    return [
        Steady(
            Suspect(
                OddKind.TOO_FEW,
                Key(uses.entities[thing], ""),
                1.0,
                float(counts.few.expected[thing]),
                0.0,
                whole_day(uses, thing),
                uses.window.days[alike[thing]],
            ),
            int(missed[thing]),
            bool(uses.counts[thing, -1] == 0),
        )
        for thing in np.flatnonzero(counts.judged & steadier).tolist()
    ]
