"""Which of a day's suspects are alarms: the budget of a home's month, and who spends it.

Strength is measured in shares of a class's part of the budget, so that an alarm is as
strong as the false alarms that a month of all tests raises, whatever its class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import math
from typing import Final

from ..claim import Claim
from ..evidence import LISTED_FROM
from ..home import Home
from ..provenance import AUTOMATION
from ..window import Window
from .budget import MONTH_DAYS, monthly
from .day_counts import Counts
from .missed import steady_habits, steady_things
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

_UNSEEN: Final = math.exp(-1)
"""What counts as seen once, where nothing was.

If something happens at a rate and is an alarm as long as n days have not seen it, the
rate that raises most alarms is 1/n: then there are 1/(e n) a day, and never more.
"""

_NEVER: Final = 0.375
"""Share of the budget for what never was before: as much for things, and for habits.

It pays for what sixty days have not seen. What is not spent is for what is measured.
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
    spent, found = _failed(window, counts if lived else None)
    if lived:
        more, missed = _missed(window, habits, 2 * _NEVER - spent)
        spent, found = spent + more, [*found, *missed]
    found += _measured(window, doings, counts, 1 - spent, lived=lived)
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
            watch_counts(doings.many(), least),
            watch_counts(counts.few(), least),
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


def _failed(window: Window, counts: Counts | None) -> tuple[float, list[Alarm]]:
    """Return which things failed today that never did before.

    How probable it is that anything is seen for the first time is estimated from what
    was seen just once: both are about as common (I. J. Good, The population
    frequencies of species, Biometrika 40, 1953). What becomes unavailable is watched
    before what is used every day, and either only where that happens rarely enough.

    Args:
        window: the days.
        counts: of all uses; None where nobody was home to use anything.

    Returns:
        The share of the budget that it takes, and what failed.
    """
    once, found = watch_unavailable(window)
    if (spent := _cost(_first_time(once, window))) > _NEVER:
        return 0.0, []
    if counts is not None:
        steady = steady_things(counts)
        once += sum(one.missed == 1 for one in steady)
        if (worse := _cost(_first_time(once, window))) <= _NEVER:
            spent = worse
            found += [one.suspect for one in steady if one.today and not one.missed]
    chance = spent * _MOST / MONTH_DAYS
    return spent, [Alarm(one, chance, _MOST * spent / _NEVER) for one in found]


def _missed(
    window: Window, habits: Sequence[Claim], share: float
) -> tuple[float, list[Alarm]]:
    """Return which habits were missed today that never were before.

    Habits missed just once tell how probable that is for those never missed, each by
    itself (H. Robbins, An empirical Bayes approach to statistics, Proc. Third Berkeley
    Symposium 1, 1956). As many of these are watched, the surest first, as can be paid.

    Args:
        window: the days.
        habits: what was claimed before.
        share: of the budget that there is.

    Returns:
        The share that it takes, and what was missed.
    """
    steady = steady_habits(window, habits)
    kept = [one for one in steady if not one.missed]
    once = sum(one.missed == 1 for one in steady)
    chance = _first_time(once, window) / max(len(kept), 1)
    watched = kept[: int(share / _cost(chance))]
    return _cost(chance) * len(watched), [
        Alarm(one.suspect, chance * rank, _MOST * _cost(chance) * rank / share)
        for rank, one in enumerate(watched, start=1)
        if one.today
    ]


def _first_time(once: int, window: Window) -> float:
    """Return how probable it is that a day sees anything for the first time.

    Args:
        once: how much was seen just once.
        window: the days.
    """
    return (once + _UNSEEN) / (window.days.size - 1)


def _cost(chance: float) -> float:
    """Return the share of the budget that false alarms of such a chance a day take."""
    return MONTH_DAYS * chance / _MOST
