"""Which of a day's suspects are alarms: the budget of a home's month, and who spends it.

What never was before is paid for first, since it costs what it costs: it was seen or it
was not. Of what is measured, one threshold for all tests spends the rest.
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
from .missed import Steady, steady_habits, steady_things
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
rate that raises most alarms is 1/n: then there are 1/(e n) a day, and never more. All
that is watched for what never was is allowed this once, together.
"""

_NEVER: Final = 0.5
"""Share of the budget up to which it may go to what never was before.

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
    firsts = _firsts(window, habits, counts if lived else None)
    found = [
        Alarm(suspect, first.monthly / MONTH_DAYS, together(firsts, first.strength))
        for first in firsts
        for suspect in first.suspects
    ]
    return [*found, *_measured(window, doings, counts, firsts, lived=lived)]


@dataclass(frozen=True, slots=True)
class First:
    """What is watched for something that never was before.

    Attributes:
        suspects: what was seen today.
        monthly: false alarms a month, of it and of all that is watched before it.
        strength: of measured alarms, those of which a month expects as many are as
            strong: as many as it raises itself, as far as the budget goes.
    """

    suspects: Sequence[Suspect]
    monthly: float
    strength: float


def together(firsts: Sequence[First], measured: float) -> float:
    """Return how many alarms as strong as one a month expects, of all kinds.

    Args:
        firsts: what is watched for what never was, in order.
        measured: how many it expects of those that are measured.
    """
    strong = [first.monthly for first in firsts if first.strength <= measured]
    return measured + max(strong, default=0.0)


def _measured(
    window: Window,
    doings: Counts,
    counts: Counts,
    firsts: Sequence[First],
    *,
    lived: bool,
) -> Iterator[Alarm]:
    """Yield what counts, hours and lengths tell, within what the budget has left."""
    most = _MOST - (firsts[-1].monthly if firsts else 0.0)
    tests = _KINDS * max(int(counts.judged.sum()), 1)
    least = most / (MONTH_DAYS * tests)
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
            # Alone it would spend what there is: no need to ask what others spend.
            if MONTH_DAYS * chance > most:
                continue
            often = monthly(watches, chance)
            before = watch.stretch.calibrated(suspect.before)
            if often <= most < monthly(watches, before):
                yield Alarm(suspect, chance, together(firsts, often))


def _firsts(
    window: Window, habits: Sequence[Claim], counts: Counts | None
) -> list[First]:
    """Return what is watched for what never was before, as far as it can be paid.

    How probable it is that a day sees anything for the first time is estimated from
    what was seen just once: both are about as common (I. J. Good, The population
    frequencies of species, Biometrika 40, 1953). What becomes unavailable is watched
    first, then what is used every day, either as a whole. Habits are watched each by
    itself, those kept on most days first, as those missed just once tell how probable
    that is for those never missed (H. Robbins, An empirical Bayes approach to
    statistics, Proc. Third Berkeley Symposium 1, 1956).

    Args:
        window: the days.
        habits: what was claimed before.
        counts: of all uses; None where nobody was home to use anything.
    """
    once, failed = watch_unavailable(window)
    groups = [(float(once), failed)]
    if counts is not None:
        things = steady_things(counts)
        groups.append((float(sum(one.missed == 1 for one in things)), _new(things)))
        steady = steady_habits(window, habits)
        kept = [one for one in steady if not one.missed]
        # Of what was never missed, that is surest which was kept most often.
        kept.sort(key=lambda one: -one.suspect.days.size)
        each = (len(steady) - len(kept)) / max(len(kept), 1)
        groups += [(each, _new([one])) for one in kept]
    seen, paid = _UNSEEN, []
    for more, suspects in groups:
        often = MONTH_DAYS * (seen + more) / (window.days.size - 1)
        if often <= _NEVER * _MOST:
            seen += more
            paid.append((suspects, often))
    left = _MOST - (paid[-1][1] if paid else 0.0)
    return [First(suspects, often, min(often, left)) for suspects, often in paid]


def _new(steady: Sequence[Steady]) -> list[Suspect]:
    """Return what was missed today, and never before."""
    return [one.suspect for one in steady if one.today and not one.missed]
