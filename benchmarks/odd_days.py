"""Scores anomalies against what went wrong on known days of a simulated home."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from custom_components.pattern_intelligence.engine.analysis import Detectors, detect
from custom_components.pattern_intelligence.engine.civil import (
    days_between,
    last_sunday,
)
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors import Judge
from custom_components.pattern_intelligence.engine.pattern import PatternType
from custom_components.pattern_intelligence.engine.window import WINDOW_DAYS

from .claims import Json
from .home_days import HomeDays
from .scoring import plain, step_of
from .simulator import Home
from .simulator.truth import PlantedOddity

#: Days for which what went wrong may still be told: what was left on ends later.
_STILL = 1


@dataclass(slots=True)
class OddScore:
    """What was told of odd days, and of days on which nothing was odd.

    Attributes:
        planted: how often each kind of oddity was planted that can be told at all.
        found: how often each of those was told.
        alarms: what was told of days on which nothing was planted.
        days: how many of those there were.
        shown: texts for a person, of what was missed and of the alarms.
        beyond: how often each kind was planted that not even who knows the home's law
            could tell, and how often each of those was told all the same.
        by_days: of those planted, how often each kind 63 days of the thing could tell,
            and how often each of these was told.
    """

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    alarms: int = 0
    days: int = 0
    shown: list[str] = field(default_factory=list)
    beyond: tuple[Counter[str], Counter[str]] = field(
        default_factory=lambda: (Counter(), Counter())
    )
    by_days: tuple[Counter[str], Counter[str]] = field(
        default_factory=lambda: (Counter(), Counter())
    )

    def join(self, other: OddScore) -> None:
        """Add another home."""
        self.planted += other.planted
        self.found += other.found
        for mine, theirs in zip(
            (*self.beyond, *self.by_days), (*other.beyond, *other.by_days), strict=True
        ):
            mine.update(theirs)
        self.alarms += other.alarms
        self.days += other.days
        self.shown += other.shown


def score_odd_days(
    anomalies: Sequence[Json],
    home: Home,
    first: int,
    last: int,
    tells: Callable[[PlantedOddity], bool] = lambda _: True,
    by_days: Callable[[PlantedOddity], bool] = lambda _: True,
) -> OddScore:
    """Score what was told of some days of a home.

    An oddity is found when its entity is told of, on its day or the next. What else
    is told of those days may follow from it, and is neither right nor false; of all
    other days everything is a false alarm.

    Args:
        anomalies: The contract's objects of that type.
        home: The home.
        first: The first day that was judged, counted from the home's first.
        last: The last one.
        tells: Whether who knows the home's law would tell of an oddity.
        by_days: Whether who has to know the thing's from 63 days would, too.
    """
    score = OddScore()
    told = [(_day(one, home), _entities(one, home), one) for one in anomalies]
    odd = [one for one in home.truth.oddities if first <= one.day <= last]
    affected = {one.day + late for one in odd for late in range(_STILL + 1)}
    for one in odd:
        can = tells(one)
        learned = can and by_days(one)
        sides = [(score.planted, score.found) if can else score.beyond]
        sides += [score.by_days] if learned else []
        seen = any(_tells(day, entities, one) for day, entities, _ in told)
        for planted, found in sides:
            planted[one.kind] += 1
            found[one.kind] += seen
        if not seen:
            word = "missed" if can else "cannot be told"
            if can and not learned:
                word = "missed, and not told by 63 days"
            score.shown.append(f"{word}: {one.kind} {one.entity_id} on day {one.day}")
    score.days = len(set(range(first, last + 1)) - affected)
    for day, entities, pattern in told:
        known = any(_tells(day, entities, one) for one in odd)
        if first <= day <= last and day not in affected and not known:
            score.alarms += 1
            score.shown.append(f"alarm on day {day}: {pattern['title']}")
    return score


def _day(pattern: Json, home: Home) -> int:
    return (date.fromisoformat(pattern["when"]["date"]) - home.first_day).days


def _entities(pattern: Json, home: Home) -> set[str]:
    steps = (
        step_of({**one, "state": one["state"] or ""}) for one in pattern["entities"]
    )
    return {plain(home, step).entity_id for step in steps}


def _tells(day: int, entities: set[str], oddity: PlantedOddity) -> bool:
    """Tell whether it is this oddity that is told; what falls silent stays so."""
    late = day - oddity.day
    fits = late >= 0 if oddity.kind == "silent" else 0 <= late <= _STILL
    return fits and oddity.entity_id in entities


def judged(
    known: HomeDays, detectors: Detectors, first: date, last: date
) -> list[Json]:
    """Return what is told of single days, by habits that detection alone finds.

    Args:
        known: The days of a home.
        detectors: Those that are asked, one that judges among them.
        first: The first day that is judged.
        last: The last one.
    """
    judge = detectors.get(PatternType.ANOMALY)
    if not isinstance(judge, Judge):
        return []
    found: list[Json] = []
    claims: list[Claim] = []
    sunday: date | None = None
    for day in days_between(first, last):
        before = last_sunday(day - timedelta(days=1))
        if before != sunday:
            sunday = before
            window = known.window(before - timedelta(days=WINDOW_DAYS - 1), before)
            habits = detect(window, known.home, detectors) if window.days.size else ()
            claims = [Claim.of(finding, finding.confidence) for finding in habits]
        whole = known.window(day - timedelta(days=WINDOW_DAYS), day)
        for finding in judge.judge(whole, claims, known.home):
            keys = [
                {"entity_id": k.entity_id, "state": k.state} for k in finding.entities
            ]
            when = {"date": day.isoformat()}
            title = ", ".join(f"{k.entity_id} {k.state}" for k in finding.entities)
            title += f" {dict(finding.details)}"
            found.append({"entities": keys, "when": when, "title": title})
    return found
