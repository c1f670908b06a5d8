"""The detectors: each is one file here and one line in the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from ..claim import Claim
from ..evidence import Tally
from ..history import History
from ..home import Home
from ..pattern import Finding, PatternType
from ..sentence import Sentence
from ..window import Window

type Check = Callable[[Claim | Finding, int], Tally]
"""Tells of a claim, from the number of a day on, how often it could hold, and did."""


class Detector(Protocol):
    """Finds patterns of one type in a window of aggregates."""

    type: PatternType

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return what is found as of the window's last day, in a fixed order.

        A pure function of its arguments.
        """

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return how often what was stated could happen, and did, on later days.

        Args:
            claim: what was stated.
            window: a window that reaches at least to the last day asked about.
            home: the context.
            since: number of the first day after what was stated; the occasions that
                count were not over when it began, and are over at the window's end.
        """

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return one plain sentence that says why nothing is found.

        Its phrase is one of the type's, in :mod:`..wording`.
        """


@runtime_checkable
class Checking(Detector, Protocol):
    """Has to work out more of a window than one claim should have to pay for."""

    def checker(self, window: Window, home: Home) -> Check:
        """Return what does as :meth:`Detector.tally` does, for any number of claims.

        What it works out of the window lives no longer than it does.
        """


@runtime_checkable
class Together(Detector, Protocol):
    """Checks many claims at once with hardly more work than one."""

    def tallies(
        self,
        claims: Sequence[Claim | Finding],
        window: Window,
        home: Home,
        since: int,
    ) -> Sequence[Tally]:
        """Return what :meth:`Detector.tally` does of each."""


def tallies_of(
    detector: Detector,
    claims: Sequence[Claim | Finding],
    window: Window,
    home: Home,
    since: int,
) -> Sequence[Tally]:
    """Return how often what a detector claimed could happen, and did, claim by claim."""
    if not claims:
        return []
    if isinstance(detector, Together):
        return detector.tallies(claims, window, home, since)
    check = checker_of(detector, window, home)
    return [check(claim, since) for claim in claims]


def checker_of(detector: Detector, window: Window, home: Home) -> Check:
    """Return what checks the claims of a detector against a window."""
    if isinstance(detector, Checking):
        return detector.checker(window, home)
    return lambda claim, since: detector.tally(claim, window, home, since)


@runtime_checkable
class Judge(Detector, Protocol):
    """Finds out about single days instead, each when it is over."""

    def judge(
        self, window: Window, habits: Sequence[Claim], home: Home
    ) -> Sequence[Finding]:
        """Return what was out of the ordinary on the window's last day.

        Args:
            window: that day, and the days before it that it is judged by.
            habits: what was claimed as of the last Sunday before it.
            home: the context.
        """


@runtime_checkable
class LongDetector(Detector, Protocol):
    """Looks back further than the window, on sums of weeks and months."""

    def detect_long(
        self, window: Window, history: History, home: Home
    ) -> Sequence[Finding]:
        """Return what is found as of the window's last day, in a fixed order.

        A pure function of its arguments.
        """


@runtime_checkable
class Patient(Detector, Protocol):
    """Needs more days than a window holds, and can say how many."""

    def waits_since(self, days: int, home: Home) -> Sentence:
        """Return why nothing is found, as :meth:`Detector.waits_for` does.

        Args:
            days: how many days were ever learned.
            home: the context.
        """


def registry() -> Mapping[PatternType, Detector]:
    """Return all detectors, in the order in which they run."""
    from .anomaly import Anomaly
    from .co_occurrence import CoOccurrence
    from .contextual import Contextual
    from .day_type import DayType
    from .duration import Duration
    from .room_based import RoomBased
    from .seasonal import Seasonal
    from .sequence import Sequences
    from .session import Sessions
    from .time_of_day import TimeOfDay

    return {
        detector.type: detector
        for detector in (
            TimeOfDay(),
            CoOccurrence(),
            Sequences(),
            RoomBased(),
            Duration(),
            Anomaly(),
            Sessions(),
            DayType(),
            Contextual(),
            Seasonal(),
        )
    }
