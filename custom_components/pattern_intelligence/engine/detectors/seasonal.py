"""Seasonal: what moves from week to week, and what swings with the year.

Of everything a home does, four things are measured, by weeks and by months: when it
happens (the median time), how often a day, how long it lasts, and how much a meter
counts. A trend is a line through a year of weeks at most, a swing a curve of a year
through two years of months at least; both are told only if errors that last from one
period to the next cannot explain them (:mod:`..seasonal.regression`), and neither the
daylight nor one change on a day tells as much (:mod:`..seasonal.doubts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..civil import day_number
from ..claim import Claim
from ..co_occurrence.stream import RESTING
from ..evidence import LISTED_FROM, Tally
from ..history import History
from ..home import Home
from ..keys import Key
from ..pattern import Finding, PatternType
from ..seasonal.checking import month_moved
from ..seasonal.doubts import bounds, is_daylight, is_step, noticed
from ..seasonal.questions import Answer, answers, questions_of
from ..seasonal.told import finding_of, quarter_of
from ..sentence import Sentence
from ..window import Window

NEEDED_DAYS: Final = 90
"""Days after which there are twelve whole weeks."""


_KINDS: Final = ("season", "trend")
_MEASURES: Final = ("time", "duration", "count", "consumption")


class Seasonal:
    """Finds trends and yearly swings."""

    type = PatternType.SEASONAL

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        """Return nothing: days alone do not reach far enough back."""
        return ()

    def detect_long(
        self, window: Window, history: History, home: Home
    ) -> Sequence[Finding]:
        """Return swings, then trends, of times, lengths, counts and consumption."""
        last_day = day_number(window.last_day)
        sure = [
            answer
            for answer in answers(questions_of(history, home, last_day))
            if noticed(answer) and not is_step(answer) and not is_daylight(answer, home)
        ]
        told = (
            finding_of(led, history, home, also)
            for led, *also in _each_once(sure, home)
        )
        return tuple(
            found
            for found in told
            if found.confidence >= LISTED_FROM and found.provenance.automation <= 0.5
        )

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        """Return whether a month that ended moved as stated, if days can tell.

        They tell of trends of what people do. Of swings the month that the next one is
        compared with lies too far back, and of meters there are no days.
        """
        moved = month_moved(claim, window, since)
        return Tally(0, 0) if moved is None else Tally(1, int(moved))

    def waits_for(self, window: Window, home: Home) -> Sentence:
        """Return why nothing is found."""
        return self.waits_since(window.days.size, home)

    def waits_since(self, days: int, home: Home) -> Sentence:
        """Return why nothing is found after so many days."""
        if days < NEEDED_DAYS:
            return Sentence.of("waits.days", needed=NEEDED_DAYS, days=days)
        if home.position is None:
            return Sentence.of("seasonal.waits.position")
        return Sentence.of("seasonal.waits.nothing")


def _each_once(sure: Sequence[Answer], home: Home) -> list[list[Answer]]:
    """Return what is told, each with what else of the same device says the same.

    That it begins leads, however much surer it is that it ends again: so it meets what
    other detectors say of the same habit.
    """
    groups: dict[tuple[str, ...], list[Answer]] = {}
    for answer in sorted(
        _of_their_own(sure),
        key=lambda each: (_key(each).state in RESTING, each.p_value),
    ):
        question = answer.question
        group = (
            question.kind,
            question.series.measure,
            home.unit(_key(answer).entity_id),
            _direction(answer),
        )
        groups.setdefault(group, []).append(answer)
    return [
        groups[group]
        for group in sorted(
            groups, key=lambda g: (_KINDS.index(g[0]), _MEASURES.index(g[1]), *g[2:])
        )
    ]


def _of_their_own(sure: Sequence[Answer]) -> Iterator[Answer]:
    """Yield what does not follow from what else is told of the same thing.

    What swings with the year is no trend of some weeks; and of what is done more often,
    the first of the day comes earlier and the last later.
    """
    known = {
        (_key(one), one.question.kind, one.question.series.measure) for one in sure
    }
    for answer in sure:
        series, key = answer.question.series, _key(answer)
        kind = answer.question.kind
        swings = (key, "season", series.measure) in known
        if kind == "trend" and series.axis.period == "week" and swings:
            continue
        if series.subjects[answer.row].anchor in {"first", "last"} and (
            (key, kind, "count") in known
        ):
            continue
        yield answer


def _key(answer: Answer) -> Key:
    return answer.question.series.subjects[answer.row].key


def _direction(answer: Answer) -> str:
    if answer.question.kind == "season":
        return str(quarter_of(answer))
    begin, end = bounds(answer)
    return "up" if end > begin else "down"
