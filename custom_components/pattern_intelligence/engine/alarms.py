"""Which of a day's suspects are alarms: the budget of a home's month, and who spends it.

Strength is measured in shares of a class's part of the budget, so that an alarm is as
strong as the false alarms that a month of all tests raises, whatever its class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .anomaly_budget import MONTH_DAYS, monthly
from .claim import Claim
from .day_counts import Counts
from .detectors import registry
from .evidence import LISTED_FROM
from .home import Home
from .missed import missed_habits, steady_things
from .provenance import AUTOMATION
from .suspects import (
    Suspect,
    Watched,
    watch_counts,
    watch_hours,
    watch_lasting,
    watch_silences,
)
from .unavailable import watch_unavailable
from .uses import Uses
from .window import Window

_NEVER: Final = 0.5
"""Share of the budget for what never was before, while it can be watched for so much.

Of sixty days on which nothing failed for the first time, it takes nearly all of it.
"""

_KINDS: Final = 5
"""Kinds of tests that measure something."""

_MOST: Final = 1 - LISTED_FROM
"""False alarms a month, of all tests, up to which one is an alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A suspect that is surprising enough to be told.

    Attributes:
        suspect: what it is.
        chance: of it on a usual day, as past days have shown.
        monthly: false alarms as strong as this one that a month expects, all tests
            together.
    """

    suspect: Suspect
    chance: float
    monthly: float


def alarms_of(window: Window, habits: Sequence[Claim], home: Home) -> list[Alarm]:
    """Return what is out of the ordinary on a window's last day.

    Args:
        window: that day, and the days before it.
        habits: what was claimed before it.
        home: the context.
    """
    free = home.calendar.free(window.days)
    doings = counts = Counts(Uses.of(window, free, by_hand=True))
    if (window.cause >= AUTOMATION).any():
        counts = Counts(Uses.of(window, free, by_hand=False))
    # Nobody's habits are missed or kept while nobody is home.
    lived = bool(window.occupied[-1])
    never = _never(window, habits, home, counts if lived else None)
    share = 1.0 if never is None else 1 - _NEVER
    found = [*_measured(window, doings, counts, share, lived=lived), *(never or ())]
    return [alarm for alarm in found if alarm.monthly <= _MOST]


def _measured(
    window: Window, doings: Counts, counts: Counts, share: float, *, lived: bool
) -> Iterator[Alarm]:
    """Yield what counts, hours and lengths tell, within a share of the budget."""
    tests = _KINDS * max(int(counts.judged.sum()), 1)
    least = _MOST * share / (MONTH_DAYS * tests)
    watched: list[Watched] = [watch_lasting(window, least)]
    if lived:
        watched += [
            watch_counts(doings.many, least),
            watch_counts(counts.few, least),
            watch_silences(counts, doings.uses, least),
            watch_hours(doings, least),
        ]
    watches = [watch for watch, _ in watched]
    for watch, suspects in watched:
        for suspect in suspects:
            chance = watch.stretch.calibrated(suspect.chance)
            # Alone it would spend the share: no need to ask what the others spend.
            if MONTH_DAYS * chance <= share:
                often = monthly(watches, chance) / share
                yield Alarm(suspect, chance, often)


def _never(
    window: Window, habits: Sequence[Claim], home: Home, counts: Counts | None
) -> list[Alarm] | None:
    """Return what never was before today, or None where that cannot be watched.

    How probable it is that anything is seen for the first time is estimated from what
    was seen just once: both are about as common (I. J. Good, The population
    frequencies of species, Biometrika 40, 1953). What becomes unavailable is watched
    before what is missed, and either only where that happens rarely enough.

    Args:
        window: the days.
        habits: what was claimed before.
        home: the context.
        counts: of all uses; None where nobody was home to use anything.
    """
    once, gone = watch_unavailable(window)
    if not _affordable(chance := _first_time(once, window)):
        return None
    found = [(suspect, chance) for suspect in gone]
    if counts is not None:
        steady = steady_things(counts)
        once += sum(one.missed == 1 for one in steady)
        if _affordable(worse := _first_time(once, window)):
            chance = worse
            found += [
                (one.suspect, chance) for one in steady if one.today and not one.missed
            ]
        afford = _MOST * _NEVER / MONTH_DAYS - chance
        spent, missed = missed_habits(window, habits, registry(), home, afford)
        found += [(suspect, chance + spent) for suspect in missed]
    return [
        Alarm(suspect, chance, MONTH_DAYS * chance / _NEVER)
        for suspect, chance in found
    ]


def _first_time(once: int, window: Window) -> float:
    """Return how probable it is that a day sees anything for the first time.

    Args:
        once: how much was seen just once.
        window: the days.
    """
    return (once + 0.5) / window.days.size


def _affordable(chance: float) -> bool:
    return MONTH_DAYS * chance <= _MOST * _NEVER
